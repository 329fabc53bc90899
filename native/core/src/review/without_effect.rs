//! Values that could be left out: `without-effect`.
//!
//! Warns about a value of one of a rule's lists
//! - that stands there twice, or is a prefix below another of the list,
//! - that the rule's own `not` excludes, or, in `users`, that matches none of `usersMatching`,
//! - that an earlier rule takes, as `never-matches` says it, while something is left to the rule,
//! - that is an expression of `usersMatching` which matches none of the rule's `users`,
//!
//! about a `usersMatching` that all of the rule's `users` match, and about a value of `not` that
//! none of the rule's own values is.

use std::collections::{HashMap, HashSet};

use super::excluded::{excluded, names, trail};
use super::found::Found;
use super::implied::List;
use super::never_matches::named;
use super::reach::{Reach, may_be_compared};
use super::subject::Subject;
use crate::rules::{Conditions, Pattern, Rule, Trail};

/// In a longer list, prefixes without a boundary are not compared with the others.
const MOST_UNBOUNDED: usize = 64;

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    for (number, rule) in subject.each() {
        repeated(subject, number, rule, found);
        for list in excluded(subject, number, rule) {
            if list.values.len() < list.length {
                for (value, why) in list.values {
                    let trail = list.trail.then(value);
                    found.in_rule(number, trail, format!("has no effect: {why}; take it out"));
                }
            }
        }
        by_users(subject, number, rule, found);
        if let Some(not) = &rule.conditions.not {
            excludes_nobody(subject, number, rule, not, found);
        }
    }
    for (number, shadow) in subject.shadows().all() {
        for (list, value, by) in &shadow.values {
            found.in_rule(
                number,
                trail(list).then(*value),
                format!(
                    "has no effect: rule {} stands before this one and takes it; take it out, or move this rule up",
                    named(subject, *by)
                ),
            );
        }
    }
}

fn repeated(subject: &Subject<'_>, number: usize, rule: &Rule, found: &mut Found) {
    let once_more = "has no effect: it stands in the list already; take it out";
    for (list, names) in names(&rule.conditions) {
        let mut seen = HashSet::new();
        for (value, name) in names.iter().enumerate() {
            if !seen.insert(name) {
                found.in_rule(number, trail(&list).then(value), once_more);
            }
        }
    }
    for (list, patterns) in [
        (List::UsersMatching, &rule.conditions.users_matching),
        (List::GroupsMatching, &rule.conditions.groups_matching),
    ] {
        let mut seen = HashSet::new();
        for (value, pattern) in patterns.iter().flatten().enumerate() {
            if !seen.insert(pattern.as_str()) {
                found.in_rule(number, trail(&list).then(value), once_more);
            }
        }
    }
    for (value, by) in below_others(subject.reaches(number)) {
        found.in_rule(
            number,
            trail(&List::Prefixes).then(value),
            format!("has no effect: {by} of the same list covers it; take it out"),
        );
    }
}

/// Prefixes that another one of their list covers; of equal ones the first stays.
fn below_others(reaches: &[Reach]) -> Vec<(usize, String)> {
    let mut bounded: HashMap<(&str, &str), usize> = HashMap::new();
    for (value, reach) in reaches
        .iter()
        .enumerate()
        .filter(|(_, reach)| reach.bounded)
    {
        bounded.entry((&reach.bucket, &reach.key)).or_insert(value);
    }
    let unbounded: Vec<(usize, &Reach)> = reaches
        .iter()
        .enumerate()
        .filter(|(_, reach)| !reach.bounded)
        .take(MOST_UNBOUNDED)
        .collect();
    let mut below = Vec::new();
    for (value, reach) in reaches.iter().enumerate() {
        let at_boundaries = reach
            .boundaries()
            .filter_map(|key| bounded.get(&(reach.bucket.as_str(), key)).copied())
            .filter_map(|wide| Some((wide, reaches.get(wide)?)));
        let by = at_boundaries
            .chain(unbounded.iter().copied())
            .find(|(wide, by)| {
                *wide != value && by.covers(reach) && (*wide < value || !reach.covers(by))
            });
        if let Some((_, by)) = by {
            below.push((value, by.to_string()));
        }
    }
    below
}

/// Expressions beside a list of users.
fn by_users(subject: &Subject<'_>, number: usize, rule: &Rule, found: &mut Found) {
    let conditions = &rule.conditions;
    let (Some(users), Some(patterns)) = (&conditions.users, &conditions.users_matching) else {
        return;
    };
    let at = trail(&List::UsersMatching);
    let none_matches = |patterns: &[Pattern]| {
        users
            .iter()
            .all(|user| subject.any_matches(patterns, user) == Some(false))
    };
    if users
        .iter()
        .all(|user| subject.any_matches(patterns, user) == Some(true))
    {
        found.in_rule(
            number,
            at,
            "has no effect: all of `users` match it, and both conditions have to hold; take it out, or give it a rule of its own if either should do",
        );
        return;
    }
    // Where none matches at all, the conditions contradict each other.
    if none_matches(patterns) {
        return;
    }
    for (value, pattern) in patterns.iter().enumerate() {
        if none_matches(std::slice::from_ref(pattern)) {
            found.in_rule(
                number,
                at.then(value),
                "has no effect: none of `users` matches it, and both conditions have to hold; take it out, or give it a rule of its own if either should do",
            );
        }
    }
}

/// Values of `not` that none of the rule's own is.
fn excludes_nobody(
    subject: &Subject<'_>,
    number: usize,
    rule: &Rule,
    not: &Conditions,
    found: &mut Found,
) {
    let conditions = &rule.conditions;
    let in_not = |list: &List| Trail::default().then("not").with(&trail(list));
    let mut idle = |list: &List, value: usize, field: &str| {
        found.in_rule(
            number,
            in_not(list).then(value),
            format!("has no effect: it excludes none of the rule's `{field}`; take it out"),
        );
    };
    for (list, names) in names(not) {
        let mine = match &list {
            List::Users => conditions.users.as_ref(),
            List::Principals => conditions.principals.as_ref(),
            List::RealUsers => conditions.real_users.as_ref(),
            List::Conf(key) => conditions.conf.get(key),
            // Who is in a listed group may be in an excluded one, too.
            _ => None,
        };
        let Some(mine) = mine else { continue };
        for (value, _) in names
            .iter()
            .enumerate()
            .filter(|(_, name)| !mine.contains(name))
        {
            idle(&list, value, &trail(&list).to_string());
        }
    }
    if let (Some(users), Some(patterns)) = (&conditions.users, &not.users_matching) {
        for (value, pattern) in patterns.iter().enumerate() {
            let one = std::slice::from_ref(pattern);
            if users
                .iter()
                .all(|user| subject.any_matches(one, user) == Some(false))
            {
                idle(&List::UsersMatching, value, "users");
            }
        }
    }
    let reaches = subject.reaches(number);
    if let (Some(_), Some(prefixes)) = (&conditions.prefixes, &not.prefixes)
        && may_be_compared(reaches.len(), prefixes.len())
    {
        for (value, prefix) in prefixes.iter().enumerate() {
            let reach = Reach::of(prefix);
            if reaches.iter().all(|mine| mine.is_apart_from(&reach)) {
                idle(&List::Prefixes, value, "prefixes");
            }
        }
    }
}

#[cfg(test)]
#[path = "without_effect_tests.rs"]
mod tests;
