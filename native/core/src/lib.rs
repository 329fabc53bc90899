//! Which IAM role, and with which credentials? The answer for every S3 location a process opens.
//!
//! A request walks the rooms in one direction: rules, route, session, cache, sts, base.

pub mod clock;
pub mod credentials;
pub mod engine;
pub mod error;
pub mod route;
pub mod rules;
pub mod secret;
pub mod session;
pub mod settings;
pub mod surroundings;
