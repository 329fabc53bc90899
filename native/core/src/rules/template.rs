//! Texts with `${…}` in them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::misfit::Misfit;
use super::nearest::nearest;
use super::quoted::Quoted;
use crate::error::{Code, Error};

/// What a template can be filled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Variable {
    /// The short user name.
    User,
    /// The group by which the rule matches.
    Group,
    /// The bucket of the location.
    Bucket,
    /// The job's `rolecall.conf.KEY`.
    Conf(String),
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User => f.write_str("${user}"),
            Self::Group => f.write_str("${group}"),
            Self::Bucket => f.write_str("${bucket}"),
            Self::Conf(key) => write!(f, "${{conf:{key}}}"),
        }
    }
}

/// One piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Stands for itself.
    Literal(String),
    /// Is filled in.
    Value(Variable),
}

/// A text with `${user}`, `${bucket}` and `${conf:KEY}` in it, filled once: what a value holds is
/// never read as a template again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Parts,
}

/// Most templates are a single part: many thousands of them shall take little memory.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Parts {
    One(Part),
    Several(Box<[Part]>),
}

impl FromIterator<Part> for Template {
    fn from_iter<T: IntoIterator<Item = Part>>(parts: T) -> Self {
        let mut parts = parts.into_iter();
        let parts = match (parts.next(), parts.next()) {
            (Some(only), None) => Parts::One(only),
            (first, second) => {
                Parts::Several(first.into_iter().chain(second).chain(parts).collect())
            }
        };
        Self { parts }
    }
}

impl Template {
    /// Splits a text into its parts.
    ///
    /// # Errors
    /// For a `${…}` that is unknown or not closed.
    pub(crate) fn parse(text: &str) -> Result<Self, Misfit> {
        // Most are written out, in files of many thousand rules.
        if !text.is_empty() && !text.contains('$') {
            return Ok(Self {
                parts: Parts::One(Part::Literal(text.to_owned())),
            });
        }
        let mut parts = Vec::new();
        let mut rest = text;
        // The characters before what is looked at.
        let mut at = 0;
        while let Some((before, after)) = rest.split_once("${") {
            at += before.chars().count();
            let Some((name, remainder)) = after.split_once('}') else {
                return Err(Misfit::at(at, "has a `${` without its `}`"));
            };
            if !before.is_empty() {
                parts.push(Part::Literal(before.to_owned()));
            }
            parts.push(Part::Value(variable(name, at)?));
            at += "${}".len() + name.chars().count();
            rest = remainder;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(parts.into_iter().collect())
    }

    /// `${user}` alone.
    pub(crate) fn of_the_user() -> Self {
        Self {
            parts: Parts::One(Part::Value(Variable::User)),
        }
    }

    /// The parts in order; no two literals stand side by side.
    pub(crate) fn parts(&self) -> &[Part] {
        match &self.parts {
            Parts::One(part) => std::slice::from_ref(part),
            Parts::Several(parts) => parts,
        }
    }

    /// How many values are filled in.
    pub(crate) fn variables(&self) -> usize {
        self.parts()
            .iter()
            .filter(|part| matches!(part, Part::Value(_)))
            .count()
    }

    /// Whether a value is filled in.
    pub(crate) fn takes(&self, variable: &Variable) -> bool {
        self.parts()
            .iter()
            .any(|part| matches!(part, Part::Value(taken) if taken == variable))
    }

    /// All that stands for itself, in order.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        self.parts().iter().filter_map(|part| match part {
            Part::Literal(text) => Some(text.as_str()),
            Part::Value(_) => None,
        })
    }

    /// Fills in values that `fits` takes; it says why it does not take one.
    pub(crate) fn fill(
        &self,
        values: &Values<'_>,
        fits: impl Fn(&str) -> Result<(), String>,
    ) -> Result<Cow<'_, str>, Unfilled> {
        if let [Part::Literal(text)] = self.parts() {
            return Ok(Cow::Borrowed(text));
        }
        let mut filled = String::new();
        for part in self.parts() {
            match part {
                Part::Literal(text) => filled.push_str(text),
                Part::Value(variable) => {
                    let value = values.of(variable)?;
                    fits(value).map_err(|why| Unfilled::unfit(variable, why))?;
                    filled.push_str(value);
                }
            }
        }
        Ok(Cow::Owned(filled))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts().iter().try_for_each(|part| match part {
            Part::Literal(text) => f.write_str(text),
            Part::Value(variable) => write!(f, "{variable}"),
        })
    }
}

/// The variable that stands between `${` and `}`; the text before it has `at` characters.
pub(super) fn variable(name: &str, at: usize) -> Result<Variable, Misfit> {
    match name {
        "user" => return Ok(Variable::User),
        "bucket" => return Ok(Variable::Bucket),
        "group" => return Ok(Variable::Group),
        _ => {}
    }
    if let Some(key) = name.strip_prefix("conf:") {
        return if key.is_empty()
            || key.contains(|c: char| c.is_whitespace() || c.is_control() || "/{$".contains(c))
        {
            Err(Misfit::at(
                at,
                "holds a `${conf:…}` without a proper key; write ${conf:KEY} for the job's rolecall.conf.KEY",
            ))
        } else {
            Ok(Variable::Conf(key.to_owned()))
        };
    }
    let meant = nearest(name, ["user", "group", "bucket"]).map_or_else(
        || "write ${user}, ${group}, ${bucket} or ${conf:KEY}".to_owned(),
        |meant| format!("write ${{{meant}}}"),
    );
    Err(Misfit::at(
        at,
        format!(
            "holds {}, which is unknown; {meant}",
            Quoted(&format!("${{{name}}}"))
        ),
    ))
}

/// What a request fills templates with.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    /// The short user name.
    pub(crate) user: &'a str,
    /// The group by which the rule at hand matches, where its conditions ask for groups.
    pub(crate) group: Option<&'a str>,
    /// The bucket, where the location is known.
    pub(crate) bucket: Option<&'a str>,
    /// The job's `rolecall.conf.KEY`, by KEY.
    pub(crate) conf: &'a BTreeMap<String, String>,
}

impl<'a> Values<'a> {
    /// The value of a variable.
    pub(crate) fn of(&self, variable: &Variable) -> Result<&'a str, Unfilled> {
        match variable {
            Variable::User if self.user.is_empty() => Err(Unfilled::NoUser),
            Variable::User => Ok(self.user),
            Variable::Group => self.group.ok_or(Unfilled::NoGroup),
            Variable::Bucket => self.bucket.ok_or(Unfilled::NoBucket),
            Variable::Conf(key) => self
                .conf
                .get(key)
                .map(String::as_str)
                .ok_or_else(|| Unfilled::ConfUnset(key.clone())),
        }
    }
}

/// Why a template can't be filled for a request. Values are not repeated: they are the job's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unfilled {
    /// The job does not set the key.
    ConfUnset(String),
    /// The caller has no name.
    NoUser,
    /// The rule does not match by a group.
    NoGroup,
    /// The location is unknown.
    NoBucket,
    /// The value may not stand there, or the whole is not what it has to be.
    Unfit {
        /// What was filled in, where it is one value's fault.
        variable: Option<Variable>,
        /// What is wrong.
        why: String,
    },
}

impl Unfilled {
    pub(crate) fn unfit(variable: &Variable, why: impl Into<String>) -> Self {
        Self::Unfit {
            variable: Some(variable.clone()),
            why: why.into(),
        }
    }

    pub(crate) fn whole(why: impl Into<String>) -> Self {
        Self::Unfit {
            variable: None,
            why: why.into(),
        }
    }

    /// As an error for the caller whose request ran into it.
    pub(crate) fn into_error(self, rule: &str, field: &str) -> Error {
        let place = format!("rule {}, field `{field}`", Quoted(rule));
        match self {
            Self::ConfUnset(key) => Error::new(
                Code::ConfKeyUnset,
                format!(
                    "{place}: `${{conf:{key}}}` has no value, because the job does not set rolecall.conf.{key}; set it in the job's configuration"
                ),
            ),
            Self::NoUser => Error::new(
                Code::CallerUnknown,
                format!(
                    "{place}: `${{user}}` has no value, because the caller has no name; log in as a user"
                ),
            ),
            Self::NoGroup => Error::new(
                Code::GroupsUnknown,
                format!(
                    "{place}: `${{group}}` has no value, because no group of the caller is known by which the rule matches; mend the host's group mapping (hadoop.security.group.mapping)"
                ),
            ),
            Self::NoBucket => Error::new(
                Code::TemplateValueUnfit,
                format!(
                    "{place}: `${{bucket}}` has no value, because the provider was given no URI; open the file system by its URI or take ${{bucket}} out of the rule"
                ),
            ),
            Self::Unfit {
                variable: Some(variable),
                why,
            } => Error::new(
                Code::TemplateValueUnfit,
                format!("{place}: the value of `{variable}` {why}"),
            ),
            Self::Unfit {
                variable: None,
                why,
            } => Error::new(
                Code::TemplateValueUnfit,
                format!("{place}: filled in, it {why}"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(conf: &BTreeMap<String, String>) -> Values<'_> {
        Values {
            user: "carol",
            group: Some("eng"),
            bucket: Some("lake"),
            conf,
        }
    }

    #[test]
    fn a_value_is_filled_in_once() {
        let conf = BTreeMap::from([("t".to_owned(), "${user}".to_owned())]);
        let template = Template::parse("a-${conf:t}-${user}/${bucket}$").unwrap();
        assert_eq!(
            template.fill(&values(&conf), |_| Ok(())).unwrap(),
            "a-${user}-carol/lake$"
        );
        assert_eq!(template.to_string(), "a-${conf:t}-${user}/${bucket}$");
        assert_eq!(template.variables(), 3);
    }

    #[test]
    fn a_text_may_hold_many_values() {
        let template = Template::parse(&"é${user}".repeat(50_000)).unwrap();
        assert_eq!(template.variables(), 50_000);
    }

    #[test]
    fn what_can_not_be_filled_says_why() {
        let conf = BTreeMap::new();
        let lone = Values {
            user: "",
            group: None,
            bucket: None,
            conf: &conf,
        };
        let fill = |text: &str| {
            Template::parse(text)
                .unwrap()
                .fill(&lone, |_| Ok(()))
                .unwrap_err()
        };
        assert_eq!(fill("${user}"), Unfilled::NoUser);
        assert_eq!(fill("${bucket}"), Unfilled::NoBucket);
        assert_eq!(fill("${conf:a.b}"), Unfilled::ConfUnset("a.b".to_owned()));
    }

    #[test]
    fn an_unknown_variable_is_pointed_at() {
        let cases = [
            (
                "x${USER}",
                1,
                "holds `${USER}`, which is unknown; write ${user}",
            ),
            (
                "é${tenant}",
                1,
                "holds `${tenant}`, which is unknown; write ${user}, ${group}, ${bucket} or ${conf:KEY}",
            ),
            ("${user", 0, "has a `${` without its `}`"),
            (
                "é${conf:ü}é${user}x${user",
                19,
                "has a `${` without its `}`",
            ),
            (
                "${user}${conf:}",
                7,
                "holds a `${conf:…}` without a proper key; write ${conf:KEY} for the job's rolecall.conf.KEY",
            ),
            (
                "${groups}",
                0,
                "holds `${groups}`, which is unknown; write ${group}",
            ),
        ];
        for (text, at, what) in cases {
            let misfit = Template::parse(text).unwrap_err();
            assert_eq!(
                (misfit.position(), misfit.to_string()),
                (Some(at), what.to_owned())
            );
        }
    }
}
