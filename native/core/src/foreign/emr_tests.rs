use proptest::prelude::*;
use serde_json::json;

use super::super::decisions::{Given, faults, given, imported, refusal, warnings};

const WHOLE: &str = include_str!("samples/emr_security_configuration.json");
const ROLE: &str = "arn:aws:iam::111122223333:role";

fn one(role: &str, kind: &str, identifiers: &[&str]) -> String {
    json!({"RoleMappings": [{"Role": role, "IdentifierType": kind, "Identifiers": identifiers}]})
        .to_string()
}

#[test]
fn a_whole_security_configuration_is_read_past_its_other_sections() {
    let cases = [
        ("dana", vec!["analysts"], "s3://lake/x", Some("emrfs-dana")),
        ("fred", vec!["analysts"], "s3://lake/x", Some("emrfs-lake")),
        (
            "fred",
            vec!["analysts"],
            "s3://Archive/years/2023/q1",
            Some("emrfs-lake"),
        ),
        (
            "fred",
            vec!["analysts"],
            "s3://Archive/years/20234",
            Some("emrfs-analysts"),
        ),
        ("fred", vec!["staff"], "s3://Archive/", None),
        ("fred", vec![], "s3a://elsewhere/", None),
    ];
    for (user, groups, location, role) in cases {
        let given = given(WHOLE, user, &groups, location);
        if location == "s3://Archive/" {
            assert_eq!(given, Given::Ambiguous);
            continue;
        }
        match role {
            Some(role) => {
                let session = given.session();
                assert_eq!(session.role.as_str(), format!("{ROLE}/{role}"));
                assert_eq!(session.name.as_str(), user);
            }
            None => assert_eq!(given, Given::Base),
        }
    }
    assert_eq!(
        warnings(WHOLE),
        [
            "35:25 foreign-section-ignored - AuthorizationConfiguration.IAMConfiguration",
            "37:23 foreign-prefix-boundary mapping-2 AuthorizationConfiguration.EmrFsConfiguration.RoleMappings",
        ]
    );
}

#[test]
fn a_text_may_begin_further_inside() {
    let mapping =
        json!([{"Role": format!("{ROLE}/r"), "IdentifierType": "User", "Identifiers": ["dana"]}]);
    for text in [
        json!({"AuthorizationConfiguration": {"EmrFsConfiguration": {"RoleMappings": mapping}}}),
        json!({"EmrFsConfiguration": {"RoleMappings": mapping}}),
        json!({"RoleMappings": mapping}),
        mapping,
    ] {
        let text = text.to_string();
        assert_eq!(
            given(&text, "dana", &[], "s3://b/").role(),
            Some(&*format!("{ROLE}/r"))
        );
        assert_eq!(given(&text, "emil", &[], "s3://b/"), Given::Base);
        assert_eq!(imported(&text).warnings, []);
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let cases = [
        (
            one("arn:aws:iam::111122223333:role/ data-eng", "User", &["dana"]),
            "RC106: their.json:1:105: field `RoleMappings[0].Role`: holds a space at character 32, which no ARN may; take it out",
        ),
        (
            one("data-eng", "User", &["dana"]),
            "field `RoleMappings[0].Role`: `data-eng` is no ARN; write arn:aws:iam::ACCOUNT:role/NAME",
        ),
        (
            one(&format!("{ROLE}/r"), "Users", &["dana"]),
            "field `RoleMappings[0].IdentifierType`: `Users` is unknown; write `User`, `Group` or `Prefix`",
        ),
        (
            one(&format!("{ROLE}/r"), "User", &[]),
            "field `RoleMappings[0].Identifiers`: is empty; name at least one, or take the entry out",
        ),
        (
            one(&format!("{ROLE}/r"), "Group", &[""]),
            "field `RoleMappings[0].Identifiers[0]`: is empty, which nobody is called",
        ),
        (
            one(&format!("{ROLE}/r"), "Prefix", &["s3://b/*"]),
            "field `RoleMappings[0].Identifiers[0]`: holds `*`: EMR does not document what that means; take it out",
        ),
        (
            one(&format!("{ROLE}/r"), "Prefix", &["s3://b/${user}"]),
            "field `RoleMappings[0].Identifiers[0]`: holds `${`: EMR does not document what that means; take it out",
        ),
        (
            one(&format!("{ROLE}/r"), "Prefix", &["s3://b//"]),
            "has an empty name behind the bucket",
        ),
        (
            one(&format!("{ROLE}/r"), "Prefix", &["hdfs://b/"]),
            "has the scheme `hdfs`, which is not S3's; write s3://",
        ),
        (
            json!({"RoleMappings": []}).to_string(),
            "field `RoleMappings`: is empty, so everybody would get the base's own credentials",
        ),
        (
            json!({"EncryptionConfiguration": {}}).to_string(),
            "RC106: their.json:1:1: the file lacks `AuthorizationConfiguration`, so it maps nobody to a role",
        ),
        (
            json!({"AuthorizationConfiguration": {"IAMConfiguration": {}}}).to_string(),
            "field `AuthorizationConfiguration`: lacks `EmrFsConfiguration`",
        ),
        (
            json!({"Name": "x", "SecurityConfiguration": "{}"}).to_string(),
            "the file is the answer of describe-security-configuration",
        ),
        (
            json!({"RoleMappings": [{"Role": format!("{ROLE}/r"), "IdentifierType": "User", "Identifiers": "dana"}]}).to_string(),
            "field `RoleMappings[0].Identifiers`: must be a list, also for a single one: […]",
        ),
        (
            json!({"RoleMappings": [{"Role": format!("{ROLE}/r"), "IdentifierTyp": "User", "Identifiers": ["dana"]}]}).to_string(),
            "field `RoleMappings[0].IdentifierTyp`: is unknown; write `IdentifierType`",
        ),
        (
            json!({"RoleMappings": [null]}).to_string(),
            "field `RoleMappings[0]`: must be an object, a role mapping",
        ),
        (
            json!({"EmrFsConfiguration": {"RoleMappings": [], "More": 1}}).to_string(),
            "field `EmrFsConfiguration.More`: is unknown; RoleMappings stands alone",
        ),
        (
            json!({"AuthorizationConfiguration": {"EmrFsConfiguration": {"RoleMappings": []}, "RoleMappings": []}}).to_string(),
            "field `AuthorizationConfiguration.RoleMappings`: stands at the wrong level; move it into EmrFsConfiguration",
        ),
        (
            json!({"AuthorizationConfiguration": {"EmrFsConfiguration": {"RoleMappings": []}}, "EmrFsConfiguration": {}}).to_string(),
            "field `EmrFsConfiguration`: stands at the wrong level; move it into AuthorizationConfiguration",
        ),
        (
            json!({"EmrFsConfiguration": {"RoleMappings": []}, "RoleMappings": []}).to_string(),
            "field `RoleMappings`: stands at the wrong level",
        ),
        (
            json!({"EmrFsConfiguration": {"RoleMappings": [], "AuthorizationConfiguration": {}}}).to_string(),
            "field `EmrFsConfiguration.AuthorizationConfiguration`: stands at the wrong level; move it to the top of the file",
        ),
    ];
    for (text, told) in cases {
        let all = format!("{}\n{}", refusal(&text), faults(&text).join("\n"));
        assert!(all.contains(told), "{text}\n{all}");
    }
}

#[test]
fn all_that_is_wrong_is_told_in_its_order() {
    let text = r#"{"RoleMappings": [
  {"Role": "r1", "IdentifierType": "user", "Identifiers": ["a", 1]},
  {"Role": "arn:aws:iam::111122223333:role/r", "Identifiers": ["s3://b"], "Role": "x"}]}"#;
    assert_eq!(
        faults(text),
        [
            "2:12: field `RoleMappings[0].Role`: `r1` is no ARN; write arn:aws:iam::ACCOUNT:role/NAME",
            "2:36: field `RoleMappings[0].IdentifierType`: `user` is unknown; write `User`, `Group` or `Prefix`",
            "2:65: field `RoleMappings[0].Identifiers[1]`: must be a text",
            "3:3: field `RoleMappings[1]`: lacks `IdentifierType`",
            "3:83: field `RoleMappings[1].Role`: stands there twice; write it once",
        ]
    );
}

#[test]
fn a_name_that_looks_like_a_list_is_told() {
    let text = one(
        &format!("{ROLE}/r"),
        "User",
        &["dana, emil", " fred", "gus"],
    );
    assert_eq!(
        warnings(&text)
            .iter()
            .filter(|warning| warning
                .contains("foreign-odd-name mapping-1 RoleMappings[0].Identifiers"))
            .count(),
        2
    );
    assert_eq!(given(&text, "dana", &[], "s3://b/"), Given::Base);
}

/// A mapping as EMR documents it: one kind of identifier, and a role.
#[derive(Clone, Debug)]
struct Mapping {
    kind: &'static str,
    identifiers: Vec<String>,
    role: usize,
}

impl Mapping {
    /// Whether a request matches: the plain reading of the documentation, with prefixes that end at
    /// a path boundary.
    fn matches(&self, user: &str, groups: &[&str], bucket: &str, key: &str) -> bool {
        self.identifiers.iter().any(|identifier| match self.kind {
            "User" => identifier == user,
            "Group" => groups.contains(&identifier.as_str()),
            _ => {
                let below = format!("s3://{bucket}/{key}/");
                let folder = format!("{}/", identifier.trim_end_matches('/'));
                below.starts_with(&folder)
            }
        })
    }
}

fn mapping() -> impl Strategy<Value = Mapping> {
    let identified = prop_oneof![
        (
            Just("User"),
            prop::collection::vec("[ab]{1,2}|\\PC{1,4}", 1..4)
        ),
        (Just("Group"), prop::collection::vec("[gh]{1,2}", 1..4)),
        (
            Just("Prefix"),
            prop::collection::vec("s3://[bc](/[xy]{1,2}){0,3}/?", 1..3)
        ),
    ];
    (identified, 0..4_usize).prop_map(|((kind, identifiers), role)| Mapping {
        kind,
        identifiers,
        role,
    })
}

proptest! {
    /// The first mapping from the top that matches, else the instance's own role.
    #[test]
    fn decisions_are_those_that_emr_documents(
        mappings in prop::collection::vec(mapping(), 1..8),
        user in "[ab]{1,2}",
        groups in prop::collection::vec("[gh]{1,2}", 0..3),
        bucket in "[bcd]",
        key in "[xy]{1,2}(/[xy]{1,2}){0,3}",
    ) {
        let text = json!({"AuthorizationConfiguration": {"EmrFsConfiguration": {"RoleMappings":
            mappings.iter().map(|mapping| json!({
                "Role": format!("{ROLE}/r{}", mapping.role),
                "IdentifierType": mapping.kind,
                "Identifiers": mapping.identifiers,
            })).collect::<Vec<_>>()
        }}}).to_string();
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        let expected = mappings
            .iter()
            .find(|mapping| mapping.matches(&user, &groups, &bucket, &key))
            .map(|mapping| format!("{ROLE}/r{}", mapping.role));
        let given = given(&text, &user, &groups, &format!("s3://{bucket}/{key}"));
        prop_assert_eq!(given.role(), expected.as_deref());
        prop_assert_ne!(given, Given::Denied);
    }
}
