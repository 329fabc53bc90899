//! What exactly is asked of STS, and what makes two requests the same.

mod key;

pub use crate::rules::{ExternalId, RoleArn, SessionName};
pub use key::SessionKey;

use std::time::Duration;

use crate::error::{Code, Error};
use crate::route::{Decision, Request};
use crate::rules::{BaseSource, Rules};

/// What a request comes to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Plan {
    /// Assume a role.
    Assume(Session),
    /// Use the base credentials as they are: the rules say so.
    UseBase(BaseSource),
}

/// A plan and the rule it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What to do.
    pub plan: Plan,
    /// The rule's name, or `otherwise`; several that lead to the same are joined by ` or `.
    pub rule: String,
    /// The duration that was asked for, where it was cut to the hour that role chaining allows.
    pub shortened_from: Option<Duration>,
}

/// An AssumeRole call, whole but for the credentials that sign it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// The role.
    pub role: RoleArn,
    /// The role session name.
    pub name: SessionName,
    /// 900 to 43200 whole seconds.
    pub duration: Duration,
    /// The external ID, where the rules name one.
    pub external_id: Option<ExternalId>,
    /// A URL with scheme; none: the region's own.
    pub sts_endpoint: Option<String>,
    /// The region that STS is asked in; none: as the AWS environment and profile say.
    pub region: Option<String>,
    /// Whose credentials sign.
    pub base: BaseSource,
}

impl Session {
    /// What makes two calls the same: equal keys share one session.
    pub fn key(&self, base_identity: &[u8]) -> SessionKey {
        SessionKey::of(self, base_identity)
    }
}

/// What the settings fill where the rules file leaves it open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// `rolecall.session.duration`, 900 to 43200 s.
    pub duration: Option<Duration>,
    /// `rolecall.sts.endpoint`, a URL with scheme.
    pub sts_endpoint: Option<String>,
    /// `rolecall.sts.region`.
    pub region: Option<String>,
    /// `rolecall.base`.
    pub base: Option<BaseSource>,
}

/// Plans what a decision asks of STS, where all its possible outcomes come to the same.
///
/// # Errors
/// RC201 and RC202 for a deny, RC203 where they differ, RC205, RC206 and RC208 where a template
/// can't be filled.
pub fn plan(
    _rules: &Rules,
    _decision: &Decision,
    _request: &Request,
    _defaults: &Defaults,
) -> Result<Planned, Error> {
    Err(Error::new(Code::LocationAmbiguous, ""))
}
