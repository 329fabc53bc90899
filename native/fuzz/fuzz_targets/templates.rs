//! What is filled into templates: no value leads to another role, widens a prefix, breaks out of a
//! policy or takes another's session name.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use rolecall_core::route::{Caller, Groups, Location, Request, Routing, route};
use rolecall_core::rules::{self, Rules};
use rolecall_core::session::{Defaults, Plan, Session, plan};
use serde_json::Value;

/// A policy in which each string with a template in it has a path of its own.
const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::lake/${user}/*","arn:aws:s3:::lake/${conf:tenant}/x"]}]}"#;

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let text = format!(
        r#"{{"version": 1, "otherwise": "deny", "rules": [
            {{"name": "home", "prefixes": ["s3://home/${{user}}/"], "role": "arn:aws:iam::111122223333:role/home"}},
            {{"name": "team", "prefixes": ["s3://team/"], "groupsMatching": [".*"], "role": "arn:aws:iam::111122223333:role/team/x-${{group}}"}},
            {{"name": "lake", "prefixes": ["s3://lake/"], "role": "arn:aws:iam::111122223333:role/t-${{conf:tenant}}",
              "session": {{"externalId": "id-${{conf:tenant}}", "sourceIdentity": "${{user}}", "tags": {{"tenant": "${{conf:tenant}}"}}}}}},
            {{"name": "narrow", "prefixes": ["s3://narrow/"], "role": "arn:aws:iam::111122223333:role/narrow",
              "session": {{"name": "${{user}}-${{conf:tenant}}", "policy": {POLICY}}}}}
        ]}}"#
    );
    rules::read(text.as_bytes(), "rules.json").expect("good rules")
});

#[derive(Arbitrary, Debug, Clone)]
struct Filled {
    user: String,
    tenant: String,
    groups: Vec<String>,
    key: String,
}

fn asked(filled: &Filled, location: &str) -> Option<Session> {
    let request = Request {
        caller: Caller {
            user: filled.user.clone(),
            groups: Groups::Known(filled.groups.clone()),
            conf: BTreeMap::from([("tenant".to_owned(), filled.tenant.clone())]),
            principal: None,
            real_user: None,
        },
        location: Location::parse(location).ok()?,
    };
    let Routing::Decided(decision) = route(&RULES, &request).ok()? else {
        panic!("the groups are known");
    };
    match plan(&RULES, &decision, &request, &Defaults::default())
        .ok()?
        .plan
    {
        Plan::Assume(session) => Some(*session),
        Plan::UseBase(base) => panic!("no rule gives the base {base}"),
    }
}

fuzz_target!(|both: (Filled, Filled)| {
    let (one, other) = both;
    if asked(&one, &format!("s3://home/{}", one.key)).is_some() {
        let home = one.key.split('/').next().unwrap_or_default();
        assert_eq!(home, one.user, "the home of somebody else");
    }
    if let Some(session) = asked(&one, "s3://team/") {
        let role = session.role.as_str();
        let group = role.strip_prefix("arn:aws:iam::111122223333:role/team/x-");
        assert_eq!(group, one.groups.iter().min().map(String::as_str), "{role}");
        assert!(
            !role.ends_with('/') && role.matches('/').count() == 2,
            "{role}"
        );
    }
    if let Some(session) = asked(&one, "s3://lake/") {
        let tenant = session
            .role
            .as_str()
            .strip_prefix("arn:aws:iam::111122223333:role/t-");
        assert_eq!(tenant, Some(one.tenant.as_str()));
        assert_eq!(session.tags.get("tenant"), Some(&one.tenant));
        assert_eq!(
            session
                .source_identity
                .map(|identity| identity.as_str().to_owned()),
            Some(one.user.clone())
        );
    }
    let narrow = |filled: &Filled| asked(filled, "s3://narrow/");
    if let Some(session) = narrow(&one) {
        let policy = session.policy.as_ref().expect("a policy");
        let found: Value = serde_json::from_str(policy.as_str()).expect("the policy is JSON");
        let mut expected: Value = serde_json::from_str(POLICY).expect("the template is JSON");
        let resources = &mut expected["Statement"][0]["Resource"];
        *resources = serde_json::json!([
            format!("arn:aws:s3:::lake/{}/*", one.user),
            format!("arn:aws:s3:::lake/{}/x", one.tenant),
        ]);
        assert_eq!(found, expected);
        if let Some(others) = narrow(&other)
            && others.name == session.name
        {
            assert_eq!(
                (&one.user, &one.tenant),
                (&other.user, &other.tenant),
                "{}",
                session.name
            );
        }
    }
});
