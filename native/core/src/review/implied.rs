//! Whether an earlier rule's conditions hold wherever a later rule's do.

use super::reach::{Group, Reach, may_be_compared};
use super::subject::Subject;
use crate::rules::{Conditions, Names, Pattern, Prefix};

/// A list among a rule's conditions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum List {
    Users,
    UsersMatching,
    Principals,
    RealUsers,
    Conf(String),
    Prefixes,
    Groups,
    GroupsMatching,
}

/// For which of the requests that match a rule something holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Implied {
    /// For all.
    Always,
    /// For those that match by these values of one of its lists, by their numbers.
    By(List, Vec<usize>),
    /// That can't be said.
    Unsaid,
}

impl Implied {
    fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Unsaid => Self::Unsaid,
            Self::Always => other(),
            Self::By(list, values) => match other() {
                Self::Always => Self::By(list, values),
                Self::By(other, also) if other == list => {
                    let both: Vec<usize> = values
                        .into_iter()
                        .filter(|value| also.contains(value))
                        .collect();
                    if both.is_empty() {
                        Self::Unsaid
                    } else {
                        Self::By(list, both)
                    }
                }
                Self::By(..) | Self::Unsaid => Self::Unsaid,
            },
        }
    }

    fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Always => Self::Always,
            Self::Unsaid => other(),
            by @ Self::By(..) => match other() {
                Self::Always => Self::Always,
                _ => by,
            },
        }
    }

    /// By those of a list's values for which `holds` says so; it says nothing where it can't tell.
    fn by<T>(
        list: List,
        values: impl Iterator<Item = T>,
        mut holds: impl FnMut(T) -> Option<bool>,
    ) -> Self {
        let mut by = Vec::new();
        let mut all = true;
        for (number, value) in values.enumerate() {
            if holds(value) == Some(true) {
                by.push(number);
            } else {
                all = false;
            }
        }
        match (all, by.is_empty()) {
            (true, _) => Self::Always,
            (false, true) => Self::Unsaid,
            (false, false) => Self::By(list, by),
        }
    }

    fn when(holds: bool) -> Self {
        if holds { Self::Always } else { Self::Unsaid }
    }
}

/// A rule's conditions with their prefixes as they are compared.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) conditions: &'a Conditions,
    pub(super) reaches: &'a [Reach],
}

/// For which requests that match `later` the conditions of `earlier` hold.
pub(super) fn implied(subject: &Subject<'_>, earlier: Side<'_>, later: Side<'_>) -> Implied {
    let (e, l) = (earlier.conditions, later.conditions);
    by_names(List::Users, e.users.as_ref(), l.users.as_ref())
        .and(|| {
            by_names(
                List::Principals,
                e.principals.as_ref(),
                l.principals.as_ref(),
            )
        })
        .and(|| {
            by_names(
                List::RealUsers,
                e.real_users.as_ref(),
                l.real_users.as_ref(),
            )
        })
        .and(|| by_names(List::Groups, e.groups.as_ref(), l.groups.as_ref()))
        .and(|| {
            e.conf.iter().fold(Implied::Always, |so_far, (key, names)| {
                so_far.and(|| by_names(List::Conf(key.clone()), Some(names), l.conf.get(key)))
            })
        })
        .and(|| by_prefixes(earlier, later))
        .and(|| {
            let Some(patterns) = &e.users_matching else {
                return Implied::Always;
            };
            Implied::when(patterns.iter().any(matches_all))
                .or(|| by_texts(List::UsersMatching, patterns, l.users_matching.as_deref()))
                .or(|| by_matches(subject, List::Users, patterns, l.users.as_ref()))
        })
        .and(|| {
            let Some(patterns) = &e.groups_matching else {
                return Implied::Always;
            };
            let in_some_group = l.groups.is_some() || l.groups_matching.is_some();
            Implied::when(in_some_group && patterns.iter().any(matches_all))
                .or(|| by_texts(List::GroupsMatching, patterns, l.groups_matching.as_deref()))
                .or(|| by_matches(subject, List::Groups, patterns, l.groups.as_ref()))
        })
        .and(|| match &e.not {
            None => Implied::Always,
            Some(not) => fails(subject, e, not, later),
        })
}

/// For which requests that match `later` all conditions of the `not` of `earlier` fail.
fn fails(
    subject: &Subject<'_>,
    earlier: &Conditions,
    not: &Conditions,
    later: Side<'_>,
) -> Implied {
    let l = later.conditions;
    let none = Conditions::default();
    let excluded = l.not.as_deref().unwrap_or(&none);
    let names = |list, mine: Option<&Names>, theirs: Option<&Names>, excluded: Option<&Names>| {
        let Some(mine) = mine else {
            return Implied::Always;
        };
        Implied::when(excluded.is_some_and(|all| mine.iter().all(|name| all.contains(name)))).or(
            || match theirs {
                Some(theirs) => Implied::by(list, theirs.iter(), |name| Some(!mine.contains(name))),
                None => Implied::Unsaid,
            },
        )
    };
    let patterns = |mine: Option<&[Pattern]>, excluded: Option<&[Pattern]>| {
        mine.is_none_or(|mine| excluded.is_some_and(|all| mine.iter().all(|one| all.contains(one))))
    };
    names(
        List::Users,
        not.users.as_ref(),
        l.users.as_ref(),
        excluded.users.as_ref(),
    )
    .and(|| {
        let theirs = l.principals.as_ref();
        names(
            List::Principals,
            not.principals.as_ref(),
            theirs,
            excluded.principals.as_ref(),
        )
    })
    .and(|| {
        let theirs = l.real_users.as_ref();
        names(
            List::RealUsers,
            not.real_users.as_ref(),
            theirs,
            excluded.real_users.as_ref(),
        )
    })
    // Who is in one group may be in another, too.
    .and(|| {
        names(
            List::Groups,
            not.groups.as_ref(),
            None,
            excluded.groups.as_ref(),
        )
    })
    .and(|| {
        Implied::when(patterns(
            not.groups_matching.as_deref(),
            excluded.groups_matching.as_deref(),
        ))
    })
    .and(|| {
        let same = patterns(
            not.users_matching.as_deref(),
            excluded.users_matching.as_deref(),
        );
        Implied::when(same).or(|| match (&not.users_matching, &l.users) {
            (Some(mine), Some(theirs)) => Implied::by(List::Users, theirs.iter(), |name| {
                subject.any_matches(mine, name).map(|matches| !matches)
            }),
            _ => Implied::Unsaid,
        })
    })
    .and(|| {
        not.conf
            .iter()
            .fold(Implied::Always, |so_far, (key, mine)| {
                so_far.and(|| {
                    let list = List::Conf(key.clone());
                    names(list, Some(mine), l.conf.get(key), excluded.conf.get(key))
                })
            })
    })
    .and(|| {
        let Some(mine) = &not.prefixes else {
            return Implied::Always;
        };
        let excluded = excluded.prefixes.as_deref().unwrap_or_default();
        if !may_be_compared(mine.len(), excluded.len().max(later.reaches.len())) {
            return Implied::Unsaid;
        }
        let reaches =
            |prefixes: &[Prefix]| -> Vec<Reach> { prefixes.iter().map(Reach::of).collect() };
        let (mine, excluded) = (reaches(mine), reaches(excluded));
        // In `not`, too, `${group}` is one of the rule's own groups.
        let group = Group::of(earlier, l);
        let covered = |one: &Reach| {
            excluded
                .iter()
                .any(|wide| wide.covers_of_another(one, group))
        };
        Implied::when(mine.iter().all(covered)).or(|| {
            if l.prefixes.is_none() {
                return Implied::Unsaid;
            }
            Implied::by(List::Prefixes, later.reaches.iter(), |theirs| {
                Some(mine.iter().all(|one| one.is_apart_from(theirs)))
            })
        })
    })
}

fn by_names(list: List, earlier: Option<&Names>, later: Option<&Names>) -> Implied {
    match (earlier, later) {
        (None, _) => Implied::Always,
        (Some(_), None) => Implied::Unsaid,
        (Some(earlier), Some(later)) => {
            Implied::by(list, later.iter(), |name| Some(earlier.contains(name)))
        }
    }
}

fn by_prefixes(earlier: Side<'_>, later: Side<'_>) -> Implied {
    match (&earlier.conditions.prefixes, &later.conditions.prefixes) {
        (None, _) => Implied::Always,
        (Some(_), None) => Implied::Unsaid,
        (Some(_), Some(_)) if !may_be_compared(earlier.reaches.len(), later.reaches.len()) => {
            Implied::Unsaid
        }
        (Some(_), Some(_)) => {
            let group = Group::of(earlier.conditions, later.conditions);
            Implied::by(List::Prefixes, later.reaches.iter(), |narrow| {
                let mut wide = earlier.reaches.iter();
                Some(wide.any(|wide| wide.covers_of_another(narrow, group)))
            })
        }
    }
}

/// Expressions that are written alike match alike.
fn by_texts(list: List, earlier: &[Pattern], later: Option<&[Pattern]>) -> Implied {
    match later {
        Some(later) => Implied::by(list, later.iter(), |one| Some(earlier.contains(one))),
        None => Implied::Unsaid,
    }
}

fn by_matches(
    subject: &Subject<'_>,
    list: List,
    earlier: &[Pattern],
    later: Option<&Names>,
) -> Implied {
    match later {
        Some(later) => Implied::by(list, later.iter(), |name| {
            subject.any_matches(earlier, name)
        }),
        None => Implied::Unsaid,
    }
}

/// Whether an expression is one of those that are written where every name is meant. No name is
/// empty.
pub(super) fn matches_all(pattern: &Pattern) -> bool {
    let text = pattern.as_str();
    let text = text.strip_prefix('^').unwrap_or(text);
    let text = text.strip_suffix('$').unwrap_or(text);
    matches!(text, ".*" | ".+" | "(.*)" | "(.+)" | ".*?" | ".+?")
}
