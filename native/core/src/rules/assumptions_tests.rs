//! What the rules may ask of STS, compared with what requests really come to.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::route::{Caller, Groups, Location, Request, Routing, route};
use crate::rules::read;
use crate::session::{Defaults, Plan, Session, plan};

fn rules(rules: &str) -> Rules {
    let text = format!(
        r#"{{"version": 1, "session": {{"externalId": "id-${{user}}"}}, "rules": [{rules}], "otherwise": "base"}}"#
    );
    read(text.as_bytes(), "rules.json").unwrap()
}

fn shown(rules: &Rules) -> Vec<String> {
    rules
        .assumptions()
        .asked
        .iter()
        .map(|found| {
            let id = found.external_id.as_ref().unwrap();
            format!("{} {} {id}", found.rule, found.role)
        })
        .collect()
}

#[test]
fn values_that_conditions_list_are_written_out() {
    let rules = rules(
        r#"{"name": "a", "users": ["carol", "dave", "carol"], "conf": {"t": ["x", "y"]},
            "role": "arn:aws:iam::111122223333:role/${conf:t}/${bucket}"},
           {"name": "b", "use": "base"},
           {"name": "c", "prefixes": ["s3://one/x", "s3://two/"], "usersMatching": ["[a-z]+"],
            "role": "arn:aws:iam::111122223333:role/of-${bucket}"}"#,
    );
    let of = "arn:aws:iam::111122223333:role";
    assert_eq!(
        shown(&rules),
        [
            format!("a {of}/x/${{bucket}} id-carol"),
            format!("a {of}/x/${{bucket}} id-dave"),
            format!("a {of}/y/${{bucket}} id-carol"),
            format!("a {of}/y/${{bucket}} id-dave"),
            format!("c {of}/of-one id-${{user}}"),
            format!("c {of}/of-two id-${{user}}"),
        ]
    );
    assert_eq!(rules.using_base(), ["b", "otherwise"]);
    let first = &rules.assumptions().asked[0];
    assert_eq!(
        first.role.pieces(),
        [
            Piece::Known(format!("{of}/x/")),
            Piece::Open("${bucket}".to_owned())
        ]
    );
    assert!(!first.role.is_known() && first.external_id.as_ref().unwrap().is_known());
}

#[test]
fn a_value_that_can_never_be_filled_in_asks_for_nothing() {
    let rules = rules(
        r#"{"name": "a", "users": ["a/b", "*", "carol"],
            "role": "arn:aws:iam::111122223333:role/u-${user}"}"#,
    );
    assert_eq!(
        shown(&rules),
        ["a arn:aws:iam::111122223333:role/u-carol id-carol"]
    );
}

fn unfit(rules: &Rules) -> Vec<String> {
    let unfit = rules.assumptions().unfit;
    unfit.iter().map(ToString::to_string).collect()
}

#[test]
fn values_that_can_never_be_filled_in_are_told_once() {
    let rules = rules(
        r#"{"name": "role", "users": ["a/b", "carol"], "conf": {"t": ["x", "y"]},
            "role": "arn:aws:iam::111122223333:role/u-${user}-${conf:t}"},
           {"name": "tag", "users": ["carol", "*"], "role": "arn:aws:iam::111122223333:role/r",
            "session": {"externalId": "id", "tags": {"who": "${user}"}}},
           {"name": "short", "users": ["a", "b", "cd"], "role": "arn:aws:iam::111122223333:role/r",
            "session": {"externalId": "id", "sourceIdentity": "${user}"}}"#,
    );
    assert_eq!(
        unfit(&rules),
        [
            "rule `role`, field `role`: with `a/b` for `${user}`, it holds at character 2 what may not stand in a role's name: only letters, digits and _+=,.@- may; such a caller is refused (RC206)",
            "rule `tag`, field `session.tags.who`: with `*` for `${user}`, it holds at character 1 what may not stand in a tag's value: only letters, digits, spaces and _.:/=+-@ may; such a caller is refused (RC206)",
            "rule `short`, field `session.sourceIdentity`: with `a` for `${user}`, it has the length 1; a source identity has 2 to 64 characters; such a caller is refused (RC206)",
            "rule `short`, field `session.sourceIdentity`: with `b` for `${user}`, it has the length 1; a source identity has 2 to 64 characters; such a caller is refused (RC206)",
        ]
    );
    assert_eq!(shown(&rules).len(), 4);
}

#[test]
fn values_that_are_too_long_together_are_all_told() {
    let long = "t".repeat(40);
    let rules = rules(&format!(
        r#"{{"name": "a", "users": ["{long}"], "conf": {{"t": ["{long}", "x"]}},
             "role": "arn:aws:iam::111122223333:role/${{user}}-${{conf:t}}"}}"#
    ));
    let [told] = &unfit(&rules)[..] else {
        panic!("{:?}", unfit(&rules));
    };
    let values =
        format!("field `role`: with `{long}` for `${{user}}` and `{long}` for `${{conf:t}}`, it ");
    assert!(told.contains(&values), "{told}");
    assert_eq!(shown(&rules).len(), 1);
}

#[test]
fn a_name_with_room_for_one_character_stays_open() {
    let name = "r".repeat(63);
    let rules = rules(&format!(
        r#"{{"name": "a", "role": "arn:aws:iam::111122223333:role/{name}${{user}}"}}"#
    ));
    assert_eq!(
        shown(&rules),
        [format!(
            "a arn:aws:iam::111122223333:role/{name}${{user}} id-${{user}}"
        )]
    );
    assert!(unfit(&rules).is_empty());
}

#[test]
fn too_many_combinations_stay_open() {
    let many = |letter: &str| {
        let all: Vec<String> = (0..20).map(|n| format!("\"{letter}{n}\"")).collect();
        all.join(", ")
    };
    let rules = rules(&format!(
        r#"{{"name": "a", "users": [{}], "conf": {{"t": [{}]}},
             "role": "arn:aws:iam::111122223333:role/${{conf:t}}"}}"#,
        many("u"),
        many("t")
    ));
    let found = rules.assumptions().asked;
    assert_eq!(found.len(), 20);
    assert!(found.iter().all(|found| found.role.is_known()
        && found.external_id.as_ref().unwrap().to_string() == "id-${user}"));
}

/// Whether a text is one that a partial text stands for.
fn covers(pieces: &[Piece], text: &str) -> bool {
    match pieces {
        [] => text.is_empty(),
        [Piece::Known(known), rest @ ..] => text
            .strip_prefix(known.as_str())
            .is_some_and(|text| covers(rest, text)),
        [Piece::Open(_), rest @ ..] => text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .any(|at| text.get(at..).is_some_and(|text| covers(rest, text))),
    }
}

fn is_of(assumption: &Assumption, session: &Session) -> bool {
    let same = |partial: Option<&Partial>, text: Option<&str>| match (partial, text) {
        (Some(partial), Some(text)) => covers(partial.pieces(), text),
        (None, None) => true,
        _ => false,
    };
    same(Some(&assumption.role), Some(session.role.as_str()))
        && same(
            assumption.external_id.as_ref(),
            session.external_id.as_ref().map(|id| id.as_str()),
        )
        && same(
            assumption.source_identity.as_ref(),
            session.source_identity.as_ref().map(|it| it.as_str()),
        )
        && assumption.tags.keys().eq(session.tags.keys())
        && assumption
            .tags
            .values()
            .zip(session.tags.values())
            .all(|(partial, text)| covers(partial.pieces(), text))
        && assumption.transitive_tag_keys == session.transitive_tag_keys
        && assumption
            .base
            .as_ref()
            .is_none_or(|base| *base == session.base)
}

const VARIABLES: [&str; 4] = ["${user}", "${bucket}", "${conf:t}", "x"];

proptest! {
    /// Whoever writes policies by the assumptions allows every session that is ever asked for.
    #[test]
    fn every_session_is_among_the_assumptions(
        picked in (0..4_usize, 0..4_usize, 0..4_usize, 0..4_usize),
        (by_users, by_conf, by_prefixes) in any::<(bool, bool, bool)>(),
        user in "ann|bob|eve|a/b",
        tenant in proptest::option::of("acme|zenith|other"),
        bucket in "one|two|three",
    ) {
        let mut rule = String::from(r#"{"name": "a", "#);
        if by_users {
            rule += r#""users": ["ann", "bob", "a/b"], "#;
        }
        if by_conf {
            rule += r#""conf": {"t": ["acme", "zenith"]}, "#;
        }
        if by_prefixes {
            rule += r#""prefixes": ["s3://one/", "s3://two/"], "#;
        }
        let (role, id, identity, tag) = picked;
        rule += &format!(
            r#""role": "arn:aws:iam::111122223333:role/r-{}", "session": {{"externalId": "id-{}",
                "sourceIdentity": "me-{}", "tags": {{"k": "{}"}}, "transitiveTagKeys": ["k"]}}}}"#,
            VARIABLES[role], VARIABLES[id], VARIABLES[identity], VARIABLES[tag],
        );
        let rules = format!(r#"{{"version": 1, "rules": [{rule}], "otherwise": "deny"}}"#);
        let rules = read(rules.as_bytes(), "rules.json").unwrap();
        let request = Request {
            caller: Caller {
                user,
                principal: None,
                real_user: None,
                groups: Groups::Known(vec![]),
                conf: tenant.map(|tenant| ("t".to_owned(), tenant)).into_iter().collect::<BTreeMap<_, _>>(),
            },
            location: Location::parse(&format!("s3://{bucket}/")).unwrap(),
        };
        let Ok(Routing::Decided(decision)) = route(&rules, &request) else {
            return Ok(());
        };
        if let Ok(planned) = plan(&rules, &decision, &request, &Defaults::default())
            && let Plan::Assume(session) = planned.plan
        {
            prop_assert!(
                rules.assumptions().asked.iter().any(|assumption| is_of(assumption, &session)),
                "{session:?} is not among {:?}", rules.assumptions()
            );
        }
    }
}
