//! Keeps credentials: one flight for each key, renewal ahead of their end, nothing expired.
//!
//! A [`Cache`] maps keys to entries. An [`Entry`] answers what it holds and starts a *flight*, one
//! call of its [`Fetch`], where something is missing or due. Flights run on the engine's runtime
//! and land whether or not anybody still waits for them.

mod entry;
mod fetch;
mod jitter;
mod term;

pub use entry::{Answer, Entry, Interest, Wish};
pub use fetch::{Fetch, Fresh, Lifetime};
pub(crate) use jitter::between;
pub use term::Kept;

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex};

use tokio::runtime::Handle;

use crate::clock::Clock;
use crate::lock::lock;

/// The entries of a process, by what makes two of them the same.
pub struct Cache<K, F: Fetch> {
    clock: Arc<dyn Clock>,
    runtime: Handle,
    entries: Mutex<HashMap<K, Arc<Entry<F>>>>,
}

impl<K: Hash + Eq, F: Fetch> Cache<K, F> {
    /// An empty cache whose flights run on `runtime`.
    pub fn new(clock: Arc<dyn Clock>, runtime: Handle) -> Self {
        Self {
            clock,
            runtime,
            entries: Mutex::new(HashMap::new()),
        }
    }

    /// The entry of `key`; where there is none yet, one that fetches by what `fetch` makes.
    ///
    /// Making an entry drops those that nobody is interested in any more.
    pub fn entry(&self, key: K, fetch: impl FnOnce(&K) -> F) -> Arc<Entry<F>> {
        let mut entries = lock(&self.entries);
        if let Some(entry) = entries.get(&key) {
            return Arc::clone(entry);
        }
        entries.retain(|_, entry| !entry.is_abandoned());
        let entry = Entry::new(fetch(&key), Arc::clone(&self.clock), self.runtime.clone());
        entries.insert(key, Arc::clone(&entry));
        entry
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        lock(&self.entries).len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K, F: Fetch> fmt::Debug for Cache<K, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("entries", &lock(&self.entries).len())
            .finish_non_exhaustive()
    }
}
