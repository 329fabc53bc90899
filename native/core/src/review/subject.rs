//! What is looked at.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::reach::Reach;
use super::shadows::Shadows;
use crate::rules::{Pattern, Pieces, Rule, Rules, Values};

/// How often regular expressions are tried in one review; what lies beyond is not told.
const TRIES: u32 = 100_000;

/// Rules with what several suspicions need.
pub(super) struct Subject<'a> {
    pub(super) rules: &'a Rules,
    /// The only keys that jobs may set, where the site file lists them.
    pub(super) allowed_keys: Option<&'a [String]>,
    pieces: Option<Pieces<'a>>,
    reaches: Vec<Vec<Reach>>,
    shadows: OnceCell<Shadows>,
    tries: Cell<u32>,
}

impl<'a> Subject<'a> {
    pub(super) fn of(
        rules: &'a Rules,
        bytes: &'a [u8],
        allowed_keys: Option<&'a [String]>,
    ) -> Self {
        // A foreign file has no such rules in it.
        let pieces = std::str::from_utf8(bytes)
            .ok()
            .map(Pieces::of)
            .filter(|pieces| pieces.rules() == Some(rules.in_order().len()));
        Self {
            rules,
            allowed_keys,
            pieces,
            reaches: rules
                .in_order()
                .iter()
                .map(|rule| {
                    let prefixes = rule.conditions.prefixes.iter().flatten();
                    prefixes.map(Reach::of).collect()
                })
                .collect(),
            shadows: OnceCell::new(),
            tries: Cell::new(TRIES),
        }
    }

    /// All rules with their numbers from 0.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, &'a Rule)> {
        self.in_order().iter().map(Arc::as_ref).enumerate()
    }

    pub(super) fn rule(&self, number: usize) -> Option<&'a Rule> {
        self.in_order().get(number).map(Arc::as_ref)
    }

    fn in_order(&self) -> &'a [Arc<Rule>] {
        self.rules.in_order()
    }

    pub(super) fn name(&self, number: usize) -> Option<&'a str> {
        self.rule(number).map(|rule| rule.name.as_str())
    }

    /// The prefixes of a rule; none where it has no such condition.
    pub(super) fn reaches(&self, rule: usize) -> &[Reach] {
        self.reaches.get(rule).map_or(&[], Vec::as_slice)
    }

    /// The text, where it is a native file.
    pub(super) fn pieces(&self) -> Option<&Pieces<'a>> {
        self.pieces.as_ref()
    }

    /// Which rules earlier ones leave nothing to.
    pub(super) fn shadows(&self) -> &Shadows {
        self.shadows.get_or_init(|| Shadows::of(self))
    }

    /// Whether any of some expressions matches a name; none where too many were tried already.
    pub(super) fn any_matches(&self, patterns: &[Pattern], name: &str) -> Option<bool> {
        for pattern in patterns {
            self.tries.set(self.tries.get().checked_sub(1)?);
            if pattern.matches(name) {
                return Some(true);
            }
        }
        Some(false)
    }
}

/// What templates are tried with: a name that fits everywhere, but for what a suspicion puts in its
/// place.
pub(super) fn sample(conf: &BTreeMap<String, String>) -> Values<'_> {
    Values {
        user: "xx",
        group: Some("xx"),
        bucket: Some("xx"),
        conf,
    }
}
