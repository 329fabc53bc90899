//! Which expressions match a caller.

use std::cell::OnceCell;
use std::sync::Arc;

use super::caller::Caller;
use crate::rules::{Index, Matching, Pattern, RememberedEntry};

/// How a walk knows whether an expression matches the caller.
pub(super) enum Matches<'a> {
    /// It looks each time.
    Looked,
    /// From what is remembered, or is from now on.
    Remembered(Remembered<'a>),
}

/// What is remembered of a caller, as far as it was needed.
pub(super) struct Remembered<'a> {
    index: &'a Index,
    caller: &'a Caller,
    user: OnceCell<Arc<RememberedEntry>>,
    groups: OnceCell<Arc<RememberedEntry>>,
}

impl<'a> Remembered<'a> {
    pub(super) fn new(index: &'a Index, caller: &'a Caller) -> Self {
        Self {
            index,
            caller,
            user: OnceCell::new(),
            groups: OnceCell::new(),
        }
    }
}

impl Matching for Remembered<'_> {
    fn user(&self) -> &[u32] {
        let entry = self
            .user
            .get_or_init(|| self.index.users.matching(&[self.caller.user.as_str()]));
        &entry.numbers
    }

    fn groups(&self) -> &[u32] {
        let entry = self
            .groups
            .get_or_init(|| self.index.groups.matching(self.caller.known_groups()));
        &entry.numbers
    }
}

impl Matches<'_> {
    /// Whether one of the expressions matches the user.
    pub(super) fn user(&self, patterns: &[Pattern], user: &str) -> bool {
        match self {
            Self::Looked => patterns.iter().any(|pattern| pattern.matches(user)),
            Self::Remembered(remembered) => any_of(patterns, remembered.user()),
        }
    }

    /// Whether one of the expressions matches one of the groups.
    pub(super) fn groups(&self, patterns: &[Pattern], groups: &[String]) -> bool {
        match self {
            Self::Looked => patterns
                .iter()
                .any(|pattern| groups.iter().any(|group| pattern.matches(group))),
            Self::Remembered(remembered) => any_of(patterns, remembered.groups()),
        }
    }
}

fn any_of(patterns: &[Pattern], numbers: &[u32]) -> bool {
    patterns
        .iter()
        .any(|pattern| numbers.contains(&pattern.id()))
}
