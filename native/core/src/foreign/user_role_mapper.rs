//! Mappings of the EMR User Role Mapper (`awslabs/amazon-emr-user-role-mapper`), of which there are
//! two: one names a role for each user and group, the other managed policies, which are united.
//!
//! Users come before groups wherever they stand, of two entries for one name the last counts, and
//! whom nothing maps gets no credentials (`DefaultUserRoleMapperImpl`, `MetadataController`).

mod policies;
mod roles;

pub(super) use policies::read as read_policies;
pub(super) use roles::read as read_roles;

use super::reading::{Fields, Reading, Value};
use crate::rules::Misfit;

/// What tells the mappings to roles.
pub(super) const ROLES: &str = "PrincipalRoleMappings";
/// What tells the mappings to managed policies.
pub(super) const POLICIES: &str = "PrincipalPolicyMappings";

/// Whom an entry is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Principal {
    User(String),
    Group(String),
}

/// An entry that the mapper takes: whom it is for, and where it stands.
struct Entry<'a> {
    index: usize,
    fields: Fields<'a>,
    principal: Principal,
}

/// The entries that the mapper takes, in their order. It passes over the others, which is told.
fn entries<'a>(
    reading: &mut Reading<'_>,
    list: &Value<'a>,
    known: &[&str],
    gift: &str,
) -> Option<Vec<Entry<'a>>> {
    let mut entries = Vec::new();
    for (index, value) in reading.list(list)?.into_iter().enumerate() {
        let Some(fields) = reading.object(value, "an entry", known) else {
            continue;
        };
        let (user, group) = (fields.get("username"), fields.get("groupname"));
        if let (Some(_), Some(group)) = (&user, &group) {
            reading.warn(
                "foreign-field-ignored",
                Some(&super::written::name_of(index)),
                group,
                "the entry names a user too, and is for that user alone",
            );
        }
        let name = match (user, group) {
            (Some(user), _) => name(reading, &user).map(Principal::User),
            (None, Some(group)) => name(reading, &group).map(Principal::Group),
            (None, None) => {
                skipped(
                    reading,
                    &fields,
                    "the entry names neither a user nor a group",
                );
                continue;
            }
        };
        if fields.get(gift).is_none() {
            skipped(reading, &fields, &format!("the entry has no `{gift}`"));
            continue;
        }
        entries.extend(name.map(|principal| Entry {
            index,
            fields,
            principal,
        }));
    }
    Some(entries)
}

fn name(reading: &mut Reading<'_>, value: &Value<'_>) -> Option<String> {
    reading.fitting(value, |text| {
        if text.is_empty() {
            Err(Misfit::new("is empty, which nobody is called"))
        } else {
            Ok(text.to_owned())
        }
    })
}

fn skipped(reading: &mut Reading<'_>, fields: &Fields<'_>, why: &str) {
    reading.warn(
        "foreign-entry-skipped",
        None,
        &fields.whole,
        format!("{why}: it is passed over, as the mapper does"),
    );
}

/// Tells of entries that a later one for the same name takes the place of.
fn warn_of_replaced(reading: &mut Reading<'_>, earlier: &Entry<'_>, later: &Entry<'_>) {
    reading.warn(
        "foreign-entry-replaced",
        None,
        &earlier.fields.whole,
        format!(
            "the entry counts for nothing: entry {} is for the same name, and the last one counts",
            later.index + 1
        ),
    );
}

/// The last entry of each name, in the order of those.
fn last_of_each<'a>(reading: &mut Reading<'_>, entries: Vec<Entry<'a>>) -> Vec<Entry<'a>> {
    let mut last = std::collections::HashMap::new();
    for (position, entry) in entries.iter().enumerate() {
        if let Some(earlier) = last.insert(entry.principal.clone(), position)
            && let Some(earlier) = entries.get(earlier)
        {
            warn_of_replaced(reading, earlier, entry);
        }
    }
    entries
        .into_iter()
        .enumerate()
        .filter(|(position, entry)| last.get(&entry.principal) == Some(position))
        .map(|(_, entry)| entry)
        .collect()
}
