use super::*;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

fn parse(json: &str) -> Result<PolicyTemplate, WrongPolicy> {
    PolicyTemplate::parse(serde_json::from_str(json).unwrap())
}

fn fill(policy: &PolicyTemplate, user: &str, tenant: &str) -> Result<SessionPolicy, Unfilled> {
    let conf = BTreeMap::from([("t".to_owned(), tenant.to_owned())]);
    policy.fill(
        &Values {
            user,
            group: Some("staff"),
            bucket: Some("lake"),
            conf: &conf,
        },
        0,
    )
}

#[test]
fn a_policy_is_sent_without_white_space_and_otherwise_as_it_is_written() {
    let policy = parse(
        r#"{
          "Version": "2012-10-17",
          "Statement": [ {"Effect": "Allow", "Action": ["s3:*"], "n": [1.50, true, null, {}],
             "Resource": "arn:aws:s3:::${bucket}/${group}/${user}/${aws:username}/${*}\/\u00e9"} ]
        }"#,
    )
    .unwrap();
    assert_eq!(
        fill(&policy, "carol", "").unwrap().as_str(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"n":[1.50,true,null,{}],"Resource":"arn:aws:s3:::lake/staff/carol/${aws:username}/${*}/\u00e9"}]}"#
    );
}

#[test]
fn a_value_is_escaped_inside_its_string() {
    let policy = parse(r#"{"Statement": "<${conf:t}>"}"#).unwrap();
    for (value, json) in [
        ("a\"b\\c", r#"{"Statement":"<a\"b\\c>"}"#),
        ("\0\n\u{7f}", r#"{"Statement":"<\u0000\u000a\u007f>"}"#),
        ("数𝄞", r#"{"Statement":"<\u6570\ud834\udd1e>"}"#),
        ("{user}", r#"{"Statement":"<{user}>"}"#),
    ] {
        assert_eq!(fill(&policy, "u", value).unwrap().as_str(), json);
    }
    for bad in ["", "*", "a?", "${user}", "${aws:username}"] {
        assert!(fill(&policy, "u", bad).is_err(), "{bad}");
    }
}

#[test]
fn what_is_no_policy_says_where() {
    let deep = format!(
        r#"{{"Statement": {}1{}}}"#,
        "[".repeat(DEEPEST + 1),
        "]".repeat(DEEPEST + 1)
    );
    let cases: &[(&str, usize, &str)] = &[
        ("[]", 0, "must be an IAM policy"),
        ("{}", 0, "lacks `Statement`"),
        (
            r#"{"Statement": 1, "Statement": 2}"#,
            1,
            "stands there twice",
        ),
        (
            r#"{"Statement": [{"a": 1, "a": 2}]}"#,
            3,
            "stands there twice",
        ),
        (
            r#"{"Statement": "${user"}"#,
            1,
            "has a `${` without its `}`",
        ),
        (
            r#"{"Statement": "${users}"}"#,
            1,
            "holds `${users}`, which is unknown",
        ),
        (
            r#"{"Statement": "${conf:}"}"#,
            1,
            "holds a `${conf:…}` without a proper key",
        ),
        (
            r#"{"Statement": "${aws:${user}}"}"#,
            1,
            "holds IAM's variable",
        ),
        (
            r#"{"Statement": "a$${user}"}"#,
            1,
            "has a `$` right before a value",
        ),
        (
            r#"{"Statement": {"${user}": 1}}"#,
            2,
            "has a template in its name",
        ),
        (
            r#"{"Statement": "\ud800"}"#,
            1,
            "holds half of a surrogate pair",
        ),
        (&deep, DEEPEST + 1, "is nested deeper than any policy"),
    ];
    for (json, depth, what) in cases {
        let wrong = parse(json).unwrap_err();
        assert!(
            wrong.misfit.to_string().starts_with(what),
            "{json}: {wrong:?}"
        );
        assert_eq!(wrong.steps.len(), *depth, "{json}: {wrong:?}");
    }
    assert!(parse(r#"{"Statement": {"aws:ResourceTag/${aws:PrincipalTag/x}": "$"}}"#).is_ok());
}

#[test]
fn the_limit_is_looked_at_again_when_values_are_in() {
    let policy = parse(r#"{"Statement": "${user}"}"#).unwrap();
    let bare = r#"{"Statement":""}"#.len();
    assert!(fill(&policy, &"u".repeat(LONGEST - bare), "").is_ok());
    assert!(fill(&policy, &"u".repeat(LONGEST - bare + 1), "").is_err());
    let beside = policy.fill(
        &Values {
            user: &"u".repeat(100),
            group: None,
            bucket: None,
            conf: &BTreeMap::new(),
        },
        LONGEST - bare - 99,
    );
    assert!(matches!(
        beside,
        Err(Unfilled::Unfit { variable: None, .. })
    ));
}

/// Puts `value` in the place of each `user` in strings that are marked.
fn replaced(json: &Value, value: &str) -> Value {
    match json {
        Value::String(text) => Value::String(text.replace("${user}", value)),
        Value::Array(values) => values.iter().map(|one| replaced(one, value)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, one)| (name.clone(), replaced(one, value)))
            .collect(),
        other => other.clone(),
    }
}

proptest! {
    /// Whatever a user is called, the policy is the same JSON, with that name in the strings that ask
    /// for it and nothing else changed.
    #[test]
    fn no_value_breaks_out_of_its_string(
        user in "\\PC{1,80}|[\"\\\\{}\\[\\]:,*?$\\x00-\\x1f a-z]{1,20}|(?s:.{1,20})",
    ) {
        let written = r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/${user}/*", "${aws:userid}"]},
            {"Effect": "Deny", "Action": "*", "Condition": {"StringNotEquals": {"aws:x": "${user}"}}}]}"#;
        match fill(&parse(written).unwrap(), &user, "") {
            Ok(policy) => {
                let sent: Value = serde_json::from_str(policy.as_str()).unwrap();
                let expected = replaced(&serde_json::from_str(written).unwrap(), &user);
                prop_assert_eq!(sent, expected);
                prop_assert!(policy.as_str().bytes().all(|byte| (b' '..=b'~').contains(&byte)));
                prop_assert!(!user.contains(['*', '?', '$', '/']));
            }
            Err(_) => prop_assert!(user.contains(['*', '?', '$', '/']) || user.len() > 100),
        }
    }
}
