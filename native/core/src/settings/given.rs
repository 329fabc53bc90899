//! What the host passes along.

use std::fmt;

/// All that was given by the host, in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Names with their values.
    pub entries: Vec<Entry>,
}

/// One name with its value and where it stood. `Debug` does not show the value, which is the job's.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stood.
    pub origin: Origin,
    /// The name as it stood there.
    pub name: String,
    /// The value as it stood there.
    pub value: String,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("origin", &self.origin)
            .field("name", &self.name)
            .finish_non_exhaustive()
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
    /// The key of Hadoop's `Configuration` that `rolecall.rules=conf:KEY` names: the value as it
    /// stands there.
    RulesKey,
    /// The resource that `rolecall.rules=classpath:NAME` names: its text.
    RulesResource,
    /// The same where it can't be read: why, or an empty text where there is none.
    NoRulesResource,
}
