//! One caller's hold on one location.

use super::{Ask, Opening, Reply};
use crate::error::Error;
use crate::settings::Settings;

/// Stands for one caller, location and set of settings.
#[derive(Debug)]
pub struct Holder {
    opening: Opening,
    settings: Result<Settings, Error>,
}

impl Holder {
    pub(super) fn new(opening: Opening, settings: Result<Settings, Error>) -> Self {
        Self { opening, settings }
    }

    /// Answers with credentials, with what is missing, or with what is wrong.
    pub fn ask(&self, _ask: Ask) -> Reply {
        match &self.settings {
            Ok(_) => Reply::Pending,
            Err(error) => error
                .clone()
                .within(format!("caller {}", self.opening.user))
                .into(),
        }
    }

    /// Stops renewing for this holder. Idempotent; valid credentials are still answered.
    pub fn close(&self) {}
}
