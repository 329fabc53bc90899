//! Strict JSON: what serde refuses, told with its place and in the words of the file's author.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::flaw::{At, Flaw, Placed, place_all};
use super::nearest::nearest;
use super::place::{offset_of, offset_of_byte};
use super::quoted::Quoted;
use super::trail::{Member, Members, Step, Trail, below};
use crate::error::Code;

/// What a text may hold, by the steps to a value, for messages: the reading itself is serde's.
pub(crate) struct Grammar(pub(crate) fn(&[Step]) -> Expected);

/// What stands somewhere, and the same in words.
pub(crate) type Expected = (Form, &'static str);

/// What a value is.
pub(crate) enum Form {
    /// An object with these fields.
    Fields {
        /// What the object is called.
        of: &'static str,
        /// What may stand in it.
        known: &'static [Field],
    },
    /// An object with any names.
    Free,
    /// A list.
    List,
    /// A string.
    Text,
    /// A whole number.
    Whole,
    /// What is looked at elsewhere.
    Any,
}

/// A field of an object.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    /// The first version of the grammar that has it.
    pub(crate) since: u32,
}

impl Field {
    pub(crate) const fn since(version: u32, name: &'static str) -> Self {
        Self {
            name,
            since: version,
        }
    }
}

/// Reads a text as `T`, whose objects all have to be [`Object`]s; of what is wrong the first is told.
pub(crate) fn read<T: DeserializeOwned>(text: &str, grammar: &Grammar) -> Result<T, Placed> {
    let whole: &RawValue = match serde_json::from_str(text) {
        Ok(whole) => whole,
        Err(error) => return Err(first(text, None, vec![not_json(text, text, &error)])),
    };
    read_piece(text, whole, &Trail::default(), grammar)
        .map_err(|flaws| first(text, Some(whole), flaws))
}

fn first(text: &str, whole: Option<&RawValue>, flaws: Vec<Flaw>) -> Placed {
    place_all(text, flaws, |trail| {
        Some(below(whole?, trail.steps())?.get())
    })
    .into_iter()
    .next()
    .unwrap_or_else(|| Placed {
        flaw: Flaw::at(Trail::default(), "can't be read"),
        place: None,
        width: None,
    })
}

/// Reads the part of `text` at `trail` as `T`, whose objects all have to be [`Object`]s.
///
/// # Errors
/// All that is wrong with its form: at least one flaw.
pub(crate) fn read_piece<'a, T: Deserialize<'a>>(
    text: &str,
    piece: &'a RawValue,
    trail: &Trail,
    grammar: &Grammar,
) -> Result<T, Vec<Flaw>> {
    // The second look is for bad texts alone.
    let error = match serde_json::from_str(piece.get()) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if error.classify() != Category::Data {
        return Err(vec![not_json(text, piece.get(), &error)]);
    }
    let mut flaws = Vec::new();
    look_through(text, piece, trail, grammar, &mut flaws);
    if flaws.is_empty() {
        flaws.push(Flaw::at(trail.clone(), in_one_line(&error)));
    }
    Err(flaws)
}

/// Says where a part of `text` is no JSON.
pub(crate) fn not_json(text: &str, piece: &str, error: &serde_json::Error) -> Flaw {
    let start = offset_of(text, piece) + offset_of_byte(piece, error.line(), error.column());
    // What ends too early is pointed at where it ends.
    let start = start.min(text.len());
    let start = (0..=start).rev().find(|at| text.is_char_boundary(*at));
    let start = start.unwrap_or_default();
    Flaw {
        at: At::Bytes(start..start),
        code: Code::RulesNotJson,
        ..Flaw::at(
            Trail::default(),
            format!("not JSON: {}", in_one_line(error)),
        )
    }
}

fn in_one_line(error: &serde_json::Error) -> String {
    let told = error.to_string();
    told.split(" at line ")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Says all that is wrong with the form of a value: names that are unknown or doubled, and what is
/// of another kind.
fn look_through(
    text: &str,
    value: &RawValue,
    trail: &Trail,
    grammar: &Grammar,
    flaws: &mut Vec<Flaw>,
) {
    let (form, _) = (grammar.0)(trail.steps());
    let is_of_the_kind = match &form {
        Form::Fields { .. } | Form::Free => match Members::of(value) {
            None => false,
            Some(members) => {
                for member in good_members(text, &members, &form, trail, flaws) {
                    let name = Step::Field(member.name.clone().into_owned().into());
                    look_through(text, member.value, &trail.then(name), grammar, flaws);
                }
                true
            }
        },
        Form::List => match serde_json::from_str::<Vec<&RawValue>>(value.get()) {
            Err(_) => false,
            Ok(values) => {
                for (index, value) in values.into_iter().enumerate() {
                    look_through(text, value, &trail.then(index), grammar, flaws);
                }
                true
            }
        },
        Form::Text => value.get().starts_with('"'),
        Form::Whole => value.get().parse::<i64>().is_ok(),
        Form::Any => true,
    };
    if !is_of_the_kind {
        flaws.push(not_of_the_kind(value, trail, grammar));
    }
}

/// Says that something else stands at a trail than what the grammar wants there.
pub(crate) fn not_of_the_kind(value: &RawValue, trail: &Trail, grammar: &Grammar) -> Flaw {
    let found = match value.get().bytes().next() {
        Some(b'{') => "an object".to_owned(),
        Some(b'[') => "a list".to_owned(),
        Some(b'"') => "a text".to_owned(),
        // true, false, null or a number.
        _ => Quoted(value.get()).to_string(),
    };
    let what = format!("must be {}, not {found}", (grammar.0)(trail.steps()).1);
    Flaw::at(trail.clone(), what)
}

/// The members whose names are known and stand there for the first time; the others are flaws.
pub(crate) fn good_members<'m, 'a>(
    text: &str,
    members: &'m Members<'a>,
    form: &Form,
    trail: &Trail,
    flaws: &mut Vec<Flaw>,
) -> Vec<&'m Member<'a>> {
    let mut seen = HashSet::new();
    let mut good = Vec::new();
    for member in &members.0 {
        let what = match form {
            Form::Fields { of, known } if known.iter().all(|one| one.name != member.name) => {
                unknown(&member.name, of, known)
            }
            _ if !seen.insert(member.name.as_ref()) => {
                "stands there twice; write it once".to_owned()
            }
            _ => {
                good.push(member);
                continue;
            }
        };
        let name = Step::Field(member.name.clone().into_owned().into());
        flaws.push(Flaw {
            at: At::Bytes(member.name_in(text)),
            ..Flaw::at(trail.then(name), what)
        });
    }
    good
}

fn unknown(name: &str, of: &str, known: &[Field]) -> String {
    let known: Vec<_> = known.iter().map(|field| field.name).collect();
    let fields = known.join(", ");
    if let Some(meant) = nearest(name, known.iter().copied()) {
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
                let mut seen = HashSet::new();
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
