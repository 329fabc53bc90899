//! The rules file as it is written, before anything in it is understood.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::strict::{Form, Grammar, Object, UniqueMap, present};
use super::trail::Step;

/// The whole file; its rules are read one by one.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileText<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    pub(crate) version: Option<&'a RawValue>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) base: Option<Object<BaseText>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) session: Option<Object<SessionText>>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(crate) rules: Option<Vec<&'a RawValue>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) otherwise: Option<String>,
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleText {
    #[serde(default, deserialize_with = "present")]
    pub(crate) name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) users: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) groups: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) prefixes: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) conf: Option<UniqueMap<Vec<String>>>,
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

const FILE: Form = Form::Fields {
    of: "a rules file",
    known: &["version", "base", "session", "rules", "otherwise"],
};

const RULE: Form = Form::Fields {
    of: "a rule",
    known: &[
        "name", "users", "groups", "prefixes", "conf", "role", "session", "base", "use", "deny",
    ],
};

const SESSION: Form = Form::Fields {
    of: "a session",
    known: &[
        "name",
        "durationSeconds",
        "externalId",
        "region",
        "stsEndpoint",
    ],
};

const BASE: Form = Form::Fields {
    of: "a base",
    known: &["source", "file"],
};

/// What messages say of the rules file's form.
pub(crate) fn rules_grammar() -> Grammar {
    Grammar {
        form: |steps| match names(steps).as_slice() {
            [] => FILE,
            ["rules", "[]"] => RULE,
            ["session"] | ["rules", "[]", "session"] => SESSION,
            ["base"] | ["rules", "[]", "base"] => BASE,
            ["rules", "[]", "conf"] => Form::Free,
            ["rules"]
            | ["rules", "[]", "users" | "groups" | "prefixes"]
            | ["rules", "[]", "conf", _] => Form::List,
            [.., "durationSeconds"] => Form::Whole,
            _ => Form::Text,
        },
        shape: |steps| match names(steps).as_slice() {
            [] => "an object with version, rules and otherwise",
            ["rules"] => "a list of rules",
            ["rules", "[]"] => "an object with a name, conditions and an outcome",
            [.., "session"] => "an object such as {\"name\": \"${user}\"}",
            [.., "base"] => "an object such as {\"source\": \"instance-profile\"}",
            [.., "conf"] => "an object such as {\"tenant\": [\"acme\"]}",
            [.., "users" | "groups" | "prefixes"] | [.., "conf", _] => {
                "a list of texts, also for a single one: [\"…\"]"
            }
            [.., "durationSeconds"] => "a whole number of seconds from 900 to 43200",
            _ => "a text",
        },
    }
}

/// What messages say of a base that stands alone, in a setting.
pub(crate) fn base_grammar() -> Grammar {
    Grammar {
        form: |steps| if steps.is_empty() { BASE } else { Form::Text },
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
    fn fields_that_serde_knows<T: Deserialize<'static> + std::fmt::Debug>() -> Vec<String> {
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

    fn fields_in_messages(shape: &Form) -> Vec<String> {
        match shape {
            Form::Fields { known, .. } => known.iter().map(ToString::to_string).collect(),
            _ => vec![],
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
            fields_that_serde_knows::<SessionText>(),
            fields_in_messages(&SESSION)
        );
        assert_eq!(
            fields_that_serde_knows::<BaseText>(),
            fields_in_messages(&BASE)
        );
    }
}
