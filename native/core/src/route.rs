//! The walk through the rules: a pure function from a request to a decision with its reasons.

mod caller;
mod decision;
mod location;

pub use crate::rules::BucketName;
pub use caller::{Caller, Groups};
pub use decision::Decision;
pub use location::Location;

use crate::error::Error;
use crate::rules::Rules;

/// Who asks, for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who.
    pub caller: Caller,
    /// For what.
    pub location: Location,
}

/// What a walk came to.
#[derive(Clone, Debug)]
pub enum Routing {
    /// The walk reached a rule that the caller's groups decide, and they were not asked for yet.
    NeedGroups,
    /// It came to an end.
    Decided(Decision),
}

/// Walks the rules for a request.
///
/// # Errors
/// RC204 where a rule that is reached needs groups that can't be known.
pub fn route(_rules: &Rules, _request: &Request) -> Result<Routing, Error> {
    Ok(Routing::NeedGroups)
}

/// The same for `rolecall.location=first-path`: the location is the path the file system was opened
/// with, refused where some path of its bucket is denied.
///
/// # Errors
/// RC203 for such a bucket; else as [`route`].
pub fn route_first_path(rules: &Rules, request: &Request) -> Result<Routing, Error> {
    route(rules, request)
}
