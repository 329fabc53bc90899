//! The reasons of a decision, for people and for programs.

use std::fmt;

use serde::Serialize;

use super::caller::Groups;
use super::request::Request;
use super::truth::Truth;
use super::walk::{Routing, walk};
use super::witness::{Check, Condition, Step, Steps};
use crate::rules::{Quoted, QuotedList, Rules};

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
    /// Its field: `users`, `conf.KEY`, `prefixes` or `groups`.
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
    let candidates = match walk(rules, rules.in_order(), request, &mut steps) {
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
                    reason: reason(step, check, request),
                })
                .collect(),
        }
    }
}

fn reason(step: &Step<'_>, check: &Check<'_>, request: &Request) -> String {
    let conditions = &step.rule.conditions;
    let caller = &request.caller;
    let empty = Vec::new();
    match &check.condition {
        Condition::Users => format!(
            "{} is {}{}",
            Quoted(&caller.user),
            not(check.truth),
            QuotedList(conditions.users.as_ref().unwrap_or(&empty)),
        ),
        Condition::Groups => {
            let known = match &caller.groups {
                Groups::Known(groups) => groups.as_slice(),
                Groups::NotAsked | Groups::Unknown { .. } => &[],
            };
            let named = conditions.groups.as_ref().unwrap_or(&empty);
            match named.iter().find(|group| known.contains(group)) {
                Some(group) => format!("{} is in {}", Quoted(&caller.user), Quoted(group)),
                None => format!(
                    "{} is in none of {}",
                    Quoted(&caller.user),
                    QuotedList(named)
                ),
            }
        }
        Condition::Conf(key) => format!(
            "rolecall.conf.{key} is {}{}",
            not(check.truth),
            QuotedList(conditions.conf.get(*key).unwrap_or(&empty)),
        ),
        Condition::Prefixes => {
            let prefixes: Vec<String> = conditions
                .prefixes
                .iter()
                .flatten()
                .map(ToString::to_string)
                .collect();
            let location = &request.location;
            if location.bucket().is_none() {
                return format!(
                    "the location is unknown, and may be below {}",
                    QuotedList(&prefixes)
                );
            }
            match check.truth {
                Truth::True => format!("{location} is below {}", QuotedList(&prefixes)),
                Truth::False => format!("{location} is not below {}", QuotedList(&prefixes)),
                Truth::Unknown => format!(
                    "some paths of {location} may be below {}",
                    QuotedList(&prefixes)
                ),
            }
        }
    }
}

fn not(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "one of ",
        Truth::False | Truth::Unknown => "not one of ",
    }
}

/// One line a rule: its name, whether it matches, and the condition that decides.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self
            .walk
            .iter()
            .map(|walked| walked.rule.chars().count())
            .max()
            .unwrap_or_default();
        for walked in &self.walk {
            write!(f, "  {:width$}  {:7}  ", walked.rule, walked.matches)?;
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
                write!(f, "{}: {}", examined.condition, examined.reason)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
