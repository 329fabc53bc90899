//! One key's credentials: what is held, the flight, and what failed last.

mod failing;
mod flight;
mod renewing;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use self::failing::Failing;
use super::fetch::Fetch;
use super::term::Kept;
use crate::clock::{Clock, Reading};
use crate::error::{Code, Error};
use crate::lock::lock;

/// A forced renewal is taken up at most once in this time.
const FORCED_AT_MOST_EVERY: Duration = Duration::from_secs(10);
/// An entry that nobody asked for in this time is not renewed.
const IDLE_AFTER: Duration = Duration::from_secs(10 * 60);

/// What is wanted of an entry.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Credentials must have been asked for at this monotonic time or later; older ones are
    /// answered only if asking failed since. Zero: valid is enough.
    pub since: Duration,
    /// How long a flight that this starts tries what may pass.
    pub patience: Duration,
    /// Whether asking keeps the entry renewed. Where not, what is valid is answered and nothing
    /// is fetched.
    pub keep: bool,
}

impl Wish {
    /// Valid credentials, for somebody who waits for `patience`.
    pub fn valid(patience: Duration) -> Self {
        Self {
            since: Duration::ZERO,
            patience,
            keep: true,
        }
    }
}

/// What an entry says.
#[derive(Debug)]
pub enum Answer<A> {
    /// Valid credentials.
    Valid(Arc<Kept<A>>),
    /// None, and why.
    Failed(Error),
    /// A flight is under way: wait for [`Entry::landings`].
    Flying,
}

/// One key's credentials. Shared by all who want them.
pub struct Entry<F: Fetch> {
    fetch: F,
    clock: Arc<dyn Clock>,
    runtime: Handle,
    interest: AtomicUsize,
    landings: watch::Sender<u64>,
    state: Mutex<State<F::About>>,
}

struct State<A> {
    kept: Option<Arc<Kept<A>>>,
    failing: Option<Failing>,
    flying: bool,
    forced: Option<Duration>,
    asked: Duration,
    patience: Duration,
    renewing: bool,
}

impl<F: Fetch> Entry<F> {
    pub(super) fn new(fetch: F, clock: Arc<dyn Clock>, runtime: Handle) -> Arc<Self> {
        let now = clock.now();
        Arc::new(Self {
            fetch,
            clock,
            runtime,
            interest: AtomicUsize::new(0),
            landings: watch::Sender::new(0),
            state: Mutex::new(State {
                kept: None,
                failing: None,
                flying: false,
                forced: None,
                asked: now,
                patience: Duration::ZERO,
                renewing: false,
            }),
        })
    }

    /// Answers at once. Where something is missing or due it starts a flight, unless one is under
    /// way or a failure is too young.
    pub fn ask(self: &Arc<Self>, wish: Wish) -> Answer<F::About> {
        let at = self.clock.reading();
        let mut state = self.state();
        if wish.keep {
            state.asked = at.now;
            state.patience = wish.patience;
        }
        let valid = state.kept.clone().filter(|kept| kept.is_valid(at));
        let Some(kept) = valid else {
            return self.ask_for_missing(state, wish, at);
        };
        let tried_in_vain = state
            .failing
            .as_ref()
            .is_some_and(|it| it.last >= wish.since);
        if kept.asked() < wish.since && !tried_in_vain && wish.keep {
            self.fly(&mut state, at.now);
            return Answer::Flying;
        }
        if wish.keep {
            let too_young = state.failing.as_ref().is_some_and(|it| at.now < it.again);
            if kept.due_in(at).is_zero() && !too_young {
                self.fly(&mut state, at.now);
            }
            self.keep_renewing(&mut state);
        }
        Answer::Valid(kept)
    }

    fn ask_for_missing(
        self: &Arc<Self>,
        mut state: MutexGuard<'_, State<F::About>>,
        wish: Wish,
        at: Reading,
    ) -> Answer<F::About> {
        if state.flying {
            return Answer::Flying;
        }
        if let Some(failing) = state.failing.as_ref().filter(|it| at.now < it.again) {
            return Answer::Failed(failing.error_at(at.now));
        }
        if !wish.keep {
            return Answer::Failed(Error::new(
                Code::SessionEnded,
                "its credentials have ended, and the provider was closed, so that they are not \
                 renewed; open a new file system",
            ));
        }
        self.fly(&mut state, at.now);
        Answer::Flying
    }

    /// Waits until there is an answer.
    ///
    /// # Errors
    /// The flight's.
    pub async fn get(self: &Arc<Self>, wish: Wish) -> Result<Arc<Kept<F::About>>, Error> {
        let mut landings = self.landings();
        loop {
            match self.ask(wish) {
                Answer::Valid(kept) => return Ok(kept),
                Answer::Failed(error) => return Err(error),
                Answer::Flying => {
                    // The sender lives as long as `self`, so this fails never.
                    let _ = landings.changed().await;
                }
            }
        }
    }

    /// The moment since which credentials must have been asked for, where somebody wants new ones
    /// now: the present, but at most one such moment in 10 seconds.
    pub fn force(&self) -> Duration {
        let now = self.clock.now();
        let mut state = self.state();
        match state.forced {
            Some(forced) if now.saturating_sub(forced) < FORCED_AT_MOST_EVERY => forced,
            _ => *state.forced.insert(now),
        }
    }

    /// Changes with each landing from now on.
    pub fn landings(&self) -> watch::Receiver<u64> {
        self.landings.subscribe()
    }

    /// Keeps the entry renewed, while it is asked now and then, until the value is dropped.
    pub fn interest(self: &Arc<Self>) -> Interest<F> {
        self.interest.fetch_add(1, Ordering::Relaxed);
        Interest {
            entry: Arc::clone(self),
        }
    }

    /// Whether the entry can go: nobody holds it and nothing is under way.
    pub(super) fn is_abandoned(self: &Arc<Self>) -> bool {
        let at = self.clock.reading();
        let state = self.state();
        let idle = at.now.saturating_sub(state.asked) > IDLE_AFTER;
        let useless = state.kept.as_ref().is_none_or(|kept| !kept.is_valid(at));
        let held_back = state.failing.as_ref().is_some_and(|it| at.now < it.again);
        self.interest.load(Ordering::Relaxed) == 0
            && Arc::strong_count(self) == 1
            && !state.flying
            && (idle || (useless && !held_back))
    }

    fn state(&self) -> MutexGuard<'_, State<F::About>> {
        lock(&self.state)
    }
}

/// Somebody's interest in an entry; while there is any, it is renewed ahead of its end.
pub struct Interest<F: Fetch> {
    entry: Arc<Entry<F>>,
}

impl<F: Fetch> Interest<F> {
    /// What it is an interest in.
    pub fn entry(&self) -> &Arc<Entry<F>> {
        &self.entry
    }
}

impl<F: Fetch> Drop for Interest<F> {
    fn drop(&mut self) {
        self.entry.interest.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<F: Fetch> fmt::Debug for Interest<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Interest").field(&self.entry).finish()
    }
}

impl<F: Fetch> fmt::Debug for Entry<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("of", &self.fetch.name())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
