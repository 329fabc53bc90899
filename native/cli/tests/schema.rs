//! The JSON Schema of the rules file: the shipped copy is the one that the types make, and it takes
//! every file that the reading takes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise, also outside its test functions"
)]

use std::path::Path;

use jsonschema::Validator;
use proptest::prelude::*;
use rolecall_core::rules::{json_schema, read_all};
use serde_json::{Value, json};

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.schema.json");
const ROLE: &str = "arn:aws:iam::111122223333:role/r";

fn validator() -> Validator {
    jsonschema::draft7::new(&json_schema()).unwrap()
}

fn is_read(file: &Value) -> bool {
    read_all(file.to_string().as_bytes(), "rules.json").is_ok()
}

#[test]
fn the_shipped_schema_is_that_of_the_types() {
    let made = serde_json::to_string_pretty(&json_schema()).unwrap() + "\n";
    let shipped = std::fs::read_to_string(SHIPPED).unwrap_or_default();
    assert!(
        made == shipped,
        "write the output of `rolecall schema` into docs/rules.schema.json"
    );
}

#[test]
fn every_field_is_described_for_editors() {
    fn undescribed(at: &str, schema: &Value, found: &mut Vec<String>) {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            if field.get("description").is_none() {
                found.push(format!("{at}.{name}"));
            }
        }
        assert_eq!(schema["additionalProperties"], false, "{at}");
    }
    let schema = json_schema();
    let mut found = Vec::new();
    undescribed("", &schema, &mut found);
    for (name, definition) in schema["definitions"].as_object().unwrap() {
        undescribed(name, definition, &mut found);
    }
    assert_eq!(found, Vec::<String>::new());
}

/// A rule that has everything a rule can have.
fn full_rule() -> Value {
    json!({
        "name": "full", "users": ["u", "*"], "usersMatching": ["a.*"], "groups": ["g"],
        "groupsMatching": ["[a-z]+"], "principals": ["u/h@R"], "realUsers": ["livy"],
        "prefixes": ["s3://b/x", "s3a://b_c.d/${user}/*", "s3n://${bucket}/${group}"],
        "conf": {"tenant": ["acme", ""]},
        "not": {"users": ["v"], "conf": {"a": ["b"]}},
        "role": "arn:aws-us-gov:iam::111122223333:role/p/r-${conf:tenant}",
        "session": full_session(),
        "base": {"source": "properties", "file": "/k"}
    })
}

fn full_session() -> Value {
    json!({
        "name": "${user}.x", "durationSeconds": 900, "externalId": "a:b/${conf:tenant}",
        "sourceIdentity": "${user}", "tags": {"tenant": "${conf:tenant}", "e": ""},
        "transitiveTagKeys": ["tenant"],
        "policy": {"Version": "2012-10-17", "Statement": [{"Resource": "${user}"}]},
        "policyArns": ["arn:aws-us-gov:iam::aws:policy/x", "arn:aws-us-gov:iam::111122223333:policy/p/y"],
        "region": "us-gov-west-1", "stsEndpoint": "sts.example:443"
    })
}

fn full_file() -> Value {
    json!({
        "version": 1,
        "base": {"source": "default-chain"},
        "session": {"name": "${user}", "durationSeconds": 3600},
        "rules": [
            full_rule(),
            {"name": "b", "use": "base"},
            {"name": "c", "deny": "ask for it", "prefixes": ["s3://b"]},
            {"name": "d", "role": ROLE, "session": {"tags": {}, "policyArns": []}},
        ],
        "otherwise": "deny"
    })
}

fn with_rule(rule: Value) -> Value {
    json!({"version": 1, "rules": [rule], "otherwise": "base"})
}

fn with_fields(fields: Value) -> Value {
    let mut rule = json!({"name": "a", "role": ROLE});
    for (name, value) in fields.as_object().unwrap() {
        rule[name] = value.clone();
    }
    with_rule(rule)
}

#[test]
fn what_the_reading_takes_the_schema_takes() {
    let mut files = vec![
        json!({"version": 1, "rules": [], "otherwise": "deny"}),
        full_file(),
    ];
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples");
    for entry in std::fs::read_dir(examples).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        files.extend(serde_json::from_str::<Value>(&text));
    }
    assert!(files.len() > 2);
    for source in ["default-chain", "instance-profile", "environment"] {
        files.push(with_fields(json!({"base": {"source": source}})));
    }
    for fields in [
        json!({"session": {"name": "ab"}}),
        json!({"session": {"name": "n".repeat(64), "durationSeconds": 43200}}),
        json!({"session": {"externalId": "x".repeat(1224)}}),
        json!({"session": {"stsEndpoint": "http://[::1]:80/x"}}),
        json!({"session": {"policy": {"Statement": null}}}),
        json!({"session": {}}),
        json!({"users": ["${user}", "数据", "\u{0}", " "]}),
        json!({"name": "数".repeat(128)}),
        json!({"prefixes": ["s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/"]}),
    ] {
        files.push(with_fields(fields));
    }
    let validator = validator();
    for file in files {
        let faults = read_all(file.to_string().as_bytes(), "rules.json").map(|_| ());
        let is_arn = file.to_string().contains("accesspoint");
        assert!(faults.is_ok() || is_arn, "{faults:?}: {file}");
        let errors: Vec<_> = validator
            .iter_errors(&file)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}: {file}");
    }
}

#[test]
fn what_is_wrong_in_form_the_schema_refuses_too() {
    let session = |fields: Value| with_fields(json!({"session": fields}));
    let files = vec![
        json!([]),
        json!({"rules": [], "otherwise": "deny"}),
        json!({"version": 2, "rules": [], "otherwise": "deny"}),
        json!({"version": "1", "rules": [], "otherwise": "deny"}),
        json!({"version": 1, "otherwise": "deny"}),
        json!({"version": 1, "rules": []}),
        json!({"version": 1, "rules": {}, "otherwise": "deny"}),
        json!({"version": 1, "rules": [], "otherwise": "allow"}),
        json!({"version": 1, "rules": [], "otherwise": "deny", "comment": "x"}),
        json!({"version": 1, "rules": [], "otherwise": "deny", "base": "instance-profile"}),
        json!({"version": 1, "rules": [], "otherwise": "deny", "base": {"source": "imds"}}),
        json!({"version": 1, "rules": [], "otherwise": "deny", "base": {}}),
        json!({"version": 1, "rules": [], "otherwise": "deny", "base": {"source": "properties"}}),
        json!({"version": 1, "rules": [], "otherwise": "deny", "base": null}),
        with_rule(json!("a")),
        with_rule(json!({})),
        with_rule(json!({"name": "a"})),
        with_rule(json!({"deny": "x"})),
        with_rule(json!({"name": "", "deny": "x"})),
        with_rule(json!({"name": "a", "deny": ""})),
        with_rule(json!({"name": "a", "deny": true})),
        with_rule(json!({"name": "a", "use": "role"})),
        with_rule(json!({"name": "a", "use": "base", "deny": "x"})),
        with_rule(json!({"name": "a", "use": "base", "role": ROLE})),
        with_rule(json!({"name": "a", "use": "base", "role": ROLE, "session": {}})),
        with_rule(json!({"name": "a", "use": "base", "session": {}})),
        with_rule(json!({"name": "a", "deny": "x", "base": {"source": "environment"}})),
        with_rule(json!({"name": "a", "role": "arn:aws:iam::11:role/x"})),
        with_rule(json!({"name": "a", "role": "arn:aws:iam::111122223333:role/a b"})),
        with_fields(json!({"group": ["g"]})),
        with_fields(json!({"groups": []})),
        with_fields(json!({"groups": "g"})),
        with_fields(json!({"groups": [1]})),
        with_fields(json!({"groups": [""]})),
        with_fields(json!({"groups": null})),
        with_fields(json!({"not": {}})),
        with_fields(json!({"not": {"not": {"users": ["u"]}}})),
        with_fields(json!({"conf": {}})),
        with_fields(json!({"conf": {"t": []}})),
        with_fields(json!({"conf": {"t": "x"}})),
        with_fields(json!({"prefixes": ["b/x"]})),
        with_fields(json!({"prefixes": ["S3://b/x"]})),
        with_fields(json!({"prefixes": ["s3:///x"]})),
        session(json!([])),
        session(json!({"name": "x"})),
        session(json!({"name": "a b"})),
        session(json!({"durationSeconds": 899})),
        session(json!({"durationSeconds": 43201})),
        session(json!({"durationSeconds": "1h"})),
        session(json!({"durationSeconds": 900.5})),
        session(json!({"externalId": "a b"})),
        session(json!({"sourceIdentity": "a:b"})),
        session(json!({"region": "EU"})),
        session(json!({"stsEndpoint": "a b"})),
        session(json!({"tags": []})),
        session(json!({"tags": {"a": 1}})),
        session(json!({"transitiveTagKeys": ["a", "a"], "tags": {"a": "b"}})),
        session(json!({"policy": "{}"})),
        session(json!({"policy": {}})),
        session(json!({"policyArns": ["arn:aws:iam::aws:role/x"]})),
        session(json!({"policyArns": vec!["arn:aws:iam::aws:policy/x"; 11]})),
    ];
    let validator = validator();
    for file in files {
        assert!(!is_read(&file), "{file}");
        assert!(!validator.is_valid(&file), "{file}");
    }
}

/// The places in a value, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(member, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                places(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// What is put somewhere in a good file.
fn intruder() -> impl Strategy<Value = Value> {
    let texts = [
        "",
        "x",
        "ab",
        "base",
        "deny",
        "environment",
        "properties",
        "${user}",
        "${group}",
        "${x}",
        "s3://b/",
        "s3://b/*",
        "a b",
        "/k",
        "eu-west-1",
        "*",
        "数",
        ROLE,
        "arn:aws:iam::aws:policy/x",
        "https://sts.example",
    ];
    prop_oneof![
        proptest::sample::select(texts.to_vec()).prop_map(Value::from),
        proptest::sample::select(vec![
            json!(null),
            json!(true),
            json!(0),
            json!(1),
            json!(2),
            json!(900),
            json!(3600.0),
            json!({}),
            json!([]),
            json!(["a"]),
            json!(["s3://b/x"]),
            json!([""]),
            json!([1]),
            json!({"a": ["b"]}),
            json!({"users": ["u"]}),
            json!({"source": "environment"}),
            json!({"Statement": []}),
            json!({"name": "ab"}),
            json!({"tags": {"a": "b"}}),
        ]),
        "\\PC{0,12}".prop_map(Value::from),
    ]
}

fn field() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "version",
        "base",
        "session",
        "rules",
        "otherwise",
        "name",
        "users",
        "usersMatching",
        "groups",
        "principals",
        "realUsers",
        "prefixes",
        "conf",
        "not",
        "role",
        "use",
        "deny",
        "durationSeconds",
        "externalId",
        "sourceIdentity",
        "tags",
        "transitiveTagKeys",
        "policy",
        "policyArns",
        "region",
        "stsEndpoint",
        "source",
        "file",
        "Statement",
        "novelty",
    ])
}

/// Replaces, removes or adds something at a place.
fn mutated(mut file: Value, at: usize, change: u8, name: &str, value: Value) -> Value {
    let mut found = Vec::new();
    places(&file, "", &mut found);
    let place = &found[at % found.len()];
    match change {
        0 => *file.pointer_mut(place).unwrap() = value,
        1 => {
            if let Some((parent, last)) = place.rsplit_once('/') {
                let last = last.replace("~1", "/").replace("~0", "~");
                match file.pointer_mut(parent).unwrap() {
                    Value::Object(members) => drop(members.remove(&last)),
                    Value::Array(values) => drop(values.remove(last.parse().unwrap())),
                    _ => {}
                }
            }
        }
        _ => match file.pointer_mut(place).unwrap() {
            Value::Object(members) => drop(members.insert(name.to_owned(), value)),
            Value::Array(values) => values.push(value),
            other => *other = value,
        },
    }
    file
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// What the schema refuses, the reading refuses.
    #[test]
    fn changed_files_that_are_read_are_those_of_the_schema(
        changes in proptest::collection::vec((any::<usize>(), 0..3u8, field(), intruder()), 1..3),
    ) {
        thread_local! {
            static VALIDATOR: Validator = validator();
        }
        let file = changes.into_iter().fold(full_file(), |file, (at, change, name, value)| {
            mutated(file, at, change, name, value)
        });
        match read_all(file.to_string().as_bytes(), "rules.json") {
            Ok(_) => {
                let error = VALIDATOR.with(|schema| schema.validate(&file).err().map(|e| e.to_string()));
                prop_assert_eq!(error, None, "{}", file);
            }
            // Whatever is wrong is told in the words of the page, with its place.
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                for fault in faults {
                    prop_assert!(fault.place.is_some(), "{fault}");
                    let of_the_reader = ["invalid type", "missing field", "unknown field"];
                    prop_assert!(!of_the_reader.iter().any(|words| fault.what.contains(words)), "{fault}");
                }
            }
        }
    }
}
