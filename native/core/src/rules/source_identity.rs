//! Source identities: who stands at the beginning of a chain of sessions.

use super::limited_text::LimitedText;
use super::misfit::{Misfit, is_name_character};
use super::template::{Template, Unfilled, Values};

/// API reference, `AssumeRole`.
const SOURCE_IDENTITY: LimitedText = LimitedText {
    called: "a source identity",
    shortest: 2,
    longest: 64,
    fits: is_name_character,
    characters: "letters, digits and _+=,.@-",
};

/// A source identity that STS accepts: 2 to 64 of `[A-Za-z0-9_+=,.@-]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourceIdentity(String);

impl SourceIdentity {
    /// Takes an identity.
    ///
    /// # Errors
    /// What is wrong with it, and at which character.
    pub fn parse(text: &str) -> Result<Self, Misfit> {
        SOURCE_IDENTITY.check(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The identity.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A source identity with values to fill in. Nothing is rewritten in it: it says who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceIdentityTemplate(Template);

impl SourceIdentityTemplate {
    /// Reads a template; what stands for itself must fit a source identity.
    pub(crate) fn parse(text: &str) -> Result<Self, Misfit> {
        SOURCE_IDENTITY.template(text).map(Self)
    }

    /// The template.
    pub(crate) fn template(&self) -> &Template {
        &self.0
    }

    /// The identity for a request.
    pub(crate) fn fill(&self, values: &Values<'_>) -> Result<SourceIdentity, Unfilled> {
        SOURCE_IDENTITY.fill(&self.0, values).map(SourceIdentity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn fill(template: &str, user: &str) -> Result<SourceIdentity, Unfilled> {
        SourceIdentityTemplate::parse(template)
            .unwrap()
            .fill(&Values {
                user,
                group: None,
                bucket: None,
                conf: &BTreeMap::new(),
            })
    }

    #[test]
    fn limits_are_those_of_sts() {
        assert!(SourceIdentity::parse("ab").is_ok());
        assert!(SourceIdentity::parse(&"x".repeat(64)).is_ok());
        for bad in ["", "x", "a b", "a*b", "a:b", "a/b", &"x".repeat(65)] {
            assert!(SourceIdentity::parse(bad).is_err(), "{bad}");
            assert!(SourceIdentityTemplate::parse(bad).is_err(), "{bad}");
        }
        assert!(SourceIdentityTemplate::parse("${user} x").is_err());
        let with =
            |literals, values| format!("{}{}", "x".repeat(literals), "${user}".repeat(values));
        assert!(SourceIdentityTemplate::parse(&with(63, 1)).is_ok());
        assert!(SourceIdentityTemplate::parse(&with(64, 1)).is_err());
        assert!(SourceIdentityTemplate::parse(&with(63, 2)).is_err());
    }

    #[test]
    fn a_value_that_does_not_fit_is_an_error() {
        assert_eq!(fill("${user}", "carol").unwrap().as_str(), "carol");
        assert_eq!(fill("u-${user}", "x").unwrap().as_str(), "u-x");
        for bad in [
            "*", ".*x*", "../x", "a:b", "${user}", "a b", "数据", "nul\0", "x",
        ] {
            assert!(fill("${user}", bad).is_err(), "{bad}");
        }
        assert!(fill("${user}", &"x".repeat(200)).is_err());
    }

    proptest! {
        #[test]
        fn no_value_reaches_another_identity(user in "\\PC{0,70}|[a-z/:*.$ {}\\x00]{0,12}") {
            match fill("u.${user}", &user) {
                Ok(identity) => {
                    prop_assert_eq!(identity.as_str(), format!("u.{user}"));
                    prop_assert!(!user.is_empty() && user.chars().all(is_name_character));
                }
                Err(_) => prop_assert!(
                    user.is_empty() || user.len() > 62 || !user.chars().all(is_name_character)
                ),
            }
        }
    }
}
