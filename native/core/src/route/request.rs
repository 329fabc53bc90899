//! A question for a role.

use super::caller::{Caller, Groups};
use super::location::Location;
use super::matches::Remembered;
use crate::rules::{Asked, Conditions, Values, Where};

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

    /// What the index is asked by.
    pub(super) fn asked<'a>(&'a self, remembered: &'a Remembered<'_>) -> Asked<'a> {
        let caller = &self.caller;
        Asked {
            user: &caller.user,
            matching: remembered,
            principal: caller.principal.as_deref(),
            real_user: caller.real_user.as_deref(),
            conf: &caller.conf,
            place: match &self.location {
                Location::Unknown => Where::Unknown,
                Location::Bucket(bucket) => Where::Bucket(bucket.as_str()),
                Location::Object { bucket, key } => Where::Object {
                    bucket: bucket.as_str(),
                    key,
                },
            },
            groups: match &caller.groups {
                Groups::Known(groups) => Some(groups),
                Groups::NotAsked | Groups::Unknown { .. } => None,
            },
        }
    }
}
