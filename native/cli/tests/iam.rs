//! The policies that `rolecall iam` prints.
#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise, also outside its test functions"
)]

use std::process::{Command, Output};

use serde_json::Value;

const BASE: &str = "arn:aws:iam::111122223333:role/emr/EMR_EC2_DefaultRole";
const RULES: &str = r#"{
  "version": 1,
  "base": {"source": "instance-profile"},
  "session": {"sourceIdentity": "${user}"},
  "rules": [
    {"name": "research", "prefixes": ["s3://research-data/"], "role": "arn:aws:iam::444455556666:role/demo-role",
     "base": {"source": "properties", "file": "/etc/rolecall/keys"},
     "session": {"externalId": "partner-7", "durationSeconds": 7200}},
    {"name": "tenant", "conf": {"tenant": ["acme", "zenith"]},
     "role": "arn:aws:iam::111122223333:role/tenants/t-${conf:tenant}",
     "session": {"tags": {"tenant": "${conf:tenant}", "job": "${user}"}, "transitiveTagKeys": ["tenant"]}},
    {"name": "admins", "users": ["ann", "bob"], "role": "arn:aws:iam::111122223333:role/admin"},
    {"name": "own", "groups": ["staff"], "role": "arn:aws:iam::111122223333:role/u-${user}"},
    {"name": "scratch", "prefixes": ["s3://scratch/"], "use": "base"}
  ],
  "otherwise": "deny"
}"#;

fn run(rules: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.json");
    std::fs::write(&file, rules).unwrap();
    Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .arg("iam")
        .arg(file)
        .args(arguments)
        .output()
        .unwrap()
}

/// Prints in a format, with everything given that can be.
fn printed(format: &str) -> String {
    let output = run(
        RULES,
        &[
            "--base-role",
            BASE,
            "--other-base",
            "properties /etc/rolecall/keys=arn:aws:iam::111122223333:user/etl",
            "--rules-at",
            "s3://config/rolecall/r*.json",
            "--format",
            format,
        ],
    );
    assert_eq!(
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap()
        ),
        (Some(0), String::new())
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn as_json() {
    let json = printed("json");
    let _: Value = serde_json::from_str(&json).unwrap();
    insta::assert_snapshot!(json);
}

#[test]
fn as_cloudformation() {
    insta::assert_snapshot!(printed("cloudformation"));
}

#[test]
fn as_terraform() {
    insta::assert_snapshot!(printed("terraform"));
}

fn json(rules: &str, arguments: &[&str]) -> (Option<i32>, Value, String) {
    let output = run(rules, &[&["--base-role", BASE], arguments].concat());
    (
        output.status.code(),
        serde_json::from_slice(&output.stdout).unwrap_or_default(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_base_that_nobody_names_is_left_out() {
    let (code, needs, told) = json(RULES, &[]);
    assert_eq!(code, Some(1));
    let left_out = "the base properties /etc/rolecall/keys of rule `research`: say whose it is by --other-base 'properties /etc/rolecall/keys=ARN'";
    assert_eq!(told, format!("rolecall: left out: {left_out}\n"));
    assert_eq!(needs["leftOut"][0], left_out);
    let roles = needs["roles"].as_array().unwrap();
    assert!(
        roles
            .iter()
            .all(|role| role["role"] != "arn:aws:iam::444455556666:role/demo-role")
    );
}

#[test]
fn one_role_of_two_bases_and_two_external_ids_keeps_them_apart() {
    let rules = r#"{"version": 1, "otherwise": "deny", "rules": [
        {"name": "a", "users": ["ann"], "role": "arn:aws:iam::111122223333:role/r",
         "base": {"source": "instance-profile"}, "session": {"externalId": "id-a"}},
        {"name": "b", "role": "arn:aws:iam::111122223333:role/r",
         "base": {"source": "environment"}, "session": {"externalId": "id-b"}},
        {"name": "c", "role": "arn:aws:iam::111122223333:role/r"}]}"#;
    let (code, needs, _) = json(
        rules,
        &[
            "--other-base",
            "environment=arn:aws:iam::111122223333:user/etl",
            "--other-base",
            "instance-profile=arn:aws:iam::111122223333:role/node",
        ],
    );
    assert_eq!(code, Some(0));
    let role = &needs["roles"][0];
    assert_eq!(needs["roles"].as_array().unwrap().len(), 1);
    assert_eq!(role["rules"], serde_json::json!(["a", "b", "c"]));
    let who_says_what: Vec<(&Value, &Value)> = role["trustPolicy"]["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .map(|statement| {
            (
                &statement["Principal"]["AWS"],
                &statement["Condition"]["StringEquals"]["sts:ExternalId"],
            )
        })
        .collect();
    assert_eq!(
        who_says_what,
        [
            (
                &Value::from("arn:aws:iam::111122223333:role/node"),
                &Value::from("id-a")
            ),
            (
                &Value::from("arn:aws:iam::111122223333:user/etl"),
                &Value::from("id-b")
            ),
            (&Value::from(BASE), &Value::Null),
        ]
    );
    assert_eq!(
        role["notes"],
        serde_json::json!([
            "some rules give an external ID and others none, so that it keeps nobody out"
        ])
    );
}

#[test]
fn a_role_of_another_partition_is_left_out() {
    let rules = r#"{"version": 1, "otherwise": "deny", "rules": [
        {"name": "china", "role": "arn:aws-cn:iam::111122223333:role/r"}]}"#;
    let (code, needs, told) = json(rules, &[]);
    assert_eq!(code, Some(1));
    assert_eq!(needs["roles"], serde_json::json!([]));
    assert!(
        told.contains("rule `china`: its role is in the partition aws-cn"),
        "{told}"
    );
}

#[test]
fn values_that_never_fit_are_left_out() {
    let rules = r#"{"version": 1, "otherwise": "deny", "rules": [
        {"name": "short", "users": ["a", "b"], "role": "arn:aws:iam::111122223333:role/r",
         "base": {"source": "environment"}, "session": {"sourceIdentity": "${user}"}}]}"#;
    let (code, needs, told) = json(rules, &[]);
    assert_eq!(code, Some(1));
    assert_eq!(needs["roles"], serde_json::json!([]));
    let left_out = |user: &str| {
        format!(
            "rule `short`, field `session.sourceIdentity`: with `{user}` for `${{user}}`, it has the length 1; a source identity has 2 to 64 characters; such a caller is refused (RC206)"
        )
    };
    assert_eq!(
        needs["leftOut"],
        serde_json::json!([left_out("a"), left_out("b")])
    );
    assert_eq!(
        told,
        format!(
            "rolecall: left out: {}\nrolecall: left out: {}\n",
            left_out("a"),
            left_out("b")
        )
    );
}

#[test]
fn policies_that_are_too_long_for_iam_say_so() {
    let rules: Vec<String> = (0..200)
        .map(|number| {
            format!(
                r#"{{"name": "r{number}", "users": ["u"], "role": "arn:aws:iam::111122223333:role/a-role-with-a-name-{number}"}}"#
            )
        })
        .collect();
    let rules = format!(
        r#"{{"version": 1, "otherwise": "deny", "rules": [{}]}}"#,
        rules.join(",")
    );
    let (code, needs, _) = json(&rules, &[]);
    assert_eq!(code, Some(0));
    let note = needs["bases"][0]["notes"][0].as_str().unwrap();
    assert!(
        note.contains("IAM takes 6144 in one managed policy"),
        "{note}"
    );
}

#[test]
fn what_can_not_be_understood_is_bad_input() {
    for (arguments, expected) in [
        (
            &["--base-role", "EMR"][..],
            "`EMR` is no ARN; write arn:aws:iam::ACCOUNT:role/NAME",
        ),
        (&[], "--base-role <ARN>"),
        (
            &[
                "--base-role",
                BASE,
                "--other-base",
                "environment=arn:aws:iam::111122223333:user/x",
            ],
            "no rule with a role has the base `environment`; the bases of these rules are: instance-profile, properties /etc/rolecall/keys",
        ),
        (
            &["--base-role", BASE, "--rules-at", "s3://bucket"],
            "write s3://BUCKET/KEY",
        ),
        (
            &[
                "--base-role",
                BASE,
                "--other-base",
                "instance-profile=arn:aws:iam::111122223333:user/x",
            ],
            "the base `instance-profile` is the one that --base-role is about",
        ),
        (
            &["--base-role", BASE, "--rules-kms-key", "alias/x"],
            "a policy can't name an alias",
        ),
    ] {
        let output = run(RULES, arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(expected), "{told}");
        assert!(output.stdout.is_empty());
    }
}
