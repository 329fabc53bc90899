//! Where rules are kept.

use std::path::PathBuf;

/// Where rules are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RulesSource {
    /// A local file.
    File(PathBuf),
    /// The setting holds the rules themselves.
    Inline(String),
}
