//! One call of the source, from its start to its landing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::failing::Failing;
use super::{Entry, State};
use crate::cache::fetch::{Fetch, Fresh};
use crate::cache::term::Kept;
use crate::clock::Reading;
use crate::error::{Code, Error};

/// Serials of all entries, so that no two sets of keys of a process share one.
static SERIALS: AtomicU64 = AtomicU64::new(1);

impl<F: Fetch> Entry<F> {
    /// Starts a flight unless one is under way.
    pub(super) fn fly(self: &Arc<Self>, state: &mut State<F::About>, now: Duration) {
        if state.flying {
            return;
        }
        state.flying = true;
        let deadline = now.saturating_add(state.patience);
        let flight = Flight {
            entry: Arc::clone(self),
            landed: false,
        };
        self.runtime.spawn(async move {
            let result = flight.entry.fetch.fetch(deadline).await;
            flight.land(result);
        });
    }

    fn land(self: &Arc<Self>, result: Result<Fresh<F::About>, Error>) {
        let at = self.clock.reading();
        let mut state = self.state();
        state.flying = false;
        match result.and_then(|fresh| self.keep(&mut state, fresh, at)) {
            Ok(()) => state.failing = None,
            Err(error) => {
                let kept = state.kept.clone();
                let left = kept
                    .and_then(|kept| kept.left(at))
                    .filter(|it| !it.is_zero());
                let valid = state.kept.as_ref().is_some_and(|kept| kept.is_valid(at));
                tracing::warn!(
                    target: "rolecall::cache",
                    "{} {}: {error}",
                    self.fetch.name(),
                    if valid {
                        "could not be renewed, and what it has stays until it ends"
                    } else {
                        "could not be had"
                    },
                );
                let failing = Failing::after(state.failing.take(), error, at.now, valid, left);
                state.failing = Some(failing);
            }
        }
        drop(state);
        self.landings
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    fn keep(
        self: &Arc<Self>,
        state: &mut State<F::About>,
        fresh: Fresh<F::About>,
        at: Reading,
    ) -> Result<(), Error> {
        let same = state
            .kept
            .as_ref()
            .filter(|kept| **kept.credentials() == fresh.credentials)
            .map(|kept| kept.serial());
        let serial = same.unwrap_or_else(|| SERIALS.fetch_add(1, Ordering::Relaxed));
        let kept = Kept::new(fresh, serial, at);
        if !kept.is_valid(at) {
            return Err(Error::new(
                Code::SessionEnded,
                "its credentials ended before they arrived",
            ));
        }
        tracing::debug!(
            target: "rolecall::cache",
            "{} has {} (keys {}, {} left)",
            self.fetch.name(),
            if same.is_some() { "the keys it had" } else { "new keys" },
            kept.credentials().access_key_id(),
            kept.left(at)
                .map_or_else(|| "no end".to_owned(), |left| format!("{} s", left.as_secs())),
        );
        state.kept = Some(Arc::new(kept));
        self.keep_renewing(state);
        Ok(())
    }
}

/// A call under way. Lands in any case: also when its task panics or its runtime goes.
struct Flight<F: Fetch> {
    entry: Arc<Entry<F>>,
    landed: bool,
}

impl<F: Fetch> Flight<F> {
    fn land(mut self, result: Result<Fresh<F::About>, Error>) {
        self.landed = true;
        self.entry.land(result);
    }
}

impl<F: Fetch> Drop for Flight<F> {
    fn drop(&mut self) {
        if !self.landed {
            self.entry.land(Err(Error::new(
                Code::FlightBrokeOff,
                format!("{} broke off", self.entry.fetch.name()),
            )));
        }
    }
}
