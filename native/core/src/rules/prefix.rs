//! Prefixes of locations.

use std::borrow::Cow;
use std::fmt;

use super::bucket::{BucketName, with_slash};
use super::misfit::{Misfit, Named};
use super::quoted::Quoted;
use super::template::{Part, Template, Unfilled, Values, Variable};

/// The schemes under which Hadoop opens S3: for rules they are one.
pub(crate) const SCHEMES: &[&str] = &["s3", "s3a", "s3n"];

/// A prefix of S3 locations that ends at a path boundary, unless its last character is `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    bucket: Template,
    key: Template,
    /// Whether it ends at a path boundary.
    bounded: bool,
}

impl Prefix {
    /// Reads `s3://BUCKET/KEY`.
    pub(crate) fn parse(text: &str) -> Result<Self, Misfit> {
        if let Some(at) = text.chars().position(char::is_control) {
            let named = text.chars().nth(at).map(Named);
            return Err(Misfit::at(
                at,
                format!(
                    "holds {} at character {}; take it out",
                    named.map_or_else(String::new, |named| named.to_string()),
                    at + 1
                ),
            ));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(Misfit::new(
                "has no scheme; write s3://BUCKET/ or s3://BUCKET/KEY",
            ));
        };
        if !SCHEMES.contains(&scheme) {
            let lower = scheme.to_lowercase();
            return Err(Misfit::at(
                0,
                if SCHEMES.contains(&lower.as_str()) {
                    format!("has its scheme in capitals; write {lower}://")
                } else {
                    format!(
                        "has the scheme {}, which is not S3's; write s3://",
                        Quoted(scheme)
                    )
                },
            ));
        }
        let bucket_at = scheme.len() + 3;
        if rest.split('/').next().is_some_and(|it| it.contains('@')) {
            return Err(Misfit::at(
                bucket_at,
                "holds `@` before the bucket; take the access keys out of the prefix, and rotate them",
            ));
        }
        let (authority, key) = BucketName::split(rest);
        let authority = &*with_slash(authority);
        let shifted = |shift: usize| {
            move |misfit: Misfit| match misfit.position() {
                Some(at) => Misfit::at(at + shift, misfit.to_string()),
                None => Misfit::at(shift, misfit.to_string()),
            }
        };
        let bucket = Template::parse(authority).map_err(shifted(bucket_at))?;
        if let Some(star) = authority.chars().position(|c| c == '*') {
            return Err(Misfit::at(
                bucket_at + star,
                "holds `*` in the bucket's name; name each bucket in full, as in s3://BUCKET/",
            ));
        }
        // One letter stands in for each value: what it is worth shows where it is filled in.
        let sample: String = bucket
            .parts()
            .iter()
            .map(|part| match part {
                Part::Literal(literal) => literal.as_str(),
                Part::Value(_) => "x",
            })
            .collect();
        BucketName::parse(&sample)
            .map_err(|misfit| Misfit::at(bucket_at, format!("{misfit}; write s3://BUCKET/")))?;
        let key_at = bucket_at + authority.chars().count() + 1;
        let (key, bounded) = match key.strip_suffix('*') {
            Some(key) => (key, false),
            // Without its slash, this folder without a name would be the whole bucket.
            None if key == "/" => (key, false),
            None => (key.strip_suffix('/').unwrap_or(key), true),
        };
        let key_template = Template::parse(key).map_err(shifted(key_at))?;
        if let Some(star) = key.chars().position(|c| c == '*') {
            return Err(Misfit::at(
                key_at + star,
                "holds `*` before its end; a prefix is no pattern, and only its last character may be `*`",
            ));
        }
        Ok(Self {
            bucket,
            key: key_template,
            bounded,
        })
    }

    /// Whether it lies in that bucket. A bucket that is written out is compared before anything is
    /// filled in, so a value that is missing troubles no other bucket.
    pub(crate) fn is_in(&self, bucket: &BucketName, values: &Values<'_>) -> Result<bool, Unfilled> {
        Ok(self.bucket.fill(values, fits)? == bucket.as_str())
    }

    /// What keys must start with.
    pub(crate) fn key(&self, values: &Values<'_>) -> Result<KeyPrefix<'_>, Unfilled> {
        Ok(KeyPrefix {
            start: self.key.fill(values, fits)?,
            bounded: self.bounded,
        })
    }

    /// Whether it may cover a key of its bucket, as far as that shows before anything is filled in.
    /// Where not, a value that does not fit does not matter.
    pub(crate) fn may_cover(&self, key: &str) -> bool {
        match self.key.parts().first() {
            Some(Part::Literal(start)) => key.starts_with(start),
            Some(Part::Value(_)) | None => true,
        }
    }

    /// The place that is written out; none where its bucket is not.
    pub(crate) fn written(&self) -> Option<Written<'_>> {
        let [Part::Literal(bucket)] = self.bucket.parts() else {
            return None;
        };
        let folder = match self.key.parts() {
            [Part::Literal(key)] if self.bounded => key,
            // What follows goes on within the same name, or may.
            [Part::Literal(start), ..] => start.rsplit_once('/').map_or("", |(folder, _)| folder),
            _ => "",
        };
        Some(Written { bucket, folder })
    }

    /// Whether nothing has to be filled in.
    pub(crate) fn is_written(&self) -> bool {
        self.bucket.variables() + self.key.variables() == 0
    }

    /// Whether it may lie in that bucket, as far as that shows before groups are known: what can't
    /// be filled in yet may.
    pub(crate) fn may_be_in(&self, bucket: &BucketName, values: &Values<'_>) -> bool {
        self.bucket
            .fill(values, fits)
            .map_or(true, |filled| filled == bucket.as_str())
    }

    /// Whether `${group}` stands in it.
    pub(crate) fn takes_group(&self) -> bool {
        self.takes(&Variable::Group)
    }

    /// What can go wrong with it whatever the bucket is. Where that is unknown, `${bucket}` stays
    /// open without being wrong.
    pub(crate) fn check(&self, values: &Values<'_>) -> Result<(), Unfilled> {
        for part in self.bucket.parts().iter().chain(self.key.parts()) {
            match part {
                Part::Literal(_) | Part::Value(Variable::Bucket) => {}
                Part::Value(variable) => {
                    fits(values.of(variable)?).map_err(|why| Unfilled::unfit(variable, why))?;
                }
            }
        }
        Ok(())
    }

    /// The bucket, where it is written out.
    pub(crate) fn written_bucket(&self) -> Option<&str> {
        match self.bucket.parts() {
            [Part::Literal(bucket)] => Some(bucket),
            _ => None,
        }
    }

    fn takes(&self, variable: &Variable) -> bool {
        self.bucket.takes(variable) || self.key.takes(variable)
    }
}

/// Where all that a prefix covers lies, as far as that is written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written<'p> {
    /// The bucket.
    pub(crate) bucket: &'p str,
    /// The deepest folder, without a slash at its end; empty for the whole bucket.
    pub(crate) folder: &'p str,
}

/// A value may not end a part of the path or widen the prefix, as nothing at all would.
fn fits(value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Err("is empty, which would widen the prefix".to_owned());
    }
    match value.chars().position(|c| matches!(c, '/' | '*')) {
        Some(at) => Err(format!(
            "holds `/` or `*` at character {}, which would change the prefix",
            at + 1
        )),
        None => Ok(()),
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.bounded { "" } else { "*" };
        write!(f, "s3://{}/{}{end}", self.bucket, self.key)
    }
}

/// What keys must start with, all filled in.
#[derive(Debug)]
pub(crate) struct KeyPrefix<'a> {
    start: Cow<'a, str>,
    bounded: bool,
}

impl KeyPrefix<'_> {
    /// Whether every key of the bucket starts so.
    pub(crate) fn is_whole_bucket(&self) -> bool {
        self.start.is_empty()
    }

    /// Whether a key starts so, byte for byte.
    pub(crate) fn covers(&self, key: &str) -> bool {
        match key.strip_prefix(self.start.as_ref()) {
            None => false,
            Some(rest) => {
                !self.bounded || self.is_whole_bucket() || rest.is_empty() || rest.starts_with('/')
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn covers(prefix: &str, bucket: &str, key: &str) -> bool {
        let conf = BTreeMap::new();
        let values = Values {
            user: "carol",
            group: None,
            bucket: Some(bucket),
            conf: &conf,
        };
        let prefix = Prefix::parse(prefix).unwrap();
        prefix
            .is_in(&BucketName::parse(bucket).unwrap(), &values)
            .unwrap()
            && prefix.key(&values).unwrap().covers(key)
    }

    #[test]
    fn a_prefix_ends_at_a_path_boundary() {
        let cases = [
            ("s3://b/team", "team", true),
            ("s3://b/team", "team/x", true),
            ("s3://b/team", "team2", false),
            ("s3://b/team/", "team2/x", false),
            ("s3://b/team/", "team", true),
            ("s3a://b/team/", "team/x", true),
            ("s3n://b/team*", "team2/x", true),
            ("s3://b/team*", "tea", false),
            ("s3://b/team/*", "team/x", true),
            ("s3://b/team/*", "team2/x", false),
            ("s3://b", "anything", true),
            ("s3://b/", "", true),
            ("s3://b/*", "any/thing", true),
            ("s3://b/Team", "team/x", false),
            ("s3://b/a%20b", "a b/x", false),
            ("s3://b/a b", "a%20b/x", false),
            ("s3://b/a+b", "a b/x", false),
            ("s3://b/a+b", "a+b/x", true),
            ("s3://b/😀", "😀/x", true),
            ("s3://b/x/../y", "y/z", false),
            ("s3://b/x/../y", "x/../y/z", true),
            ("s3://b/x", "x/../y", true),
            ("s3://b/x/./y", "x/y", false),
            ("s3://b/x//y", "x/y", false),
            ("s3://b/x//y", "x//y", true),
            ("s3://b//", "/x", true),
            ("s3://b//", "x", false),
            ("s3://b/é", "e\u{301}/x", false),
            ("s3://b/a b?#", "a b?#/x", true),
            ("s3://b//x", "/x/y", true),
            ("s3://b//x", "x/y", false),
            ("s3://b/home/${user}", "home/carol/x", true),
            ("s3://b/home/${user}", "home/caroline/x", false),
        ];
        for (prefix, key, expected) in cases {
            assert_eq!(covers(prefix, "b", key), expected, "{prefix} {key}");
        }
        assert!(!covers("s3://b/", "b2", "x"));
        let reports = "arn:aws:s3:us-east-1:111122223333:accesspoint/reports";
        for (prefix, key, expected) in [
            (format!("s3://{reports}"), "x", true),
            (format!("s3://{reports}/"), "x", true),
            (format!("s3://{reports}/2024/"), "2024/x", true),
            (format!("s3://{reports}/2024"), "20245", false),
            (
                "s3a://arn:aws:s3:us-east-1:111122223333:accesspoint:reports/".to_owned(),
                "x",
                true,
            ),
            (
                "s3://arn:aws:s3:us-east-1:111122223333:accesspoint/report/".to_owned(),
                "s/x",
                false,
            ),
            (
                "s3://arn:aws:s3:us-east-1:111122223333:accesspoint/${user}/".to_owned(),
                "x",
                false,
            ),
        ] {
            assert_eq!(covers(&prefix, reports, key), expected, "{prefix} {key}");
        }
        assert!(covers("s3://my_bucket.v1/", "my_bucket.v1", "x"));
        assert!(covers("s3://${user}-data/", "carol-data", "x"));
    }

    #[test]
    fn what_is_written_out_is_the_deepest_folder() {
        let cases = [
            ("s3://b", Some(("b", "")), true),
            ("s3://b/team/x/", Some(("b", "team/x")), true),
            ("s3://b/team/x*", Some(("b", "team")), true),
            ("s3://b/team/*", Some(("b", "team")), true),
            ("s3://b/x*", Some(("b", "")), true),
            ("s3://b//x", Some(("b", "/x")), true),
            ("s3://b/a/u-${user}/x", Some(("b", "a")), false),
            ("s3://b/${user}/x", Some(("b", "")), false),
            ("s3://${user}/x", None, false),
        ];
        for (text, expected, is_written) in cases {
            let prefix = Prefix::parse(text).unwrap();
            let written = prefix.written().map(|it| (it.bucket, it.folder));
            assert_eq!(
                (written, prefix.is_written()),
                (expected, is_written),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_prefix_says_where() {
        let cases = [
            (
                "",
                None,
                "has no scheme; write s3://BUCKET/ or s3://BUCKET/KEY",
            ),
            (
                "bucket/key",
                None,
                "has no scheme; write s3://BUCKET/ or s3://BUCKET/KEY",
            ),
            (
                "S3://b/",
                Some(0),
                "has its scheme in capitals; write s3://",
            ),
            (
                "hdfs://b/",
                Some(0),
                "has the scheme `hdfs`, which is not S3's; write s3://",
            ),
            (
                "s3://b*",
                Some(6),
                "holds `*` in the bucket's name; name each bucket in full, as in s3://BUCKET/",
            ),
            ("s3:///x", Some(5), "names no bucket; write s3://BUCKET/"),
            (
                "s3://my ${user}/",
                Some(5),
                "has a bucket name that holds a space at character 3; write s3://BUCKET/",
            ),
            (
                "s3://arn:aws:s3:us-east-1:111122223333:accesspoint/*",
                Some(51),
                "holds `*` in the bucket's name; name each bucket in full, as in s3://BUCKET/",
            ),
            (
                "s3://b/x\0y",
                Some(8),
                "holds a NUL at character 9; take it out",
            ),
            (
                "s3://b/x*y",
                Some(8),
                "holds `*` before its end; a prefix is no pattern, and only its last character may be `*`",
            ),
            (
                "s3://b/x/**",
                Some(9),
                "holds `*` before its end; a prefix is no pattern, and only its last character may be `*`",
            ),
            (
                "s3://AKIAEXAMPLE:hush@b/",
                Some(5),
                "holds `@` before the bucket; take the access keys out of the prefix, and rotate them",
            ),
            (
                "s3://b/${users}/",
                Some(7),
                "holds `${users}`, which is unknown; write ${user}",
            ),
        ];
        for (text, at, what) in cases {
            let misfit = Prefix::parse(text).unwrap_err();
            assert_eq!(
                (misfit.position(), misfit.to_string()),
                (at, what.to_owned()),
                "{text}"
            );
        }
        assert!(
            !Prefix::parse("s3://AKIAEXAMPLE:hu/sh@b/")
                .unwrap_err()
                .to_string()
                .contains("hu")
        );
    }

    proptest! {
        /// Whatever a user is called, the keys covered are those below the folder of that name.
        #[test]
        fn no_value_widens_a_prefix(user in "\\PC{0,20}|[a/*.$ {}\\x00]{0,4}", key in "home/[a/.*]{0,6}") {
            let conf = BTreeMap::new();
            let values = Values { user: &user, group: None, bucket: Some("b"), conf: &conf };
            let prefix = Prefix::parse("s3://b/home/${user}").unwrap();
            match prefix.key(&values) {
                Ok(prefix) => {
                    let folder = format!("home/{user}");
                    prop_assert_eq!(
                        prefix.covers(&key),
                        key == folder || key.starts_with(&format!("{folder}/"))
                    );
                    prop_assert!(!user.contains(['/', '*']) && !user.is_empty());
                }
                Err(_) => prop_assert!(user.is_empty() || user.contains(['/', '*'])),
            }
        }
    }
}
