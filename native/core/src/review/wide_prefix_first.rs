//! A wider prefix before a narrower one, for callers who may be the same: `wide-prefix-first`.
//!
//! Warns about a rule of which a prefix lies below a prefix of an earlier rule with another outcome,
//! where both may mean the same caller, who then gets the earlier rule's outcome there too, and
//! where the later rule is the more specific one about callers (it has `users` or `principals`, the
//! earlier has neither) or is a `deny` that is not for everybody, and the earlier one gives access.
//!
//! Silent where the earlier rule is the one that names its callers more closely, which is how an
//! exception is written, and where `never-matches` or `without-effect` tell it already.

use std::collections::HashMap;

use super::found::Found;
use super::never_matches::named;
use super::reach::{Group, Reach};
use super::subject::Subject;
use crate::rules::{Conditions, Names, Outcome, Rule, Trail};

/// How many earlier rules a prefix is compared with at each of its path boundaries.
const MOST: usize = 64;

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    let mut earlier: HashMap<(&str, &str), Vec<(usize, &Reach)>> = HashMap::new();
    for (number, rule) in subject.each() {
        let reaches = subject.reaches(number);
        if !subject.shadows().is_whole(number) {
            let wider = reaches.iter().enumerate().find_map(|(value, narrow)| {
                narrow
                    .boundaries()
                    .filter_map(|key| earlier.get(&(narrow.bucket.as_str(), key)))
                    .flatten()
                    .find(|(other, wide)| {
                        !narrow.covers(wide)
                            && subject.rule(*other).is_some_and(|other| {
                                let group = Group::of(&other.conditions, &rule.conditions);
                                wide.covers_of_another(narrow, group)
                                    && is_surprising(subject, other, rule)
                            })
                    })
                    .map(|(other, wide)| (value, *other, *wide))
            });
            if let Some((value, other, wide)) = wider {
                found.in_rule(
                    number,
                    Trail::default().then("prefixes").then(value),
                    format!(
                        "lies below `{wide}` of rule {}, which stands before this one: a caller whom both mean gets that rule's outcome here too; move this rule up, or exclude its callers there by `not`",
                        named(subject, other)
                    ),
                );
            }
        }
        for reach in reaches.iter().filter(|reach| reach.bounded) {
            let rules = earlier.entry((&reach.bucket, &reach.key)).or_default();
            if rules.len() < MOST {
                rules.push((number, reach));
            }
        }
    }
}

fn is_surprising(subject: &Subject<'_>, earlier: &Rule, later: &Rule) -> bool {
    let (e, l) = (&earlier.conditions, &later.conditions);
    let names_people = |c: &Conditions| c.users.is_some() || c.principals.is_some();
    let is_for_some = |c: &Conditions| {
        names_people(c)
            || c.groups.is_some()
            || c.users_matching.is_some()
            || c.groups_matching.is_some()
            || c.real_users.is_some()
    };
    let denies = |rule: &Rule| matches!(rule.outcome, Outcome::Deny(_));
    let shuts_out = denies(later) && !denies(earlier) && is_for_some(l) && !names_people(e);
    if !(shuts_out || (names_people(l) && !names_people(e) && e.real_users.is_none())) {
        return false;
    }
    if same_outcome(&earlier.outcome, &later.outcome) {
        return false;
    }
    may_be_the_same_caller(subject, e, l)
}

pub(super) fn same_outcome(one: &Outcome, other: &Outcome) -> bool {
    match (one, other) {
        (Outcome::Deny(_), Outcome::Deny(_)) => true,
        (one, other) => one == other,
    }
}

/// Whether nothing speaks against it in the lists that both have.
pub(super) fn may_be_the_same_caller(
    subject: &Subject<'_>,
    e: &Conditions,
    l: &Conditions,
) -> bool {
    let common = |one: Option<&Names>, other: Option<&Names>| match (one, other) {
        (Some(one), Some(other)) => one.iter().any(|name| other.contains(name)),
        _ => true,
    };
    let excludes_all = |mine: Option<&Names>, theirs: Option<&Names>| match (mine, theirs) {
        (Some(mine), Some(theirs)) => theirs.iter().all(|name| mine.contains(name)),
        _ => false,
    };
    let not = e.not.as_deref();
    let patterns_fit = match (&e.users_matching, &l.users) {
        (Some(patterns), Some(users)) => users
            .iter()
            .any(|user| subject.any_matches(patterns, user) == Some(true)),
        _ => true,
    };
    common(e.users.as_ref(), l.users.as_ref())
        && common(e.principals.as_ref(), l.principals.as_ref())
        && common(e.real_users.as_ref(), l.real_users.as_ref())
        && e.conf
            .iter()
            .all(|(key, names)| common(Some(names), l.conf.get(key)))
        && patterns_fit
        && !not.is_some_and(|not| {
            excludes_all(not.users.as_ref(), l.users.as_ref())
                || excludes_all(not.principals.as_ref(), l.principals.as_ref())
                || excludes_all(not.groups.as_ref(), l.groups.as_ref())
                || not.groups_matching.is_some()
                || not.users_matching.is_some()
                || not.prefixes.is_some()
        })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{told, warnings};

    fn surprising(rules: &str) -> Vec<(String, String)> {
        told(warnings(rules), "wide-prefix-first")
    }

    #[test]
    fn a_wider_prefix_that_may_take_the_same_caller_is_told() {
        assert_eq!(
            surprising(
                r#"{"name": "eng", "groups": ["eng"], "prefixes": ["s3://lake/"], "use": "base"},
                   {"name": "ann", "users": ["ann"], "prefixes": ["s3://x/", "s3://lake/own"], "role": "arn:aws:iam::111122223333:role/ann"}"#
            ),
            [(
                "prefixes[1]".to_owned(),
                "lies below `s3://lake/` of rule `eng`, which stands before this one: a caller whom both mean gets that rule's outcome here too; move this rule up, or exclude its callers there by `not`".to_owned()
            )]
        );
        assert_eq!(
            surprising(
                r#"{"name": "eng", "groups": ["eng"], "prefixes": ["s3://lake/"], "use": "base"},
                   {"name": "no", "groups": ["guests"], "prefixes": ["s3://lake/secret/"], "deny": "x"}"#
            )
            .len(),
            1
        );
    }

    #[test]
    fn exceptions_before_their_rule_and_other_callers_are_fine() {
        for rules in [
            r#"{"name": "etl", "users": ["etl"], "prefixes": ["s3://lake/"], "use": "base"},
               {"name": "raw", "prefixes": ["s3://lake/raw/"], "deny": "x"}"#,
            r#"{"name": "eng", "groups": ["eng"], "prefixes": ["s3://lake/"], "use": "base"},
               {"name": "fin", "groups": ["fin"], "prefixes": ["s3://lake/fin/"], "role": "arn:aws:iam::111122223333:role/fin"}"#,
            r#"{"name": "ann", "users": ["ann"], "prefixes": ["s3://lake/own"], "use": "base"},
               {"name": "eng", "groups": ["eng"], "prefixes": ["s3://lake/"], "deny": "x"}"#,
            r#"{"name": "eng", "groups": ["eng"], "not": {"users": ["ann"]}, "prefixes": ["s3://lake/"], "use": "base"},
               {"name": "ann", "users": ["ann"], "prefixes": ["s3://lake/own"], "deny": "x"}"#,
            r#"{"name": "t", "conf": {"k": ["1"]}, "prefixes": ["s3://lake/"], "use": "base"},
               {"name": "ann", "users": ["ann"], "conf": {"k": ["2"]}, "prefixes": ["s3://lake/own"], "deny": "x"}"#,
            r#"{"name": "eng", "groups": ["eng"], "prefixes": ["s3://lake/"], "use": "base"},
               {"name": "ann", "users": ["ann"], "prefixes": ["s3://lake/own"], "use": "base"}"#,
            r#"{"name": "eng", "groups": ["eng"], "prefixes": ["s3://lake/${group}/"], "use": "base"},
               {"name": "ann", "users": ["ann"], "groups": ["fin"], "prefixes": ["s3://lake/${group}/x"], "deny": "x"}"#,
        ] {
            assert!(surprising(rules).is_empty(), "{rules}");
        }
    }
}
