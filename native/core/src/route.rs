//! The walk through the rules: a pure function from a request to a decision, and its reasons for
//! those who ask.

mod caller;
mod decision;
mod examination;
mod explanation;
mod location;
mod matches;
mod request;
mod truth;
mod walk;
mod witness;

pub use crate::rules::BucketName;
pub use caller::{Caller, Groups};
pub use decision::Decision;
pub use explanation::{Explanation, explain};
pub use location::Location;
pub use request::Request;
pub use walk::{Routing, route, route_first_path};

pub(crate) use decision::Candidate;
