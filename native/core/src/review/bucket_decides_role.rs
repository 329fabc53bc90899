//! Roles by buckets that anybody may name: `bucket-decides-role`.
//!
//! Warns about `${bucket}` in a role where the rule has no `prefixes`, or one whose bucket is
//! `${bucket}` itself: bucket names are free for all to choose, and so is the role then.

use super::found::Found;
use super::subject::Subject;
use super::templates::variables;
use crate::rules::{Outcome, Trail};

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    for (number, rule) in subject.each() {
        let Outcome::Assume(assume) = &rule.outcome else {
            continue;
        };
        let takes_bucket = |text: &str| variables(text).any(|name| name == "bucket");
        let reaches = subject.reaches(number);
        if takes_bucket(&assume.role.to_string())
            && (reaches.is_empty() || reaches.iter().any(|reach| takes_bucket(&reach.bucket)))
        {
            found.in_rule(
                number,
                Trail::default().then("role"),
                "takes `${bucket}`, and the rule's prefixes do not say which buckets are meant: whoever opens a bucket of the right name chooses the role; list the buckets in `prefixes`",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{told, warnings};

    fn is_open(rule: &str) -> bool {
        let rule = format!(r#"{{"name": "r", "users": ["u"], {rule}}}"#);
        !told(warnings(&rule), "bucket-decides-role").is_empty()
    }

    #[test]
    fn a_role_by_any_bucket_is_told() {
        let role = r#""role": "arn:aws:iam::111122223333:role/b-${bucket}""#;
        assert!(is_open(role));
        assert!(is_open(&format!(
            r#"{role}, "prefixes": ["s3://${{bucket}}/x"]"#
        )));
    }

    #[test]
    fn a_role_by_listed_buckets_is_fine() {
        assert!(!is_open(
            r#""role": "arn:aws:iam::111122223333:role/b-${bucket}", "prefixes": ["s3://b/", "s3://c/"]"#
        ));
        assert!(!is_open(
            r#""role": "arn:aws:iam::111122223333:role/${user}""#
        ));
    }
}
