//! The name of a bucket, as a URI's authority gives it.

use std::fmt;

use super::misfit::{Misfit, unfit_character};

/// A bucket's name, byte for byte as the URI's authority has it: it may hold `_` or dots, or be the
/// ARN of an access point.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BucketName(String);

impl BucketName {
    /// Takes an authority without user info.
    ///
    /// # Errors
    /// For what can't be a bucket: nothing, white space or control characters, `/`, `@`, and a `:`
    /// outside an ARN. That colon may part a key from a secret, so the text is never repeated.
    pub fn parse(authority: &str) -> Result<Self, Misfit> {
        if authority.is_empty() {
            return Err(Misfit::new("names no bucket"));
        }
        if let Some(misfit) = unfit_character(authority, |c| !c.is_control() && !c.is_whitespace())
        {
            return Err(Misfit::new(format!("has a bucket name that {misfit}")));
        }
        if authority.contains(['/', '@'])
            || (authority.contains(':') && !authority.starts_with("arn:"))
        {
            return Err(Misfit::new(
                "has `:` or `@` where only a bucket's name may stand; take out the port or the access keys",
            ));
        }
        Ok(Self(authority.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
        for name in [
            "b",
            "my_bucket.v1",
            "arn:aws:s3:us-east-1:111122223333:accesspoint-x",
            "Größe",
        ] {
            assert_eq!(BucketName::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_repeated() {
        for name in [
            "",
            "a b",
            "a\nb",
            "AKIAEXAMPLE:hush",
            "AKIAEXAMPLE:hush@b",
            "b:9000",
        ] {
            let misfit = BucketName::parse(name).unwrap_err();
            assert!(!misfit.to_string().contains("hush"), "{misfit}");
        }
    }
}
