//! Names that a condition lists.

/// From here on a list is searched by its order and no longer from its beginning.
const LONG: usize = 16;

/// Names as a condition lists them: exact, whatever characters they hold. A list may be as long as a
/// file has room for: whether a name is in it is found in logarithmic time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    listed: Box<[Box<str>]>,
    /// Places in `listed` in the order of the names there; empty where the list is short.
    sorted: Box<[u32]>,
}

impl Names {
    /// Whether a name is one of them, byte for byte.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    /// The first place at which a name is listed, from 0.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        if self.sorted.is_empty() {
            return self.iter().position(|listed| listed == name);
        }
        let before = self.sorted.partition_point(|place| self.at(*place) < name);
        let place = *self.sorted.get(before)?;
        (self.at(place) == name)
            .then(|| usize::try_from(place).ok())
            .flatten()
    }

    /// In the order in which they are listed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.listed.iter().map(AsRef::as_ref)
    }

    /// The same as a slice, for messages.
    pub(crate) fn as_slice(&self) -> &[Box<str>] {
        &self.listed
    }

    fn at(&self, place: u32) -> &str {
        usize::try_from(place)
            .ok()
            .and_then(|place| self.listed.get(place))
            .map_or("", AsRef::as_ref)
    }
}

impl FromIterator<String> for Names {
    fn from_iter<T: IntoIterator<Item = String>>(names: T) -> Self {
        let mut names = Self {
            listed: names.into_iter().map(Into::into).collect(),
            sorted: Box::default(),
        };
        if let (Ok(length), true) = (u32::try_from(names.listed.len()), names.listed.len() > LONG) {
            let mut sorted: Box<[u32]> = (0..length).collect();
            // Stable: of equal names the first stays in front.
            sorted.sort_by(|left, right| names.at(*left).cmp(names.at(*right)));
            names.sorted = sorted;
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_long_list_answers_as_a_short_one(
            names in proptest::collection::vec("[ab]{1,4}", 0..60),
            asked in "[ab]{1,4}",
        ) {
            let listed: Names = names.iter().cloned().collect();
            prop_assert_eq!(listed.position(&asked), names.iter().position(|name| *name == asked));
            prop_assert!(listed.iter().eq(names.iter()));
        }
    }
}
