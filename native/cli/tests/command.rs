//! The command as users run it.
#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise, also outside its test functions"
)]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

const RULES: &str = r#"{
  "version": 1,
  "base": {"source": "instance-profile"},
  "rules": [
    {"name": "contractors", "groups": ["contractors"], "deny": "ask data-platform"},
    {"name": "tenant", "prefixes": ["s3://lake/t"], "conf": {"tenant": ["acme"]},
     "role": "arn:aws:iam::111122223333:role/t-${conf:tenant}",
     "session": {"externalId": "id-1", "durationSeconds": 900, "region": "eu-west-1"}},
    {"name": "admin", "users": ["admin1"], "role": "arn:aws:iam::111122223333:role/admin"}
  ],
  "otherwise": "base"
}"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("rules.json"), RULES).unwrap();
        Self(folder)
    }

    fn rules(&self) -> PathBuf {
        self.0.path().join("rules.json")
    }

    fn explain(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_rolecall"))
            .arg("explain")
            .arg(self.rules())
            .args(arguments)
            .output()
            .unwrap()
    }

    /// The exit code and the JSON object.
    fn json(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let output = self.explain(&[arguments, &["--output", "json"]].concat());
        (
            output.status.code(),
            serde_json::from_slice(&output.stdout).unwrap(),
        )
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_role_is_told_with_its_session() {
    let (code, answer) = Folder::new().json(&["--user", "admin1", "--location", "s3a://b/"]);
    assert_eq!(code, Some(0));
    assert_eq!(answer["outcome"], "assume");
    assert_eq!(answer["rule"], "admin");
    assert_eq!(answer["role"], "arn:aws:iam::111122223333:role/admin");
    assert_eq!(
        answer["session"],
        json!({"name": "admin1", "durationSeconds": 3600})
    );
    assert_eq!(answer["base"], "instance-profile");
    assert_eq!(answer["explanation"]["location"], "s3://b/");
    assert_eq!(answer["explanation"]["walk"][2]["matches"], "yes");
    assert_eq!(answer.get("message"), None);
}

#[test]
fn the_base_is_a_decision_too() {
    let (code, answer) =
        Folder::new().json(&["--user", "bob", "--group", "x", "--location", "s3://b"]);
    assert_eq!(code, Some(0));
    assert_eq!(answer["outcome"], "base");
    assert_eq!(answer["rule"], "otherwise");
    assert_eq!(answer["base"], "instance-profile");
}

#[test]
fn a_caller_without_groups_is_doubted_where_rules_ask_for_them() {
    let folder = Folder::new();
    std::fs::write(
        folder.rules(),
        r#"{"version": 1, "otherwise": "deny", "rules": [
            {"name": "open", "prefixes": ["s3://open/"], "use": "base"},
            {"name": "interns", "groups": ["interns"], "deny": "no"},
            {"name": "rest", "use": "base"}]}"#,
    )
    .unwrap();
    let note = |arguments: &[&str]| folder.json(arguments).1["note"].clone();
    let doubted = note(&["--user", "u", "--location", "s3://b/"]);
    assert!(doubted.as_str().unwrap().contains("RC204"), "{doubted}");
    for known in [
        ["--user", "u", "--location", "s3://open/"].as_slice(),
        &["--user", "u", "--group", "g", "--location", "s3://b/"],
    ] {
        assert_eq!(note(known), Value::Null);
    }
}

#[test]
fn a_deny_is_a_refusal_with_its_message() {
    let (code, answer) = Folder::new().json(&[
        "--user",
        "bob",
        "--group",
        "contractors",
        "--location",
        "s3://b",
    ]);
    assert_eq!(code, Some(1));
    assert_eq!(answer["outcome"], "deny");
    assert_eq!(answer["rule"], "contractors");
    assert_eq!(answer["error"], "RC201");
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .ends_with("denies it: ask data-platform")
    );
}

#[test]
fn what_can_not_be_told_is_refused() {
    let folder = Folder::new();
    let (code, answer) = folder.json(&[
        "--user",
        "bob",
        "--conf",
        "tenant=acme",
        "--location",
        "s3://lake",
    ]);
    assert_eq!((code, &answer["error"]), (Some(1), &json!("RC203")));
    assert_eq!(answer["outcome"], "refused");
    assert_eq!(
        answer["explanation"]["candidates"],
        json!(["tenant", "otherwise"])
    );
    let (code, answer) = folder.json(&[
        "--user",
        "bob",
        "--groups-unknown",
        "--location",
        "s3://lake",
    ]);
    assert_eq!((code, &answer["error"]), (Some(1), &json!("RC204")));
}

#[test]
fn text_shows_the_walk_and_what_a_file_system_would_get() {
    let output = Folder::new().explain(&[
        "--user",
        "bob",
        "--group",
        "g1",
        "--group",
        "g2",
        "--conf",
        "tenant=acme",
        "--location",
        "s3://lake/t/x",
    ]);
    assert_eq!(output.status.code(), Some(0));
    let shown = text(&output.stdout);
    let (before, after) = shown.split_once("rules     ").unwrap();
    assert_eq!(
        before,
        "caller    bob (in g1, g2)\nlocation  s3://lake/t/x\n"
    );
    let (_hash, after) = after.split_once('\n').unwrap();
    assert_eq!(
        after,
        "
  contractors  no       groups: `bob` is in none of `contractors`
  tenant       yes      conf.tenant: rolecall.conf.tenant is one of `acme`; prefixes: s3://lake/t/x is below `s3://lake/t`

rule      tenant
role      arn:aws:iam::111122223333:role/t-acme
session   bob for 900 s, external ID id-1, region eu-west-1
base      instance-profile
note      a file system knows only s3://lake/, and is refused with RC203; run explain with --location s3://lake/
"
    );
}

#[test]
fn no_name_and_no_message_steers_the_terminal() {
    let folder = Folder::new();
    let hidden = RULES
        .replace("ask data-platform", r"ask \u202emroftalp-atad")
        .replace(r#""name": "contractors""#, r#""name": "con\u202etractors""#);
    std::fs::write(folder.rules(), hidden).unwrap();
    let arguments = [
        "--user",
        "ev\u{1b}[31mil",
        "--group",
        "contractors",
        "--group",
        "a\rb",
        "--principal",
        "evil\u{7}@EXAMPLE.COM",
        "--real-user",
        "oo\u{200b}zie",
        "--location",
        "s3://b/",
    ];
    let output = folder.explain(&arguments);
    let shown = text(&output.stdout);
    for line in [
        r"caller    ev\u{1b}[31mil (in contractors, a\u{d}b)",
        r"principal evil\u{7}@EXAMPLE.COM",
        r"asked by  oo\u{200b}zie",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{shown}");
    }
    assert!(shown.contains(r"ask \u{202e}mroftalp-atad"), "{shown}");
    assert!(shown.contains("\n  con\\u{202e}tractors  yes "), "{shown}");
    let grid = folder.explain(&[&arguments[..6], &["--caller", "bob"]].concat());
    let grid = text(&grid.stdout);
    assert!(grid.contains(r"ev\u{1b}[31mil"), "{grid}");
    let seen =
        |shown: &str| !shown.contains(|c: char| c == '\u{202e}' || (c.is_control() && c != '\n'));
    assert!(seen(shown) && seen(grid));
    // A program gets the names as they are.
    let (_, answer) = folder.json(&arguments);
    assert_eq!(answer["explanation"]["user"], "ev\u{1b}[31mil");
}

#[test]
fn bad_input_is_told_on_stderr() {
    let folder = Folder::new();
    let cases: [(&[&str], &str); 5] = [
        (
            &["--user", "bob", "--location", "hdfs://x"],
            "rolecall: RC207: the location has the scheme `hdfs`",
        ),
        (
            &["--location", "s3://b"],
            "<--user <USER>|--caller <USER[:GROUP,…]>>",
        ),
        (
            &[
                "--user",
                "bob",
                "--caller",
                "carol",
                "--principal",
                "bob@EXAMPLE.COM",
            ],
            "rolecall: --principal is one caller's full name, and there are several callers",
        ),
        (&["--user", "bob", "--conf", "tenant"], "write KEY=VALUE"),
        (
            &["--user", "bob", "--group", "g", "--groups-unknown"],
            "cannot be used with",
        ),
    ];
    for (arguments, expected) in cases {
        let output = folder.explain(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            text(&output.stderr).contains(expected),
            "{}",
            text(&output.stderr)
        );
        assert!(output.stdout.is_empty());
    }
    std::fs::write(folder.rules(), "{}").unwrap();
    let output = folder.explain(&["--user", "bob"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("rules.json:1:1: the file lacks `version`"));
    std::fs::remove_file(folder.rules()).unwrap();
    let output = folder.explain(&["--user", "bob"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("RC102"));
}

#[test]
fn a_file_is_read_whatever_place_its_name_looks_like() {
    let folder = Folder::new();
    let explain = |rules: &str| {
        Command::new(env!("CARGO_BIN_EXE_rolecall"))
            .current_dir(folder.0.path())
            .args([
                "explain",
                rules,
                "--user",
                "admin1",
                "--location",
                "s3://b/",
            ])
            .output()
            .unwrap()
    };
    for name in ["conf:rules", "classpath:rules.json", "file:rules.json"] {
        assert_eq!(explain(name).status.code(), Some(2), "{name}");
        std::fs::copy(folder.rules(), folder.0.path().join(name)).unwrap();
        assert_eq!(explain(name).status.code(), Some(0), "{name}");
    }
    let uri = format!("file://{}", folder.rules().display());
    assert_eq!(explain(&uri).status.code(), Some(0));
}

#[test]
fn help_has_examples_and_exit_codes() {
    let output = Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .args(["explain", "--help"])
        .output()
        .unwrap();
    let help = text(&output.stdout);
    assert!(
        help.contains("Examples:") && help.contains("Exit codes:"),
        "{help}"
    );
}

#[test]
fn settings_are_a_table() {
    let output = Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .arg("settings")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        text(&output.stdout),
        rolecall_core::settings::markdown_table()
    );
}

#[test]
fn what_a_foreign_format_can_not_mean_here_is_told_beside_the_answer() {
    let folder = Folder::new();
    std::fs::write(
        folder.rules(),
        r#"{"AuthorizationConfiguration": {"EmrFsConfiguration": {"RoleMappings": [
            {"Role": "arn:aws:iam::111122223333:role/lake", "IdentifierType": "Prefix",
             "Identifiers": ["s3://lake/"]}]}}}"#,
    )
    .unwrap();
    let output = folder.explain(&["--user", "bob", "--location", "s3://lake/"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("role/lake"));
    let told = text(&output.stderr);
    assert!(
        told.starts_with("rolecall: ")
            && told.contains("rules.json:")
            && told.contains("(foreign-"),
        "{told}"
    );
}

#[test]
fn a_grid_has_room_on_a_terminal_of_80_columns() {
    let folder = Folder::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command.arg("explain").arg(folder.rules());
    for caller in [
        "admin1:admins",
        "bob:contractors",
        "carol:a-group-with-a-very-long-name-indeed,and-another",
    ] {
        command.args(["--caller", caller]);
    }
    for bucket in ["one", "two", "three", "four", "lake"] {
        command.args([
            "--location",
            &format!("s3://a-bucket-whose-name-is-rather-long-{bucket}/"),
        ]);
    }
    let output = command
        .args(["--location", "s3://lake/t/x", "--conf", "tenant=acme"])
        .env("COLUMNS", "80")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    let (tables, legend) = shown.split_once("\nroles\n").unwrap();
    assert!(
        tables.lines().all(|line| line.chars().count() <= 80),
        "{shown}"
    );
    // Each location in one table, each caller in every table.
    assert_eq!(tables.matches("s3://a-bucket").count(), 5, "{shown}");
    assert_eq!(
        tables.matches("\ncarol").count(),
        tables.matches("\nadmin1").count()
    );
    assert!(
        tables.contains("denied") && tables.contains("t-acme *"),
        "{shown}"
    );
    assert!(legend.contains("arn:aws:iam::111122223333:role/t-acme"));
    assert!(legend.contains("* a file system knows only the bucket"));
}
