//! A question for a role.

use super::caller::Caller;
use super::location::Location;
use crate::rules::Values;

/// Who asks, for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who.
    pub caller: Caller,
    /// For what.
    pub location: Location,
}

impl Request {
    /// What templates are filled with.
    pub(crate) fn values(&self) -> Values<'_> {
        Values {
            user: &self.caller.user,
            bucket: self.location.bucket().map(crate::rules::BucketName::as_str),
            conf: &self.caller.conf,
        }
    }
}
