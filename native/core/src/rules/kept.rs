//! Rules that are read again while they are in use.

use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::Duration;

use super::local_file::Stamp;
use super::source::Look;
use super::{Rules, RulesSource};
use crate::error::{Code, Error};
use crate::lock::lock;

/// When rules that never were good are looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// A rules source, read again every `refresh`. A version that is not good is refused, and the last
/// good one stays; where there are no rules any more, it stays for `max_stale`.
#[derive(Debug)]
pub struct KeptRules {
    source: RulesSource,
    refresh: Duration,
    max_stale: Duration,
    state: Mutex<State>,
    /// Held by the one thread that looks at the source; the others go on with the last good rules.
    looking: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    good: Option<Good>,
    /// The state of the source that was last read, good or not.
    seen: Option<Stamp>,
    /// Whether that one was good.
    seen_good: bool,
    /// Why there are no rules, or none any more.
    error: Option<Error>,
    /// When to look at the source again; at once where nothing was read yet.
    due: Duration,
}

#[derive(Debug)]
struct Good {
    rules: Arc<Rules>,
    /// When these rules, or a newer version that was refused, were last found where they belong.
    confirmed: Duration,
}

impl KeptRules {
    /// Keeps `source`; nothing is read before the first question.
    pub fn new(source: RulesSource, refresh: Duration, max_stale: Duration) -> Self {
        Self {
            source,
            refresh,
            max_stale,
            state: Mutex::default(),
            looking: Mutex::default(),
        }
    }

    /// The rules that hold at `now` (monotonic). Reads the source where it is due; only callers that
    /// have no rules yet wait for another's reading.
    ///
    /// # Errors
    /// Where no version was ever good, what is wrong with it: RC102 to RC107. RC109 where the rules
    /// are gone for longer than `max_stale`.
    pub fn current(&self, now: Duration) -> Result<Arc<Rules>, Error> {
        {
            let state = self.state();
            if now < state.due {
                return state.answer();
            }
        }
        let _looking = match self.looking.try_lock() {
            Ok(looking) => looking,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                let state = self.state();
                if state.good.is_some() {
                    return state.answer();
                }
                drop(state);
                let looking = lock(&self.looking);
                let state = self.state();
                if now < state.due {
                    return state.answer();
                }
                looking
            }
        };
        let seen = self.state().seen;
        let look = self.source.look(seen);
        let mut state = self.state();
        self.learn(&mut state, look, now);
        state.answer()
    }

    /// How long the answer of [`KeptRules::current`] stands before the source is looked at again.
    pub fn due_in(&self, now: Duration) -> Duration {
        self.state().due.saturating_sub(now)
    }

    fn learn(&self, state: &mut State, look: Look, now: Duration) {
        let source = &self.source;
        match look {
            Look::Unchanged => {
                // A bad version that still lies there brings back no rules that were too old before.
                if let Some(good) = &mut state.good
                    && (state.seen_good || state.error.is_none())
                {
                    good.confirmed = now;
                    state.error = None;
                }
            }
            Look::Read(stamp, Ok(rules)) => {
                let hash = rules.hash();
                match &state.good {
                    Some(good) if good.rules.hash() == hash => {}
                    Some(good) => {
                        tracing::info!(
                            target: "rolecall",
                            "the rules of {source} changed from {} to {hash}",
                            good.rules.hash()
                        );
                    }
                    None => {
                        tracing::debug!(target: "rolecall", "read the rules {hash} of {source}")
                    }
                }
                *state = State {
                    good: Some(Good {
                        rules: Arc::new(rules),
                        confirmed: now,
                    }),
                    seen: Some(stamp),
                    seen_good: true,
                    error: None,
                    due: Duration::ZERO,
                };
            }
            Look::Read(stamp, Err(error)) => {
                state.seen = Some(stamp);
                state.seen_good = false;
                match &mut state.good {
                    Some(good) if state.error.is_none() => {
                        good.confirmed = now;
                        tracing::warn!(
                            target: "rolecall",
                            "a new version of the rules is refused, and the last good ones ({}) stay: {error}",
                            good.rules.hash()
                        );
                    }
                    // Never good, or too old already.
                    _ => state.error = Some(error),
                }
            }
            Look::Unusable(error) => match &state.good {
                Some(good) => {
                    let age = now.saturating_sub(good.confirmed);
                    let hash = good.rules.hash();
                    let (age, limit) = (age.as_secs(), self.max_stale.as_secs());
                    if now.saturating_sub(good.confirmed) > self.max_stale {
                        tracing::warn!(target: "rolecall", "the last good rules ({hash}) are too old now: {error}");
                        state.error = Some(Error::new(
                            Code::RulesStale,
                            format!(
                                "{source}: there were no rules for {age} s, and the last good ones ({hash}) stand for {limit} s (rolecall.rules.max-stale); put the rules back: {error}"
                            ),
                        ));
                    } else {
                        tracing::warn!(
                            target: "rolecall",
                            "the last good rules ({hash}) stay for {} s more at most: {error}",
                            limit.saturating_sub(age)
                        );
                    }
                }
                None => {
                    state.seen = None;
                    state.error = Some(error);
                }
            },
        }
        let pause = if state.good.is_some() {
            self.refresh
        } else {
            self.refresh.min(LOOK_AGAIN)
        };
        state.due = now + pause;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    fn answer(&self) -> Result<Arc<Rules>, Error> {
        match (&self.error, &self.good) {
            (Some(error), _) => Err(error.clone()),
            (None, Some(good)) => Ok(Arc::clone(&good.rules)),
            // Nothing was read yet.
            (None, None) => Err(Error::new(Code::RulesNotSet, "the rules were not read yet")),
        }
    }
}

#[cfg(test)]
#[path = "kept_tests.rs"]
mod tests;
