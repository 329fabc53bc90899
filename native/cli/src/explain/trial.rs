//! `--try`: what STS answers to the session that the rules lead to.

use std::sync::Arc;
use std::time::Duration;

use rolecall_core::engine::Engine;
use rolecall_core::error::Error;
use rolecall_core::session::{Defaults, Plan};
use rolecall_core::settings::resolve_without_rules;
use rolecall_core::surroundings::Surroundings;
use serde::Serialize;

/// What came of a trial. It holds no key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tried {
    pub outcome: TrialOutcome,
    /// The session's ARN, as STS says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// When the session ends, as STS says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Why not, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Why not, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TrialOutcome {
    /// STS gave the session, or the base has credentials.
    Ok,
    /// STS refuses it.
    Refused,
    /// It could not be found out.
    Failed,
}

/// Tries sessions, each of them once.
pub struct Trial {
    engine: Arc<Engine>,
    timeout: Duration,
}

impl Trial {
    /// A trial with this process's settings, and what they fill where rules leave something open.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn of_this_process() -> Result<(Self, Defaults), Error> {
        let surroundings = Surroundings::of_this_process();
        let asking = resolve_without_rules(&surroundings)?;
        let trial = Self {
            engine: Engine::start(surroundings)?,
            timeout: asking.timeout,
        };
        Ok((trial, asking.defaults))
    }

    /// Asks STS for what was planned. A session that was asked for before is not asked for again.
    pub fn of(&self, plan: &Plan) -> Tried {
        let empty = Tried {
            outcome: TrialOutcome::Ok,
            arn: None,
            expires: None,
            error: None,
            message: None,
        };
        let tried = match plan {
            Plan::Assume(session) => {
                self.engine
                    .try_session(session, self.timeout)
                    .map(|assumed| Tried {
                        expires: Some(assumed.ends_in_words()),
                        arn: assumed.arn,
                        ..empty.clone()
                    })
            }
            Plan::UseBase(base) => self
                .engine
                .try_base(base, self.timeout)
                .map(|_| empty.clone()),
        };
        tried.unwrap_or_else(|error| Tried {
            outcome: if error.code().is_refusal() {
                TrialOutcome::Refused
            } else {
                TrialOutcome::Failed
            },
            error: Some(error.code().to_string()),
            message: Some(error.message().to_owned()),
            ..empty
        })
    }
}

impl Tried {
    /// Whether somebody gets credentials.
    pub fn is_ok(&self) -> bool {
        self.outcome == TrialOutcome::Ok
    }

    /// One line.
    pub fn in_words(&self) -> String {
        match (&self.error, &self.message, &self.arn, &self.expires) {
            (Some(error), Some(message), ..) => format!("{error}: {message}"),
            (_, _, Some(arn), Some(expires)) => format!("ok: {arn} until {expires}"),
            (_, _, None, Some(expires)) => format!("ok: until {expires}"),
            _ => "ok: the base has credentials".to_owned(),
        }
    }
}
