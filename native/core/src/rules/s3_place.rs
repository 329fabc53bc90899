//! An object of S3 that holds rules, and how it is reached.

use std::fmt;

use super::BaseSource;
use super::misfit::{Misfit, unfit_character};
use super::quoted::write_visibly;

/// The longest key that S3 takes, in bytes of UTF-8 (S3's user guide, "Object key names").
const LONGEST_KEY: usize = 1024;
/// The longest name of a bucket: 63 by today's rules, 255 for old ones of us-east-1.
const LONGEST_BUCKET: usize = 255;

/// A bucket and a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct S3Object {
    bucket: String,
    key: String,
}

impl S3Object {
    /// Reads what follows `s3://`: the key is taken byte for byte, with any `?`, `#` and `%` in it.
    ///
    /// # Errors
    /// What is wrong with it; nothing of the text that may be a secret is repeated.
    pub(crate) fn parse(rest: &str) -> Result<Self, Misfit> {
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(Misfit::new("names no bucket"));
        }
        if bucket.starts_with("arn:") {
            return Err(Misfit::new(
                "names a bucket by an ARN; write the alias of the access point",
            ));
        }
        if bucket.contains(['@', ':']) {
            return Err(Misfit::new(
                "has `:` or `@` where only a bucket's name may stand; take out the port or the access keys",
            ));
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if let Some(misfit) = unfit_character(bucket, fits) {
            return Err(Misfit::new(format!("has a bucket name that {misfit}")));
        }
        // `.` and `..` would be no part of a path.
        if !(3..=LONGEST_BUCKET).contains(&bucket.len()) || bucket.starts_with('.') {
            return Err(Misfit::new(
                "has a bucket name that no bucket can have: they have 3 to 63 characters",
            ));
        }
        if key.is_empty() || key.ends_with('/') {
            return Err(Misfit::new("names a folder and no object"));
        }
        if key.len() > LONGEST_KEY {
            return Err(Misfit::new(format!(
                "has a key of {} bytes, and S3 takes {LONGEST_KEY}",
                key.len()
            )));
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        })
    }

    /// The bucket's name: letters, digits, `.`, `-` and `_`.
    pub(crate) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The key as the object has it, not encoded.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for S3Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/", self.bucket)?;
        write_visibly(f, self.key.chars())
    }
}

/// An object with all that reading it takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct S3Place {
    /// What is read.
    pub object: S3Object,
    /// Where S3 is, as a URL; none for AWS's own of the region.
    pub endpoint: Option<String>,
    /// The bucket's region, as far as somebody says it.
    pub region: Option<String>,
    /// Whether the bucket stands in the path even where it could stand in the host's name.
    pub path_style: bool,
    /// Whether the AWS environment and profile may name an endpoint. Not where the machine's owner
    /// fixes the rules: a job could have another store answer for the owner's bucket.
    pub endpoint_of_environment: bool,
    /// Whose credentials sign.
    pub base: BaseSource,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_as_it_is() {
        for (rest, bucket, key) in [
            ("b.c-1/rules.json", "b.c-1", "rules.json"),
            ("my_Bucket//a//b", "my_Bucket", "/a//b"),
            (
                "bucket/a b+c%20?d=e#f/../ü",
                "bucket",
                "a b+c%20?d=e#f/../ü",
            ),
        ] {
            let object = S3Object::parse(rest).unwrap();
            assert_eq!((object.bucket(), object.key()), (bucket, key));
            assert_eq!(object.to_string(), format!("s3://{rest}"));
        }
    }

    #[test]
    fn what_is_no_object_is_refused_without_its_secrets() {
        let long = format!("bucket/{}", "x".repeat(1025));
        for (rest, what) in [
            ("", "names no bucket"),
            ("/key", "names no bucket"),
            ("bucket", "names a folder and no object"),
            ("bucket/", "names a folder and no object"),
            ("bucket/folder/", "names a folder and no object"),
            ("AKIAEXAMPLE:hush@bucket/key", "take out the port"),
            ("arn:aws:s3:eu-west-1:1:accesspoint/x", "the alias"),
            ("b\u{fc}cket/key", "has a bucket name that holds"),
            ("../key", "they have 3 to 63"),
            (&long, "has a key of 1025 bytes"),
        ] {
            let misfit = S3Object::parse(rest).unwrap_err().to_string();
            assert!(misfit.contains(what), "{rest}: {misfit}");
            assert!(!misfit.contains("hush"), "{misfit}");
        }
    }
}
