use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::super::decisions::{Given, faults, given, imported, refusal};

const ROLE: &str = "arn:aws:iam::111122223333:role/narrowed";

fn arn(policy: &str) -> String {
    format!("arn:aws:iam::111122223333:policy/{policy}")
}

fn arns(policies: &[&str]) -> Vec<String> {
    policies.iter().map(|policy| arn(policy)).collect()
}

fn text(entries: &Value) -> String {
    json!({"rolemapper.role.arn": ROLE, "PrincipalPolicyMappings": entries}).to_string()
}

/// The role's policies for a caller, by their last names.
fn policies(text: &str, user: &str, groups: &[&str]) -> Option<BTreeSet<String>> {
    match given(text, user, groups, "s3://b/") {
        Given::Session(session) => {
            assert_eq!((session.role.as_str(), session.name.as_str()), (ROLE, user));
            Some(
                session
                    .policy_arns
                    .iter()
                    .filter_map(|arn| arn.as_str().rsplit('/').next().map(str::to_owned))
                    .collect(),
            )
        }
        Given::Denied => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_policies_of_a_user_and_of_all_groups_are_united() {
    let text = text(&json!([
        {"username": "dana", "policies": arns(&["x"])},
        {"username": "emil", "policies": arns(&["w"])},
        {"groupname": "analysts", "policies": arns(&["y"])},
        {"groupname": "writers", "policies": arns(&["y", "z"])},
    ]));
    let some = |names: &[&str]| Some(names.iter().map(ToString::to_string).collect());
    let cases = [
        ("dana", vec!["analysts"], some(&["x", "y"])),
        ("dana", vec![], some(&["x"])),
        (
            "dana",
            vec!["staff", "writers", "analysts"],
            some(&["x", "y", "z"]),
        ),
        ("fred", vec!["analysts"], some(&["y"])),
        ("fred", vec!["analysts", "writers"], some(&["y", "z"])),
        ("fred", vec!["staff"], None),
        ("fred", vec![], None),
    ];
    for (user, groups, expected) in cases {
        assert_eq!(
            policies(&text, user, &groups),
            expected,
            "{user} {groups:?}"
        );
    }
    let kinds: Vec<_> = imported(&text)
        .warnings
        .iter()
        .map(|warning| warning.kind)
        .collect();
    assert_eq!(kinds, ["foreign-narrower"]);
}

#[test]
fn more_policies_than_sts_takes_are_a_refusal() {
    let many: Vec<String> = (0..6).map(|number| format!("a{number}")).collect();
    let more: Vec<String> = (0..6).map(|number| format!("b{number}")).collect();
    let of = |names: &[String]| names.iter().map(|name| arn(name)).collect::<Vec<_>>();
    let text = text(&json!([
        {"groupname": "one", "policies": of(&many)},
        {"groupname": "two", "policies": of(&more)},
    ]));
    assert_eq!(
        policies(&text, "dana", &["one"]).map(|all| all.len()),
        Some(6)
    );
    assert_eq!(policies(&text, "dana", &["one", "two"]), None);
}

#[test]
fn what_is_wrong_is_told() {
    let entry = json!([{"username": "dana", "policies": arns(&["x"])}]);
    let cases = [
        (json!({"PrincipalPolicyMappings": entry}).to_string(), "the file does not say which role the policies narrow"),
        (text(&json!([{"username": "dana", "policies": ["ReadOnly"]}])), "field `PrincipalPolicyMappings[0].policies[0]`"),
        (text(&json!([{"username": "dana", "policies": []}])), "is empty"),
        (
            text(&json!([{"username": "dana", "policies": arns(&["x"])}, {"groupname": "dana", "policies": arns(&["y"])}])),
            "field `PrincipalPolicyMappings[1]`: is for a group that is called `dana` as a user is",
        ),
        (
            text(&json!((0..13).map(|number| json!({"groupname": format!("g{number}"), "policies": arns(&[&format!("p{number}")])})).collect::<Vec<_>>())),
            "has 13 groups with policies of their own",
        ),
        (json!({"PrincipalPolicyMappings": [], "PrincipalRoleMappings": []}).to_string(), "holds User Role Mapper mappings to policies as well as User Role Mapper mappings to roles"),
    ];
    for (text, told) in cases {
        let all = format!("{}\n{}", refusal(&text), faults(&text).join("\n"));
        assert!(all.contains(told), "{text}\n{all}");
    }
}

proptest! {
    /// The mapper's one table: the policies of the user's name and of each group, all together. Users
    /// and groups have different names here; that the mapper does not tell them apart is refused.
    #[test]
    fn decisions_are_those_of_the_mapper(
        entries in prop::collection::vec(("[ab]{1,2}|[gh]{1,2}", prop::collection::btree_set("[pqrs]", 1..3)), 1..6),
        user in "[ab]{2}",
        groups in prop::collection::btree_set("[gh]{1,2}", 0..4),
    ) {
        let text = text(&json!(entries.iter().map(|(name, policies)| {
            let kind = if name.starts_with(['a', 'b']) { "username" } else { "groupname" };
            json!({(kind): name, "policies": policies.iter().map(|policy| arn(policy)).collect::<Vec<_>>()})
        }).collect::<Vec<_>>()));
        let of = |name: &str| entries.iter().rev().find(|(mapped, _)| mapped == name).map(|(_, policies)| policies.clone()).unwrap_or_default();
        let mut expected = of(&user);
        for group in &groups {
            expected.extend(of(group));
        }
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        prop_assert_eq!(policies(&text, &user, &groups), Some(expected).filter(|policies| !policies.is_empty()));
    }
}
