//! Rules for tests.

use crate::rules::{Warning, read};

/// What is suspicious in these rules of a file that denies the rest.
pub(super) fn warnings(rules: &str) -> Vec<Warning> {
    of_file(&format!(
        r#"{{"version": 1, "rules": [{rules}], "otherwise": "deny"}}"#
    ))
}

/// What is suspicious in a whole file.
pub(super) fn of_file(file: &str) -> Vec<Warning> {
    allowing(file, None)
}

/// The same where the site file lists keys.
pub(super) fn allowing(file: &str, keys: Option<&[String]>) -> Vec<Warning> {
    let rules = read(file.as_bytes(), "rules.json").unwrap();
    super::review(&rules, file.as_bytes(), keys)
}

/// Field and text of the warnings of one kind.
pub(super) fn told(warnings: Vec<Warning>, kind: &str) -> Vec<(String, String)> {
    warnings
        .into_iter()
        .filter(|warning| warning.kind == kind)
        .map(|warning| (warning.field.unwrap_or_default(), warning.what))
        .collect()
}
