//! A question for a role.

use super::caller::Caller;
use super::location::Location;
use crate::rules::{Conditions, Values};

/// Who asks, for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who.
    pub caller: Caller,
    /// For what.
    pub location: Location,
}

impl Request {
    /// What templates are filled with, `${group}` apart.
    pub(crate) fn values(&self) -> Values<'_> {
        Values {
            user: &self.caller.user,
            group: None,
            bucket: self.location.bucket().map(crate::rules::BucketName::as_str),
            conf: &self.caller.conf,
        }
    }

    /// What the templates of a rule are filled with.
    pub(crate) fn values_for(&self, conditions: &Conditions) -> Values<'_> {
        Values {
            group: conditions.group_of(self.caller.known_groups()),
            ..self.values()
        }
    }
}
