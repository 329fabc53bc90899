//! Names that a template can't take: `value-does-not-fit`.
//!
//! Warns about a value of `users`, of `groups`, or of a key's `conf` that does not fit where the rule's
//! own template (of the role, the session or a prefix) puts it: whoever has that name is refused
//! (RC206), by a prefix in its bucket. Where no names are listed, it warns about an expression of `usersMatching` or
//! `groupsMatching` of which every name begins with a text that holds what does not fit.
//!
//! Silent about names that are not listed and begin differently, and about expressions where `not`
//! has some of the same kind, which may rule the names out.

use std::collections::BTreeMap;

use super::found::Found;
use super::subject::{Subject, sample};
use super::templates::{fields, fill, refused_at, to_fill_in, variables};
use crate::rules::{
    Conditions, Names, Outcome, Pattern, Quoted, Rule, Step, Trail, Unfilled, Values,
};

/// How many values of a rule are told.
const MOST: usize = 10;

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    for (number, rule) in subject.each() {
        let taken = taken(rule);
        if taken.is_empty() {
            continue;
        }
        let conf: BTreeMap<String, String> = taken
            .iter()
            .filter_map(|name| Some((name.strip_prefix("conf:")?.to_owned(), "xx".to_owned())))
            .collect();
        let suspects = taken
            .iter()
            .flat_map(|name| suspects(name, &rule.conditions));
        let told = suspects
            .filter_map(|suspect| Some((suspect.told(rule, &conf)?, suspect.field)))
            .take(MOST);
        for (what, field) in told {
            found.in_rule(number, field, what);
        }
    }
}

/// A text that a template may be filled with.
struct Suspect<'a> {
    /// What the template takes, as it stands between `${` and `}`.
    name: &'a str,
    /// Where the text stands in the rule.
    field: Trail,
    says: Says<'a>,
}

/// What is known of the value.
enum Says<'a> {
    /// It is listed.
    Value(&'a str),
    /// Every value that the expression matches begins so.
    Beginning(&'a Pattern, String),
}

/// What the conditions say of a value that a template takes.
fn suspects<'a>(name: &'a str, conditions: &'a Conditions) -> Vec<Suspect<'a>> {
    let not = conditions.not.as_deref();
    if let Some(key) = name.strip_prefix("conf:") {
        let field = Trail::default()
            .then("conf")
            .then(Step::Field(key.to_owned().into()));
        return listed(name, &field, conditions.conf.get(key));
    }
    let (field, names, matching, patterns, excluded) = match name {
        "user" => (
            "users",
            conditions.users.as_ref(),
            "usersMatching",
            conditions.users_matching.as_ref(),
            not.is_some_and(|not| not.users_matching.is_some()),
        ),
        "group" => (
            "groups",
            conditions.groups.as_ref(),
            "groupsMatching",
            conditions.groups_matching.as_ref(),
            not.is_some_and(|not| not.groups_matching.is_some()),
        ),
        _ => return vec![],
    };
    if names.is_some() || excluded {
        return listed(name, &Trail::default().then(field), names);
    }
    let patterns = patterns.into_iter().flatten().enumerate();
    patterns
        .map(|(index, pattern)| Suspect {
            name,
            field: Trail::default().then(matching).then(index),
            says: Says::Beginning(pattern, pattern.literal_start()),
        })
        .collect()
}

fn listed<'a>(name: &'a str, field: &Trail, names: Option<&'a Names>) -> Vec<Suspect<'a>> {
    let names = names.into_iter().flat_map(Names::iter).enumerate();
    names
        .map(|(index, value)| Suspect {
            name,
            field: field.then(index),
            says: Says::Value(value),
        })
        .collect()
}

impl Suspect<'_> {
    /// What to tell of it where it does not fit; `conf` has a value that fits for each key.
    fn told(&self, rule: &Rule, conf: &BTreeMap<String, String>) -> Option<String> {
        let (text, is_whole) = match &self.says {
            Says::Value(value) => (*value, true),
            Says::Beginning(_, beginning) if beginning.is_empty() => return None,
            Says::Beginning(_, beginning) => (beginning.as_str(), false),
        };
        let Unfit { at, why, place } = match self.name {
            "user" => unfit(
                rule,
                is_whole,
                &Values {
                    user: text,
                    ..sample(conf)
                },
            ),
            "group" => unfit(
                rule,
                is_whole,
                &Values {
                    group: Some(text),
                    ..sample(conf)
                },
            ),
            name => {
                let mut conf = conf.clone();
                conf.insert(name.strip_prefix("conf:")?.to_owned(), text.to_owned());
                unfit(rule, is_whole, &sample(&conf))
            }
        }?;
        let (value, refused, remedy) = match &self.says {
            Says::Value(value) => (
                Quoted(value).to_string(),
                "such a caller is refused (RC206)",
                "give the name a rule of its own without the template",
            ),
            Says::Beginning(pattern, beginning) => (
                format!(
                    "what {} matches begins with {}, which",
                    Quoted(pattern.as_str()),
                    Quoted(beginning)
                ),
                "such callers are refused (RC206)",
                "give these names a rule of their own without the template",
            ),
        };
        Some(format!(
            "{value} does not fit into `{at}`, where `${{{}}}` puts it: it {why}; {refused}{place}: {remedy}",
            self.name
        ))
    }
}

/// What a rule's templates take.
fn taken(rule: &Rule) -> Vec<String> {
    let mut texts: Vec<String> = match &rule.outcome {
        Outcome::Assume(assume) => fields(assume).into_iter().map(|(_, text)| text).collect(),
        Outcome::UseBase | Outcome::Deny(_) => vec![],
    };
    let prefixes = rule.conditions.prefixes.iter().flatten();
    texts.extend(prefixes.map(ToString::to_string));
    let mut taken: Vec<String> = texts
        .iter()
        .flat_map(|text| variables(text))
        .map(str::to_owned)
        .collect();
    taken.sort();
    taken.dedup();
    taken
}

/// What can't be filled in.
struct Unfit {
    /// The field.
    at: Trail,
    why: String,
    /// Where callers are refused for it, with a space before; empty where the rule's matching decides.
    place: String,
}

/// What can't be filled in with these values. What is only the beginning of a value is judged by its
/// characters alone: how long the whole is stays open.
fn unfit(rule: &Rule, is_whole: bool, values: &Values<'_>) -> Option<Unfit> {
    let why = |unfilled| match unfilled {
        Unfilled::Unfit { variable, why } if is_whole || variable.is_some() => Some(why),
        _ => None,
    };
    if let Outcome::Assume(assume) = &rule.outcome
        && let Err((at, unfilled)) = fill(assume, values)
    {
        let (why, place) = (why(unfilled)?, String::new());
        return Some(Unfit { at, why, place });
    }
    let unfit: Vec<_> = to_fill_in(rule.conditions.prefixes.as_ref())
        .into_iter()
        .filter_map(|(number, prefix)| {
            let why = why(prefix.check(values).err()?)?;
            Some((number, prefix, why))
        })
        .collect();
    let place = refused_at(unfit.iter().map(|(_, prefix, _)| *prefix));
    let (number, _, why) = unfit.into_iter().next()?;
    Some(Unfit {
        at: Trail::default().then("prefixes").then(number),
        why,
        place: format!(" {place}"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{told, warnings};

    fn unfit(rule: &str) -> Vec<(String, String)> {
        told(
            warnings(&format!(r#"{{"name": "r", {rule}}}"#)),
            "value-does-not-fit",
        )
    }

    const ROLE: &str = r#""role": "arn:aws:iam::111122223333:role/r-${user}""#;

    #[test]
    fn a_listed_name_that_can_not_be_filled_in_is_pointed_at() {
        assert_eq!(
            unfit(&format!(r#""users": ["ann", "DOMAIN\\bob"], {ROLE}"#)),
            [(
                "users[1]".to_owned(),
                "`DOMAIN\\bob` does not fit into `role`, where `${user}` puts it: it holds at character 7 what may not stand in a role's name: only letters, digits and _+=,.@- may; such a caller is refused (RC206): give the name a rule of its own without the template".to_owned()
            )]
        );
        for (rule, field) in [
            (
                r#""groups": ["Domain Users"], "role": "arn:aws:iam::111122223333:role/${group}""#,
                "groups[0]",
            ),
            (
                r#""conf": {"t": ["a", "a/b"]}, "role": "arn:aws:iam::111122223333:role/${conf:t}""#,
                "conf.t[1]",
            ),
            (
                r#""conf": {"t": ["a/b"]}, "prefixes": ["s3://b/${conf:t}"], "deny": "x""#,
                "conf.t[0]",
            ),
            (
                r#""users": ["a"], "role": "arn:aws:iam::111122223333:role/r", "session": {"sourceIdentity": "${user}"}"#,
                "users[0]",
            ),
        ] {
            let told = unfit(rule);
            assert_eq!(told.len(), 1, "{rule}");
            assert_eq!(told[0].0, field, "{rule}");
        }
    }

    #[test]
    fn an_expression_whose_names_all_begin_with_what_does_not_fit_is_pointed_at() {
        assert_eq!(
            unfit(&format!(r#""usersMatching": ["ann", "svc/[a-z]+"], {ROLE}"#)),
            [(
                "usersMatching[1]".to_owned(),
                "what `svc/[a-z]+` matches begins with `svc/`, which does not fit into `role`, where `${user}` puts it: it holds at character 4 what may not stand in a role's name: only letters, digits and _+=,.@- may; such callers are refused (RC206): give these names a rule of their own without the template".to_owned()
            )]
        );
        for (rule, field) in [
            (
                r#""groupsMatching": ["Domain Users.*"], "role": "arn:aws:iam::111122223333:role/${group}""#,
                "groupsMatching[0]",
            ),
            (
                r#""usersMatching": ["CORP\\\\.*"], "role": "arn:aws:iam::111122223333:role/r", "session": {"sourceIdentity": "${user}"}"#,
                "usersMatching[0]",
            ),
            (
                r#""usersMatching": ["a/.*"], "prefixes": ["s3://b/${user}/"], "deny": "x""#,
                "usersMatching[0]",
            ),
        ] {
            let told = unfit(rule);
            assert_eq!(told.len(), 1, "{rule}");
            assert_eq!(told[0].0, field, "{rule}");
        }
    }

    #[test]
    fn expressions_whose_names_may_fit_are_fine() {
        let long = "x".repeat(70);
        for fields in [
            r#""usersMatching": ["svc/a|bob"]"#.to_owned(),
            r#""usersMatching": ["svc/?[a-z]+"]"#.to_owned(),
            r#""usersMatching": ["a", "[/a]+", "(a|b/).*"]"#.to_owned(),
            // What is too long together is told where names are listed.
            format!(r#""usersMatching": ["{long}.*"]"#),
            r#""users": ["ann"], "usersMatching": ["svc/.*"]"#.to_owned(),
            r#""usersMatching": ["svc/.*"], "not": {"usersMatching": ["svc/.*"]}"#.to_owned(),
            r#""usersMatching": ["s.*"], "session": {"sourceIdentity": "${user}"}"#.to_owned(),
        ] {
            assert!(unfit(&format!("{fields}, {ROLE}")).is_empty(), "{fields}");
        }
    }

    #[test]
    fn by_a_prefix_callers_are_refused_in_its_bucket() {
        let end = |prefixes: &str| -> Option<String> {
            let told = unfit(&format!(
                r#""users": ["a/b"], "prefixes": [{prefixes}], "use": "base""#
            ));
            let (_, what) = told.into_iter().next()?;
            let (_, end) = what.split_once("does not fit into ")?;
            let (field, end) = end.split_once(", where")?;
            let (_, end) = end.split_once("(RC206)")?;
            let (place, _) = end.split_once(": ")?;
            Some(format!("{field}{place}"))
        };
        for (prefixes, expected) in [
            (
                r#""s3://ok/", "s3://c/${user}/""#,
                Some("`prefixes[1]` at locations in s3://c/"),
            ),
            (
                r#""s3://d/${user}/", "s3://c/${user}/", "s3://d/${user}2/""#,
                Some("`prefixes[0]` at locations in s3://c/ and in one more bucket"),
            ),
            (
                r#""s3://c/x/", "s3://${user}/""#,
                Some("`prefixes[1]` wherever no other prefix of the rule covers the location"),
            ),
            (r#""s3://c/", "s3://c/${user}/""#, None),
        ] {
            assert_eq!(end(prefixes).as_deref(), expected, "{prefixes}");
        }
    }

    #[test]
    fn names_that_fit_and_names_that_nobody_lists_are_fine() {
        for rule in [
            format!(r#""users": ["ann", "b@x"], {ROLE}"#),
            format!(r#""usersMatching": [".*"], {ROLE}"#),
            r#""users": ["DOMAIN\\bob"], "role": "arn:aws:iam::111122223333:role/r""#.to_owned(),
            r#""users": ["王"], "role": "arn:aws:iam::111122223333:role/r", "session": {"name": "${user}"}"#.to_owned(),
        ] {
            assert!(unfit(&rule).is_empty(), "{rule}");
        }
    }
}
