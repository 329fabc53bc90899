use super::*;
use crate::rules::{BaseSource, Otherwise, Outcome, Place};
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
fn a_rule_without_one_outcome_tells_what_else_is_wrong_in_it() {
    let fields = |rule: &str| -> Vec<String> {
        read_all(with_rule(rule).as_bytes(), "rules.json")
            .unwrap_err()
            .into_iter()
            .map(|fault| fault.field.unwrap_or_default())
            .collect()
    };
    let session = r#""session": {"durationSeconds": 1, "sourceIdentity": "a b"}, "base": {"source": "properties"}"#;
    let of_session = ["session.durationSeconds", "session.sourceIdentity", "base"];
    assert_eq!(
        fields(&format!(
            r#"{{"name": "a", "role": "", "use": "role", "deny": "", {session}}}"#
        )),
        [&["", "role", "use", "deny"], &of_session[..]].concat()
    );
    assert_eq!(
        fields(&format!(r#"{{"name": "a", {session}}}"#)),
        [&[""], &of_session[..]].concat()
    );
    assert_eq!(
        fields(&format!(r#"{{"name": "a", "use": "base", {session}}}"#)),
        ["session", "base"]
    );
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
            r#""session": {"name": "${group}"}"#,
            "79: rule `a`, field `session.name`: holds `${group}`, and the rule has neither `groups` nor `groupsMatching`, which say what that is; add one of them, or take it out",
        ),
        (
            r#""session": {"sourceIdentity": "a b"}"#,
            "91: rule `a`, field `session.sourceIdentity`: holds a space at character 2; a source identity takes letters, digits and _+=,.@-",
        ),
        (
            r#""session": {"sourceIdentity": "x"}"#,
            "89: rule `a`, field `session.sourceIdentity`: has the length 1; a source identity has 2 to 64 characters",
        ),
        (
            r#""session": {"tags": []}"#,
            r#"79: rule `a`, field `session.tags`: must be an object such as {"tenant": "acme"}, not a list"#,
        ),
        (
            r#""session": {"tags": {"a": "b*"}}"#,
            "87: rule `a`, field `session.tags.a`: holds `*` at character 2; a tag's value takes letters, digits, spaces and _.:/=+-@",
        ),
        (
            r#""session": {"tags": {"a*": "b"}}"#,
            "86: rule `a`, field `session.tags.a*`: has a key that holds `*` at character 2; a key takes letters, digits, spaces and _.:/=+-@",
        ),
        (
            r#""session": {"tags": {"AWS:a": "b"}}"#,
            "89: rule `a`, field `session.tags.AWS:a`: has a key that begins with `aws:`, which AWS keeps for itself; write another",
        ),
        (
            r#""session": {"tags": {"${user}": "b"}}"#,
            "91: rule `a`, field `session.tags.${user}`: has a `${` in its key, into which nothing is filled; write the key out",
        ),
        (
            r#""session": {"tags": {"Team": "a", "team": "b"}}"#,
            "101: rule `a`, field `session.tags.team`: is the key `Team` again, because the case of letters counts for nothing in keys; keep one of them",
        ),
        (
            r#""session": {"transitiveTagKeys": ["team"]}"#,
            "92: rule `a`, field `session.transitiveTagKeys`: has no meaning without `tags`; add them, or take it out",
        ),
        (
            r#""session": {"tags": {"team": "x"}, "transitiveTagKeys": ["Team"]}"#,
            "115: rule `a`, field `session.transitiveTagKeys`: `Team` is no key of the session's `tags`; write `team`",
        ),
        (
            r#""session": {"tags": {"team": "x"}, "transitiveTagKeys": ["team", "team"]}"#,
            "124: rule `a`, field `session.transitiveTagKeys[1]`: stands there twice; write it once",
        ),
        (
            r#""session": {"policy": "{}"}"#,
            "81: rule `a`, field `session.policy`: must be an IAM policy: an object with Version and Statement",
        ),
        (
            r#""session": {"policy": {"Statement": [{"Resource": ["x", "a${users}"]}]}}"#,
            "117: rule `a`, field `session.policy.Statement[0].Resource[1]`: holds `${users}`, which is unknown; write ${user}",
        ),
        (
            r#""session": {"policy": {"Statement": [{"Condition": {"${user}": 1}}]}}"#,
            "122: rule `a`, field `session.policy.Statement[0].Condition.${user}`: has a template in its name, where nothing is filled in; write the name out",
        ),
        (
            r#""session": {"policyArns": ["arn:aws:iam::aws:policy/${user}"]}"#,
            "111: rule `a`, field `session.policyArns[0]`: holds a `${`, but nothing is filled into the ARN of a policy; write arn:aws:iam::ACCOUNT:policy/NAME",
        ),
        (
            r#""session": {"policyArns": ["arn:aws-cn:iam::aws:policy/x"]}"#,
            "85: rule `a`, field `session.policyArns`: arn:aws-cn:iam::aws:policy/x is a policy of the partition `aws-cn`, and the role is one of `aws`; write a policy of the role's partition",
        ),
        (
            r#""session": {"duration": 900}"#,
            "71: rule `a`, field `session.duration`: is unknown; write `durationSeconds` (the fields of a session are name, durationSeconds, externalId, sourceIdentity, tags, transitiveTagKeys, policy, policyArns, region, stsEndpoint)",
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
            "72: rule `a`, field `prefixes[0]`: holds `${group}`, and the rule has neither `groups` nor `groupsMatching`, which say what that is; add one of them, or take it out",
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
    let wrong: Vec<_> = cases
        .into_iter()
        .map(|(fields, expected)| {
            (
                refusal(&with_fields(fields)),
                format!("RC106: rules.json:2:{expected}"),
            )
        })
        .filter(|(found, expected)| found != expected)
        .collect();
    assert_eq!(wrong, []);
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
    assert!(a.conditions.groups.as_ref().unwrap().iter().eq(["g"]));
    assert!(a.conditions.conf.get("t").unwrap().iter().eq(["v", "w"]));
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

/// The file's faults as `LINE:COLUMN+WIDTH rule, field`.
fn places(text: &str) -> Vec<String> {
    read_all(text.as_bytes(), "rules.json")
        .unwrap_err()
        .into_iter()
        .map(|fault| {
            let place = fault.place.unwrap();
            let width = fault
                .width
                .map_or_else(String::new, |width| format!("+{width}"));
            let rule = fault
                .rule
                .or(fault.rule_number.map(|number| number.to_string()));
            format!(
                "{}:{}{width} {} {}",
                place.line,
                place.column,
                rule.unwrap_or_default(),
                fault.field.unwrap_or_default()
            )
        })
        .collect()
}

#[test]
fn all_that_is_wrong_is_told_in_the_order_of_the_file() {
    let text = r#"{"version": 1, "novelty": 1, "base": {"source": "imds", "fil": "/x"},
 "session": {"name": "my session", "durationSeconds": 1, "region": "EU"},
 "rules": [
  {"name": "a", "users": [], "role": "arn:aws:iam::1:role/x", "session": {"name": "x"}},
  {"name": "b", "user": ["u"], "groups": [1, "g", null], "users": "u", "deny": "x"},
  7,
  {"name": "good", "deny": "x"},
  {"name": "good", "deny": "", "base": {}},
  {"name": "c", "use": "role", "session": {}},
  {}
 ],
 "otherwise": "x"}"#;
    assert_eq!(
        places(text),
        [
            "1:16+9  novelty",
            "1:57+5  base.fil",
            "2:25+1  session.name",
            "2:55+1  session.durationSeconds",
            "2:69+1  session.region",
            "4:26 a users",
            "4:52+1 a role",
            "4:83+3 a session.name",
            "5:17+6 b user",
            "5:43+1 b groups[0]",
            "5:51+4 b groups[2]",
            "5:67+3 b users",
            "6:3+1 3 ",
            "8:12+6 good name",
            "8:28+2 good deny",
            "8:40 good base",
            "9:24+6 c use",
            "9:43 c session",
            "10:3 7 ",
            "10:3 7 ",
            "12:15+3  otherwise",
        ]
    );
}

#[test]
fn a_fault_says_the_same_as_the_error() {
    let text = with_rule(r#"{"name": "a", "deny": ""}, {"name": "b"}"#);
    let faults = read_all(text.as_bytes(), "rules.json").unwrap_err();
    assert_eq!(faults.len(), 2);
    assert_eq!(Error::from(faults[0].clone()).to_string(), refusal(&text));
    assert_eq!(faults[0].code, Code::RulesInvalid);
    assert_eq!(
        faults[1].to_string(),
        r#"rules.json:2:28: rule `b` lacks an outcome; write one of "role": "arn:…", "use": "base" or "deny": "message""#
    );
}

#[test]
fn one_rule_tells_that_base_and_duration_of_the_top_do_not_go_together() {
    let rules: Vec<_> = (0..3)
        .map(|n| format!(r#"{{"name": "{n}", "role": "{ROLE}"}}"#))
        .collect();
    let text = format!(
        r#"{{"version": 1, "base": {{"source": "instance-profile"}}, "session": {{"durationSeconds": 7200}}, "rules": [{}], "otherwise": "deny"}}"#,
        rules.join(",")
    );
    assert_eq!(places(&text), ["1:87+4  session.durationSeconds"]);
}

#[test]
fn what_is_no_json_inside_a_rule_has_its_place() {
    let text = with_rule(r#"{"name": "a", "deny": "\ud800"}"#);
    let faults = read_all(text.as_bytes(), "rules.json").unwrap_err();
    assert_eq!(faults[0].code, Code::RulesNotJson);
    assert_eq!(
        faults[0].place,
        Some(Place {
            line: 2,
            column: 30
        })
    );
}

#[test]
fn what_rules_take_over_from_the_top_is_checked_with_them() {
    let cases = [
        (
            r#""session": {"name": "${group}"}"#,
            r#""users": ["u"]"#,
            "1:36: field `session.name`: holds `${group}`, and a rule that takes it over has neither `groups` nor `groupsMatching`, which say what that is; write the field in the rules that have them",
        ),
        (
            r#""session": {"tags": {"a": "x"}, "transitiveTagKeys": ["a"]}"#,
            r#""session": {"tags": {}}"#,
            "2:79: rule `a`, field `session.tags`: `a` is no key of the session's `tags`; add the tag, or take the key out",
        ),
        (
            r#""session": {"policyArns": ["arn:aws:iam::444455556666:policy/x"]}"#,
            r#""users": ["u"]"#,
            "1:42: field `session.policyArns`: arn:aws:iam::444455556666:policy/x is a policy of the account 444455556666, and the role is one of 111122223333; STS takes policies of the role's own account, and AWS's own",
        ),
    ];
    for (top, fields, expected) in cases {
        let text =
            with_fields(fields).replacen("\"version\": 1,", &format!("\"version\": 1, {top},"), 1);
        assert_eq!(
            refusal(&text),
            format!("RC106: rules.json:{expected}"),
            "{top}"
        );
    }
    let good = with_fields(r#""groups": ["g"]"#).replacen(
        "\"version\": 1,",
        "\"version\": 1, \"session\": {\"name\": \"${group}\"},",
        1,
    );
    assert!(read(good.as_bytes(), "rules.json").is_ok());
}

#[test]
fn the_limits_of_sts_are_checked_at_reading() {
    let refused = |fields: &str| {
        let text = with_fields(&format!(r#""session": {{{fields}}}"#));
        let refusal = refusal(&text);
        refusal.split_once("`: ").unwrap().1.to_owned()
    };
    let tags = |count: usize| {
        let tags: Vec<_> = (0..count).map(|n| format!(r#""k{n}": "v""#)).collect();
        format!(r#""tags": {{{}}}"#, tags.join(","))
    };
    assert_eq!(
        refused(&tags(51)),
        "holds 51 tags; a session has at most 50"
    );
    let arns = |count: usize, name: &str| {
        let arns: Vec<_> = (0..count)
            .map(|n| format!(r#""arn:aws:iam::aws:policy/{name}{n}""#))
            .collect();
        format!(r#""policyArns": [{}]"#, arns.join(","))
    };
    assert_eq!(
        refused(&arns(11, "p")),
        "holds 11 policies; a session has at most 10"
    );
    let policy = |length: usize| {
        let bare = r#"{"Statement":[""]}"#.len();
        format!(
            r#""policy": {{"Statement": ["{}"]}}"#,
            "x".repeat(length - bare)
        )
    };
    assert_eq!(
        refused(&policy(2049)),
        "has 2049 characters without white space; STS takes 2048"
    );
    assert_eq!(
        refused(&format!("{}, {}", policy(2000), arns(2, "p"))),
        "is too long: policy and ARNs have 2052 characters together; STS takes 2048"
    );
    assert_eq!(
        refused(&format!(r#""tags": {{"k": "{}"}}"#, "v".repeat(257))),
        "has 257 characters; STS takes 256 in a tag's value"
    );
    assert_eq!(
        refused(&format!(r#""tags": {{"{}": "v"}}"#, "k".repeat(129))),
        "has a key of 129 characters; STS takes 128"
    );
    for good in [
        tags(50),
        arns(10, "p"),
        policy(2048),
        format!("{}, {}", policy(1996), arns(2, "p")),
        r#""tags": {}, "transitiveTagKeys": [], "policyArns": []"#.to_owned(),
    ] {
        let text = with_fields(&format!(r#""session": {{{good}}}"#));
        assert!(read(text.as_bytes(), "rules.json").is_ok(), "{good}");
    }
}
