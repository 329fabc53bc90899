//! From bytes to rules.

use ring::digest::{SHA256, digest};

use super::building::{Content, build};
use super::fault::Fault;
use super::flaw::{At, Flaw, Placed, place_all};
use super::form::read_file;
use super::pieces::Pieces;
use super::trail::{Step, Trail};
use super::{Rules, RulesHash};
use crate::error::{Code, Error};
use crate::foreign;

/// Reads a rules file strictly. `origin` is what errors call it: a path, or where inline rules stand.
///
/// # Errors
/// The first of what [`read_all`] says.
pub fn read(bytes: &[u8], origin: &str) -> Result<Rules, Error> {
    read_all(bytes, origin).map_err(|faults| {
        faults.into_iter().next().map_or_else(
            || Error::new(Code::RulesInvalid, format!("{origin}: can't be read")),
            Error::from,
        )
    })
}

/// The same, with all that is wrong and not the first alone.
///
/// # Errors
/// At least one fault, in the order of the file: RC105 where it is no JSON, RC107 where its version
/// is another, else RC106; with line, column, rule and field, and what to write instead. What is
/// wrong in one rule or field hides nothing in the others.
pub fn read_all(bytes: &[u8], origin: &str) -> Result<Rules, Vec<Fault>> {
    match foreign::read(bytes, origin) {
        None => read_native(bytes, origin),
        Some(imported) => {
            let imported = imported?;
            let rules = imported.rules(origin)?;
            Ok(Rules {
                hash: RulesHash::of(bytes),
                warnings: imported.warnings,
                ..rules
            })
        }
    }
}

/// The same for rules in Rolecall's own form.
pub(crate) fn read_native(bytes: &[u8], origin: &str) -> Result<Rules, Vec<Fault>> {
    let text = as_text(bytes).map_err(|placed| vec![named(placed, None, origin)])?;
    understand(text)
        .map(|content| Rules::new(RulesHash::of(bytes), content))
        .map_err(|flaws| faults_of(text, flaws, origin))
}

/// What is wrong in the file at `origin`, with places and rules.
pub(super) fn faults_of(text: &str, flaws: Vec<Flaw>, origin: &str) -> Vec<Fault> {
    if flaws.is_empty() {
        return Vec::new();
    }
    let pieces = Pieces::of(text);
    place_all(text, flaws, |trail| pieces.find(trail))
        .into_iter()
        .map(|placed| named(placed, Some(&pieces), origin))
        .collect()
}

fn understand(text: &str) -> Result<Content, Vec<Flaw>> {
    let (file, mut flaws) = read_file(text)?;
    let content = build(file, text, &mut flaws);
    match content {
        Some(content) if flaws.0.is_empty() => Ok(content),
        _ => Err(flaws.0),
    }
}

impl RulesHash {
    fn of(bytes: &[u8]) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
        Self(hash)
    }
}

/// The text of a file; where it is none, why not.
pub(super) fn as_text(bytes: &[u8]) -> Result<&str, Placed> {
    let not_json = |what: &str| Placed {
        flaw: Flaw {
            code: Code::RulesNotJson,
            ..Flaw::at(Trail::default(), what)
        },
        place: None,
        width: None,
    };
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim().is_empty() => Err(not_json(
            "the file is empty; the least there is to write is {\"version\": 1, \"rules\": [], \"otherwise\": \"deny\"}",
        )),
        Ok(text) if text.starts_with('\u{feff}') => Err(not_json(
            "the file starts with a byte order mark; save it as UTF-8 without one",
        )),
        Ok(text) => Ok(text),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let good = std::str::from_utf8(good).unwrap_or_default();
            let flaw = Flaw {
                at: At::Bytes(good.len()..good.len()),
                ..not_json("the file is not UTF-8 from here on; save it as UTF-8").flaw
            };
            Err(place_all(good, vec![flaw], |_| None)
                .pop()
                .unwrap_or_else(|| not_json("the file is not UTF-8; save it as UTF-8")))
        }
    }
}

/// A flaw as a fault of the file at `origin`.
pub(super) fn named(placed: Placed, pieces: Option<&Pieces<'_>>, origin: &str) -> Fault {
    let Placed { flaw, place, width } = placed;
    let (rule, field) = match flaw.trail.steps() {
        [Step::Field(rules), Step::Index(index), ..] if rules == "rules" => {
            (Some(*index), flaw.trail.behind(2))
        }
        _ => (None, flaw.trail.clone()),
    };
    Fault {
        code: flaw.code,
        origin: origin.to_owned(),
        place,
        width,
        rule_number: rule.map(|index| index + 1),
        rule: rule.and_then(|index| pieces?.rule_name(index)),
        field: (!field.steps().is_empty()).then(|| field.to_string()),
        what: flaw.what,
    }
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
