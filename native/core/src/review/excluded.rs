//! What a rule's conditions leave of its own lists.

use super::implied::List;
use super::reach::{Reach, may_be_compared};
use super::subject::Subject;
use crate::rules::{Conditions, Names, Pattern, Quoted, Rule, Step, Trail};

/// Where a list stands in its rule.
pub(super) fn trail(list: &List) -> Trail {
    let top = Trail::default();
    match list {
        List::Users => top.then("users"),
        List::UsersMatching => top.then("usersMatching"),
        List::Principals => top.then("principals"),
        List::RealUsers => top.then("realUsers"),
        List::Conf(key) => top.then("conf").then(Step::Field(key.clone().into())),
        List::Prefixes => top.then("prefixes"),
        List::Groups => top.then("groups"),
        List::GroupsMatching => top.then("groupsMatching"),
    }
}

/// All lists of names, with where they stand.
pub(super) fn names(conditions: &Conditions) -> Vec<(List, &Names)> {
    let mut all: Vec<(List, &Names)> = [
        (List::Users, &conditions.users),
        (List::Principals, &conditions.principals),
        (List::RealUsers, &conditions.real_users),
        (List::Groups, &conditions.groups),
    ]
    .into_iter()
    .filter_map(|(list, names)| Some((list, names.as_ref()?)))
    .collect();
    all.extend(
        conditions
            .conf
            .iter()
            .map(|(key, names)| (List::Conf(key.clone()), names)),
    );
    all
}

/// Values of a list that the rule's other conditions exclude.
pub(super) struct Excluded {
    pub(super) trail: Trail,
    /// How many values the list has.
    pub(super) length: usize,
    /// Their numbers, and why.
    pub(super) values: Vec<(usize, String)>,
}

/// What a rule's conditions exclude of its own lists.
pub(super) fn excluded(subject: &Subject<'_>, number: usize, rule: &Rule) -> Vec<Excluded> {
    let conditions = &rule.conditions;
    let none = Conditions::default();
    let not = conditions.not.as_deref().unwrap_or(&none);
    if conditions.not.is_none()
        && (conditions.users.is_none() || conditions.users_matching.is_none())
    {
        return vec![];
    }
    let mut all = Vec::new();
    for (list, listed) in names(conditions) {
        let in_not = match &list {
            List::Users => not.users.as_ref(),
            List::Principals => not.principals.as_ref(),
            List::RealUsers => not.real_users.as_ref(),
            List::Groups => not.groups.as_ref(),
            List::Conf(key) => not.conf.get(key),
            List::Prefixes | List::UsersMatching | List::GroupsMatching => None,
        };
        let (wanted, unwanted): (Option<&[Pattern]>, Option<&[Pattern]>) = match list {
            List::Users => (
                conditions.users_matching.as_deref(),
                not.users_matching.as_deref(),
            ),
            List::Groups => (None, not.groups_matching.as_deref()),
            _ => (None, None),
        };
        let field = trail(&list);
        all.push(Excluded {
            length: listed.iter().count(),
            values: listed
                .iter()
                .enumerate()
                .filter_map(|(value, name)| {
                    let matches = |patterns: Option<&[Pattern]>| {
                        patterns.and_then(|patterns| subject.any_matches(patterns, name))
                    };
                    let why = if in_not.is_some_and(|names| names.contains(name)) {
                        format!("is excluded by `not.{field}`")
                    } else if matches(unwanted) == Some(true) {
                        format!("is excluded by `not.{field}Matching`")
                    } else if matches(wanted) == Some(false) {
                        "matches none of `usersMatching`".to_owned()
                    } else {
                        return None;
                    };
                    Some((value, format!("{} {why}", Quoted(name))))
                })
                .collect(),
            trail: field,
        });
    }
    for (list, wanted, unwanted) in [
        (
            List::UsersMatching,
            &conditions.users_matching,
            &not.users_matching,
        ),
        (
            List::GroupsMatching,
            &conditions.groups_matching,
            &not.groups_matching,
        ),
    ] {
        let (Some(wanted), Some(unwanted)) = (wanted, unwanted) else {
            continue;
        };
        let field = trail(&list);
        all.push(Excluded {
            length: wanted.len(),
            values: wanted
                .iter()
                .enumerate()
                .filter(|(_, pattern)| unwanted.contains(pattern))
                .map(|(value, pattern)| {
                    let why = format!("{} stands in `not.{field}` too", Quoted(pattern.as_str()));
                    (value, why)
                })
                .collect(),
            trail: field,
        });
    }
    let reaches = subject.reaches(number);
    if let Some(unwanted) = &not.prefixes
        && may_be_compared(unwanted.len(), reaches.len())
    {
        let unwanted: Vec<Reach> = unwanted.iter().map(Reach::of).collect();
        all.push(Excluded {
            trail: trail(&List::Prefixes),
            length: reaches.len(),
            values: reaches
                .iter()
                .enumerate()
                .filter(|(_, reach)| unwanted.iter().any(|wide| wide.covers(reach)))
                .map(|(value, reach)| (value, format!("`{reach}` is excluded by `not.prefixes`")))
                .collect(),
        });
    }
    all.retain(|list| list.length > 0 && !list.values.is_empty());
    all
}
