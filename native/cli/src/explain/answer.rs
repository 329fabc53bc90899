//! What `rolecall explain` answers, as text and as JSON.

use std::fmt;

use rolecall_core::error::{Code, Error};
use rolecall_core::route::{Explanation, Location};
use rolecall_core::session::{Plan, Planned, Session};
use serde::Serialize;

/// The answer. Its JSON is documented in the command's help.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<AskedSession>,
    /// Whose credentials sign, or are used as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<String>,
    /// Why not, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// Why not, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    explanation: Explanation,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
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
struct AskedSession {
    name: String,
    duration_seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sts_endpoint: Option<String>,
}

impl Answer {
    /// What was planned, or why nothing is, with what was found on the way.
    pub fn of(planned: Result<Planned, Error>, explanation: Explanation) -> Self {
        match planned {
            Ok(Planned { plan, rule, .. }) => Self {
                rule: Some(rule),
                ..match plan {
                    Plan::Assume(session) => Self::assume(&session, explanation),
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
                    ..Self::refused(outcome, &error, explanation)
                }
            }
        }
    }

    /// Whether somebody gets credentials.
    pub fn is_decided(&self) -> bool {
        matches!(self.outcome, Outcome::Assume | Outcome::Base)
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

    fn empty(outcome: Outcome, explanation: Explanation) -> Self {
        Self {
            outcome,
            rule: None,
            role: None,
            session: None,
            base: None,
            message: None,
            error: None,
            explanation,
            note: None,
        }
    }

    fn assume(session: &Session, explanation: Explanation) -> Self {
        Self {
            role: Some(session.role.to_string()),
            session: Some(AskedSession {
                name: session.name.to_string(),
                duration_seconds: session.duration.as_secs(),
                external_id: session
                    .external_id
                    .as_ref()
                    .map(|id| id.as_str().to_owned()),
                region: session.region.clone(),
                sts_endpoint: session.sts_endpoint.clone(),
            }),
            base: Some(session.base.to_string()),
            ..Self::empty(Outcome::Assume, explanation)
        }
    }

    fn refused(outcome: Outcome, error: &Error, explanation: Explanation) -> Self {
        Self {
            message: Some(error.message().to_owned()),
            error: Some(error.code().to_string()),
            ..Self::empty(outcome, explanation)
        }
    }

    fn in_words(&self) -> String {
        match (&self.role, &self.base) {
            (Some(role), _) => role.clone(),
            (None, Some(base)) => format!("the base credentials ({base})"),
            (None, None) => "nothing".to_owned(),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let explanation = &self.explanation;
        let groups = match &explanation.groups {
            Some(groups) if groups.is_empty() => "in no group".to_owned(),
            Some(groups) => format!("in {}", groups.join(", ")),
            None => "groups unknown".to_owned(),
        };
        writeln!(f, "caller    {} ({groups})", explanation.user)?;
        let location = explanation.location.as_deref().unwrap_or("unknown");
        writeln!(f, "location  {location}")?;
        writeln!(f, "rules     {}", explanation.rules_hash)?;
        if !explanation.walk.is_empty() {
            write!(f, "\n{explanation}\n")?;
        }
        if let Some(rule) = &self.rule {
            writeln!(f, "rule      {rule}")?;
        }
        match self.outcome {
            Outcome::Assume => writeln!(f, "role      {}", self.in_words())?,
            Outcome::Base => writeln!(f, "gets      {}", self.in_words())?,
            Outcome::Deny | Outcome::Refused => writeln!(
                f,
                "refused   {}: {}",
                self.error.as_deref().unwrap_or_default(),
                self.message.as_deref().unwrap_or_default()
            )?,
        }
        if let Some(session) = &self.session {
            write!(
                f,
                "session   {} for {} s",
                session.name, session.duration_seconds
            )?;
            for (what, value) in [
                ("external ID", &session.external_id),
                ("region", &session.region),
                ("STS at", &session.sts_endpoint),
            ] {
                if let Some(value) = value {
                    write!(f, ", {what} {value}")?;
                }
            }
            writeln!(f)?;
            writeln!(f, "base      {}", self.base.as_deref().unwrap_or_default())?;
        }
        if let Some(note) = &self.note {
            writeln!(f, "note      {note}")?;
        }
        Ok(())
    }
}
