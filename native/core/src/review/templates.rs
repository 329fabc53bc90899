//! What a rule fills in, and where.

use std::collections::{BTreeSet, HashSet};

use super::reach::Reach;
use crate::rules::{Assume, Part, PolicyTemplate, Prefix, Step, Trail, Unfilled, Values};

/// The values that a text takes: what stands between `${` and `}`.
pub(super) fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split("${")
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// The keys of `${conf:KEY}` in a text.
pub(super) fn conf_keys(text: &str) -> impl Iterator<Item = &str> {
    variables(text).filter_map(|name| name.strip_prefix("conf:"))
}

/// All fields of a role and its session that may hold templates, as they are written.
pub(super) fn fields(assume: &Assume) -> Vec<(Trail, String)> {
    let session = &assume.session;
    let mut fields = vec![(Trail::default().then("role"), assume.role.to_string())];
    let mut add = |trail: Trail, text: Option<String>| {
        fields.extend(text.map(|text| (trail, text)));
    };
    add(
        in_session("name"),
        session.name.as_ref().map(ToString::to_string),
    );
    let id = session.external_id.as_ref();
    add(
        in_session("externalId"),
        id.map(|id| id.template().to_string()),
    );
    let identity = session.source_identity.as_ref();
    add(
        in_session("sourceIdentity"),
        identity.map(|identity| identity.template().to_string()),
    );
    for (key, value) in session.tags.iter().flat_map(|tags| tags.iter()) {
        add(tag(key), Some(value.to_string()));
    }
    let policy = session.policy.as_ref();
    add(
        in_session("policy"),
        policy.map(|policy| as_written(policy)),
    );
    fields
}

/// Fills in everything; the first field that can't be, and why.
pub(super) fn fill(assume: &Assume, values: &Values<'_>) -> Result<(), (Trail, Unfilled)> {
    let at = |trail: Trail| move |unfilled| (trail, unfilled);
    let session = &assume.session;
    assume
        .role
        .fill(values)
        .map_err(at(Trail::default().then("role")))?;
    if let Some(name) = &session.name {
        name.fill(values).map_err(at(in_session("name")))?;
    }
    if let Some(id) = &session.external_id {
        id.fill(values).map_err(at(in_session("externalId")))?;
    }
    if let Some(identity) = &session.source_identity {
        identity
            .fill(values)
            .map_err(at(in_session("sourceIdentity")))?;
    }
    if let Some(tags) = &session.tags {
        tags.fill(values)
            .map_err(|(key, unfilled)| (tag(&key), unfilled))?;
    }
    if let Some(policy) = &session.policy {
        policy
            .fill(values, session.length_of_arns())
            .map_err(at(in_session("policy")))?;
    }
    Ok(())
}

/// The prefixes by which a caller may be refused for a value that can't be filled in, with their
/// numbers. None are those in a bucket that another prefix of the rule covers as a whole, which then
/// decides.
pub(super) fn to_fill_in(prefixes: Option<&Vec<Prefix>>) -> Vec<(usize, &Prefix)> {
    let prefixes = prefixes.map(Vec::as_slice).unwrap_or_default();
    let whole: HashSet<&str> = prefixes
        .iter()
        .filter(|prefix| Reach::of(prefix).is_whole_bucket())
        .filter_map(Prefix::written_bucket)
        .collect();
    let all = prefixes.iter().enumerate();
    all.filter(|(_, prefix)| {
        let bucket = prefix.written_bucket();
        !prefix.is_written() && bucket.is_none_or(|bucket| !whole.contains(bucket))
    })
    .collect()
}

/// Where callers are refused for whom none of these prefixes can be filled in: a bucket that is
/// written out is compared before.
pub(super) fn refused_at<'a>(prefixes: impl Iterator<Item = &'a Prefix>) -> String {
    let buckets: Option<BTreeSet<&str>> = prefixes.map(Prefix::written_bucket).collect();
    let Some(buckets) = buckets else {
        return "wherever no other prefix of the rule covers the location".to_owned();
    };
    let first = buckets.first().copied().unwrap_or_default();
    match buckets.len().saturating_sub(1) {
        0 => format!("at locations in s3://{first}/"),
        1 => format!("at locations in s3://{first}/ and in one more bucket"),
        more => format!("at locations in s3://{first}/ and in {more} more buckets"),
    }
}

/// A policy with its templates.
pub(super) fn as_written(policy: &PolicyTemplate) -> String {
    policy
        .parts()
        .iter()
        .map(|part| match part {
            Part::Literal(json) => json.clone(),
            Part::Value(variable) => variable.to_string(),
        })
        .collect()
}

fn in_session(field: &'static str) -> Trail {
    Trail::default().then("session").then(field)
}

fn tag(key: &str) -> Trail {
    in_session("tags").then(Step::Field(key.to_owned().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_in_a_text() {
        let text = "a-${user}${conf:t}/${aws:username}-${conf:a.b}${";
        assert_eq!(
            variables(text).collect::<Vec<_>>(),
            ["user", "conf:t", "aws:username", "conf:a.b"]
        );
        assert_eq!(conf_keys(text).collect::<Vec<_>>(), ["t", "a.b"]);
    }
}
