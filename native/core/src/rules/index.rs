//! Which rules may match a request, found without looking at the others.
//!
//! Each rule is kept under one of its conditions: the one whose values the fewest rules share. A
//! request knows what it is (its user, the folders above its key, its groups, …), looks each of these
//! up, and is given the rules kept there in their order. A rule that is not given has a condition that
//! is false for this request, and none before it that could fail. So a walk through the given rules
//! ends as a walk through all of them does.
//!
//! What is looked up are hashes. Where two texts share one, a rule too many is given, and the walk
//! passes it by.

mod anchor;
mod building;
mod fact;
mod in_order;
mod remembered;
mod tree;

use std::sync::Arc;

use self::building::Builder;
use self::remembered::Remembered;
use self::tree::Tree;
use super::pattern::Pattern;
use super::rule::{Conditions, Rule};

pub(crate) use self::fact::{Asked, Matching, Where};
pub(crate) use self::remembered::Entry as RememberedEntry;

/// The index of a version of the rules. Made once, read by all threads.
#[derive(Debug)]
pub(crate) struct Index {
    /// None where there are more rules than 32 bits number.
    tree: Option<Tree>,
    /// What is known of users and `usersMatching`.
    pub(crate) users: Remembered,
    /// What is known of groups and `groupsMatching`.
    pub(crate) groups: Remembered,
}

impl Index {
    /// The index of rules in their order.
    pub(super) fn of(rules: &[Arc<Rule>]) -> Self {
        Self {
            tree: Builder::new(rules).build(),
            users: Remembered::new(expressions(rules, |conditions| &conditions.users_matching)),
            groups: Remembered::new(expressions(rules, |conditions| &conditions.groups_matching)),
        }
    }

    /// The numbers of all rules that may match, or with which a walk may come to its end, in
    /// ascending order. None where it takes a walk through all of them to know.
    pub(crate) fn candidates<'i>(
        &'i self,
        asked: &Asked<'_>,
    ) -> Option<impl Iterator<Item = usize> + use<'i>> {
        let candidates = self.tree.as_ref()?.candidates(asked);
        Some(candidates.filter_map(|number| usize::try_from(number).ok()))
    }
}

/// The expressions of one field, also of those in `not`.
fn expressions(
    rules: &[Arc<Rule>],
    field: impl Fn(&Conditions) -> &Option<Vec<Pattern>>,
) -> Vec<Pattern> {
    let mut found = vec![];
    let mut seen = rustc_hash::FxHashSet::default();
    for rule in rules {
        let conditions = &rule.conditions;
        for conditions in std::iter::once(conditions).chain(conditions.not.as_deref()) {
            for pattern in field(conditions).iter().flatten() {
                if seen.insert(pattern.id()) {
                    found.push(pattern.clone());
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::read;
    use std::collections::BTreeMap;

    struct Nothing;

    impl Matching for Nothing {
        fn user(&self) -> &[u32] {
            &[]
        }
        fn groups(&self) -> &[u32] {
            &[]
        }
    }

    /// Of 1000 rules for one bucket and a group and folder each.
    fn found(place: Where<'_>, groups: Option<&[&str]>) -> Vec<usize> {
        let rules: Vec<String> = (0..1000)
            .map(|rule| {
                format!(
                    r#"{{"name": "r{rule}", "groups": ["g{rule}"], "prefixes": ["s3://b/p{rule}/"], "use": "base"}}"#
                )
            })
            .collect();
        let text = format!(
            r#"{{"version": 1, "rules": [{}], "otherwise": "deny"}}"#,
            rules.join(",")
        );
        let rules = read(text.as_bytes(), "rules.json").unwrap();
        let groups: Option<Vec<String>> =
            groups.map(|groups| groups.iter().map(ToString::to_string).collect());
        let asked = Asked {
            user: "carol",
            matching: &Nothing,
            principal: None,
            real_user: None,
            conf: &BTreeMap::new(),
            place,
            groups: groups.as_deref(),
        };
        rules.index().candidates(&asked).unwrap().collect()
    }

    #[test]
    fn no_more_rules_are_given_than_may_match() {
        let below = |key| Where::Object { bucket: "b", key };
        let both = Some(&["g700", "g7"][..]);
        assert_eq!(found(below("p7/x"), both), [7]);
        assert_eq!(found(below("p7"), None), [7]);
        assert_eq!(found(below("p"), both), [0; 0]);
        assert_eq!(found(Where::Bucket("b"), both), [7, 700]);
        assert_eq!(found(Where::Bucket("c"), both), [0; 0]);
        assert_eq!(found(Where::Unknown, both), [7, 700]);
        // Where the groups have to be asked for, each of them may end the walk.
        assert_eq!(found(Where::Bucket("b"), None).len(), 1000);
    }
}
