//! What a plan holds in the caches.

use std::sync::Arc;
use std::time::Duration;

use crate::base::Look;
use crate::cache::{Answer, Entry, Fetch, Interest, Kept, Wish};
use crate::credentials::Credentials;
use crate::engine::Engine;
use crate::error::Error;
use crate::session::{Plan, Session};
use crate::sts::Assume;

/// An entry, and the interest that keeps it renewed.
#[derive(Debug)]
pub(super) struct Hold {
    held: Held,
    interest: Option<Interested>,
}

/// Where a plan's credentials are kept.
#[derive(Clone, Debug)]
pub(super) enum Held {
    Session(Arc<Entry<Assume>>),
    Base(Arc<Entry<Look>>),
}

#[derive(Debug)]
#[expect(dead_code, reason = "held for its drop")]
enum Interested {
    Session(Interest<Assume>),
    Base(Interest<Look>),
}

/// Credentials for a caller.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) credentials: Arc<Credentials>,
    pub(super) serial: u64,
    pub(super) left: Option<Duration>,
    pub(super) due_in: Duration,
}

impl Hold {
    pub(super) fn of(engine: &Engine, plan: &Plan) -> Self {
        let held = match plan {
            Plan::Assume(session) => {
                Held::Session(engine.sessions.entry(Session::clone(session), |session| {
                    Assume::new(
                        session.clone(),
                        Arc::clone(&engine.sts),
                        Arc::clone(&engine.bases),
                    )
                }))
            }
            Plan::UseBase(source) => Held::Base(engine.bases.entry(source)),
        };
        let interest = Some(match &held {
            Held::Session(entry) => Interested::Session(entry.interest()),
            Held::Base(entry) => Interested::Base(entry.interest()),
        });
        Self { held, interest }
    }

    pub(super) fn held(&self) -> Held {
        self.held.clone()
    }

    /// Gives the interest up, and with it renewal for this holder.
    pub(super) fn let_go(&mut self) {
        self.interest = None;
    }
}

impl Held {
    pub(super) fn force(&self) -> Duration {
        match self {
            Self::Session(entry) => entry.force(),
            Self::Base(entry) => entry.force(),
        }
    }

    /// What the entry has, waiting until `until` (monotonic) where that is nothing yet.
    pub(super) fn ask(
        &self,
        engine: &Engine,
        since: Duration,
        patience: Duration,
        keep: bool,
        until: Duration,
    ) -> Result<Option<Grant>, Error> {
        let wish = Wish {
            since,
            patience,
            keep,
        };
        match self {
            Self::Session(entry) => ask(entry, engine, wish, until),
            Self::Base(entry) => ask(entry, engine, wish, until),
        }
    }
}

fn ask<F: Fetch>(
    entry: &Arc<Entry<F>>,
    engine: &Engine,
    wish: Wish,
    until: Duration,
) -> Result<Option<Grant>, Error> {
    let clock = &engine.surroundings.clock;
    let mut landings = entry.landings();
    loop {
        match entry.ask(wish) {
            Answer::Valid(kept) => return Ok(Some(grant(&kept, clock.reading()))),
            Answer::Failed(error) => return Err(error),
            Answer::Flying => {
                let left = until.saturating_sub(clock.now());
                if !engine.wait_for(left, landings.changed()) {
                    return Ok(None);
                }
            }
        }
    }
}

fn grant<A>(kept: &Kept<A>, at: crate::clock::Reading) -> Grant {
    Grant {
        credentials: Arc::clone(kept.credentials()),
        serial: kept.serial(),
        left: kept.left(at),
        due_in: kept.due_in(at),
    }
}
