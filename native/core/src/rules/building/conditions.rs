//! Who and where: the conditions of a rule.

use std::collections::BTreeMap;

use super::super::flaw::Flaw;
use super::super::grammar::RuleText;
use super::super::prefix::Prefix;
use super::super::quoted::Quoted;
use super::super::rule::Conditions;
use super::super::strict::UniqueMap;
use super::super::trail::{Step, Trail};

/// Takes the conditions out of a rule.
pub(super) fn build(trail: &impl Fn() -> Trail, rule: &mut RuleText) -> Result<Conditions, Flaw> {
    Ok(Conditions {
        users: names(trail, "users", rule.users.take())?,
        groups: names(trail, "groups", rule.groups.take())?,
        prefixes: prefixes(trail, rule.prefixes.take())?,
        conf: conf(trail, rule.conf.take())?,
    })
}

fn not_empty(trail: &impl Fn() -> Trail, field: &'static str, length: usize) -> Result<(), Flaw> {
    if length == 0 {
        Err(Flaw::at(
            trail().then(field),
            "is empty, so the rule would never match; name at least one, or take the field out",
        ))
    } else {
        Ok(())
    }
}

fn names(
    trail: &impl Fn() -> Trail,
    field: &'static str,
    names: Option<Vec<String>>,
) -> Result<Option<Vec<String>>, Flaw> {
    let Some(names) = names else {
        return Ok(None);
    };
    not_empty(trail, field, names.len())?;
    match names.iter().position(String::is_empty) {
        Some(index) => Err(Flaw::at(
            trail().then(field).then(index),
            "is empty, which nobody is called; write a name or take it out",
        )),
        None => Ok(Some(names)),
    }
}

fn conf(
    trail: &impl Fn() -> Trail,
    conf: Option<UniqueMap<Vec<String>>>,
) -> Result<BTreeMap<String, Vec<String>>, Flaw> {
    let Some(UniqueMap(entries)) = conf else {
        return Ok(BTreeMap::new());
    };
    not_empty(trail, "conf", entries.len())?;
    for (key, values) in &entries {
        let at = || trail().then("conf").then(Step::Field(key.clone().into()));
        let bare = key.strip_prefix("rolecall.conf.");
        if let Some(bare) = bare {
            return Err(Flaw::at(
                at(),
                format!("has the setting's whole name; write {} alone", Quoted(bare)),
            ));
        }
        if key.trim() != key || key.is_empty() {
            return Err(Flaw::at(
                at(),
                "has no proper key; write KEY for the job's rolecall.conf.KEY",
            ));
        }
        if values.is_empty() {
            return Err(Flaw::at(
                at(),
                "is empty, so the rule would never match; name at least one value, or take the key out",
            ));
        }
    }
    Ok(entries.into_iter().collect())
}

fn prefixes(
    trail: &impl Fn() -> Trail,
    prefixes: Option<Vec<String>>,
) -> Result<Option<Vec<Prefix>>, Flaw> {
    let Some(prefixes) = prefixes else {
        return Ok(None);
    };
    not_empty(trail, "prefixes", prefixes.len())?;
    prefixes
        .iter()
        .enumerate()
        .map(|(index, prefix)| {
            Prefix::parse(prefix)
                .map_err(|misfit| Flaw::misfit(trail().then("prefixes").then(index), &misfit))
        })
        .collect::<Result<_, _>>()
        .map(Some)
}
