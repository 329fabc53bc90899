//! Which rules earlier ones leave nothing to.

use std::collections::{BTreeMap, HashMap};

use super::implied::{Implied, List, Side, implied};
use super::reach::Reach;
use super::subject::Subject;
use crate::rules::{Names, Rule};

/// With how many earlier rules a rule is compared for each of its values, and how many of those
/// that have no value to be found by.
const MOST: usize = 64;

/// What earlier rules take from a rule.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shadow {
    /// The rules that take everything: one, or several that share a list's values among them.
    pub(super) whole: Vec<usize>,
    /// Where something is left: values of its lists that are taken, and by which rule.
    pub(super) values: Vec<(List, usize, usize)>,
}

/// The shadows of all rules.
#[derive(Debug)]
pub(super) struct Shadows(Vec<Shadow>);

impl Shadows {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let mut earlier = Earlier::of(subject);
        Self(
            subject
                .each()
                .map(|(number, rule)| {
                    let shadow = earlier.shadow(subject, number, rule);
                    earlier.add(subject, number, rule);
                    shadow
                })
                .collect(),
        )
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (usize, &Shadow)> {
        self.0.iter().enumerate()
    }

    /// Whether nothing is left to a rule.
    pub(super) fn is_whole(&self, rule: usize) -> bool {
        self.0
            .get(rule)
            .is_some_and(|shadow| !shadow.whole.is_empty())
    }
}

/// A value of a rule's lists, by which the rule can be found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key<'a> {
    User(&'a str),
    Principal(&'a str),
    RealUser(&'a str),
    Group(&'a str),
    Conf(&'a str, &'a str),
    /// A prefix that ends at a boundary: bucket and key.
    Prefix(&'a str, &'a str),
    /// A bucket with prefixes that do not.
    Bucket(&'a str),
}

/// The rules so far. Each is found by the values of one of its lists: the one whose values the
/// fewest rules have.
struct Earlier<'a> {
    frequency: HashMap<Key<'a>, usize>,
    by_value: HashMap<Key<'a>, Vec<usize>>,
    without: Vec<usize>,
}

impl<'a> Earlier<'a> {
    fn of(subject: &'a Subject<'_>) -> Self {
        let mut frequency = HashMap::new();
        for (number, rule) in subject.each() {
            for key in lists(rule, subject.reaches(number)).into_iter().flatten() {
                *frequency.entry(key).or_default() += 1;
            }
        }
        Self {
            frequency,
            by_value: HashMap::new(),
            without: Vec::new(),
        }
    }

    fn add(&mut self, subject: &'a Subject<'_>, number: usize, rule: &'a Rule) {
        let rarest = lists(rule, subject.reaches(number))
            .into_iter()
            .min_by_key(|list| {
                list.iter()
                    .filter_map(|key| self.frequency.get(key))
                    .max()
                    .copied()
            });
        match rarest {
            Some(keys) => {
                for key in keys {
                    let rules = self.by_value.entry(key).or_default();
                    if rules.len() < MOST && rules.last() != Some(&number) {
                        rules.push(number);
                    }
                }
            }
            None if self.without.len() < MOST => self.without.push(number),
            None => {}
        }
    }

    fn shadow(&self, subject: &Subject<'_>, number: usize, rule: &Rule) -> Shadow {
        let later = Side {
            conditions: &rule.conditions,
            reaches: subject.reaches(number),
        };
        let mut taken: BTreeMap<List, Vec<(usize, usize)>> = BTreeMap::new();
        for candidate in self.candidates(rule, later.reaches) {
            let Some(earlier) = subject.rule(candidate) else {
                continue;
            };
            let earlier = Side {
                conditions: &earlier.conditions,
                reaches: subject.reaches(candidate),
            };
            match implied(subject, earlier, later) {
                Implied::Always => {
                    return Shadow {
                        whole: vec![candidate],
                        values: vec![],
                    };
                }
                Implied::By(list, values) => {
                    let taken = taken.entry(list).or_default();
                    taken.extend(values.into_iter().map(|value| (value, candidate)));
                }
                Implied::Unsaid => {}
            }
        }
        let mut shadow = Shadow::default();
        for (list, mut values) in taken {
            // The first rule that takes a value.
            values.sort_unstable();
            values.dedup_by_key(|(value, _)| *value);
            if values.len() == length(rule, &list) {
                let mut whole: Vec<usize> = values.into_iter().map(|(_, by)| by).collect();
                whole.sort_unstable();
                whole.dedup();
                return Shadow {
                    whole,
                    values: vec![],
                };
            }
            shadow.values.extend(
                values
                    .into_iter()
                    .map(|(value, by)| (list.clone(), value, by)),
            );
        }
        shadow.values.sort();
        shadow
    }

    /// Earlier rules that may cover a rule, in their order.
    fn candidates(&self, rule: &Rule, reaches: &[Reach]) -> Vec<usize> {
        let mut found = self.without.clone();
        let mut look = |key: Key<'_>| {
            if let Some(rules) = self.by_value.get(&key) {
                found.extend(rules);
            }
        };
        for key in lists(rule, &[]).into_iter().flatten() {
            look(key);
        }
        for reach in reaches {
            look(Key::Bucket(&reach.bucket));
            for boundary in reach.boundaries() {
                look(Key::Prefix(&reach.bucket, boundary));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The lists of a rule by which it can be found.
fn lists<'a>(rule: &'a Rule, reaches: &'a [Reach]) -> Vec<Vec<Key<'a>>> {
    fn of<'a>(names: Option<&'a Names>, key: impl Fn(&'a str) -> Key<'a>) -> Vec<Key<'a>> {
        names.into_iter().flat_map(Names::iter).map(key).collect()
    }
    let conditions = &rule.conditions;
    let mut lists = vec![
        of(conditions.users.as_ref(), Key::User),
        of(conditions.principals.as_ref(), Key::Principal),
        of(conditions.real_users.as_ref(), Key::RealUser),
        of(conditions.groups.as_ref(), Key::Group),
    ];
    for (key, values) in &conditions.conf {
        lists.push(of(Some(values), |value| Key::Conf(key, value)));
    }
    lists.push(
        reaches
            .iter()
            .map(|reach| {
                if reach.bounded {
                    Key::Prefix(&reach.bucket, &reach.key)
                } else {
                    Key::Bucket(&reach.bucket)
                }
            })
            .collect(),
    );
    lists.retain(|list| !list.is_empty());
    lists
}

/// How many values a list of a rule has.
fn length(rule: &Rule, list: &List) -> usize {
    let conditions = &rule.conditions;
    let names = |names: Option<&Names>| names.map_or(0, |names| names.iter().count());
    match list {
        List::Users => names(conditions.users.as_ref()),
        List::Principals => names(conditions.principals.as_ref()),
        List::RealUsers => names(conditions.real_users.as_ref()),
        List::Groups => names(conditions.groups.as_ref()),
        List::Conf(key) => names(conditions.conf.get(key)),
        List::Prefixes => conditions.prefixes.as_ref().map_or(0, Vec::len),
        List::UsersMatching => conditions.users_matching.as_ref().map_or(0, Vec::len),
        List::GroupsMatching => conditions.groups_matching.as_ref().map_or(0, Vec::len),
    }
}
