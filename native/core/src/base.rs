//! Base credentials: whose keys sign the call to STS. One source a file.
//!
//! Bases are held by a cache of their own and renewed like sessions.

mod default_chain;
mod environment;
mod instance_profile;
mod properties;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use self::instance_profile::InstanceProfile;
use crate::aws::Aws;
use crate::cache::{Cache, Entry, Fetch, Fresh, Kept, Wish};
use crate::error::{Code, Error};
use crate::rules::BaseSource;

/// A source whose keys don't end (a file, the environment) is looked at again after this time.
const RECHECK: Duration = Duration::from_secs(30);
/// How old the keys of such a source may be when they sign: within this time one look serves many.
const FRESH_ENOUGH: Duration = Duration::from_secs(1);

/// The longest time that one look may take, whoever waits for it.
const LONGEST_LOOK: Duration = Duration::from_secs(30);

/// Who base credentials belong to, as far as their source tells; no secret.
///
/// An access key ID for keys that stay, the instance and its role for an instance profile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseIdentity(String);

impl BaseIdentity {
    /// What goes into a session's key.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Display for BaseIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Base credentials that are held.
pub type KeptBase = Kept<BaseIdentity>;

/// All bases of a process.
#[derive(Debug)]
pub struct Bases {
    aws: Arc<Aws>,
    instance_profile: Arc<InstanceProfile>,
    cache: Cache<BaseSource, Look>,
}

impl Bases {
    pub(crate) fn new(aws: Arc<Aws>, runtime: Handle) -> Self {
        Self {
            instance_profile: Arc::new(InstanceProfile::new(Arc::clone(&aws))),
            cache: Cache::new(Arc::clone(aws.clock()), runtime),
            aws,
        }
    }

    /// What holds the credentials of `source`.
    pub fn entry(&self, source: &BaseSource) -> Arc<Entry<Look>> {
        self.cache.entry(source.clone(), |source| Look {
            source: source.clone(),
            aws: Arc::clone(&self.aws),
            instance_profile: Arc::clone(&self.instance_profile),
        })
    }

    /// Credentials of `source` to sign with, asked for at `since` or later where that matters.
    ///
    /// # Errors
    /// RC401 to RC408.
    pub(crate) async fn signing(
        &self,
        source: &BaseSource,
        since: Duration,
        patience: Duration,
    ) -> Result<Arc<KeptBase>, Error> {
        let entry = self.entry(source);
        let mut wish = Wish {
            since,
            ..Wish::valid(patience)
        };
        let kept = entry.get(wish).await?;
        let clock = self.aws.clock();
        if kept.left(clock.reading()).is_some() {
            return Ok(kept);
        }
        // Looking is cheap where keys don't end, and a file that was replaced counts at once.
        wish.since = since.max(clock.now().saturating_sub(FRESH_ENOUGH));
        entry.get(wish).await
    }
}

/// Looks up one source.
#[derive(Debug)]
pub struct Look {
    source: BaseSource,
    aws: Arc<Aws>,
    instance_profile: Arc<InstanceProfile>,
}

impl Fetch for Look {
    type About = BaseIdentity;

    async fn fetch(&self, deadline: Duration) -> Result<Fresh<BaseIdentity>, Error> {
        let clock = self.aws.clock();
        let limit = deadline.saturating_sub(clock.now()).min(LONGEST_LOOK);
        tokio::time::timeout(limit, self.look(deadline))
            .await
            .unwrap_or_else(|_| Err(unanswered(&self.source, limit)))
    }

    fn name(&self) -> String {
        format!("base {}", self.source)
    }
}

impl Look {
    async fn look(&self, deadline: Duration) -> Result<Fresh<BaseIdentity>, Error> {
        match &self.source {
            BaseSource::DefaultChain => {
                default_chain::look(&self.aws, &self.instance_profile, deadline).await
            }
            BaseSource::InstanceProfile => self.instance_profile.look(deadline).await,
            BaseSource::Environment => {
                environment::look(self.aws.environment(), self.aws.clock().now())
            }
            BaseSource::Properties { file } => properties::look(file, self.aws.clock().now()).await,
        }
    }
}

/// A source that never answers must not keep its entry, and all sessions on it, waiting for good.
fn unanswered(source: &BaseSource, limit: Duration) -> Error {
    Error::new(
        Code::BaseFailed,
        format!(
            "the base {source} did not answer within {} s; see whether the endpoint, proxy or disk \
             that it comes from hangs",
            limit.as_secs()
        ),
    )
}

#[cfg(test)]
mod tests;
