use super::*;
use crate::route::{Caller, Explanation, Groups, Location, explain};
use crate::rules::read;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Rules as each test needs them; every outcome is a deny unless it says otherwise.
fn rules(rules: &str) -> Rules {
    let text = format!(r#"{{"version": 1, "rules": [{rules}], "otherwise": "base"}}"#);
    read(text.as_bytes(), "rules.json").unwrap()
}

fn request(user: &str, groups: Groups, location: &str) -> Request {
    Request {
        caller: Caller {
            user: user.to_owned(),
            principal: None,
            real_user: None,
            groups,
            conf: BTreeMap::from([("t".to_owned(), "acme".to_owned())]),
        },
        location: if location.is_empty() {
            Location::Unknown
        } else {
            Location::parse(location).unwrap()
        },
    }
}

fn known(groups: &[&str]) -> Groups {
    Groups::Known(groups.iter().map(ToString::to_string).collect())
}

fn candidates(rules: &Rules, request: &Request) -> Vec<String> {
    match route(rules, request).unwrap() {
        Routing::NeedGroups => vec!["?".to_owned()],
        Routing::Decided(decision) => decision.rule_names().map(str::to_owned).collect(),
    }
}

#[test]
fn the_first_rule_that_matches_wins() {
    let rules = rules(
        r#"{"name": "u", "users": ["ann", "bob"], "deny": "x"},
           {"name": "g", "groups": ["g1", "g2"], "deny": "x"},
           {"name": "c", "conf": {"t": ["acme"]}, "users": ["eve"], "deny": "x"},
           {"name": "d", "conf": {"t": ["zenith"]}, "deny": "x"},
           {"name": "all", "deny": "x"},
           {"name": "never", "deny": "x"}"#,
    );
    let cases = [
        ("bob", known(&["g1"]), "u"),
        ("carol", known(&["g0", "g2"]), "g"),
        ("eve", known(&[]), "c"),
        ("Ann", known(&["G1"]), "all"),
    ];
    for (user, groups, expected) in cases {
        assert_eq!(
            candidates(&rules, &request(user, groups, "s3://b")),
            [expected]
        );
    }
}

#[test]
fn without_a_match_it_is_otherwise() {
    let rules = rules(r#"{"name": "a", "users": ["ann"], "prefixes": ["s3://b/"], "deny": "x"}"#);
    for (user, location) in [("ann", "s3://c/"), ("bob", "s3://b/")] {
        assert_eq!(
            candidates(&rules, &request(user, known(&[]), location)),
            ["otherwise"]
        );
    }
    assert_eq!(
        candidates(&rules, &request("ann", known(&[]), "s3a://b/x")),
        ["a"]
    );
}

#[test]
fn groups_are_asked_for_only_where_they_decide() {
    let rules = rules(
        r#"{"name": "a", "users": ["ann"], "deny": "x"},
           {"name": "b", "groups": ["g"], "prefixes": ["s3://b/"], "deny": "x"},
           {"name": "c", "prefixes": ["s3://c/"], "deny": "x"},
           {"name": "d", "groups": ["g"], "deny": "x"}"#,
    );
    let ask = |user, location| candidates(&rules, &request(user, Groups::NotAsked, location));
    assert_eq!(ask("ann", "s3://b"), ["a"]);
    assert_eq!(ask("bob", "s3://c"), ["c"]);
    assert_eq!(ask("bob", "s3://b"), ["?"]);
    assert_eq!(ask("bob", "s3://e"), ["?"]);
}

#[test]
fn unknown_groups_are_never_no_match() {
    let rules = rules(
        r#"{"name": "a", "users": ["ann"], "deny": "x"},
           {"name": "interns", "groups": ["interns"], "deny": "x"}"#,
    );
    let unknown = || Groups::Unknown {
        why: "LDAP is down\n".to_owned(),
    };
    assert_eq!(
        candidates(&rules, &request("ann", unknown(), "s3://b")),
        ["a"]
    );
    let error = route(&rules, &request("bob", unknown(), "s3://b")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "RC204: caller `bob`, location s3://b/: rule `interns` depends on the caller's groups, and they are unknown: `LDAP is down\\u{a}`; mend the host's group mapping (hadoop.security.group.mapping)"
    );
}

#[test]
fn what_can_not_be_seen_is_remembered() {
    let rules = rules(
        r#"{"name": "team", "prefixes": ["s3://b/team"], "deny": "x"},
           {"name": "ann", "prefixes": ["s3://b/home"], "users": ["ann"], "deny": "x"},
           {"name": "bucket", "prefixes": ["s3://b"], "deny": "x"},
           {"name": "other", "prefixes": ["s3://c"], "deny": "x"}"#,
    );
    let ask = |user, location| candidates(&rules, &request(user, known(&[]), location));
    assert_eq!(ask("ann", "s3://b"), ["team", "ann", "bucket"]);
    assert_eq!(ask("bob", "s3://b/"), ["team", "bucket"]);
    assert_eq!(ask("bob", "s3://b/team/x"), ["team"]);
    assert_eq!(ask("bob", "s3://b/team2"), ["bucket"]);
    assert_eq!(ask("bob", "s3://c"), ["other"]);
    assert_eq!(ask("bob", ""), ["team", "bucket", "other", "otherwise"]);
}

#[test]
fn a_prefix_that_can_not_be_filled_troubles_its_own_bucket_alone() {
    let rules = rules(
        r#"{"name": "mine", "prefixes": ["s3://b/${conf:absent}", "s3://b/shared"], "deny": "x"},
           {"name": "home", "prefixes": ["s3://h/${user}/"], "deny": "x"},
           {"name": "tenant", "prefixes": ["s3://${conf:t}/${bucket}"], "deny": "x"}"#,
    );
    let ask = |user, location| {
        route(&rules, &request(user, known(&[]), location)).map_err(|error| error.code())
    };
    assert_eq!(ask("u", "s3://b").unwrap_err(), Code::ConfKeyUnset);
    assert_eq!(ask("u", "s3://b/x").unwrap_err(), Code::ConfKeyUnset);
    assert!(ask("u", "s3://b/shared/x").is_ok());
    assert_eq!(ask("../x", "s3://h").unwrap_err(), Code::TemplateValueUnfit);
    assert_eq!(ask("*", "s3://h").unwrap_err(), Code::TemplateValueUnfit);
    assert_eq!(
        candidates(&rules, &request("u", known(&[]), "s3://h/u/x")),
        ["home"]
    );
    assert_eq!(
        candidates(&rules, &request("u", known(&[]), "s3://acme/acme/x")),
        ["tenant"]
    );
    assert_eq!(
        candidates(&rules, &request("u", known(&[]), "s3://zenith/acme/x")),
        ["otherwise"]
    );
}

#[test]
fn the_first_path_stands_for_its_bucket_unless_some_of_it_is_denied() {
    let open = rules(
        r#"{"name": "x", "prefixes": ["s3://b/x"], "role": "arn:aws:iam::111122223333:role/x"},
           {"name": "y", "prefixes": ["s3://b/y"], "role": "arn:aws:iam::111122223333:role/y"}"#,
    );
    let names = |rules: &Rules, location: &str| match route_first_path(
        rules,
        &request("u", known(&[]), location),
    ) {
        Ok(Routing::Decided(decision)) => {
            Ok(decision.rule_names().map(str::to_owned).collect::<Vec<_>>())
        }
        Ok(Routing::NeedGroups) => Ok(vec!["?".to_owned()]),
        Err(error) => Err(error),
    };
    assert_eq!(names(&open, "s3://b/y/1"), Ok(vec!["y".to_owned()]));
    assert_eq!(names(&open, "s3://b/z"), Ok(vec!["otherwise".to_owned()]));

    let denied = rules(
        r#"{"name": "x", "prefixes": ["s3://b/x"], "role": "arn:aws:iam::111122223333:role/x"},
           {"name": "secret", "prefixes": ["s3://b/secret"], "deny": "no"},
           {"name": "shut", "prefixes": ["s3://c"], "deny": "no"}"#,
    );
    assert_eq!(
        names(&denied, "s3://b/x/1").unwrap_err().to_string(),
        "RC203: caller `u`, location s3://b/x/1: rolecall.location=first-path can't be used here, because rule `secret` denies paths of this bucket that the first path's role would reach; take the setting out, and put what is denied into a bucket of its own"
    );
    // Where all of the bucket is denied, nothing is reached that way.
    assert_eq!(names(&denied, "s3://c/1"), Ok(vec!["shut".to_owned()]));

    let by_default = r#"{"version": 1, "rules": [{"name": "x", "prefixes": ["s3://b/x"], "use": "base"}], "otherwise": "deny"}"#;
    let by_default = read(by_default.as_bytes(), "rules.json").unwrap();
    assert!(
        names(&by_default, "s3://b/x/1")
            .unwrap_err()
            .message()
            .contains("`otherwise` denies")
    );
}

#[test]
fn the_first_path_asks_for_groups_that_decide_elsewhere_in_the_bucket() {
    let rules = rules(r#"{"name": "x", "prefixes": ["s3://b/x"], "groups": ["g"], "deny": "x"}"#);
    assert!(matches!(
        route_first_path(&rules, &request("u", Groups::NotAsked, "s3://b/y")),
        Ok(Routing::NeedGroups)
    ));
}

#[test]
fn reasons_name_what_failed_and_what_held() {
    let rules = rules(
        r#"{"name": "admins", "users": ["ann"], "deny": "x"},
           {"name": "tenants", "conf": {"t": ["zenith"]}, "deny": "x"},
           {"name": "lake", "prefixes": ["s3://lake/"], "deny": "x"},
           {"name": "some", "prefixes": ["s3://b/some"], "users": ["bob"], "deny": "x"},
           {"name": "eng", "groups": ["eng", "ops"], "prefixes": ["s3://b/"], "deny": "x"}"#,
    );
    let explanation = explain(&rules, &request("bob", known(&["ops"]), "s3://b"));
    assert_eq!(
        explanation.to_string(),
        "  admins   no       users: `bob` is not one of `ann`\n\
         \x20 tenants  no       conf.t: rolecall.conf.t is not one of `zenith`\n\
         \x20 lake     no       prefixes: s3://b/ is not below `s3://lake/`\n\
         \x20 some     unknown  prefixes: some paths of s3://b/ may be below `s3://b/some`\n\
         \x20 eng      yes      prefixes: s3://b/ is below `s3://b/`; groups: `bob` is in `ops`\n"
    );
    let Explanation {
        walk, candidates, ..
    } = explanation;
    assert_eq!(candidates, ["some", "eng"]);
    assert_eq!(
        serde_json::to_value(&walk[3]).unwrap(),
        serde_json::json!({"rule": "some", "matches": "unknown", "conditions": [
            {"condition": "users", "holds": "yes", "reason": "`bob` is one of `bob`"},
            {"condition": "prefixes", "holds": "unknown", "reason": "some paths of s3://b/ may be below `s3://b/some`"}
        ]})
    );
}

#[test]
fn a_walk_that_fails_is_told_up_to_there() {
    let rules = rules(
        r#"{"name": "some", "prefixes": ["s3://b/some"], "deny": "x"},
           {"name": "no", "users": ["ann"], "deny": "x"},
           {"name": "eng", "users": ["bob"], "groups": ["eng"], "deny": "x"},
           {"name": "never", "deny": "x"}"#,
    );
    let unknown = Groups::Unknown { why: String::new() };
    for groups in [unknown, Groups::NotAsked] {
        let explanation = explain(&rules, &request("bob", groups, "s3://b"));
        let walked: Vec<_> = explanation.walk.iter().map(|step| &step.rule).collect();
        assert_eq!(walked, ["some", "no"]);
        assert!(explanation.candidates.is_empty());
    }
}

#[test]
fn a_caller_without_a_name_is_nobody() {
    let rules = rules("");
    let error = route(&rules, &request("", known(&["g"]), "s3://b")).unwrap_err();
    assert_eq!(error.code(), Code::CallerUnknown);
}

#[test]
fn what_the_job_sets_is_in_no_text() {
    let rules = rules(r#"{"name": "a", "conf": {"t": ["x"]}, "deny": "x"}"#);
    let mut request = request("u", known(&[]), "s3://b");
    request
        .caller
        .conf
        .insert("t".to_owned(), "hush".to_owned());
    let Routing::Decided(decision) = route(&rules, &request).unwrap() else {
        panic!("the groups are known");
    };
    let explanation = explain(&rules, &request);
    let told = format!("{request:?} {decision:?} {explanation} {explanation:?}");
    assert!(!told.contains("hush"), "{told}");
}

proptest! {
    /// What is decided without the key is what is decided with it, whatever the key is.
    #[test]
    fn a_key_never_contradicts_what_was_decided_without_it(
        prefixes in proptest::collection::vec("s3://b/(a|b|ab|a/b)?[*/]?", 1..5),
        key in "(a|b|ab|/){1,4}",
    ) {
        let listed: Vec<String> = prefixes
            .iter()
            .enumerate()
            .map(|(index, prefix)| format!(r#"{{"name": "r{index}", "prefixes": ["{prefix}"], "use": "base"}}"#))
            .collect();
        let rules = rules(&listed.join(","));
        let without = candidates(&rules, &request("u", known(&[]), "s3://b"));
        let with = candidates(&rules, &request("u", known(&[]), &format!("s3://b/{key}")));
        prop_assert_eq!(with.len(), 1);
        prop_assert!(without.contains(&with[0]), "{without:?} {with:?}");
    }
}
