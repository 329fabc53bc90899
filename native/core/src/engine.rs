//! The process's engine: what the JVM, the command and other programs ask for credentials.
//!
//! An [`Engine`] holds the runtime, the HTTP client and all state, keyed by content: fifty file
//! systems of one caller share one session. [`Engine::open`] gives a [`Holder`] for one caller and
//! location; [`Holder::ask`] walks a request through the rooms.

mod holder;

pub use holder::Holder;

use std::sync::Arc;
use std::time::Duration;

use crate::credentials::Credentials;
use crate::error::Error;
use crate::route::Groups;
use crate::settings::{self, Given, Identity, RefusalMode};
use crate::surroundings::Surroundings;

/// One a process: the runtime and all state that holders share.
#[derive(Debug)]
pub struct Engine {
    surroundings: Surroundings,
}

/// Who opens what, with which settings.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The caller's short user name.
    pub user: String,
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
    /// Starts the runtime.
    ///
    /// # Errors
    /// RC606 where the host gives no thread.
    pub fn start(surroundings: Surroundings) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self { surroundings }))
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
            holder: Arc::new(Holder::new(opening, resolved)),
            refusal,
            identity,
            timeout,
        }
    }
}
