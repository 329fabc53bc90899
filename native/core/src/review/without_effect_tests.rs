use super::super::testing::{told, warnings};

fn idle(rules: &str) -> Vec<(String, String)> {
    told(warnings(rules), "without-effect")
}

fn idle_fields(rule: &str) -> Vec<String> {
    let rule = format!(r#"{{"name": "r", {rule}, "deny": "x"}}"#);
    idle(&rule).into_iter().map(|(field, _)| field).collect()
}

#[test]
fn a_value_that_changes_nothing_is_pointed_at() {
    for (rule, field) in [
        (r#""users": ["a", "b", "a"]"#, "users[2]"),
        (r#""groupsMatching": ["a.", "a."]"#, "groupsMatching[1]"),
        (r#""conf": {"k": ["v", "v"]}"#, "conf.k[1]"),
        (r#""prefixes": ["s3://b/x/y", "s3://b/x"]"#, "prefixes[0]"),
        (r#""prefixes": ["s3://b/x", "s3a://b/x/"]"#, "prefixes[1]"),
        (r#""prefixes": ["s3://b/x*", "s3://b/x2"]"#, "prefixes[1]"),
        (
            r#""users": ["a", "b"], "not": {"users": ["b"]}"#,
            "users[1]",
        ),
        (
            r#""users": ["a", "b"], "usersMatching": ["a+"]"#,
            "users[1]",
        ),
        (
            r#""users": ["a"], "usersMatching": ["[a-z]"]"#,
            "usersMatching",
        ),
        (
            r#""users": ["a", "b"], "not": {"users": ["b", "c"]}"#,
            "users[1],not.users[1]",
        ),
        (
            r#""prefixes": ["s3://b/x"], "not": {"prefixes": ["s3://c/"]}"#,
            "not.prefixes[0]",
        ),
        (
            r#""users": ["a"], "not": {"usersMatching": ["b.*"]}"#,
            "not.usersMatching[0]",
        ),
    ] {
        assert_eq!(idle_fields(rule).join(","), field, "{rule}");
    }
}

#[test]
fn a_value_that_an_earlier_rule_takes_is_pointed_at() {
    assert_eq!(
        idle(
            r#"{"name": "ann", "users": ["ann"], "deny": "x"},
               {"name": "both", "users": ["bob", "ann"], "use": "base"}"#
        ),
        [(
            "users[1]".to_owned(),
            "has no effect: rule `ann` stands before this one and takes it; take it out, or move this rule up".to_owned()
        )]
    );
}

#[test]
fn long_lists_of_prefixes_are_not_compared() {
    let list = |count: usize| -> String {
        let prefixes: Vec<String> = (0..count)
            .map(|number| format!(r#""s3://b/{number}/""#))
            .collect();
        prefixes.join(", ")
    };
    let of_itself = |count: usize| {
        let not = format!(r#"{{"prefixes": [{}, "s3://other/"]}}"#, list(count));
        idle_fields(&format!(
            r#""prefixes": [{}, "s3://b/x"], "not": {not}"#,
            list(count)
        ))
    };
    assert_eq!(of_itself(10).len(), 11);
    assert!(of_itself(400).is_empty());
    let of_another = |count: usize| {
        let earlier = format!(
            r#"{{"name": "a", "not": {{"prefixes": [{}]}}, "deny": "x"}}"#,
            list(count)
        );
        let later: Vec<String> = (0..count)
            .map(|number| format!(r#""s3://c/{number}/""#))
            .collect();
        idle(&format!(
            r#"{earlier}, {{"name": "b", "prefixes": ["s3://b/1/", {}], "use": "base"}}"#,
            later.join(", ")
        ))
    };
    assert_eq!(of_another(10).len(), 10);
    assert!(of_another(400).is_empty());
}

#[test]
fn values_that_all_count_are_fine() {
    for rule in [
        r#""users": ["a", "b"], "groups": ["a"], "realUsers": ["a"]"#,
        r#""prefixes": ["s3://b/x", "s3://b/xy", "s3://c/x"]"#,
        r#""prefixes": ["s3://b/x*", "s3://b/w"]"#,
        r#""groups": ["g", "h"], "not": {"groups": ["i"]}"#,
        r#""prefixes": ["s3://b/"], "not": {"prefixes": ["s3://b/secret"]}"#,
        r#""users": ["a1", "b2"], "usersMatching": ["a.", "b."], "not": {"principals": ["a1@R"]}"#,
    ] {
        let fields = idle_fields(rule);
        let expected: &[&str] = if rule.contains("usersMatching") {
            &["usersMatching"]
        } else {
            &[]
        };
        assert_eq!(fields, expected, "{rule}");
    }
}
