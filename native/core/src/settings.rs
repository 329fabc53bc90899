//! The settings: one table, one order, and what the machine's owner fixes.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::error::{Code, Error};
use crate::rules::RulesSource;
use crate::session::Defaults;
use crate::surroundings::Surroundings;

/// The host's own keys of the same meaning, which the caller passes along when they are set.
pub const HOST_KEYS: &[&str] = &[
    "fs.s3a.assumed.role.session.duration",
    "fs.s3a.assumed.role.sts.endpoint",
    "fs.s3a.assumed.role.sts.endpoint.region",
    "fs.s3.sts.endpoint",
    "fs.s3.sts.sessionDurationSeconds",
];

/// All that was given by the host, in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Names with their values.
    pub entries: Vec<Entry>,
}

/// One name with its value and where it stood.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stood.
    pub origin: Origin,
    /// The name as it stood there.
    pub name: String,
    /// The value as it stood there.
    pub value: String,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} from {:?}", self.name, self.origin)
    }
}

/// Where an entry stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Hadoop's `Configuration`.
    Configuration {
        /// The last of `Configuration.getPropertySources`.
        source: Option<String>,
    },
    /// `-Drolecall.X`.
    SystemProperty,
}

/// All settings, each with its value or its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `rolecall.rules`.
    pub rules: RulesSource,
    /// `rolecall.rules.refresh`.
    pub rules_refresh: Duration,
    /// `rolecall.rules.max-stale`.
    pub rules_max_stale: Duration,
    /// `rolecall.identity`.
    pub identity: Identity,
    /// `rolecall.location`.
    pub location: LocationScope,
    /// `rolecall.refusal`.
    pub refusal: RefusalMode,
    /// What fills the fields that the rules file leaves open.
    pub defaults: Defaults,
    /// `rolecall.timeout`.
    pub timeout: Duration,
    /// `rolecall.groups.empty`.
    pub groups_empty: GroupsEmpty,
    /// `rolecall.conf.KEY`, by KEY.
    pub conf: BTreeMap<String, String>,
}

/// When the caller is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Identity {
    /// Once, when the provider is constructed.
    #[default]
    Construction,
    /// At each call for credentials.
    PerCall,
}

/// What counts as the location.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LocationScope {
    /// The bucket.
    #[default]
    Bucket,
    /// The path that the file system was opened with.
    FirstPath,
}

/// How a refusal looks to the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RefusalMode {
    /// An exception where the host stops at one, else unusable credentials.
    #[default]
    Host,
    /// Unusable credentials always.
    Unusable,
    /// An exception always.
    Throw,
}

/// What an empty list of groups means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GroupsEmpty {
    /// The lookup failed without saying so.
    #[default]
    Unknown,
    /// The caller is in no group.
    None,
}

impl GroupsEmpty {
    /// What an answer of the host's group lookup means.
    #[must_use]
    pub fn read(self, groups: crate::route::Groups) -> crate::route::Groups {
        groups
    }
}

/// Finds every setting's value.
///
/// # Errors
/// RC101, RC108 and RC120 to RC124.
pub fn resolve(_given: &Given, _surroundings: &Surroundings) -> Result<Settings, Error> {
    Err(Error::new(Code::RulesNotSet, ""))
}

/// How a refusal has to look, known even where [`resolve`] fails.
pub fn refusal_mode(_given: &Given, _surroundings: &Surroundings) -> RefusalMode {
    RefusalMode::Host
}
