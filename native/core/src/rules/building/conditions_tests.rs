use crate::rules::{Conditions, read, read_all};
use std::fmt::Write;

/// The conditions of a rule that has nothing else, from column 15 of line 2 on.
fn conditions(fields: &str) -> Result<Conditions, String> {
    let text = format!(
        "{{\"version\": 1, \"rules\": [\n{{\"name\": \"a\", {fields}, \"deny\": \"x\"}}], \"otherwise\": \"deny\"}}"
    );
    read(text.as_bytes(), "rules.json")
        .map(|rules| rules.in_order()[0].conditions.clone())
        .map_err(|error| error.to_string())
}

#[test]
fn every_condition_is_understood_in_a_rule_and_in_its_not() {
    let fields = r#""users": ["u"], "usersMatching": ["u.*", "v"], "groups": ["g", "f"], "groupsMatching": ["g.*"],
        "principals": ["u/h@R"], "realUsers": ["hive"], "prefixes": ["s3://b/"], "conf": {"t": ["v", "w"]}"#;
    let read = conditions(&format!(r#"{fields}, "not": {{{fields}}}"#)).unwrap();
    assert_eq!(
        **read.not.as_ref().unwrap(),
        Conditions {
            not: None,
            ..read.clone()
        }
    );
    assert!(read.users.as_ref().unwrap().iter().eq(["u"]));
    assert!(read.groups.as_ref().unwrap().iter().eq(["g", "f"]));
    assert!(read.principals.as_ref().unwrap().iter().eq(["u/h@R"]));
    assert!(read.real_users.as_ref().unwrap().iter().eq(["hive"]));
    assert!(read.conf.get("t").unwrap().iter().eq(["v", "w"]));
    assert_eq!(read.prefixes.as_ref().unwrap()[0].to_string(), "s3://b/");
    let patterns = |patterns: &Option<Vec<crate::rules::Pattern>>| {
        patterns
            .iter()
            .flatten()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(patterns(&read.users_matching), ["u.*", "v"]);
    assert_eq!(patterns(&read.groups_matching), ["g.*"]);
}

#[test]
fn a_condition_that_is_wrong_says_where_and_what_to_write() {
    let cases = [
        (
            r#""usersMatching": []"#,
            "32: rule `a`, field `usersMatching`: is empty, so the rule would never match; name at least one, or take the field out",
        ),
        (
            r#""usersMatching": "a.*""#,
            r#"32: rule `a`, field `usersMatching`: must be a list of texts, also for a single one: ["…"], not a text"#,
        ),
        (
            r#""usersMatching": ["a", "(b"]"#,
            "39: rule `a`, field `usersMatching[1]`: has a `(` without its `)`; close it, or write `\\(` for the character (at character 1)",
        ),
        (
            r#""groupsMatching": ["ab*", "ab**)"]"#,
            "46: rule `a`, field `groupsMatching[1]`: has a `)` without its `(`; take it out, or write `\\)` for the character (at character 5)",
        ),
        (
            r#""groupsMatching": ["x", "*"]"#,
            "40: rule `a`, field `groupsMatching[1]`: repeats nothing; write `.*` for anything, or `\\` before the character to mean it (at character 1)",
        ),
        (
            r#""groupsMatching": [""]"#,
            "34: rule `a`, field `groupsMatching[0]`: is empty, which nobody is called; write an expression or take it out",
        ),
        (
            r#""principals": [""]"#,
            "30: rule `a`, field `principals[0]`: is empty, which nobody is called; write a name or take it out",
        ),
        (
            r#""realUsers": null"#,
            r#"28: rule `a`, field `realUsers`: must be a list of texts, also for a single one: ["…"], not `null`"#,
        ),
        (
            r#""userMatching": ["a"]"#,
            "15: rule `a`, field `userMatching`: is unknown; write `usersMatching` (the fields of a rule are name, users, usersMatching, groups, groupsMatching, principals, realUsers, prefixes, conf, not, role, session, base, use, deny)",
        ),
        (
            r#""not": {}"#,
            r#"22: rule `a`, field `not`: is empty; write conditions that must fail, as in {"users": ["carol"]}, or take it out"#,
        ),
        (
            r#""not": ["a"]"#,
            r#"22: rule `a`, field `not`: must be an object such as {"users": ["carol"]}, not a list"#,
        ),
        (
            r#""not": {"users": []}"#,
            "32: rule `a`, field `not.users`: is empty, so the rule would never match; name at least one, or take the field out",
        ),
        (
            r#""not": {"usersMatching": ["a["]}"#,
            "43: rule `a`, field `not.usersMatching[0]`: has a `[` without its `]`; close it, or write `\\[` for the character (at character 2)",
        ),
        (
            r#""not": {"conf": {"t": []}}"#,
            "37: rule `a`, field `not.conf.t`: is empty, so the rule would never match; name at least one value, or take the key out",
        ),
        (
            r#""not": {"prefixes": ["b"]}"#,
            "36: rule `a`, field `not.prefixes[0]`: has no scheme; write s3://BUCKET/ or s3://BUCKET/KEY",
        ),
        (
            r#""not": {"not": {"users": ["a"]}}"#,
            "23: rule `a`, field `not.not`: is unknown; the fields of `not` are users, usersMatching, groups, groupsMatching, principals, realUsers, prefixes, conf",
        ),
        (
            r#""not": {"role": "x"}"#,
            "23: rule `a`, field `not.role`: is unknown; the fields of `not` are users, usersMatching, groups, groupsMatching, principals, realUsers, prefixes, conf",
        ),
    ];
    for (fields, expected) in cases {
        assert_eq!(
            conditions(fields).unwrap_err(),
            format!("RC106: rules.json:2:{expected}"),
            "{fields}"
        );
    }
}

#[test]
fn each_condition_that_is_wrong_is_told() {
    let text = r#"{"version": 1, "otherwise": "deny", "rules": [
        {"name": "a", "users": [], "usersMatching": ["("], "not": {"groups": [], "groupsMatching": ["["]}, "deny": "x"}]}"#;
    let fields: Vec<_> = read_all(text.as_bytes(), "rules.json")
        .unwrap_err()
        .into_iter()
        .map(|fault| fault.field.unwrap())
        .collect();
    assert_eq!(
        fields,
        [
            "users",
            "usersMatching[0]",
            "not.groups",
            "not.groupsMatching[0]"
        ]
    );
}

#[test]
fn each_entry_of_a_list_that_is_wrong_is_told() {
    let text = r#"{"version": 1, "otherwise": "deny", "rules": [
        {"name": "a", "users": ["", "u", ""], "usersMatching": ["[a", "b", "(?=x)"],
         "prefixes": ["s3://b*", "s3://b/${group}/", "gs://x/", "s3://c/${group}/"],
         "conf": {" k": [], "rolecall.conf.t": ["v"], "good": []},
         "not": {"principals": ["", ""], "prefixes": ["s3://d/${group}/", "d", "s3://e/${group}/"]},
         "deny": "x"},
        {"name": "b", "groups": ["", ""], "prefixes": ["s3://b/${group}/"], "deny": "x"}]}"#;
    let fields: Vec<_> = read_all(text.as_bytes(), "rules.json")
        .unwrap_err()
        .into_iter()
        .map(|fault| format!("{} {}", fault.rule.unwrap(), fault.field.unwrap()))
        .collect();
    assert_eq!(
        fields,
        [
            "a users[0]",
            "a users[2]",
            "a usersMatching[0]",
            "a usersMatching[2]",
            "a prefixes[0]",
            "a prefixes[1]",
            "a prefixes[2]",
            "a prefixes[3]",
            "a conf. k",
            "a conf. k",
            "a conf.rolecall.conf.t",
            "a conf.good",
            "a not.principals[0]",
            "a not.principals[1]",
            "a not.prefixes[0]",
            "a not.prefixes[1]",
            "a not.prefixes[2]",
            "b groups[0]",
            "b groups[1]",
        ]
    );
}

#[test]
fn a_condition_takes_ten_thousand_names() {
    let mut users = String::new();
    for number in 0..10_000 {
        write!(users, "\"user-{number}\",").unwrap();
    }
    let read = conditions(&format!(r#""users": [{}]"#, users.trim_end_matches(','))).unwrap();
    let users = read.users.unwrap();
    assert_eq!(users.position("user-9999"), Some(9999));
    assert!(!users.contains("user-10000"));
}
