//! A rule that comes too late: `never-matches`.
//!
//! Warns where every request that a rule's conditions hold for is matched by an earlier rule, or where
//! each value of one of its lists is taken by some earlier rule. An earlier rule's condition counts
//! as implied where the later rule has it too, with values that the earlier one lists, covers by a
//! wider prefix, or matches by an expression (or has the same expression); and its `not`, where the
//! later rule's values are none of those, or its own `not` excludes them too.
//!
//! Silent about rules that expressions alone relate in other ways, and about templates that different
//! values could make equal.

use super::found::Found;
use super::subject::Subject;
use crate::rules::{Quoted, Trail};

/// How many rules a message names.
const MOST_NAMED: usize = 3;

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    for (number, shadow) in subject.shadows().all() {
        let what = match shadow.whole.as_slice() {
            [] => continue,
            [by] => format!(
                "can never match: rule {} stands before it and matches whenever it would; take it out, or move it up",
                named(subject, *by)
            ),
            several => {
                let names: Vec<String> = several
                    .iter()
                    .take(MOST_NAMED)
                    .map(|by| named(subject, *by))
                    .collect();
                let more = match several.len().saturating_sub(MOST_NAMED) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                format!(
                    "can never match: the rules {}{more} stand before it, and one of them matches whenever it would; take it out, or move it up",
                    names.join(", ")
                )
            }
        };
        found.in_rule(number, Trail::default(), what);
    }
}

/// A rule's name for a message.
pub(super) fn named(subject: &Subject<'_>, rule: usize) -> String {
    Quoted(subject.name(rule).unwrap_or_default()).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::testing::warnings;

    /// The rules that can never match.
    fn dead(rules: &str) -> Vec<String> {
        warnings(rules)
            .into_iter()
            .filter(|warning| warning.kind == "never-matches")
            .filter_map(|warning| warning.rule)
            .collect()
    }

    #[test]
    fn a_rule_behind_a_wider_one_is_dead() {
        for rules in [
            r#"{"name": "all", "deny": "x"}, {"name": "late", "users": ["a"], "use": "base"}"#,
            r#"{"name": "w", "users": ["a", "b"], "deny": "x"}, {"name": "late", "users": ["b"], "groups": ["g"], "use": "base"}"#,
            r#"{"name": "w", "prefixes": ["s3://b/"], "deny": "x"}, {"name": "late", "prefixes": ["s3a://b/x", "s3://b/y*"], "use": "base"}"#,
            r#"{"name": "w", "prefixes": ["s3://b/x*"], "deny": "x"}, {"name": "late", "prefixes": ["s3://b/x2/"], "use": "base"}"#,
            r#"{"name": "w", "usersMatching": ["etl-.*"], "deny": "x"}, {"name": "late", "users": ["etl-1"], "use": "base"}"#,
            r#"{"name": "w", "usersMatching": ["etl-.*"], "deny": "x"}, {"name": "late", "usersMatching": ["etl-.*"], "conf": {"k": ["v"]}, "use": "base"}"#,
            r#"{"name": "w", "usersMatching": [".*"], "deny": "x"}, {"name": "late", "groups": ["g"], "use": "base"}"#,
            r#"{"name": "w", "conf": {"k": ["1", "2"]}, "deny": "x"}, {"name": "late", "conf": {"k": ["1"], "l": ["3"]}, "use": "base"}"#,
            r#"{"name": "w", "not": {"users": ["a"]}, "deny": "x"}, {"name": "late", "users": ["b"], "use": "base"}"#,
            r#"{"name": "w", "not": {"groups": ["g"]}, "deny": "x"}, {"name": "late", "not": {"groups": ["g", "h"]}, "use": "base"}"#,
            r#"{"name": "w", "not": {"prefixes": ["s3://b/x"]}, "deny": "x"}, {"name": "late", "prefixes": ["s3://b/y"], "use": "base"}"#,
            r#"{"name": "one", "users": ["a"], "deny": "x"}, {"name": "two", "usersMatching": ["b+"], "deny": "x"}, {"name": "late", "users": ["a", "bb"], "use": "base"}"#,
            r#"{"name": "w", "principals": ["a@R"], "realUsers": ["oozie"], "deny": "x"}, {"name": "late", "principals": ["a@R"], "realUsers": ["oozie"], "use": "base"}"#,
            r#"{"name": "w", "prefixes": ["s3://b/home/${user}"], "deny": "x"}, {"name": "late", "prefixes": ["s3://b/home/${user}/x"], "use": "base"}"#,
            r#"{"name": "w", "groups": ["g", "h"], "prefixes": ["s3://b/${group}/"], "deny": "x"}, {"name": "late", "groups": ["g", "h"], "prefixes": ["s3://b/${group}/x"], "use": "base"}"#,
            r#"{"name": "w", "groups": ["g", "h"], "prefixes": ["s3://b/"], "deny": "x"}, {"name": "late", "groups": ["h"], "prefixes": ["s3://b/${group}/"], "use": "base"}"#,
        ] {
            assert_eq!(dead(rules), ["late"], "{rules}");
        }
    }

    #[test]
    fn a_rule_to_which_something_is_left_is_not() {
        for rules in [
            r#"{"name": "n", "users": ["a"], "groups": ["g"], "deny": "x"}, {"name": "late", "users": ["a"], "use": "base"}"#,
            r#"{"name": "n", "users": ["a"], "deny": "x"}, {"name": "late", "groups": ["a"], "use": "base"}"#,
            r#"{"name": "n", "users": ["a"], "deny": "x"}, {"name": "late", "principals": ["a"], "use": "base"}"#,
            r#"{"name": "n", "prefixes": ["s3://b/team"], "deny": "x"}, {"name": "late", "prefixes": ["s3://b/team2"], "use": "base"}"#,
            r#"{"name": "n", "prefixes": ["s3://b/team"], "deny": "x"}, {"name": "late", "prefixes": ["s3://b/team*"], "use": "base"}"#,
            r#"{"name": "n", "usersMatching": ["etl-.*"], "deny": "x"}, {"name": "late", "users": ["etl"], "use": "base"}"#,
            r#"{"name": "n", "groupsMatching": [".*"], "deny": "x"}, {"name": "late", "users": ["a"], "use": "base"}"#,
            r#"{"name": "n", "not": {"users": ["a"]}, "deny": "x"}, {"name": "late", "use": "base"}"#,
            r#"{"name": "n", "not": {"groups": ["g"]}, "deny": "x"}, {"name": "late", "groups": ["h"], "use": "base"}"#,
            r#"{"name": "n", "conf": {"k": ["1"]}, "deny": "x"}, {"name": "late", "conf": {"l": ["1"]}, "use": "base"}"#,
            r#"{"name": "n", "prefixes": ["s3://b/home/${user}"], "deny": "x"}, {"name": "late", "prefixes": ["s3://b/home/carol"], "use": "base"}"#,
            r#"{"name": "one", "users": ["a"], "prefixes": ["s3://b/"], "deny": "x"}, {"name": "two", "users": ["b"], "prefixes": ["s3://c/"], "deny": "x"}, {"name": "late", "users": ["a", "b"], "prefixes": ["s3://b/", "s3://c/"], "use": "base"}"#,
            r#"{"name": "n", "groups": ["g", "h"], "prefixes": ["s3://b/${group}/"], "deny": "x"}, {"name": "late", "groups": ["h"], "prefixes": ["s3://b/${group}/"], "use": "base"}"#,
            r#"{"name": "n", "groups": ["g", "h"], "prefixes": ["s3://${group}/"], "deny": "x"}, {"name": "late", "groups": ["h"], "prefixes": ["s3://${group}/x"], "use": "base"}"#,
            r#"{"name": "n", "groups": ["g", "h"], "not": {"prefixes": ["s3://b/${group}/"]}, "deny": "x"}, {"name": "late", "groups": ["h"], "not": {"prefixes": ["s3://b/${group}/"]}, "use": "base"}"#,
        ] {
            assert!(dead(rules).is_empty(), "{rules}");
        }
    }

    #[test]
    fn who_takes_everything_is_named() {
        let one = warnings(
            r#"{"name": "all", "deny": "x"}, {"name": "late", "users": ["a"], "use": "base"}"#,
        );
        let what: Vec<_> = one
            .iter()
            .filter(|warning| warning.kind == "never-matches")
            .map(|warning| warning.what.as_str())
            .collect();
        assert_eq!(
            what,
            [
                "can never match: rule `all` stands before it and matches whenever it would; take it out, or move it up"
            ]
        );
    }
}
