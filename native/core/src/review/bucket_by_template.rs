//! A bucket by template that is another rule's: `bucket-by-template`.
//!
//! Warns about a prefix whose bucket holds `${user}`, `${group}` or `${conf:KEY}`, if for some value it is
//! the bucket that a later rule with another outcome writes out, both rules may mean the same caller,
//! and the rule's own `users`, `groups` or `conf` do not rule that value out. Silent about a bucket
//! with several values in it that conditions restrict.

use std::collections::BTreeMap;

use super::found::Found;
use super::never_matches::named;
use super::subject::Subject;
use super::wide_prefix_first::{may_be_the_same_caller, same_outcome};
use crate::rules::{Names, Rule, Trail};

/// How many different templates are compared with all buckets.
const MOST: usize = 32;

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    // The last rule that writes a bucket out.
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, _) in subject.each() {
        for reach in subject
            .reaches(number)
            .iter()
            .filter(|reach| reach.names_its_bucket())
        {
            last.insert(&reach.bucket, number);
        }
    }
    let mut compared = 0;
    for (number, rule) in subject.each() {
        for (value, reach) in subject.reaches(number).iter().enumerate() {
            if reach.names_its_bucket() || reach.bucket.contains("${bucket}") || compared >= MOST {
                continue;
            }
            compared += 1;
            let other = last.iter().find(|(bucket, other)| {
                **other > number
                    && may_become(rule, &reach.bucket, bucket)
                    && subject.rule(**other).is_some_and(|later| {
                        !same_outcome(&rule.outcome, &later.outcome)
                            && may_be_the_same_caller(subject, &rule.conditions, &later.conditions)
                    })
            });
            if let Some((bucket, other)) = other {
                found.in_rule(
                    number,
                    Trail::default().then("prefixes").then(value),
                    format!(
                        "may become the bucket `{bucket}` of rule {}, which stands behind this one, and takes it away from it then; move this rule down, or write more around the value",
                        named(subject, *other)
                    ),
                );
            }
        }
    }
}

/// Whether some value makes a template that bucket.
fn may_become(rule: &Rule, template: &str, bucket: &str) -> bool {
    let mut parts = template.split("${");
    let start = parts.next().unwrap_or_default();
    let Some(mut rest) = bucket.strip_prefix(start) else {
        return false;
    };
    let values: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('}')).collect();
    let listed = |variable: &str| -> Option<&Names> {
        match variable.strip_prefix("conf:") {
            Some(key) => rule.conditions.conf.get(key),
            None if variable == "user" => rule.conditions.users.as_ref(),
            None => rule.conditions.groups.as_ref(),
        }
    };
    if let [(variable, end)] = values.as_slice() {
        return rest.strip_suffix(end).is_some_and(|value| {
            !value.is_empty() && listed(variable).is_none_or(|names| names.contains(value))
        });
    }
    if values
        .iter()
        .any(|(variable, _)| listed(variable).is_some())
    {
        return false;
    }
    for (number, (_, literal)) in values.iter().enumerate() {
        let is_last = number + 1 == values.len();
        let mut characters = rest.chars();
        if characters.next().is_none() {
            return false;
        }
        rest = characters.as_str();
        if is_last {
            return rest.ends_with(literal);
        }
        let Some((_, behind)) = rest.split_once(literal) else {
            return false;
        };
        rest = behind;
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{told, warnings};

    fn taken(conditions: &str, bucket: &str, later: &str) -> bool {
        let rules = format!(
            r#"{{"name": "own", {conditions} "prefixes": ["s3://{bucket}/"], "use": "base"}},
               {{"name": "later", "prefixes": ["s3://{later}/"], "deny": "x"}}"#
        );
        !told(warnings(&rules), "bucket-by-template").is_empty()
    }

    #[test]
    fn a_template_that_may_become_another_rule_s_bucket_is_told() {
        assert!(taken("", "${user}", "lake"));
        assert!(taken("", "${user}-data", "lake-data"));
        assert!(taken("", "${conf:a}-${conf:b}-data", "big-lake-data"));
        assert!(taken(
            r#""conf": {"t": ["lake", "sea"]},"#,
            "${conf:t}",
            "sea"
        ));
        assert!(taken(r#""users": ["ann", "lake"],"#, "${user}", "lake"));
    }

    #[test]
    fn a_template_that_can_not_is_fine() {
        assert!(!taken("", "${user}-data", "lake"));
        assert!(!taken("", "${user}-data", "-data"));
        assert!(!taken("", "home-${user}", "lake-home-x"));
        assert!(!taken(r#""conf": {"t": ["acme"]},"#, "${conf:t}", "sea"));
        assert!(!taken(r#""users": ["ann"],"#, "${user}", "lake"));
        let other_way = r#"{"name": "lake", "prefixes": ["s3://lake/"], "deny": "x"},
                           {"name": "own", "prefixes": ["s3://${user}/"], "use": "base"}"#;
        assert!(told(warnings(other_way), "bucket-by-template").is_empty());
    }
}
