//! The role of a rule, with what is filled into it.

use super::arn::{AccountId, RoleArn};
use super::misfit::{Misfit, is_name_character};
use super::template::{Part, Template, Unfilled, Values};

/// A role's ARN in which values may be filled into path and name: partition and account are the
/// rule's alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoleTemplate(Template);

impl RoleTemplate {
    /// Reads an ARN; what stands for itself must already be one.
    pub(crate) fn parse(text: &str) -> Result<Self, Misfit> {
        let template = Template::parse(text)?;
        if template.variables() == 0 {
            RoleArn::parse(text)?;
            return Ok(Self(template));
        }
        // One letter stands in for each value: if the ARN is good with it, it is good with every
        // value that fits and is short enough.
        let mut sample = String::new();
        let mut first_value = None;
        for part in template.parts() {
            match part {
                Part::Literal(literal) => sample.push_str(literal),
                Part::Value(variable) => {
                    let before = sample.chars().count();
                    first_value.get_or_insert(before);
                    if !has_reached_the_name(&sample) {
                        return Err(Misfit::at(
                            before,
                            format!(
                                "has `{variable}` before the role's name; write partition and account out, as in arn:aws:iam::ACCOUNT:role/team-{variable}"
                            ),
                        ));
                    }
                    sample.push('x');
                }
            }
        }
        RoleArn::parse(&sample).map_err(|misfit| match (misfit.position(), first_value) {
            // From the first value on, characters of the sample are not those of the text.
            (Some(at), Some(first)) if at >= first => misfit.anywhere(),
            _ => misfit,
        })?;
        Ok(Self(template))
    }

    /// Partition and account, which are written out.
    pub(crate) fn home(&self) -> Option<(&str, AccountId)> {
        let mut parts = self.0.literals().next()?.split(':');
        let partition = parts.nth(1)?;
        let account = AccountId::parse(parts.nth(2)?).ok()?;
        Some((partition, account))
    }

    /// The text with its variables.
    pub(crate) fn template(&self) -> &Template {
        &self.0
    }

    /// The ARN for a request.
    pub(crate) fn fill(&self, values: &Values<'_>) -> Result<RoleArn, Unfilled> {
        let text = self.0.fill(values, |value| {
            if value.is_empty() {
                return Err("is empty, which no role's name may be".to_owned());
            }
            match value.chars().position(|c| !is_name_character(c)) {
                Some(at) => Err(format!(
                    "holds at character {} what may not stand in a role's name: only letters, digits and _+=,.@- may",
                    at + 1
                )),
                None => Ok(()),
            }
        })?;
        RoleArn::parse(&text).map_err(|misfit| Unfilled::whole(misfit.to_string()))
    }
}

impl std::fmt::Display for RoleTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether what stands so far ends within `arn:…:iam::…:role/…`.
fn has_reached_the_name(sample: &str) -> bool {
    sample
        .splitn(6, ':')
        .nth(5)
        .is_some_and(|resource| resource.starts_with("role/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn fill(template: &RoleTemplate, user: &str) -> Result<RoleArn, Unfilled> {
        template.fill(&Values {
            user,
            group: None,
            bucket: None,
            conf: &BTreeMap::new(),
        })
    }

    #[test]
    fn a_value_goes_into_path_and_name() {
        let template =
            RoleTemplate::parse("arn:aws:iam::111122223333:role/u/${user}/r-${user}").unwrap();
        assert_eq!(
            fill(&template, "carol").unwrap().as_str(),
            "arn:aws:iam::111122223333:role/u/carol/r-carol"
        );
    }

    #[test]
    fn a_template_that_could_reach_another_account_is_refused() {
        for text in [
            "arn:aws:iam::${conf:account}:role/x",
            "arn:${user}:iam::111122223333:role/x",
            "${user}",
            "arn:aws:iam::111122223333:${user}",
            "arn:aws:iam::111122223333:rol${user}/x",
        ] {
            let misfit = RoleTemplate::parse(text).unwrap_err();
            assert!(
                misfit
                    .to_string()
                    .contains("write partition and account out"),
                "{text}: {misfit}"
            );
        }
        assert_eq!(
            RoleTemplate::parse("arn:aws:iam::1:role/${user}")
                .unwrap_err()
                .position(),
            Some(13)
        );
        assert_eq!(
            RoleTemplate::parse("arn:aws:iam::111122223333:role/${user}*")
                .unwrap_err()
                .position(),
            None
        );
    }

    #[test]
    fn a_name_that_grows_too_long_is_refused() {
        let template = RoleTemplate::parse("arn:aws:iam::111122223333:role/r-${user}").unwrap();
        assert!(matches!(
            fill(&template, &"x".repeat(63)).unwrap_err(),
            Unfilled::Unfit { variable: None, .. }
        ));
    }

    proptest! {
        /// Whatever a user is called, the role is the one of that name in the rule's own path.
        #[test]
        fn no_value_reaches_another_role(user in "\\PC{0,70}|[a-z/:*.$ {}\\x00]{0,12}") {
            let template = RoleTemplate::parse("arn:aws:iam::111122223333:role/u/${user}").unwrap();
            match fill(&template, &user) {
                Ok(role) => {
                    prop_assert_eq!(role.as_str(), format!("arn:aws:iam::111122223333:role/u/{user}"));
                    prop_assert!(!user.is_empty() && user.chars().all(is_name_character));
                }
                Err(_) => prop_assert!(
                    user.is_empty() || user.len() > 64 || !user.chars().all(is_name_character)
                ),
            }
        }
    }
}
