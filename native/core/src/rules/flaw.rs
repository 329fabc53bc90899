//! What is wrong with a value of a JSON text, told by the way to it, and its place in the text.

use std::fmt;
use std::ops::Range;

use super::misfit::Misfit;
use super::place::{Place, Places, offset_of};
use super::trail::Trail;
use crate::error::Code;

/// Something that is wrong, before anybody looks up where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// The value that is wrong, or that holds what is wrong.
    pub(crate) trail: Trail,
    pub(crate) at: At,
    /// In a rules file.
    pub(crate) code: Code,
    /// What is wrong and what to write instead.
    pub(crate) what: String,
}

/// What exactly is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum At {
    /// The value.
    Value,
    /// A character of the value, which is a string; from 0.
    Character(usize),
    /// These bytes of the whole text.
    Bytes(Range<usize>),
}

impl Flaw {
    /// A value that is well-formed, but wrong.
    pub(crate) fn at(trail: Trail, what: impl Into<String>) -> Self {
        Self {
            trail,
            at: At::Value,
            code: Code::RulesInvalid,
            what: what.into(),
        }
    }

    /// A text that does not fit, pointed at as exactly as can be.
    pub(crate) fn misfit(trail: Trail, misfit: &Misfit) -> Self {
        Self {
            at: misfit.position().map_or(At::Value, At::Character),
            ..Self::at(trail, misfit.to_string())
        }
    }
}

/// A list of what is wrong that grows while a file is understood as far as it can be.
#[derive(Debug, Default)]
pub(crate) struct Flaws(pub(crate) Vec<Flaw>);

impl Flaws {
    /// Takes down what is wrong, and goes on without the value.
    pub(crate) fn keep<T>(&mut self, result: Result<T, Flaw>) -> Option<T> {
        result.map_err(|flaw| self.0.push(flaw)).ok()
    }
}

/// A flaw with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) flaw: Flaw,
    pub(crate) place: Option<Place>,
    /// How many characters are meant, where they stand on one line.
    pub(crate) width: Option<usize>,
}

/// Looks up where flaws stand, and puts them in the order of the text. `find` gives the value at a
/// trail as a part of `text` itself.
pub(crate) fn place_all<'a>(
    text: &'a str,
    flaws: Vec<Flaw>,
    find: impl Fn(&Trail) -> Option<&'a str>,
) -> Vec<Placed> {
    let mut spans: Vec<_> = flaws
        .into_iter()
        .map(|flaw| (span(text, &flaw, &find), flaw))
        .collect();
    spans.sort_by_key(|(span, _)| span.as_ref().map(|span| span.start));
    let mut places = Places::of(text);
    spans
        .into_iter()
        .map(|(span, flaw)| Placed {
            place: span.as_ref().map(|span| places.at(span.start)),
            width: span.and_then(|span| width(text.get(span)?)),
            flaw,
        })
        .collect()
}

fn span<'a>(
    text: &str,
    flaw: &Flaw,
    find: impl Fn(&Trail) -> Option<&'a str>,
) -> Option<Range<usize>> {
    let of_value = |piece: &str| {
        let start = offset_of(text, piece);
        start..start + piece.len()
    };
    match &flaw.at {
        At::Bytes(bytes) => Some(bytes.clone()),
        At::Value => find(&flaw.trail).map(of_value),
        At::Character(index) => {
            let piece = find(&flaw.trail)?;
            let whole = of_value(piece);
            // Without escapes a string's characters are those of the text, after the quote.
            let character = (!piece.contains('\\'))
                .then(|| piece.char_indices().nth(index + 1))
                .flatten();
            Some(match character {
                Some((before, '"')) => whole.start + before..whole.start + before + 1,
                Some((before, meant)) => {
                    whole.start + before..whole.start + before + meant.len_utf8()
                }
                None => whole,
            })
        }
    }
}

fn width(meant: &str) -> Option<usize> {
    let is_whole = !meant.starts_with(['{', '[']) && !meant.contains('\n') && !meant.is_empty();
    is_whole.then(|| meant.chars().count())
}

impl Placed {
    /// For a file without rules: `FILE:LINE:COLUMN: field NAME: what is wrong; what to write`.
    pub(crate) fn in_file(&self, file: impl fmt::Display) -> String {
        let place = self.place.map_or_else(String::new, |place| {
            format!(":{}:{}", place.line, place.column)
        });
        let trail = &self.flaw.trail;
        let subject = match trail.steps() {
            _ if self.flaw.code == Code::RulesNotJson => String::new(),
            [] => "the file ".to_owned(),
            _ => format!("field `{trail}`: "),
        };
        format!("{file}{place}: {subject}{}", self.flaw.what)
    }

    /// For a text that stands in a setting, where file and rule need no name.
    pub(crate) fn in_words(&self) -> String {
        let place = self.place.map_or_else(String::new, |place| {
            format!("line {}, column {}: ", place.line, place.column)
        });
        let field = if self.flaw.trail.steps().is_empty() {
            String::new()
        } else {
            format!("field `{}` ", self.flaw.trail)
        };
        format!("{place}{field}{}", self.flaw.what)
    }
}
