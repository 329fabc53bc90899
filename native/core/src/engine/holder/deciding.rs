//! From rules to a plan: the walk, groups, and what the owner is told.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::hold::Hold;
use super::{Holder, Ready, State};
use crate::engine::decisions::Asker;
use crate::error::Error;
use crate::route::{self, Caller, Groups, Request, Routing};
use crate::rules::Rules;
use crate::session::{self, Plan, Planned};
use crate::settings::LocationScope;

/// What a version of the rules came to.
#[derive(Debug)]
pub(super) struct Decided {
    rules: Arc<Rules>,
    pub(super) result: Result<Granted, Error>,
}

#[derive(Debug)]
pub(super) struct Granted {
    pub(super) planned: Planned,
    pub(super) hold: Hold,
}

/// What a walk came to; none where it came to a rule that needs groups.
type Walk = Option<Result<Planned, Error>>;

impl Holder {
    /// Brings the decision up to date; false where groups are needed for that.
    pub(super) fn decide(&self, state: &mut State, ready: &Ready, rules: &Arc<Rules>) -> bool {
        let before = match &state.decided {
            Some(decided) if Arc::ptr_eq(&decided.rules, rules) => return true,
            Some(decided) => Some(&decided.result),
            None => None,
        };
        let mut walk = self.walk(ready, rules, &state.groups);
        let leads_elsewhere = match (&walk, before) {
            (Some(Ok(planned)), Some(Ok(before))) => planned.plan != before.planned.plan,
            // Refused before, or refused now.
            (Some(_), Some(_)) => true,
            _ => false,
        };
        if leads_elsewhere && state.groups != Groups::NotAsked {
            // The rules changed: so may have the groups since they were asked for.
            state.groups = Groups::NotAsked;
            walk = self.walk(ready, rules, &state.groups);
        }
        let Some(result) = walk else {
            state.decided = None;
            return false;
        };
        self.tell(ready, rules, &result);
        let same_plan = match (&result, &state.decided) {
            (Ok(planned), Some(decided)) => decided
                .result
                .as_ref()
                .is_ok_and(|before| before.planned.plan == planned.plan),
            _ => false,
        };
        if !same_plan {
            state.serial = 0;
        }
        let result = result.map(|planned| self.granted(planned));
        state.decided = Some(Decided {
            rules: Arc::clone(rules),
            result,
        });
        true
    }

    fn walk(&self, ready: &Ready, rules: &Rules, groups: &Groups) -> Walk {
        let request = Request {
            caller: Caller {
                user: self.who.user.clone(),
                principal: self.who.principal.clone(),
                real_user: self.who.real_user.clone(),
                groups: groups.clone(),
                conf: ready.settings.conf.clone(),
            },
            location: ready.location.clone(),
        };
        let routing = match ready.settings.location {
            LocationScope::Bucket => route::route(rules, &request),
            LocationScope::FirstPath => route::route_first_path(rules, &request),
        };
        match routing {
            Ok(Routing::NeedGroups) => None,
            Ok(Routing::Decided(decision)) => Some(session::plan(
                rules,
                &decision,
                &request,
                &ready.settings.defaults,
            )),
            Err(error) => Some(Err(error)),
        }
    }

    fn granted(&self, planned: Planned) -> Granted {
        let mut hold = Hold::of(&self.engine, &planned.plan);
        if self.closed.load(Ordering::Acquire) {
            hold.let_go();
        }
        Granted { planned, hold }
    }

    fn tell(&self, ready: &Ready, rules: &Rules, result: &Result<Planned, Error>) {
        let decision = match result {
            Ok(planned) => described(planned),
            Err(error) => format!("refused: {error}"),
        };
        let asker = Asker {
            caller: self.who.clone(),
            location: ready.location.to_string(),
            settings: ready.settings_hash,
        };
        let new = self.engine.decisions.tell(asker, decision, rules.hash());
        if new && ready.settings.location == LocationScope::FirstPath {
            tracing::warn!(
                target: "rolecall::decision",
                "caller {}: rolecall.location=first-path decides by {}, the path that the file \
                 system was opened with; it is unsafe where paths of one bucket need different \
                 roles",
                self.who,
                ready.location,
            );
        }
        if let Ok(Planned {
            shortened_from: Some(asked),
            plan,
            rule,
        }) = result
            && new
        {
            let base = match plan {
                Plan::Assume(session) => &session.base,
                Plan::UseBase(base) => base,
            };
            tracing::warn!(
                target: "rolecall::decision",
                "rule {rule}: the session lasts 3600 s and not {} s: its base ({base}) is a \
                 session itself, and STS allows role chaining no more",
                asked.as_secs(),
            );
        }
    }
}

/// A plan in the words of log lines and errors.
pub(super) fn described(planned: &Planned) -> String {
    let rule = &planned.rule;
    match &planned.plan {
        Plan::Assume(session) => format!(
            "rule {rule}, role {}, session {}",
            session.role, session.name
        ),
        Plan::UseBase(base) => format!("rule {rule}, the base itself ({base})"),
    }
}
