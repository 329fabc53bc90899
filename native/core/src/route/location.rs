//! What is asked for.

use std::fmt;

use crate::error::{Code, Error};
use crate::rules::{BucketName, Quoted, SCHEMES, write_visibly};

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
        /// The key, byte for byte; never empty.
        key: String,
    },
}

impl Location {
    /// Reads `s3://[USERINFO@]BUCKET[/KEY]`, also with `s3a` and `s3n` and in capitals. User info is
    /// dropped before anything else is looked at; the key is taken byte for byte, with any `?`, `#`
    /// and `%` in it. Of an access point's ARN the name behind its slash belongs to the bucket.
    ///
    /// # Errors
    /// RC207; the text shows neither user info nor what could be some.
    pub fn parse(uri: &str) -> Result<Self, Error> {
        let wrong = |what: String| {
            Err(Error::new(
                Code::LocationUnreadable,
                format!("the location {what}; open the file system by a URI such as s3://BUCKET/"),
            ))
        };
        if uri.is_empty() {
            return wrong("is empty".to_owned());
        }
        let Some((scheme, rest)) = uri.split_once("://") else {
            return wrong("has no scheme and bucket".to_owned());
        };
        if !SCHEMES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme))
        {
            // Whatever else stands before `://` may be a secret that ended up there.
            let is_scheme =
                scheme.len() <= 16 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
            return wrong(if is_scheme {
                format!("has the scheme {}, which is not S3's", Quoted(scheme))
            } else {
                "has no scheme of S3".to_owned()
            });
        }
        let authority = rest.split('/').next().unwrap_or_default();
        let user_info = authority.rfind('@').map_or(0, |at| at + 1);
        let (bucket, key) = BucketName::split(rest.get(user_info..).unwrap_or_default());
        match BucketName::parse(bucket) {
            Ok(bucket) if key.is_empty() => Ok(Self::Bucket(bucket)),
            Ok(bucket) => Ok(Self::Object {
                bucket,
                key: key.to_owned(),
            }),
            Err(misfit) => wrong(misfit.to_string()),
        }
    }

    /// The same location as a plain provider knows it: without the key.
    #[must_use]
    pub fn bucket_only(&self) -> Self {
        match self {
            Self::Object { bucket, .. } => Self::Bucket(bucket.clone()),
            other => other.clone(),
        }
    }

    /// The bucket, where it is known.
    pub fn bucket(&self) -> Option<&BucketName> {
        match self {
            Self::Unknown => None,
            Self::Bucket(bucket) | Self::Object { bucket, .. } => Some(bucket),
        }
    }
}

/// As a URI; characters that would break a line are written out.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bucket, key) = match self {
            Self::Unknown => return f.write_str("unknown"),
            Self::Bucket(bucket) => (bucket, ""),
            Self::Object { bucket, key } => (bucket, key.as_str()),
        };
        f.write_str("s3://")?;
        write_visibly(f, bucket.as_str().chars())?;
        f.write_str("/")?;
        write_visibly(f, key.chars())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_uri_is_bucket_and_key() {
        let cases = [
            ("s3://b", "s3://b/"),
            ("s3a://b/", "s3://b/"),
            ("s3n://b/k", "s3://b/k"),
            ("S3A://b/k", "s3://b/k"),
            ("s3://my_bucket.v1//a//b/", "s3://my_bucket.v1//a//b/"),
            ("s3://b/a b+c%20?d=e#f..@/é:", "s3://b/a b+c%20?d=e#f..@/é:"),
            ("s3://AKIAEXAMPLE:hush@b/k", "s3://b/k"),
            ("s3://AKIAEXAMPLE:hu@sh@b/k", "s3://b/k"),
            ("s3://b/line\nbreak", "s3://b/line\\u{a}break"),
            ("s3://b\u{200b}/k", "s3://b\\u{200b}/k"),
            ("s3://b/../x/./😀//", "s3://b/../x/./😀//"),
            (
                "s3://arn:aws:s3:us-east-1:111122223333:accesspoint/reports/k/l",
                "s3://arn:aws:s3:us-east-1:111122223333:accesspoint/reports/k/l",
            ),
            (
                "s3a://u:p@arn:aws:s3:us-east-1:111122223333:accesspoint:reports/k",
                "s3://arn:aws:s3:us-east-1:111122223333:accesspoint/reports/k",
            ),
        ];
        for (uri, shown) in cases {
            assert_eq!(Location::parse(uri).unwrap().to_string(), shown, "{uri}");
        }
        for (object, bucket) in [
            ("s3://b/k", "s3://b"),
            (
                "s3://arn:aws:s3:us-east-1:111122223333:accesspoint/reports/k",
                "s3://arn:aws:s3:us-east-1:111122223333:accesspoint/reports",
            ),
        ] {
            assert_eq!(
                Location::parse(object).unwrap().bucket_only(),
                Location::parse(bucket).unwrap()
            );
        }
    }

    #[test]
    fn what_is_no_location_is_refused() {
        let cases = [
            ("", "is empty"),
            ("/tmp/x", "has no scheme and bucket"),
            ("s3:/x", "has no scheme and bucket"),
            ("hdfs://nn/x", "has the scheme `hdfs`, which is not S3's"),
            ("s3:///x", "names no bucket"),
            ("s3://AKIAEXAMPLE:hush@/x", "names no bucket"),
            (
                "s3://my bucket/x",
                "has a bucket name that holds a space at character 3",
            ),
            (
                "s3://arn:aws:s3:us-east-1:111122223333:accesspoint/",
                "has an ARN that is no access point's; write s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/ or the access point's alias",
            ),
        ];
        for (uri, what) in cases {
            let error = Location::parse(uri).unwrap_err();
            assert_eq!(error.code(), Code::LocationUnreadable);
            assert_eq!(
                error.message(),
                format!("the location {what}; open the file system by a URI such as s3://BUCKET/")
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd_and_no_secret_is_told(uri in "\\PC{0,40}|s3[an]?:/{0,3}[\\x00-\\x7f]{0,20}") {
            if let Ok(location) = Location::parse(&uri) {
                prop_assert!(location.bucket().is_some());
            }
        }

        #[test]
        fn user_info_is_never_told(secret in "SECRET[A-Za-z0-9+/=%]{0,30}", key in "[a-z/]{0,8}") {
            let told = match Location::parse(&format!("s3a://AKIAEXAMPLE:{secret}@bucket/{key}")) {
                Ok(location) => format!("{location} {location:?}"),
                Err(error) => error.to_string(),
            };
            prop_assert!(!told.contains("SECRET") && !told.contains("AKIA"), "{told}");
        }
    }
}
