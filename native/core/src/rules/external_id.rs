//! External IDs: what a role of another account asks its guest to say.

use super::misfit::{Misfit, is_name_character, unfit_character};
use super::template::{Template, Unfilled, Values};

const SHORTEST: usize = 2;
const LONGEST: usize = 1224;

/// An external ID that STS accepts: 2 to 1224 of `[A-Za-z0-9_+=,.@:/-]` (API reference,
/// `AssumeRole`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExternalId(String);

impl ExternalId {
    /// Takes an ID.
    ///
    /// # Errors
    /// What is wrong with it, and at which character.
    pub fn parse(text: &str) -> Result<Self, Misfit> {
        check_characters(text)?;
        let length = text.len();
        if (SHORTEST..=LONGEST).contains(&length) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Misfit::new(format!(
                "has the length {length}; an external ID has {SHORTEST} to {LONGEST} characters"
            )))
        }
    }

    /// The ID.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn fits(character: char) -> bool {
    is_name_character(character) || matches!(character, ':' | '/')
}

fn check_characters(text: &str) -> Result<(), Misfit> {
    match unfit_character(text, fits) {
        Some(misfit) => Err(Misfit::at(
            misfit.position().unwrap_or_default(),
            format!("{misfit}; an external ID takes letters, digits and _+=,.@:/-"),
        )),
        None => Ok(()),
    }
}

/// An external ID with values to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExternalIdTemplate(Template);

impl ExternalIdTemplate {
    /// Reads a template; what stands for itself must fit an external ID.
    pub(crate) fn parse(text: &str) -> Result<Self, Misfit> {
        let template = Template::parse(text)?;
        if template.variables() == 0 {
            ExternalId::parse(text)?;
        }
        for literal in template.literals() {
            check_characters(literal).map_err(Misfit::anywhere)?;
        }
        // No value is empty.
        let literals: usize = template.literals().map(str::len).sum();
        if template.variables() > 0 && literals + template.variables() > LONGEST {
            return Err(Misfit::new(format!(
                "has {literals} characters beside its values; an external ID has at most {LONGEST}"
            )));
        }
        Ok(Self(template))
    }

    /// The text with its variables.
    pub(crate) fn template(&self) -> &Template {
        &self.0
    }

    /// The ID for a request.
    pub(crate) fn fill(&self, values: &Values<'_>) -> Result<ExternalId, Unfilled> {
        let text = self.0.fill(values, |value| {
            if value.is_empty() {
                return Err("is empty".to_owned());
            }
            match value.chars().position(|c| !fits(c)) {
                Some(at) => Err(format!(
                    "holds at character {} what may not stand in an external ID: only letters, digits and _+=,.@:/- may",
                    at + 1
                )),
                None => Ok(()),
            }
        })?;
        ExternalId::parse(&text).map_err(|misfit| Unfilled::whole(misfit.to_string()))
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
