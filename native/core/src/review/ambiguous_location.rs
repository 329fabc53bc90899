//! Buckets where a file system would be refused: `ambiguous-location`.
//!
//! A plain provider knows the bucket and not the key. Warns once for each bucket for which some
//! caller whom a rule with a prefix below that bucket means is refused with RC203: for each such rule
//! one caller is made up who meets its conditions, and the decision is asked for, as a provider
//! would.
//!
//! Silent about rules whose expressions are too complicated to make up a name for, and about buckets
//! that are named by templates.

use std::collections::{BTreeMap, BTreeSet};

use super::found::Found;
use super::subject::Subject;
use crate::error::Code;
use crate::route::{BucketName, Caller, Groups, Location, Request, Routing, route};
use crate::rules::{Conditions, Names, Outcome, Pattern, Quoted, Rule, Trail};
use crate::session::{Defaults, plan};

/// How many rules of one bucket are tried, and how many in all.
const MOST_OF_A_BUCKET: usize = 32;
const MOST: usize = 10_000;
/// How many rules a message names.
const MOST_NAMED: usize = 4;

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut budget = MOST;
    let reaches = (0..).map(|number| subject.reaches(number));
    for ((number, rule), reaches) in subject.each().zip(reaches) {
        for (value, reach) in reaches.iter().enumerate() {
            let bucket = reach.bucket.as_str();
            if reach.is_whole_bucket() || !reach.names_its_bucket() || told.contains(bucket) {
                continue;
            }
            let tried = tried.entry(bucket).or_default();
            if *tried >= MOST_OF_A_BUCKET || budget == 0 {
                continue;
            }
            *tried += 1;
            budget -= 1;
            let Some(names) = refused(subject, rule, bucket) else {
                continue;
            };
            told.insert(bucket);
            let more = match names.len().saturating_sub(MOST_NAMED) {
                0 => String::new(),
                more => format!(" or {more} more"),
            };
            let names: Vec<&str> = names.iter().take(MOST_NAMED).map(String::as_str).collect();
            found.in_rule(
                number,
                Trail::default().then("prefixes").then(value),
                format!(
                    "leaves open what holds in all of s3://{bucket}/, which is all that a file system knows: a caller whom this rule means is refused (RC203), for it may be {}{more}; give these paths buckets of their own, or the whole bucket one role with a session policy",
                    names.join(" or ")
                ),
            );
        }
    }
}

/// The names of the rules among which a provider for that bucket can't choose for a caller whom the
/// rule means.
fn refused(subject: &Subject<'_>, rule: &Rule, bucket: &str) -> Option<Vec<String>> {
    let request = Request {
        caller: caller(rule)?,
        location: Location::Bucket(BucketName::parse(bucket).ok()?),
    };
    let Ok(Routing::Decided(decision)) = route(subject.rules, &request) else {
        return None;
    };
    if !decision.rule_names().any(|name| name == rule.name) {
        return None;
    }
    match plan(subject.rules, &decision, &request, &Defaults::default()) {
        Err(error) if error.code() == Code::LocationAmbiguous => Some(
            decision
                .rule_names()
                .map(|name| Quoted(name).to_string())
                .collect(),
        ),
        _ => None,
    }
}

/// Somebody who meets a rule's conditions, if one can be made up.
fn caller(rule: &Rule) -> Option<Caller> {
    let Conditions {
        users,
        users_matching,
        groups,
        groups_matching,
        principals,
        real_users,
        conf,
        ..
    } = &rule.conditions;
    let first = |names: &Option<Names>| {
        names
            .as_ref()
            .and_then(|names| names.iter().next().map(str::to_owned))
    };
    let user = match (first(users), users_matching) {
        (Some(user), _) => user,
        (None, Some(patterns)) => name_for(patterns)?,
        (None, None) => "somebody".to_owned(),
    };
    let mut in_groups = Vec::from_iter(first(groups));
    if let Some(patterns) = groups_matching {
        in_groups.push(name_for(patterns)?);
    }
    let mut set: BTreeMap<String, String> = conf
        .iter()
        .filter_map(|(key, names)| Some((key.clone(), names.iter().next()?.to_owned())))
        .collect();
    if let Outcome::Assume(assume) = &rule.outcome {
        for (_, text) in super::templates::fields(assume) {
            for key in super::templates::conf_keys(&text) {
                set.entry(key.to_owned()).or_insert_with(|| "x".to_owned());
            }
        }
    }
    Some(Caller {
        user,
        groups: Groups::Known(in_groups),
        conf: set,
        principal: first(principals),
        real_user: first(real_users),
    })
}

/// A name that an expression matches, where that is easily found.
fn name_for(patterns: &[Pattern]) -> Option<String> {
    patterns.iter().find_map(|pattern| {
        let plain = pattern
            .as_str()
            .trim_start_matches('^')
            .trim_end_matches('$');
        let first = plain.split('|').next().unwrap_or_default();
        [plain, first].into_iter().find_map(|text| {
            let name = text
                .replace(".*", "x")
                .replace(".+", "x")
                .replace("[0-9]+", "1")
                .replace("\\d+", "1")
                .replace("\\w+", "x")
                .replace('\\', "");
            pattern.matches(&name).then_some(name)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{of_file, told, warnings};

    fn open(rules: &str) -> Vec<(String, String)> {
        told(warnings(rules), "ambiguous-location")
    }

    #[test]
    fn a_bucket_whose_paths_differ_is_told_once() {
        assert_eq!(
            open(
                r#"{"name": "a", "groups": ["g"], "prefixes": ["s3://b/a"], "role": "arn:aws:iam::111122223333:role/a"},
                   {"name": "c", "groups": ["g"], "prefixes": ["s3://b/c"], "role": "arn:aws:iam::111122223333:role/c"}"#
            ),
            [(
                "prefixes[0]".to_owned(),
                "leaves open what holds in all of s3://b/, which is all that a file system knows: a caller whom this rule means is refused (RC203), for it may be `a` or `c` or `otherwise`; give these paths buckets of their own, or the whole bucket one role with a session policy".to_owned()
            )]
        );
    }

    #[test]
    fn a_deny_below_a_bucket_leaves_it_open_too() {
        for rules in [
            r#"{"name": "a", "users": ["u"], "prefixes": ["s3://b/a"], "use": "base"}"#,
            r#"{"name": "a", "usersMatching": ["etl-.*|x"], "prefixes": ["s3://b/a"], "use": "base"}"#,
            r#"{"name": "a", "groupsMatching": ["^g\\d+$"], "conf": {"k": ["v"]}, "prefixes": ["s3://b/a"], "use": "base"}"#,
            r#"{"name": "a", "principals": ["u@R"], "realUsers": ["o"], "prefixes": ["s3://b/a"], "use": "base"}"#,
        ] {
            assert_eq!(open(rules).len(), 1, "{rules}");
        }
    }

    #[test]
    fn buckets_with_one_answer_for_each_caller_are_fine() {
        for rules in [
            r#"{"name": "a", "groups": ["g"], "prefixes": ["s3://b/"], "use": "base"}"#,
            r#"{"name": "a", "prefixes": ["s3://b/a"], "deny": "x"}"#,
            r#"{"name": "all", "users": ["u"], "use": "base"}, {"name": "a", "users": ["u", "v"], "prefixes": ["s3://b/a"], "deny": "x"}"#,
        ] {
            assert!(open(rules).is_empty(), "{rules}");
        }
        let same = r#"{"version": 1, "rules": [
            {"name": "a", "prefixes": ["s3://b/a"], "use": "base"}], "otherwise": "base"}"#;
        assert!(told(of_file(same), "ambiguous-location").is_empty());
    }
}
