//! Which fields the rules file has, since which version, and what stands in each.

use super::strict::{Expected, Field, Form, Grammar};
use super::trail::Step;

const FILE: Form = Form::Fields {
    of: "a rules file",
    known: &[
        Field::since(1, "version"),
        Field::since(1, "base"),
        Field::since(1, "session"),
        Field::since(1, "rules"),
        Field::since(1, "otherwise"),
    ],
};

const RULE: Form = Form::Fields {
    of: "a rule",
    known: &[
        Field::since(1, "name"),
        Field::since(1, "users"),
        Field::since(1, "usersMatching"),
        Field::since(1, "groups"),
        Field::since(1, "groupsMatching"),
        Field::since(1, "principals"),
        Field::since(1, "realUsers"),
        Field::since(1, "prefixes"),
        Field::since(1, "conf"),
        Field::since(1, "not"),
        Field::since(1, "role"),
        Field::since(1, "session"),
        Field::since(1, "base"),
        Field::since(1, "use"),
        Field::since(1, "deny"),
    ],
};

const NOT: Form = Form::Fields {
    of: "`not`",
    known: &[
        Field::since(1, "users"),
        Field::since(1, "usersMatching"),
        Field::since(1, "groups"),
        Field::since(1, "groupsMatching"),
        Field::since(1, "principals"),
        Field::since(1, "realUsers"),
        Field::since(1, "prefixes"),
        Field::since(1, "conf"),
    ],
};

const SESSION: Form = Form::Fields {
    of: "a session",
    known: &[
        Field::since(1, "name"),
        Field::since(1, "durationSeconds"),
        Field::since(1, "externalId"),
        Field::since(1, "sourceIdentity"),
        Field::since(1, "tags"),
        Field::since(1, "transitiveTagKeys"),
        Field::since(1, "policy"),
        Field::since(1, "policyArns"),
        Field::since(1, "region"),
        Field::since(1, "stsEndpoint"),
    ],
};

const BASE: Form = Form::Fields {
    of: "a base",
    known: &[Field::since(1, "source"), Field::since(1, "file")],
};

/// What the rules file may hold.
pub(crate) const RULES: Grammar = Grammar(|steps| match names(steps).as_slice() {
    [] => (FILE, "an object with version, rules and otherwise"),
    ["version"] => (Form::Any, "the number of a version"),
    ["rules"] => (Form::List, "a list of rules"),
    ["rules", "[]"] => (RULE, "an object with a name, conditions and an outcome"),
    ["rules", "[]", "conf", rest @ ..] => in_conf(rest),
    ["rules", "[]", "not"] => (NOT, "an object such as {\"users\": [\"carol\"]}"),
    ["rules", "[]", "not", "conf", rest @ ..] => in_conf(rest),
    ["rules", "[]", condition] | ["rules", "[]", "not", condition] if is_list(condition) => LIST,
    ["session", rest @ ..] | ["rules", "[]", "session", rest @ ..] => in_session(rest),
    ["base", rest @ ..] | ["rules", "[]", "base", rest @ ..] => in_base(rest),
    _ => TEXT,
});

/// What a base may hold that stands alone, in a setting.
pub(crate) const BASE_ALONE: Grammar = Grammar(|steps| in_base(&names(steps)));

const TEXT: Expected = (Form::Text, "a text");
const LIST: Expected = (
    Form::List,
    "a list of texts, also for a single one: [\"…\"]",
);

fn is_list(condition: &str) -> bool {
    matches!(
        condition,
        "users"
            | "usersMatching"
            | "groups"
            | "groupsMatching"
            | "principals"
            | "realUsers"
            | "prefixes"
    )
}

fn in_conf(path: &[&str]) -> Expected {
    match path {
        [] => (Form::Free, "an object such as {\"tenant\": [\"acme\"]}"),
        [_] => LIST,
        _ => TEXT,
    }
}

fn in_session(path: &[&str]) -> Expected {
    match path {
        [] => (SESSION, "an object such as {\"name\": \"${user}\"}"),
        ["durationSeconds"] => (Form::Whole, "a whole number of seconds from 900 to 43200"),
        ["tags"] => (Form::Free, "an object such as {\"tenant\": \"acme\"}"),
        ["transitiveTagKeys" | "policyArns"] => LIST,
        ["policy"] => (
            Form::Any,
            "an IAM policy: an object with Version and Statement",
        ),
        _ => TEXT,
    }
}

fn in_base(path: &[&str]) -> Expected {
    match path {
        [] => (BASE, "an object such as {\"source\": \"instance-profile\"}"),
        _ => TEXT,
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
    use super::super::grammar::{BaseText, FileText, NotText, RuleText, SessionText};
    use super::*;
    use serde::Deserialize;

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

    fn fields_of_the_table(form: &Form) -> Vec<&'static str> {
        match form {
            Form::Fields { known, .. } => known.iter().map(|field| field.name).collect(),
            _ => vec![],
        }
    }

    #[test]
    fn the_table_names_the_fields_that_are_read() {
        assert_eq!(
            fields_that_serde_knows::<FileText>(),
            fields_of_the_table(&FILE)
        );
        assert_eq!(
            fields_that_serde_knows::<RuleText>(),
            fields_of_the_table(&RULE)
        );
        assert_eq!(
            fields_that_serde_knows::<NotText>(),
            fields_of_the_table(&NOT)
        );
        assert_eq!(
            fields_that_serde_knows::<SessionText>(),
            fields_of_the_table(&SESSION)
        );
        assert_eq!(
            fields_that_serde_knows::<BaseText>(),
            fields_of_the_table(&BASE)
        );
    }
}
