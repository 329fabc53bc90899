//! The process's engine: what the JVM, the command and other programs ask for credentials.
//!
//! An [`Engine`] holds the runtime, the HTTP client and all state, keyed by content: fifty file
//! systems of one caller share one session. [`Engine::open`] gives a [`Holder`] for one caller and
//! location; [`Holder::ask`] walks a request through the rooms.

mod decisions;
mod holder;
mod router;
mod rules_reader;
mod trying;
mod who;

pub use holder::Holder;
pub use rules_reader::fetch_rules;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

use self::decisions::Decisions;
use self::router::{Router, RouterKey};
use self::rules_reader::RulesReader;
use crate::aws::Aws;
use crate::base::Bases;
use crate::cache::Cache;
use crate::credentials::Credentials;
use crate::error::{Code, Error};
use crate::lock::lock;
use crate::route::Groups;
use crate::session::Session;
use crate::settings::{self, Given, Identity, RefusalMode, Settings};
use crate::sts::{Assume, Sts};
use crate::surroundings::Surroundings;

/// The name of the runtime's threads.
const THREAD: &str = "rolecall";
/// Threads for what blocks: files and name look-ups. They go when they have nothing to do.
const BLOCKING_THREADS: usize = 4;

/// One a process: the runtime and all state that holders share.
pub struct Engine {
    surroundings: Surroundings,
    /// Gone only while the engine is dropped.
    runtime: Option<Runtime>,
    handle: Handle,
    aws: Arc<Aws>,
    bases: Arc<Bases>,
    sts: Arc<Sts>,
    sessions: Cache<Session, Assume>,
    routers: Mutex<HashMap<RouterKey, Weak<Router>>>,
    decisions: Decisions,
}

/// Who opens what, with which settings.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The caller's short user name.
    pub user: String,
    /// The caller's full name, such as `carol/host@REALM`; none outside Hadoop.
    pub principal: Option<String>,
    /// The short name of the user who asks in the caller's name; none where nobody does.
    pub real_user: Option<String>,
    /// The URI as the host gave it; none where the host gave none.
    pub location: Option<String>,
    /// All settings that the host has.
    pub given: Given,
}

/// A holder, and what its host has to know at once.
#[derive(Clone, Debug)]
pub struct Opened {
    /// To be asked.
    pub holder: Arc<Holder>,
    /// How a refusal has to look; known even where the settings are wrong.
    pub refusal: RefusalMode,
    /// When the host reads the caller.
    pub identity: Identity,
    /// How long a caller waits for what may pass.
    pub timeout: Duration,
}

/// A question for credentials.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The generation that the caller holds; 0 for none.
    pub held: u64,
    /// The caller's groups, where the last reply was [`Reply::NeedGroups`].
    pub groups: Option<Groups>,
    /// Whether credentials are wanted that STS gives from now on. Taken up at most once a session
    /// and 10 seconds.
    pub renew: bool,
    /// How long this call may wait before it says [`Reply::Pending`].
    pub wait: Duration,
}

/// An answer.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Credentials that the caller does not hold yet.
    Credentials {
        /// The keys.
        credentials: Arc<Credentials>,
        /// Grows with each new set of keys that this holder gives.
        generation: u64,
        /// When to ask again, from now.
        ask_again: Duration,
        /// When they end, from now; none where nothing says that they end.
        expires: Option<Duration>,
    },
    /// The caller holds the right credentials.
    Unchanged {
        /// When to ask again, from now.
        ask_again: Duration,
        /// When they end, from now; none where nothing says that they end.
        expires: Option<Duration>,
    },
    /// Not yet: ask again at once.
    Pending,
    /// A rule needs the caller's groups: ask again with them.
    NeedGroups,
    /// The keys that the host is configured with are needed. Not produced by any base source yet.
    NeedStaticKeys,
    /// A decision against the caller.
    Refused(Error),
    /// Something went wrong; [`crate::error::Code::is_retryable`] tells whether it may pass.
    Failed(Error),
}

impl From<Error> for Reply {
    fn from(error: Error) -> Self {
        if error.code().is_refusal() {
            Self::Refused(error)
        } else {
            Self::Failed(error)
        }
    }
}

/// How long a caller waits where the settings could not be read.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

impl Engine {
    /// Starts the runtime: one worker thread, which never belongs to a JVM.
    ///
    /// # Errors
    /// RC606 where the host gives no thread.
    pub fn start(surroundings: Surroundings) -> Result<Arc<Self>, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(BLOCKING_THREADS)
            .thread_name(THREAD)
            .enable_all()
            .build()
            .map_err(|error| {
                Error::new(
                    Code::EngineNotStarted,
                    format!("the engine's thread could not be started: {error}"),
                )
            })?;
        let handle = runtime.handle().clone();
        let clock = Arc::clone(&surroundings.clock);
        let aws = Arc::new(Aws::new(
            Arc::clone(&clock),
            surroundings.environment.clone(),
        ));
        Ok(Arc::new(Self {
            surroundings,
            runtime: Some(runtime),
            bases: Arc::new(Bases::new(Arc::clone(&aws), handle.clone())),
            sts: Arc::new(Sts::new(Arc::clone(&aws))),
            aws,
            sessions: Cache::new(clock, handle.clone()),
            handle,
            routers: Mutex::new(HashMap::new()),
            decisions: Decisions::default(),
        }))
    }

    /// Opens a holder. Never fails: what is wrong is told by the first ask.
    pub fn open(self: &Arc<Self>, opening: Opening) -> Opened {
        let refusal = settings::refusal_mode(&opening.given, &self.surroundings);
        let resolved = settings::resolve(&opening.given, &self.surroundings);
        let (identity, timeout) = match &resolved {
            Ok(settings) => (settings.identity, settings.timeout),
            Err(_) => (Identity::default(), DEFAULT_TIMEOUT),
        };
        Opened {
            holder: Arc::new(Holder::new(Arc::clone(self), opening, resolved)),
            refusal,
            identity,
            timeout,
        }
    }

    /// The router of a rules source: one for all holders that keep it alike.
    fn router(&self, settings: &Settings) -> Arc<Router> {
        let key = RouterKey::of(settings);
        let mut routers = lock(&self.routers);
        if let Some(router) = routers.get(&key).and_then(Weak::upgrade) {
            return router;
        }
        routers.retain(|_, router| router.strong_count() > 0);
        let router = Router::new(
            &key,
            RulesReader::new(&key.place, &self.aws, &self.bases),
            Arc::clone(&self.surroundings.clock),
            self.handle.clone(),
        );
        routers.insert(key, Arc::downgrade(&router));
        router
    }

    /// Parks this thread until `event` or for `at_most`; says whether it was the event.
    ///
    /// A thread of a runtime is not parked: others depend on it.
    fn wait_for(&self, at_most: Duration, event: impl Future) -> bool {
        if at_most.is_zero() || Handle::try_current().is_ok() {
            return false;
        }
        self.handle
            .block_on(async { tokio::time::timeout(at_most, event).await.is_ok() })
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Waits for nothing: a renewal that hangs must not hold up whoever drops the engine.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("bases", &self.bases)
            .field("sessions", &self.sessions)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
