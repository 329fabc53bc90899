//! The pages about the command: their examples are run, and their tables are compared.
//!
//! With `ROLECALL_UPDATE_PAGES=1` the examples' output is written anew.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise, also outside its test functions"
)]

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const COMMANDS: [&str; 8] = [
    "check",
    "explain",
    "import",
    "iam",
    "schema",
    "settings",
    "completions",
    "man",
];

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn page(name: &str) -> String {
    std::fs::read_to_string(docs().join(name)).unwrap()
}

fn rolecall(arguments: &[String]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .args(arguments)
        .current_dir(docs().join("examples"))
        .env_remove("COLUMNS")
        .output()
        .unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// Runs each `$ rolecall …` of a page and compares what follows with its standard output.
fn examples_are_true(name: &str) {
    let written = page(name);
    let mut fresh = String::new();
    let mut examples = 0;
    for (index, piece) in written.split("```console\n").enumerate() {
        if index == 0 {
            fresh.push_str(piece);
            continue;
        }
        examples += 1;
        let (block, rest) = piece.split_once("```").unwrap();
        let mut command = String::new();
        for line in block.split_inclusive('\n') {
            command.push_str(line);
            if !line.ends_with("\\\n") {
                break;
            }
        }
        let arguments: Vec<String> = command
            .replace("\\\n", " ")
            .split_whitespace()
            .skip(2)
            .map(str::to_owned)
            .collect();
        let output = rolecall(&arguments);
        assert_ne!(output.status.code(), Some(2), "{}", text(output.stderr));
        let shown = text(output.stdout);
        fresh.push_str(&format!("```console\n{command}{shown}```{rest}"));
    }
    assert!(examples > 0, "{name} has no example");
    if std::env::var_os("ROLECALL_UPDATE_PAGES").is_some() {
        std::fs::write(docs().join(name), &fresh).unwrap();
    } else {
        assert_eq!(written, fresh, "run the tests with ROLECALL_UPDATE_PAGES=1");
    }
}

#[test]
fn the_examples_of_the_command_are_true() {
    examples_are_true("command.md");
}

#[test]
fn the_examples_of_explain_are_true() {
    examples_are_true("explain.md");
}

/// The words of a command line, of which some stand in single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn the_commands_that_the_pages_tell_to_type_are_understood() {
    let mut tried = 0;
    for name in ["command.md", "explain.md", "iam.md"] {
        let page = page(name);
        for block in page.split("```sh\n").skip(1) {
            let (block, _) = block.split_once("```").unwrap();
            for line in block.replace("\\\n", " ").lines() {
                let command = line.split(" > ").next().unwrap();
                // A line that sets variables asks a real AWS.
                let Some(arguments) = command.strip_prefix("rolecall ") else {
                    continue;
                };
                let output = rolecall(&words(arguments));
                assert_eq!(output.status.code(), Some(0), "{}", text(output.stderr));
                tried += 1;
            }
        }
    }
    assert!(tried >= 5, "{tried}");
}

#[test]
fn the_page_of_iam_has_the_fields_that_are_printed() {
    let arguments = "iam rules.json --base-role arn:aws:iam::111122223333:role/r";
    let output = rolecall(&words(arguments));
    let needs: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut found = BTreeSet::from(["leftOut".to_owned()]);
    for list in ["bases", "roles"] {
        for item in needs[list].as_array().unwrap() {
            let names = item.as_object().unwrap().keys();
            found.extend(names.map(|name| format!("{list}[].{name}")));
        }
    }
    // For sessions of more than an hour, of which the example has none.
    found.insert("roles[].maxSessionDuration".to_owned());
    assert_eq!(found, documented("iam.md", "| Field | Meaning |\n"));
}

/// The fields of the table that follows `head`.
fn documented(name: &str, head: &str) -> BTreeSet<String> {
    let page = page(name);
    let (_, table) = page.split_once(head).unwrap();
    table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(field, _)| field.to_owned())
        .collect()
}

fn help(arguments: &[&str]) -> String {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let output = rolecall(&arguments);
    assert_eq!(output.status.code(), Some(0));
    text(output.stdout)
}

#[test]
fn every_subcommand_has_help_with_examples_and_exit_codes_and_a_place_on_the_page() {
    let overview = help(&["--help"]);
    let listed: BTreeSet<&str> = overview
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .map_while(|line| line.strip_prefix("  "))
        // What is too long for a line goes on further to the right.
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert_eq!(listed, COMMANDS.into_iter().collect());
    let headings: BTreeSet<String> = page("command.md")
        .lines()
        .filter_map(|line| line.strip_prefix("## rolecall ").map(str::to_owned))
        .collect();
    assert_eq!(headings, COMMANDS.into_iter().map(str::to_owned).collect());
    for command in COMMANDS {
        let help = help(&[command, "--help"]);
        assert!(help.contains("Examples:\n  "), "{command}: {help}");
        assert!(help.contains("Exit codes:\n  0  "), "{command}: {help}");
    }
}

#[test]
fn the_manual_page_covers_every_subcommand_and_option() {
    let manual = help(&["man"]);
    assert!(manual.contains(".TH rolecall 1"), "{manual}");
    for command in COMMANDS {
        assert!(
            manual.contains(&format!(".SH \"rolecall {command}\"")),
            "{command}"
        );
        for option in help(&[command, "--help"])
            .split_whitespace()
            .filter_map(|word| word.strip_prefix("--"))
            .map(|word| word.trim_end_matches(|c: char| !c.is_ascii_lowercase()))
            .filter(|word| {
                !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
            })
        {
            let in_roff = format!("\\-\\-{}", option.replace('-', "\\-"));
            assert!(manual.contains(&in_roff), "{command}: --{option}");
        }
    }
}

#[test]
fn every_shell_is_given_every_subcommand() {
    for shell in ["bash", "zsh", "fish"] {
        let script = help(&["completions", shell]);
        for command in COMMANDS {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    let unknown = rolecall(&["completions".to_owned(), "tcsh".to_owned()]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn the_schema_is_one() {
    let schema: Value = serde_json::from_str(&help(&["schema"])).unwrap();
    assert_eq!(schema["type"], "object");
    assert!(schema["$schema"].is_string());
}

#[test]
fn settings_are_told_as_json_too() {
    let settings: Value = serde_json::from_str(&help(&["settings", "--output", "json"])).unwrap();
    let table = help(&["settings"]);
    let settings = settings.as_array().unwrap();
    assert_eq!(settings.len(), table.lines().count() - 2);
    for setting in settings {
        assert!(table.contains(setting["name"].as_str().unwrap()));
        assert!(table.contains(setting["whoMaySet"].as_str().unwrap()));
    }
}

#[test]
fn a_reader_that_stops_reading_is_no_error() {
    let rolecall = env!("CARGO_BIN_EXE_rolecall");
    let output = Command::new("sh")
        .args(["-c", &format!("'{rolecall}' man; echo $? >&2")])
        .stdout(closed_pipe())
        .output()
        .unwrap();
    assert_eq!(text(output.stderr), "0\n");
}

/// The writing end of a pipe that nobody reads.
fn closed_pipe() -> std::io::PipeWriter {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer
}

/// The paths of all fields of an answer.
fn paths(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    // Its keys are the user's own.
    if at == "session.tags" {
        found.insert(at.to_owned());
        return;
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let at = if at.is_empty() {
                    name.clone()
                } else {
                    format!("{at}.{name}")
                };
                paths(value, &at, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            found.insert(at.to_owned());
            for item in items {
                paths(item, &format!("{at}[]"), found);
            }
        }
        _ => {
            found.insert(at.to_owned());
        }
    }
}

const RULES: &str = r#"{
  "version": 1, "base": {"source": "environment"},
  "rules": [
    {"name": "no", "users": ["mallory"], "deny": "ask"},
    {"name": "key", "prefixes": ["s3://lake/x"], "use": "base"},
    {"name": "all", "role": "arn:aws:iam::111122223333:role/r", "base": {"source": "environment"},
     "session": {"externalId": "id", "sourceIdentity": "${user}", "tags": {"a": "b"}, "transitiveTagKeys": ["a"],
                 "policy": {"Version": "2012-10-17", "Statement": []},
                 "policyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
                 "region": "eu-west-1", "stsEndpoint": "ENDPOINT"}},
    {"name": "chained", "role": "arn:aws:iam::111122223333:role/r"}
  ],
  "otherwise": "deny"
}"#;

/// Answers one AssumeRole as STS does, and gives the place where.
fn one_sts() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut asked = Vec::new();
        let mut buffer = [0; 4096];
        while !text(asked.clone()).contains("Action=AssumeRole") {
            let read = connection.read(&mut buffer).unwrap();
            asked.extend_from_slice(&buffer[..read]);
        }
        let body = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
            <AssumedRoleUser><AssumedRoleId>A:x</AssumedRoleId>\
            <Arn>arn:aws:sts::111122223333:assumed-role/r/carol</Arn></AssumedRoleUser>\
            <Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>hush-secret</SecretAccessKey>\
            <SessionToken>hush-token</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>\
            </AssumeRoleResult></AssumeRoleResponse>";
        write!(
            connection,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
    });
    url
}

#[test]
fn the_page_has_the_fields_that_are_printed_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.json");
    std::fs::write(&rules, RULES.replace("ENDPOINT", &one_sts())).unwrap();
    let chained = folder.path().join("chained.json");
    std::fs::write(
        &chained,
        r#"{"version": 1, "otherwise": "deny", "rules": [{"name": "chained",
            "role": "arn:aws:iam::111122223333:role/r", "session": {"durationSeconds": 7200}}]}"#,
    )
    .unwrap();
    let mut found = BTreeSet::new();
    let mut explain = |rules: &Path, arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_rolecall"))
            .arg("explain")
            .arg(rules)
            .args(arguments)
            .args(["--output", "json"])
            .env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "hush-base")
            .env("ROLECALL_BASE", "instance-profile")
            .env("ROLECALL_TIMEOUT", "5s")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1")
            .output()
            .unwrap();
        let printed = text(output.stdout);
        assert!(
            !printed.contains("hush") && !printed.contains("ASIA"),
            "{printed}"
        );
        let answer: Value = serde_json::from_str(&printed).unwrap_or_else(|error| {
            unreachable_input(&format!("{error}: {printed}{}", text(output.stderr)))
        });
        paths(&answer, "", &mut found);
        answer
    };
    let tried = explain(
        &rules,
        &[
            "--user",
            "carol",
            "--principal",
            "carol@X",
            "--real-user",
            "livy",
            "--location",
            "s3://b/",
            "--try",
        ],
    );
    assert_eq!(tried["tried"]["outcome"], "ok", "{tried}");
    assert_eq!(tried["tried"]["expires"], "2999-01-01T00:00:00Z");
    explain(&rules, &["--user", "mallory", "--location", "s3://b/"]);
    explain(&rules, &["--user", "carol", "--location", "s3://lake/x/y"]);
    let failed = explain(
        &chained,
        &["--user", "carol", "--location", "s3://b/", "--try"],
    );
    assert_eq!(failed["tried"]["outcome"], "failed", "{failed}");
    let documented = documented("explain.md", "| Field | Type | Meaning |\n");
    assert_eq!(found, documented);
    let several = Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .arg("explain")
        .arg(&rules)
        .args([
            "--user",
            "mallory",
            "--caller",
            "carol:a,b",
            "--location",
            "s3://b/",
            "--output",
            "json",
        ])
        .output()
        .unwrap();
    assert_eq!(several.status.code(), Some(1));
    let several: Value = serde_json::from_slice(&several.stdout).unwrap();
    let outcomes: Vec<&Value> = several["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| &answer["outcome"])
        .collect();
    assert_eq!(outcomes, ["deny", "assume"]);
    assert_eq!(
        several["answers"][1]["explanation"]["groups"],
        serde_json::json!(["a", "b"])
    );
}

#[expect(clippy::panic, reason = "a test says what it met")]
fn unreachable_input(what: &str) -> Value {
    panic!("{what}")
}
