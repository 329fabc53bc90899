//! Which expressions match a name, remembered.

use std::fmt;
use std::hash::Hasher;
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::{FxHashMap, FxHasher};

use super::super::pattern::Pattern;

/// Threads that ask for different names seldom meet in one part.
const PARTS: usize = 16;
/// A part that holds so many names forgets them; 16 parts of them are some 10 MB.
const NAMES_IN_A_PART: usize = 8192;
/// A name of more bytes is looked at each time.
const LONGEST_NAME: usize = 256;

/// The expressions that a version of the rules has for users, or for groups, and the names that they
/// were held against. Forgotten with its rules.
pub(crate) struct Remembered {
    patterns: Vec<Pattern>,
    parts: [RwLock<FxHashMap<Box<str>, Numbers>>; PARTS],
}

/// The numbers of expressions, ascending.
type Numbers = Arc<[u32]>;

impl Remembered {
    /// Takes expressions that differ.
    pub(super) fn new(mut patterns: Vec<Pattern>) -> Self {
        patterns.sort_unstable_by_key(Pattern::id);
        Self {
            patterns,
            parts: Default::default(),
        }
    }

    /// Whether there is any expression at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The expressions that match the whole of a name.
    pub(crate) fn matching(&self, name: &str) -> Numbers {
        let Some(part) = self.part(name).filter(|_| name.len() <= LONGEST_NAME) else {
            return self.look(name);
        };
        let known = part.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(numbers) = known.get(name) {
            return Arc::clone(numbers);
        }
        drop(known);
        let numbers = self.look(name);
        let mut known = part.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= NAMES_IN_A_PART {
            known.clear();
        }
        known.insert(name.into(), Arc::clone(&numbers));
        numbers
    }

    fn look(&self, name: &str) -> Numbers {
        self.patterns
            .iter()
            .filter(|pattern| pattern.matches(name))
            .map(Pattern::id)
            .collect()
    }

    fn part(&self, name: &str) -> Option<&RwLock<FxHashMap<Box<str>, Numbers>>> {
        let mut hash = FxHasher::default();
        hash.write(name.as_bytes());
        let part = usize::try_from(hash.finish() >> 32).unwrap_or_default() % PARTS;
        self.parts.get(part)
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

    #[test]
    fn what_is_remembered_is_what_matches() {
        let mut patterns = Patterns::default();
        let listed = ["a.*", ".*b"].map(|text| patterns.parse(text).unwrap());
        let remembered = Remembered::new(listed.to_vec());
        let long = "a".repeat(LONGEST_NAME + 1);
        for _ in 0..2 {
            for (name, expected) in [
                ("ab", &[0, 1][..]),
                ("b", &[1]),
                ("ba", &[]),
                ("", &[]),
                (&long, &[0]),
            ] {
                assert_eq!(*remembered.matching(name), *expected, "{name}");
            }
        }
    }

    #[test]
    fn names_are_forgotten_before_they_are_too_many() {
        let mut patterns = Patterns::default();
        let remembered = Remembered::new(vec![patterns.parse("[0-9]*7").unwrap()]);
        let many = PARTS * NAMES_IN_A_PART + 1;
        for number in 0..many {
            remembered.matching(&number.to_string());
        }
        let kept = |part: &RwLock<FxHashMap<_, _>>| part.read().unwrap().len();
        let kept: usize = remembered.parts.iter().map(kept).sum();
        assert!(kept < many, "{kept}");
        assert_eq!(*remembered.matching("17"), [0]);
        assert!(remembered.matching("18").is_empty());
    }

    #[test]
    fn threads_agree() {
        let mut patterns = Patterns::default();
        let remembered = Remembered::new(vec![patterns.parse(".*[02468]").unwrap()]);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for number in 0..2000_u32 {
                        let matching = remembered.matching(&number.to_string());
                        assert_eq!(matching.is_empty(), number % 2 == 1, "{number}");
                    }
                });
            }
        });
    }
}
