use super::*;
use crate::rules::{BaseSource, Otherwise, Outcome};
use std::time::Duration;

const ROLE: &str = "arn:aws:iam::111122223333:role/r";

/// A file of one rule, which stands alone on its second line.
fn with_rule(rule: &str) -> String {
    format!("{{\"version\": 1, \"rules\": [\n{rule}\n], \"otherwise\": \"deny\"}}")
}

/// A file whose only rule assumes a role, with more fields from column 59 of line 2 on.
fn with_fields(fields: &str) -> String {
    with_rule(&format!(
        "{{\"name\": \"a\", \"role\": \"{ROLE}\", {fields}}}"
    ))
}

fn refusal(text: &str) -> String {
    read(text.as_bytes(), "rules.json").unwrap_err().to_string()
}

#[test]
fn a_file_that_is_wrong_says_where_and_what_to_write() {
    let cases = [
        (
            "",
            r#"RC105: rules.json: the file is empty; the least there is to write is {"version": 1, "rules": [], "otherwise": "deny"}"#,
        ),
        (
            " \n",
            r#"RC105: rules.json: the file is empty; the least there is to write is {"version": 1, "rules": [], "otherwise": "deny"}"#,
        ),
        (
            "\u{feff}{}",
            "RC105: rules.json: the file starts with a byte order mark; save it as UTF-8 without one",
        ),
        (
            "{\"version\": 1,\n \"rules\": [}",
            "RC105: rules.json:2:12: not JSON: expected value",
        ),
        (
            "{\"version\": 1, // note\n}",
            "RC105: rules.json:1:16: not JSON: key must be a string",
        ),
        (
            r#"{"version": 1"#,
            "RC105: rules.json:1:13: not JSON: EOF while parsing an object",
        ),
        (
            "{} {}",
            "RC105: rules.json:1:4: not JSON: trailing characters",
        ),
        (
            "[]",
            "RC106: rules.json:1:1: the file must be an object with version, rules and otherwise, not a list",
        ),
        (
            "null",
            "RC106: rules.json:1:1: the file must be an object with version, rules and otherwise, not `null`",
        ),
        (
            r#"{"rules": []}"#,
            r#"RC106: rules.json:1:1: the file lacks `version`; write "version": 1"#,
        ),
        (
            r#"{"version": "1"}"#,
            "RC106: rules.json:1:13: field `version`: must be the number 1",
        ),
        (
            r#"{"version": 0}"#,
            "RC106: rules.json:1:13: field `version`: must be the number 1",
        ),
        (
            r#"{"version": 1.0}"#,
            "RC106: rules.json:1:13: field `version`: must be the number 1",
        ),
        (
            r#"{"version": 2, "novelty": true}"#,
            "RC107: rules.json:1:13: field `version`: the file has version 2, and this release reads 1; upgrade Rolecall on this machine, or write the file for version 1",
        ),
        (
            r#"{"version": 1, "otherwise": "deny"}"#,
            r#"RC106: rules.json:1:1: the file lacks `rules`; write the list of rules, which may be empty: "rules": []"#,
        ),
        (
            r#"{"version": 1, "rules": []}"#,
            r#"RC106: rules.json:1:1: the file lacks `otherwise`, which says what holds where no rule matches; write "otherwise": "deny" or "otherwise": "base""#,
        ),
        (
            "{\"version\": 1, \"rules\": [],\n \"otherwise\": \"allow\"}",
            r#"RC106: rules.json:2:15: field `otherwise`: `allow` is unknown; write "deny" or "base""#,
        ),
        (
            "{\"version\": 1, \"rules\": {},\n \"otherwise\": \"deny\"}",
            "RC106: rules.json:1:25: field `rules`: must be a list of rules, not an object",
        ),
        (
            "{\"version\": 1, \"rules\": [],\n \"rules\": [], \"otherwise\": \"deny\"}",
            "RC106: rules.json:2:2: field `rules`: stands there twice; write it once",
        ),
        (
            "{\"version\": 1, \"rules\": [],\n \"version\": 1, \"otherwise\": \"deny\"}",
            "RC106: rules.json:2:2: field `version`: stands there twice; write it once",
        ),
        (
            r#"{"version": 1, "rule": [], "otherwise": "deny"}"#,
            "RC106: rules.json:1:16: field `rule`: is unknown; write `rules` (the fields of a rules file are version, base, session, rules, otherwise)",
        ),
        (
            "{\"version\": 1, \"rules\": [], \"otherwise\": \"deny\",\n \"comment\": \"x\"}",
            "RC106: rules.json:2:2: field `comment`: is unknown; the fields of a rules file are version, base, session, rules, otherwise",
        ),
        (
            r#"{"version": 1, "rules": [], "otherwise": "deny", "base": "instance-profile"}"#,
            r#"RC106: rules.json:1:58: field `base`: must be an object such as {"source": "instance-profile"}, not a text"#,
        ),
        (
            r#"{"version": 1, "rules": [], "otherwise": "deny", "base": {"source": "imds"}}"#,
            "RC106: rules.json:1:69: field `base.source`: `imds` is no source that this release knows; write one of default-chain, instance-profile, properties, environment",
        ),
        (
            r#"{"version": 1, "rules": [], "otherwise": "deny", "base": {}}"#,
            "RC106: rules.json:1:58: field `base`: lacks `source`; write one of default-chain, instance-profile, properties, environment",
        ),
        (
            r#"{"version": 1, "rules": [], "otherwise": "deny", "base": {"source": "properties"}}"#,
            r#"RC106: rules.json:1:58: field `base`: lacks `file`; write {"source": "properties", "file": "/path"}, the file with accessKey and secretKey"#,
        ),
        (
            r#"{"version": 1, "rules": [], "otherwise": "deny", "base": {"source": "properties", "file": "keys"}}"#,
            "RC106: rules.json:1:91: field `base.file`: `keys` is no absolute path; write one, because each process has a working directory of its own",
        ),
        (
            r#"{"version": 1, "rules": [], "otherwise": "deny", "session": {"name": "my session"}}"#,
            "RC106: rules.json:1:73: field `session.name`: holds a space at character 3; a session name takes letters, digits and _+=,.@-",
        ),
        (
            "{\"version\": 1, \"session\": {\"durationSeconds\": 7200}, \"rules\": [\n{\"name\": \"a\", \"role\": \"arn:aws:iam::111122223333:role/r\", \"base\": {\"source\": \"instance-profile\"}}], \"otherwise\": \"deny\"}",
            "RC106: rules.json:2:67: rule `a`, field `base`: 7200 seconds are more than STS gives by the base instance-profile in rule `a`: that base is a role's session itself, and a role assumed by it lasts at most 3600 (role chaining); write 3600 or less, or another base",
        ),
        (
            "{\"version\": 1, \"session\": {\"durationSeconds\": 7200}, \"base\": {\"source\": \"instance-profile\"}, \"rules\": [\n{\"name\": \"a\", \"role\": \"arn:aws:iam::111122223333:role/r\"}], \"otherwise\": \"deny\"}",
            "RC106: rules.json:1:47: field `session.durationSeconds`: 7200 seconds are more than STS gives by the base instance-profile in rule `a`: that base is a role's session itself, and a role assumed by it lasts at most 3600 (role chaining); write 3600 or less, or another base",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(text), expected, "{text}");
    }
}

#[test]
fn a_rule_that_is_wrong_says_where_and_what_to_write() {
    let cases = [
        (
            r#"["a"]"#,
            "2:1: rule number 1 must be an object with a name, conditions and an outcome, not a list",
        ),
        (
            r#""a""#,
            "2:1: rule number 1 must be an object with a name, conditions and an outcome, not a text",
        ),
        (
            "{}",
            "2:1: rule number 1 lacks `name`; write one, by which logs and errors can call the rule",
        ),
        (
            r#"{"role": "arn"}"#,
            "2:1: rule number 1 lacks `name`; write one, by which logs and errors can call the rule",
        ),
        (
            r#"{"name": " ", "deny": "x"}"#,
            "2:10: rule ` `, field `name`: is empty; write a name by which logs and errors can call the rule",
        ),
        (
            r#"{"name": "otherwise", "deny": "x"}"#,
            "2:10: rule `otherwise`, field `name`: is what the end of the file is called; write another name",
        ),
        (
            r#"{"name": "a\nb", "deny": "x"}"#,
            r#"2:10: rule `a\u{a}b`, field `name`: holds a line break at character 2; take it out"#,
        ),
        (
            "{\"name\": \"a\", \"deny\": \"x\"},\n{\"name\": \"a\", \"deny\": \"x\"}",
            "3:10: rule `a`, field `name`: is the name of rule number 1 too; name each rule differently",
        ),
        (
            r#"{"name": "a"}"#,
            r#"2:1: rule `a` lacks an outcome; write one of "role": "arn:…", "use": "base" or "deny": "message""#,
        ),
        (
            r#"{"name": "a", "deny": ""}"#,
            r#"2:23: rule `a`, field `deny`: is empty; write what the caller should do, as in "ask data-platform for access""#,
        ),
        (
            r#"{"name": "a", "deny": true}"#,
            "2:23: rule `a`, field `deny`: must be a text, not `true`",
        ),
        (
            r#"{"name": "a", "use": "role"}"#,
            r#"2:22: rule `a`, field `use`: `role` is unknown; write "use": "base", or "role" with an ARN"#,
        ),
        (
            r#"{"name": "a", "use": "base", "deny": "x"}"#,
            "2:1: rule `a` has the outcomes `use` and `deny`; keep one of them",
        ),
        (
            r#"{"name": "a", "use": "base", "session": {}}"#,
            r#"2:41: rule `a`, field `session`: has no meaning beside "use": "base", which assumes no role; take it out"#,
        ),
        (
            r#"{"name": "a", "deny": "x", "base": {"source": "environment"}}"#,
            r#"2:36: rule `a`, field `base`: has no meaning beside "deny", which assumes no role; take it out"#,
        ),
        (
            r#"{"name": "a", "role": "arn:aws:iam::111122223333:role/ad min"}"#,
            "2:57: rule `a`, field `role`: holds a space at character 34, which no ARN may; take it out",
        ),
        (
            r#"{"name": "a", "role": "arn:aws:iam::11:role/\u0061dmin"}"#,
            "2:23: rule `a`, field `role`: has the account `11`, which is not 12 digits; write arn:aws:iam::123456789012:role/NAME",
        ),
        (
            r#"{"name": "a", "role": "arn:aws:iam::${conf:account}:role/x"}"#,
            "2:37: rule `a`, field `role`: has `${conf:account}` before the role's name; write partition and account out, as in arn:aws:iam::ACCOUNT:role/team-${conf:account}",
        ),
        (
            r#"{"name": "a", "role": "arn:aws:iam::111122223333:role/${USER}"}"#,
            "2:55: rule `a`, field `role`: holds `${USER}`, which is unknown; write ${user}",
        ),
        (
            r#"{"name": "a", "role": ""}"#,
            "2:23: rule `a`, field `role`: is empty; write arn:aws:iam::ACCOUNT:role/NAME",
        ),
    ];
    for (rule, expected) in cases {
        assert_eq!(
            refusal(&with_rule(rule)),
            format!("RC106: rules.json:{expected}"),
            "{rule}"
        );
    }
}

#[test]
fn a_field_that_is_wrong_says_where_and_what_to_write() {
    let cases = [
        (
            r#""groups": null"#,
            r#"69: rule `a`, field `groups`: must be a list of texts, also for a single one: ["…"], not `null`"#,
        ),
        (
            r#""groups": []"#,
            "69: rule `a`, field `groups`: is empty, so the rule would never match; name at least one, or take the field out",
        ),
        (
            r#""groups": "g""#,
            r#"69: rule `a`, field `groups`: must be a list of texts, also for a single one: ["…"], not a text"#,
        ),
        (
            r#""groups": [1]"#,
            "70: rule `a`, field `groups[0]`: must be a text, not `1`",
        ),
        (
            r#""groups": [""]"#,
            "70: rule `a`, field `groups[0]`: is empty, which nobody is called; write a name or take it out",
        ),
        (
            r#""group": ["g"]"#,
            "59: rule `a`, field `group`: is unknown; write `groups` (the fields of a rule are name, users, usersMatching, groups, groupsMatching, principals, realUsers, prefixes, conf, not, role, session, base, use, deny)",
        ),
        (
            r#""Groups": ["g"]"#,
            "59: rule `a`, field `Groups`: is unknown; write `groups` (the fields of a rule are name, users, usersMatching, groups, groupsMatching, principals, realUsers, prefixes, conf, not, role, session, base, use, deny)",
        ),
        (
            r#""groups": ["g"], "groups": ["h"]"#,
            "76: rule `a`, field `groups`: stands there twice; write it once",
        ),
        (
            r#""usersMatching": ["g"]"#,
            "59: rule `a`, field `usersMatching`: is not known to this release; upgrade Rolecall or take it out (the fields of a rule are name, users, usersMatching, groups, groupsMatching, principals, realUsers, prefixes, conf, not, role, session, base, use, deny)",
        ),
        (
            r#""not": {"users": ["g"]}"#,
            "59: rule `a`, field `not`: is not known to this release; upgrade Rolecall or take it out (the fields of a rule are name, users, usersMatching, groups, groupsMatching, principals, realUsers, prefixes, conf, not, role, session, base, use, deny)",
        ),
        (
            r#""conf": {}"#,
            "67: rule `a`, field `conf`: is empty, so the rule would never match; name at least one, or take the field out",
        ),
        (
            r#""conf": {"tenant": []}"#,
            "78: rule `a`, field `conf.tenant`: is empty, so the rule would never match; name at least one value, or take the key out",
        ),
        (
            r#""conf": {"tenant": "acme"}"#,
            r#"78: rule `a`, field `conf.tenant`: must be a list of texts, also for a single one: ["…"], not a text"#,
        ),
        (
            r#""conf": {"rolecall.conf.tenant": ["acme"]}"#,
            "92: rule `a`, field `conf.rolecall.conf.tenant`: has the setting's whole name; write `tenant` alone",
        ),
        (
            r#""conf": {"t": ["a"], "t": ["b"]}"#,
            "80: rule `a`, field `conf.t`: stands there twice; write it once",
        ),
        (
            r#""prefixes": []"#,
            "71: rule `a`, field `prefixes`: is empty, so the rule would never match; name at least one, or take the field out",
        ),
        (
            r#""prefixes": ["s3://b/", "s3://c*"]"#,
            "90: rule `a`, field `prefixes[1]`: holds `*` in the bucket's name; name each bucket in full, as in s3://BUCKET/",
        ),
        (
            r#""prefixes": ["b/x"]"#,
            "72: rule `a`, field `prefixes[0]`: has no scheme; write s3://BUCKET/ or s3://BUCKET/KEY",
        ),
        (
            r#""prefixes": ["S3://b/x"]"#,
            "73: rule `a`, field `prefixes[0]`: has its scheme in capitals; write s3://",
        ),
        (
            r#""prefixes": ["s3://b/x\u0000"]"#,
            "72: rule `a`, field `prefixes[0]`: holds a NUL at character 9; take it out",
        ),
        (
            r#""session": {"name": "x"}"#,
            "79: rule `a`, field `session.name`: has the length 1; a session name has 2 to 64 characters",
        ),
        (
            r#""session": {"name": "${user} x"}"#,
            "87: rule `a`, field `session.name`: holds a space at character 8; a session name takes letters, digits and _+=,.@-",
        ),
        (
            r#""session": {"durationSeconds": 899}"#,
            "90: rule `a`, field `session.durationSeconds`: is 899 seconds; STS takes 900 to 43200",
        ),
        (
            r#""session": {"durationSeconds": 43201}"#,
            "90: rule `a`, field `session.durationSeconds`: is 43201 seconds; STS takes 900 to 43200",
        ),
        (
            r#""session": {"durationSeconds": "1h"}"#,
            "90: rule `a`, field `session.durationSeconds`: must be a whole number of seconds from 900 to 43200, not a text",
        ),
        (
            r#""session": {"durationSeconds": 3600.5}"#,
            "90: rule `a`, field `session.durationSeconds`: must be a whole number of seconds from 900 to 43200, not `3600.5`",
        ),
        (
            r#""session": {"durationSeconds": 99999999999999999999}"#,
            "90: rule `a`, field `session.durationSeconds`: must be a whole number of seconds from 900 to 43200, not `99999999999999999999`",
        ),
        (
            r#""session": {"externalId": "a b"}"#,
            "87: rule `a`, field `session.externalId`: holds a space at character 2; an external ID takes letters, digits and _+=,.@:/-",
        ),
        (
            r#""session": {"region": "EU"}"#,
            "82: rule `a`, field `session.region`: holds `E` at character 1; write a region such as eu-central-1",
        ),
        (
            r#""session": {"stsEndpoint": "ftp://x"}"#,
            "87: rule `a`, field `session.stsEndpoint`: has the scheme `ftp`; write https://HOST",
        ),
        (
            r#""session": {"tags": {}}"#,
            "71: rule `a`, field `session.tags`: is not known to this release; upgrade Rolecall or take it out (the fields of a session are name, durationSeconds, externalId, region, stsEndpoint)",
        ),
        (
            r#""session": {"duration": 900}"#,
            "71: rule `a`, field `session.duration`: is unknown; write `durationSeconds` (the fields of a session are name, durationSeconds, externalId, region, stsEndpoint)",
        ),
        (
            r#""session": {"durationSeconds": 3601}, "base": {"source": "instance-profile"}"#,
            "90: rule `a`, field `session.durationSeconds`: 3601 seconds are more than STS gives by the base instance-profile in rule `a`: that base is a role's session itself, and a role assumed by it lasts at most 3600 (role chaining); write 3600 or less, or another base",
        ),
        (
            r#""session": []"#,
            r#"70: rule `a`, field `session`: must be an object such as {"name": "${user}"}, not a list"#,
        ),
        (
            r#""base": {"source": "container"}"#,
            "78: rule `a`, field `base.source`: `container` is no source that this release knows; write one of default-chain, instance-profile, properties, environment",
        ),
        (
            r#""session": {"externalId": "x"}"#,
            "85: rule `a`, field `session.externalId`: has the length 1; an external ID has 2 to 1224 characters",
        ),
        (
            r#""prefixes": ["s3:///x"]"#,
            "78: rule `a`, field `prefixes[0]`: names no bucket; write s3://BUCKET/",
        ),
        (
            r#""prefixes": ["s3://b/a*b"]"#,
            "81: rule `a`, field `prefixes[0]`: holds `*` before its end; a prefix is no pattern, and only its last character may be `*`",
        ),
        (
            r#""prefixes": ["s3://b/${group}/"]"#,
            "80: rule `a`, field `prefixes[0]`: holds `${group}`, which this release does not know; name the group in a rule of its own",
        ),
        (
            r#""base": {"source": "instance-profile", "source": "environment"}"#,
            "98: rule `a`, field `base.source`: stands there twice; write it once",
        ),
        (
            r#""a\nb": 1"#,
            r#"66: rule `a`, field `a\u{a}b`: is unknown; the fields of a rule are name, users, usersMatching, groups, groupsMatching, principals, realUsers, prefixes, conf, not, role, session, base, use, deny"#,
        ),
    ];
    for (fields, expected) in cases {
        assert_eq!(
            refusal(&with_fields(fields)),
            format!("RC106: rules.json:2:{expected}"),
            "{fields}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_pointed_at() {
    assert_eq!(
        read(b"{\n  \"version\": \xff", "rules.json")
            .unwrap_err()
            .to_string(),
        "RC105: rules.json:2:14: the file is not UTF-8 from here on; save it as UTF-8"
    );
}

#[test]
fn every_message_is_one_line() {
    for text in [
        "{\"version\": 1, \"a\\nb\": 1}",
        "{\"version\": 1, \"rules\": [{\"name\": \"a\\u2028b\"}]}",
    ] {
        assert!(!refusal(text).contains(['\n', '\u{2028}']), "{text}");
    }
}

#[test]
fn a_good_file_is_understood() {
    let text = r#"{
      "version": 1,
      "base": {"source": "instance-profile"},
      "session": {"name": "${user}.x", "durationSeconds": 1800, "region": "eu-central-1"},
      "rules": [
        {"name": "a", "users": ["u"], "groups": ["g"], "prefixes": ["s3://b/x"], "conf": {"t": ["v", "w"]},
         "role": "arn:aws:iam::111122223333:role/${user}",
         "session": {"durationSeconds": 900, "externalId": "id-${conf:t}", "stsEndpoint": "sts.example"},
         "base": {"source": "properties", "file": "/keys"}},
        {"name": "b", "use": "base"},
        {"name": "c", "deny": "ask\nfor it"}
      ],
      "otherwise": "base"
    }"#;
    let rules = read(text.as_bytes(), "rules.json").unwrap();
    assert_eq!(rules.base(), Some(&BaseSource::InstanceProfile));
    assert_eq!(rules.otherwise(), Otherwise::UseBase);
    assert_eq!(rules.hash().to_string().len(), 12);
    let [a, b, c] = rules.in_order() else {
        panic!("three rules were written");
    };
    assert!(a.conditions.users.as_ref().unwrap().contains("u"));
    assert_eq!(a.conditions.groups.as_deref(), Some(&["g".to_owned()][..]));
    assert_eq!(a.conditions.conf["t"], ["v", "w"]);
    assert_eq!(
        a.conditions.prefixes.as_ref().unwrap()[0].to_string(),
        "s3://b/x"
    );
    let Outcome::Assume(assume) = &a.outcome else {
        panic!("the first rule assumes a role");
    };
    assert_eq!(
        assume.role.to_string(),
        "arn:aws:iam::111122223333:role/${user}"
    );
    assert_eq!(
        assume.session.name.as_ref().unwrap().to_string(),
        "${user}.x"
    );
    assert_eq!(assume.session.duration, Some(Duration::from_secs(900)));
    assert_eq!(assume.session.region.as_deref(), Some("eu-central-1"));
    assert_eq!(
        assume.session.sts_endpoint.as_deref(),
        Some("https://sts.example")
    );
    assert!(assume.session.external_id.is_some());
    assert_eq!(
        assume.base,
        Some(BaseSource::Properties {
            file: "/keys".into()
        })
    );
    assert_eq!(b.outcome, Outcome::UseBase);
    assert_eq!(c.outcome, Outcome::Deny("ask\nfor it".to_owned()));
}

#[test]
fn a_long_session_is_taken_where_the_base_is_no_session() {
    for base in [
        r#"{"source": "properties", "file": "/k"}"#,
        r#"{"source": "default-chain"}"#,
    ] {
        let text = with_fields(&format!(
            r#""session": {{"durationSeconds": 43200}}, "base": {base}"#
        ));
        assert!(read(text.as_bytes(), "rules.json").is_ok(), "{base}");
    }
}

#[test]
fn another_file_has_another_hash() {
    let hash = |text: &str| read(text.as_bytes(), "rules.json").unwrap().hash().clone();
    let text = with_rule(r#"{"name": "a", "deny": "x"}"#);
    assert_eq!(hash(&text), hash(&text));
    assert_ne!(hash(&text), hash(&format!("{text} ")));
}
