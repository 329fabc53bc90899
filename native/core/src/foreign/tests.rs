use proptest::prelude::*;

use super::decisions::{imported, refusal};
use super::*;

#[test]
fn a_text_is_told_by_its_content() {
    let cases = [
        (r#"{"version": 1, "mappings": []}"#, Content::Native),
        (r#"{ "rules" : [] }"#, Content::Native),
        (r#"{"session": {}, "rules": []}"#, Content::Native),
        (r#"{"mappings": [], "otherwise": "deny"}"#, Content::Native),
        (r#"{"mappings": []}"#, Content::Foreign(Format::Trino)),
        ("\n [{\"Role\": 1}]", Content::Foreign(Format::Emr)),
        (r#"{"RoleMappings": []}"#, Content::Foreign(Format::Emr)),
        (
            r#"{"AuthenticationConfiguration": {}}"#,
            Content::Foreign(Format::Emr),
        ),
        (
            r#"{"PrincipalRoleMappings": []}"#,
            Content::Foreign(Format::UserRoleMapper),
        ),
        (
            r#"{"PrincipalPolicyMappings": []}"#,
            Content::Foreign(Format::UserRoleMapperPolicies),
        ),
        ("a->b", Content::Foreign(Format::EmrServerless)),
        (
            r#"{"RoleMappings": [], "mappings": []}"#,
            Content::Mixed(Format::Emr, Format::Trino),
        ),
        (r#"{"mapping": []}"#, Content::Unknown),
        (r#"{"mappings": ["#, Content::Unknown),
        ("[]", Content::Unknown),
        ("[{}]", Content::Unknown),
        (r#""a->b""#, Content::Foreign(Format::EmrServerless)),
        ("", Content::Unknown),
        ("null", Content::Unknown),
    ];
    for (text, content) in cases {
        assert_eq!(recognise(text.as_bytes()), content, "{text}");
    }
    assert_eq!(recognise(b"\xff->"), Content::Unknown);
}

#[test]
fn two_formats_at_once_are_told() {
    assert_eq!(
        refusal(r#"{"RoleMappings": [], "mappings": []}"#),
        "RC106: their.json:1:1: the file holds EMR role mappings as well as a Trino security mapping; name a file with one of them"
    );
}

/// With its `$` written out and as JSON may hide it.
#[test]
fn what_rules_would_fill_in_is_never_taken_over() {
    let role = "arn:aws:iam::111122223333:role/${user}/r";
    let policy = "arn:aws:iam::111122223333:policy/${user}/p";
    let good = "arn:aws:iam::111122223333:role/r";
    let texts = [
        format!("lake->{role}"),
        format!("lake${{user}}->{good}"),
        format!(r#"[{{"Role": "{role}", "IdentifierType": "User", "Identifiers": ["a"]}}]"#),
        format!(
            r#"[{{"Role": "{good}", "IdentifierType": "Prefix", "Identifiers": ["s3://b/${{user}}/"]}}]"#
        ),
        format!(r#"{{"mappings": [{{"iamRole": "{role}"}}]}}"#),
        format!(r#"{{"mappings": [{{"iamRole": "{good}", "prefix": "s3://b/${{conf:x}}"}}]}}"#),
        format!(r#"{{"mappings": [{{"iamRole": "{good}", "roleSessionName": "${{user}}"}}]}}"#),
        format!(r#"{{"PrincipalRoleMappings": [{{"username": "a", "rolearn": "{role}"}}]}}"#),
        format!(
            r#"{{"PrincipalRoleMappings": [{{"username": "a", "rolearn": "{good}", "externalid": "x${{user}}"}}]}}"#
        ),
        format!(
            r#"{{"PrincipalRoleMappings": [{{"username": "a", "rolearn": "{good}", "policies": ["{policy}"]}}]}}"#
        ),
        format!(
            r#"{{"rolemapper.role.arn": "{role}", "PrincipalPolicyMappings": [{{"username": "a", "policies": ["arn:aws:iam::aws:policy/p"]}}]}}"#
        ),
        format!(
            r#"{{"rolemapper.role.arn": "{good}", "PrincipalPolicyMappings": [{{"username": "a", "policies": ["{policy}"]}}]}}"#
        ),
    ];
    for text in texts {
        for text in [text.clone(), text.replace('$', r"\u0024")] {
            // Outside of JSON an escape is none.
            if text.starts_with("lake") && text.contains('\\') {
                continue;
            }
            let told = refusal(&text);
            assert!(
                told.contains("holds `${`")
                    || told.contains("holds a `${`")
                    || told.contains("holds `$`"),
                "{text}\n{told}"
            );
        }
    }
}

#[test]
fn a_format_that_is_named_need_not_be_found() {
    let error = |format, text: &str| {
        import_as(format, text.as_bytes(), "their.json")
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error(Format::Trino, "{\"mappings\": [\n}"),
        "RC105: their.json:2:1: not JSON: expected value"
    );
    assert_eq!(
        error(Format::Trino, r#"{"version": 1, "mappings": []}"#),
        "RC106: their.json:1:13: field `version`: is unknown; the fields of a security mapping are mappings"
    );
    assert_eq!(
        error(Format::EmrServerless, "{}"),
        "RC106: their.json:1:1: field `[0]`: `{}` lacks `->`; write BUCKET->arn:aws:iam::ACCOUNT:role/NAME"
    );
    assert!(
        error(Format::UserRoleMapper, "{}")
            .contains("the file holds no User Role Mapper mappings to roles")
    );
    assert!(error(Format::Emr, "7").contains("must be an object, a security configuration"));
}

#[test]
fn the_rules_are_written_for_people_and_their_version_is_that_of_the_foreign_text() {
    let text = "lake->arn:aws:iam::111122223333:role/lake";
    let imported = imported(text);
    assert_eq!(
        imported.json,
        r#"{
  "version": 1,
  "rules": [
    {
      "name": "mapping-1",
      "prefixes": [
        "s3://lake/"
      ],
      "role": "arn:aws:iam::111122223333:role/lake"
    }
  ],
  "otherwise": "base"
}
"#
    );
    let read = rules::read(text.as_bytes(), "x").unwrap();
    let written = rules::read(imported.json.as_bytes(), "x").unwrap();
    assert_ne!(read.hash(), written.hash());
    let other = rules::read(format!("{text};").as_bytes(), "x").unwrap();
    assert_ne!(read.hash(), other.hash());
}

#[test]
fn a_foreign_text_that_is_read_as_rules_keeps_its_warnings() {
    let text = include_str!("samples/trino.json");
    let read = rules::read(text.as_bytes(), "x").unwrap();
    assert_eq!(read.warnings(), imported(text).warnings);
    assert_eq!(read.warnings().len(), 2);
    let error = rules::read(br#"{"mappings": [{}]}"#, "conf:key").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("RC106: conf:key:1:15: field `mappings[0]`: gives nothing"),
        "{error}"
    );
    assert_eq!(
        rules::read_all(br#"{"mappings": [{}, {}]}"#, "x")
            .unwrap_err()
            .len(),
        2
    );
}

proptest! {
    /// Whatever it is, it is read or refused, and what is refused says where.
    #[test]
    fn no_text_is_too_odd(text in r#"\PC{0,40}|[{\[]?("(mappings|RoleMappings|user|Role|PrincipalRoleMappings|PrincipalPolicyMappings)"|[\[\]{}:,]|->|;|"[a-z]*"|1|null){0,12}"#) {
        for format in [Format::Emr, Format::EmrServerless, Format::Trino, Format::UserRoleMapper, Format::UserRoleMapperPolicies] {
            let _ = import_as(format, text.as_bytes(), "x");
        }
        if let Some(Err(faults)) = read(text.as_bytes(), "x") {
            prop_assert!(!faults.is_empty());
        }
    }
}
