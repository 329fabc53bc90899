//! The rules file: its grammar, its strict reading, its templates, and where it comes from.

mod arn;
mod assumptions;
mod base_source;
mod bucket;
mod building;
mod endpoint;
mod external_id;
mod fault;
mod fields;
mod flaw;
mod form;
mod grammar;
mod iam_resource;
mod index;
mod kept;
mod limited_text;
mod literal_start;
mod local_file;
mod look;
mod misfit;
mod names;
mod nearest;
mod pattern;
mod pieces;
mod place;
mod policy_arn;
mod policy_string;
mod prefix;
mod quoted;
mod reading;
mod role;
mod rule;
mod s3_place;
#[cfg(feature = "schema")]
mod schema;
mod session_fields;
mod session_name;
mod session_policy;
mod session_tags;
mod source;
mod source_identity;
mod strict;
mod template;
mod trail;
mod versions;
mod warning;

use std::fmt;
use std::sync::Arc;

pub use arn::{AccountId, RoleArn};
pub use assumptions::{Assumption, Assumptions, Partial, Piece, UnfitValues};
pub use base_source::BaseSource;
pub use bucket::BucketName;
pub use external_id::ExternalId;
pub use fault::Fault;
pub use misfit::Misfit;
pub use place::Place;
pub use policy_arn::PolicyArn;
pub use quoted::Visible;
pub use reading::{read, read_all};
pub use s3_place::{S3Object, S3Place};
#[cfg(feature = "schema")]
pub use schema::json_schema;
pub use session_name::SessionName;
pub use session_policy::SessionPolicy;
pub use source::{RulesPlace, RulesSource};
pub use source_identity::SourceIdentity;
pub use versions::{known_versions, needs_version, taken_by};
pub use warning::Warning;

pub(crate) use endpoint::{parse_endpoint, parse_region};
pub(crate) use index::{Asked, Index, Matching, RememberedEntry, Where};
pub(crate) use kept::KeptRules;
pub(crate) use local_file::{LocalFile, Unusable};
pub(crate) use look::{LARGEST, Look, Stamp, file_bytes};
pub(crate) use misfit::unfit_character;
pub(crate) use names::Names;
pub(crate) use nearest::nearest;
pub(crate) use pattern::Pattern;
pub(crate) use pieces::Pieces;
pub(crate) use place::{Places, offset_of, offset_of_byte};
pub(crate) use prefix::{Prefix, SCHEMES};
pub(crate) use quoted::{Quoted, QuotedList, write_visibly};
pub(crate) use reading::read_native;
pub(crate) use rule::{Assume, Conditions, OTHERWISE, Otherwise, Outcome, Rule};
pub(crate) use session_fields::{LONGEST, LONGEST_CHAINED, SHORTEST};
pub(crate) use session_name::SessionNameTemplate;
pub(crate) use session_policy::PolicyTemplate;
pub(crate) use strict::{Field, Form, Grammar, Object, UniqueMap, present, read as read_strictly};
pub(crate) use template::{Part, Unfilled, Values};
pub(crate) use trail::{Member, Members, Step, Trail};

/// A rules file that was read and found good.
#[derive(Clone, Debug)]
pub struct Rules {
    hash: RulesHash,
    content: building::Content,
    index: Arc<Index>,
    warnings: Vec<Warning>,
}

impl Rules {
    fn new(hash: RulesHash, content: building::Content) -> Self {
        Self {
            hash,
            index: Arc::new(Index::of(&content.rules)),
            content,
            warnings: Vec::new(),
        }
    }

    /// What tells this version of the file from every other.
    pub fn hash(&self) -> &RulesHash {
        &self.hash
    }

    /// What is suspicious in the file, in the order in which it stands there.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The base that the file names for all rules.
    pub fn base(&self) -> Option<&BaseSource> {
        self.content.base.as_ref()
    }

    /// The rules in the order in which they are walked.
    pub(crate) fn in_order(&self) -> &[Arc<Rule>] {
        &self.content.rules
    }

    /// Which of them may match.
    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// What holds where none of them matches.
    pub(crate) fn otherwise(&self) -> Otherwise {
        self.content.otherwise
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
