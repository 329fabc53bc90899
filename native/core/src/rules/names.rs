//! Names that a condition lists.

/// From here on a list is searched by its order and no longer from its beginning.
const LONG: usize = 16;

/// Names as a condition lists them: exact, whatever characters they hold. A list may be as long as a
/// file has room for: whether a name is in it is found in logarithmic time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names(Box<Lists>);

/// Apart, for most conditions of most rules list no names, and shall take no room for them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Lists {
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
        if self.0.sorted.is_empty() {
            return self.iter().position(|listed| listed == name);
        }
        let before = self
            .0
            .sorted
            .partition_point(|place| self.at(*place) < name);
        let place = *self.0.sorted.get(before)?;
        (self.at(place) == name)
            .then(|| usize::try_from(place).ok())
            .flatten()
    }

    /// In the order in which they are listed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.listed.iter().map(AsRef::as_ref)
    }

    /// The same as a slice, for messages.
    pub(crate) fn as_slice(&self) -> &[Box<str>] {
        &self.0.listed
    }

    fn at(&self, place: u32) -> &str {
        usize::try_from(place)
            .ok()
            .and_then(|place| self.0.listed.get(place))
            .map_or("", AsRef::as_ref)
    }
}

impl FromIterator<String> for Names {
    fn from_iter<T: IntoIterator<Item = String>>(names: T) -> Self {
        let mut names = Self(Box::new(Lists {
            listed: names.into_iter().map(Into::into).collect(),
            sorted: Box::default(),
        }));
        let length = names.0.listed.len();
        if let (Ok(length), true) = (u32::try_from(length), length > LONG) {
            let mut sorted: Box<[u32]> = (0..length).collect();
            // Stable: of equal names the first stays in front.
            sorted.sort_by(|left, right| names.at(*left).cmp(names.at(*right)));
            names.0.sorted = sorted;
        }
        names
    }
}

/// Values that keys of the job's configuration may have, in the order of the keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConfValues(Box<[(String, Names)]>);

impl ConfValues {
    /// The values of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Names> {
        self.iter()
            .find_map(|(listed, values)| (listed == key).then_some(values))
    }

    /// Each key with its values.
    pub(crate) fn iter(&self) -> OfKeys<'_> {
        self.0.iter().map(|(key, values)| (key, values))
    }

    /// Whether there is a key.
    pub(crate) fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(key, _)| key)
    }
}

type OfKeys<'a> = std::iter::Map<
    std::slice::Iter<'a, (String, Names)>,
    fn(&'a (String, Names)) -> (&'a String, &'a Names),
>;

impl<'a> IntoIterator for &'a ConfValues {
    type Item = (&'a String, &'a Names);
    type IntoIter = OfKeys<'a>;

    fn into_iter(self) -> OfKeys<'a> {
        self.iter()
    }
}

/// Of keys that differ.
impl FromIterator<(String, Names)> for ConfValues {
    fn from_iter<T: IntoIterator<Item = (String, Names)>>(entries: T) -> Self {
        let mut entries: Box<[_]> = entries.into_iter().collect();
        entries.sort_by(|(left, _), (right, _)| left.cmp(right));
        Self(entries)
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
