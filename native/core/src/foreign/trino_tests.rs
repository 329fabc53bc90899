use serde_json::{Map, Value, json};

use super::super::decisions::{Given, faults, given, refusal, warnings};

const WHOLE: &str = include_str!("samples/trino.json");
const ROLE: &str = "arn:aws:iam::111122223333:role";

fn one(entry: &Value) -> String {
    json!({"mappings": [entry]}).to_string()
}

#[test]
fn a_mapping_is_read_as_trino_does() {
    let cases = [
        // A key goes on behind a prefix as it likes.
        (
            "anne",
            vec![],
            "s3://ledger/closed-2023/x",
            Some(("ledger-closed", "trino-session")),
        ),
        (
            "auditor-7",
            vec![],
            "s3://ledger/open",
            Some(("audit", "audit-auditor-7")),
        ),
        ("auditor-7", vec![], "s3://ledger2/open", None),
        ("an-auditor-7", vec![], "s3://ledger/open", None),
        (
            "dana",
            vec!["finance"],
            "s3://any/x",
            Some(("deals", "trino-session")),
        ),
        ("dana", vec!["hr"], "s3://any/x", None),
        (
            "anne",
            vec!["finance"],
            "s3a://frankfurt/",
            Some(("frankfurt", "trino-session")),
        ),
        (
            "fred",
            vec!["finance"],
            "s3://any/",
            Some(("fred", "trino-session")),
        ),
        ("anne", vec!["finance"], "s3://any/", None),
    ];
    for (user, groups, location, expected) in cases {
        let given = given(WHOLE, user, &groups, location);
        match expected {
            Some((role, name)) => {
                let session = given.session();
                assert_eq!(
                    session.role.as_str(),
                    format!("{ROLE}/{role}"),
                    "{user} {location}"
                );
                assert_eq!(session.name.as_str(), name);
            }
            None => assert_eq!(given, Given::Denied, "{user} {location}"),
        }
    }
    assert_eq!(
        given(WHOLE, "anne", &["operators"], "s3://any/"),
        Given::Base
    );
    assert_eq!(
        warnings(WHOLE),
        [
            "17:26 foreign-choice-lost mapping-3 mappings[2].allowedIamRoles",
            "24:17 foreign-region-ignored mapping-4 mappings[3].region",
        ]
    );
}

#[test]
fn an_entry_that_rules_can_not_say_is_refused_with_its_place() {
    for (name, value) in [
        ("kmsKeyId", json!("key-1")),
        ("allowedKmsKeyIds", json!(["*"])),
        ("sseCustomerKey", json!("c2VjcmV0")),
        ("allowedSseCustomerKeys", json!(["c2VjcmV0"])),
        ("endpoint", json!("https://s3.example.com")),
        ("crossRegionAccessEnabled", json!(true)),
        ("pathStyleAccess", json!("false")),
    ] {
        let mut entry = Map::new();
        entry.insert("iamRole".to_owned(), json!(format!("{ROLE}/r")));
        entry.insert(name.to_owned(), value);
        let refusal = refusal(&one(&Value::Object(entry)));
        assert!(
            refusal.contains(&format!("field `mappings[0].{name}`: says how")),
            "{refusal}"
        );
    }
    let keys = r#"{"mappings": [
  {"prefix": "s3://b/", "accessKey": "AKIAEXAMPLE", "secretKey": "hush-hush"}]}"#;
    let told = faults(keys);
    assert_eq!(told.len(), 2);
    assert!(
        told[0].starts_with("2:38: field `mappings[0].accessKey`: gives access keys"),
        "{told:?}"
    );
    assert!(
        !told
            .iter()
            .any(|fault| fault.contains("hush") || fault.contains("AKIA"))
    );
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let role = format!("{ROLE}/r");
    let cases = [
        (
            json!({"allowedIamRoles": [role]}),
            "field `mappings[0]`: has `allowedIamRoles` and no `iamRole`",
        ),
        (
            json!({"user": "dana"}),
            "field `mappings[0]`: gives nothing",
        ),
        (json!({"useClusterDefault": false}), "gives nothing"),
        (
            json!({"useClusterDefault": true, "iamRole": role}),
            "has both `iamRole` and `useClusterDefault`",
        ),
        (
            json!({"useClusterDefault": true, "allowedIamRoles": [role]}),
            "has no meaning beside `useClusterDefault`",
        ),
        (
            json!({"useClusterDefault": "yes"}),
            "field `mappings[0].useClusterDefault`: must be true or false",
        ),
        (
            json!({"useClusterDefault": true, "roleSessionName": "x-y"}),
            "has no meaning without `iamRole`",
        ),
        (
            json!({"iamRole": "dana_role"}),
            "field `mappings[0].iamRole`: `dana_role` is no ARN",
        ),
        (
            json!({"iamRole": role, "roleSessionName": "a${USER}${USER}"}),
            "right after another value",
        ),
        (
            json!({"iamRole": role, "roleSessionName": "a-${user}"}),
            "holds `${`, which is filled in by Trino only in ${USER}",
        ),
        (
            json!({"iamRole": role, "roleSessionName": "a b"}),
            "holds a space at character 2",
        ),
        (
            json!({"iamRole": role, "user": null}),
            "field `mappings[0].user`: must be a text",
        ),
        (
            json!({"iamRole": role, "user": ["dana"]}),
            "field `mappings[0].user`: must be a text",
        ),
        (
            json!({"iamRole": role, "user": "(?i)dana"}),
            "RC106: their.json:1:70: field `mappings[0].user`: holds flags",
        ),
        (json!({"iamRole": role, "group": "a*+"}), "possessive"),
        (
            json!({"iamRole": role, "prefix": "s3://b/a*"}),
            "holds `*`: in Trino it stands for itself",
        ),
        (
            json!({"iamRole": role, "prefix": "s3://b/${user}"}),
            "holds `${`: in Trino it stands for itself",
        ),
        (
            json!({"iamRole": role, "prefix": "oss://b/"}),
            "has the scheme `oss`, which is not S3's",
        ),
        (json!({"iamRole": role, "prefix": "b/x"}), "has no scheme"),
        (
            json!({"iamRole": role, "users": "dana"}),
            "field `mappings[0].users`: is unknown; write `user`",
        ),
        (
            json!({"iamRole": role, "user": "[\u{1F600}-\u{1F64F}]{1000}.{1000}.{1000}(?:.{1000}){1000}"}),
            "RC106: their.json:1:14: rule `mapping-1`, field `usersMatching[0]`",
        ),
    ];
    for (entry, told) in cases {
        let text = one(&entry);
        let all = format!("{}\n{}", refusal(&text), faults(&text).join("\n"));
        assert!(all.contains(told), "{text}\n{all}");
    }
    assert!(refusal(r#"{"mappings": {}}"#).contains("must be a list"));
    assert!(refusal(r#"{"mappings": [], "mapping": []}"#).contains("field `mapping`: is unknown"));
    assert_eq!(
        given(r#"{"mappings": []}"#, "dana", &[], "s3://b/"),
        Given::Denied
    );
}
