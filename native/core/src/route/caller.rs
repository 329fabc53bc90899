//! Who asks.

use std::collections::BTreeMap;
use std::fmt;

/// Who asks: the Hadoop user, its groups, and the job's `rolecall.conf.*`.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    /// The short user name.
    pub user: String,
    /// The full name, such as `carol/host@REALM`; without Kerberos the same as the short one. None
    /// outside Hadoop, where there is no such name.
    pub principal: Option<String>,
    /// The short name of the user who asks in the caller's name; none where nobody does.
    pub real_user: Option<String>,
    /// Its groups, as far as they are known.
    pub groups: Groups,
    /// `rolecall.conf.KEY` of the job, by KEY.
    pub conf: BTreeMap<String, String>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("user", &self.user)
            .field("principal", &self.principal)
            .field("real_user", &self.real_user)
            .field("groups", &self.groups)
            .field("conf", &self.conf.keys())
            .finish()
    }
}

impl Caller {
    /// The groups, as far as they are known.
    pub(crate) fn known_groups(&self) -> &[String] {
        match &self.groups {
            Groups::Known(groups) => groups,
            Groups::NotAsked | Groups::Unknown { .. } => &[],
        }
    }

    /// Whether the caller is surely in a group.
    pub(crate) fn is_in(&self, group: &str) -> bool {
        self.known_groups().iter().any(|known| known == group)
    }
}

/// What is known of a caller's groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Groups {
    /// Nobody asked for them yet.
    NotAsked,
    /// The list as the host's group mapping gives it.
    Known(Vec<String>),
    /// They were asked for in vain.
    Unknown {
        /// What the lookup said.
        why: String,
    },
}
