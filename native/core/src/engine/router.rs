//! One rules source, read again when it is due, off the caller's thread.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::error::{Code, Error};
use crate::lock::lock;
use crate::rules::{KeptRules, Rules, RulesSource};
use crate::settings::Settings;

/// The shortest time between two readings, whatever the rules say of themselves.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// What makes two routers the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RouterKey {
    source: RulesSource,
    refresh: Duration,
    max_stale: Duration,
}

impl RouterKey {
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            source: settings.rules.clone(),
            refresh: settings.rules_refresh,
            max_stale: settings.rules_max_stale,
        }
    }
}

/// Rules that are read again.
pub(super) struct Router {
    kept: KeptRules,
    clock: Arc<dyn Clock>,
    runtime: Handle,
    state: Mutex<State>,
    readings: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    last: Option<Result<Arc<Rules>, Error>>,
    number: u64,
    due: Duration,
    reading: bool,
}

/// Rules, and by which reading they hold: a later one has the higher number.
#[derive(Clone, Debug)]
pub(super) struct Current {
    pub(super) rules: Arc<Rules>,
    pub(super) reading: u64,
}

/// What a router says at once.
pub(super) enum Look {
    /// The rules that hold, or why there are none.
    Rules(Result<Current, Error>),
    /// They are being read; what held before, if anything did.
    Reading {
        before: Option<Current>,
        done: watch::Receiver<u64>,
    },
}

impl Router {
    pub(super) fn new(key: &RouterKey, clock: Arc<dyn Clock>, runtime: Handle) -> Arc<Self> {
        Arc::new(Self {
            kept: KeptRules::new(key.source.clone(), key.refresh, key.max_stale),
            clock,
            runtime,
            state: Mutex::default(),
            readings: watch::Sender::new(0),
        })
    }

    /// The rules, where no reading is due; else starts one.
    pub(super) fn look(self: &Arc<Self>) -> Look {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        let reading = state.number;
        let last = state
            .last
            .clone()
            .map(|last| last.map(|rules| Current { rules, reading }));
        let before = match last {
            Some(last) if now < state.due => return Look::Rules(last),
            Some(last) => last.ok(),
            None => None,
        };
        let done = self.readings.subscribe();
        if !state.reading {
            state.reading = true;
            let reading = Reading {
                router: Arc::clone(self),
                result: None,
            };
            self.runtime.spawn_blocking(move || reading.read());
        }
        Look::Reading { before, done }
    }

    /// When the rules are read again.
    pub(super) fn due_in(&self) -> Duration {
        lock(&self.state).due.saturating_sub(self.clock.now())
    }
}

/// A reading under way. Ends in any case: also when it panics.
struct Reading {
    router: Arc<Router>,
    result: Option<Result<Arc<Rules>, Error>>,
}

impl Reading {
    fn read(mut self) {
        self.result = Some(self.router.kept.current(self.router.clock.now()));
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let router = &self.router;
        let now = router.clock.now();
        let broke_off = || Err(Error::new(Code::NativePanic, "reading the rules broke off"));
        let result = self.result.take().unwrap_or_else(broke_off);
        let pause = router.kept.due_in(now).max(AT_MOST_EVERY);
        let mut state = lock(&router.state);
        state.reading = false;
        state.number += 1;
        state.due = now.saturating_add(pause);
        state.last = Some(result);
        drop(state);
        router
            .readings
            .send_modify(|count| *count = count.wrapping_add(1));
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Router").field(&self.kept).finish()
    }
}
