//! From bytes to rules.

use ring::digest::{SHA256, digest};
use serde_json::value::RawValue;

use super::building::build;
use super::grammar::{FileText, rules_grammar};
use super::quoted::Quoted;
use super::strict::{self, Fault, Object};
use super::trail::{Members, Place, Step, Trail};
use super::{Rules, RulesHash};
use crate::error::{Code, Error};

/// The version of the grammar that this release reads.
const VERSION: u64 = 1;

/// Reads a rules file strictly. `origin` is what errors call it: a path, or where inline rules stand.
///
/// # Errors
/// RC105 where it is no JSON, RC107 where its version is another, else RC106; with line, column,
/// rule and field, and what to write instead.
pub fn read(text: &[u8], origin: &str) -> Result<Rules, Error> {
    let text = as_text(text, origin)?;
    check_version(text, origin)?;
    let built = strict::read::<Object<FileText>>(text, &rules_grammar())
        .and_then(|Object(file)| build(file, text));
    match built {
        Ok(content) => Ok(Rules::new(RulesHash::of(text.as_bytes()), content)),
        Err(fault) => Err(told(&fault.placed(text), text, origin)),
    }
}

impl RulesHash {
    fn of(bytes: &[u8]) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
        Self(hash)
    }
}

fn as_text<'a>(bytes: &'a [u8], origin: &str) -> Result<&'a str, Error> {
    let not_json = |what: &str| Err(Error::new(Code::RulesNotJson, format!("{origin}: {what}")));
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim().is_empty() => not_json(
            "the file is empty; the least there is to write is {\"version\": 1, \"rules\": [], \"otherwise\": \"deny\"}",
        ),
        Ok(text) if text.starts_with('\u{feff}') => {
            not_json("the file starts with a byte order mark; save it as UTF-8 without one")
        }
        Ok(text) => Ok(text),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let good = std::str::from_utf8(good).unwrap_or_default();
            let Place { line, column } = Place::of_offset(good, good.len());
            Err(Error::new(
                Code::RulesNotJson,
                format!(
                    "{origin}:{line}:{column}: the file is not UTF-8 from here on; save it as UTF-8"
                ),
            ))
        }
    }
}

/// Looks at the version before anything else, so that a file of tomorrow is told as such and not by
/// the first field that is new in it.
fn check_version(text: &str, origin: &str) -> Result<(), Error> {
    let top: &RawValue = match serde_json::from_str(text) {
        Ok(top) => top,
        Err(_) => match strict::read::<Object<FileText>>(text, &rules_grammar()) {
            Err(fault) => return Err(told(&fault, text, origin)),
            Ok(_) => return Ok(()),
        },
    };
    let Some(members) = Members::of(top) else {
        return Ok(());
    };
    let trail = Trail::default().then("version");
    let Some(version) = members
        .0
        .into_iter()
        .rev()
        .find(|member| member.name == "version")
    else {
        let fault = Fault::at(Trail::default(), "lacks `version`; write \"version\": 1");
        return Err(told(&fault.placed(text), text, origin));
    };
    match version.value.get().parse::<u64>() {
        Ok(VERSION) => Ok(()),
        Ok(newer) if newer > VERSION => {
            let Place { line, column } = Place::of_piece(text, version.value.get());
            Err(Error::new(
                Code::RulesVersionUnknown,
                format!(
                    "{origin}:{line}:{column}: field `version`: the file has version {newer}, and this release reads {VERSION}; upgrade Rolecall on this machine, or write the file for version {VERSION}"
                ),
            ))
        }
        _ => {
            let fault = Fault::at(trail, format!("must be the number {VERSION}"));
            Err(told(&fault.placed(text), text, origin))
        }
    }
}

/// A fault as its error: `FILE:LINE:COLUMN: rule NAME, field NAME: what is wrong; what to write`.
fn told(fault: &Fault, text: &str, origin: &str) -> Error {
    let place = fault.place.map_or_else(String::new, |place| {
        format!(":{}:{}", place.line, place.column)
    });
    let (rule, field) = match fault.trail.steps() {
        [Step::Field(rules), Step::Index(index), ..] if rules == "rules" => {
            (Some(rule_called(*index, text)), fault.trail.behind(2))
        }
        _ => (None, fault.trail.clone()),
    };
    let field = (!field.steps().is_empty()).then(|| format!("field `{field}`"));
    let subject = match (rule, field) {
        (Some(rule), Some(field)) => format!("{rule}, {field}: "),
        (Some(rule), None) => format!("{rule} "),
        (None, Some(field)) => format!("{field}: "),
        (None, None) if fault.not_json => "not JSON: ".to_owned(),
        (None, None) => "the file ".to_owned(),
    };
    let code = if fault.not_json {
        Code::RulesNotJson
    } else {
        Code::RulesInvalid
    };
    Error::new(code, format!("{origin}{place}: {subject}{}", fault.what))
}

/// A rule by its name, or by its number from 1 where it has none.
fn rule_called(index: usize, text: &str) -> String {
    Trail::default()
        .then("rules")
        .then(index)
        .then("name")
        .find(text)
        .and_then(|name| serde_json::from_str::<String>(name.get()).ok())
        .map_or_else(
            || format!("rule number {}", index + 1),
            |name| format!("rule {}", Quoted(&name)),
        )
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
