//! What exactly is asked of STS, and what makes two requests the same.

mod key;
mod plan;

pub use crate::rules::{
    ExternalId, PolicyArn, RoleArn, SessionName, SessionPolicy, SourceIdentity,
};
pub use key::SessionKey;
pub use plan::{Defaults, Plan, Planned, plan};

use std::collections::{BTreeMap, BTreeSet};
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
    /// The source identity, where the rules name one; it stays through all chained sessions.
    pub source_identity: Option<SourceIdentity>,
    /// Session tags by their keys; at most 50.
    pub tags: BTreeMap<String, String>,
    /// The keys of those tags that chained sessions inherit.
    pub transitive_tag_keys: BTreeSet<String>,
    /// The inline session policy.
    pub policy: Option<SessionPolicy>,
    /// Managed session policies; at most 10.
    pub policy_arns: BTreeSet<PolicyArn>,
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
