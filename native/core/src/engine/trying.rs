//! One session, once, for somebody who wants to know whether STS gives it.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::Engine;
use crate::base::BaseIdentity;
use crate::cache::Wish;
use crate::error::{Code, Error};
use crate::rules::BaseSource;
use crate::session::Session;
use crate::sts::{Assume, AssumedRole};

impl Engine {
    /// Assumes a session's role, or finds that it did so before, and tells what STS says of it. The
    /// keys stay in the engine. Waits for up to `timeout` for what may pass.
    ///
    /// # Errors
    /// RC301 to RC310 for what STS says, RC401 to RC408 for the base.
    pub fn try_session(&self, session: &Session, timeout: Duration) -> Result<AssumedRole, Error> {
        let entry = self.sessions.entry(session.clone(), |session| {
            Assume::new(
                session.clone(),
                Arc::clone(&self.sts),
                Arc::clone(&self.bases),
            )
        });
        let kept = self.wait_out(async move { entry.get(Wish::valid(timeout)).await })?;
        Ok(kept.about().clone())
    }

    /// Finds base credentials and tells whose they are. The keys stay in the engine.
    ///
    /// # Errors
    /// RC401 to RC408.
    pub fn try_base(&self, base: &BaseSource, timeout: Duration) -> Result<BaseIdentity, Error> {
        let (bases, base) = (Arc::clone(&self.bases), base.clone());
        let kept =
            self.wait_out(async move { bases.signing(&base, Duration::ZERO, timeout).await })?;
        Ok(kept.about().clone())
    }

    /// Runs a task on the engine's own thread and parks this one until its end.
    fn wait_out<T: Send + 'static>(
        &self,
        task: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.handle.spawn(async move {
            // Whoever asked waits right below.
            let _ = sender.send(task.await);
        });
        receiver.recv().unwrap_or_else(|_| {
            Err(Error::new(
                Code::FlightBrokeOff,
                "asking for credentials broke off",
            ))
        })
    }
}
