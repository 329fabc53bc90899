//! `rolecall check` as users run it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise, also outside its test functions"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::111122223333:role/r";

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command.arg("check").env_remove("NO_COLOR");
    command
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(rules: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("rules.json"), rules).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn check(&self, arguments: &[&str]) -> Output {
        command()
            .arg("rules.json")
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn good() -> String {
    format!(
        r#"{{"version": 1, "rules": [{{"name": "r", "users": ["hive"], "role": "{ROLE}"}}], "otherwise": "deny"}}"#
    )
}

fn suspicious() -> String {
    format!(
        "{{\n  \"version\": 1,\n  \"rules\": [\n\t{{\"name\": \"中\", \"users\": [\"hive\", \"hive\"], \"role\": \"{ROLE}\"}}\n  ],\n  \"otherwise\": \"deny\"\n}}\n"
    )
}

#[test]
fn good_rules_are_told_in_one_line() {
    let output = Folder::with(&good()).check(&["--strict"]);
    assert_eq!(text(&output.stdout), "rules.json: no errors, no warnings\n");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

#[test]
fn a_warning_has_its_line_and_a_caret() {
    let folder = Folder::with(&suspicious());
    let output = folder.check(&[]);
    assert_eq!(
        text(&output.stdout),
        format!(
            "rules.json:4:34: warning[without-effect]: rule `中`, field `users[1]`: has no effect: it stands in the list already; take it out\n \
             4 |     {{\"name\": \"中\", \"users\": [\"hive\", \"hive\"], \"role\": \"{ROLE}\"}}\n   \
             |                                      ^^^^^^\n\n\
             rules.json: no errors, 1 warning\n"
        )
    );
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(folder.check(&["--strict"]).status.code(), Some(1));
}

#[test]
fn every_error_is_told() {
    let output = Folder::with(
        "{\"version\": 1, \"rules\": [\n {\"name\": \"a\", \"usrs\": [\"x\"], \"use\": \"base\"},\n {\"name\": \"b\", \"role\": \"arn:aws:iam::1:role/x\"}], \"otherwise\": \"deny\"}",
    )
    .check(&["--strict"]);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told.contains("rules.json:2:16: error[RC106]: rule `a`, field `usrs`"),
        "{told}"
    );
    assert!(
        told.contains("rules.json:3:38: error[RC106]: rule `b`, field `role`"),
        "{told}"
    );
    assert!(
        told.ends_with("rules.json: 2 errors, no warnings\n"),
        "{told}"
    );
}

#[test]
fn programs_get_json() {
    let folder = Folder::with(&suspicious());
    let output = folder.check(&["--output", "json", "--strict"]);
    assert_eq!(output.status.code(), Some(1));
    let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let hash = report["hash"].take();
    assert_eq!(hash.as_str().unwrap().len(), 12);
    assert_eq!(
        report,
        json!({
            "rules": "rules.json",
            "hash": null,
            "errors": 0,
            "warnings": 1,
            "findings": [{
                "severity": "warning",
                "kind": "without-effect",
                "rule": "中",
                "field": "users[1]",
                "line": 4,
                "column": 34,
                "message": "has no effect: it stands in the list already; take it out"
            }]
        })
    );
    let output = Folder::with("{").check(&["--output", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(report["findings"][0]["kind"], "RC105");
    assert_eq!(report.get("hash"), None);
}

#[test]
fn rules_may_come_by_standard_input() {
    let mut child = command()
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(good().as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(&output.stdout), "<stdin>: no errors, no warnings\n");
}

#[test]
fn secrets_are_not_shown() {
    let output = Folder::with(
        "{\"version\": 1, \"rules\": [{\"name\": \"a\", \"prefixes\": [\"s3://AKIAEXAMPLE:hu/sh@b/\"], \"use\": \"base\"}],\n\"base\": {\"source\": \"properties\", \"secretKey\": \"hush\"}, \"otherwise\": \"deny\"}",
    )
    .check(&[]);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("secretKey"), "{told}");
    assert!(!told.contains("hush") && !told.contains("hu/sh"), "{told}");
}

#[test]
fn what_is_not_there_is_told_on_stderr() {
    let folder = Folder::with(&good());
    std::fs::remove_file(folder.file("rules.json")).unwrap();
    let output = folder.check(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(
        text(&output.stderr).starts_with("rolecall: RC102: rules.json: "),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn the_site_file_says_which_keys_jobs_may_set() {
    let folder = Folder::with(&format!(
        r#"{{"version": 1, "rules": [{{"name": "r", "conf": {{"tenant": ["acme"]}}, "role": "{ROLE}"}}], "otherwise": "base"}}"#
    ));
    let kinds = |site: &str| {
        std::fs::write(folder.file("site.json"), site).unwrap();
        let output = folder.check(&["--site", "site.json", "--output", "json"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["kind"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(r#"{"version": 1}"#), ["job-decides-role"]);
    assert!(kinds(r#"{"version": 1, "conf": ["tenant"]}"#).is_empty());
    assert_eq!(
        kinds(r#"{"version": 1, "conf": ["job"]}"#),
        ["conf-key-refused"]
    );
    let output = folder.check(&["--site", "none.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("RC123"));
}

#[test]
fn a_version_of_readers_is_asked_for() {
    let folder = Folder::with(&good());
    assert_eq!(folder.check(&["--for", "1"]).status.code(), Some(0));
    let output = folder.check(&["--for", "999"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("this release knows"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(folder.check(&["--for", "0"]).status.code(), Some(2));
}

/// The repository's own examples.
fn page(path: &str) -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

fn kinds_in(rules: &str, site: Option<&str>) -> Vec<String> {
    let folder = Folder::with(rules);
    std::fs::write(
        folder.file("site.json"),
        site.unwrap_or(r#"{"version": 1}"#),
    )
    .unwrap();
    let output = folder.check(&["--site", "site.json", "--output", "json"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{rules}\n{}",
        text(&output.stdout)
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["kind"].as_str().unwrap().to_owned())
        .collect()
}

/// The first block of a language behind a heading.
fn block<'a>(page: &'a str, fence: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("```{fence}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn each_kind_of_warning_has_a_section_with_a_file_that_it_warns_about() {
    let (_, page) = page("docs/check.md");
    let sections: Vec<(&str, &str)> = page
        .split("\n## ")
        .skip(1)
        .filter_map(|section| section.split_once('\n'))
        .filter(|(heading, _)| !heading.contains(' '))
        .collect();
    let headings: Vec<&str> = sections.iter().map(|(heading, _)| *heading).collect();
    let kinds: Vec<&str> = rolecall_core::review::kinds().collect();
    assert_eq!(headings, kinds);
    for (kind, section) in sections {
        assert!(section.contains("\nRemedy: "), "{kind}");
        let site = (kind == "conf-key-refused").then_some(r#"{"version": 1, "conf": ["tenant"]}"#);
        let found = kinds_in(block(section, "json"), site);
        assert!(found.contains(&kind.to_owned()), "{kind}: {found:?}");
        // An example shows what it is about, and nothing else.
        let others: Vec<_> = found.iter().filter(|other| *other != kind).collect();
        assert!(
            others.iter().all(|other| may_stand_beside(kind, other)),
            "{kind}: {others:?}"
        );
    }
}

/// Kinds that come together by their nature.
fn may_stand_beside(kind: &str, other: &str) -> bool {
    other == "ambiguous-location" || (kind, other) == ("conf-not-required", "job-decides-role")
}

#[test]
fn the_repository_s_examples_give_only_warnings_that_they_should() {
    let (path, file) = page("docs/examples/rules.json");
    assert_eq!(kinds_in(&file, None), ["job-decides-role"], "{path:?}");
    let (_, readme) = page("README.md");
    assert_eq!(block(&readme, "json"), file);
    let (_, rules) = page("docs/rules.md");
    // Its `scratch` is for service users, too.
    assert_eq!(kinds_in(block(&rules, "json"), None), ["job-decides-role"]);
}

#[test]
fn the_example_of_the_page_is_what_is_printed() {
    let (_, page) = page("docs/check.md");
    let shown = block(&page, "");
    let (call, shown) = shown.split_once('\n').unwrap();
    assert_eq!(call, "$ rolecall check rules.json");
    let folder = Folder::with(
        "{\n  \"version\": 1,\n  \"rules\": [\n    {\"name\": \"analysts\", \"users\": [\"*\"], \"role\": \"arn:aws:iam::111122223333:role/analyst\"}\n  ],\n  \"otherwise\": \"base\"\n}\n",
    );
    assert_eq!(text(&folder.check(&[]).stdout), shown);
}
