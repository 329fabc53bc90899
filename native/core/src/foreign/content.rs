//! Which format a text is of, told by its content.

use serde_json::value::RawValue;

use super::{Format, emr, emr_serverless, trino, user_role_mapper};
use crate::rules::Members;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Rules of this format.
    Foreign(Format),
    /// A rules file.
    Native,
    /// Of more than one format.
    Mixed(Format, Format),
    /// Nothing that is known, or no JSON.
    Unknown,
}

/// Tells a text by its content.
pub fn recognise(bytes: &[u8]) -> Content {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Content::Unknown;
    };
    let trimmed = text.trim_start();
    if begins_as_rules(trimmed) {
        // Most texts are; a large one need not be looked through for that.
        return Content::Native;
    }
    match trimmed.bytes().next() {
        Some(b'{') => of_object(text),
        Some(b'[') => of_list(text),
        _ if text.contains(emr_serverless::ARROW) => Content::Foreign(Format::EmrServerless),
        _ => Content::Unknown,
    }
}

/// Whether the first name of an object is one of a rules file.
fn begins_as_rules(trimmed: &str) -> bool {
    trimmed
        .strip_prefix('{')
        .map(str::trim_start)
        .is_some_and(|text| {
            NATIVE.iter().any(|name| {
                text.strip_prefix('"')
                    .is_some_and(|text| text.starts_with(name))
            })
        })
}

/// What only a rules file has at its top.
const NATIVE: [&str; 3] = ["version\"", "rules\"", "otherwise\""];

fn of_object(text: &str) -> Content {
    let members = serde_json::from_str::<&RawValue>(text)
        .ok()
        .and_then(Members::of);
    let Some(Members(members)) = members else {
        return Content::Unknown;
    };
    let mut found = None;
    for member in &members {
        let name = member.name.as_ref();
        let format = match name {
            "version" | "rules" | "otherwise" => return Content::Native,
            trino::TOP => Format::Trino,
            user_role_mapper::ROLES => Format::UserRoleMapper,
            user_role_mapper::POLICIES => Format::UserRoleMapperPolicies,
            emr::DESCRIBED => Format::Emr,
            _ if emr::WAY.contains(&name) || emr::OTHER_SECTIONS.contains(&name) => Format::Emr,
            _ => continue,
        };
        match found {
            Some(Content::Foreign(other)) if other != format => {
                found = Some(Content::Mixed(other, format));
            }
            None => found = Some(Content::Foreign(format)),
            Some(_) => {}
        }
    }
    found.unwrap_or(Content::Unknown)
}

fn of_list(text: &str) -> Content {
    let items = serde_json::from_str::<Vec<&RawValue>>(text).unwrap_or_default();
    let is_mapping = |item: &RawValue| {
        Members::of(item).is_some_and(|Members(members)| {
            members
                .iter()
                .any(|member| emr::ENTRY.contains(&member.name.as_ref()))
        })
    };
    if items.into_iter().any(is_mapping) {
        Content::Foreign(Format::Emr)
    } else {
        Content::Unknown
    }
}
