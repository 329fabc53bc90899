//! Roles that the job's own settings decide: `job-decides-role`.
//!
//! Warns once for each key of `rolecall.conf` that a condition, or the template of a role, takes:
//! whoever writes the job's settings chooses. A key that the site file lists in its `conf` is meant
//! so, and one that it leaves out is told as `conf-key-refused`.

use std::collections::BTreeMap;

use super::found::Found;
use super::never_matches::named;
use super::subject::Subject;
use super::templates::conf_keys;
use crate::rules::{Outcome, Step, Trail};

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    if subject.allowed_keys.is_some() {
        return;
    }
    for (key, uses) in uses(subject) {
        let Some((number, trail)) = uses.first() else {
            continue;
        };
        let others = match uses.len() - 1 {
            0 => String::new(),
            1 => format!(
                " and in rule {}",
                uses.last()
                    .map_or_else(String::new, |(other, _)| named(subject, *other))
            ),
            more => format!(" and in {more} more rules"),
        };
        found.in_rule(
            *number,
            trail.clone(),
            format!(
                "lets the job's own setting rolecall.conf.{key} decide, here{others}: whoever writes a job's settings chooses what it gets; decide by users or groups, or list the key in the site file's `conf` if that is meant"
            ),
        );
    }
}

/// By key: the rules that take it to decide, each once, and where.
pub(super) fn uses(subject: &Subject<'_>) -> BTreeMap<String, Vec<(usize, Trail)>> {
    let mut uses: BTreeMap<String, Vec<(usize, Trail)>> = BTreeMap::new();
    let mut add = |key: &str, number: usize, trail: Trail| {
        let rules = uses.entry(key.to_owned()).or_default();
        if rules.last().is_none_or(|(last, _)| *last != number) {
            rules.push((number, trail));
        }
    };
    let field = |key: &str| Step::Field(key.to_owned().into());
    for (number, rule) in subject.each() {
        for key in rule.conditions.conf.keys() {
            add(key, number, Trail::default().then("conf").then(field(key)));
        }
        for key in rule.conditions.not.iter().flat_map(|not| not.conf.keys()) {
            let trail = Trail::default().then("not").then("conf");
            add(key, number, trail.then(field(key)));
        }
        if let Outcome::Assume(assume) = &rule.outcome {
            for key in conf_keys(&assume.role.to_string()) {
                add(key, number, Trail::default().then("role"));
            }
        }
    }
    uses
}

#[cfg(test)]
mod tests {
    use super::super::testing::{allowing, told, warnings};

    const RULES: &str = r#"
        {"name": "a", "conf": {"t": ["x"]}, "role": "arn:aws:iam::111122223333:role/${conf:t}"},
        {"name": "b", "users": ["b"], "role": "arn:aws:iam::111122223333:role/${conf:r}"},
        {"name": "c", "not": {"conf": {"t": ["y"]}}, "deny": "x"}"#;

    #[test]
    fn each_key_is_told_once() {
        let told = told(warnings(RULES), "job-decides-role");
        assert_eq!(told[0].0, "conf.t");
        assert_eq!(
            told[0].1,
            "lets the job's own setting rolecall.conf.t decide, here and in rule `c`: whoever writes a job's settings chooses what it gets; decide by users or groups, or list the key in the site file's `conf` if that is meant"
        );
        assert_eq!(told[1].0, "role");
        assert!(
            told[1].1.contains("rolecall.conf.r decide, here: "),
            "{told:?}"
        );
        assert_eq!(told.len(), 2);
    }

    #[test]
    fn a_key_that_the_site_file_lists_is_meant_so() {
        let file = format!(r#"{{"version": 1, "rules": [{RULES}], "otherwise": "deny"}}"#);
        let keys = ["t".to_owned()];
        assert!(told(allowing(&file, Some(&keys)), "job-decides-role").is_empty());
    }

    #[test]
    fn a_session_s_tag_or_name_decides_no_role() {
        let rules = r#"{"name": "a", "users": ["a"], "role": "arn:aws:iam::111122223333:role/a", "session": {"name": "${conf:job}"}}"#;
        assert!(told(warnings(rules), "job-decides-role").is_empty());
    }
}
