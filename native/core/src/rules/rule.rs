//! Rules that were understood.

use std::sync::Arc;

use super::base_source::BaseSource;
use super::names::{ConfValues, Names};
use super::pattern::Pattern;
use super::prefix::Prefix;
use super::role::RoleTemplate;
use super::session_fields::SessionFields;

/// One rule: who and where, and what then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) conditions: Conditions,
    pub(crate) outcome: Outcome,
}

/// Conditions that must all hold; one that is left out always does. Within one, any value may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conditions {
    /// Short user names.
    pub(crate) users: Option<Names>,
    /// What short user names match.
    pub(crate) users_matching: Option<Vec<Pattern>>,
    /// Full names.
    pub(crate) principals: Option<Names>,
    /// Short names of those who ask in the caller's name.
    pub(crate) real_users: Option<Names>,
    /// Values of the job's `rolecall.conf.KEY`, by KEY.
    pub(crate) conf: ConfValues,
    /// Where.
    pub(crate) prefixes: Option<Vec<Prefix>>,
    /// Whether `${group}` stands in one of the prefixes.
    pub(crate) prefixes_take_group: bool,
    /// Groups, in the order in which `${group}` prefers them.
    pub(crate) groups: Option<Names>,
    /// What groups match.
    pub(crate) groups_matching: Option<Vec<Pattern>>,
    /// Conditions all of which must fail; they hold no `not` themselves.
    pub(crate) not: Option<Box<Conditions>>,
}

impl Conditions {
    /// Whether groups have a say, `not` apart.
    pub(crate) fn asks_for_groups(&self) -> bool {
        self.groups.is_some() || self.groups_matching.is_some()
    }

    /// The value of `${group}` for a caller in these groups: the first of the rule's own list that
    /// the caller has; by regular expressions alone the smallest by bytes.
    pub(crate) fn group_of<'a>(&self, callers: &'a [String]) -> Option<&'a str> {
        let callers = callers.iter().map(String::as_str);
        if let Some(groups) = &self.groups {
            return callers
                .filter_map(|group| Some((groups.position(group)?, group)))
                .min()
                .map(|(_, group)| group);
        }
        let patterns = self.groups_matching.as_ref()?;
        callers
            .filter(|group| patterns.iter().any(|pattern| pattern.matches(group)))
            .min()
    }
}

/// What a rule that matches says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Assume a role.
    Assume(Box<Assume>),
    /// Take the base credentials as they are.
    UseBase,
    /// Nothing, for this reason.
    Deny(String),
}

/// A role with its session's fields; those of the top of the file are merged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assume {
    pub(crate) role: RoleTemplate,
    /// That of the top of the file itself, where the rule says nothing of its own.
    pub(crate) session: Arc<SessionFields>,
    pub(crate) base: Option<BaseSource>,
}

/// What holds where no rule matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Otherwise {
    /// Nothing.
    Deny,
    /// The base credentials as they are.
    UseBase,
}

/// What [`Otherwise`] is called where a rule's name is asked for; no rule may be called so.
pub(crate) const OTHERWISE: &str = "otherwise";
