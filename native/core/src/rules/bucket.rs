//! The name of a bucket, as a URI's authority gives it.

use std::borrow::Cow;
use std::fmt;

use super::arn::AccountId;
use super::misfit::{Misfit, unfit_character};

/// A bucket's name, byte for byte as the URI's authority has it: it may hold `_` or dots. An access
/// point's ARN is one too, always with the slash before its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BucketName(String);

/// What an authority ends with where the name of an access point follows as the first part of the
/// path: `arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME`.
const ACCESS_POINT: &str = ":accesspoint";

impl BucketName {
    /// Takes an authority without user info, or an access point's ARN.
    ///
    /// # Errors
    /// For what can't be a bucket: nothing, white space or control characters, `/`, `@`, `*`, an ARN
    /// of something else, and a `:` outside an ARN. That colon may part a key from a secret, so the
    /// text is never repeated.
    pub fn parse(authority: &str) -> Result<Self, Misfit> {
        if authority.is_empty() {
            return Err(Misfit::new("names no bucket"));
        }
        if let Some(misfit) = unfit_character(authority, |c| {
            !c.is_control() && !c.is_whitespace() && c != '*'
        }) {
            return Err(Misfit::new(format!("has a bucket name that {misfit}")));
        }
        if authority.starts_with("arn:") {
            let authority = with_slash(authority);
            return if is_access_point(&authority) {
                Ok(Self(authority.into_owned()))
            } else {
                Err(Misfit::new(
                    "has an ARN that is no access point's; write s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/ or the access point's alias",
                ))
            };
        }
        if authority.contains(['/', '@', ':']) {
            return Err(Misfit::new(
                "has `:` or `@` where only a bucket's name may stand; take out the port or the access keys",
            ));
        }
        Ok(Self(authority.to_owned()))
    }

    /// Parts what follows `s3://` into bucket and key, at the first slash that is not an access
    /// point's. User info has to be gone.
    pub(crate) fn split(rest: &str) -> (&str, &str) {
        let Some((authority, key)) = rest.split_once('/') else {
            return (rest, "");
        };
        if !(authority.starts_with("arn:") && authority.ends_with(ACCESS_POINT)) {
            return (authority, key);
        }
        let end = key
            .find('/')
            .map_or(rest.len(), |slash| authority.len() + 1 + slash);
        let (bucket, key) = rest.split_at_checked(end).unwrap_or((rest, ""));
        (bucket, key.strip_prefix('/').unwrap_or_default())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// SDKs write `accesspoint:NAME` too.
pub(crate) fn with_slash(authority: &str) -> Cow<'_, str> {
    match authority.split_once(":accesspoint:") {
        Some((before, name)) if before.starts_with("arn:") => {
            Cow::Owned(format!("{before}{ACCESS_POINT}/{name}"))
        }
        _ => Cow::Borrowed(authority),
    }
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:accesspoint/NAME`; one of several regions has no region.
fn is_access_point(arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':');
    let (Some("arn"), Some(partition), Some(service), Some(_), Some(account), Some(resource)) = (
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ) else {
        return false;
    };
    partition.starts_with("aws")
        && matches!(service, "s3" | "s3-object-lambda")
        && AccountId::parse(account).is_ok()
        && resource
            .strip_prefix("accesspoint/")
            .is_some_and(|name| !name.is_empty() && !name.contains([':', '/', '@']))
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_taken_as_it_is() {
        let longest = format!("a{}z", "-".repeat(61));
        for name in [
            "b",
            "my_bucket.v1",
            "1.2.3.4",
            "-._",
            "UPPER",
            longest.as_str(),
            "reports-metadata-s3alias",
            "arn:aws:s3:us-east-1:111122223333:accesspoint/reports",
            "arn:aws-cn:s3:cn-north-1:111122223333:accesspoint/reports",
            "arn:aws:s3::111122223333:accesspoint/m1.mrap",
            "arn:aws:s3-object-lambda:us-east-1:111122223333:accesspoint/reports",
            "arn",
            "Größe",
        ] {
            assert_eq!(BucketName::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn an_access_point_has_one_name() {
        assert_eq!(
            BucketName::parse("arn:aws:s3:us-east-1:111122223333:accesspoint:reports"),
            BucketName::parse("arn:aws:s3:us-east-1:111122223333:accesspoint/reports"),
        );
    }

    #[test]
    fn the_name_of_an_access_point_is_part_of_the_bucket() {
        let arn = "arn:aws:s3:us-east-1:111122223333:accesspoint";
        let cases = [
            ("b", ("b", "")),
            ("b/", ("b", "")),
            ("b//k", ("b", "/k")),
            ("b:accesspoint/k/l", ("b:accesspoint", "k/l")),
            (&format!("{arn}/r"), (&*format!("{arn}/r"), "")),
            (&format!("{arn}/r/"), (&*format!("{arn}/r"), "")),
            (&format!("{arn}/r/k/l"), (&*format!("{arn}/r"), "k/l")),
            (&format!("{arn}/r//k"), (&*format!("{arn}/r"), "/k")),
            (&format!("{arn}:r/k/l"), (&*format!("{arn}:r"), "k/l")),
            (arn, (arn, "")),
        ];
        for (rest, expected) in cases {
            assert_eq!(BucketName::split(rest), expected, "{rest}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_repeated() {
        for name in [
            "",
            "a b",
            "a\nb",
            "b*",
            "AKIAEXAMPLE:hush",
            "AKIAEXAMPLE:hush@b",
            "b:9000",
            "arn:hush",
            "arn:aws:iam::111122223333:role/hush",
            "arn:aws:s3:::hush",
            "arn:aws:s3:us-east-1:111122223333:accesspoint",
            "arn:aws:s3:us-east-1:111122223333:accesspoint/",
            "arn:aws:s3:us-east-1:111122223333:accesspoint/a/hush",
            "arn:aws:s3:us-east-1:11:accesspoint/hush",
            "arn:aws:s3-outposts:us-east-1:111122223333:outpost/op-1/accesspoint/hush",
        ] {
            let misfit = BucketName::parse(name).unwrap_err();
            assert!(!misfit.to_string().contains("hush"), "{misfit}");
        }
    }
}
