//! A session that is tried without a provider.

use super::*;
use crate::route::{Caller, Location, Request, Routing, route};
use crate::session::{Defaults, Plan, plan};

#[test]
fn a_session_can_be_tried_without_a_provider() {
    let world = world(|request| {
        if request.body.contains("role%2Fadmin") {
            granted("K1", FAR)
        } else {
            refused(403, "AccessDenied", "not you")
        }
    });
    let session = |role: &str| {
        let rules = format!(
            r#"{{"version": 1, "base": {{"source": "environment"}}, "otherwise": "deny", "rules": [
                {{"name": "a", "role": "arn:aws:iam::111122223333:role/{role}",
                  "session": {{"stsEndpoint": "{}", "region": "eu-west-1"}}}}]}}"#,
            world.sts.url()
        );
        let rules = crate::rules::read(rules.as_bytes(), "rules.json").unwrap();
        let request = Request {
            caller: Caller {
                user: "carol".to_owned(),
                principal: None,
                real_user: None,
                groups: Groups::NotAsked,
                conf: BTreeMap::new(),
            },
            location: Location::Unknown,
        };
        let Ok(Routing::Decided(decision)) = route(&rules, &request) else {
            panic!("no groups are needed");
        };
        let planned = plan(&rules, &decision, &request, &Defaults::default());
        match planned.unwrap().plan {
            Plan::Assume(session) => *session,
            other @ Plan::UseBase(_) => panic!("{other:?}"),
        }
    };
    let minute = Duration::from_secs(60);
    let admin = session("admin");
    let tried = world.engine.try_session(&admin, minute).unwrap();
    assert!(tried.arn.unwrap().starts_with("arn:aws:sts::"));
    assert!(tried.ends > std::time::SystemTime::now());
    world.engine.try_session(&admin, minute).unwrap();
    assert_eq!(world.calls(), 1, "one call a session");
    let refusal = world.engine.try_session(&session("other"), minute);
    assert_eq!(refusal.unwrap_err().code(), Code::StsAccessDenied);
    let base = world.engine.try_base(&admin.base, minute).unwrap();
    assert_eq!(base.to_string(), "key AKIABASE");
}
