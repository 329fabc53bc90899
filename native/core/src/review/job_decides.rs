//! Roles that the job's own settings decide: `job-decides-role`.
//!
//! Warns once for each key of `rolecall.conf` that a condition, a prefix (of `not`, too), or the
//! template of a role or of its session takes: whoever writes the job's settings chooses. A key that
//! the site file lists in its `conf` is meant so, and one that it leaves out is told as
//! `conf-key-refused`.
//!
//! Silent about a session's name, by which nobody is given anything.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::found::Found;
use super::never_matches::named;
use super::subject::Subject;
use super::templates::{conf_keys, fields};
use crate::rules::{Conditions, Outcome, Step, Trail};

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    if subject.allowed_keys.is_some() {
        return;
    }
    let name = Trail::default().then("session").then("name");
    for (key, mut uses) in uses(subject) {
        uses.retain(|(_, trail)| *trail != name);
        let Some((number, trail)) = uses.first() else {
            continue;
        };
        let others = match uses.len() - 1 {
            0 => String::new(),
            1 => format!(
                " and in rule {}",
                uses.last()
                    .map_or_else(String::new, |(other, _)| named(subject, *other))
            ),
            more => format!(" and in {more} more rules"),
        };
        found.in_rule(
            *number,
            trail.clone(),
            format!(
                "lets the job's own setting rolecall.conf.{key} decide, here{others}: whoever writes a job's settings chooses what it gets; decide by users or groups, or list the key in the site file's `conf` if that is meant"
            ),
        );
    }
}

/// By key: the rules that take it, each once, and where; the session of the top of the file counts
/// as its first rule's alone. That a session's name takes it is said only where nothing else of the
/// rule does.
pub(super) fn uses(subject: &Subject<'_>) -> BTreeMap<String, Vec<(usize, Trail)>> {
    let mut uses: BTreeMap<String, Vec<(usize, Trail)>> = BTreeMap::new();
    let mut add = |key: &str, number: usize, trail: Trail| {
        let rules = uses.entry(key.to_owned()).or_default();
        if rules.last().is_none_or(|(last, _)| *last != number) {
            rules.push((number, trail));
        }
    };
    let mut sessions = HashSet::new();
    for (number, rule) in subject.each() {
        for (key, trail) in in_conditions(&rule.conditions, &Trail::default()) {
            add(&key, number, trail);
        }
        if let Some(not) = &rule.conditions.not {
            for (key, trail) in in_conditions(not, &Trail::default().then("not")) {
                add(&key, number, trail);
            }
        }
        if let Outcome::Assume(assume) = &rule.outcome {
            let is_new = sessions.insert(Arc::as_ptr(&assume.session));
            let (role, name) = (
                Trail::default().then("role"),
                Trail::default().then("session").then("name"),
            );
            let mut fields = fields(assume);
            fields.retain(|(trail, _)| is_new || *trail == role);
            fields.sort_by_key(|(trail, _)| *trail == name);
            for (trail, text) in fields {
                for key in conf_keys(&text) {
                    add(key, number, trail.clone());
                }
            }
        }
    }
    uses
}

/// The keys that conditions take, and where.
fn in_conditions(conditions: &Conditions, at: &Trail) -> Vec<(String, Trail)> {
    let mut all: Vec<(String, Trail)> = conditions
        .conf
        .keys()
        .map(|key| {
            let field = Step::Field(key.to_owned().into());
            (key.to_owned(), at.then("conf").then(field))
        })
        .collect();
    for (value, prefix) in conditions.prefixes.iter().flatten().enumerate() {
        all.extend(
            conf_keys(&prefix.to_string())
                .map(|key| (key.to_owned(), at.then("prefixes").then(value))),
        );
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::testing::{allowing, of_file, told, warnings};

    const RULES: &str = r#"
        {"name": "a", "conf": {"t": ["x"]}, "role": "arn:aws:iam::111122223333:role/${conf:t}"},
        {"name": "b", "users": ["b"], "role": "arn:aws:iam::111122223333:role/${conf:r}"},
        {"name": "c", "not": {"conf": {"t": ["y"]}}, "deny": "x"}"#;

    #[test]
    fn each_key_is_told_once() {
        let told = told(warnings(RULES), "job-decides-role");
        assert_eq!(told[0].0, "conf.t");
        assert_eq!(
            told[0].1,
            "lets the job's own setting rolecall.conf.t decide, here and in rule `c`: whoever writes a job's settings chooses what it gets; decide by users or groups, or list the key in the site file's `conf` if that is meant"
        );
        assert_eq!(told[1].0, "role");
        assert!(
            told[1].1.contains("rolecall.conf.r decide, here: "),
            "{told:?}"
        );
        assert_eq!(told.len(), 2);
    }

    #[test]
    fn a_key_that_the_site_file_lists_is_meant_so() {
        let file = format!(r#"{{"version": 1, "rules": [{RULES}], "otherwise": "deny"}}"#);
        let keys = ["t".to_owned()];
        assert!(told(allowing(&file, Some(&keys)), "job-decides-role").is_empty());
    }

    #[test]
    fn whatever_gives_access_by_a_key_is_told() {
        let role = r#""role": "arn:aws:iam::111122223333:role/a""#;
        for (rule, field) in [
            (
                format!(r#""prefixes": ["s3://b/", "s3://c/${{conf:t}}/"], {role}"#),
                "prefixes[1]",
            ),
            (
                format!(r#""not": {{"prefixes": ["s3://c/${{conf:t}}/"]}}, {role}"#),
                "not.prefixes[0]",
            ),
            (
                format!(
                    r#"{role}, "session": {{"name": "${{conf:t}}", "tags": {{"team": "${{conf:t}}"}}}}"#
                ),
                "session.tags.team",
            ),
            (
                format!(r#"{role}, "session": {{"sourceIdentity": "${{conf:t}}"}}"#),
                "session.sourceIdentity",
            ),
            (
                format!(r#"{role}, "session": {{"externalId": "${{conf:t}}"}}"#),
                "session.externalId",
            ),
            (
                format!(
                    r#"{role}, "session": {{"policy": {{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${{conf:t}}/*"}}]}}}}"#
                ),
                "session.policy",
            ),
        ] {
            let told = told(
                warnings(&format!(r#"{{"name": "r", "users": ["a"], {rule}}}"#)),
                "job-decides-role",
            );
            let fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
            assert_eq!(fields, [field], "{rule}");
        }
    }

    #[test]
    fn the_session_of_all_rules_is_told_as_the_file_s() {
        let file = r#"{"version": 1, "session": {"externalId": "e-${conf:t}"}, "rules": [
            {"name": "a", "users": ["a"], "role": "arn:aws:iam::111122223333:role/a"},
            {"name": "b", "users": ["b"], "role": "arn:aws:iam::111122223333:role/b"}], "otherwise": "deny"}"#;
        let told = told(of_file(file), "job-decides-role");
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0, "session.externalId");
        assert!(told[0].1.contains("decide, here: "), "{told:?}");
    }

    #[test]
    fn a_session_s_name_decides_nothing() {
        let rules = r#"{"name": "a", "users": ["a"], "role": "arn:aws:iam::111122223333:role/a", "session": {"name": "${conf:job}"}}"#;
        assert!(told(warnings(rules), "job-decides-role").is_empty());
    }
}
