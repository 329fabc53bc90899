//! Everything an engine touches outside itself, handed in once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::clock::{Clock, SystemClock};

/// Where an engine stands: clock, environment and the paths that no setting moves.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Both clocks.
    pub clock: Arc<dyn Clock>,
    /// The environment variables, read once at start.
    pub environment: Environment,
    /// What the machine's owner fixes; `/etc/rolecall/site.json` outside tests.
    pub site_file: PathBuf,
    /// Rules where no setting names any; `/etc/rolecall/rules.json` outside tests.
    pub default_rules: PathBuf,
    /// The user who must own the site file and its directory; root (0) outside tests.
    pub trusted_owner: u32,
}

impl Surroundings {
    /// The surroundings of the process this runs in.
    pub fn of_this_process() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            environment: Environment::of_this_process(),
            site_file: PathBuf::from("/etc/rolecall/site.json"),
            default_rules: PathBuf::from("/etc/rolecall/rules.json"),
            trusted_owner: 0,
        }
    }
}

/// A snapshot of environment variables. Its `Debug` shows names only: values may be keys.
#[derive(Clone, Default)]
pub struct Environment {
    variables: HashMap<String, String>,
}

impl Environment {
    /// The variables of this process; those that are not UTF-8 are left out.
    pub fn of_this_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// The value of `name`; an empty value counts as unset, as the AWS SDKs treat it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// All variables with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(variables: T) -> Self {
        Self {
            variables: variables.into_iter().collect(),
        }
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}
