//! What rules made of a foreign text decide, for the tests of all formats.

use std::collections::BTreeMap;

use super::{Imported, import};
use crate::error::Code;
use crate::route::{Caller, Groups, Location, Request, Routing, route};
use crate::rules::{self, Rules};
use crate::session::{Defaults, Plan, Session, plan};

/// What a caller gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Given {
    Session(Box<Session>),
    Base,
    Denied,
    /// It depends on the path.
    Ambiguous,
}

impl Given {
    pub(super) fn session(self) -> Session {
        match self {
            Self::Session(session) => *session,
            other => panic!("no session: {other:?}"),
        }
    }

    /// The role, where there is one.
    pub(super) fn role(&self) -> Option<&str> {
        match self {
            Self::Session(session) => Some(session.role.as_str()),
            _ => None,
        }
    }
}

/// Imports a text that has to be good.
pub(super) fn imported(text: &str) -> Imported {
    import(text.as_bytes(), "their.json")
        .expect("foreign by its content")
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The rules that a text comes to, by way of the written file.
pub(super) fn rules(text: &str) -> Rules {
    let imported = imported(text);
    rules::read(imported.json.as_bytes(), "rules.json")
        .unwrap_or_else(|error| panic!("{error}\n{}", imported.json))
}

/// What a text gives, read as it is and by way of the written file, which must be the same.
pub(super) fn given(text: &str, user: &str, groups: &[&str], location: &str) -> Given {
    let written = decide(&rules(text), user, groups, location);
    let read = rules::read(text.as_bytes(), "their.json").unwrap();
    assert_eq!(decide(&read, user, groups, location), written);
    written
}

pub(super) fn decide(rules: &Rules, user: &str, groups: &[&str], location: &str) -> Given {
    let request = Request {
        caller: Caller {
            user: user.to_owned(),
            groups: Groups::Known(groups.iter().map(ToString::to_string).collect()),
            principal: None,
            real_user: None,
            conf: BTreeMap::new(),
        },
        location: Location::parse(location).unwrap(),
    };
    let Routing::Decided(decision) = route(rules, &request).unwrap() else {
        panic!("the groups are known");
    };
    match plan(rules, &decision, &request, &Defaults::default()) {
        Ok(planned) => match planned.plan {
            Plan::Assume(session) => Given::Session(session),
            Plan::UseBase(_) => Given::Base,
        },
        Err(error) => match error.code() {
            Code::DeniedByRule | Code::DeniedByDefault => Given::Denied,
            Code::LocationAmbiguous => Given::Ambiguous,
            other => panic!("{other}: {error}"),
        },
    }
}

/// The message of a text that is refused.
pub(super) fn refusal(text: &str) -> String {
    import(text.as_bytes(), "their.json")
        .expect("foreign by its content")
        .expect_err("refused")
        .to_string()
}

/// All faults of a text that is refused, as `LINE:COLUMN: message`.
pub(super) fn faults(text: &str) -> Vec<String> {
    super::read(text.as_bytes(), "their.json")
        .expect("foreign by its content")
        .and_then(|imported| imported.rules("their.json"))
        .expect_err("refused")
        .iter()
        .map(|fault| {
            let place = fault.place.expect("a place");
            format!("{}:{}: {}", place.line, place.column, fault.message())
        })
        .collect()
}

/// The warnings of a text, as `LINE:COLUMN KIND RULE FIELD`.
pub(super) fn warnings(text: &str) -> Vec<String> {
    imported(text)
        .warnings
        .iter()
        .map(|warning| {
            let place = warning.place.expect("a place");
            let named = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            format!(
                "{}:{} {} {} {}",
                place.line,
                place.column,
                warning.kind,
                named(&warning.rule),
                named(&warning.field)
            )
        })
        .collect()
}
