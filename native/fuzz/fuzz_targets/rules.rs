//! The reader of rules files: it takes or refuses any bytes, and what it takes can be asked.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use rolecall_core::route::{Caller, Groups, Location, Request, Routing, route};
use rolecall_core::rules;
use rolecall_core::session::{Defaults, plan};

fuzz_target!(|bytes: &[u8]| {
    let rules = match rules::read_all(bytes, "rules.json") {
        Ok(rules) => rules,
        Err(faults) => {
            assert!(!faults.is_empty());
            return;
        }
    };
    for location in [
        Location::Unknown,
        Location::parse("s3://lake/").expect("a bucket"),
        Location::parse("s3://lake/acme/x").expect("an object"),
    ] {
        for groups in [Groups::NotAsked, Groups::Known(vec!["analysts".to_owned()])] {
            let request = Request {
                caller: Caller {
                    user: "carol".to_owned(),
                    groups,
                    conf: BTreeMap::from([("tenant".to_owned(), "acme".to_owned())]),
                    principal: Some("carol@EXAMPLE.ORG".to_owned()),
                    real_user: Some("livy".to_owned()),
                },
                location: location.clone(),
            };
            if let Ok(Routing::Decided(decision)) = route(&rules, &request) {
                let _ = plan(&rules, &decision, &request, &Defaults::default());
            }
        }
    }
});
