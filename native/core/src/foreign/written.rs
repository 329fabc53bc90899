//! What is read from a foreign text, as the rules file that means the same.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

/// A rules file.
#[derive(Serialize)]
pub(super) struct File {
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<Session>,
    pub(super) rules: Vec<Rule>,
    otherwise: &'static str,
}

impl File {
    /// A file in which nobody gets anything unless a rule says so.
    pub(super) fn denying(rules: Vec<Rule>) -> Self {
        Self::of(rules, "deny")
    }

    /// A file in which everybody gets the base's own credentials unless a rule says otherwise.
    pub(super) fn of_the_base(rules: Vec<Rule>) -> Self {
        Self::of(rules, "base")
    }

    fn of(rules: Vec<Rule>, otherwise: &'static str) -> Self {
        Self {
            version: 1,
            session: None,
            rules,
            otherwise,
        }
    }
}

/// One rule, with its fields in the order in which people read them.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub(super) name: String,
    /// How many bytes of the foreign text stand before what it comes from.
    #[serde(skip)]
    pub(super) offset: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) users: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) users_matching: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) groups: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) groups_matching: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) prefixes: Vec<String>,
    #[serde(rename = "not", skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) none_of: BTreeMap<&'static str, Vec<String>>,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<Session>,
}

/// What a rule gives.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Outcome {
    /// A session of this role.
    Role(String),
    /// The base's own credentials, by the word `base`.
    Use(&'static str),
    /// Nothing, with a message.
    Deny(String),
    /// Nothing yet.
    #[default]
    #[serde(skip)]
    Open,
}

/// The fields of a session that foreign formats know.
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) duration_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) policy_arns: Vec<String>,
}

impl Session {
    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.duration_seconds.is_none()
            && self.external_id.is_none()
            && self.policy.is_none()
            && self.policy_arns.is_empty()
    }

    /// The same where it says anything.
    pub(super) fn if_any(self) -> Option<Self> {
        (!self.is_empty()).then_some(self)
    }
}

/// What the rule is called that comes from the entry at `index`, counted from 0.
pub(super) fn name_of(index: usize) -> String {
    format!("mapping-{}", index + 1)
}
