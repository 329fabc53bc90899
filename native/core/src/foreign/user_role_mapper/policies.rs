//! `PrincipalPolicyMappings`: managed policies for each user and each group, and one role that all
//! of them narrow.
//!
//! A caller's session is narrowed by the policies of the user and of all the user's groups together;
//! without any there are no credentials (`ManagedPolicyBasedUserRoleMapperImpl`). Rules give one
//! outcome each, so there is a rule for each combination that the union can come to.

use std::collections::{BTreeMap, BTreeSet};

use super::super::reading::{Reading, Value};
use super::super::written::{File, Outcome, Rule, Session};
use super::super::written_role;
use super::{Entry, POLICIES, Principal, entries, last_of_each};
use crate::rules::{Misfit, PolicyArn, Quoted, QuotedList};

/// The role that the policies narrow, as the mapper's own properties file calls it. The mappings do
/// not hold it: it has to be written beside them.
const ROLE: &str = "rolemapper.role.arn";

/// As many managed policies as STS takes for one session (API reference, `AssumeRole`).
const MOST_POLICIES: usize = 10;
/// As many rules as a mapping may become.
const MOST_RULES: usize = 4096;

/// Policies with the names that have them.
type Classes = Vec<(BTreeSet<String>, Vec<String>)>;

/// Reads them.
pub(in super::super) fn read(reading: &mut Reading<'_>, top: Value<'_>) -> Option<File> {
    let fields = reading.object(top, "a file of the User Role Mapper", &[ROLE, POLICIES])?;
    let list = fields.get(POLICIES)?;
    let role = match fields.get(ROLE) {
        Some(value) => reading.fitting(&value, written_role),
        None => {
            reading.wrong(
                &fields.whole,
                format!(
                    "does not say which role the policies narrow: the mapper has it in its properties; write it beside the mappings, \"{ROLE}\": \"arn:…\""
                ),
            );
            None
        }
    };
    let entries = entries(
        reading,
        &list,
        &["username", "groupname", "policies"],
        "policies",
    )?;
    let entries = last_of_each(reading, entries);
    let users = classes(reading, &entries, |principal| match principal {
        Principal::User(name) => Some(name),
        Principal::Group(_) => None,
    });
    let groups = classes(reading, &entries, |principal| match principal {
        Principal::Group(name) => Some(name),
        Principal::User(_) => None,
    });
    tell_users_from_groups(reading, &list, &entries);
    let combinations = u32::try_from(groups.len())
        .ok()
        .and_then(|groups| 1_usize.checked_shl(groups))
        .and_then(|combinations| combinations.checked_mul(users.len() + 1))
        .filter(|rules| *rules <= MOST_RULES);
    if combinations.is_none() {
        reading.wrong(
            &list,
            format!(
                "has {} groups with policies of their own: uniting them would take more than {MOST_RULES} rules; give each combination that there is a role",
                groups.len()
            ),
        );
        return None;
    }
    let mut rules = rules(role?.as_str(), &users, &groups);
    for rule in &mut rules {
        rule.offset = reading.offset(&list);
    }
    Some(File::denying(rules))
}

/// Managed policies by their ARNs.
pub(super) fn arns(reading: &mut Reading<'_>, value: &Value<'_>) -> Option<Vec<String>> {
    let texts = reading.texts(value)?;
    let mut arns = Vec::with_capacity(texts.len());
    for (item, text) in texts {
        match PolicyArn::parse(&text) {
            Ok(_) => arns.push(text),
            Err(misfit) => reading.misfit(&item, &misfit),
        }
    }
    Some(arns)
}

/// Names by what they have: those with the same policies make one class.
fn classes<'a>(
    reading: &mut Reading<'_>,
    entries: &[Entry<'a>],
    name: impl Fn(&Principal) -> Option<&String>,
) -> Classes {
    let mut classes: BTreeMap<BTreeSet<String>, Vec<String>> = BTreeMap::new();
    for entry in entries {
        let Some(name) = name(&entry.principal) else {
            continue;
        };
        let Some(value) = entry.fields.get("policies") else {
            continue;
        };
        if let Some(arns) = arns(reading, &value) {
            classes
                .entry(arns.into_iter().collect())
                .or_default()
                .push(name.clone());
        }
    }
    classes.into_iter().collect()
}

/// The mapper has one table for all names: an entry for a user counts for a group of that name, and
/// the other way round. Here it does not, which gives less, unless both are there.
fn tell_users_from_groups(reading: &mut Reading<'_>, list: &Value<'_>, entries: &[Entry<'_>]) {
    let users: BTreeSet<&String> = entries
        .iter()
        .filter_map(|entry| match &entry.principal {
            Principal::User(name) => Some(name),
            Principal::Group(_) => None,
        })
        .collect();
    for entry in entries {
        if let Principal::Group(name) = &entry.principal
            && users.contains(name)
        {
            reading.misfit(
                &entry.fields.whole,
                &Misfit::new(format!(
                    "is for a group that is called {} as a user is: the mapper takes both for one name, and the last entry counts for both; name one of them otherwise",
                    Quoted(name)
                )),
            );
        }
    }
    reading.warn(
        "foreign-narrower",
        None,
        list,
        "an entry counts for a user or for a group, as it says; with the mapper it counts for both, if they have the same name",
    );
}

/// A rule for each combination. Of the callers that a rule is asked about, those with fewer of the
/// classes have gone to a rule before it, and those with others are named in its `not`.
fn rules(role: &str, users: &Classes, groups: &Classes) -> Vec<Rule> {
    let mut combinations: Vec<Vec<usize>> = (0..1_usize << groups.len())
        .map(|bits| {
            (0..groups.len())
                .filter(|class| bits >> class & 1 == 1)
                .collect()
        })
        .collect();
    combinations.sort_by_key(|chosen: &Vec<usize>| (chosen.len(), chosen.clone()));
    let mut rules = Vec::new();
    for user in users.iter().map(Some).chain([None]) {
        for chosen in &combinations {
            if user.is_none() && chosen.is_empty() {
                continue;
            }
            let names_of = |wanted: bool| {
                groups
                    .iter()
                    .enumerate()
                    .filter(|(class, _)| chosen.contains(class) == wanted)
                    .flat_map(|(_, (_, names))| names.iter().cloned())
                    .collect::<Vec<_>>()
            };
            let policies: BTreeSet<String> = groups
                .iter()
                .enumerate()
                .filter(|(class, _)| chosen.contains(class))
                .map(|(_, (policies, _))| policies)
                .chain(user.map(|(policies, _)| policies))
                .flatten()
                .cloned()
                .collect();
            let mut rule = Rule {
                name: format!("combination-{}", rules.len() + 1),
                users: user.map_or_else(Vec::new, |(_, names)| names.clone()),
                groups: names_of(true),
                ..Rule::default()
            };
            let others = names_of(false);
            if !others.is_empty() {
                rule.none_of.insert("groups", others);
            }
            if policies.len() > MOST_POLICIES {
                let names: Vec<String> = policies.into_iter().collect();
                rule.outcome = Outcome::Deny(format!(
                    "your user and your groups have {} managed policies together, and STS takes {MOST_POLICIES}: {}",
                    names.len(),
                    QuotedList(&names)
                ));
            } else {
                rule.outcome = Outcome::Role(role.to_owned());
                rule.session = Some(Session {
                    policy_arns: policies.into_iter().collect(),
                    ..Session::default()
                });
            }
            rules.push(rule);
        }
    }
    rules
}

#[cfg(test)]
#[path = "policies_tests.rs"]
mod tests;
