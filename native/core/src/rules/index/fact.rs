//! What rules are kept under and requests look up.

use std::collections::BTreeMap;
use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::super::prefix::Written;

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    User,
    UserMatching,
    Principal,
    RealUser,
    Conf,
    /// A folder, for requests that know their key.
    Path,
    /// A bucket, for requests that know no more.
    Bucket,
    Group,
    GroupMatching,
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds(u16);

impl Kinds {
    pub(super) fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    #[must_use]
    pub(super) fn with(self, kind: Kind) -> Self {
        Self(self.0 | (1 << kind as u8))
    }
}

/// The expressions that match a caller, by their number. They are asked for only where rules are
/// kept under them.
pub(crate) trait Matching {
    /// Those that match the short user name.
    fn user(&self) -> &[u32];
    /// Those that match one of the groups, where these are known.
    fn groups(&self) -> &[u32];
}

/// What a request knows of itself.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The short user name.
    pub(crate) user: &'a str,
    /// What matches the caller.
    pub(crate) matching: &'a dyn Matching,
    /// The full name.
    pub(crate) principal: Option<&'a str>,
    /// Who asks in the caller's name.
    pub(crate) real_user: Option<&'a str>,
    /// The job's `rolecall.conf.KEY`, by KEY.
    pub(crate) conf: &'a BTreeMap<String, String>,
    /// Where.
    pub(crate) place: Where<'a>,
    /// The groups, where they are known.
    pub(crate) groups: Option<&'a [String]>,
}

/// What a request knows of its location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where<'a> {
    /// Nothing.
    Unknown,
    /// The bucket.
    Bucket(&'a str),
    /// All of it.
    Object {
        /// The bucket.
        bucket: &'a str,
        /// The key.
        key: &'a str,
    },
}

impl Asked<'_> {
    /// Tells each fact of one of these kinds; of the folders above a key those at these depths.
    pub(super) fn facts(&self, kinds: Kinds, depths: u32, tell: &mut impl FnMut(u32)) {
        if kinds.has(Kind::User) {
            tell(named(Kind::User, self.user));
        }
        if kinds.has(Kind::UserMatching) {
            for number in self.matching.user() {
                tell(numbered(Kind::UserMatching, *number));
            }
        }
        if kinds.has(Kind::Principal)
            && let Some(principal) = self.principal
        {
            tell(named(Kind::Principal, principal));
        }
        if kinds.has(Kind::RealUser)
            && let Some(real_user) = self.real_user
        {
            tell(named(Kind::RealUser, real_user));
        }
        if kinds.has(Kind::Conf) {
            for (key, value) in self.conf {
                tell(set(key, value));
            }
        }
        match self.place {
            Where::Object { bucket, key } if kinds.has(Kind::Path) => {
                folders(bucket, key, depths, tell);
            }
            Where::Bucket(bucket) if kinds.has(Kind::Bucket) => tell(named(Kind::Bucket, bucket)),
            _ => {}
        }
        if kinds.has(Kind::Group) {
            for group in self.groups.unwrap_or_default() {
                tell(named(Kind::Group, group));
            }
        }
        if kinds.has(Kind::GroupMatching) && self.groups.is_some() {
            for number in self.matching.groups() {
                tell(numbered(Kind::GroupMatching, *number));
            }
        }
    }
}

/// A name of a kind.
pub(super) fn named(kind: Kind, name: &str) -> u32 {
    let mut hash = started(kind);
    hash.write(name.as_bytes());
    short(&hash)
}

/// An expression, by its number, that matches a name of a kind.
pub(super) fn numbered(kind: Kind, number: u32) -> u32 {
    let mut hash = started(kind);
    hash.write_u32(number);
    short(&hash)
}

/// A key of the job's with its value.
pub(super) fn set(key: &str, value: &str) -> u32 {
    let mut hash = started(Kind::Conf);
    hash.write(key.as_bytes());
    hash.write(value.as_bytes());
    short(&hash)
}

/// The deepest folder that is written out in a prefix, and the bit of its depth: all that the prefix
/// covers lies in it.
pub(super) fn folder(written: Written<'_>) -> (u32, u32) {
    let mut hash = bucket_started(written.bucket);
    let mut depth = 0;
    for part in parts(written.folder) {
        hash.write(part.as_bytes());
        depth += 1;
    }
    (short(&hash), bit(depth))
}

/// The bucket itself and each folder above a key at one of these depths; the key is a folder too.
fn folders(bucket: &str, key: &str, depths: u32, tell: &mut impl FnMut(u32)) {
    let mut hash = bucket_started(bucket);
    if depths & bit(0) != 0 {
        tell(short(&hash));
    }
    for (above, part) in parts(key).enumerate() {
        let depth = above + 1;
        if depths < bit(depth) {
            return;
        }
        hash.write(part.as_bytes());
        if depths & bit(depth) != 0 {
            tell(short(&hash));
        }
    }
}

/// The last bit stands for all depths from there on.
fn bit(depth: usize) -> u32 {
    1 << depth.min(31)
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|_| !path.is_empty())
}

fn bucket_started(bucket: &str) -> FxHasher {
    let mut hash = started(Kind::Path);
    hash.write(bucket.as_bytes());
    hash
}

fn started(kind: Kind) -> FxHasher {
    let mut hash = FxHasher::default();
    hash.write_u8(kind as u8);
    hash
}

/// Half the bits are enough, for what shares them is only looked at in vain.
fn short(hash: &FxHasher) -> u32 {
    let long = hash.finish();
    // Both halves have a say.
    (long ^ (long >> 32)) as u32
}
