use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::super::decisions::{Given, faults, given, imported, refusal, warnings};

const WHOLE: &str = include_str!("../samples/user_role_mapper.json");
const ROLE: &str = "arn:aws:iam::111122223333:role";

fn one(entry: &Value) -> String {
    json!({"PrincipalRoleMappings": [entry]}).to_string()
}

#[test]
fn users_come_before_groups_and_the_last_of_equal_names_counts() {
    let session = given(WHOLE, "dana", &["analysts"], "s3://b/").session();
    assert_eq!(session.role.as_str(), format!("{ROLE}/dana"));
    assert_eq!(
        (session.name.as_str(), session.duration.as_secs()),
        ("dana", 900)
    );
    let session = given(WHOLE, "emil", &["staff", "analysts"], "s3://b/").session();
    assert_eq!(session.role.as_str(), format!("{ROLE}/analysts"));
    assert_eq!(
        (session.name.as_str(), session.duration.as_secs()),
        ("analysts", 1800)
    );
    let session = given(WHOLE, "emil", &["data eng"], "s3://b/").session();
    assert_eq!(session.name.as_str(), "data=20eng");
    assert_eq!(session.external_id.unwrap().as_str(), "warehouse-7");
    let policy: Value = serde_json::from_str(session.policy.unwrap().as_str()).unwrap();
    assert_eq!(
        policy["Statement"][0]["Resource"],
        "arn:aws:s3:::warehouse/${aws:username}/*"
    );
    assert_eq!(given(WHOLE, "emil", &["staff"], "s3://b/"), Given::Denied);
    assert_eq!(
        warnings(WHOLE),
        [
            "2:28 foreign-group-order - PrincipalRoleMappings",
            "8:5 foreign-entry-replaced - PrincipalRoleMappings[1]",
        ]
    );
    assert!(
        imported(WHOLE).warnings[0]
            .what
            .starts_with("the groups `analysts`, `data eng` get different sessions")
    );
}

#[test]
fn what_the_mapper_does_not_do_is_told() {
    let role = format!("{ROLE}/r");
    let cases = [
        (
            json!({"username": "dana"}),
            vec!["foreign-entry-skipped"],
            Given::Denied,
        ),
        (
            json!({"rolearn": role}),
            vec!["foreign-entry-skipped"],
            Given::Denied,
        ),
    ];
    for (entry, told, expected) in cases {
        let text = one(&entry);
        let kinds: Vec<_> = imported(&text)
            .warnings
            .iter()
            .map(|warning| warning.kind)
            .collect();
        assert_eq!(kinds, told);
        assert_eq!(given(&text, "dana", &[], "s3://b/"), expected);
    }
    let text = one(&json!({
        "username": "dana", "groupname": "analysts", "rolearn": role, "session": "x",
        "policies": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
    }));
    let mut kinds: Vec<_> = imported(&text)
        .warnings
        .iter()
        .map(|warning| warning.kind)
        .collect();
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            "foreign-field-ignored",
            "foreign-field-ignored",
            "foreign-narrower"
        ]
    );
    let session = given(&text, "dana", &[], "s3://b/").session();
    assert_eq!(session.name.as_str(), "dana");
    assert_eq!(
        session
            .policy_arns
            .iter()
            .map(|arn| arn.as_str())
            .collect::<Vec<_>>(),
        ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
    );
    assert_eq!(
        given(&text, "emil", &["analysts"], "s3://b/"),
        Given::Denied
    );
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let with = |name: &str, value: Value| {
        let mut entry = json!({"username": "dana", "rolearn": format!("{ROLE}/r")});
        entry[name] = value;
        entry
    };
    let cases = [
        (
            with("rolearn", json!("analysts")),
            "field `PrincipalRoleMappings[0].rolearn`: `analysts` is no ARN; write arn:aws:iam::ACCOUNT:role/NAME",
        ),
        (
            with("username", json!("")),
            "is empty, which nobody is called",
        ),
        (
            with("duration", json!(20)),
            "RC106: their.json:1:39: field `PrincipalRoleMappings[0].duration`: must be a whole number of seconds from 900 to 43200",
        ),
        (
            with("duration", json!("1800")),
            "must be a whole number of seconds",
        ),
        (
            with("externalid", json!("a b")),
            "holds a space at character 2",
        ),
        (
            with("externalid", json!("a${user}")),
            "holds `$` at character 2",
        ),
        (
            with("serialnumber", json!("arn:aws:iam::111122223333:mfa/dana")),
            "asks for a second factor",
        ),
        (
            with("tokencode", json!("123456")),
            "asks for a second factor",
        ),
        (
            with("textpolicy", json!("{\"Statement\": [\"${user}\"]}")),
            "holds `${user}`, which IAM does not know",
        ),
        (
            with(
                "textpolicy",
                json!(r#"{"Statement": [{"Resource": "arn:aws:s3:::lake/\u0024{conf:x}/*"}]}"#),
            ),
            "holds `${conf:x}`, which IAM does not know",
        ),
        (
            with(
                "textpolicy",
                json!(r#"{"Statement": ["\u0024\u007buser\u007D"]}"#),
            ),
            "holds `${user}`, which IAM does not know",
        ),
        (
            with(
                "textpolicy",
                json!(r#"{"Statement": [{"\u0024{user}": 1}]}"#),
            ),
            "has a template in its name",
        ),
        (
            with("textpolicy", json!("[]")),
            "is no policy; write a JSON object in this text",
        ),
        (with("textpolicy", json!("{")), "is not JSON inside: EOF"),
        (with("textpolicy", json!("{}")), "lacks `Statement`"),
        (
            with("textpolicy", json!({"Statement": []})),
            "must be a text",
        ),
        (
            with("policies", json!(["ReadOnly"])),
            "field `PrincipalRoleMappings[0].policies[0]`",
        ),
        (with("policies", json!([])), "is empty"),
        (
            with("groupName", json!("x")),
            "is unknown; write `groupname`",
        ),
    ];
    for (entry, told) in cases {
        let text = one(&entry);
        let all = format!("{}\n{}", refusal(&text), faults(&text).join("\n"));
        assert!(all.contains(told), "{text}\n{all}");
    }
    assert!(refusal(r#"{"PrincipalRoleMappings": [null]}"#).contains("must be an object"));
}

/// An entry: whom it is for, and which role and duration.
#[derive(Clone, Debug)]
struct Entry {
    is_user: bool,
    name: String,
    role: usize,
    duration: u64,
}

fn entry() -> impl Strategy<Value = Entry> {
    (any::<bool>(), "[abc]{1,2}", 0..3_usize, 900..910_u64).prop_map(
        |(is_user, name, role, duration)| Entry {
            is_user,
            name,
            role,
            duration,
        },
    )
}

proptest! {
    /// The mapper's two tables: users first, then the caller's groups in the caller's own order. Where
    /// that order decides, ours is one that another order would give, and a warning names the groups.
    #[test]
    fn decisions_are_those_of_the_mapper(
        entries in prop::collection::vec(entry(), 1..8),
        user in "[abc]{1,2}",
        groups in prop::collection::btree_set("[abc]{1,2}", 0..4),
    ) {
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        let text = json!({"PrincipalRoleMappings": entries.iter().map(|entry| json!({
            (if entry.is_user { "username" } else { "groupname" }): entry.name,
            "rolearn": format!("{ROLE}/r{}", entry.role),
            "duration": entry.duration,
        })).collect::<Vec<_>>()}).to_string();
        let table = |of_users: bool| -> BTreeMap<&str, &Entry> {
            entries.iter().filter(|entry| entry.is_user == of_users).map(|entry| (entry.name.as_str(), entry)).collect()
        };
        let (users, mapped) = (table(true), table(false));
        let possible: Vec<&Entry> = match users.get(user.as_str()) {
            Some(entry) => vec![*entry],
            None => groups.iter().filter_map(|group| mapped.get(group).copied()).collect(),
        };
        let given = given(&text, &user, &groups, "s3://b/");
        if possible.is_empty() {
            prop_assert_eq!(given, Given::Denied);
        } else {
            let session = given.session();
            let is_one_of_them = possible.iter().any(|entry| {
                session.role.as_str() == format!("{ROLE}/r{}", entry.role)
                    && session.duration.as_secs() == entry.duration
                    && (entry.name.len() < 2 || session.name.as_str() == entry.name)
            });
            prop_assert!(is_one_of_them);
            let differ = possible.iter().any(|entry| (entry.role, entry.duration) != (possible[0].role, possible[0].duration));
            let imported = imported(&text);
            let warned = imported.warnings.iter().find(|warning| warning.kind == "foreign-group-order");
            if differ {
                let told = &warned.expect("a warning").what;
                let names_them = possible.iter().all(|entry| told.contains(&format!("`{}`", entry.name)));
                prop_assert!(names_them || told.contains(" more "));
            }
        }
    }
}
