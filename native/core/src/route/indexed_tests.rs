//! The index against the plain walk, on rules of few words, so that they meet.

use proptest::collection::{btree_map, vec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::*;
use crate::route::{Caller, Groups, Location};
use crate::rules::read;

const USERS: &[&str] = &["a", "b", "ab", "svc-1", "*"];
const EXPRESSIONS: &[&str] = &["a.*", ".*b", "svc-[0-9]", "[^a]", "(a|g)h?", "g*"];
const PRINCIPALS: &[&str] = &["a@R", "b@R", "svc-1/h@R"];
const GROUPS: &[&str] = &["g", "gh", "b", "ab", "svc-1"];
const CONF: &[&str] = &["x", "y", "b", "x/y"];
const PREFIXES: &[&str] = &[
    "s3://b/",
    "s3://b/x",
    "s3://b/x/y/",
    "s3://b/x/y/z",
    "s3://b/x*",
    "s3://b/x/*",
    "s3://b//x",
    "s3://c",
    "s3://c/x/y",
    "s3://b/${user}",
    "s3://b/x/${user}/",
    "s3://b/x-${conf:t}/y",
    "s3://c/x/${conf:t}*",
    "s3://b/${conf:unset}",
    "s3://${bucket}/x",
    "s3://c/${bucket}",
    "s3://${user}/",
    "s3://b/${group}/",
    "s3://c/x/y${group}",
    "s3://${group}/x",
];
const KEYS: &[&str] = &[
    "", "x", "x/", "x/y", "x/y/z/1", "xy", "/x", "x-x/y", "b/1", "a", "c", "x/b", "g/1", "x/ygh",
    "x/y/1", "x/x", "q",
];

/// Conditions as they are written, `not` apart.
fn conditions() -> impl Strategy<Value = Map<String, Value>> {
    let some = |from: &'static [&'static str]| weighted(0.2, subsequence(from, 1..=2));
    (
        some(USERS),
        some(EXPRESSIONS),
        some(PRINCIPALS),
        some(USERS),
        weighted(0.4, subsequence(PREFIXES, 1..=2)),
        some(GROUPS),
        some(EXPRESSIONS),
        btree_map(select(&["t", "u"][..]), subsequence(CONF, 1..=2), 0..2),
    )
        .prop_map(
            |(users, expressions, principals, real_users, prefixes, groups, of_groups, conf)| {
                let mut map = Map::new();
                for (field, listed) in [
                    ("users", users),
                    ("usersMatching", expressions),
                    ("principals", principals),
                    ("realUsers", real_users),
                    ("prefixes", prefixes),
                    ("groups", groups),
                    ("groupsMatching", of_groups),
                ] {
                    if let Some(listed) = listed {
                        map.insert(field.to_owned(), json!(listed));
                    }
                }
                if !conf.is_empty() {
                    map.insert("conf".to_owned(), json!(conf));
                }
                map
            },
        )
}

fn rule() -> impl Strategy<Value = Map<String, Value>> {
    let outcome = select(&[
        ("use", "base"),
        ("deny", "no"),
        ("role", "arn:aws:iam::111122223333:role/r"),
        ("role", "arn:aws:iam::111122223333:role/${user}"),
    ]);
    (conditions(), weighted(0.2, conditions()), outcome).prop_map(|(mut rule, not, outcome)| {
        if let Some(not) = not.filter(|not| !not.is_empty()) {
            rule.insert("not".to_owned(), Value::Object(not));
        }
        let takes_group = Value::Object(rule.clone()).to_string().contains("${group}");
        if takes_group && !rule.contains_key("groupsMatching") {
            rule.entry("groups").or_insert_with(|| json!(["gh", "g"]));
        }
        rule.insert(outcome.0.to_owned(), json!(outcome.1));
        rule
    })
}

fn rules(most: usize) -> impl Strategy<Value = Rules> {
    (vec(rule(), 0..most), select(&["base", "deny"])).prop_map(|(mut rules, otherwise)| {
        for (number, rule) in rules.iter_mut().enumerate() {
            rule.insert("name".to_owned(), json!(format!("r{number}")));
        }
        let file = json!({"version": 1, "rules": rules, "otherwise": otherwise});
        read(file.to_string().as_bytes(), "rules.json").unwrap()
    })
}

fn request() -> impl Strategy<Value = Request> {
    let groups = prop_oneof![
        1 => Just(Groups::NotAsked),
        1 => Just(Groups::Unknown { why: "LDAP is down".to_owned() }),
        4 => subsequence(GROUPS, 0..=3).prop_map(|groups| {
            Groups::Known(groups.into_iter().map(str::to_owned).collect())
        }),
    ];
    let location = prop_oneof![
        1 => Just(Location::Unknown),
        6 => (select(&["b", "c", "a", "g", "svc-1"]), select(KEYS)).prop_map(|(bucket, key)| {
            Location::parse(&format!("s3a://{bucket}/{key}")).unwrap()
        }),
    ];
    let owned = |text: &str| text.to_owned();
    let caller = (
        prop_oneof![9 => select(USERS), 1 => Just("")],
        weighted(0.7, select(PRINCIPALS)),
        weighted(0.3, select(USERS)),
        groups,
        btree_map(select(&["t", "u", "v"]), select(CONF), 0..3),
    )
        .prop_map(move |(user, principal, real_user, groups, conf)| Caller {
            user: owned(user),
            principal: principal.map(owned),
            real_user: real_user.map(owned),
            groups,
            conf: conf
                .into_iter()
                .map(|(key, value)| (owned(key), owned(value)))
                .collect(),
        });
    (caller, location).prop_map(|(caller, location)| Request { caller, location })
}

/// All that a routing says.
fn said(routing: Result<Routing, Error>) -> Result<Option<Vec<Candidate>>, Error> {
    Ok(match routing? {
        Routing::NeedGroups => None,
        Routing::Decided(decision) => Some(decision.candidates().to_vec()),
    })
}

fn plainly(rules: &Rules, request: &Request) -> Result<Routing, Error> {
    walk(
        rules,
        rules.in_order(),
        request,
        &Matches::Looked,
        &mut Nobody,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_index_decides_as_the_plain_walk(rules in rules(80), requests in vec(request(), 30)) {
        for request in requests {
            prop_assert_eq!(
                said(route(&rules, &request)),
                said(plainly(&rules, &request)),
                "{:?}", request
            );
        }
    }

    /// With few rules more of them are reached.
    #[test]
    fn the_index_of_few_rules_decides_as_the_plain_walk(
        rules in rules(5),
        requests in vec(request(), 30),
    ) {
        for request in requests {
            prop_assert_eq!(
                said(route(&rules, &request)),
                said(plainly(&rules, &request)),
                "{:?}", request
            );
        }
    }
}
