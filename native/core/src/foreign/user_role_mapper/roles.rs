//! `PrincipalRoleMappings`: a role for each user and each group.
//!
//! The mapper sends role, duration, external ID and inline policy, and calls the session by the name
//! that was mapped. Of the caller's groups the first in the caller's own list counts; rules know no
//! such order, so it is told which groups it can matter for.

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::super::reading::{Fields, Reading, Value};
use super::super::written::{File, Outcome, Rule, Session, name_of};
use super::super::written_role;
use super::{Entry, Principal, ROLES, entries, last_of_each};
use crate::rules::{
    ExternalId, LONGEST, Misfit, PolicyTemplate, QuotedList, SHORTEST, SessionName,
};

const KNOWN: [&str; 10] = [
    "username",
    "groupname",
    "rolearn",
    "session",
    "policies",
    "textpolicy",
    "duration",
    "externalid",
    "serialnumber",
    "tokencode",
];

/// Reads them.
pub(in super::super) fn read(reading: &mut Reading<'_>, top: Value<'_>) -> Option<File> {
    let fields = reading.object(top, "a file of the User Role Mapper", &[ROLES])?;
    let list = fields.get(ROLES)?;
    let entries = entries(reading, &list, &KNOWN, "rolearn")?;
    let entries = last_of_each(reading, entries);
    let (users, groups): (Vec<_>, Vec<_>) = entries
        .iter()
        .partition(|entry| matches!(entry.principal, Principal::User(_)));
    let mut rules = Vec::new();
    for entry in users.into_iter().chain(groups.iter().copied()) {
        rules.extend(rule(reading, entry));
    }
    warn_of_order(reading, &list, &groups);
    Some(File::denying(rules))
}

fn rule(reading: &mut Reading<'_>, entry: &Entry<'_>) -> Option<Rule> {
    let fields = &entry.fields;
    let name = name_of(entry.index);
    let role = fields.get("rolearn")?;
    let role = reading.fitting(&role, written_role);
    let session = session(reading, &name, entry);
    for factor in ["serialnumber", "tokencode"] {
        if let Some(value) = fields.get(factor) {
            reading.wrong(
                &value,
                "asks for a second factor, which nobody can give here; take it out, and let the role's trust policy not ask for it",
            );
        }
    }
    let mut rule = Rule {
        name,
        offset: reading.offset(&fields.whole),
        outcome: Outcome::Role(role?.as_str().to_owned()),
        session: session.if_any(),
        ..Rule::default()
    };
    match &entry.principal {
        Principal::User(user) => rule.users = vec![user.clone()],
        Principal::Group(group) => rule.groups = vec![group.clone()],
    }
    Some(rule)
}

fn session(reading: &mut Reading<'_>, rule: &str, entry: &Entry<'_>) -> Session {
    let fields = &entry.fields;
    let mut session = Session::default();
    if let Principal::Group(group) = &entry.principal {
        // The mapper calls a session by whom it mapped: for a group, by the group.
        session.name = Some(if SessionName::parse(group).is_ok() {
            group.clone()
        } else {
            "${group}".to_owned()
        });
    }
    if let Some(value) = fields.get("session") {
        reading.warn(
            "foreign-field-ignored",
            Some(rule),
            &value,
            "sessions are called by the user or the group, as with the mapper, which reads this field and does not use it",
        );
    }
    if let Some(value) = fields.get("duration") {
        session.duration_seconds = duration(reading, &value);
    }
    if let Some(value) = fields.get("externalid") {
        session.external_id = reading
            .fitting(&value, ExternalId::parse)
            .map(|id| id.as_str().to_owned());
    }
    if let Some(value) = fields.get("textpolicy") {
        session.policy = reading.fitting(&value, policy);
    }
    if let Some(value) = fields.get("policies") {
        session.policy_arns = super::policies::arns(reading, &value).unwrap_or_default();
        reading.warn(
            "foreign-narrower",
            Some(rule),
            &value,
            "these policies narrow the session here; the mapper reads the field and does not send it",
        );
    }
    session
}

fn duration(reading: &mut Reading<'_>, value: &Value<'_>) -> Option<u64> {
    let range = SHORTEST.as_secs()..=LONGEST.as_secs();
    let seconds = serde_json::from_str::<u64>(value.raw.get())
        .ok()
        .filter(|seconds| range.contains(seconds));
    if seconds.is_none() {
        reading.wrong(
            value,
            format!(
                "must be a whole number of seconds from {} to {}, which STS takes",
                range.start(),
                range.end()
            ),
        );
    }
    seconds
}

/// An inline policy, which stands there as a text. What rules would fill in has no meaning there,
/// and is looked for as rules would find it: a JSON escape may hide it.
fn policy(text: &str) -> Result<Box<RawValue>, Misfit> {
    if !text.trim_start().starts_with('{') {
        return Err(Misfit::new(
            "is no policy; write a JSON object in this text",
        ));
    }
    let policy: Box<RawValue> = serde_json::from_str(text.trim())
        .map_err(|error| Misfit::new(format!("is not JSON inside: {error}")))?;
    let read = PolicyTemplate::parse(&policy).map_err(|wrong| wrong.misfit.anywhere())?;
    match read.variables().next() {
        Some(ours) => Err(Misfit::new(format!(
            "holds `{ours}`, which IAM does not know and rules would fill in; take it out"
        ))),
        None => Ok(policy),
    }
}

/// Where groups have different outcomes, the order of the caller's own list decides with the mapper,
/// and the order of the file here.
fn warn_of_order(reading: &mut Reading<'_>, list: &Value<'_>, groups: &[&Entry<'_>]) {
    let outcomes: BTreeSet<String> = groups.iter().map(|entry| outcome(&entry.fields)).collect();
    if outcomes.len() < 2 {
        return;
    }
    let names: Vec<String> = groups
        .iter()
        .filter_map(|entry| match &entry.principal {
            Principal::Group(name) => Some(name.clone()),
            Principal::User(_) => None,
        })
        .collect();
    reading.warn(
        "foreign-group-order",
        None,
        list,
        format!(
            "the groups {} get different sessions: a caller in several of them gets what stands first in this file, and with the mapper what stands first in the caller's own list of groups",
            QuotedList(&names)
        ),
    );
}

/// What tells outcomes apart: all that is sent but the session's name.
fn outcome(fields: &Fields<'_>) -> String {
    [
        "rolearn",
        "policies",
        "textpolicy",
        "duration",
        "externalid",
    ]
    .iter()
    .map(|name| fields.get(name).map_or("", |value| value.raw.get()))
    .collect::<Vec<_>>()
    .join("\n")
}

#[cfg(test)]
#[path = "roles_tests.rs"]
mod tests;
