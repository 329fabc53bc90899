use std::collections::{BTreeMap, BTreeSet};

use super::super::fact::{Asked, Matching, Where};
use super::*;
use crate::rules::{Rules, read};

struct Nothing;

impl Matching for Nothing {
    fn user(&self) -> &[u32] {
        &[]
    }
    fn groups(&self) -> &[u32] {
        &[]
    }
}

/// Rules with four lists of 20 out of so many values; of 20 the lists are all the same.
fn crowded(rules: usize, values: usize) -> Rules {
    let lists =
        |rule: usize, field: usize| (0..20).map(move |at| (at + rule * (field + 3)) % values);
    let rules: Vec<String> = (0..rules)
        .map(|rule| {
            let list = |field, before: &str, after: &str| {
                let texts: Vec<String> = lists(rule, field)
                    .map(|value| format!("\"{before}{value}{after}\""))
                    .collect();
                texts.join(",")
            };
            format!(
                r#"{{"name": "r{rule}", "users": [{}], "realUsers": [{}], "prefixes": [{}], "groups": [{}], "use": "base"}}"#,
                list(0, "u", ""),
                list(1, "p", ""),
                list(2, "s3://b/", "/"),
                list(3, "g", ""),
            )
        })
        .collect();
    let text = format!(
        r#"{{"version": 1, "rules": [{}], "otherwise": "deny"}}"#,
        rules.join(",")
    );
    read(text.as_bytes(), "rules.json").unwrap()
}

fn kept(tree: &Tree) -> usize {
    let nodes = std::iter::once(&tree.root).chain(&tree.nodes);
    nodes.map(|node| 1 + node.found.len()).sum::<usize>() + tree.runs.len()
}

#[test]
fn what_is_kept_grows_as_the_rules_do() {
    for (rules, values) in [(9, 20), (60, 50), (400, 100), (400, 200)] {
        let crowded = crowded(rules, values);
        let kept = kept(&Builder::new(crowded.in_order()).build().unwrap());
        let listed = rules * (4 * 20 + 1);
        // Each value that is looked at is kept once at most, under a fact and in a run, and each
        // prefix under its bucket too.
        let most = 3 * ((1 + AGAIN) * listed + ALWAYS);
        assert!(kept <= most, "{rules} of {values}: {kept}");
    }
    // Lists that are the same tell nothing apart: it is not tried further than to see that.
    let same = crowded(9, 20);
    let kept = kept(&Builder::new(same.in_order()).build().unwrap());
    assert!(kept <= 9 * 4 * 20, "{kept}");
}

#[test]
fn where_nothing_is_left_too_many_are_given_and_none_too_few() {
    let crowded = crowded(60, 50);
    let rules = crowded.in_order();
    let built = |left| {
        Builder {
            left,
            ..Builder::new(rules)
        }
        .build()
        .unwrap()
    };
    let full = built(usize::MAX);
    let conf = BTreeMap::new();
    for left in [0, 100, 1000] {
        let tree = built(left);
        let most = 3 * (60 * (4 * 20 + 1) + left);
        assert!(kept(&tree) <= most, "{left}: {}", kept(&tree));
        assert!(kept(&full) > most, "{left}: {}", kept(&full));
        for value in 0..50 {
            let [user, real_user, key] = ["u", "p", ""].map(|it| format!("{it}{value}"));
            let groups = [format!("g{value}"), "g7".to_owned()];
            for place in [
                Where::Unknown,
                Where::Bucket("b"),
                Where::Object {
                    bucket: "b",
                    key: &key,
                },
            ] {
                for groups in [None, Some(&groups[..])] {
                    let asked = Asked {
                        user: &user,
                        matching: &Nothing,
                        principal: None,
                        real_user: Some(&real_user),
                        conf: &conf,
                        place,
                        groups,
                    };
                    let given: BTreeSet<u32> = tree.candidates(&asked).collect();
                    let needed: BTreeSet<u32> = full.candidates(&asked).collect();
                    assert!(given.is_superset(&needed), "{left} {value} {place:?}");
                }
            }
        }
    }
}
