//! What `rolecall explain` answers. Its JSON is described in docs/explain.md.

use std::collections::{BTreeMap, BTreeSet};

use rolecall_core::error::{Code, Error};
use rolecall_core::route::{Explanation, Location};
use rolecall_core::session::{Plan, Planned, Session};
use serde::Serialize;

use super::trial::Tried;

/// The answer for one caller at one location.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<AskedSession>,
    /// Whose credentials sign, or are used as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Why not, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Why not, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// A few words for the error.
    #[serde(skip)]
    pub error_title: Option<&'static str>,
    /// The caller's full name, where it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// Who asks in the caller's name, where that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub real_user: Option<String>,
    pub explanation: Explanation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What STS answered, where it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tried: Option<Tried>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// A role is assumed.
    Assume,
    /// The base credentials are used as they are.
    Base,
    /// A rule, or the end of the file, denies it.
    Deny,
    /// What holds can't be told, or can't be done.
    Refused,
}

/// The session that would be asked for.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AskedSession {
    pub name: String,
    pub duration_seconds: u64,
    /// What the rules or the settings ask for, where role chaining cuts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortened_from_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub transitive_tag_keys: BTreeSet<String>,
    /// The policy's JSON text, as STS gets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policy_arns: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sts_endpoint: Option<String>,
}

impl AskedSession {
    fn of(session: &Session) -> Self {
        Self {
            name: session.name.to_string(),
            duration_seconds: session.duration.as_secs(),
            shortened_from_seconds: None,
            external_id: session
                .external_id
                .as_ref()
                .map(|id| id.as_str().to_owned()),
            source_identity: session
                .source_identity
                .as_ref()
                .map(|identity| identity.as_str().to_owned()),
            tags: session.tags.clone(),
            transitive_tag_keys: session.transitive_tag_keys.clone(),
            policy: session
                .policy
                .as_ref()
                .map(|policy| policy.as_str().to_owned()),
            policy_arns: session
                .policy_arns
                .iter()
                .map(|arn| arn.as_str().to_owned())
                .collect(),
            region: session.region.clone(),
            sts_endpoint: session.sts_endpoint.clone(),
        }
    }
}

impl Answer {
    /// What was planned, or why nothing is, with what was found on the way.
    pub fn of(planned: Result<Planned, Error>, explanation: Explanation) -> Self {
        match planned {
            Ok(Planned {
                plan,
                rule,
                shortened_from,
            }) => Self {
                rule: Some(rule),
                ..match plan {
                    Plan::Assume(session) => Self {
                        role: Some(session.role.to_string()),
                        session: Some(AskedSession {
                            shortened_from_seconds: shortened_from
                                .map(|duration| duration.as_secs()),
                            ..AskedSession::of(&session)
                        }),
                        base: Some(session.base.to_string()),
                        ..Self::empty(Outcome::Assume, explanation)
                    },
                    Plan::UseBase(base) => Self {
                        base: Some(base.to_string()),
                        ..Self::empty(Outcome::Base, explanation)
                    },
                }
            },
            Err(error) => {
                let outcome = match error.code() {
                    Code::DeniedByRule | Code::DeniedByDefault => Outcome::Deny,
                    _ => Outcome::Refused,
                };
                let rule = (outcome == Outcome::Deny)
                    .then(|| explanation.candidates.first().cloned())
                    .flatten();
                Self {
                    rule,
                    message: Some(error.message().to_owned()),
                    error: Some(error.code().to_string()),
                    error_title: Some(error.code().title()),
                    ..Self::empty(outcome, explanation)
                }
            }
        }
    }

    /// Whether somebody gets credentials.
    pub fn is_decided(&self) -> bool {
        matches!(self.outcome, Outcome::Assume | Outcome::Base)
            && self.tried.as_ref().is_none_or(Tried::is_ok)
    }

    /// Notes where a file system, which knows no key, gets another answer.
    pub fn compare(&mut self, at_bucket: &Self, bucket: &Location) {
        let same = self.outcome == at_bucket.outcome
            && self.role == at_bucket.role
            && self.session == at_bucket.session
            && self.base == at_bucket.base;
        if !same {
            let instead = match at_bucket.outcome {
                Outcome::Assume | Outcome::Base => format!("gets {}", at_bucket.in_words()),
                Outcome::Deny | Outcome::Refused => format!(
                    "is refused with {}",
                    at_bucket.error.as_deref().unwrap_or("an error")
                ),
            };
            self.note = Some(format!(
                "a file system knows only {bucket}, and {instead}; run explain with --location {bucket}"
            ));
        }
    }

    /// Notes where rules looked at the groups of a caller in no group: from a look-up, no group at all
    /// is a failure.
    pub fn doubt_empty_groups(&mut self) {
        let looked_at =
            |condition: &str| condition.trim_start_matches("not.").starts_with("groups");
        let walk = &self.explanation.walk;
        if walk
            .iter()
            .flat_map(|walked| &walked.conditions)
            .any(|examined| looked_at(&examined.condition))
        {
            let doubt = "rules here ask for groups: where the look-up gives none, the library refuses (RC204) unless rolecall.groups.empty is `none`; name the caller's groups";
            self.note = Some(match self.note.take() {
                Some(note) => format!("{note}; {doubt}"),
                None => doubt.to_owned(),
            });
        }
    }

    fn empty(outcome: Outcome, explanation: Explanation) -> Self {
        Self {
            outcome,
            rule: None,
            role: None,
            session: None,
            base: None,
            message: None,
            error: None,
            error_title: None,
            principal: None,
            real_user: None,
            explanation,
            note: None,
            tried: None,
        }
    }

    /// What the caller gets.
    pub fn in_words(&self) -> String {
        match (&self.role, &self.base) {
            (Some(role), _) => role.clone(),
            (None, Some(base)) => format!("the base credentials ({base})"),
            (None, None) => "nothing".to_owned(),
        }
    }

    /// The caller's groups.
    pub fn groups_in_words(&self) -> String {
        match &self.explanation.groups {
            Some(groups) if groups.is_empty() => "in no group".to_owned(),
            Some(groups) => format!("in {}", groups.join(", ")),
            None => "groups unknown".to_owned(),
        }
    }
}

/// The answers for every caller at every location: all of a caller side by side.
#[derive(Debug)]
pub struct Answers {
    answers: Vec<Answer>,
    locations: usize,
}

/// Several answers as JSON.
#[derive(Serialize)]
struct Many<'a> {
    answers: &'a [Answer],
}

impl Answers {
    /// `locations` of them belong to each caller.
    pub fn new(answers: Vec<Answer>, locations: usize) -> Self {
        Self { answers, locations }
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Answer> {
        self.answers.iter()
    }

    /// The only one, where one caller was asked for at one location.
    pub fn only(&self) -> Option<&Answer> {
        match self.answers.as_slice() {
            [answer] => Some(answer),
            _ => None,
        }
    }

    /// Those of each caller.
    pub fn rows(&self) -> Vec<&[Answer]> {
        self.answers.chunks(self.locations.max(1)).collect()
    }

    /// One object for the only one; else an object with a list.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let mut json = match self.only() {
            Some(answer) => serde_json::to_string_pretty(answer),
            None => serde_json::to_string_pretty(&Many {
                answers: &self.answers,
            }),
        }?;
        json.push('\n');
        Ok(json)
    }
}
