//! Rules that were understood.

use std::collections::BTreeMap;

use super::base_source::BaseSource;
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

/// Conditions that must all hold; one that is left out always does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conditions {
    pub(crate) users: Option<Vec<String>>,
    pub(crate) groups: Option<Vec<String>>,
    pub(crate) prefixes: Option<Vec<Prefix>>,
    pub(crate) conf: BTreeMap<String, Vec<String>>,
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
    pub(crate) session: SessionFields,
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
