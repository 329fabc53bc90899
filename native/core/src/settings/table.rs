//! Every setting, once: the documentation is made from this table.

use std::fmt;

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name as users type it.
    pub name: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// What it can be set to.
    pub values: &'static str,
    /// What holds where nobody sets it.
    pub default: &'static str,
    /// Who may set it.
    pub who: Who,
}

/// Who may set a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The site file and jobs.
    Anyone,
    /// The site file and jobs, but this value by the site file alone.
    ValueBySite(&'static str),
    /// The site file and jobs, but this value by no job where there is a site file.
    ValueBySiteWhereItExists(&'static str),
    /// Who sets `rolecall.rules`: no job where the site file does.
    WithRules,
    /// Jobs alone, by the configuration or `-D`, never by the environment.
    Job,
}

/// The prefix of the job's own keys.
pub(super) const CONF: &str = "rolecall.conf.";

/// All settings in the order in which they are documented; the texts are Markdown.
pub const TABLE: &[Setting] = &[
    Setting {
        name: "rolecall.rules",
        meaning: "where the rules are",
        values: "an absolute path, a `file:` URI, `s3://BUCKET/KEY`, `classpath:NAME`, `conf:KEY`, or the rules themselves, starting with `{`",
        default: "`/etc/rolecall/rules.json`, if it is there",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.rules.refresh",
        meaning: "how often the rules are looked at again",
        values: "a duration above 0",
        default: "`60s`",
        who: Who::WithRules,
    },
    Setting {
        name: "rolecall.rules.max-stale",
        meaning: "how long the last good rules stand where there are none any more",
        values: "a duration",
        default: "`24h`",
        who: Who::WithRules,
    },
    Setting {
        name: "rolecall.rules.s3.endpoint",
        meaning: "where S3 is asked for rules that are kept there",
        values: "a host or a URL",
        default: "as the AWS environment and profile say, else the region's own",
        who: Who::WithRules,
    },
    Setting {
        name: "rolecall.rules.s3.region",
        meaning: "the region of the bucket that rules are kept in",
        values: "a region",
        default: "as the AWS environment and profile say; S3 names the bucket's own",
        who: Who::WithRules,
    },
    Setting {
        name: "rolecall.rules.s3.path-style",
        meaning: "whether the bucket stands in the URL's path even where it could stand in the host's name",
        values: "`true`, `false`",
        default: "`false`",
        who: Who::WithRules,
    },
    Setting {
        name: "rolecall.identity",
        meaning: "when the caller is read: when the provider is constructed, or at each call for credentials",
        values: "`construction`, `per-call`",
        default: "`construction`",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.location",
        meaning: "what counts as the location: the bucket, or the path that the file system was opened with, which is unsafe where paths of one bucket need different roles",
        values: "`bucket`, `first-path`",
        default: "`bucket`",
        who: Who::ValueBySiteWhereItExists("first-path"),
    },
    Setting {
        name: "rolecall.refusal",
        meaning: "how a refusal looks: an exception where the host stops at one and else credentials that S3 rejects; always such credentials; always an exception",
        values: "`host`, `unusable`, `throw`",
        default: "`host`",
        who: Who::ValueBySite("throw"),
    },
    Setting {
        name: "rolecall.base",
        meaning: "whose credentials sign where the rules name no base",
        values: "`default-chain`, `instance-profile`, `environment`, or an object as in the rules file",
        default: "`default-chain`",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.session.duration",
        meaning: "how long a session lasts where the rules don't say",
        values: "a duration from `900s` to `12h`",
        default: "`1h`",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.sts.endpoint",
        meaning: "where STS is asked where the rules don't say",
        values: "a host or a URL",
        default: "the region's own",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.sts.region",
        meaning: "the region of STS where the rules don't say",
        values: "a region",
        default: "as the AWS environment and profile say",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.timeout",
        meaning: "how long a caller without valid credentials waits for what may pass",
        values: "a duration above 0",
        default: "`120s`",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.groups.empty",
        meaning: "what an empty list of groups means: a lookup that failed, or a caller in no group",
        values: "`unknown`, `none`",
        default: "`unknown`",
        who: Who::ValueBySiteWhereItExists("none"),
    },
    Setting {
        name: "rolecall.conf.KEY",
        meaning: "a value of the job's own, for `conf` and `${conf:KEY}` in the rules",
        values: "any text",
        default: "not set",
        who: Who::Job,
    },
];

/// The table as the documentation shows it.
pub fn markdown_table() -> String {
    let mut table = String::from(
        "| Setting | Meaning | Values | Default | Who may set it |\n|---|---|---|---|---|\n",
    );
    for Setting {
        name,
        meaning,
        values,
        default,
        who,
    } in TABLE
    {
        table.push_str(&format!(
            "| `{name}` | {meaning} | {values} | {default} | {who} |\n"
        ));
    }
    table
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => f.write_str("site file, job"),
            Self::ValueBySite(value) => {
                write!(f, "site file, job; `{value}` the site file alone")
            }
            Self::ValueBySiteWhereItExists(value) => write!(
                f,
                "site file, job; `{value}` no job where there is a site file"
            ),
            Self::WithRules => {
                f.write_str("site file, job; no job where the site file sets `rolecall.rules`")
            }
            Self::Job => f.write_str("job, not by the environment; the site file lists which keys"),
        }
    }
}

/// Whether there is a setting of that name, those of the job included.
pub(super) fn is_known(name: &str) -> bool {
    TABLE
        .iter()
        .any(|setting| setting.who != Who::Job && setting.name == name)
        || name.strip_prefix(CONF).is_some_and(|key| !key.is_empty())
}

/// The environment variable of a setting: `ROLECALL_RULES_MAX_STALE`.
pub(super) fn variable(name: &str) -> String {
    name.to_uppercase().replace(['.', '-'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_the_names_in_capitals() {
        assert_eq!(
            variable("rolecall.rules.max-stale"),
            "ROLECALL_RULES_MAX_STALE"
        );
    }

    #[test]
    fn the_documentation_has_this_table() {
        assert!(
            include_str!("../../../../docs/settings.md").contains(&markdown_table()),
            "paste the output of `rolecall settings` between the markers of docs/settings.md"
        );
    }

    #[test]
    fn names_are_told_apart() {
        assert!(is_known("rolecall.rules"));
        assert!(is_known("rolecall.conf.tenant"));
        assert!(!is_known("rolecall.conf."));
        assert!(!is_known("rolecall.rule"));
    }
}
