//! `rolecall import` as users run it.
#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise, also outside its test functions"
)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const TRINO: &str = r#"{"mappings": [
  {"user": "dana", "iamRole": "arn:aws:iam::111122223333:role/dana",
   "allowedIamRoles": ["arn:aws:iam::111122223333:role/other"]}]}"#;

fn import(input: &str, arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .args(["import", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn the_rules_go_to_standard_output_and_what_changes_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.txt");
    let output = import(TRINO, &["--report", report.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    let rules: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(rules["rules"][0]["users"][0], "dana");
    assert_eq!(rules["otherwise"], "deny");
    let told = [
        "<stdin>: read as a Trino security mapping; whom no rule matches is denied",
        "<stdin>:3:23: warning: rule `mapping-1`, field `mappings[0].allowedIamRoles`: callers can't choose a role here",
    ];
    let written = std::fs::read_to_string(report).unwrap();
    for line in told {
        assert!(
            text(&output.stderr).contains(line),
            "{}",
            text(&output.stderr)
        );
        assert!(written.contains(line), "{written}");
    }
    assert!(text(&output.stderr).contains("(foreign-choice-lost)"));
    assert_eq!(import(TRINO, &["--strict"]).status.code(), Some(1));
    let silent = import("b->arn:aws:iam::111122223333:role/b", &["--strict"]);
    assert_eq!(silent.status.code(), Some(0));
    assert!(
        text(&silent.stderr).ends_with("whom no rule matches gets the base's own credentials\n")
    );
}

#[test]
fn the_rules_go_to_a_file_that_was_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("rules.json");
    let output = import(TRINO, &["--out", out.to_str().unwrap()]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), ""));
    let again = Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .args([
            "explain",
            out.to_str().unwrap(),
            "--user",
            "dana",
            "--location",
            "s3://b/",
        ])
        .output()
        .unwrap();
    assert!(text(&again.stdout).contains("role/dana"));
    let there = import(TRINO, &["--out", out.to_str().unwrap()]);
    assert_eq!(there.status.code(), Some(2));
    assert_eq!(text(&there.stdout), "");
    assert_eq!(text(&there.stderr), refusal(&out));
}

fn refusal(path: &Path) -> String {
    let path = path.display();
    format!("rolecall: {path}: there is a file already; name another file, or remove it\n")
}

#[test]
fn of_two_files_both_are_written_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("there");
    let new = folder.path().join("new");
    std::fs::write(&there, "mine").unwrap();
    for (report, out) in [(&there, &new), (&new, &there)] {
        let arguments = ["--report", report.to_str().unwrap(), "--out"];
        let output = import(TRINO, &[&arguments[..], &[out.to_str().unwrap()]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(text(&output.stderr), refusal(&there));
        assert_eq!(std::fs::read_to_string(&there).unwrap(), "mine");
        assert!(!new.exists());
    }
    let nowhere = folder.path().join("none/report");
    let output = import(TRINO, &["--report", nowhere.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("No such file or directory"));
}

#[test]
fn what_can_not_be_rewritten_says_why() {
    let cases = [
        (
            r#"{"version": 1, "rules": [], "otherwise": "deny"}"#,
            vec![],
            "rolecall: RC106: <stdin>: the file is a rules file already; there is nothing to rewrite\n",
        ),
        (
            r#"{"mapping": []}"#,
            vec![],
            "rolecall: RC106: <stdin>: the file is of no format that is known by its content; name one by --format to be told what is wrong with it\n",
        ),
        (
            "{\"mappings\": [\n]",
            vec![],
            "rolecall: RC105: <stdin>:2:1: not JSON: EOF while parsing an object\n",
        ),
        (
            r#"{"mapping": []}"#,
            vec!["--format", "trino"],
            "rolecall: RC106: <stdin>:1:13: field `mapping`: is unknown; write `mappings`; the fields of a security mapping are mappings\n",
        ),
        (
            r#"{"mappings": [{"user": "dana", "accessKey": "AKIAEXAMPLE", "secretKey": "hush"}]}"#,
            vec![],
            "rolecall: RC106: <stdin>:1:45: field `mappings[0].accessKey`: gives access keys, and rules give roles; give the entry an `iamRole` with the same rights\n",
        ),
    ];
    for (input, arguments, told) in cases {
        let output = import(input, &arguments);
        assert_eq!(output.status.code(), Some(2), "{input}");
        assert_eq!(text(&output.stdout), "");
        assert_eq!(text(&output.stderr), told);
    }
}
