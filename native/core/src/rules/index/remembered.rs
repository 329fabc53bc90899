//! Which expressions match a caller, remembered.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::Hasher;
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::{FxHashMap, FxHasher};

use super::super::pattern::Pattern;

/// Threads that ask for different callers seldom meet in one part.
const PARTS: usize = 16;
/// A part that holds more forgets all of it: 16 MB at most in a process, for each version.
const BYTES_IN_A_PART: usize = 1 << 20;
/// What an entry takes beside its names and numbers, about.
const OF_AN_ENTRY: usize = 128;
/// Names of more bytes are looked at each time.
const LONGEST: usize = 4096;

/// The expressions that a version of the rules has for users, or for groups, and the callers that
/// they were held against. Forgotten with its rules.
pub(crate) struct Remembered {
    patterns: Vec<Pattern>,
    parts: [RwLock<Part>; PARTS],
}

#[derive(Default)]
struct Part {
    /// By the hash of the names.
    entries: FxHashMap<u64, Arc<Entry>>,
    bytes: usize,
}

/// What matches one of some names.
pub(crate) struct Entry {
    /// Each with its length before it, so that no others look the same.
    names: Box<[u8]>,
    /// The numbers of the expressions, ascending.
    pub(crate) numbers: Box<[u32]>,
}

impl Remembered {
    /// Takes expressions that differ.
    pub(super) fn new(mut patterns: Vec<Pattern>) -> Self {
        patterns.sort_unstable_by_key(Pattern::id);
        Self {
            patterns,
            parts: Default::default(),
        }
    }

    /// The expressions that match the whole of one of these names.
    pub(crate) fn matching<N: AsRef<str>>(&self, names: &[N]) -> Arc<Entry> {
        let mut hash = FxHasher::default();
        let mut length = 0;
        for name in names {
            hash.write(name.as_ref().as_bytes());
            length += name.as_ref().len();
        }
        let hash = hash.finish();
        let part = usize::try_from(hash >> 32).unwrap_or_default() % PARTS;
        let Some(part) = self.parts.get(part).filter(|_| length <= LONGEST) else {
            return self.look(names);
        };
        let known = part.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = known.entries.get(&hash)
            && entry.is_of(names)
        {
            return Arc::clone(entry);
        }
        drop(known);
        let entry = self.look(names);
        let mut known = part.write().unwrap_or_else(PoisonError::into_inner);
        if known.bytes > BYTES_IN_A_PART {
            *known = Part::default();
        }
        known.bytes += OF_AN_ENTRY + entry.names.len() + 4 * entry.numbers.len();
        known.entries.insert(hash, Arc::clone(&entry));
        entry
    }

    fn look<N: AsRef<str>>(&self, names: &[N]) -> Arc<Entry> {
        let matching: BTreeSet<u32> = self
            .patterns
            .iter()
            .filter(|pattern| names.iter().any(|name| pattern.matches(name.as_ref())))
            .map(Pattern::id)
            .collect();
        let mut listed = Vec::new();
        for name in names {
            listed.extend_from_slice(&name.as_ref().len().to_ne_bytes());
            listed.extend_from_slice(name.as_ref().as_bytes());
        }
        Arc::new(Entry {
            names: listed.into(),
            numbers: matching.into_iter().collect(),
        })
    }
}

impl Entry {
    fn is_of<N: AsRef<str>>(&self, names: &[N]) -> bool {
        let mut rest: &[u8] = &self.names;
        for name in names {
            let length = name.as_ref().len().to_ne_bytes();
            let Some(behind) = rest
                .strip_prefix(&length)
                .and_then(|behind| behind.strip_prefix(name.as_ref().as_bytes()))
            else {
                return false;
            };
            rest = behind;
        }
        rest.is_empty()
    }
}

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.patterns).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::pattern::Patterns;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_remembered_is_what_matches() {
        let mut patterns = Patterns::default();
        let listed = ["a.*", ".*b"].map(|text| patterns.parse(text).unwrap());
        let remembered = Remembered::new(listed.to_vec());
        let long = "a".repeat(LONGEST + 1);
        for _ in 0..2 {
            for (names, expected) in [
                (&["ab"][..], &[0, 1][..]),
                (&["b"], &[1]),
                (&["ba"], &[]),
                (&["ba", "b", "ab"], &[0, 1]),
                (&["x", "a"], &[0]),
                (&["xa"], &[]),
                (&[""], &[]),
                (&[], &[]),
                (&[&long], &[0]),
            ] {
                assert_eq!(*remembered.matching(names).numbers, *expected, "{names:?}");
            }
        }
    }

    #[test]
    fn callers_are_forgotten_before_they_are_too_many() {
        let mut patterns = Patterns::default();
        let remembered = Remembered::new(vec![patterns.parse("x*").unwrap()]);
        let groups = "g".repeat(LONGEST - 8);
        for number in 0..PARTS * BYTES_IN_A_PART / LONGEST * 2 {
            remembered.matching(&[&number.to_string(), &groups]);
        }
        for part in &remembered.parts {
            let bytes = part.read().unwrap().bytes;
            assert!(bytes <= BYTES_IN_A_PART + LONGEST + 1024, "{bytes}");
        }
        assert_eq!(*remembered.matching(&["x"]).numbers, [0]);
    }

    #[test]
    fn threads_agree() {
        let mut patterns = Patterns::default();
        let remembered = Remembered::new(vec![patterns.parse(".*[02468]").unwrap()]);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for number in 0..2000_u32 {
                        let matching = remembered.matching(&[number.to_string()]);
                        assert_eq!(matching.numbers.is_empty(), number % 2 == 1, "{number}");
                    }
                });
            }
        });
    }

    proptest! {
        #[test]
        fn no_other_names_are_taken_for_these(
            these in proptest::collection::vec("[ab\\x00]{0,3}", 0..4),
            others in proptest::collection::vec("[ab\\x00]{0,3}", 0..4),
        ) {
            let entry = Remembered::new(vec![]).look(&these);
            prop_assert!(entry.is_of(&these));
            prop_assert_eq!(entry.is_of(&others), these == others);
        }
    }
}
