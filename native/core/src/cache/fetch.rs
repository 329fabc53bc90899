//! Where an entry's credentials come from.

use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use crate::credentials::Credentials;
use crate::error::Error;

/// Gets an entry's credentials: a call to STS, or a look at a base source.
pub trait Fetch: Send + Sync + 'static {
    /// What is known of the credentials beside their keys.
    type About: Clone + Debug + Send + Sync + 'static;

    /// Fetches, trying what may pass again until `deadline` (monotonic).
    fn fetch(
        &self,
        deadline: Duration,
    ) -> impl Future<Output = Result<Fresh<Self::About>, Error>> + Send;

    /// What is fetched, for log records; no secrets.
    fn name(&self) -> String;
}

/// Credentials just fetched.
#[derive(Debug)]
pub struct Fresh<A> {
    /// The keys.
    pub credentials: Credentials,
    /// What is known of them beside that.
    pub about: A,
    /// When the question was sent that this answers (monotonic).
    pub asked: Duration,
    /// How long they are good.
    pub lifetime: Lifetime,
}

/// How long credentials are good, counted from the moment they were asked for.
///
/// Counting from the question and not from the answer errs by the answer's way, to the safe side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// They end.
    Ends(Duration),
    /// Nothing says that they end; their source is looked at again after this time.
    Open {
        /// Until the next look.
        recheck: Duration,
    },
}
