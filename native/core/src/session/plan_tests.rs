use super::*;
use crate::route::{Caller, Groups, Location, Routing, route};
use crate::rules::read;
use std::collections::{BTreeMap, BTreeSet};

const ROLE: &str = "arn:aws:iam::111122223333:role";

struct Case<'a> {
    top: &'a str,
    rules: &'a str,
    otherwise: &'a str,
    user: &'a str,
    location: &'a str,
    defaults: Defaults,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            top: "",
            rules: "",
            otherwise: "deny",
            user: "carol",
            location: "s3://b/",
            defaults: Defaults::default(),
        }
    }
}

impl Case<'_> {
    fn plan(&self) -> Result<Planned, Error> {
        let Self {
            top,
            rules,
            otherwise,
            ..
        } = self;
        let text =
            format!(r#"{{"version": 1, {top} "rules": [{rules}], "otherwise": "{otherwise}"}}"#);
        let rules = read(text.as_bytes(), "rules.json").unwrap();
        let request = Request {
            caller: Caller {
                user: self.user.to_owned(),
                principal: None,
                real_user: None,
                groups: Groups::Known(vec![]),
                conf: BTreeMap::from([("t".to_owned(), "acme".to_owned())]),
            },
            location: if self.location.is_empty() {
                Location::Unknown
            } else {
                Location::parse(self.location).unwrap()
            },
        };
        let Routing::Decided(decision) = route(&rules, &request).unwrap() else {
            panic!("the groups are known");
        };
        plan(&rules, &decision, &request, &self.defaults)
    }

    fn session(&self) -> Session {
        match self.plan().unwrap().plan {
            Plan::Assume(session) => *session,
            other @ Plan::UseBase(_) => panic!("{other:?}"),
        }
    }

    fn refusal(&self) -> String {
        self.plan().unwrap_err().to_string()
    }
}

#[test]
fn what_nobody_says_has_a_default() {
    let rules = format!(r#"{{"name": "a", "role": "{ROLE}/r"}}"#);
    let case = Case {
        rules: &rules,
        ..Case::default()
    };
    assert_eq!(
        case.session(),
        Session {
            role: crate::rules::RoleArn::parse(&format!("{ROLE}/r")).unwrap(),
            name: crate::rules::SessionName::parse("carol").unwrap(),
            duration: Duration::from_secs(3600),
            external_id: None,
            source_identity: None,
            tags: BTreeMap::new(),
            transitive_tag_keys: BTreeSet::new(),
            policy: None,
            policy_arns: BTreeSet::new(),
            sts_endpoint: None,
            region: None,
            base: BaseSource::DefaultChain,
        }
    );
    assert_eq!(case.plan().unwrap().rule, "a");
}

#[test]
fn the_rule_goes_before_the_file_and_the_file_before_the_settings() {
    let rules = format!(
        r#"{{"name": "open", "users": ["carol"], "role": "{ROLE}/r"}},
           {{"name": "own", "role": "{ROLE}/r-${{conf:t}}", "base": {{"source": "environment"}},
             "session": {{"name": "${{bucket}}", "durationSeconds": 900, "region": "eu-west-1",
                          "stsEndpoint": "https://own", "externalId": "id/${{user}}"}}}}"#
    );
    let settings = Defaults {
        duration: Some(Duration::from_secs(1200)),
        sts_endpoint: Some("https://settings".to_owned()),
        region: Some("us-east-1".to_owned()),
        base: Some(BaseSource::InstanceProfile),
    };
    let case = |top, user| Case {
        top,
        rules: &rules,
        user,
        defaults: settings.clone(),
        ..Case::default()
    };
    let open = case("", "carol").session();
    assert_eq!(open.duration, Duration::from_secs(1200));
    assert_eq!(open.sts_endpoint.as_deref(), Some("https://settings"));
    assert_eq!(open.region.as_deref(), Some("us-east-1"));
    assert_eq!(open.base, BaseSource::InstanceProfile);

    let top = r#""base": {"source": "default-chain"}, "session": {"name": "x-${user}", "durationSeconds": 1500, "region": "eu-north-1"},"#;
    let of_the_file = case(top, "carol").session();
    assert_eq!(of_the_file.name.as_str(), "x-carol");
    assert_eq!(of_the_file.duration, Duration::from_secs(1500));
    assert_eq!(of_the_file.region.as_deref(), Some("eu-north-1"));
    assert_eq!(
        of_the_file.sts_endpoint.as_deref(),
        Some("https://settings")
    );
    assert_eq!(of_the_file.base, BaseSource::DefaultChain);

    let own = case(top, "dave").session();
    assert_eq!(own.role.as_str(), format!("{ROLE}/r-acme"));
    assert_eq!(own.name.as_str(), "b=");
    assert_eq!(own.duration, Duration::from_secs(900));
    assert_eq!(own.region.as_deref(), Some("eu-west-1"));
    assert_eq!(own.sts_endpoint.as_deref(), Some("https://own"));
    assert_eq!(
        own.external_id.as_ref().map(|id| id.as_str()),
        Some("id/dave")
    );
    assert_eq!(own.base, BaseSource::Environment);
}

#[test]
fn an_hour_is_the_most_where_the_base_is_a_session() {
    let rules =
        format!(r#"{{"name": "a", "role": "{ROLE}/r", "session": {{"durationSeconds": 7200}}}}"#);
    let by = |base| {
        Case {
            rules: &rules,
            defaults: Defaults {
                base: Some(base),
                ..Defaults::default()
            },
            ..Case::default()
        }
        .plan()
        .unwrap()
    };
    let chained = by(BaseSource::InstanceProfile);
    assert_eq!(chained.shortened_from, Some(Duration::from_secs(7200)));
    assert!(
        matches!(chained.plan, Plan::Assume(session) if session.duration == Duration::from_secs(3600))
    );
    let unknown = by(BaseSource::DefaultChain);
    assert_eq!(unknown.shortened_from, None);
    assert!(
        matches!(unknown.plan, Plan::Assume(session) if session.duration == Duration::from_secs(7200))
    );
}

#[test]
fn the_base_is_used_as_it_is_where_the_rules_say_so() {
    let base_of = |top, defaults| {
        Case {
            top,
            rules: r#"{"name": "scratch", "prefixes": ["s3://b/"], "use": "base"}"#,
            defaults,
            ..Case::default()
        }
        .plan()
        .unwrap()
    };
    let settings = Defaults {
        base: Some(BaseSource::Environment),
        ..Defaults::default()
    };
    let none = base_of("", Defaults::default());
    assert_eq!(none.plan, Plan::UseBase(BaseSource::DefaultChain));
    assert_eq!(none.rule, "scratch");
    assert_eq!(
        base_of("", settings.clone()).plan,
        Plan::UseBase(BaseSource::Environment)
    );
    assert_eq!(
        base_of(r#""base": {"source": "instance-profile"},"#, settings).plan,
        Plan::UseBase(BaseSource::InstanceProfile)
    );
}

#[test]
fn a_deny_is_told_with_its_message() {
    let case = Case {
        rules: r#"{"name": "contractors", "deny": "ask\ndata-platform"}"#,
        ..Case::default()
    };
    assert_eq!(
        case.refusal(),
        "RC201: caller `carol`, location s3://b/: rule `contractors` denies it: ask data-platform"
    );
    assert_eq!(
        Case::default().refusal(),
        "RC202: caller `carol`, location s3://b/: no rule matches, and `otherwise` denies the rest; add a rule for this caller and location if it should be allowed"
    );
}

#[test]
fn outcomes_that_come_to_the_same_are_one_answer() {
    let rules = format!(
        r#"{{"name": "x", "prefixes": ["s3://b/x"], "role": "{ROLE}/r"}},
           {{"name": "y", "prefixes": ["s3://b/y"], "role": "{ROLE}/${{conf:t}}"}},
           {{"name": "rest", "prefixes": ["s3://b/"], "role": "{ROLE}/r", "session": {{"name": "${{user}}"}}}}"#
    );
    let same = rules.replace("${conf:t}", "r");
    let planned = Case {
        rules: &same,
        ..Case::default()
    }
    .plan()
    .unwrap();
    assert_eq!(planned.rule, "x or y or rest");
    assert!(
        matches!(planned.plan, Plan::Assume(session) if session.role.as_str() == format!("{ROLE}/r"))
    );

    let case = Case {
        rules: &rules,
        ..Case::default()
    };
    assert_eq!(
        case.refusal(),
        "RC203: caller `carol`, location s3://b/: what holds depends on the path, which is not known here: it may be rule `x` or rule `y` or rule `rest`, and they lead to different sessions; give each of these paths a bucket of its own, or the whole bucket one role with a session policy, or set rolecall.location=first-path, which is unsafe where paths of one bucket need different roles"
    );
    let with_key = Case {
        rules: &rules,
        location: "s3://b/y/1",
        ..Case::default()
    };
    assert_eq!(with_key.session().role.as_str(), format!("{ROLE}/acme"));
}

#[test]
fn a_deny_or_the_base_among_them_is_ambiguous_too() {
    let role = format!(r#"{{"name": "x", "prefixes": ["s3://b/x"], "role": "{ROLE}/r"}}"#);
    let deny = r#"{"name": "no", "prefixes": ["s3://b/x"], "deny": "no"}"#;
    for (rules, otherwise) in [
        (role.as_str(), "deny"),
        (role.as_str(), "base"),
        (deny, "base"),
        (&format!("{deny}, {role}"), "deny"),
    ] {
        let case = Case {
            rules,
            otherwise,
            ..Case::default()
        };
        assert_eq!(
            case.plan().unwrap_err().code(),
            Code::LocationAmbiguous,
            "{rules}"
        );
        // Without any URI every prefix is open.
        let nowhere = Case {
            location: "",
            ..case
        };
        assert_eq!(
            nowhere.plan().unwrap_err().code(),
            Code::LocationAmbiguous,
            "{rules}"
        );
    }
}

#[test]
fn denied_whatever_the_path_is_denied() {
    let case = Case {
        rules: r#"{"name": "no", "prefixes": ["s3://b/x"], "deny": "ask us"}"#,
        ..Case::default()
    };
    assert_eq!(case.plan().unwrap_err().code(), Code::DeniedByRule);
}

#[test]
fn a_template_that_can_not_be_filled_is_the_error() {
    let refusal = |role: &str, session: &str, user: &'static str, location: &'static str| {
        let rules = format!(
            r#"{{"name": "x", "prefixes": ["s3://b/x"], "role": "{ROLE}/{role}", "session": {{{session}}}}},
               {{"name": "y", "role": "{ROLE}/r"}}"#
        );
        Case {
            rules: &rules,
            user,
            location,
            ..Case::default()
        }
        .refusal()
    };
    let cases = [
        (
            refusal("r-${conf:absent}", "", "carol", "s3://b/"),
            "RC205: rule `x`, field `role`: `${conf:absent}` has no value, because the job does not set rolecall.conf.absent; set it in the job's configuration (caller `carol`, location s3://b/)",
        ),
        (
            refusal("r-${user}", "", "a:b", "s3://b/"),
            "RC206: rule `x`, field `role`: the value of `${user}` holds at character 2 what may not stand in a role's name: only letters, digits and _+=,.@- may (caller `a:b`, location s3://b/)",
        ),
        (
            refusal("r", r#""externalId": "${user}""#, "*", "s3://b/"),
            "RC206: rule `x`, field `session.externalId`: the value of `${user}` holds at character 1 what may not stand in an external ID: only letters, digits and _+=,.@:/- may (caller `*`, location s3://b/)",
        ),
        (
            refusal("r-${bucket}", "", "carol", ""),
            "RC206: rule `x`, field `role`: `${bucket}` has no value, because the provider was given no URI; open the file system by its URI or take ${bucket} out of the rule (caller `carol`, location unknown)",
        ),
    ];
    for (told, expected) in cases {
        assert_eq!(told, expected);
    }
}

#[test]
fn tags_identity_and_policies_are_those_of_the_rule_or_of_the_file_field_by_field() {
    let top = r#""session": {"sourceIdentity": "${user}", "tags": {"team": "all", "cost": "0"},
        "transitiveTagKeys": ["team"], "policy": {"Statement": ["${conf:t}"]},
        "policyArns": ["arn:aws:iam::aws:policy/b", "arn:aws:iam::aws:policy/a", "arn:aws:iam::aws:policy/b"]},"#;
    let rules = format!(
        r#"{{"name": "open", "users": ["carol"], "role": "{ROLE}/r"}},
           {{"name": "own", "role": "{ROLE}/r", "session": {{"tags": {{"team": "${{conf:t}}"}},
             "policyArns": []}}}}"#
    );
    let case = |user| Case {
        top,
        rules: &rules,
        user,
        ..Case::default()
    };
    let open = case("carol").session();
    assert_eq!(open.source_identity.as_ref().unwrap().as_str(), "carol");
    let text = str::to_owned;
    assert_eq!(
        open.tags,
        BTreeMap::from([(text("cost"), text("0")), (text("team"), text("all"))])
    );
    assert_eq!(open.transitive_tag_keys, BTreeSet::from([text("team")]));
    assert_eq!(
        open.policy.as_ref().unwrap().as_str(),
        r#"{"Statement":["acme"]}"#
    );
    let arns: Vec<_> = open.policy_arns.iter().map(|arn| arn.as_str()).collect();
    assert_eq!(
        arns,
        ["arn:aws:iam::aws:policy/a", "arn:aws:iam::aws:policy/b"]
    );

    let own = case("dave").session();
    assert_eq!(own.source_identity.as_ref().unwrap().as_str(), "dave");
    assert_eq!(own.tags, BTreeMap::from([(text("team"), text("acme"))]));
    assert_eq!(own.transitive_tag_keys, BTreeSet::from([text("team")]));
    assert!(own.policy.is_some());
    assert!(own.policy_arns.is_empty());
}

#[test]
fn what_can_not_be_filled_in_names_rule_and_field() {
    for (session, expected) in [
        (
            r#""sourceIdentity": "${user}""#,
            "RC206: rule `a`, field `session.sourceIdentity`: the value of `${user}` holds at character 2 what may not stand in a source identity: only letters, digits and _+=,.@- may",
        ),
        (
            r#""tags": {"owner": "${user}"}"#,
            "RC206: rule `a`, field `session.tags.owner`: the value of `${user}` holds at character 2 what may not stand in a tag's value: only letters, digits, spaces and _.:/=+-@ may",
        ),
        (
            r#""policy": {"Statement": "${user}"}"#,
            "RC206: rule `a`, field `session.policy`: the value of `${user}` holds at character 2 one of *, ?, $ and /, which are patterns, variables and ends of paths in a policy",
        ),
        (
            r#""tags": {"owner": "${conf:missing}"}"#,
            "RC205: rule `a`, field `session.tags.owner`: `${conf:missing}` has no value, because the job does not set rolecall.conf.missing; set it in the job's configuration",
        ),
    ] {
        let rules = format!(r#"{{"name": "a", "role": "{ROLE}/r", "session": {{{session}}}}}"#);
        let refusal = Case {
            rules: &rules,
            user: ".*",
            ..Case::default()
        }
        .refusal();
        assert!(refusal.starts_with(expected), "{refusal}");
    }
}

/// Users of all the names that have hurt somebody: each gets a session of the rule's own role, or
/// none; and no two the same name.
#[test]
fn no_user_reaches_what_another_user_has() {
    let long = "u".repeat(200);
    let users = [
        "*", ".*", "../x", "a:b", "${user}", "a b", "数据", "nul\0", "carol", "=2A", "..=2Fx",
        &long,
    ];
    let named = format!(r#"{{"name": "a", "role": "{ROLE}/r"}}"#);
    let filled = format!(
        r#"{{"name": "a", "role": "{ROLE}/r", "session": {{"sourceIdentity": "${{user}}",
           "externalId": "x/${{user}}", "tags": {{"owner": "${{user}}"}},
           "policy": {{"Statement": "home/${{user}}/*"}}}}}}"#
    );
    let mut names = BTreeSet::new();
    for user in users {
        let case = |rules| Case {
            rules,
            user,
            ..Case::default()
        };
        assert!(
            names.insert(case(&named).session().name.to_string()),
            "{user}"
        );
        let Ok(planned) = case(&filled).plan() else {
            assert_ne!(user, "carol");
            continue;
        };
        let Plan::Assume(session) = planned.plan else {
            panic!("the rule assumes a role");
        };
        assert_eq!(session.source_identity.unwrap().as_str(), user);
        assert_eq!(session.external_id.unwrap().as_str(), format!("x/{user}"));
        assert_eq!(session.tags["owner"], user);
        assert_eq!(
            session.policy.unwrap().as_str(),
            format!(r#"{{"Statement":"home/{user}/*"}}"#)
        );
    }
}
