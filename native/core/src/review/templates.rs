//! What a rule fills in, and where.

use crate::rules::{Assume, Trail};

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
    let in_session = |field: &'static str| Trail::default().then("session").then(field);
    let session = &assume.session;
    let mut fields = vec![(Trail::default().then("role"), assume.role.to_string())];
    if let Some(name) = &session.name {
        fields.push((in_session("name"), name.to_string()));
    }
    if let Some(id) = &session.external_id {
        fields.push((in_session("externalId"), id.to_string()));
    }
    fields
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
