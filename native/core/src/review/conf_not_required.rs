//! `${conf:KEY}` that a caller may reach without KEY: `conf-not-required`.
//!
//! Warns about a template of a role, a session or a prefix that takes a key which the rule's own `conf`
//! does not ask for: a job that does not set the key is refused (RC205), by a prefix even where the
//! rule would not have matched, but in its bucket alone where that is written out.
//!
//! Silent about a prefix in a bucket that another one of the rule covers as a whole.

use std::collections::{BTreeMap, HashSet};

use super::found::Found;
use super::subject::Subject;
use super::templates::{conf_keys, fields, refused_at, to_fill_in};
use crate::rules::{Outcome, Prefix, Trail};

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    for (number, rule) in subject.each() {
        let all = match &rule.outcome {
            Outcome::Assume(assume) => fields(assume),
            Outcome::UseBase | Outcome::Deny(_) => vec![],
        };
        let mut told = HashSet::new();
        let mut tell = |trail: &Trail, key: &str, place: &str| {
            if !rule.conditions.conf.contains_key(key) && told.insert(key.to_owned()) {
                found.in_rule(
                    number,
                    trail.clone(),
                    format!(
                        "takes `${{conf:{key}}}`, which the rule's conditions do not ask for: a job that does not set rolecall.conf.{key} is refused (RC205){place}; write the values that are meant into the rule, as in \"conf\": {{\"{key}\": [\"…\"]}}"
                    ),
                );
            }
        };
        for (trail, text) in all {
            for key in conf_keys(&text) {
                tell(&trail, key, "");
            }
        }
        // Prefixes by the keys that they take, in their order.
        let mut by_key: BTreeMap<String, Vec<(usize, &Prefix)>> = BTreeMap::new();
        for (value, prefix) in to_fill_in(rule.conditions.prefixes.as_ref()) {
            for key in conf_keys(&prefix.to_string()) {
                by_key
                    .entry(key.to_owned())
                    .or_default()
                    .push((value, prefix));
            }
        }
        for (key, prefixes) in by_key {
            let Some((value, _)) = prefixes.first() else {
                continue;
            };
            let place = refused_at(prefixes.iter().map(|(_, prefix)| *prefix));
            let trail = Trail::default().then("prefixes").then(*value);
            tell(&trail, &key, &format!(" {place}"));
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
    fn by_a_prefix_a_job_is_refused_in_its_bucket() {
        let whats = |prefixes: &str| -> Vec<String> {
            let rule = format!(r#"{{"name": "r", "prefixes": [{prefixes}], "deny": "x"}}"#);
            told(warnings(&rule), "conf-not-required")
                .into_iter()
                .map(|(_, what)| what)
                .collect()
        };
        for (prefixes, place) in [
            (
                r#""s3://b/", "s3://c/${conf:t}""#,
                " is refused (RC205) at locations in s3://c/; ",
            ),
            (
                r#""s3://b/x", "s3://${conf:t}/", "s3://c/${conf:t}""#,
                " is refused (RC205) wherever no other prefix of the rule covers the location; ",
            ),
        ] {
            let told = whats(prefixes);
            assert_eq!(told.len(), 1, "{prefixes}");
            assert!(told[0].contains(place), "{told:?}");
        }
        assert!(whats(r#""s3://c/", "s3://c/${conf:t}""#).is_empty());
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
