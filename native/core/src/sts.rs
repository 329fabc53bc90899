//! AssumeRole: the call, what its errors mean, and what is tried again.

mod advice;
mod call;
mod trouble;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use self::call::Call;
use self::trouble::{Remedy, Trouble};
use crate::aws::{Aws, pause_after};
use crate::base::{Bases, KeptBase};
use crate::cache::{Fetch, Fresh};
use crate::error::Error;
use crate::session::Session;

pub use self::call::{AssumedRole, Sts};

/// The longest session that a session may assume, which STS calls role chaining.
const CHAINED_AT_MOST: Duration = Duration::from_secs(3_600);

/// Assumes one session's role, with the base's credentials.
#[derive(Debug)]
pub struct Assume {
    session: Session,
    sts: Arc<Sts>,
    bases: Arc<Bases>,
    shortened: AtomicBool,
}

impl Assume {
    pub(crate) fn new(session: Session, sts: Arc<Sts>, bases: Arc<Bases>) -> Self {
        Self {
            session,
            sts,
            bases,
            shortened: AtomicBool::new(false),
        }
    }

    /// What is asked for, cut to an hour where the base turns out to be a session: STS refuses
    /// more and does not cut.
    fn duration(&self, base: &KeptBase) -> Duration {
        let asked = self.session.duration;
        if asked <= CHAINED_AT_MOST || base.credentials().session_token().is_none() {
            return asked;
        }
        if !self.shortened.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                target: "rolecall::sts",
                "{} is asked for 3600 s and not for {} s: its base ({}) is a session itself, and \
                 STS allows role chaining no more",
                self.name(),
                asked.as_secs(),
                self.session.base,
            );
        }
        CHAINED_AT_MOST
    }

    async fn signing_base(
        &self,
        since: Duration,
        deadline: Duration,
    ) -> Result<Arc<KeptBase>, Error> {
        let patience = deadline.saturating_sub(self.clock().now());
        self.bases
            .signing(&self.session.base, since, patience)
            .await
    }

    fn clock(&self) -> &dyn crate::clock::Clock {
        self.aws().clock().as_ref()
    }

    fn aws(&self) -> &Aws {
        self.sts.aws()
    }
}

impl Fetch for Assume {
    type About = AssumedRole;

    async fn fetch(&self, deadline: Duration) -> Result<Fresh<AssumedRole>, Error> {
        let started = self.clock().now();
        let mut base = self.signing_base(Duration::ZERO, deadline).await?;
        let mut base_renewed = false;
        let mut signed_again = false;
        let mut attempts = 0_u32;
        let mut said_before = None;
        loop {
            let now = self.clock().now();
            let call = Call {
                session: &self.session,
                base: &base,
                duration: self.duration(&base),
            };
            let result = self.sts.attempt(&call, deadline.saturating_sub(now)).await;
            attempts = attempts.saturating_add(1);
            let trouble = match result {
                Ok(fresh) => return Ok(fresh),
                Err(trouble) => trouble,
            };
            let trouble = match said_before.take() {
                // What STS said counts for more than that our own deadline cut the next try short.
                Some(before) if self.is_cut_short(&trouble, deadline) => before,
                _ => trouble,
            };
            tracing::debug!(
                target: "rolecall::sts",
                "{}: attempt {attempts}: {trouble}",
                self.name(),
            );
            match trouble.remedy() {
                Remedy::TryAgain => {
                    let pause = pause_after(attempts);
                    if self.clock().now().saturating_add(pause) >= deadline {
                        return Err(self.error(&trouble, &base, attempts, started));
                    }
                    said_before = Some(trouble);
                    self.clock().sleep(pause).await;
                }
                Remedy::RenewBase if !base_renewed => {
                    base_renewed = true;
                    let refused = base.serial();
                    // An earlier look that failed does not count as this renewal.
                    let newer = base.asked().saturating_add(Duration::from_nanos(1));
                    let newer = newer.max(self.clock().now());
                    base = self.signing_base(newer, deadline).await?;
                    if base.serial() == refused {
                        return Err(self.error(&trouble, &base, attempts, started));
                    }
                }
                // The SDK has learnt from the answer's Date by how much this host's clock is
                // wrong, and signs the next request by that.
                Remedy::SignAgain if !signed_again => signed_again = true,
                _ => return Err(self.error(&trouble, &base, attempts, started)),
            }
        }
    }

    fn name(&self) -> String {
        format!("session {} of {}", self.session.name, self.session.role)
    }
}

impl Assume {
    fn is_cut_short(&self, trouble: &Trouble, deadline: Duration) -> bool {
        trouble.is_time_out() && self.clock().now() >= deadline
    }

    fn error(&self, trouble: &Trouble, base: &KeptBase, attempts: u32, started: Duration) -> Error {
        let tried = self.clock().now().saturating_sub(started);
        trouble.error(&self.session, base, attempts, tried)
    }
}

#[cfg(test)]
mod tests;
