//! The form of a rules file as a whole: what stands at its top, read as far as it can be.

use serde_json::error::Category;
use serde_json::value::RawValue;

use super::fields::RULES;
use super::flaw::{Flaw, Flaws};
use super::grammar::FileText;
use super::strict::{Grammar, Object, good_members, not_json, not_of_the_kind, read_piece};
use super::trail::{Members, Step, Trail};
use super::versions::{NEWEST, known_versions, later_fields};
use crate::error::Code;

/// Reads the top of a file; its rules are still to be read.
///
/// # Errors
/// Where nothing can be made of it: what is no JSON or no object, or has another version. What else
/// is wrong stands beside the parts that are good.
pub(crate) fn read_file(text: &str) -> Result<(FileText<'_>, Flaws), Vec<Flaw>> {
    if let Ok(Object(file)) = serde_json::from_str::<Object<FileText<'_>>>(text) {
        let version = check_version(file.version).map_err(|flaw| vec![flaw])?;
        return Ok((file, too_new_for(version, text)));
    }
    let top = match serde_json::from_str::<&RawValue>(text) {
        Ok(top) => top,
        Err(error) => return Err(vec![not_json(text, text, &error)]),
    };
    let trail = Trail::default();
    let members = match serde_json::from_str::<Members<'_>>(text) {
        Ok(members) => members,
        Err(error) if error.classify() == Category::Data => {
            return Err(vec![not_of_the_kind(top, &trail, &RULES)]);
        }
        Err(error) => return Err(vec![not_json(text, text, &error)]),
    };
    // Looked at before anything else, so that a file of tomorrow is told as such and not by the
    // first field that is new in it.
    let version = members.0.iter().rev().find(|one| one.name == "version");
    let version = check_version(version.map(|member| member.value)).map_err(|flaw| vec![flaw])?;
    let mut flaws = too_new_for(version, text);
    let mut file = FileText::default();
    for member in good_members(text, &members, &(RULES.0)(&[]).0, &trail, &mut flaws.0) {
        let at = trail.then(Step::Field(member.name.clone().into_owned().into()));
        match member.name.as_ref() {
            "base" => file.base = flaws.read(text, member.value, &at, &RULES),
            "session" => file.session = flaws.read(text, member.value, &at, &RULES),
            "otherwise" => file.otherwise = flaws.read(text, member.value, &at, &RULES),
            "rules" => match serde_json::from_str(member.value.get()) {
                Ok(rules) => file.rules = Some(rules),
                Err(_) => flaws.0.push(not_of_the_kind(member.value, &at, &RULES)),
            },
            _ => {}
        }
    }
    Ok((file, flaws))
}

/// The fields that came after the version that the file says it has.
fn too_new_for(version: u32, text: &str) -> Flaws {
    if version == NEWEST {
        return Flaws::default();
    }
    match serde_json::from_str::<&RawValue>(text) {
        Ok(whole) => Flaws(later_fields(version, text, whole, &RULES)),
        Err(_) => Flaws::default(),
    }
}

impl Flaws {
    /// Reads a part of the text, or takes down all that is wrong with its form.
    pub(crate) fn read<'a, T: serde::Deserialize<'a>>(
        &mut self,
        text: &str,
        piece: &'a RawValue,
        trail: &Trail,
        grammar: &Grammar,
    ) -> Option<T> {
        read_piece(text, piece, trail, grammar)
            .map_err(|flaws| self.0.extend(flaws))
            .ok()
    }
}

/// The version that a file says it has.
fn check_version(version: Option<&RawValue>) -> Result<u32, Flaw> {
    let Some(version) = version else {
        return Err(Flaw::at(
            Trail::default(),
            format!("lacks `version`; write \"version\": {NEWEST}"),
        ));
    };
    let trail = Trail::default().then("version");
    match version.get().parse::<u32>() {
        Ok(version) if known_versions().contains(&version) => Ok(version),
        Ok(newer) if newer > NEWEST => Err(Flaw {
            code: Code::RulesVersionUnknown,
            ..Flaw::at(
                trail,
                format!(
                    "the file has version {newer}, and this release reads {NEWEST}; upgrade Rolecall on this machine, or write the file for version {NEWEST}"
                ),
            )
        }),
        _ => Err(Flaw::at(trail, format!("must be the number {NEWEST}"))),
    }
}
