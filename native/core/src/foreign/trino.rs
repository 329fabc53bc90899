//! Trino's S3 security mapping (`s3.security-mapping.config-file`).
//!
//! Entries are looked at from top to bottom; of one entry all criteria must hold; the first that
//! does decides; where none does, access is denied. `user` and `group` are Java's regular
//! expressions and must match a whole name, a group any of the caller's. A prefix matches the bucket
//! by equality and the key by how it begins, without a path boundary (Trino documentation, *S3 file
//! system support*, *Security mapping*; `io.trino.filesystem.s3.S3SecurityMapping`).

use super::java_regex::{self, Names};
use super::reading::{Fields, Reading, Value};
use super::written::{File, Outcome, Rule, Session, name_of};
use crate::rules::{Misfit, Prefix, SessionNameTemplate};

/// What tells the format.
pub(super) const TOP: &str = "mappings";

/// What Trino calls sessions where an entry does not say.
const SESSION_NAME: &str = "trino-session";

const KNOWN: [&str; 9] = [
    "user",
    "group",
    "prefix",
    "iamRole",
    "roleSessionName",
    "allowedIamRoles",
    "useClusterDefault",
    "region",
    "endpoint",
];

/// What rules can't say of a request to S3, and what to do. An entry that holds one of them is
/// refused: without the entry, a later one would decide.
const REFUSED: [(&str, &str); 10] = [
    ("accessKey", KEYS),
    ("secretKey", KEYS),
    ("endpoint", CLIENT),
    ("crossRegionAccessEnabled", CLIENT),
    ("pathStyleAccess", CLIENT),
    ("kmsKeyId", ENCRYPTION),
    ("allowedKmsKeyIds", ENCRYPTION),
    ("sseCustomerKey", ENCRYPTION),
    ("allowedSseCustomerKeys", ENCRYPTION),
    ("allowedSseCustomerKey", ENCRYPTION),
];
const KEYS: &str =
    "gives access keys, and rules give roles; give the entry an `iamRole` with the same rights";
const CLIENT: &str = "says how S3 is reached, which is the host's to know; set it there, as in fs.s3a.bucket.BUCKET.endpoint, and take it out here";
const ENCRYPTION: &str = "says how objects are encrypted, which is the host's to know; set it there, as in fs.s3a.bucket.BUCKET.encryption.key, and take it out here";

/// Reads it.
pub(super) fn read(reading: &mut Reading<'_>, top: Value<'_>) -> Option<File> {
    let fields = reading.object(top, "a security mapping", &[TOP])?;
    let Some(mappings) = fields.get(TOP) else {
        // A name that is misspelt has been told.
        if reading.count_of_wrongs() == 0 {
            reading.wrong(&fields.whole, format!("lacks `{TOP}`"));
        }
        return None;
    };
    let entries = reading.list(&mappings)?;
    let rules = entries
        .into_iter()
        .enumerate()
        .map(|(index, entry)| rule(reading, index, entry))
        // Each is looked at, for all faults.
        .collect::<Vec<_>>();
    let mut file = File::denying(rules.into_iter().collect::<Option<_>>()?);
    file.session = Some(Session {
        name: Some(SESSION_NAME.to_owned()),
        ..Session::default()
    });
    Some(file)
}

fn rule(reading: &mut Reading<'_>, index: usize, entry: Value<'_>) -> Option<Rule> {
    let known: Vec<&str> = KNOWN
        .into_iter()
        .chain(REFUSED.iter().map(|(name, _)| *name))
        .collect();
    let before = reading.count_of_wrongs();
    let fields = reading.object(entry, "an entry", &known)?;
    for (name, why) in REFUSED {
        if let Some(value) = fields.get(name) {
            reading.wrong(&value, why);
        }
    }
    let mut rule = Rule {
        name: name_of(index),
        offset: reading.offset(&fields.whole),
        ..Rule::default()
    };
    if let Some(names) = expression(reading, &fields, "user") {
        match names {
            Names::Exactly(names) => rule.users = names,
            Names::Matching(expression) => rule.users_matching = vec![expression],
        }
    }
    if let Some(names) = expression(reading, &fields, "group") {
        match names {
            Names::Exactly(names) => rule.groups = names,
            Names::Matching(expression) => rule.groups_matching = vec![expression],
        }
    }
    if let Some(value) = fields.get("prefix") {
        rule.prefixes.extend(reading.fitting(&value, prefix));
    }
    outcome(reading, &fields, &mut rule);
    if let Some(region) = fields.get("region") {
        reading.warn(
            "foreign-region-ignored",
            Some(&rule.name),
            &region,
            "rules do not say in which region S3 is asked; set it in the host, as in fs.s3a.bucket.BUCKET.endpoint.region",
        );
    }
    (reading.count_of_wrongs() == before).then_some(rule)
}

fn expression(reading: &mut Reading<'_>, fields: &Fields<'_>, name: &str) -> Option<Names> {
    let value = fields.get(name)?;
    let text = reading.text(&value)?;
    java_regex::read(&text)
        .map_err(|misfit| reading.misfit(&value, &misfit))
        .ok()
}

/// What the entry gives: a role, or the cluster's own credentials.
fn outcome(reading: &mut Reading<'_>, fields: &Fields<'_>, rule: &mut Rule) {
    let role = fields.get("iamRole");
    let session_name = fields.get("roleSessionName");
    let allowed = fields
        .get("allowedIamRoles")
        .and_then(|value| reading.texts(&value).map(|_| value));
    let by_default = fields
        .get("useClusterDefault")
        .is_some_and(|value| flag(reading, &value));
    match (&role, by_default) {
        (Some(_), true) => reading.wrong(
            &fields.whole,
            "has both `iamRole` and `useClusterDefault`, which Trino refuses too; keep one",
        ),
        (Some(role), false) => {
            if let Some(role) = reading.fitting(role, super::written_role) {
                rule.outcome = Outcome::Role(role.as_str().to_owned());
            }
        }
        (None, true) => rule.outcome = Outcome::Use("base"),
        (None, false) if allowed.is_some() => reading.wrong(
            &fields.whole,
            "has `allowedIamRoles` and no `iamRole`: the caller has to choose a role, and has no way to do so here; without the entry, a later one would decide. Name the role in `iamRole`, with an entry for each `user` or `group` that gets another",
        ),
        // What was refused above may be all that it gives.
        (None, false) if REFUSED.iter().any(|(name, _)| fields.get(name).is_some()) => {}
        (None, false) => reading.wrong(
            &fields.whole,
            "gives nothing; write `iamRole`, or `useClusterDefault` for the base's own credentials",
        ),
    }
    match (&allowed, by_default) {
        (Some(value), true) => reading.wrong(
            value,
            "has no meaning beside `useClusterDefault`, which Trino refuses too; keep one",
        ),
        (Some(value), false) if role.is_some() => reading.warn(
            "foreign-choice-lost",
            Some(&rule.name),
            value,
            "callers can't choose a role here, as they can in Trino by an extra credential: they get `iamRole`",
        ),
        _ => {}
    }
    if let Some(value) = session_name {
        if role.is_none() {
            reading.wrong(&value, "has no meaning without `iamRole`; take it out");
        }
        if let Some(name) = reading.fitting(&value, session) {
            rule.session = Some(Session {
                name: Some(name),
                ..Session::default()
            });
        }
    }
}

/// A boolean, which may be written as a text.
fn flag(reading: &mut Reading<'_>, value: &Value<'_>) -> bool {
    match value.raw.get() {
        "true" | "\"true\"" | "\"True\"" | "\"TRUE\"" => true,
        "false" | "\"false\"" | "\"False\"" | "\"FALSE\"" => false,
        _ => {
            reading.wrong(value, "must be true or false");
            false
        }
    }
}

/// `s3://BUCKET` and `s3://BUCKET/KEY` as rules say the same: a key may go on as it likes.
fn prefix(text: &str) -> Result<String, Misfit> {
    super::literal(
        text,
        "in Trino it stands for itself, and rules can't say that",
    )?;
    let key = text
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        .map(|(_, key)| key);
    let written = match key {
        None => format!("{text}/"),
        Some("") => text.to_owned(),
        Some(_) => format!("{text}*"),
    };
    Prefix::parse(&written).map(|_| written)
}

/// The name of a session; `${USER}` is the caller.
fn session(text: &str) -> Result<String, Misfit> {
    const USER: &str = "${USER}";
    let plain = text.replace(USER, &" ".repeat(USER.len()));
    if let Some((before, _)) = plain.split_once("${") {
        return Err(Misfit::at(
            before.chars().count(),
            format!("holds `${{`, which is filled in by Trino only in {USER}"),
        ));
    }
    // Both have the same length, so that a misfit's place is right.
    let written = text.replace(USER, "${user}");
    SessionNameTemplate::parse(&written).map(|_| written)
}

#[cfg(test)]
#[path = "trino_properties.rs"]
mod properties;
#[cfg(test)]
#[path = "trino_tests.rs"]
mod tests;
