//! Whose credentials sign the call to STS.

use std::fmt;
use std::path::PathBuf;

/// A source of base credentials.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BaseSource {
    /// The AWS SDK's own order of sources.
    DefaultChain,
    /// The role of the EC2 instance, by IMDSv2.
    InstanceProfile,
    /// `AWS_ACCESS_KEY_ID` and its companions.
    Environment,
    /// `accessKey` and `secretKey` of a Java properties file.
    Properties {
        /// An absolute path.
        file: PathBuf,
    },
}

impl fmt::Display for BaseSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DefaultChain => f.write_str("default-chain"),
            Self::InstanceProfile => f.write_str("instance-profile"),
            Self::Environment => f.write_str("environment"),
            Self::Properties { file } => write!(f, "properties {}", file.display()),
        }
    }
}
