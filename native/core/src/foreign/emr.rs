//! Role mappings of EMR: a security configuration, or what EMR makes of it in
//! `fs.s3.authorization.roleMapping` and `fs.s3a.authorization.roleMapping`.
//!
//! From top to bottom, first match wins; what none matches gets the role of the instance (EMR
//! Management Guide, *Configure IAM roles for EMRFS requests to Amazon S3*). Whether a prefix ends
//! at a path boundary is not documented: it is read so that it does, always with a warning.

use super::reading::{Fields, Reading, Value};
use super::written::{File, Outcome, Rule, name_of};
use crate::rules::{Misfit, Prefix, Quoted};

/// Where the role mappings lie, from the outside in. A text may begin at any of them, or with the
/// list itself.
pub(super) const WAY: [&str; 3] = [
    "AuthorizationConfiguration",
    "EmrFsConfiguration",
    "RoleMappings",
];
/// Sections of a security configuration that have nothing to do with who gets which role.
pub(super) const OTHER_SECTIONS: [&str; 3] = [
    "EncryptionConfiguration",
    "AuthenticationConfiguration",
    "InstanceMetadataServiceConfiguration",
];
/// What `aws emr describe-security-configuration` puts around one, as a text in a text.
pub(super) const DESCRIBED: &str = "SecurityConfiguration";
/// What tells an entry of the list.
pub(super) const ENTRY: [&str; 3] = ["Role", "IdentifierType", "Identifiers"];

/// Reads them.
pub(super) fn read(reading: &mut Reading<'_>, top: Value<'_>) -> Option<File> {
    let list = list(reading, top)?;
    let mappings = reading.list(&list)?;
    if mappings.is_empty() {
        reading.wrong(
            &list,
            "is empty, so everybody would get the base's own credentials; name at least one mapping",
        );
    }
    let rules = mappings
        .into_iter()
        .enumerate()
        .map(|(index, mapping)| rule(reading, index, mapping))
        // Each is looked at, for all faults.
        .collect::<Vec<_>>();
    let rules: Vec<Rule> = rules.into_iter().collect::<Option<_>>()?;
    warn_of_boundaries(reading, &list, &rules);
    Some(File::of_the_base(rules))
}

/// Tells how prefixes are read, by one of them: a path shows better than a bucket what it is about.
fn warn_of_boundaries(reading: &mut Reading<'_>, list: &Value<'_>, rules: &[Rule]) {
    let shown = rules
        .iter()
        .flat_map(|rule| rule.prefixes.iter().map(move |prefix| (rule, prefix)))
        .rev()
        .max_by_key(|(_, prefix)| prefix.trim_end_matches('/').matches('/').count() > 2);
    let Some((rule, prefix)) = shown else {
        return;
    };
    let others = rules
        .iter()
        .filter(|rule| !rule.prefixes.is_empty())
        .count()
        - 1;
    let others = match others {
        0 => String::new(),
        1 => "; one more mapping has prefixes".to_owned(),
        more => format!("; {more} more mappings have prefixes"),
    };
    reading.warn(
        "foreign-prefix-boundary",
        Some(&rule.name),
        list,
        format!(
            "{} is read as that path and what lies below it, not as all that begins so; EMR does not document which of the two it means{others}",
            Quoted(prefix)
        ),
    );
}

/// The list of mappings, wherever the text begins.
fn list<'v>(reading: &mut Reading<'_>, top: Value<'v>) -> Option<Value<'v>> {
    if top.raw.get().starts_with('[') {
        return Some(top);
    }
    let mut fields = reading.any_object(top, "a security configuration")?;
    if fields.get(DESCRIBED).is_some() {
        reading.wrong(
            &fields.whole,
            format!(
                "is the answer of describe-security-configuration, with the configuration as a text in its {DESCRIBED}; save that text as a file of its own, as --query {DESCRIBED} --output text prints it"
            ),
        );
        return None;
    }
    let begin = WAY
        .iter()
        .position(|name| fields.get(name).is_some())
        .unwrap_or_default();
    for name in WAY.iter().skip(begin) {
        let Some(inner) = fields.get(name) else {
            reading.wrong(
                &fields.whole,
                format!(
                    "lacks `{name}`, so it maps nobody to a role; name a file with {}",
                    WAY.join(".")
                ),
            );
            return None;
        };
        look_beside(reading, &fields, name);
        if *name == WAY[2] {
            return Some(inner);
        }
        fields = reading.any_object(inner, name)?;
    }
    None
}

/// What stands beside the way to the mappings takes no part; where it could say who gets what, that
/// is told, and mappings that stand there are an error.
fn look_beside(reading: &mut Reading<'_>, fields: &Fields<'_>, way: &str) {
    for name in fields.names() {
        if name == way || (way == WAY[0] && OTHER_SECTIONS.contains(&name)) {
            continue;
        }
        let Some(value) = fields.get(name) else {
            continue;
        };
        if let Some(level) = WAY.iter().position(|one| *one == name) {
            // Whoever wrote it there means it to count.
            let place = match level.checked_sub(1).and_then(|above| WAY.get(above)) {
                Some(above) => format!("into {above}"),
                None => "to the top of the file".to_owned(),
            };
            reading.wrong(
                &value,
                format!("stands at the wrong level; move it {place}"),
            );
        } else if way == WAY[2] {
            reading.wrong(&value, format!("is unknown; {way} stands alone"));
        } else {
            reading.warn(
                "foreign-section-ignored",
                None,
                &value,
                "only the role mappings are read; this section takes no part",
            );
        }
    }
}

fn rule(reading: &mut Reading<'_>, index: usize, mapping: Value<'_>) -> Option<Rule> {
    let fields = reading.object(mapping, "a role mapping", &ENTRY)?;
    let mut required = |name| {
        let value = fields.get(name);
        if value.is_none() {
            reading.wrong(&fields.whole, format!("lacks `{name}`"));
        }
        value
    };
    let (role, kind, identifiers) = (
        required("Role"),
        required("IdentifierType"),
        required("Identifiers"),
    );
    let role = role.and_then(|role| reading.fitting(&role, super::written_role));
    let kind = kind.and_then(|kind| reading.fitting(&kind, Kind::parse));
    let identifiers = identifiers.and_then(|identifiers| reading.texts(&identifiers));
    let mut rule = Rule {
        name: name_of(index),
        offset: reading.offset(&fields.whole),
        outcome: Outcome::Role(role?.as_str().to_owned()),
        ..Rule::default()
    };
    let (kind, identifiers) = (kind?, identifiers?);
    let mut good = true;
    for (value, identifier) in &identifiers {
        let misfit = match kind {
            Kind::Prefix => prefix(identifier).err(),
            Kind::User | Kind::Group if identifier.is_empty() => {
                Some(Misfit::new("is empty, which nobody is called"))
            }
            Kind::User | Kind::Group => {
                warn_of_lists(reading, &rule.name, value, identifier);
                None
            }
        };
        if let Some(misfit) = misfit {
            reading.misfit(value, &misfit);
            good = false;
        }
    }
    let identifiers = identifiers
        .into_iter()
        .map(|(_, identifier)| identifier)
        .collect();
    match kind {
        Kind::User => rule.users = identifiers,
        Kind::Group => rule.groups = identifiers,
        Kind::Prefix => rule.prefixes = identifiers,
    }
    good.then_some(rule)
}

/// What the identifiers of a mapping are.
#[derive(Clone, Copy)]
enum Kind {
    User,
    Group,
    Prefix,
}

impl Kind {
    fn parse(text: &str) -> Result<Self, Misfit> {
        match text {
            "User" => Ok(Self::User),
            "Group" => Ok(Self::Group),
            "Prefix" => Ok(Self::Prefix),
            other => Err(Misfit::new(format!(
                "{} is unknown; write `User`, `Group` or `Prefix`",
                Quoted(other)
            ))),
        }
    }
}

/// Takes what means in rules what it says here: no pattern, nothing to fill in.
fn prefix(text: &str) -> Result<Prefix, Misfit> {
    super::literal(text, "EMR does not document what that means")?;
    if let Some((_, key)) = text
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        && key == "/"
    {
        return Err(Misfit::new(
            "has an empty name behind the bucket; write s3://BUCKET/ for all of it",
        ));
    }
    Prefix::parse(text)
}

/// EMR's console separates identifiers by commas and no spaces: either is a list gone wrong.
fn warn_of_lists(reading: &mut Reading<'_>, rule: &str, value: &Value<'_>, identifier: &str) {
    if identifier.contains(',') || identifier.trim() != identifier {
        reading.warn(
            "foreign-odd-name",
            Some(rule),
            value,
            format!(
                "{} is taken as one name, with its comma or its spaces",
                Quoted(identifier)
            ),
        );
    }
}

#[cfg(test)]
#[path = "emr_tests.rs"]
mod tests;
