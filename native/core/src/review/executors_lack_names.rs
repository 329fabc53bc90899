//! Decisions by names that executors do not have: `executors-lack-names`.
//!
//! What a driver or a server starts elsewhere (Spark executors, tasks of YARN and Tez) knows the short
//! name of its user alone. Warns once a file for each of
//! - `principals` and `realUsers` in a rule that gives access: it does not match there,
//! - both in a rule that denies: the deny does not match there,
//! - both in the `not` of a rule that gives access and asks for neither itself: it excludes nobody
//!   there.
//!
//! Silent about `not` in a rule that denies, which then denies more.

use super::found::Found;
use super::subject::Subject;
use crate::rules::{Conditions, Names, Outcome, Trail};

/// One of the two names: the field, and how it is found among conditions.
type Name = (&'static str, fn(&Conditions) -> Option<&Names>);

const NAMES: [Name; 2] = [
    ("principals", |conditions| conditions.principals.as_ref()),
    ("realUsers", |conditions| conditions.real_users.as_ref()),
];

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    let has_any = |conditions: &Conditions| NAMES.iter().any(|(_, of)| of(conditions).is_some());
    for (field, of) in NAMES {
        let first = |gives: bool, has: &dyn Fn(&Conditions) -> bool| {
            subject
                .each()
                .find(|(_, rule)| {
                    gives != matches!(rule.outcome, Outcome::Deny(_)) && has(&rule.conditions)
                })
                .map(|(number, _)| number)
        };
        let listed = |conditions: &Conditions| of(conditions).is_some();
        let excluded = |conditions: &Conditions| {
            !has_any(conditions) && conditions.not.as_deref().is_some_and(listed)
        };
        let top = Trail::default();
        for (rule, trail, what) in [
            (
                first(true, &listed),
                top.then(field),
                "gives access by a name that Spark executors and tasks of YARN and Tez do not know: there the rule does not match, and a later one decides; use it for servers that read S3 themselves, and `users` or `groups` for the rest",
            ),
            (
                first(false, &listed),
                top.then(field),
                "denies by a name that Spark executors and tasks of YARN and Tez do not know: there the deny does not match, and a later rule or `otherwise` decides; deny by `users` or `groups`",
            ),
            (
                first(true, &excluded),
                top.then("not").then(field),
                "excludes by a name that Spark executors and tasks of YARN and Tez do not know: there it excludes nobody, and the rule gives access to those whom it should not; exclude by `users` or `groups`",
            ),
        ] {
            if let Some(number) = rule {
                found.in_rule(number, trail, what);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{told, warnings};

    fn fields(rules: &str) -> Vec<String> {
        told(warnings(rules), "executors-lack-names")
            .into_iter()
            .map(|(field, _)| field)
            .collect()
    }

    #[test]
    fn access_by_such_a_name_is_told_once() {
        assert_eq!(
            fields(
                r#"{"name": "a", "principals": ["a@R"], "use": "base"},
                   {"name": "b", "principals": ["b@R"], "realUsers": ["livy"], "use": "base"}"#
            ),
            ["principals", "realUsers"]
        );
    }

    #[test]
    fn what_should_shut_out_by_such_a_name_is_told() {
        let told = told(
            warnings(
                r#"{"name": "a", "principals": ["a@R"], "deny": "x"},
                   {"name": "b", "groups": ["g"], "not": {"realUsers": ["livy"]}, "use": "base"}"#,
            ),
            "executors-lack-names",
        );
        assert_eq!(told[0].0, "principals");
        assert!(told[0].1.contains("the deny does not match"), "{told:?}");
        assert_eq!(told[1].0, "not.realUsers");
        assert!(told[1].1.contains("it excludes nobody"), "{told:?}");
        assert_eq!(told.len(), 2);
    }

    #[test]
    fn a_deny_beside_an_access_is_told_too() {
        assert_eq!(
            fields(
                r#"{"name": "a", "realUsers": ["livy"], "deny": "x"},
                   {"name": "b", "realUsers": ["oozie"], "use": "base"}"#
            ),
            ["realUsers", "realUsers"]
        );
    }

    #[test]
    fn what_denies_more_there_is_fine() {
        assert!(
            fields(r#"{"name": "a", "groups": ["g"], "not": {"realUsers": ["livy"], "principals": ["a@R"]}, "deny": "x"}"#)
                .is_empty()
        );
        assert_eq!(
            fields(
                r#"{"name": "a", "principals": ["a@R"], "not": {"realUsers": ["livy"]}, "use": "base"}"#
            ),
            ["principals"]
        );
    }
}
