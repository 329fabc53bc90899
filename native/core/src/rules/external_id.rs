//! External IDs: what a role of another account asks its guest to say.

use super::limited_text::LimitedText;
use super::misfit::{Misfit, is_name_character};
use super::template::{Template, Unfilled, Values};

/// API reference, `AssumeRole`.
const EXTERNAL_ID: LimitedText = LimitedText {
    called: "an external ID",
    shortest: 2,
    longest: 1224,
    fits: |character| is_name_character(character) || matches!(character, ':' | '/'),
    characters: "letters, digits and _+=,.@:/-",
};

/// An external ID that STS accepts: 2 to 1224 of `[A-Za-z0-9_+=,.@:/-]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExternalId(String);

impl ExternalId {
    /// Takes an ID.
    ///
    /// # Errors
    /// What is wrong with it, and at which character.
    pub fn parse(text: &str) -> Result<Self, Misfit> {
        EXTERNAL_ID.check(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The ID.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An external ID with values to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExternalIdTemplate(Template);

impl ExternalIdTemplate {
    /// Reads a template; what stands for itself must fit an external ID.
    pub(crate) fn parse(text: &str) -> Result<Self, Misfit> {
        EXTERNAL_ID.template(text).map(Self)
    }

    /// The text with its variables.
    pub(crate) fn template(&self) -> &Template {
        &self.0
    }

    /// The ID for a request.
    pub(crate) fn fill(&self, values: &Values<'_>) -> Result<ExternalId, Unfilled> {
        EXTERNAL_ID.fill(&self.0, values).map(ExternalId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn limits_are_those_of_sts() {
        assert!(ExternalId::parse("a:b/c").is_ok());
        assert!(ExternalId::parse(&"x".repeat(1224)).is_ok());
        for bad in ["", "x", "a b", "a*b", &"x".repeat(1225)] {
            assert!(ExternalId::parse(bad).is_err(), "{bad}");
            assert!(ExternalIdTemplate::parse(bad).is_err(), "{bad}");
        }
        assert!(ExternalIdTemplate::parse("${user} x").is_err());
        for (literals, values, good) in [(1223, 1, true), (1224, 1, false), (1223, 2, false)] {
            let text = format!("{}{}", "x".repeat(literals), "${user}".repeat(values));
            let misfit = ExternalIdTemplate::parse(&text).err();
            assert_eq!(
                misfit.map(|misfit| misfit.to_string()),
                (!good).then(|| format!(
                    "has {literals} characters beside its values; an external ID has at most 1224"
                ))
            );
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_an_error() {
        let template = ExternalIdTemplate::parse("team/${conf:t}").unwrap();
        let fill = |tenant: &str| {
            let conf = BTreeMap::from([("t".to_owned(), tenant.to_owned())]);
            template.fill(&Values {
                user: "u",
                group: None,
                bucket: None,
                conf: &conf,
            })
        };
        assert_eq!(fill("acme").unwrap().as_str(), "team/acme");
        for bad in ["", "a b", "*", "é"] {
            assert!(fill(bad).is_err(), "{bad}");
        }
    }
}
