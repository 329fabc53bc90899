//! Which expressions match a caller.

use std::sync::Arc;

use super::caller::{Caller, Groups};
use crate::rules::{Index, Pattern};

/// How a walk knows whether an expression matches.
#[derive(Debug)]
pub(super) enum Matches {
    /// It looks each time.
    Looked,
    /// From what is remembered of the caller's names: the numbers of the expressions that match.
    Remembered {
        user: Option<Arc<[u32]>>,
        /// Those that match one of the groups.
        groups: Vec<u32>,
    },
}

impl Matches {
    /// What is remembered of a caller, or is from now on.
    pub(super) fn remembered(index: &Index, caller: &Caller) -> Self {
        let mut groups = vec![];
        if let Groups::Known(known) = &caller.groups
            && !index.groups.is_empty()
        {
            for group in known {
                for number in index.groups.matching(group).iter() {
                    if !groups.contains(number) {
                        groups.push(*number);
                    }
                }
            }
        }
        Self::Remembered {
            user: (!index.users.is_empty()).then(|| index.users.matching(&caller.user)),
            groups,
        }
    }

    /// The numbers that are remembered for the user.
    pub(super) fn of_user(&self) -> &[u32] {
        match self {
            Self::Remembered {
                user: Some(user), ..
            } => user,
            Self::Remembered { user: None, .. } | Self::Looked => &[],
        }
    }

    /// Those for the groups.
    pub(super) fn of_groups(&self) -> &[u32] {
        match self {
            Self::Remembered { groups, .. } => groups,
            Self::Looked => &[],
        }
    }

    /// Whether one of the expressions matches the user.
    pub(super) fn user(&self, patterns: &[Pattern], user: &str) -> bool {
        match self {
            Self::Looked => patterns.iter().any(|pattern| pattern.matches(user)),
            Self::Remembered { .. } => any_of(patterns, self.of_user()),
        }
    }

    /// Whether one of the expressions matches one of the groups.
    pub(super) fn groups(&self, patterns: &[Pattern], groups: &[String]) -> bool {
        match self {
            Self::Looked => patterns
                .iter()
                .any(|pattern| groups.iter().any(|group| pattern.matches(group))),
            Self::Remembered { .. } => any_of(patterns, self.of_groups()),
        }
    }
}

fn any_of(patterns: &[Pattern], numbers: &[u32]) -> bool {
    patterns
        .iter()
        .any(|pattern| numbers.contains(&pattern.id()))
}
