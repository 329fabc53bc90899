//! The way to a value in a JSON text, and the place where it stands.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::place::offset_of;
use super::quoted::write_visibly;

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// Into an object.
    Field(Cow<'static, str>),
    /// Into a list, from 0.
    Index(usize),
}

impl From<&'static str> for Step {
    fn from(name: &'static str) -> Self {
        Self::Field(Cow::Borrowed(name))
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// The steps from the top of a text to a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Trail(Vec<Step>);

impl Trail {
    /// One step further.
    #[must_use]
    pub(crate) fn then(&self, step: impl Into<Step>) -> Self {
        let mut steps = self.0.clone();
        steps.push(step.into());
        Self(steps)
    }

    /// All the steps of another further.
    #[must_use]
    pub(crate) fn with(&self, further: &Self) -> Self {
        Self(self.0.iter().chain(&further.0).cloned().collect())
    }

    /// The steps in order.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.0
    }

    /// What lies behind the first `count` steps.
    pub(crate) fn behind(&self, count: usize) -> Self {
        Self(self.0.iter().skip(count).cloned().collect())
    }

    /// Where the value stands in `text`.
    #[cfg(test)]
    pub(crate) fn find<'a>(&self, text: &'a str) -> Option<&'a RawValue> {
        below(serde_json::from_str(text).ok()?, &self.0)
    }
}

impl FromIterator<Step> for Trail {
    fn from_iter<T: IntoIterator<Item = Step>>(steps: T) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) => {
                    if index > 0 {
                        f.write_str(".")?;
                    }
                    write_visibly(f, name.chars())?;
                }
                Step::Index(number) => write!(f, "[{number}]")?,
            }
        }
        Ok(())
    }
}

/// The value that some steps lead to from another.
pub(crate) fn below<'a>(value: &'a RawValue, steps: &[Step]) -> Option<&'a RawValue> {
    steps
        .iter()
        .try_fold(value, |value, step| child(value, step))
}

/// The value one step below another.
fn child<'a>(value: &'a RawValue, step: &Step) -> Option<&'a RawValue> {
    match step {
        Step::Field(name) => Members::of(value)?
            .0
            .into_iter()
            .rev()
            .find(|member| member.name == *name)
            .map(|member| member.value),
        Step::Index(index) => serde_json::from_str::<Vec<&RawValue>>(value.get())
            .ok()?
            .get(*index)
            .copied(),
    }
}

/// All members of an object in the order in which they stand, repeated ones too.
#[derive(Debug)]
pub(crate) struct Members<'a>(pub(crate) Vec<Member<'a>>);

/// A name with its value.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: &'a RawValue,
}

impl Member<'_> {
    /// Where in `text`, which it is a part of, its name stands with its quotes.
    pub(crate) fn name_in(&self, text: &str) -> Range<usize> {
        match &self.name {
            Cow::Borrowed(name) => {
                let start = offset_of(text, name).saturating_sub(1);
                start..start + name.len() + 2
            }
            // One with escapes is a copy, and what stands before the value is all there is to point at.
            Cow::Owned(_) => {
                let start = offset_of(text, self.value.get()).saturating_sub(1);
                start..start + 1
            }
        }
    }
}

impl<'a> Members<'a> {
    /// Those of `value`, if it is an object.
    pub(crate) fn of(value: &'a RawValue) -> Option<Self> {
        serde_json::from_str(value.get()).ok()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AllMembers;
        impl<'de> Visitor<'de> for AllMembers {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    members.push(Member { name, value });
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(AllMembers)
    }
}

/// A member's name: part of the text itself where nothing in it is escaped.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyName;
        impl<'de> Visitor<'de> for AnyName {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }
            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(AnyName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n  \"a\": {\"é\": [1,\n   true]},\n  \"b\\n\": null, \"a\": [\"x\"]\n}";

    #[test]
    fn a_value_is_found_where_it_stands() {
        let text = "{\n  \"a\": {\"é\": [1,\n   true]}}";
        let trail = Trail::default().then("a").then("é").then(1);
        let value = trail.find(text).unwrap();
        assert_eq!(value.get(), "true");
        assert_eq!(trail.to_string(), "a.é[1]");
    }

    #[test]
    fn of_repeated_members_the_last_is_meant() {
        let value = Trail::default().then("a").then(0).find(TEXT).unwrap();
        assert_eq!(value.get(), "\"x\"");
        assert!(Trail::default().then("a").then(1).find(TEXT).is_none());
    }

    #[test]
    fn members_keep_their_order_and_their_escapes() {
        let top = Trail::default().find(TEXT).unwrap();
        let names: Vec<_> = Members::of(top)
            .unwrap()
            .0
            .into_iter()
            .map(|member| member.name)
            .collect();
        assert_eq!(names, ["a", "b\n", "a"]);
    }
}
