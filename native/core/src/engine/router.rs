//! One rules source, read again when it is due, off the caller's thread.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::rules_reader::{RulesReader, broke_off};
use crate::clock::Clock;
use crate::error::{Code, Error};
use crate::lock::lock;
use crate::rules::{KeptRules, Rules, RulesPlace};
use crate::settings::Settings;

/// The shortest time between two readings, whatever the rules say of themselves.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);
/// How long a reading may take before whoever has rules goes on with them at once.
const SLOW: Duration = Duration::from_secs(1);
/// How long a reading tries. All who come meanwhile share it, so one who gives up early does not
/// decide for the others: where there are rules to go on with, it is this whoever starts it; where
/// there are none, it is at least this.
const TRIED_FOR: Duration = Duration::from_secs(30);

/// What makes two routers the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RouterKey {
    pub(super) place: RulesPlace,
    refresh: Duration,
    max_stale: Duration,
}

impl RouterKey {
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            place: settings.rules.clone(),
            refresh: settings.rules_refresh,
            max_stale: settings.rules_max_stale,
        }
    }
}

/// Rules that are read again.
pub(super) struct Router {
    place: RulesPlace,
    reader: RulesReader,
    kept: Mutex<KeptRules>,
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
    /// Since when the rules are being read, where they are.
    reading: Option<Duration>,
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
    pub(super) fn new(
        key: &RouterKey,
        reader: RulesReader,
        clock: Arc<dyn Clock>,
        runtime: Handle,
    ) -> Arc<Self> {
        let kept = KeptRules::new(key.place.clone(), key.refresh, key.max_stale);
        Arc::new(Self {
            place: key.place.clone(),
            reader,
            kept: Mutex::new(kept),
            clock,
            runtime,
            state: Mutex::default(),
            readings: watch::Sender::new(0),
        })
    }

    /// Where the rules are; a text that was handed over is the router's own.
    pub(super) fn place(&self) -> &RulesPlace {
        &self.place
    }

    /// The rules, where no reading is due; else starts one. Where there are no rules to go on with,
    /// it tries for `patience` if that is longer than for others.
    pub(super) fn look(self: &Arc<Self>, patience: Duration) -> Look {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        let reading = state.number;
        let last = state
            .last
            .clone()
            .map(|last| last.map(|rules| Current { rules, reading }));
        let looking = state
            .reading
            .map_or(Duration::ZERO, |since| now.saturating_sub(since));
        let is_slow = looking > SLOW;
        let before = match last {
            Some(last) if now < state.due => return Look::Rules(last),
            Some(Ok(before)) if is_slow => {
                return Look::Rules(self.not_too_old(before, looking, now));
            }
            Some(last) => last.ok(),
            None => None,
        };
        let done = self.readings.subscribe();
        if state.reading.is_none() {
            state.reading = Some(now);
            let patience = tried_for(patience, before.is_some());
            let reading = Reading {
                router: Arc::clone(self),
                started: now,
                result: None,
            };
            self.runtime.spawn(reading.read(patience));
        }
        Look::Reading { before, done }
    }

    /// The rules from before, unless a look that never ends, as at a file system that hangs, keeps
    /// them for longer than rules stand that are gone.
    fn not_too_old(
        &self,
        before: Current,
        looking: Duration,
        now: Duration,
    ) -> Result<Current, Error> {
        // Until then a look may yet end by itself.
        let is_overdue = looking > TRIED_FOR;
        let too_old = is_overdue.then(|| lock(&self.kept).too_old_while_looking(looking, now));
        too_old.flatten().map_or(Ok(before), Err)
    }

    /// When the rules are read again.
    pub(super) fn due_in(&self) -> Duration {
        let state = lock(&self.state);
        match state.reading {
            Some(_) => SLOW,
            None => state.due.saturating_sub(self.clock.now()),
        }
    }
}

/// A reading under way. Ends in any case: also when it panics.
struct Reading {
    router: Arc<Router>,
    started: Duration,
    result: Option<Result<Arc<Rules>, Error>>,
}

impl Reading {
    async fn read(mut self, patience: Duration) {
        let router = &self.router;
        let seen = lock(&router.kept).seen().cloned();
        let looking = Arc::clone(router);
        // A task of its own, whose panic is an answer too.
        let look = router.runtime.spawn(async move {
            let Router {
                reader, runtime, ..
            } = &*looking;
            reader.look(seen, patience, runtime).await
        });
        let look = look.await.unwrap_or_else(|_| broke_off());
        self.result = Some(lock(&router.kept).learn(look, self.started));
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let router = &self.router;
        let now = router.clock.now();
        let broke_off = || Err(Error::new(Code::NativePanic, "reading the rules broke off"));
        let result = self.result.take().unwrap_or_else(broke_off);
        let due = self.started.saturating_add(lock(&router.kept).pause());
        let mut state = lock(&router.state);
        state.reading = None;
        state.number += 1;
        state.due = due.max(now.saturating_add(AT_MOST_EVERY));
        state.last = Some(result);
        drop(state);
        router
            .readings
            .send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// How long a reading tries that somebody with `patience` starts.
fn tried_for(patience: Duration, has_rules: bool) -> Duration {
    if has_rules {
        TRIED_FOR
    } else {
        patience.max(TRIED_FOR)
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Router").field(&self.reader).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Aws;
    use crate::base::Bases;
    use crate::clock::simulated::SimulatedClock;
    use crate::surroundings::Environment;

    #[test]
    fn who_gives_up_early_does_not_decide_for_all_who_share_a_reading() {
        let seconds = Duration::from_secs;
        for (patience, has_rules, tried) in [
            (Duration::from_millis(1), true, 30),
            (seconds(3600), true, 30),
            (Duration::from_millis(1), false, 30),
            (seconds(120), false, 120),
        ] {
            assert_eq!(tried_for(patience, has_rules), seconds(tried));
        }
    }

    #[test]
    fn a_look_that_never_ends_gives_up_the_rules_when_they_are_too_old() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .build()
            .unwrap();
        let clock = Arc::new(SimulatedClock::new());
        let text = r#"{"version": 1, "otherwise": "deny", "rules": []}"#;
        let place = RulesPlace::Text {
            called: "r".to_owned(),
            text: text.into(),
        };
        let key = RouterKey {
            place: place.clone(),
            refresh: Duration::from_secs(60),
            max_stale: Duration::from_secs(600),
        };
        let aws = Arc::new(Aws::new(clock.clone(), Environment::default()));
        let bases = Arc::new(Bases::new(Arc::clone(&aws), runtime.handle().clone()));
        let reader = RulesReader::new(&place, &aws, &bases);
        let router = Router::new(&key, reader, clock.clone(), runtime.handle().clone());
        let Look::Reading { mut done, .. } = router.look(TRIED_FOR) else {
            panic!("nothing was read yet");
        };
        runtime.block_on(done.changed()).unwrap();

        // As if the next reading hung.
        clock.advance(Duration::from_secs(60));
        lock(&router.state).reading = Some(clock.now());
        let found = |seconds| {
            clock.advance(Duration::from_secs(seconds));
            match router.look(TRIED_FOR) {
                Look::Rules(found) => found.map(|_| ()).map_err(|error| error.code()),
                Look::Reading { .. } => panic!("waits"),
            }
        };
        assert_eq!(found(2), Ok(()));
        assert_eq!(found(500), Ok(()));
        assert_eq!(found(100), Err(Code::RulesStale));
    }
}
