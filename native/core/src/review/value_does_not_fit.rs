//! Listed names that a template can't take: `value-does-not-fit`.
//!
//! Warns about a value of `users`, of `groups`, or of a key's `conf` that does not fit where the rule's
//! own template (of the role, the session or a prefix) puts it: whoever has that name is refused
//! (RC206).
//!
//! Silent about names that are not listed.

use std::collections::BTreeMap;

use super::found::Found;
use super::subject::{Subject, sample};
use super::templates::{fields, fill, variables};
use crate::rules::{Names, Outcome, Quoted, Rule, Step, Trail, Unfilled, Values};

/// How many values of a rule are told.
const MOST: usize = 10;

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    for (number, rule) in subject.each() {
        let taken = taken(rule);
        if taken.is_empty() {
            continue;
        }
        let mut conf: BTreeMap<String, String> = taken
            .iter()
            .filter_map(|name| Some((name.strip_prefix("conf:")?.to_owned(), "xx".to_owned())))
            .collect();
        let mut told = 0;
        for name in &taken {
            let (names, field) = match name.strip_prefix("conf:") {
                Some(key) => (
                    rule.conditions.conf.get(key),
                    Trail::default()
                        .then("conf")
                        .then(Step::Field(key.to_owned().into())),
                ),
                None if name == "user" => (
                    rule.conditions.users.as_ref(),
                    Trail::default().then("users"),
                ),
                None if name == "group" => (
                    rule.conditions.groups.as_ref(),
                    Trail::default().then("groups"),
                ),
                None => continue,
            };
            for (value, listed) in names.into_iter().flat_map(Names::iter).enumerate() {
                if told == MOST {
                    break;
                }
                let unfit = match name.strip_prefix("conf:") {
                    Some(key) => {
                        let before = conf.insert(key.to_owned(), listed.to_owned());
                        let unfit = unfit(rule, &sample(&conf));
                        conf.insert(key.to_owned(), before.unwrap_or_default());
                        unfit
                    }
                    None if name == "user" => unfit(
                        rule,
                        &Values {
                            user: listed,
                            ..sample(&conf)
                        },
                    ),
                    None => unfit(
                        rule,
                        &Values {
                            group: Some(listed),
                            ..sample(&conf)
                        },
                    ),
                };
                if let Some((at, why)) = unfit {
                    told += 1;
                    found.in_rule(
                        number,
                        field.then(value),
                        format!(
                            "{} does not fit into `{at}`, where `${{{name}}}` puts it: it {why}; such a caller is refused (RC206): give the name a rule of its own without the template",
                            Quoted(listed)
                        ),
                    );
                }
            }
        }
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

fn unfit(rule: &Rule, values: &Values<'_>) -> Option<(Trail, String)> {
    let why = |unfilled| match unfilled {
        Unfilled::Unfit { why, .. } => Some(why),
        _ => None,
    };
    if let Outcome::Assume(assume) = &rule.outcome
        && let Err((trail, unfilled)) = fill(assume, values)
    {
        return Some((trail, why(unfilled)?));
    }
    let prefixes = rule.conditions.prefixes.iter().flatten();
    let mut unfit = prefixes.filter_map(|prefix| prefix.check(values).err());
    Some((Trail::default().then("prefixes"), why(unfit.next()?)?))
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
