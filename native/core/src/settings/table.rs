//! Every setting, once: the documentation is made from this table.

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name as users type it.
    pub name: &'static str,
    /// What it is for.
    pub meaning: &'static str,
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
    /// Jobs alone, by the configuration or `-D`, never by the environment.
    Job,
}

/// The prefix of the job's own keys.
pub(super) const CONF: &str = "rolecall.conf.";

/// All settings in the order in which they are documented.
pub const TABLE: &[Setting] = &[
    Setting {
        name: "rolecall.rules",
        meaning: "where the rules are: an absolute path, a file: URI, or the rules themselves, starting with {",
        default: "/etc/rolecall/rules.json, if it is there",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.rules.refresh",
        meaning: "how often the rules are looked at again",
        default: "60s",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.rules.max-stale",
        meaning: "how long the last good rules stand where there are none any more",
        default: "24h",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.identity",
        meaning: "when the caller is read: construction (of the provider) or per-call",
        default: "construction",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.location",
        meaning: "what counts as the location: bucket, or first-path, the path that the file system was opened with, which is unsafe where paths of one bucket need different roles",
        default: "bucket",
        who: Who::ValueBySiteWhereItExists("first-path"),
    },
    Setting {
        name: "rolecall.refusal",
        meaning: "how a refusal looks: host (an exception where the host stops at one, else unusable credentials), unusable (credentials that S3 rejects) or throw",
        default: "host",
        who: Who::ValueBySite("throw"),
    },
    Setting {
        name: "rolecall.base",
        meaning: "whose credentials sign where the rules name no base: default-chain, instance-profile, environment, or an object as in the rules file",
        default: "default-chain",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.session.duration",
        meaning: "how long a session lasts where the rules don't say, from 900s to 12h",
        default: "1h",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.sts.endpoint",
        meaning: "where STS is asked where the rules don't say: a host or a URL",
        default: "the region's own",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.sts.region",
        meaning: "the region of STS where the rules don't say",
        default: "as the AWS environment and profile say",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.timeout",
        meaning: "how long a caller without valid credentials waits for what may pass",
        default: "120s",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.groups.empty",
        meaning: "what an empty list of groups means: unknown (a failed lookup) or none",
        default: "unknown",
        who: Who::Anyone,
    },
    Setting {
        name: "rolecall.conf.KEY",
        meaning: "a value of the job's own, for `conf` and ${conf:KEY} in the rules",
        default: "not set",
        who: Who::Job,
    },
];

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
    fn names_are_told_apart() {
        assert!(is_known("rolecall.rules"));
        assert!(is_known("rolecall.conf.tenant"));
        assert!(!is_known("rolecall.conf."));
        assert!(!is_known("rolecall.rule"));
    }
}
