//! What warnings say of rules is true of their decisions.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::testing::of_file;
use crate::route::{Caller, Groups, Location, Request, Routing, route};
use crate::rules::read;

fn some(values: &'static [&'static str]) -> impl Strategy<Value = Option<Vec<&'static str>>> {
    proptest::option::weighted(0.4, proptest::collection::vec(select(values), 1..3))
}

/// The conditions of a rule, or of a `not`.
fn conditions() -> impl Strategy<Value = Value> {
    (
        some(&["a", "ab", "b"]),
        some(&["a.*", "b", ".*"]),
        some(&["g", "h"]),
        some(&["g|h", "h"]),
        some(&[
            "s3://b/",
            "s3://b/x",
            "s3://b/x/y",
            "s3://b/x*",
            "s3://c/",
            "s3://b/${group}",
        ]),
        some(&["1", "2"]),
    )
        .prop_map(
            |(users, matching, groups, groups_matching, prefixes, conf)| {
                let mut all = serde_json::Map::new();
                for (field, values) in [
                    ("users", users),
                    ("usersMatching", matching),
                    ("groups", groups),
                    ("groupsMatching", groups_matching),
                    ("prefixes", prefixes),
                ] {
                    if let Some(values) = values {
                        all.insert(field.to_owned(), json!(values));
                    }
                }
                if let Some(values) = conf {
                    all.insert("conf".to_owned(), json!({"k": values}));
                }
                Value::Object(all)
            },
        )
}

fn file() -> impl Strategy<Value = Value> {
    let rule = (conditions(), proptest::option::weighted(0.3, conditions()));
    proptest::collection::vec(rule, 1..5).prop_map(|rules| {
        let rules: Vec<Value> = rules
            .into_iter()
            .enumerate()
            .map(|(number, (mut rule, not))| {
                rule["name"] = json!(format!("r{number}"));
                rule["deny"] = json!("x");
                if let Some(not) = not
                    && not.as_object().is_some_and(|not| !not.is_empty())
                {
                    rule["not"] = not;
                }
                // Only who asks for groups may take one.
                if rule.get("groups").is_none() && rule.get("groupsMatching").is_none() {
                    rule =
                        serde_json::from_str(&rule.to_string().replace("${group}", "g")).unwrap();
                }
                rule
            })
            .collect();
        json!({"version": 1, "rules": rules, "otherwise": "deny"})
    })
}

/// Which rule decides, for callers of all kinds at paths of all kinds.
fn decisions(file: &Value) -> Vec<String> {
    let rules = read(file.to_string().as_bytes(), "rules.json").unwrap();
    let mut all = Vec::new();
    for user in ["a", "ab", "b", "c"] {
        for groups in [&[][..], &["g"], &["h"], &["g", "h"]] {
            for conf in [None, Some("1"), Some("2")] {
                for path in [
                    "s3://b/z",
                    "s3://b/x/q",
                    "s3://b/x/y/z",
                    "s3://b/x2",
                    "s3://b/g/x",
                    "s3://b/h/x",
                    "s3://c/x",
                ] {
                    let request = Request {
                        caller: Caller {
                            user: user.to_owned(),
                            groups: Groups::Known(
                                groups.iter().map(|name| (*name).to_owned()).collect(),
                            ),
                            conf: conf
                                .map(|value| ("k".to_owned(), value.to_owned()))
                                .into_iter()
                                .collect::<BTreeMap<_, _>>(),
                            principal: None,
                            real_user: None,
                        },
                        location: Location::parse(path).unwrap(),
                    };
                    let Ok(Routing::Decided(decision)) = route(&rules, &request) else {
                        panic!("nothing is unknown");
                    };
                    all.push(decision.rule_names().collect::<Vec<_>>().join(" or "));
                }
            }
        }
    }
    all
}

/// The file without a value that a field such as `not.conf.k[1]` names, or without the whole list.
fn without(file: &Value, rule: &str, field: &str) -> Value {
    let mut file = file.clone();
    let rules = file["rules"].as_array_mut().unwrap();
    let mut at = rules.iter_mut().find(|one| one["name"] == rule).unwrap();
    let (path, index) = match field.strip_suffix(']') {
        Some(field) => {
            let (path, index) = field.split_once('[').unwrap();
            (path, Some(index.parse::<usize>().unwrap()))
        }
        None => (field, None),
    };
    let steps: Vec<&str> = path.split('.').collect();
    let (last, before) = steps.split_last().unwrap();
    for step in before {
        at = &mut at[*step];
    }
    let object = at.as_object_mut().unwrap();
    let list = object[*last].as_array_mut().unwrap();
    match index {
        Some(index) => {
            list.remove(index);
        }
        None => list.clear(),
    }
    if list.is_empty() {
        object.remove(*last);
    }
    // What holds nothing any more goes, too.
    for one in file["rules"].as_array_mut().unwrap() {
        let rule = one.as_object_mut().unwrap();
        if let Some(not) = rule.get_mut("not").and_then(Value::as_object_mut) {
            not.retain(|_, value| value.as_object().is_none_or(|held| !held.is_empty()));
        }
        rule.retain(|_, value| value.as_object().is_none_or(|held| !held.is_empty()));
    }
    file
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_rule_that_is_told_to_never_match_never_decides(file in file()) {
        let decisions = decisions(&file);
        for warning in of_file(&file.to_string()) {
            if matches!(warning.kind, "never-matches" | "contradiction") {
                let rule = warning.rule.clone().unwrap();
                prop_assert!(!decisions.contains(&rule), "{warning}: {file}");
            }
        }
    }

    #[test]
    fn a_value_that_is_told_to_have_no_effect_has_none(file in file()) {
        let before = decisions(&file);
        for warning in of_file(&file.to_string()) {
            if warning.kind == "without-effect" {
                let rule = warning.rule.clone().unwrap();
                let changed = without(&file, &rule, &warning.field.clone().unwrap());
                prop_assert_eq!(&decisions(&changed), &before, "{}: {}", warning, file);
            }
        }
    }
}
