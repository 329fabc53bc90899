//! One caller's hold on one location.

mod deciding;
mod hold;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use self::deciding::{Decided, described};
use self::hold::{Grant, Held};
use super::router::{Current, Look, Router};
use super::who::Who;
use super::{Ask, Engine, Opening, Reply};
use crate::cache::between;
use crate::error::Error;
use crate::lock::lock;
use crate::route::{Groups, Location};
use crate::session::Planned;
use crate::settings::{LocationScope, Settings};

/// The longest time until a caller asks again: so soon is a change seen by all holders.
const LONGEST_ASK_AGAIN: (Duration, Duration) = (Duration::from_secs(25), Duration::from_secs(30));
/// The shortest.
const SHORTEST_ASK_AGAIN: Duration = Duration::from_millis(250);

/// Stands for one caller, location and set of settings.
#[derive(Debug)]
pub struct Holder {
    engine: Arc<Engine>,
    who: Who,
    /// The location in words, for errors; without user info.
    place: String,
    opened: Result<Ready, Error>,
    closed: AtomicBool,
    state: Mutex<State>,
}

/// A holder whose settings and location are good.
#[derive(Debug)]
struct Ready {
    settings: Settings,
    settings_hash: u64,
    location: Location,
    router: Arc<Router>,
}

#[derive(Debug)]
struct State {
    groups: Groups,
    /// By which reading of the rules the last decision was made.
    reading: u64,
    decided: Option<Decided>,
    generation: u64,
    serial: u64,
    /// Since when a renewal is wanted that was not answered yet.
    renewal: Option<Duration>,
}

impl State {
    fn is_refused(&self) -> bool {
        matches!(&self.decided, Some(decided) if decided.result.is_err())
    }
}

impl Holder {
    pub(super) fn new(
        engine: Arc<Engine>,
        opening: Opening,
        settings: Result<Settings, Error>,
    ) -> Self {
        let location = match &opening.location {
            None => Ok(Location::Unknown),
            Some(uri) => Location::parse(uri),
        };
        // One that can't be read is told by its own error, which knows what may be shown.
        let bucket = location.as_ref().map_or_else(
            |_| "that can't be read".to_owned(),
            |location| location.bucket_only().to_string(),
        );
        let opened = settings.and_then(|mut settings| {
            let location = location?;
            let location = match settings.location {
                LocationScope::Bucket => location.bucket_only(),
                LocationScope::FirstPath => location,
            };
            let mut hasher = DefaultHasher::new();
            settings.conf.hash(&mut hasher);
            format!("{:?}{:?}", settings.rules, settings.defaults).hash(&mut hasher);
            let router = engine.router(&settings);
            // Rules that were handed over may be large, and each file system hands over its own.
            settings.rules = router.place().clone();
            Ok(Ready {
                router,
                settings_hash: hasher.finish(),
                settings,
                location,
            })
        });
        let place = match &opened {
            Ok(ready) => ready.location.to_string(),
            Err(_) => bucket,
        };
        Self {
            engine,
            who: Who {
                user: opening.user,
                principal: opening.principal,
                real_user: opening.real_user,
            },
            place,
            opened,
            closed: AtomicBool::new(false),
            state: Mutex::new(State {
                groups: Groups::NotAsked,
                reading: 0,
                decided: None,
                generation: 0,
                serial: 0,
                renewal: None,
            }),
        }
    }

    /// Answers with credentials, with what is missing, or with what is wrong.
    ///
    /// Routing goes first: where the rules changed so that they lead elsewhere, what the caller
    /// was given before is not answered again, valid or not.
    pub fn ask(&self, ask: Ask) -> Reply {
        let ready = match &self.opened {
            Ok(ready) => ready,
            Err(error) => return self.in_context(error.clone(), None).into(),
        };
        let until = self.now().saturating_add(ask.wait);
        let current = match self.rules(ready, until) {
            Some(Ok(current)) => current,
            Some(Err(error)) => return self.in_context(error, None).into(),
            None => return Reply::Pending,
        };
        let held = {
            let mut state = lock(&self.state);
            if current.reading < state.reading {
                // Another thread has found newer rules: what these say is past.
                return Reply::Pending;
            }
            state.reading = current.reading;
            self.take_groups(&mut state, ready, &ask);
            if !self.decide(&mut state, ready, &current.rules) {
                return Reply::NeedGroups;
            }
            match state.decided.as_ref().map(|decided| &decided.result) {
                Some(Ok(granted)) => granted.hold.held(),
                Some(Err(error)) => return error.clone().into(),
                None => return Reply::Pending,
            }
        };
        let since = self.since(&held, ask.renew);
        let keep = !self.closed.load(Ordering::Acquire);
        let grant = held.ask(&self.engine, since, ready.settings.timeout, keep, until);
        let mut state = lock(&self.state);
        if !matches!(grant, Ok(None)) {
            state.renewal = None;
        }
        if state.reading != current.reading || state.decided.is_none() {
            // Another thread decided anew meanwhile: what was waited for may be past.
            return Reply::Pending;
        }
        match grant {
            Ok(Some(grant)) if grant.serial < state.serial => Reply::Pending,
            Ok(None) => Reply::Pending,
            Ok(Some(grant)) => self.give(&mut state, ready, &ask, &grant),
            Err(error) => {
                let planned = state
                    .decided
                    .as_ref()
                    .and_then(|decided| decided.result.as_ref().ok())
                    .map(|granted| &granted.planned);
                self.in_context(error, planned).into()
            }
        }
    }

    /// Stops renewing for this holder. Idempotent; valid credentials are still answered.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let mut state = lock(&self.state);
        if let Some(Ok(granted)) = state.decided.as_mut().map(|decided| &mut decided.result) {
            granted.hold.let_go();
        }
    }

    fn now(&self) -> Duration {
        self.engine.surroundings.clock.now()
    }

    /// The rules that hold; none where they are still being read and none held before.
    fn rules(&self, ready: &Ready, until: Duration) -> Option<Result<Current, Error>> {
        loop {
            let (before, mut done) = match ready.router.look(ready.settings.timeout) {
                Look::Rules(current) => return Some(current),
                Look::Reading { before, done } => (before, done),
            };
            let left = until.saturating_sub(self.now());
            if !self.engine.wait_for(left, done.changed()) {
                // A disk that hangs takes nothing from those who have valid credentials.
                return before.map(Ok);
            }
        }
    }

    fn take_groups(&self, state: &mut State, ready: &Ready, ask: &Ask) {
        let groups = match &ask.groups {
            Some(groups) => ready.settings.groups_empty.read(groups.clone()),
            // A look-up that failed, or whose groups led to a refusal, is made again: it holds for
            // one answer. Whoever is put into a group is let in without a new file system.
            None if state.is_refused() => Groups::NotAsked,
            None => return,
        };
        if state.groups != groups {
            state.groups = groups;
            // A decision that stood without groups, or with these, is made again all the same.
            if state.is_refused() {
                state.decided = None;
            }
        }
    }

    /// Since when credentials must have been asked for; a renewal that is wanted stays wanted
    /// until it is answered, however often the caller has to ask.
    fn since(&self, held: &Held, renew: bool) -> Duration {
        if !renew {
            return Duration::ZERO;
        }
        *lock(&self.state)
            .renewal
            .get_or_insert_with(|| held.force())
    }

    fn give(&self, state: &mut State, ready: &Ready, ask: &Ask, grant: &Grant) -> Reply {
        if grant.serial != state.serial {
            state.serial = grant.serial;
            state.generation += 1;
        }
        let ask_again = self.ask_again(ready, grant);
        let expires = grant.left;
        if ask.held == state.generation {
            Reply::Unchanged { ask_again, expires }
        } else {
            Reply::Credentials {
                credentials: Arc::clone(&grant.credentials),
                generation: state.generation,
                ask_again,
                expires,
            }
        }
    }

    fn ask_again(&self, ready: &Ready, grant: &Grant) -> Duration {
        let mut soon = between(LONGEST_ASK_AGAIN.0, LONGEST_ASK_AGAIN.1)
            .min(ready.router.due_in().max(SHORTEST_ASK_AGAIN));
        if !grant.due_in.is_zero() {
            soon = soon.min(grant.due_in);
        } else if let Some(left) = grant.left {
            // Being renewed: come back well before the end, again and again.
            soon = soon.min(left / 4);
        }
        let soon = soon.max(SHORTEST_ASK_AGAIN);
        grant.left.map_or(soon, |left| soon.min(left))
    }

    fn in_context(&self, error: Error, planned: Option<&Planned>) -> Error {
        let mut context = format!("caller {}, location {}", self.who, self.place);
        if let Some(planned) = planned {
            context.push_str(", ");
            context.push_str(&described(planned));
        }
        error.within(context)
    }
}

#[cfg(test)]
impl Holder {
    /// The rules that were handed over, as this holder keeps them.
    pub(super) fn text_of_rules(&self) -> Option<Arc<str>> {
        match &self.opened.as_ref().ok()?.settings.rules {
            crate::rules::RulesPlace::Text { text, .. } => Some(Arc::clone(text)),
            _ => None,
        }
    }
}
