//! Rules files of any size, and requests drawn at random over all their rules.
//!
//! The same number gives the same file and the same requests, always.

mod expressions;
mod requests;
mod rules_file;

pub use requests::requests;
pub use rules_file::rules_file;
