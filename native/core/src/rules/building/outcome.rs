//! What a rule that matches says.

use std::sync::Arc;

use super::super::base_source::BaseSource;
use super::super::flaw::{Flaw, Flaws};
use super::super::grammar::{BaseText, RuleText, SessionText};
use super::super::quoted::Quoted;
use super::super::role::RoleTemplate;
use super::super::rule::{Assume, Outcome};
use super::super::session_fields::{LONGEST_CHAINED, SessionFields};
use super::super::strict::Object;
use super::super::trail::Trail;
use super::Top;
use super::together::{self, Own};

/// What is known of a rule by the time its outcome is looked at.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// Its name, if it has one.
    pub(super) name: &'a str,
    /// Whether its conditions say what `${group}` is.
    pub(super) group: bool,
}

/// Takes the outcome out of a rule; none where something is wrong with it.
pub(super) fn build(
    top: &Top,
    trail: &impl Fn() -> Trail,
    rule: &mut RuleText,
    known: Known<'_>,
    flaws: &mut Flaws,
) -> Option<Outcome> {
    let (session, base) = (rule.session.take(), rule.base.take());
    match (rule.role.take(), rule.use_.take(), rule.deny.take()) {
        (Some(role), None, None) => assume(top, trail, &role, session, base.as_ref(), known, flaws)
            .map(|assume| Outcome::Assume(Box::new(assume))),
        (None, Some(named), None) => {
            let session_less = no_session(trail, "\"use\": \"base\"", &session, &base, flaws);
            let use_base = flaws.keep(use_base(trail, &named));
            session_less.and(use_base)
        }
        (None, None, Some(message)) => {
            let session_less = no_session(trail, "\"deny\"", &session, &base, flaws);
            let deny = flaws.keep(deny(trail, message));
            session_less.and(deny)
        }
        (None, None, None) => {
            flaws.0.push(Flaw::at(
                trail(),
                "lacks an outcome; write one of \"role\": \"arn:…\", \"use\": \"base\" or \"deny\": \"message\"",
            ));
            session_and_base(trail, session, base.as_ref(), flaws);
            None
        }
        (role, named, message) => {
            let given: Vec<_> = [
                role.as_ref().map(|_| "`role`"),
                named.as_ref().map(|_| "`use`"),
                message.as_ref().map(|_| "`deny`"),
            ]
            .into_iter()
            .flatten()
            .collect();
            flaws.0.push(Flaw::at(
                trail(),
                format!("has the outcomes {}; keep one of them", given.join(" and ")),
            ));
            // Each may be the one that is kept.
            role.and_then(|role| flaws.keep(role_at(trail, &role)));
            named.and_then(|named| flaws.keep(use_base(trail, &named)));
            message.and_then(|message| flaws.keep(deny(trail, message)));
            session_and_base(trail, session, base.as_ref(), flaws);
            None
        }
    }
}

/// Tells what is wrong with session and base of a rule whose outcome is not known.
fn session_and_base(
    trail: &impl Fn() -> Trail,
    session: Option<Object<SessionText>>,
    base: Option<&Object<BaseText>>,
    flaws: &mut Flaws,
) {
    session_at(trail, session, flaws);
    base.and_then(|Object(base)| flaws.keep(base_at(&trail(), base)));
}

fn role_at(trail: &impl Fn() -> Trail, role: &str) -> Result<RoleTemplate, Flaw> {
    RoleTemplate::parse(role).map_err(|misfit| Flaw::misfit(trail().then("role"), &misfit))
}

fn assume(
    top: &Top,
    trail: &impl Fn() -> Trail,
    role: &str,
    session: Option<Object<SessionText>>,
    base: Option<&Object<BaseText>>,
    known: Known<'_>,
    flaws: &mut Flaws,
) -> Option<Assume> {
    let role = flaws.keep(role_at(trail, role));
    let own_base = base.is_some();
    let base = match base {
        Some(Object(base)) => flaws.keep(base_at(&trail(), base)).map(Some),
        None => Some(None),
    };
    let has_own = session.is_some();
    let own = session_at(trail, session, flaws);
    let (role, base, own) = (role?, base?, own?);
    let own_duration = own.duration.is_some();
    let says = Own {
        tags: own.tags.is_some(),
        transitive_tag_keys: own.transitive_tag_keys.is_some(),
        policy: own.policy.is_some(),
        policy_arns: own.policy_arns.is_some(),
    };
    let session = if has_own {
        Arc::new(own.clone().over(&top.session))
    } else {
        Arc::clone(&top.session)
    };
    let grouped = if known.group {
        Some(())
    } else {
        flaws.keep(together::check_group(trail, &role, &own, &session))
    };
    let assume = Assume {
        role,
        session,
        base: base.or_else(|| top.base.clone()),
    };
    let chained = check_chaining(known.name, &assume)
        .map_err(|what| Flaw::at(blamed(&trail(), own_duration, own_base), what));
    let chained = flaws.keep(chained);
    let fitting = flaws.keep(together::check(trail, &says, &assume));
    grouped.and(chained).and(fitting).map(|()| assume)
}

fn use_base(trail: &impl Fn() -> Trail, named: &str) -> Result<Outcome, Flaw> {
    if named == "base" {
        return Ok(Outcome::UseBase);
    }
    Err(Flaw::at(
        trail().then("use"),
        format!(
            "{} is unknown; write \"use\": \"base\", or \"role\" with an ARN",
            Quoted(named)
        ),
    ))
}

fn deny(trail: &impl Fn() -> Trail, message: String) -> Result<Outcome, Flaw> {
    if message.trim().is_empty() {
        return Err(Flaw::at(
            trail().then("deny"),
            "is empty; write what the caller should do, as in \"ask data-platform for access\"",
        ));
    }
    Ok(Outcome::Deny(message))
}

pub(super) fn base_at(trail: &Trail, base: &BaseText) -> Result<BaseSource, Flaw> {
    BaseSource::build(base).map_err(|wrong| {
        let trail = trail.then("base");
        let trail = match wrong.field {
            Some(field) => trail.then(field),
            None => trail,
        };
        Flaw::misfit(trail, &wrong.misfit)
    })
}

/// The fields of a session, all open where there is none; none where something is wrong with them.
pub(super) fn session_at(
    trail: &impl Fn() -> Trail,
    session: Option<Object<SessionText>>,
    flaws: &mut Flaws,
) -> Option<SessionFields> {
    let Some(Object(session)) = session else {
        return Some(SessionFields::default());
    };
    SessionFields::build(&trail().then("session"), session, flaws)
}

/// None where a rule that assumes no role has a session or a base.
fn no_session(
    trail: &impl Fn() -> Trail,
    outcome: &str,
    session: &Option<Object<SessionText>>,
    base: &Option<Object<BaseText>>,
    flaws: &mut Flaws,
) -> Option<()> {
    let session = session.as_ref().map(|_| "session");
    let base = base.as_ref().map(|_| "base");
    let mut good = Some(());
    for field in session.into_iter().chain(base) {
        flaws.0.push(Flaw::at(
            trail().then(field),
            format!("has no meaning beside {outcome}, which assumes no role; take it out"),
        ));
        good = None;
    }
    good
}

/// Role chaining: credentials that are a session themselves get an hour at most.
fn check_chaining(rule: &str, assume: &Assume) -> Result<(), String> {
    match (&assume.base, assume.session.duration) {
        (Some(base), Some(duration)) if base.is_session() && duration > LONGEST_CHAINED => {
            Err(format!(
                "{} seconds are more than STS gives by the base {base} in rule {}: that base is a role's session itself, and a role assumed by it lasts at most {} (role chaining); write {} or less, or another base",
                duration.as_secs(),
                Quoted(rule),
                LONGEST_CHAINED.as_secs(),
                LONGEST_CHAINED.as_secs(),
            ))
        }
        _ => Ok(()),
    }
}

/// The field to change where duration and base don't go together: the one that the rule itself
/// says, the duration before the base.
fn blamed(rule: &Trail, own_duration: bool, own_base: bool) -> Trail {
    if own_duration {
        rule.then("session").then("durationSeconds")
    } else if own_base {
        rule.then("base")
    } else {
        Trail::default().then("session").then("durationSeconds")
    }
}
