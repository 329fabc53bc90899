//! The reasons of a decision, for people and for programs.

use std::fmt;

use serde::Serialize;

use super::caller::Groups;
use super::location::Location;
use super::matches::Matches;
use super::request::Request;
use super::truth::Truth;
use super::walk::{Routing, walk};
use super::witness::{Check, Field, Step, Steps};
use crate::rules::{Names, Pattern, Prefix, Quoted, QuotedList, Rules, Visible};

/// Why a decision is what it is: each rule that was walked by, and what was found there. What the
/// job's `rolecall.conf` holds is not in it.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The first 12 hex digits of the rules' SHA-256.
    pub rules_hash: String,
    /// The caller's short user name.
    pub user: String,
    /// The caller's groups; none where they were not asked for, or not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    /// The location as a URI; none where it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The rules in the order in which they were walked; those before the one at which the walk
    /// could not go on, where it came to no end.
    pub walk: Vec<Walked>,
    /// The rules whose outcome it may be; more than one where the location leaves some open, none
    /// where the walk came to no end.
    pub candidates: Vec<String>,
}

/// A rule that was walked by.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Walked {
    /// Its name.
    pub rule: String,
    /// Whether it matches.
    pub matches: Verdict,
    /// The conditions that were looked at, up to the first that fails.
    pub conditions: Vec<Examined>,
}

/// A condition that was looked at.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Examined {
    /// Its field, such as `users` or `conf.KEY`; with `not.` before it where it stands in `not`.
    pub condition: String,
    /// Whether it holds.
    pub holds: Verdict,
    /// In words.
    pub reason: String,
}

/// What is known of a rule or a condition.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It depends on what can't be seen from here.
    Unknown,
}

impl From<Truth> for Verdict {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::True => Self::Yes,
            Truth::False => Self::No,
            Truth::Unknown => Self::Unknown,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        })
    }
}

/// Walks each rule as [`route`](super::route) decides, and keeps the reasons. What `route` fails
/// with, or needs groups for, ends this walk too, and what was found before is told.
pub fn explain(rules: &Rules, request: &Request) -> Explanation {
    let mut steps = Steps::default();
    let candidates = match walk(
        rules,
        rules.in_order(),
        request,
        &Matches::Looked,
        &mut steps,
    ) {
        Ok(Routing::Decided(decision)) => decision.rule_names().map(str::to_owned).collect(),
        Ok(Routing::NeedGroups) | Err(_) => vec![],
    };
    Explanation {
        rules_hash: rules.hash().to_string(),
        user: request.caller.user.clone(),
        groups: match &request.caller.groups {
            Groups::Known(groups) => Some(groups.clone()),
            Groups::NotAsked | Groups::Unknown { .. } => None,
        },
        location: request
            .location
            .bucket()
            .map(|_| request.location.to_string()),
        walk: steps
            .walked
            .iter()
            .map(|step| Walked::of(step, request))
            .collect(),
        candidates,
    }
}

impl Walked {
    fn of(step: &Step<'_>, request: &Request) -> Self {
        Self {
            rule: step.rule.name.clone(),
            matches: step.verdict.into(),
            conditions: step
                .checks
                .iter()
                .map(|check| Examined {
                    condition: check.condition.to_string(),
                    holds: check.truth.into(),
                    reason: reason(check, request),
                })
                .collect(),
        }
    }
}

/// What was found, in words that are the same inside `not` and outside it.
fn reason(check: &Check<'_>, request: &Request) -> String {
    let caller = &request.caller;
    let truth = if check.condition.negated {
        !check.truth
    } else {
        check.truth
    };
    let user = Quoted(&caller.user);
    match &check.condition.field {
        Field::Users(names) => one_of(user, names, truth),
        Field::UsersMatching(patterns) => match first_match(patterns, &caller.user) {
            Some(pattern) => format!("{user} matches {}", Quoted(pattern)),
            None => format!("{user} matches none of {}", QuotedList(patterns)),
        },
        Field::Principals(names) => match &caller.principal {
            Some(principal) => one_of(Quoted(principal), names, truth),
            None => format!(
                "{user} has no full name here, so it is not one of {}",
                QuotedList(names.as_slice())
            ),
        },
        Field::RealUsers(names) => match &caller.real_user {
            Some(real_user) => one_of(
                format_args!("{}, who asks in the name of {user},", Quoted(real_user)),
                names,
                truth,
            ),
            None => format!(
                "nobody asks in the name of {user}, so not one of {}",
                QuotedList(names.as_slice())
            ),
        },
        Field::Conf(key, names) => one_of(format_args!("rolecall.conf.{key}"), names, truth),
        Field::Prefixes(prefixes) => below(prefixes, &request.location, truth),
        Field::Groups(names) => match names.iter().find(|name| caller.is_in(name)) {
            Some(group) => format!("{user} is in {}", Quoted(group)),
            None => format!("{user} is in none of {}", QuotedList(names.as_slice())),
        },
        Field::GroupsMatching(patterns) => {
            let matching = caller
                .known_groups()
                .iter()
                .filter_map(|group| Some((group, first_match(patterns, group)?)))
                .min();
            match matching {
                Some((group, pattern)) => {
                    format!(
                        "{user} is in {}, which matches {}",
                        Quoted(group),
                        Quoted(pattern)
                    )
                }
                None => format!("no group of {user} matches {}", QuotedList(patterns)),
            }
        }
    }
}

fn one_of(what: impl fmt::Display, names: &Names, truth: Truth) -> String {
    let not = match truth {
        Truth::True => "",
        Truth::False | Truth::Unknown => "not ",
    };
    format!("{what} is {not}one of {}", QuotedList(names.as_slice()))
}

fn first_match<'p>(patterns: &'p [Pattern], name: &str) -> Option<&'p str> {
    patterns
        .iter()
        .find(|pattern| pattern.matches(name))
        .map(Pattern::as_str)
}

fn below(prefixes: &[Prefix], location: &Location, truth: Truth) -> String {
    let prefixes: Vec<String> = prefixes.iter().map(ToString::to_string).collect();
    let prefixes = QuotedList(&prefixes);
    match truth {
        _ if location.bucket().is_none() => {
            format!("the location is unknown, and may be below {prefixes}")
        }
        Truth::True => format!("{location} is below {prefixes}"),
        Truth::False => format!("{location} is not below {prefixes}"),
        Truth::Unknown => format!("some paths of {location} may be below {prefixes}"),
    }
}

/// One line a rule: its name, whether it matches, and the condition that decides.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self
            .walk
            .iter()
            .map(|walked| Visible(&walked.rule).to_string())
            .collect();
        let width = names.iter().map(|name| name.chars().count()).max();
        let width = width.unwrap_or_default();
        for (walked, name) in self.walk.iter().zip(names) {
            write!(f, "  {name:width$}  {:7}  ", walked.matches)?;
            let telling: Vec<&Examined> = walked
                .conditions
                .iter()
                .filter(|examined| {
                    walked.matches == Verdict::Yes || examined.holds == walked.matches
                })
                .collect();
            if telling.is_empty() {
                f.write_str("it has no conditions")?;
            }
            for (index, examined) in telling.iter().enumerate() {
                if index > 0 {
                    f.write_str("; ")?;
                }
                write!(f, "{}: {}", Visible(&examined.condition), examined.reason)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
