//! The one line an owner sees for each caller and bucket.

use std::collections::HashMap;
use std::sync::Mutex;

use super::who::Who;
use crate::lock::lock;

/// More callers and buckets than this are forgotten and told anew.
const REMEMBERED: usize = 10_000;

/// What was last told of each caller and location.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    told: Mutex<HashMap<Asker, Told>>,
}

/// Who asked for what, with which of the settings that a decision may depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Asker {
    pub(super) caller: Who,
    pub(super) location: String,
    pub(super) settings: u64,
}

#[derive(Debug)]
struct Told {
    decision: String,
    repeats: u64,
}

impl Decisions {
    /// Logs a decision, unless it is what was told last; says whether it was new.
    pub(super) fn tell(
        &self,
        asker: Asker,
        decision: String,
        rules: &dyn std::fmt::Display,
    ) -> bool {
        let mut told = lock(&self.told);
        let mut repeats = 0;
        if let Some(last) = told.get_mut(&asker) {
            if last.decision == decision {
                last.repeats += 1;
                return false;
            }
            repeats = last.repeats;
        } else if told.len() >= REMEMBERED {
            told.clear();
        }
        tracing::info!(
            target: "rolecall::decision",
            "caller {}, location {}: {decision} (rules {rules}){}",
            asker.caller,
            asker.location,
            if repeats == 0 {
                String::new()
            } else {
                format!("; what was told before held {repeats} times more")
            }
        );
        told.insert(
            asker,
            Told {
                decision,
                repeats: 0,
            },
        );
        true
    }
}
