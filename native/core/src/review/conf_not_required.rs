//! `${conf:KEY}` that a caller may reach without KEY: `conf-not-required`.
//!
//! Warns about a template of a role, a session or a prefix that takes a key which the rule's own `conf`
//! does not ask for: a job that does not set the key is refused (RC205), by a prefix even where the
//! rule would not have matched.

use std::collections::HashSet;

use super::found::Found;
use super::subject::Subject;
use super::templates::{conf_keys, fields};
use crate::rules::{Outcome, Trail};

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    for (number, rule) in subject.each() {
        let mut all = match &rule.outcome {
            Outcome::Assume(assume) => fields(assume),
            Outcome::UseBase | Outcome::Deny(_) => vec![],
        };
        let prefixes = rule.conditions.prefixes.iter().flatten().enumerate();
        all.extend(prefixes.map(|(value, prefix)| {
            (
                Trail::default().then("prefixes").then(value),
                prefix.to_string(),
            )
        }));
        let mut told = HashSet::new();
        for (trail, text) in all {
            for key in conf_keys(&text) {
                if !rule.conditions.conf.contains_key(key) && told.insert(key.to_owned()) {
                    found.in_rule(
                        number,
                        trail.clone(),
                        format!(
                            "takes `${{conf:{key}}}`, which the rule's conditions do not ask for: a job that does not set rolecall.conf.{key} is refused (RC205); write the values that are meant into the rule, as in \"conf\": {{\"{key}\": [\"…\"]}}"
                        ),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{of_file, told, warnings};

    fn unasked(rules: &str) -> Vec<String> {
        told(warnings(rules), "conf-not-required")
            .into_iter()
            .map(|(field, _)| field)
            .collect()
    }

    #[test]
    fn a_key_that_nothing_asks_for_is_told_once_a_rule() {
        assert_eq!(
            unasked(
                r#"{"name": "r", "conf": {"u": ["x"]}, "role": "arn:aws:iam::111122223333:role/${conf:t}", "session": {"name": "${conf:t}.${conf:u}", "externalId": "${conf:e}"}}"#
            ),
            ["role", "session.externalId"]
        );
        assert_eq!(
            unasked(r#"{"name": "r", "prefixes": ["s3://b/", "s3://c/${conf:t}"], "deny": "x"}"#),
            ["prefixes[1]"]
        );
    }

    #[test]
    fn a_key_that_the_rule_asks_for_is_fine() {
        assert!(unasked(r#"{"name": "r", "conf": {"t": ["x"]}, "prefixes": ["s3://${conf:t}/"], "role": "arn:aws:iam::111122223333:role/${conf:t}-${user}"}"#).is_empty());
    }

    #[test]
    fn the_session_of_all_rules_is_told_once_and_as_the_file_s() {
        let file = r#"{"version": 1, "session": {"externalId": "e-${conf:t}"}, "rules": [
            {"name": "a", "users": ["a"], "role": "arn:aws:iam::111122223333:role/a"},
            {"name": "b", "users": ["b"], "role": "arn:aws:iam::111122223333:role/b"}], "otherwise": "deny"}"#;
        let all: Vec<_> = of_file(file)
            .into_iter()
            .filter(|warning| warning.kind == "conf-not-required")
            .map(|warning| {
                (
                    warning.rule,
                    warning.field,
                    warning.place.map(|place| place.line),
                )
            })
            .collect();
        assert_eq!(
            all,
            [(None, Some("session.externalId".to_owned()), Some(1))]
        );
    }
}
