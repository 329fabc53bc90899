//! What the walk found.

use std::sync::Arc;

use crate::rules::{OTHERWISE, Otherwise, Rule, Rules, RulesHash};

/// The possible outcomes of a walk in the order of the rules. [`explain`](super::explain) says why.
#[derive(Clone, Debug)]
pub struct Decision {
    hash: RulesHash,
    candidates: Vec<Candidate>,
}

/// What may be the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl Decision {
    pub(super) fn new(rules: &Rules, candidates: Vec<Candidate>) -> Self {
        Self {
            hash: rules.hash().clone(),
            candidates,
        }
    }

    /// Which version of the rules decided.
    pub fn rules_hash(&self) -> &RulesHash {
        &self.hash
    }

    /// The names of the rules whose outcome it may be, in their order; the last is the one that
    /// holds where none of the others does, and may be `otherwise`.
    pub fn rule_names(&self) -> impl Iterator<Item = &str> {
        self.candidates.iter().map(Candidate::name)
    }

    pub(crate) fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }
}
