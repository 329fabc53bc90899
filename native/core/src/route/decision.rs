//! What the walk found, and why.

use std::fmt;
use std::sync::Arc;

use super::request::Request;
use super::truth::Truth;
use crate::rules::{OTHERWISE, Otherwise, Rule, Rules, RulesHash};

/// The possible outcomes of a walk in the order of the rules, and the reasons.
#[derive(Clone, Debug)]
pub struct Decision {
    hash: RulesHash,
    request: Request,
    steps: Vec<Step>,
    candidates: Vec<Candidate>,
}

/// What may be the outcome.
#[derive(Clone, Debug)]
pub(crate) enum Candidate {
    /// That of a rule.
    Rule(Arc<Rule>),
    /// That of the end of the file.
    Otherwise(Otherwise),
}

impl Candidate {
    /// The rule's name, or `otherwise`.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Rule(rule) => &rule.name,
            Self::Otherwise(_) => OTHERWISE,
        }
    }
}

/// A rule that was walked by.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) rule: Arc<Rule>,
    /// The conditions that were looked at, up to the first that is false.
    pub(super) checks: Vec<Check>,
    pub(super) verdict: Truth,
}

/// A condition of a rule that was looked at.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) condition: Condition,
    pub(super) truth: Truth,
}

/// Which condition, by its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Users,
    Conf(String),
    Prefixes,
    Groups,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Users => f.write_str("users"),
            Self::Conf(key) => write!(f, "conf.{key}"),
            Self::Prefixes => f.write_str("prefixes"),
            Self::Groups => f.write_str("groups"),
        }
    }
}

impl Decision {
    pub(super) fn new(
        rules: &Rules,
        request: &Request,
        steps: Vec<Step>,
        candidates: Vec<Candidate>,
    ) -> Self {
        Self {
            hash: rules.hash().clone(),
            request: request.clone(),
            steps,
            candidates,
        }
    }

    /// Which version of the rules decided.
    pub fn rules_hash(&self) -> &RulesHash {
        &self.hash
    }

    /// What was asked.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The names of the rules whose outcome it may be, in their order; the last is the one that
    /// holds where none of the others does, and may be `otherwise`.
    pub fn rule_names(&self) -> impl Iterator<Item = &str> {
        self.candidates.iter().map(Candidate::name)
    }

    pub(crate) fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }
}
