//! A condition under which a rule is kept.

use super::super::names::Names;
use super::super::pattern::Pattern;
use super::super::prefix::{Prefix, Written};
use super::super::rule::Rule;
use super::fact::{Kind, Kinds, folder, named, numbered, set};

/// A condition that a rule may be kept under.
#[derive(Clone, Copy)]
pub(super) enum Anchor<'r> {
    Names(Kind, &'r Names),
    Matching(Kind, &'r [Pattern]),
    Conf(&'r str, &'r Names),
    /// All of them are written out at least down to the bucket.
    Prefixes(Prefixes<'r>),
}

#[derive(Clone, Copy)]
pub(super) struct Prefixes<'r> {
    listed: &'r [Prefix],
    /// `${group}` stands in one: what is below the bucket shows only when groups are known.
    take_group: bool,
}

impl<'r> Prefixes<'r> {
    pub(super) fn written(self) -> impl Iterator<Item = Written<'r>> {
        self.listed
            .iter()
            .filter_map(Prefix::written)
            .map(move |written| Written {
                folder: if self.take_group { "" } else { written.folder },
                ..written
            })
    }
}

impl<'r> Anchor<'r> {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Names(kind, _) | Self::Matching(kind, _) => kind,
            Self::Conf(..) => Kind::Conf,
            Self::Prefixes(_) => Kind::Path,
        }
    }

    pub(super) fn needs_groups(self) -> bool {
        matches!(self.kind(), Kind::Group | Kind::GroupMatching)
    }

    /// The facts of which one must hold; for prefixes those of a request that knows its key.
    pub(super) fn facts(self, mut tell: impl FnMut(u32)) {
        match self {
            Self::Names(kind, names) => names.iter().for_each(|name| tell(named(kind, name))),
            Self::Matching(kind, patterns) => patterns
                .iter()
                .for_each(|pattern| tell(numbered(kind, pattern.id()))),
            Self::Conf(key, values) => values.iter().for_each(|value| tell(set(key, value))),
            Self::Prefixes(prefixes) => prefixes
                .written()
                .for_each(|written| tell(folder(written).0)),
        }
    }

    /// Tells the conditions of a rule under which it may be kept where those of the kinds `done` are
    /// decided: if one of them is false the walk passes the rule by, for nothing that is examined
    /// before it can fail, or need groups that are not known.
    pub(super) fn each(rule: &'r Rule, done: Kinds, mut tell: impl FnMut(Self)) {
        let conditions = &rule.conditions;
        let mut tell = |anchor: Self| {
            if !done.has(anchor.kind()) {
                tell(anchor);
            }
        };
        for (kind, names) in [
            (Kind::User, &conditions.users),
            (Kind::Principal, &conditions.principals),
            (Kind::RealUser, &conditions.real_users),
        ] {
            if let Some(names) = names {
                tell(Self::Names(kind, names));
            }
        }
        if let Some(patterns) = &conditions.users_matching {
            tell(Self::Matching(Kind::UserMatching, patterns));
        }
        for (key, values) in &conditions.conf {
            tell(Self::Conf(key, values));
        }
        let prefixes = Prefixes {
            listed: conditions.prefixes.as_deref().unwrap_or_default(),
            take_group: conditions.prefixes_take_group,
        };
        if !prefixes.listed.is_empty()
            && prefixes
                .listed
                .iter()
                .all(|prefix| prefix.written().is_some())
        {
            tell(Self::Prefixes(prefixes));
        }
        // Prefixes come before groups, and may fail where they have to be filled in; but those that
        // take the group come after them.
        if prefixes.take_group || prefixes.listed.iter().all(Prefix::is_written) {
            if let Some(names) = &conditions.groups {
                tell(Self::Names(Kind::Group, names));
            }
            if let Some(patterns) = &conditions.groups_matching {
                tell(Self::Matching(Kind::GroupMatching, patterns));
            }
        }
    }
}
