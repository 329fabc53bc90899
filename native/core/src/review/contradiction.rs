//! Conditions of one rule that can't hold together: `contradiction`.
//!
//! Warns where no value of one of a rule's lists is left by the rule's other conditions: each of
//! `users` is excluded by `not` or matches none of `usersMatching`; each of `principals`,
//! `realUsers`, `groups`, `prefixes` or of a key's `conf` is excluded by `not`; each expression of
//! `usersMatching` or `groupsMatching` stands in `not` too.
//!
//! Silent about `groups` beside `groupsMatching`, which different groups of a caller may satisfy.

use super::excluded::excluded;
use super::found::Found;
use super::subject::Subject;
use crate::rules::Trail;

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    for (number, rule) in subject.each() {
        for list in excluded(subject, number, rule) {
            if let Some((_, first)) = list.values.first()
                && list.values.len() == list.length
            {
                let what = format!(
                    "can never hold, because {first}{}; the rule matches nobody: take it out, or change its conditions",
                    match list.length {
                        1 => String::new(),
                        length => format!(", and the other {} are excluded likewise", length - 1),
                    }
                );
                found.in_rule(number, Trail::default().with(&list.trail), what);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::warnings;

    fn contradictions(rule: &str) -> Vec<(String, String)> {
        warnings(&format!(r#"{{"name": "r", {rule}, "deny": "x"}}"#))
            .into_iter()
            .filter(|warning| warning.kind == "contradiction")
            .map(|warning| (warning.field.unwrap_or_default(), warning.what))
            .collect()
    }

    #[test]
    fn a_condition_that_the_others_leave_nothing_to_is_told() {
        assert_eq!(
            contradictions(r#""users": ["a", "b"], "not": {"users": ["b", "a", "c"]}"#),
            [(
                "users".to_owned(),
                "can never hold, because `a` is excluded by `not.users`, and the other 1 are excluded likewise; the rule matches nobody: take it out, or change its conditions".to_owned()
            )]
        );
        for (rule, field) in [
            (r#""users": ["a"], "usersMatching": ["b.*"]"#, "users"),
            (
                r#""users": ["a"], "not": {"usersMatching": ["a|b"]}"#,
                "users",
            ),
            (r#""groups": ["g"], "not": {"groups": ["g"]}"#, "groups"),
            (
                r#""groups": ["g1"], "not": {"groupsMatching": ["g."]}"#,
                "groups",
            ),
            (
                r#""principals": ["a@R"], "not": {"principals": ["a@R"]}"#,
                "principals",
            ),
            (
                r#""realUsers": ["o"], "not": {"realUsers": ["o"]}"#,
                "realUsers",
            ),
            (
                r#""conf": {"k": ["v"]}, "not": {"conf": {"k": ["v"]}}"#,
                "conf.k",
            ),
            (
                r#""prefixes": ["s3://b/x"], "not": {"prefixes": ["s3://b/"]}"#,
                "prefixes",
            ),
            (
                r#""usersMatching": ["a.*"], "not": {"usersMatching": ["a.*"]}"#,
                "usersMatching",
            ),
        ] {
            let told = contradictions(rule);
            assert_eq!(told.len(), 1, "{rule}: {told:?}");
            assert_eq!(told[0].0, field, "{rule}");
        }
    }

    #[test]
    fn conditions_that_can_hold_together_are_fine() {
        for rule in [
            r#""users": ["a", "b"], "not": {"users": ["b"]}"#,
            r#""groups": ["g"], "not": {"users": ["a"]}"#,
            r#""groups": ["g"], "groupsMatching": ["h.*"]"#,
            r#""prefixes": ["s3://b/"], "not": {"prefixes": ["s3://b/x"]}"#,
            r#""conf": {"k": ["v"]}, "not": {"conf": {"l": ["v"]}}"#,
            r#""usersMatching": ["a.*"], "not": {"usersMatching": ["ab.*"]}"#,
        ] {
            assert!(contradictions(rule).is_empty(), "{rule}");
        }
    }
}
