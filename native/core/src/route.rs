//! The walk through the rules: a pure function from a request to a decision with its reasons.

mod caller;
mod decision;
mod explanation;
mod location;
mod request;
mod truth;
mod walk;

pub use crate::rules::BucketName;
pub use caller::{Caller, Groups};
pub use decision::Decision;
pub use explanation::Explanation;
pub use location::Location;
pub use request::Request;
pub use walk::{Routing, route, route_first_path};

pub(crate) use decision::Candidate;
