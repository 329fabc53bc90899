//! What the walk found, and why.

/// The possible outcomes of a walk in the order of the rules, and the reasons.
#[derive(Clone, Debug)]
pub struct Decision {}
