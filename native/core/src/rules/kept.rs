//! Rules that are read again while they are in use.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::look::{Look, Stamp};
use super::{Rules, RulesPlace};
use crate::error::{Code, Error};

/// When rules that never were good are looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// What was found at a place, which is looked at every `refresh`. A version that is not good is
/// refused, and the last good one stays; where there are no rules any more, it stays for
/// `max_stale`.
#[derive(Debug)]
pub(crate) struct KeptRules {
    place: RulesPlace,
    refresh: Duration,
    max_stale: Duration,
    good: Option<Good>,
    /// The state of the source that was last read, good or not.
    seen: Option<Stamp>,
    /// Whether that one was good.
    seen_good: bool,
    /// Why there are no rules, or none any more.
    error: Option<Error>,
}

#[derive(Debug)]
struct Good {
    rules: Arc<Rules>,
    /// When these rules, or a newer version that was refused, were last found where they belong.
    confirmed: Duration,
}

impl KeptRules {
    /// Keeps what looks at `place` find; none was made yet.
    pub(crate) fn new(place: RulesPlace, refresh: Duration, max_stale: Duration) -> Self {
        Self {
            place,
            refresh,
            max_stale,
            good: None,
            seen: None,
            seen_good: false,
            error: None,
        }
    }

    /// The state that was last read, for the next look. Not that of an object that was not good:
    /// a text that was cut off on its way would be taken for all that there is until it changes.
    pub(crate) fn seen(&self) -> Option<&Stamp> {
        self.seen
            .as_ref()
            .filter(|stamp| self.seen_good || !matches!(stamp, Stamp::Object(_)))
    }

    /// How long after a look the next one is due.
    pub(crate) fn pause(&self) -> Duration {
        if self.good.is_some() {
            self.refresh
        } else {
            self.refresh.min(LOOK_AGAIN)
        }
    }

    /// The rules that hold after a look that was made at `now` (monotonic).
    ///
    /// # Errors
    /// Where no version was ever good, what is wrong with it: RC102 to RC112. RC109 where the rules
    /// are gone for longer than `max_stale`.
    pub(crate) fn learn(&mut self, look: Look, now: Duration) -> Result<Arc<Rules>, Error> {
        match look {
            Look::Unchanged => self.found_unchanged(now),
            Look::Read(stamp, Ok(rules)) => self.found_good(stamp, rules, now),
            Look::Read(stamp, Err(error)) => self.found_bad(stamp, error, now),
            Look::Unusable(error) => self.found_none(error, now),
        }
        match (&self.error, &self.good) {
            (Some(error), _) => Err(error.clone()),
            (None, Some(good)) => Ok(Arc::clone(&good.rules)),
            // A source that says "as before" without a before.
            (None, None) => Err(Error::new(
                Code::RulesUnreadable,
                format!("{}: the rules were not read yet", self.place),
            )),
        }
    }

    /// Why the last good rules hold no more at `now` while a look at them has not ended for `looking`:
    /// RC109, where they are too old.
    pub(crate) fn too_old_while_looking(&self, looking: Duration, now: Duration) -> Option<Error> {
        let good = self.good.as_ref()?;
        let age = now.saturating_sub(good.confirmed);
        let why = format!("a look at them has not ended for {} s", looking.as_secs());
        (age > self.max_stale).then(|| self.stale(good, age, &why))
    }

    fn stale(&self, good: &Good, age: Duration, why: &dyn fmt::Display) -> Error {
        let hash = good.rules.hash();
        let (seconds, limit) = (age.as_secs(), self.max_stale.as_secs());
        Error::new(
            Code::RulesStale,
            format!(
                "{}: there were no rules for {seconds} s, and the last good ones ({hash}) stand for {limit} s (rolecall.rules.max-stale); put the rules back: {why}",
                self.place
            ),
        )
    }

    fn found_unchanged(&mut self, now: Duration) {
        // A bad version that still lies there brings back no rules that were too old before.
        if let Some(good) = &mut self.good
            && (self.seen_good || self.error.is_none())
        {
            good.confirmed = now;
            self.error = None;
        }
    }

    fn found_good(&mut self, stamp: Stamp, rules: Rules, now: Duration) {
        let place = &self.place;
        let hash = rules.hash();
        let rules = match &self.good {
            // Written anew with the same text: whoever decided by them need not decide again.
            Some(good) if good.rules.hash() == hash => Arc::clone(&good.rules),
            before => {
                match before {
                    Some(good) => {
                        let before = good.rules.hash();
                        tracing::info!(
                            target: "rolecall",
                            "the rules of {place} changed from {before} to {hash}"
                        );
                    }
                    None => {
                        tracing::debug!(target: "rolecall", "read the rules {hash} of {place}");
                    }
                }
                for warning in rules.warnings() {
                    tracing::warn!(target: "rolecall", "the rules {hash} of {place}: {warning}");
                }
                Arc::new(rules)
            }
        };
        self.good = Some(Good {
            rules,
            confirmed: now,
        });
        self.seen = Some(stamp);
        self.seen_good = true;
        self.error = None;
    }

    fn found_bad(&mut self, stamp: Stamp, error: Error, now: Duration) {
        let is_new = self.seen_good || self.seen.as_ref() != Some(&stamp);
        self.seen = Some(stamp);
        self.seen_good = false;
        match &mut self.good {
            Some(good) if self.error.is_none() => {
                good.confirmed = now;
                if is_new {
                    tracing::warn!(
                        target: "rolecall",
                        "a new version of the rules is refused, and the last good ones ({}) stay: {error}",
                        good.rules.hash()
                    );
                }
            }
            // Never good, or too old already.
            _ => self.error = Some(error),
        }
    }

    fn found_none(&mut self, error: Error, now: Duration) {
        let Some(good) = &self.good else {
            self.seen = None;
            self.error = Some(error);
            return;
        };
        let age = now.saturating_sub(good.confirmed);
        let hash = good.rules.hash();
        let (seconds, limit) = (age.as_secs(), self.max_stale.as_secs());
        if age > self.max_stale {
            tracing::warn!(target: "rolecall", "the last good rules ({hash}) are too old now: {error}");
            self.error = Some(self.stale(good, age, &error));
        } else {
            tracing::warn!(
                target: "rolecall",
                "the last good rules ({hash}) stay for {} s more at most: {error}",
                limit.saturating_sub(seconds)
            );
        }
    }
}

#[cfg(test)]
#[path = "kept_tests.rs"]
mod tests;
