//! The settings that are a choice among a few words.

use crate::route::Groups;

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
    pub fn read(self, groups: Groups) -> Groups {
        match (self, groups) {
            (Self::Unknown, Groups::Known(groups)) if groups.is_empty() => Groups::Unknown {
                why: "the lookup gave no group at all, as a failed one does (rolecall.groups.empty=none takes that for an answer)"
                    .to_owned(),
            },
            (_, groups) => groups,
        }
    }
}

/// A choice by the word that users type.
pub(super) trait Word: Copy + 'static {
    /// All words with what they mean.
    const WORDS: &'static [(&'static str, Self)];

    /// The choice of a word.
    fn parse(word: &str) -> Result<Self, String> {
        Self::WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, choice)| *choice)
            .ok_or_else(|| {
                let words: Vec<&str> = Self::WORDS.iter().map(|(word, _)| *word).collect();
                format!("is unknown; write one of {}", words.join(", "))
            })
    }
}

impl Word for bool {
    const WORDS: &'static [(&'static str, Self)] = &[("true", true), ("false", false)];
}

impl Word for Identity {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("construction", Self::Construction),
        ("per-call", Self::PerCall),
    ];
}

impl Word for LocationScope {
    const WORDS: &'static [(&'static str, Self)] =
        &[("bucket", Self::Bucket), ("first-path", Self::FirstPath)];
}

impl Word for RefusalMode {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("host", Self::Host),
        ("unusable", Self::Unusable),
        ("throw", Self::Throw),
    ];
}

impl Word for GroupsEmpty {
    const WORDS: &'static [(&'static str, Self)] =
        &[("unknown", Self::Unknown), ("none", Self::None)];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_is_a_failed_lookup_unless_the_setting_says_otherwise() {
        let empty = Groups::Known(vec![]);
        let some = Groups::Known(vec!["g".to_owned()]);
        assert!(matches!(
            GroupsEmpty::Unknown.read(empty.clone()),
            Groups::Unknown { .. }
        ));
        assert_eq!(GroupsEmpty::None.read(empty.clone()), empty);
        assert_eq!(GroupsEmpty::Unknown.read(some.clone()), some);
    }

    #[test]
    fn a_word_is_exact() {
        assert_eq!(RefusalMode::parse("throw"), Ok(RefusalMode::Throw));
        assert_eq!(
            RefusalMode::parse("Throw"),
            Err("is unknown; write one of host, unusable, throw".to_owned())
        );
    }
}
