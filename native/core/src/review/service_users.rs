//! A file that denies the rest and forgets who runs the cluster: `no-service-users`.
//!
//! Warns where `otherwise` denies, some rule gives access, and none of the rules that do is for one
//! of the usual service users: `hive`, `yarn`, `spark`, `hadoop` and `livy` are not in its `users`,
//! `principals`, `realUsers` or `groups`, and match none of its `usersMatching`, and no such rule
//! leaves open who asks, wherever it is for, but for those whom `not` excludes by `users` and
//! `usersMatching`.

use super::found::Found;
use super::subject::Subject;
use crate::rules::{Conditions, Names, Otherwise, Outcome, Trail};

const SERVICE_USERS: [&str; 5] = ["hive", "yarn", "spark", "hadoop", "livy"];

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    if subject.rules.otherwise() != Otherwise::Deny {
        return;
    }
    let mut gives = false;
    for (_, rule) in subject.each() {
        if matches!(rule.outcome, Outcome::Deny(_)) {
            continue;
        }
        gives = true;
        let conditions = &rule.conditions;
        if is_for_anybody(subject, conditions) || is_for_a_service(subject, conditions) {
            return;
        }
    }
    if gives {
        found.in_file(
            Trail::default().then("otherwise"),
            format!(
                "denies the rest, and no rule that gives access names one of the usual service users ({}): their logs, queries and metastore calls on S3 may be refused; give those that run here a rule of their own",
                SERVICE_USERS.join(", ")
            ),
        );
    }
}

/// Whether it asks for nobody in particular, and some service user is left.
fn is_for_anybody(subject: &Subject<'_>, conditions: &Conditions) -> bool {
    let Conditions {
        users: None,
        users_matching: None,
        principals: None,
        real_users: None,
        groups: None,
        groups_matching: None,
        conf,
        not,
        ..
    } = conditions
    else {
        return false;
    };
    let is_left = |name: &str| {
        !not.as_deref().is_some_and(|not| {
            not.users.as_ref().is_some_and(|names| names.contains(name))
                || not
                    .users_matching
                    .as_ref()
                    .is_some_and(|patterns| subject.any_matches(patterns, name) == Some(true))
        })
    };
    conf.keys().next().is_none() && SERVICE_USERS.into_iter().any(is_left)
}

fn is_for_a_service(subject: &Subject<'_>, conditions: &Conditions) -> bool {
    let lists = |names: Option<&Names>| {
        names.is_some_and(|names| names.iter().any(|name| SERVICE_USERS.contains(&name)))
    };
    let short = |name: &str| name.split(['/', '@']).next().unwrap_or_default().to_owned();
    lists(conditions.users.as_ref())
        || lists(conditions.real_users.as_ref())
        || lists(conditions.groups.as_ref())
        || conditions.principals.as_ref().is_some_and(|names| {
            names
                .iter()
                .any(|name| SERVICE_USERS.contains(&short(name).as_str()))
        })
        || conditions.users_matching.as_ref().is_some_and(|patterns| {
            SERVICE_USERS
                .iter()
                .any(|name| subject.any_matches(patterns, name) == Some(true))
        })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{of_file, told};

    fn forgotten(rules: &str, otherwise: &str) -> bool {
        let file = format!(r#"{{"version": 1, "rules": [{rules}], "otherwise": "{otherwise}"}}"#);
        !told(of_file(&file), "no-service-users").is_empty()
    }

    #[test]
    fn a_file_for_people_alone_is_told() {
        for rules in [
            r#"{"name": "a", "users": ["ann"], "use": "base"}"#,
            r#"{"name": "a", "groups": ["g"], "prefixes": ["s3://b/"], "use": "base"}, {"name": "h", "users": ["hive"], "deny": "x"}"#,
            r#"{"name": "a", "conf": {"k": ["v"]}, "use": "base"}"#,
            r#"{"name": "a", "not": {"users": ["hive", "yarn", "spark"], "usersMatching": ["hadoop|livy"]}, "use": "base"}"#,
            r#"{"name": "a", "not": {"usersMatching": [".*"]}, "prefixes": ["s3://b/"], "use": "base"}"#,
            r#"{"name": "a", "usersMatching": ["etl-.*"], "use": "base"}"#,
        ] {
            assert!(forgotten(rules, "deny"), "{rules}");
            assert!(!forgotten(rules, "base"), "{rules}");
        }
    }

    #[test]
    fn a_file_that_thinks_of_services_or_gives_nothing_is_fine() {
        for rules in [
            r#"{"name": "h", "users": ["ann", "hive"], "use": "base"}"#,
            r#"{"name": "h", "principals": ["yarn/host.example@EXAMPLE.COM"], "use": "base"}"#,
            r#"{"name": "h", "groups": ["hadoop"], "use": "base"}"#,
            r#"{"name": "h", "usersMatching": ["spark|zeppelin"], "use": "base"}"#,
            r#"{"name": "all", "use": "base"}"#,
            r#"{"name": "all", "not": {"users": ["intern", "hive"]}, "use": "base"}"#,
            r#"{"name": "logs", "prefixes": ["s3://logs/"], "use": "base"}"#,
            r#"{"name": "no", "users": ["ann"], "deny": "x"}"#,
            "",
        ] {
            assert!(!forgotten(rules, "deny"), "{rules}");
        }
    }
}
