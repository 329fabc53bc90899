//! Strict JSON: what serde refuses, told with its place and in the words of the file's author.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::misfit::Misfit;
use super::nearest::nearest;
use super::quoted::Quoted;
use super::trail::{Members, Place, Step, Trail, child};

/// What a text may hold, for messages: the reading itself is serde's.
pub(crate) struct Grammar {
    /// The object that stands at a trail.
    pub(crate) object: fn(&[Step]) -> Option<ObjectShape>,
    /// What has to stand at a trail, in words.
    pub(crate) shape: fn(&[Step]) -> &'static str,
}

/// What an object may hold.
pub(crate) enum ObjectShape {
    /// These fields.
    Fields {
        /// What the object is called.
        of: &'static str,
        /// What this release reads.
        known: &'static [&'static str],
        /// What only later releases read.
        later: &'static [&'static str],
    },
    /// Any names.
    Free,
}

/// What is wrong in a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The value that is wrong, or that holds what is wrong.
    pub(crate) trail: Trail,
    /// The exact place.
    pub(crate) place: Option<Place>,
    /// Whether the text is not even JSON.
    pub(crate) not_json: bool,
    /// What is wrong and what to write instead.
    pub(crate) what: String,
}

impl Fault {
    /// A value that is well-formed, but wrong.
    pub(crate) fn at(trail: Trail, what: impl Into<String>) -> Self {
        Self {
            trail,
            place: None,
            not_json: false,
            what: what.into(),
        }
    }

    /// A text that does not fit, pointed at as exactly as can be.
    pub(crate) fn misfit(trail: Trail, misfit: &Misfit, text: &str) -> Self {
        let place = trail.find(text).map(|value| {
            let piece = value.get();
            let start = Place::of_piece(text, piece);
            match misfit.position() {
                // Without escapes a string's characters are those of the text, after the quote.
                Some(at) if !piece.contains('\\') => Place {
                    column: start.column + 1 + at,
                    ..start
                },
                _ => start,
            }
        });
        Self {
            place,
            ..Self::at(trail, misfit.to_string())
        }
    }

    /// The same with its place, where it has none yet: that of the value itself.
    #[must_use]
    pub(crate) fn placed(mut self, text: &str) -> Self {
        if self.place.is_none() {
            self.place = self
                .trail
                .find(text)
                .map(|value| Place::of_piece(text, value.get()));
        }
        self
    }

    /// For a file without rules: `FILE:LINE:COLUMN: field NAME: what is wrong; what to write`.
    pub(crate) fn in_file(&self, file: impl fmt::Display) -> String {
        let place = self.place.map_or_else(String::new, |place| {
            format!(":{}:{}", place.line, place.column)
        });
        let subject = match self.trail.steps() {
            _ if self.not_json => "not JSON: ".to_owned(),
            [] => "the file ".to_owned(),
            _ => format!("field `{}`: ", self.trail),
        };
        format!("{file}{place}: {subject}{}", self.what)
    }

    /// For a text that stands in a setting, where file and rule need no name.
    pub(crate) fn in_words(&self) -> String {
        let place = self.place.map_or_else(String::new, |place| {
            format!("line {}, column {}: ", place.line, place.column)
        });
        let field = if self.trail.steps().is_empty() {
            String::new()
        } else {
            format!("field `{}` ", self.trail)
        };
        format!("{place}{field}{}", self.what)
    }
}

/// Reads a text as `T`, whose objects all have to be [`Object`]s.
pub(crate) fn read<T: DeserializeOwned>(text: &str, grammar: &Grammar) -> Result<T, Fault> {
    // The second reading, which keeps track of where it is, is for bad texts alone.
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(value);
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let error = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(value) => match deserializer.end() {
            Ok(()) => return Ok(value),
            Err(error) => return Err(not_json(&error)),
        },
        Err(error) => error,
    };
    if error.inner().classify() != Category::Data {
        return Err(not_json(error.inner()));
    }
    let steps = error.path().iter().filter_map(|segment| match segment {
        serde_path_to_error::Segment::Map { key } => Some(Step::Field(key.clone().into())),
        serde_path_to_error::Segment::Seq { index } => Some(Step::Index(*index)),
        _ => None,
    });
    Err(explain(text, steps, grammar).unwrap_or_else(|| Fault {
        place: Some(Place {
            line: error.inner().line(),
            column: error.inner().column(),
        }),
        ..Fault::at(Trail::default(), error.inner().to_string())
    }))
}

fn not_json(error: &serde_json::Error) -> Fault {
    let told = error.to_string();
    let what = told.split(" at line ").next().unwrap_or_default();
    Fault {
        place: Some(Place {
            line: error.line(),
            column: error.column(),
        }),
        not_json: true,
        ..Fault::at(Trail::default(), what)
    }
}

/// Walks down to what serde refused and says what is wrong there. The names of all objects on the
/// way are looked at, for what serde says of them has no place.
fn explain(text: &str, steps: impl Iterator<Item = Step>, grammar: &Grammar) -> Option<Fault> {
    let mut value: &RawValue = serde_json::from_str(text).ok()?;
    let mut trail = Trail::default();
    if let Some(fault) = wrong_name(text, value, &trail, grammar) {
        return Some(fault);
    }
    for step in steps {
        let Some(next) = child(value, &step) else {
            break;
        };
        value = next;
        trail = Trail::from_iter(trail.steps().iter().cloned().chain([step]));
        if let Some(fault) = wrong_name(text, value, &trail, grammar) {
            return Some(fault);
        }
    }
    let found = match value.get().bytes().next()? {
        b'{' => "an object".to_owned(),
        b'[' => "a list".to_owned(),
        b'"' => "a text".to_owned(),
        // true, false, null or a number.
        _ => Quoted(value.get()).to_string(),
    };
    let what = format!("must be {}, not {found}", (grammar.shape)(trail.steps()));
    Some(Fault::at(trail, what).placed(text))
}

/// The first name of an object that is unknown or stands there for the second time.
fn wrong_name(text: &str, value: &RawValue, trail: &Trail, grammar: &Grammar) -> Option<Fault> {
    let shape = (grammar.object)(trail.steps())?;
    let members = Members::of(value)?.0;
    let mut seen = std::collections::HashSet::new();
    for member in &members {
        let what = match &shape {
            ObjectShape::Fields { of, known, later } if !known.contains(&member.name.as_ref()) => {
                unknown(&member.name, of, known, later)
            }
            _ if !seen.insert(member.name.clone()) => {
                "stands there twice; write it once".to_owned()
            }
            _ => continue,
        };
        let piece = match &member.name {
            std::borrow::Cow::Borrowed(name) => name,
            std::borrow::Cow::Owned(_) => member.value.get(),
        };
        let place = Place::of_piece(text, piece);
        return Some(Fault {
            place: Some(Place {
                // A name begins at its quote.
                column: place.column.saturating_sub(1).max(1),
                ..place
            }),
            ..Fault::at(
                trail.then(Step::Field(member.name.clone().into_owned().into())),
                what,
            )
        });
    }
    None
}

fn unknown(name: &str, of: &str, known: &[&str], later: &[&str]) -> String {
    let fields = known.join(", ");
    if later.contains(&name) {
        format!(
            "is not known to this release; upgrade Rolecall or take it out (the fields of {of} are {fields})"
        )
    } else if let Some(meant) = nearest(name, known.iter().copied()) {
        format!(
            "is unknown; write {} (the fields of {of} are {fields})",
            Quoted(meant)
        )
    } else {
        format!("is unknown; the fields of {of} are {fields}")
    }
}

/// An object, and nothing else: serde would take a list for a struct too.
#[derive(Debug)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnObject<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for AnObject<T> {
            type Value = T;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer
            .deserialize_map(AnObject(PhantomData))
            .map(Object)
    }
}

/// An object with any names, none of them twice, in the order in which they stand.
#[derive(Debug)]
pub(crate) struct UniqueMap<V>(pub(crate) Vec<(String, V)>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for UniqueMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AMap<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for AMap<V> {
            type Value = Vec<(String, V)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Vec<(String, V)> = Vec::new();
                let mut seen = std::collections::HashSet::new();
                while let Some((name, value)) = map.next_entry::<String, V>()? {
                    if !seen.insert(name.clone()) {
                        return Err(A::Error::custom("a name stands there twice"));
                    }
                    entries.push((name, value));
                }
                Ok(entries)
            }
        }
        deserializer
            .deserialize_map(AMap(PhantomData))
            .map(UniqueMap)
    }
}

/// For fields that may be left out, but not be `null`: a condition that is `null` must not become
/// one that always holds.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
