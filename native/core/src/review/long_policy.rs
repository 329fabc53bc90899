//! Session policies that long names make too long: `policy-may-be-too-long`.
//!
//! Warns about a `policy` that has more than 2048 characters, with the `policyArns` beside it, once its
//! values are filled in: where the rule lists them, by the longest of `users`, `groups` or `conf`,
//! else by a name of 64 characters, or a bucket of 63.

use std::collections::BTreeMap;

use super::found::Found;
use super::subject::Subject;
use super::templates::{as_written, conf_keys};
use crate::rules::{Names, Outcome, Trail, Values};

/// A user's name in IAM has at most 64 characters, and a bucket's 63.
const LONG: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    for (number, rule) in subject.each() {
        let Outcome::Assume(assume) = &rule.outcome else {
            continue;
        };
        let Some(policy) = &assume.session.policy else {
            continue;
        };
        let beside = assume.session.length_of_arns();
        let longest = |names: Option<&Names>| -> String {
            names
                .and_then(|names| names.iter().max_by_key(|name| name.len()))
                .map_or_else(|| LONG.to_owned(), |name| "x".repeat(name.len()))
        };
        let text = as_written(policy);
        let conf: BTreeMap<String, String> = conf_keys(&text)
            .map(|key| (key.to_owned(), longest(rule.conditions.conf.get(key))))
            .collect();
        let values = Values {
            user: &longest(rule.conditions.users.as_ref()),
            group: Some(&longest(rule.conditions.groups.as_ref())),
            bucket: LONG.get(1..),
            conf: &conf,
        };
        if policy.fill(&values, beside).is_err() {
            found.in_rule(
                number,
                Trail::default().then("session").then("policy"),
                "fits into the 2048 characters that STS takes only while the values in it are short: with names of 64 characters it does not, and such a caller is refused (RC206); shorten it, or keep a part of it in a managed policy (`policyArns`)",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{told, warnings};

    /// Whether a policy is told that names `${user}` in so many resources.
    fn is_told(resources: usize, conditions: &str) -> bool {
        let resources = vec![r#""arn:aws:s3:::b/${user}/*""#; resources].join(", ");
        let rule = format!(
            r#"{{"name": "r", {conditions} "role": "arn:aws:iam::111122223333:role/r", "session": {{
                "policy": {{"Version": "2012-10-17", "Statement": [
                    {{"Effect": "Allow", "Action": "s3:*", "Resource": [{resources}]}}]}}}}}}"#
        );
        !told(warnings(&rule), "policy-may-be-too-long").is_empty()
    }

    #[test]
    fn a_policy_that_long_names_make_too_long_is_told() {
        assert!(is_told(30, ""));
        assert!(is_told(30, r#""groups": ["g"],"#));
    }

    #[test]
    fn a_policy_with_room_for_its_names_is_fine() {
        assert!(!is_told(10, ""));
        assert!(!is_told(30, r#""users": ["ann", "bob"],"#));
    }
}
