//! Session tags: what policies can ask of a session.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::misfit::{Misfit, unfit_character};
use super::nearest::nearest;
use super::quoted::Quoted;
use super::template::{Template, Unfilled, Values};

/// STS takes so many tags (API reference, `AssumeRole`).
const MOST: usize = 50;
/// In characters (API reference, `Tag`).
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;
const TAKES: &str = "letters, digits, spaces and _.:/=+-@";

/// The tags of a session, with values to fill in. Keys are written out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TagTemplates(BTreeMap<String, Template>);

impl TagTemplates {
    /// Reads tags in the order in which they are written.
    ///
    /// # Errors
    /// What is wrong, and with which tag, if it is one.
    pub(crate) fn parse(
        written: Vec<(String, String)>,
    ) -> Result<Self, Vec<(Option<String>, Misfit)>> {
        let mut wrong = Vec::new();
        if written.len() > MOST {
            wrong.push((
                None,
                Misfit::new(format!(
                    "holds {} tags; a session has at most {MOST}",
                    written.len()
                )),
            ));
        }
        let mut seen = HashMap::new();
        let mut tags = BTreeMap::new();
        for (key, value) in written {
            let folded = key.to_lowercase();
            if let Some(first) = seen.insert(folded, key.clone()) {
                let misfit = Misfit::new(format!(
                    "is the key {} again, because the case of letters counts for nothing in keys; keep one of them",
                    Quoted(&first)
                ));
                wrong.push((Some(key), misfit));
                continue;
            }
            match check_key(&key).and_then(|()| parse_value(&value)) {
                Ok(value) => {
                    tags.insert(key, value);
                }
                Err(misfit) => wrong.push((Some(key), misfit)),
            }
        }
        if wrong.is_empty() {
            Ok(Self(tags))
        } else {
            Err(wrong)
        }
    }

    /// Keys with the templates of their values, in the order of the keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Template)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The tags for a request; where a value can't be filled in, its key too.
    pub(crate) fn fill(
        &self,
        values: &Values<'_>,
    ) -> Result<BTreeMap<String, String>, (String, Unfilled)> {
        self.0
            .iter()
            .map(|(key, value)| match fill_value(value, values) {
                Ok(value) => Ok((key.clone(), value)),
                Err(unfilled) => Err((key.clone(), unfilled)),
            })
            .collect()
    }

    /// What is wrong with transitive keys that are no keys of these tags.
    pub(crate) fn check_transitive(&self, keys: &BTreeSet<String>) -> Vec<Misfit> {
        let unknown = keys.iter().filter(|key| !self.0.contains_key(*key));
        unknown
            .map(|key| {
                let known = self.0.keys().map(String::as_str);
                let remedy = match nearest(key, known) {
                    Some(meant) => format!("write {}", Quoted(meant)),
                    None => "add the tag, or take the key out".to_owned(),
                };
                Misfit::new(format!(
                    "{} is no key of the session's `tags`; {remedy}",
                    Quoted(key)
                ))
            })
            .collect()
    }
}

/// Reads the keys of tags that sessions inherit.
///
/// # Errors
/// What is wrong with one, and its index.
pub(crate) fn parse_transitive_keys(
    written: Vec<String>,
) -> Result<BTreeSet<String>, Vec<(usize, Misfit)>> {
    let mut keys = BTreeSet::new();
    let mut wrong = Vec::new();
    for (index, key) in written.into_iter().enumerate() {
        if let Err(misfit) = check_key(&key) {
            wrong.push((index, misfit));
        } else if !keys.insert(key) {
            wrong.push((index, Misfit::new("stands there twice; write it once")));
        }
    }
    if wrong.is_empty() {
        Ok(keys)
    } else {
        Err(wrong)
    }
}

/// Letters, digits and spaces of any script, as the API reference's pattern has them. Vowel signs
/// and the like count as letters here and not there; STS says so then.
fn fits(character: char) -> bool {
    character.is_alphanumeric()
        || (character.is_whitespace() && !character.is_control())
        || matches!(character, '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@')
}

fn check_key(key: &str) -> Result<(), Misfit> {
    if key.is_empty() {
        return Err(Misfit::new(
            "has an empty key; write one of 1 to 128 characters",
        ));
    }
    if key.contains("${") {
        return Err(Misfit::new(
            "has a `${` in its key, into which nothing is filled; write the key out",
        ));
    }
    if let Some(misfit) = unfit_character(key, fits) {
        return Err(Misfit::new(format!(
            "has a key that {misfit}; a key takes {TAKES}"
        )));
    }
    let length = key.chars().count();
    if length > LONGEST_KEY {
        return Err(Misfit::new(format!(
            "has a key of {length} characters; STS takes {LONGEST_KEY}"
        )));
    }
    if key
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
    {
        return Err(Misfit::new(
            "has a key that begins with `aws:`, which AWS keeps for itself; write another",
        ));
    }
    Ok(())
}

fn parse_value(text: &str) -> Result<Template, Misfit> {
    let template = Template::parse(text)?;
    for literal in template.literals() {
        if let Some(misfit) = unfit_character(literal, fits) {
            let misfit = Misfit::at(
                misfit.position().unwrap_or_default(),
                format!("{misfit}; a tag's value takes {TAKES}"),
            );
            return Err(if template.variables() == 0 {
                misfit
            } else {
                misfit.anywhere()
            });
        }
    }
    let length: usize = template.literals().map(|text| text.chars().count()).sum();
    if length + template.variables() > LONGEST_VALUE {
        return Err(Misfit::new(format!(
            "has {length} characters; STS takes {LONGEST_VALUE} in a tag's value"
        )));
    }
    Ok(template)
}

fn fill_value(template: &Template, values: &Values<'_>) -> Result<String, Unfilled> {
    let text = template.fill(values, |value| {
        if value.is_empty() {
            return Err("is empty".to_owned());
        }
        match value.chars().position(|c| !fits(c)) {
            Some(at) => Err(format!(
                "holds at character {} what may not stand in a tag's value: only {TAKES} may",
                at + 1
            )),
            None => Ok(()),
        }
    })?;
    let length = text.chars().count();
    if length > LONGEST_VALUE {
        return Err(Unfilled::whole(format!(
            "has {length} characters; STS takes {LONGEST_VALUE} in a tag's value"
        )));
    }
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(tags: &[(&str, &str)]) -> Result<TagTemplates, Vec<(Option<String>, Misfit)>> {
        let tags = tags
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        TagTemplates::parse(tags.collect())
    }

    fn fill(
        tags: &TagTemplates,
        tenant: &str,
    ) -> Result<BTreeMap<String, String>, (String, Unfilled)> {
        let conf = BTreeMap::from([("t".to_owned(), tenant.to_owned())]);
        tags.fill(&Values {
            user: "carol",
            group: None,
            bucket: None,
            conf: &conf,
        })
    }

    #[test]
    fn values_are_filled_in_and_keys_are_not() {
        let tags = parse(&[
            ("team", "x"),
            ("Owner Of", "${user}@${conf:t}"),
            ("empty", ""),
        ]);
        let tags = fill(&tags.unwrap(), "acme & co").unwrap_err();
        assert_eq!(tags.0, "Owner Of");
        let tags = parse(&[("team", "x"), ("Größe", "${user}@${conf:t}"), ("empty", "")]).unwrap();
        assert_eq!(
            fill(&tags, "acme 7").unwrap(),
            BTreeMap::from([
                ("team".to_owned(), "x".to_owned()),
                ("Größe".to_owned(), "carol@acme 7".to_owned()),
                ("empty".to_owned(), String::new()),
            ])
        );
        assert!(parse(&[("${user}", "x")]).is_err());
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let wrong = parse(&[
            ("", "x"),
            ("a", "x*"),
            ("A", "y"),
            ("aws:x", "y"),
            ("b", "${users}"),
            ("c\n", "x"),
        ])
        .unwrap_err();
        let keys: Vec<_> = wrong.iter().filter_map(|(key, _)| key.as_deref()).collect();
        assert_eq!(keys, ["", "a", "A", "aws:x", "b", "c\n"]);
    }

    #[test]
    fn a_value_may_not_grow_too_long() {
        let tags = parse(&[("a", "x${conf:t}")]).unwrap();
        assert!(fill(&tags, &"数".repeat(255)).is_ok());
        assert!(fill(&tags, &"x".repeat(256)).is_err());
        assert!(fill(&tags, "").is_err());
    }

    proptest! {
        #[test]
        fn no_value_reaches_another_tag(tenant in "\\PC{0,40}|[a-z&=*?$ {}\\x00]{0,12}") {
            let tags = parse(&[("tenant", "t/${conf:t}"), ("other", "fixed")]).unwrap();
            match fill(&tags, &tenant) {
                Ok(tags) => {
                    prop_assert_eq!(tags.len(), 2);
                    prop_assert_eq!(&tags["other"], "fixed");
                    prop_assert_eq!(&tags["tenant"], &format!("t/{tenant}"));
                }
                Err((key, _)) => {
                    prop_assert_eq!(key, "tenant");
                    prop_assert!(tenant.is_empty() || tenant.chars().any(|c| !fits(c)));
                }
            }
        }
    }
}
