//! The rules file: its grammar, its strict reading, its templates, and where it comes from.

mod arn;
mod base_source;
mod bucket;
mod external_id;
mod kept;
mod session_name;
mod source;

pub use arn::{AccountId, RoleArn};
pub use base_source::BaseSource;
pub use bucket::BucketName;
pub use external_id::ExternalId;
pub use kept::KeptRules;
pub use session_name::SessionName;
pub use source::RulesSource;

use std::fmt;

use crate::error::{Code, Error};

/// A rules file that was read and found good.
#[derive(Clone, Debug)]
pub struct Rules {
    hash: RulesHash,
    base: Option<BaseSource>,
}

impl Rules {
    /// What tells this version of the file from every other.
    pub fn hash(&self) -> &RulesHash {
        &self.hash
    }

    /// The base that the file names for all rules.
    pub fn base(&self) -> Option<&BaseSource> {
        self.base.as_ref()
    }
}

/// SHA-256 of a rules file's bytes; shown as its first 12 hex digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RulesHash([u8; 32]);

impl fmt::Display for RulesHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .take(6)
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Reads a rules file strictly. `origin` is what errors call it: a path, or where inline rules stand.
///
/// # Errors
/// RC105 to RC107, with line, column, rule, field and what to write instead.
pub fn read(_text: &[u8], origin: &str) -> Result<Rules, Error> {
    Err(Error::new(Code::RulesInvalid, origin))
}
