//! Which IAM role, and with which credentials? The answer for every S3 location a process opens.
//!
//! A request walks the rooms in one direction: rules, route, session, cache, sts, base.

pub mod clock;
pub mod credentials;
pub mod error;
pub mod secret;
pub mod surroundings;
