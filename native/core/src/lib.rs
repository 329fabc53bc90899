//! Which IAM role, and with which credentials? The answer for every S3 location a process opens.
//!
//! A request walks the rooms in one direction: rules, route, session, cache, sts, base.

mod aws;
pub mod base;
pub mod cache;
pub mod clock;
pub mod credentials;
pub mod engine;
pub mod error;
pub mod foreign;
mod lock;
pub mod review;
pub mod route;
pub mod rules;
mod s3;
pub mod secret;
pub mod session;
pub mod settings;
pub mod sts;
#[cfg(test)]
mod stub;
pub mod surroundings;
