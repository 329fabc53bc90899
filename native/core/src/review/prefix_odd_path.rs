//! Prefixes that no path of Hadoop lies below: `prefix-odd-path`.
//!
//! Warns about a prefix whose key holds an empty name (`//`), `.` or `..` between its slashes: S3 may
//! have such keys, but Hadoop's `Path` resolves them before anybody is asked.

use super::found::Found;
use super::subject::Subject;
use crate::rules::Trail;

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    for (number, _) in subject.each() {
        for (value, reach) in subject.reaches(number).iter().enumerate() {
            if reach.is_whole_bucket() {
                continue;
            }
            let mut names = reach.key.split('/').peekable();
            let mut odd = None;
            while let Some(name) = names.next() {
                // `s3://b/team/*` ends with a slash that is meant.
                let is_end = names.peek().is_none() && !reach.bounded;
                odd = odd.or(match name {
                    "" if !is_end => Some("`//`"),
                    "." => Some("`.`"),
                    ".." => Some("`..`"),
                    _ => None,
                });
            }
            if let Some(odd) = odd {
                found.in_rule(
                    number,
                    Trail::default().then("prefixes").then(value),
                    format!(
                        "has {odd} in its path, which Hadoop resolves before it asks, so no file system comes here; write the path as Hadoop shows it"
                    ),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{told, warnings};

    fn is_odd(prefix: &str) -> bool {
        let rule = format!(r#"{{"name": "r", "prefixes": ["{prefix}"], "deny": "x"}}"#);
        !told(warnings(&rule), "prefix-odd-path").is_empty()
    }

    #[test]
    fn a_path_that_hadoop_resolves_is_told() {
        for prefix in [
            "s3://b//x",
            "s3://b/a//b",
            "s3://b/../x",
            "s3://b/a/.",
            "s3://b/a//*",
            "s3://b/a//",
        ] {
            assert!(is_odd(prefix), "{prefix}");
        }
    }

    #[test]
    fn a_path_as_hadoop_has_it_is_fine() {
        for prefix in [
            "s3://b",
            "s3://b/",
            "s3://b/*",
            "s3://b/a/*",
            "s3://b/a..b/.c",
            "s3://b/a/",
        ] {
            assert!(!is_odd(prefix), "{prefix}");
        }
    }
}
