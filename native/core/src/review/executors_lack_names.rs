//! Access by names that executors do not have: `executors-lack-names`.
//!
//! Warns once a file for `principals` and once for `realUsers`, in a rule that gives access: what a
//! driver or a server starts elsewhere (Spark executors, tasks of YARN and Tez) knows the short name
//! of its user alone, so the rule does not match there. Silent where the rule denies.

use super::found::Found;
use super::subject::Subject;
use crate::rules::{Outcome, Trail};

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    let gives = |denies: &Outcome| !matches!(denies, Outcome::Deny(_));
    let mut tell = |field: &'static str, rule: Option<usize>| {
        if let Some(number) = rule {
            found.in_rule(
                number,
                Trail::default().then(field),
                "gives access by a name that Spark executors and tasks of YARN and Tez do not know: there the rule does not match, and a later one decides; use it for servers that read S3 themselves, and `users` or `groups` for the rest",
            );
        }
    };
    let first = |has: fn(&crate::rules::Conditions) -> bool| {
        subject
            .each()
            .find(|(_, rule)| gives(&rule.outcome) && has(&rule.conditions))
            .map(|(number, _)| number)
    };
    tell(
        "principals",
        first(|conditions| conditions.principals.is_some()),
    );
    tell(
        "realUsers",
        first(|conditions| conditions.real_users.is_some()),
    );
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
    fn a_deny_and_an_exception_are_fine() {
        assert!(
            fields(
                r#"{"name": "a", "principals": ["a@R"], "deny": "x"},
                   {"name": "b", "groups": ["g"], "not": {"realUsers": ["livy"]}, "use": "base"}"#
            )
            .is_empty()
        );
    }
}
