//! Rules in other systems' formats, found by their content and told as a rules file.
//!
//! What such a file can't mean here is an error or a warning that names it: never silence, and never
//! more access than its own system gives. Nothing is read but the text that is handed in.

mod content;
#[cfg(test)]
mod decisions;
mod emr;
mod emr_serverless;
mod java_regex;
mod reading;
mod trino;
mod user_role_mapper;
mod written;

use std::collections::HashMap;
use std::fmt;

use serde_json::value::RawValue;

use crate::error::{Code, Error};
use crate::rules::{self, Fault, Misfit, Place, Places, RoleArn, Rules, Warning, offset_of_byte};
use reading::Reading;

pub use content::{Content, recognise};

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Role mappings of EMR, as in its security configurations.
    Emr,
    /// The mapping of buckets to roles of EMR Serverless.
    EmrServerless,
    /// Trino's S3 security mapping.
    Trino,
    /// The EMR User Role Mapper's mappings to roles.
    UserRoleMapper,
    /// The EMR User Role Mapper's mappings to managed policies.
    UserRoleMapperPolicies,
}

impl Format {
    /// What its own system gives whom nothing matches, and so do the rules; goes on from `whom no
    /// rule matches`.
    pub fn default_in_words(self) -> &'static str {
        match self {
            Self::Emr | Self::EmrServerless => "gets the base's own credentials",
            Self::Trino | Self::UserRoleMapper | Self::UserRoleMapperPolicies => "is denied",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Emr => "EMR role mappings",
            Self::EmrServerless => "an EMR Serverless bucket mapping",
            Self::Trino => "a Trino security mapping",
            Self::UserRoleMapper => "User Role Mapper mappings to roles",
            Self::UserRoleMapperPolicies => "User Role Mapper mappings to policies",
        })
    }
}

/// A foreign file, told as a rules file.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What it was.
    pub format: Format,
    /// The rules file, for people to read.
    pub json: String,
    /// What means something else here, or might.
    pub warnings: Vec<Warning>,
    /// Where in the foreign text each rule comes from, by its name.
    places: HashMap<String, Place>,
}

impl Imported {
    /// The rules themselves, with the hash of the written file.
    ///
    /// # Errors
    /// What rules can't say of it, such as an expression that is too large, at the entry.
    pub(crate) fn rules(&self, origin: &str) -> Result<Rules, Vec<Fault>> {
        rules::read_native(self.json.as_bytes(), origin).map_err(|mut faults| {
            for fault in &mut faults {
                let entry = fault.rule.as_ref().and_then(|rule| self.places.get(rule));
                fault.place = entry.copied();
                fault.width = None;
            }
            faults
        })
    }
}

/// Tells a foreign text as a rules file; none where its content is not foreign.
///
/// # Errors
/// RC106 with the place and the field of the first fault.
pub fn import(bytes: &[u8], origin: &str) -> Option<Result<Imported, Error>> {
    Some(
        read(bytes, origin)?
            .and_then(|imported| imported.rules(origin).map(|_| imported))
            .map_err(|faults| first(faults, origin)),
    )
}

/// The same for a text whose format somebody names, whatever it looks like.
///
/// # Errors
/// RC105 where it is no JSON, RC106 with the place and the field of the first fault.
pub fn import_as(format: Format, bytes: &[u8], origin: &str) -> Result<Imported, Error> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(Error::new(
            Code::RulesNotJson,
            format!("{origin}: the file is not UTF-8; save it as UTF-8"),
        ));
    };
    read_as(format, text, origin)
        .and_then(|imported| imported.rules(origin).map(|_| imported))
        .map_err(|faults| first(faults, origin))
}

/// Reads a text if its content is foreign; with all of its faults in the order in which they stand.
pub(crate) fn read(bytes: &[u8], origin: &str) -> Option<Result<Imported, Vec<Fault>>> {
    let text = std::str::from_utf8(bytes).ok()?;
    match recognise(bytes) {
        Content::Foreign(format) => Some(read_as(format, text, origin)),
        Content::Mixed(one, other) => Some(Err(vec![Fault {
            place: Some(Place { line: 1, column: 1 }),
            ..of_the_whole(
                origin,
                format!("holds {one} as well as {other}; name a file with one of them"),
            )
        }])),
        Content::Native | Content::Unknown => None,
    }
}

fn read_as(format: Format, text: &str, origin: &str) -> Result<Imported, Vec<Fault>> {
    let mut reading = Reading::of(text);
    let file = match (format, reading.top()) {
        (Format::EmrServerless, _) => emr_serverless::read(&mut reading),
        (_, None) => return Err(vec![not_json(text, origin)]),
        (Format::Emr, Some(top)) => emr::read(&mut reading, top),
        (Format::Trino, Some(top)) => trino::read(&mut reading, top),
        (Format::UserRoleMapper, Some(top)) => user_role_mapper::read_roles(&mut reading, top),
        (Format::UserRoleMapperPolicies, Some(top)) => {
            user_role_mapper::read_policies(&mut reading, top)
        }
    };
    let warnings = reading.end(origin)?;
    let json = file
        .as_ref()
        .and_then(|file| serde_json::to_string_pretty(file).ok());
    let (Some(file), Some(json)) = (file, json) else {
        // Whatever has no rules has a fault.
        return Err(vec![of_the_whole(origin, format!("holds no {format}"))]);
    };
    let mut rules = file.rules;
    // In the order of the text, so that it is walked once.
    rules.sort_by_key(|rule| rule.offset);
    let mut places = Places::of(text);
    let places = rules
        .into_iter()
        .map(|rule| (rule.name, places.at(rule.offset)))
        .collect();
    Ok(Imported {
        format,
        json: json + "\n",
        warnings,
        places,
    })
}

fn first(faults: Vec<Fault>, origin: &str) -> Error {
    let fault = faults.into_iter().next();
    fault
        .unwrap_or_else(|| of_the_whole(origin, "can't be read".to_owned()))
        .into()
}

fn of_the_whole(origin: &str, what: String) -> Fault {
    Fault {
        code: Code::RulesInvalid,
        origin: origin.to_owned(),
        place: None,
        width: None,
        rule_number: None,
        rule: None,
        field: None,
        what,
    }
}

fn not_json(text: &str, origin: &str) -> Fault {
    let error = serde_json::from_str::<&RawValue>(text).err();
    let told = error.as_ref().map(ToString::to_string).unwrap_or_default();
    let what = told.split(" at line ").next().unwrap_or_default();
    Fault {
        code: Code::RulesNotJson,
        place: error.map(|error| {
            let offset = offset_of_byte(text, error.line(), error.column());
            Places::of(text).at(offset)
        }),
        ..of_the_whole(origin, format!("not JSON: {what}"))
    }
}

/// Refuses what rules would not take for itself: `*` and `${`. `why` says what it is in the format.
fn literal(text: &str, why: &str) -> Result<(), Misfit> {
    ["*", "${"]
        .into_iter()
        .try_for_each(|special| without(text, special, why))
}

fn without(text: &str, special: &str, why: &str) -> Result<(), Misfit> {
    match text.split_once(special) {
        Some((before, _)) => Err(Misfit::at(
            before.chars().count(),
            format!("holds `{special}`: {why}; take it out"),
        )),
        None => Ok(()),
    }
}

/// The ARN of a role, written out: in a role's path IAM takes `${` for itself, and rules would fill
/// it in.
fn written_role(text: &str) -> Result<RoleArn, Misfit> {
    without(
        text,
        "${",
        "in the ARN of a role it stands for itself, and rules can't say that",
    )?;
    RoleArn::parse(text)
}

#[cfg(test)]
mod tests;
