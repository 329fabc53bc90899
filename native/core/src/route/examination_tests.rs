use crate::error::{Code, Error};
use crate::route::{Caller, Groups, Location, Request, Routing, explain, route};
use crate::rules::{Rules, read};
use crate::session::{Defaults, Plan, Session, plan};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn rules(listed: &str) -> Rules {
    let text = format!(r#"{{"version": 1, "rules": [{listed}], "otherwise": "deny"}}"#);
    read(text.as_bytes(), "rules.json").unwrap()
}

/// Carol, whom hive asks for, at a bucket.
fn carol() -> Request {
    Request {
        caller: Caller {
            user: "carol".to_owned(),
            principal: Some("carol/host@REALM".to_owned()),
            real_user: Some("hive".to_owned()),
            groups: Groups::Known(["ops", "eng-b", "eng-a"].map(str::to_owned).into()),
            conf: BTreeMap::from([("t".to_owned(), "acme".to_owned())]),
        },
        location: Location::parse("s3://b/").unwrap(),
    }
}

fn matching(listed: &str, request: &Request) -> Result<Vec<String>, Error> {
    Ok(match route(&rules(listed), request)? {
        Routing::NeedGroups => vec!["?".to_owned()],
        Routing::Decided(decision) => decision.rule_names().map(str::to_owned).collect(),
    })
}

fn session(listed: &str, request: &Request) -> Result<Session, Error> {
    let rules = rules(listed);
    let Routing::Decided(decision) = route(&rules, request)? else {
        panic!("the groups are known");
    };
    match plan(&rules, &decision, request, &Defaults::default())?.plan {
        Plan::Assume(session) => Ok(*session),
        Plan::UseBase(base) => panic!("no rule says {base}"),
    }
}

/// Whether a rule with these conditions matches Carol: yes, no, or both for perhaps.
fn holds(fields: &str) -> &'static str {
    let listed = format!(r#"{{"name": "a", {fields}, "deny": "x"}}"#);
    let names = matching(&listed, &carol()).unwrap();
    match names
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["a"] => "yes",
        ["otherwise"] => "no",
        _ => "perhaps",
    }
}

#[test]
fn each_condition_looks_at_its_own() {
    let cases = [
        (r#""usersMatching": ["x", "car.*"]"#, "yes"),
        (r#""usersMatching": ["car", "arol"]"#, "no"),
        (r#""groupsMatching": ["eng-."]"#, "yes"),
        (r#""groupsMatching": ["eng"]"#, "no"),
        (r#""principals": ["carol/host@REALM"]"#, "yes"),
        (r#""principals": ["carol"]"#, "no"),
        (r#""realUsers": ["spark", "hive"]"#, "yes"),
        (r#""realUsers": ["carol"]"#, "no"),
        (r#""users": ["hive"]"#, "no"),
        (r#""usersMatching": ["carol"], "users": ["dave"]"#, "no"),
        (r#""groups": ["x"], "groupsMatching": ["eng-a"]"#, "no"),
    ];
    for (fields, expected) in cases {
        assert_eq!(holds(fields), expected, "{fields}");
        let negated = match expected {
            "yes" => "no",
            _ => "yes",
        };
        if !fields.contains("], ") {
            assert_eq!(
                holds(&format!(r#""not": {{{fields}}}"#)),
                negated,
                "not {fields}"
            );
        }
    }
}

#[test]
fn all_of_not_must_fail() {
    let cases = [
        (r#""not": {"users": ["dave"], "groups": ["hr"]}"#, "yes"),
        (r#""not": {"users": ["dave"], "groups": ["ops"]}"#, "no"),
        (r#""not": {"users": ["carol"], "groups": ["hr"]}"#, "no"),
        (r#""not": {"conf": {"t": ["zenith"], "u": ["x"]}}"#, "yes"),
        (r#""not": {"conf": {"t": ["acme"], "u": ["x"]}}"#, "no"),
        (r#""not": {"prefixes": ["s3://b/x"]}"#, "perhaps"),
        (r#""not": {"prefixes": ["s3://b/x", "s3://b/"]}"#, "no"),
        (r#""not": {"prefixes": ["s3://c/"]}"#, "yes"),
        (
            r#""users": ["carol"], "not": {"prefixes": ["s3://b/x"], "realUsers": ["hive"]}"#,
            "no",
        ),
        (
            r#""users": ["carol"], "not": {"prefixes": ["s3://b/x"], "groups": ["ops"]}"#,
            "no",
        ),
        (
            r#""prefixes": ["s3://b/x"], "not": {"prefixes": ["s3://b/x/y"]}"#,
            "perhaps",
        ),
    ];
    for (fields, expected) in cases {
        assert_eq!(holds(fields), expected, "{fields}");
    }
}

#[test]
fn names_that_nobody_said_are_none() {
    let mut request = carol();
    request.caller.principal = None;
    request.caller.real_user = None;
    let listed = r#"{"name": "p", "principals": ["carol/host@REALM"], "deny": "x"},
        {"name": "r", "realUsers": ["hive"], "deny": "x"},
        {"name": "n", "not": {"principals": ["carol/host@REALM"], "realUsers": ["hive"]}, "deny": "x"}"#;
    assert_eq!(matching(listed, &request).unwrap(), ["n"]);
}

#[test]
fn groups_are_asked_for_after_everything_else() {
    let mut request = carol();
    let cases = [
        (
            r#""groupsMatching": ["eng-."], "realUsers": ["spark"]"#,
            "otherwise",
        ),
        (
            r#""groupsMatching": ["eng-."], "prefixes": ["s3://c/"]"#,
            "otherwise",
        ),
        (
            r#""not": {"groups": ["hr"], "users": ["carol"]}"#,
            "otherwise",
        ),
        (
            r#""not": {"groupsMatching": ["hr"], "conf": {"t": ["acme"]}}"#,
            "otherwise",
        ),
        (r#""not": {"groups": ["hr"]}"#, "?"),
        (
            r#""groupsMatching": ["eng-."], "not": {"users": ["carol"]}"#,
            "?",
        ),
        (
            r#""groups": ["ops"], "prefixes": ["s3://c/${group}/"]"#,
            "otherwise",
        ),
        (r#""groups": ["ops"], "prefixes": ["s3://${group}/"]"#, "?"),
        (
            r#""groups": ["ops"], "prefixes": ["s3://b/${group}/"]"#,
            "?",
        ),
    ];
    for (fields, expected) in cases {
        let listed = format!(r#"{{"name": "a", {fields}, "deny": "x"}}"#);
        request.caller.groups = Groups::NotAsked;
        assert_eq!(matching(&listed, &request).unwrap(), [expected], "{fields}");
        request.caller.groups = Groups::Unknown {
            why: "no answer".to_owned(),
        };
        let failed = matching(&listed, &request).map_err(|error| error.code());
        match expected {
            "?" => assert_eq!(failed, Err(Code::GroupsUnknown), "{fields}"),
            _ => assert_eq!(failed, Ok(vec![expected.to_owned()]), "{fields}"),
        }
    }
}

#[test]
fn the_group_is_the_first_of_the_rule_or_the_smallest_that_matches() {
    let cases = [
        (r#""groups": ["hr", "eng-b", "eng-a"]"#, "eng-b"),
        (r#""groupsMatching": ["ops", "eng-.*"]"#, "eng-a"),
        (
            r#""groups": ["ops", "eng-a"], "groupsMatching": ["eng-.*"]"#,
            "ops",
        ),
        (r#""groups": ["ops"], "not": {"groups": ["hr"]}"#, "ops"),
    ];
    for (fields, group) in cases {
        let listed = format!(
            r#"{{"name": "a", {fields}, "role": "arn:aws:iam::111122223333:role/${{group}}", "session": {{"name": "${{group}}"}}}}"#
        );
        let session = session(&listed, &carol()).unwrap();
        assert_eq!(
            session.role.as_str(),
            format!("arn:aws:iam::111122223333:role/{group}")
        );
        assert_eq!(session.name.as_str(), group);
    }
    let mut request = carol();
    for (location, expected) in [
        ("s3://lake/eng-b/x", "a"),
        ("s3://lake/eng-a/x", "otherwise"),
        ("s3://lake/eng-b2/x", "otherwise"),
    ] {
        request.location = Location::parse(location).unwrap();
        let listed = r#"{"name": "a", "groups": ["eng-b", "eng-a"], "prefixes": ["s3://lake/${group}/"], "not": {"prefixes": ["s3://lake/${group}/private"]}, "deny": "x"}"#;
        assert_eq!(
            matching(listed, &request).unwrap(),
            [expected],
            "{location}"
        );
    }
}

#[test]
fn the_group_of_a_not_is_that_of_its_rule() {
    let listed = r#"{"name": "a", "groups": ["eng-a"], "not": {"prefixes": ["s3://b/${group}/"]}, "deny": "x"}"#;
    let mut request = carol();
    for (location, expected) in [("s3://b/eng-a/x", "otherwise"), ("s3://b/ops/x", "a")] {
        request.location = Location::parse(location).unwrap();
        assert_eq!(
            matching(listed, &request).unwrap(),
            [expected],
            "{location}"
        );
    }
}

#[test]
fn reasons_say_what_was_found() {
    let listed = r#"{"name": "matching", "usersMatching": ["a.*", "b.*"], "deny": "x"},
        {"name": "full", "principals": ["dave@REALM"], "deny": "x"},
        {"name": "proxied", "realUsers": ["spark"], "deny": "x"},
        {"name": "teams", "groupsMatching": ["hr-.*"], "deny": "x"},
        {"name": "but", "usersMatching": ["c.*"], "not": {"realUsers": ["hive"]}, "deny": "x"},
        {"name": "open", "not": {"prefixes": ["s3://b/x"]}, "deny": "x"},
        {"name": "last", "usersMatching": ["x", "c.*"], "principals": ["carol/host@REALM"], "realUsers": ["hive"],
                         "groupsMatching": ["o.*", "eng-.*"], "not": {"groups": ["hr"]}, "deny": "x"}"#;
    let rules = rules(listed);
    assert_eq!(
        explain(&rules, &carol()).to_string(),
        "  matching  no       usersMatching: `carol` matches none of `a.*`, `b.*`\n\
         \x20 full      no       principals: `carol/host@REALM` is not one of `dave@REALM`\n\
         \x20 proxied   no       realUsers: `hive`, who asks in the name of `carol`, is not one of `spark`\n\
         \x20 teams     no       groupsMatching: no group of `carol` matches `hr-.*`\n\
         \x20 but       no       not.realUsers: `hive`, who asks in the name of `carol`, is one of `hive`\n\
         \x20 open      unknown  not.prefixes: some paths of s3://b/ may be below `s3://b/x`\n\
         \x20 last      yes      usersMatching: `carol` matches `c.*`; principals: `carol/host@REALM` is one of `carol/host@REALM`; realUsers: `hive`, who asks in the name of `carol`, is one of `hive`; groupsMatching: `carol` is in `eng-a`, which matches `eng-.*`; not.groups: `carol` is in none of `hr`\n"
    );
    let mut request = carol();
    request.caller.principal = None;
    request.caller.real_user = None;
    let told = explain(&rules, &request);
    assert_eq!(
        told.walk[1].conditions[0].reason,
        "`carol` has no full name here, so it is not one of `dave@REALM`"
    );
    assert_eq!(
        told.walk[2].conditions[0].reason,
        "nobody asks in the name of `carol`, so not one of `spark`"
    );
    assert_eq!(
        serde_json::to_value(&explain(&rules, &carol()).walk[5]).unwrap(),
        serde_json::json!({"rule": "open", "matches": "unknown", "conditions": [
            {"condition": "not.prefixes", "holds": "unknown", "reason": "some paths of s3://b/ may be below `s3://b/x`"}
        ]})
    );
}

/// Names as they should never be, and often are somewhere.
fn odd_name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("*".to_owned()),
        Just(".*".to_owned()),
        Just("..".to_owned()),
        Just("../x".to_owned()),
        Just("a:b".to_owned()),
        Just("${user}".to_owned()),
        Just("${group}".to_owned()),
        Just("a b".to_owned()),
        Just(" ".to_owned()),
        Just("x".repeat(200)),
        Just("王小明".to_owned()),
        Just("a\0b".to_owned()),
        Just("carol\n".to_owned()),
        Just("carol".to_owned()),
        "\\PC{1,30}",
        "[a-c/:*.$ {}\\x00-]{1,6}",
    ]
}

/// Rules in which a name is filled in wherever it can be.
const FILLED: &str = r#"
    {"name": "home", "prefixes": ["s3://b/home/${user}/"], "role": "arn:aws:iam::111122223333:role/u/${user}"},
    {"name": "shared", "groups": ["GROUP"], "prefixes": ["s3://b/shared/${group}/"], "role": "arn:aws:iam::111122223333:role/g/${group}"},
    {"name": "matched", "groupsMatching": ["(?s).+"], "prefixes": ["s3://b/matched/${group}*"], "role": "arn:aws:iam::111122223333:role/m/${group}"}"#;

proptest! {
    /// Whatever a user or a group is called, it gets the role of that name below the path of that
    /// name, or none.
    #[test]
    fn no_name_reaches_another_role_or_place(
        user in odd_name(),
        group in odd_name(),
        path in "home|shared|matched",
        folder in odd_name(),
    ) {
        let quoted = serde_json::to_string(&group).unwrap();
        let listed = FILLED.replace("\"GROUP\"", &quoted);
        let key = format!("{path}/{folder}/x");
        let request = Request {
            caller: Caller {
                user: user.clone(),
                groups: Groups::Known(vec![group.clone()]),
                ..carol().caller
            },
            location: Location::parse(&format!("s3://b/{key}")).unwrap(),
        };
        if let Ok(session) = session(&listed, &request) {
            let (letter, name, below) = match path.as_str() {
                "home" => ("u", &user, key.starts_with(&format!("home/{user}/"))),
                "shared" => ("g", &group, key.starts_with(&format!("shared/{group}/"))),
                _ => ("m", &group, key.starts_with(&format!("matched/{group}"))),
            };
            prop_assert!(below, "{key}");
            prop_assert_eq!(session.role.as_str(), format!("arn:aws:iam::111122223333:role/{letter}/{name}"));
            prop_assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)));
        }
    }

    /// A name in a list stands for itself and for nobody else, and so does one in an expression.
    #[test]
    fn no_name_passes_for_another(listed in odd_name(), asking in odd_name(), negated in any::<bool>()) {
        let quoted = serde_json::to_string(&listed).unwrap();
        let escaped = serde_json::to_string(&regex_lite::escape(&listed)).unwrap();
        for (field, value) in [("users", &quoted), ("usersMatching", &escaped), ("groups", &quoted), ("groupsMatching", &escaped), ("principals", &quoted), ("realUsers", &quoted)] {
            let condition = format!(r#""{field}": [{value}]"#);
            let fields = if negated { format!(r#""not": {{{condition}}}"#) } else { condition };
            let request = Request {
                caller: Caller {
                    user: asking.clone(),
                    principal: Some(asking.clone()),
                    real_user: Some(asking.clone()),
                    groups: Groups::Known(vec![asking.clone()]),
                    conf: BTreeMap::new(),
                },
                ..carol()
            };
            let names = matching(&format!(r#"{{"name": "a", {fields}, "deny": "x"}}"#), &request).unwrap();
            let expected = if (listed == asking) != negated { "a" } else { "otherwise" };
            prop_assert_eq!(names, [expected]);
        }
    }
}
