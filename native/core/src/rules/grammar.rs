//! The rules file as it is written, before anything in it is understood.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::strict::{Grammar, Object, ObjectShape, UniqueMap, present};
use super::trail::Step;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileText {
    #[serde(default, rename = "version")]
    _version: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) base: Option<Object<BaseText>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) session: Option<Object<SessionText>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) rules: Option<Vec<Object<RuleText>>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) otherwise: Option<String>,
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct RuleText {
    #[serde(default, deserialize_with = "present")]
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) users: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) users_matching: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) groups: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) groups_matching: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) principals: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) real_users: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) prefixes: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) conf: Option<UniqueMap<Vec<String>>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) not: Option<Object<NotText>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) role: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) session: Option<Object<SessionText>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) base: Option<Object<BaseText>>,
    #[serde(default, rename = "use", deserialize_with = "present")]
    pub(crate) use_: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) deny: Option<String>,
}

/// Conditions of a rule all of which must fail.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct NotText {
    #[serde(default, deserialize_with = "present")]
    pub(crate) users: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) users_matching: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) groups: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) groups_matching: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) principals: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) real_users: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) prefixes: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) conf: Option<UniqueMap<Vec<String>>>,
}

/// The fields of a session.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct SessionText {
    #[serde(default, deserialize_with = "present")]
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) duration_seconds: Option<i64>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) external_id: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) region: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) sts_endpoint: Option<String>,
}

/// Whose credentials sign.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BaseText {
    #[serde(default, deserialize_with = "present")]
    pub(crate) source: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) file: Option<String>,
}

const FILE: ObjectShape = ObjectShape::Fields {
    of: "a rules file",
    known: &["version", "base", "session", "rules", "otherwise"],
    later: &[],
};

const RULE: ObjectShape = ObjectShape::Fields {
    of: "a rule",
    known: &[
        "name",
        "users",
        "usersMatching",
        "groups",
        "groupsMatching",
        "principals",
        "realUsers",
        "prefixes",
        "conf",
        "not",
        "role",
        "session",
        "base",
        "use",
        "deny",
    ],
    later: &[],
};

const NOT: ObjectShape = ObjectShape::Fields {
    of: "`not`",
    known: &[
        "users",
        "usersMatching",
        "groups",
        "groupsMatching",
        "principals",
        "realUsers",
        "prefixes",
        "conf",
    ],
    later: &[],
};

const SESSION: ObjectShape = ObjectShape::Fields {
    of: "a session",
    known: &[
        "name",
        "durationSeconds",
        "externalId",
        "region",
        "stsEndpoint",
    ],
    later: &[
        "sourceIdentity",
        "tags",
        "transitiveTagKeys",
        "policy",
        "policyArns",
    ],
};

const BASE: ObjectShape = ObjectShape::Fields {
    of: "a base",
    known: &["source", "file"],
    later: &[],
};

const LIST: &str = "a list of texts, also for a single one: [\"…\"]";

/// What messages say of the rules file's form.
pub(crate) fn rules_grammar() -> Grammar {
    Grammar {
        object: |steps| match names(steps).as_slice() {
            [] => Some(FILE),
            ["rules", "[]"] => Some(RULE),
            ["session"] | ["rules", "[]", "session"] => Some(SESSION),
            ["base"] | ["rules", "[]", "base"] => Some(BASE),
            ["rules", "[]", "not"] => Some(NOT),
            ["rules", "[]", "conf"] | ["rules", "[]", "not", "conf"] => Some(ObjectShape::Free),
            _ => None,
        },
        shape: |steps| match names(steps).as_slice() {
            [] => "an object with version, rules and otherwise",
            ["rules"] => "a list of rules",
            ["rules", "[]"] => "an object with a name, conditions and an outcome",
            [.., "conf", _] => LIST,
            [.., "session"] => "an object such as {\"name\": \"${user}\"}",
            [.., "base"] => "an object such as {\"source\": \"instance-profile\"}",
            [.., "conf"] => "an object such as {\"tenant\": [\"acme\"]}",
            [.., "not"] => "an object such as {\"users\": [\"carol\"]}",
            [
                ..,
                "users" | "usersMatching" | "groups" | "groupsMatching" | "principals"
                | "realUsers" | "prefixes",
            ] => LIST,
            [.., "durationSeconds"] => "a whole number of seconds from 900 to 43200",
            _ => "a text",
        },
    }
}

/// What messages say of a base that stands alone, in a setting.
pub(crate) fn base_grammar() -> Grammar {
    Grammar {
        object: |steps| steps.is_empty().then_some(BASE),
        shape: |steps| {
            if steps.is_empty() {
                "an object such as {\"source\": \"instance-profile\"}"
            } else {
                "a text"
            }
        },
    }
}

/// Steps as patterns can match them: each index is `[]`.
fn names(steps: &[Step]) -> Vec<&str> {
    steps
        .iter()
        .map(|step| match step {
            Step::Field(name) => name.as_ref(),
            Step::Index(_) => "[]",
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What serde says the fields are, from its own refusal of one.
    fn fields_that_serde_knows<T: serde::de::DeserializeOwned + std::fmt::Debug>() -> Vec<String> {
        let refusal = serde_json::from_str::<T>(r#"{"?": 1}"#)
            .unwrap_err()
            .to_string();
        refusal
            .split('`')
            .skip(3)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    }

    fn fields_in_messages(shape: &ObjectShape) -> Vec<String> {
        match shape {
            ObjectShape::Fields { known, .. } => known.iter().map(ToString::to_string).collect(),
            ObjectShape::Free => vec![],
        }
    }

    #[test]
    fn messages_name_the_fields_that_are_read() {
        assert_eq!(
            fields_that_serde_knows::<FileText>(),
            fields_in_messages(&FILE)
        );
        assert_eq!(
            fields_that_serde_knows::<RuleText>(),
            fields_in_messages(&RULE)
        );
        assert_eq!(
            fields_that_serde_knows::<NotText>(),
            fields_in_messages(&NOT)
        );
        assert_eq!(
            fields_that_serde_knows::<SessionText>(),
            fields_in_messages(&SESSION)
        );
        assert_eq!(
            fields_that_serde_knows::<BaseText>(),
            fields_in_messages(&BASE)
        );
    }
}
