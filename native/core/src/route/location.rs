//! What is asked for.

use std::fmt;

use super::BucketName;
use crate::error::{Code, Error};

/// What an entry point knows of the place that will be read or written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// Nothing: the provider was given no URI.
    Unknown,
    /// The bucket, as every plain provider.
    Bucket(BucketName),
    /// Bucket and key.
    Object {
        /// The bucket.
        bucket: BucketName,
        /// The key, byte for byte.
        key: String,
    },
}

impl Location {
    /// Reads an S3 URI; user info is dropped before anything else is looked at.
    ///
    /// # Errors
    /// RC207; the text never shows user info.
    pub fn parse(_uri: &str) -> Result<Self, Error> {
        Err(Error::new(Code::LocationUnreadable, ""))
    }

    /// The same location as a plain provider knows it: without the key.
    #[must_use]
    pub fn bucket_only(&self) -> Self {
        match self {
            Self::Object { bucket, .. } => Self::Bucket(bucket.clone()),
            other => other.clone(),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("an unknown location"),
            Self::Bucket(bucket) => write!(f, "s3://{bucket}/"),
            Self::Object { bucket, key } => write!(f, "s3://{bucket}/{key}"),
        }
    }
}
