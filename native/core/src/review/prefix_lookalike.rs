//! Prefixes that look as if one covered the other: `prefix-lookalike`.
//!
//! Warns about
//! - a prefix with a `*` in the middle of a name (`s3://b/team*`) before a rule whose prefix goes on
//!   with that name (`s3://b/team-secret/`), and which is not told as `never-matches` or
//!   `without-effect` already: the `*` covers both;
//! - once a file, a prefix that is written without a slash or `*` at its end (`s3://b/team`), if
//!   another prefix goes on with its last name (`s3://b/team2`), which it does not cover. Written as
//!   `s3://b/team/` it means the same and can't be misread.

use std::collections::BTreeMap;

use super::found::Found;
use super::implied::List;
use super::never_matches::named;
use super::reach::{Group, Reach};
use super::subject::Subject;
use crate::rules::Trail;

/// How many prefixes with a `*` are looked at in one bucket.
const MOST: usize = 64;

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    stars(subject, found);
    without_slash(subject, found);
}

fn stars(subject: &Subject<'_>, found: &mut Found) {
    let mut earlier: BTreeMap<&str, Vec<(usize, usize, &Reach)>> = BTreeMap::new();
    for ((number, rule), (_, shadow)) in subject.each().zip(subject.shadows().all()) {
        let reaches = subject.reaches(number);
        for (value, reach) in reaches.iter().enumerate() {
            let is_told = !shadow.whole.is_empty()
                || shadow
                    .values
                    .iter()
                    .any(|(list, taken, _)| *list == List::Prefixes && *taken == value);
            let stars = earlier.get(reach.bucket.as_str());
            let star = stars.into_iter().flatten().find(|(other, _, star)| {
                subject.rule(*other).is_some_and(|other| {
                    let group = Group::of(&other.conditions, &rule.conditions);
                    star.covers_of_another(reach, group)
                }) && reach
                    .key
                    .get(star.key.len()..)
                    .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
            });
            if let (false, Some((other, place, star))) = (is_told, star) {
                found.in_rule(
                    *other,
                    Trail::default().then("prefixes").then(*place),
                    format!(
                        "covers `{reach}` of rule {} too, which stands behind this one; write `s3://{}/{}/` if only what is below that name is meant, or move this rule down",
                        named(subject, number),
                        star.bucket,
                        star.key
                    ),
                );
            }
        }
        for (value, reach) in reaches.iter().enumerate() {
            let splits_a_name =
                !reach.bounded && !reach.key.is_empty() && !reach.key.ends_with('/');
            let stars = earlier.entry(&reach.bucket).or_default();
            if splits_a_name && stars.len() < MOST {
                stars.push((number, value, reach));
            }
        }
    }
}

fn without_slash(subject: &Subject<'_>, found: &mut Found) {
    let mut keys: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (number, _) in subject.each() {
        for reach in subject.reaches(number) {
            keys.entry((&reach.bucket, &reach.key)).or_insert(number);
        }
    }
    for (number, _) in subject.each() {
        for (value, reach) in subject.reaches(number).iter().enumerate() {
            if !reach.bounded || reach.is_whole_bucket() {
                continue;
            }
            // What goes on with `/` stands between the two.
            let behind_slash = format!("{}0", reach.key);
            let next = [
                keys.range((reach.bucket.as_str(), reach.key.as_str())..)
                    .nth(1),
                keys.range((reach.bucket.as_str(), behind_slash.as_str())..)
                    .next(),
            ]
            .into_iter()
            .flatten()
            .find(|((bucket, key), _)| {
                *bucket == reach.bucket
                    && key
                        .strip_prefix(reach.key.as_str())
                        .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
            });
            let Some(((_, lookalike), other)) = next else {
                continue;
            };
            let trail = Trail::default().then("prefixes").then(value);
            let is_open = subject.pieces().is_some_and(|pieces| {
                let in_rules = Trail::default().then("rules").then(number);
                pieces
                    .find(&in_rules.with(&trail))
                    .is_some_and(|written| !written.ends_with("/\""))
            });
            if is_open {
                found.in_rule(
                    number,
                    trail,
                    format!(
                        "does not cover `s3://{}/{lookalike}` of rule {}, though it looks so; write `{reach}`, which means the same",
                        reach.bucket,
                        named(subject, *other)
                    ),
                );
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{told, warnings};

    fn lookalikes(rules: &str) -> Vec<(String, String)> {
        told(warnings(rules), "prefix-lookalike")
    }

    #[test]
    fn a_star_that_takes_in_another_name_is_told() {
        assert_eq!(
            lookalikes(
                r#"{"name": "team", "groups": ["g"], "prefixes": ["s3://b/team*"], "use": "base"},
                   {"name": "secret", "groups": ["h"], "prefixes": ["s3://b/team-secret/"], "deny": "x"}"#
            ),
            [(
                "prefixes[0]".to_owned(),
                "covers `s3://b/team-secret/` of rule `secret` too, which stands behind this one; write `s3://b/team/` if only what is below that name is meant, or move this rule down".to_owned()
            )]
        );
    }

    #[test]
    fn a_missing_slash_is_told_once() {
        assert_eq!(
            lookalikes(
                r#"{"name": "one", "prefixes": ["s3://b/team"], "use": "base"},
                   {"name": "own", "prefixes": ["s3://b/team/own"], "use": "base"},
                   {"name": "two", "prefixes": ["s3://b/team2", "s3://b/team22"], "use": "base"}"#
            ),
            [(
                "prefixes[0]".to_owned(),
                "does not cover `s3://b/team2` of rule `two`, though it looks so; write `s3://b/team/`, which means the same".to_owned()
            )]
        );
        let before_the_slash =
            r#"{"name": "r", "prefixes": ["s3://b/team", "s3://b/team-x/"], "use": "base"}"#;
        assert_eq!(lookalikes(before_the_slash).len(), 1);
    }

    #[test]
    fn prefixes_that_say_what_they_mean_are_fine() {
        for rules in [
            r#"{"name": "r", "prefixes": ["s3://b/team/", "s3://b/team2/"], "use": "base"}"#,
            r#"{"name": "r", "prefixes": ["s3://b/team", "s3://c/team2", "s3://b/tea/m2"], "use": "base"}"#,
            r#"{"name": "r", "prefixes": ["s3://b/team/*"], "use": "base"}, {"name": "s", "prefixes": ["s3://b/team2/"], "use": "base"}"#,
            r#"{"name": "s", "prefixes": ["s3://b/team2/"], "use": "base"}, {"name": "r", "prefixes": ["s3://b/team*"], "use": "base"}"#,
            r#"{"name": "r", "groups": ["g"], "prefixes": ["s3://b/${group}*"], "use": "base"}, {"name": "s", "groups": ["h"], "prefixes": ["s3://b/${group}2/"], "use": "base"}"#,
        ] {
            assert!(lookalikes(rules).is_empty(), "{rules}");
        }
    }
}
