//! Callers of one short name, and callers whose groups nobody knows.

use super::*;

const BY_NAME: &str = r#"{
    "version": 1,
    "base": {"source": "environment"},
    "rules": [
        {"name": "scheduled", "users": ["NAME"], "realUsers": ["oozie"],
         "role": "arn:aws:iam::111122223333:role/scheduled"},
        {"name": "gateway", "principals": ["NAME/gateway@EXAMPLE.COM"],
         "role": "arn:aws:iam::111122223333:role/gateway"},
        {"name": "direct", "users": ["NAME"], "not": {"realUsers": ["livy"]},
         "role": "arn:aws:iam::111122223333:role/direct"}
    ],
    "otherwise": "deny"
}"#;

#[test]
fn callers_of_one_short_name_are_told_apart_by_their_other_names() {
    let world = world(numbered());
    let rules = BY_NAME.replace("NAME", "namesake1");
    let full = "namesake1/gateway@EXAMPLE.COM";
    let cases = [
        ("namesake1", None, "direct"),
        (full, None, "gateway"),
        (full, Some("oozie"), "scheduled"),
        ("namesake1", Some("oozie"), "scheduled"),
        ("namesake1", Some("hue"), "direct"),
        ("namesake1", Some("livy"), "otherwise"),
    ];
    for (principal, real_user, rule) in cases {
        let opened = world.engine.open(Opening {
            principal: Some(principal.to_owned()),
            real_user: real_user.map(str::to_owned),
            ..world.opening("namesake1", "s3://lake/", &[("rolecall.rules", &rules)])
        });
        let reply = answer(&opened, &NOTHING_HELD);
        let granted = matches!(reply, Reply::Credentials { .. });
        assert_eq!(
            granted,
            rule != "otherwise",
            "{principal} {real_user:?}: {reply:?}"
        );
        // Each has a line of its own, whatever was told of its namesakes.
        let name = Who {
            user: "namesake1".to_owned(),
            principal: Some(principal.to_owned()),
            real_user: real_user.map(str::to_owned),
        };
        let told = log::lines("rolecall::decision", &format!("caller {name}, "));
        assert_eq!(told.len(), 1, "{told:?}");
        let said = if granted {
            format!("rule {rule}")
        } else {
            "RC202".to_owned()
        };
        assert!(told[0].contains(&said), "no {said:?} in {told:?}");
    }
    // One STS call a session: the session's name is the user's, so two of the four share one.
    assert_eq!(world.calls(), 3);
}

#[test]
fn what_is_wrong_names_who_asks_in_the_callers_name() {
    let world = world(numbered());
    let opened = world.engine.open(Opening {
        real_user: Some("livy".to_owned()),
        ..world.opening("carol", "s3://lake/", &[])
    });
    match answer(&opened, &NOTHING_HELD) {
        Reply::Failed(error) => {
            let named = "caller carol (real user livy), location s3://lake/";
            assert!(error.message().contains(named), "{error}");
        }
        other => panic!("{other:?}"),
    }
}

const BY_GROUPS: [(&str, &str); 3] = [
    (
        "denied to a group",
        r#"{"name": "leavers", "groups": ["leavers"], "deny": "gone"},"#,
    ),
    (
        "denied outside a group",
        r#"{"name": "strangers", "not": {"groups": ["staff"]}, "deny": "not staff"},"#,
    ),
    (
        "denied to groups by pattern",
        r#"{"name": "leavers", "groupsMatching": ["leav.*"], "deny": "gone"},"#,
    ),
];

#[test]
fn groups_that_nobody_knows_are_never_no_groups() {
    let world = world(numbered());
    for (what, deny) in BY_GROUPS {
        let rules = format!(
            r#"{{"version": 1, "base": {{"source": "environment"}}, "otherwise": "deny", "rules": [{deny}
                {{"name": "all", "role": "arn:aws:iam::111122223333:role/all"}}]}}"#
        );
        let unknown = Groups::Unknown {
            why: "the group mapping has not answered within 120 s".to_owned(),
        };
        for groups in [unknown, known(&[])] {
            let opened = world.open("lost1", "s3://lake/", &rules);
            assert!(
                matches!(answer(&opened, &NOTHING_HELD), Reply::NeedGroups),
                "{what}"
            );
            let error = refusal(answer(
                &opened,
                &Ask {
                    groups: Some(groups.clone()),
                    ..NOTHING_HELD
                },
            ));
            assert_eq!(
                error.code(),
                Code::GroupsUnknown,
                "{what}, {groups:?}: {error}"
            );
        }
        // Known groups decide, and so does an empty answer where it is known to mean none.
        let opened = world.open("known1", "s3://lake/", &rules);
        let reply = answer_in(&opened, &["staff"], &NOTHING_HELD);
        assert!(
            matches!(reply, Reply::Credentials { .. }),
            "{what}: {reply:?}"
        );
        let lifted = [
            ("rolecall.rules", rules.as_str()),
            ("rolecall.groups.empty", "none"),
        ];
        let opened = world.open_with("known1", "s3://lake/", &lifted);
        match answer_in(&opened, &[], &NOTHING_HELD) {
            Reply::Refused(error) => {
                assert_eq!(what, "denied outside a group");
                assert_eq!(error.code(), Code::DeniedByRule, "{error}");
            }
            reply => {
                assert_ne!(what, "denied outside a group");
                assert!(
                    matches!(reply, Reply::Credentials { .. }),
                    "{what}: {reply:?}"
                );
            }
        }
    }
    assert_eq!(world.calls(), 1);
}

#[test]
fn a_rule_before_the_one_that_needs_groups_needs_none() {
    let world = world(numbered());
    let rules = r#"{"version": 1, "base": {"source": "environment"}, "otherwise": "deny", "rules": [
        {"name": "service", "users": ["lost2"], "role": "arn:aws:iam::111122223333:role/service"},
        {"name": "strangers", "not": {"groups": ["staff"]}, "deny": "not staff"}]}"#;
    let opened = world.open("lost2", "s3://lake/", rules);
    let reply = answer(&opened, &NOTHING_HELD);
    assert!(matches!(reply, Reply::Credentials { .. }), "{reply:?}");
}
