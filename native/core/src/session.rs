//! What exactly is asked of STS, and what makes two requests the same.

mod key;
mod plan;

pub use crate::rules::{ExternalId, RoleArn, SessionName};
pub use key::SessionKey;
pub use plan::{Defaults, Plan, Planned, plan};

use std::time::Duration;

use crate::rules::BaseSource;

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
    /// What makes two calls the same: equal keys share one session. `base_identity` tells whose
    /// credentials sign, as the base knows it.
    pub fn key(&self, base_identity: &[u8]) -> SessionKey {
        SessionKey::of(self, base_identity)
    }
}
