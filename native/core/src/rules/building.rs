//! Checks everything that the form of a rules file does not show.

mod conditions;

use std::collections::HashMap;
use std::sync::Arc;

use super::base_source::BaseSource;
use super::grammar::{BaseText, FileText, RuleText, SessionText};
use super::misfit::{Misfit, Named};
use super::pattern::Patterns;
use super::quoted::Quoted;
use super::role::RoleTemplate;
use super::rule::{Assume, OTHERWISE, Otherwise, Outcome, Rule};
use super::session_fields::{LONGEST_CHAINED, SessionFields};
use super::strict::{Fault, Object};
use super::trail::Trail;

const LONGEST_NAME: usize = 128;

/// A rules file, understood.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) base: Option<BaseSource>,
    pub(crate) rules: Vec<Arc<Rule>>,
    pub(crate) otherwise: Otherwise,
}

/// Understands a file whose form is good.
pub(crate) fn build(file: FileText, text: &str) -> Result<Content, Fault> {
    let top = Top {
        text,
        base: file
            .base
            .map(|Object(base)| base_at(&Trail::default(), &base, text))
            .transpose()?,
        session: session_at(&Trail::default(), file.session, text)?,
    };
    let Some(rules) = file.rules else {
        return Err(Fault::at(
            Trail::default(),
            "lacks `rules`; write the list of rules, which may be empty: \"rules\": []",
        ));
    };
    let mut names = HashMap::new();
    let mut patterns = Patterns::default();
    let mut built = Vec::with_capacity(rules.len());
    for (index, Object(rule)) in rules.into_iter().enumerate() {
        let rule = top.rule(index, rule, &mut patterns)?;
        if let Some(first) = names.insert(rule.name.clone(), index) {
            return Err(Fault::at(
                rule_trail(index).then("name"),
                format!(
                    "is the name of rule number {} too; name each rule differently",
                    first + 1
                ),
            ));
        }
        built.push(Arc::new(rule));
    }
    let otherwise = match file.otherwise.as_deref() {
        Some("deny") => Otherwise::Deny,
        Some("base") => Otherwise::UseBase,
        Some(other) => {
            return Err(Fault::at(
                Trail::default().then("otherwise"),
                format!("{} is unknown; write \"deny\" or \"base\"", Quoted(other)),
            ));
        }
        None => {
            return Err(Fault::at(
                Trail::default(),
                "lacks `otherwise`, which says what holds where no rule matches; write \"otherwise\": \"deny\" or \"otherwise\": \"base\"",
            ));
        }
    };
    Ok(Content {
        base: top.base,
        rules: built,
        otherwise,
    })
}

/// What the top of the file says for all rules.
struct Top<'a> {
    text: &'a str,
    base: Option<BaseSource>,
    session: SessionFields,
}

impl Top<'_> {
    fn rule(
        &self,
        index: usize,
        mut rule: RuleText,
        patterns: &mut Patterns,
    ) -> Result<Rule, Fault> {
        let trail = || rule_trail(index);
        let name = self.name(&trail, rule.name.take())?;
        let conditions = conditions::build(&trail, &mut rule, self.text, patterns)?;
        let outcome = match (rule.role, rule.use_, rule.deny) {
            (Some(role), None, None) => {
                let role = RoleTemplate::parse(&role)
                    .map_err(|misfit| Fault::misfit(trail().then("role"), &misfit, self.text))?;
                let own_base = rule.base.is_some();
                let base = rule
                    .base
                    .map(|Object(base)| base_at(&trail(), &base, self.text))
                    .transpose()?;
                let own = session_at(&trail(), rule.session, self.text)?;
                let own_duration = own.duration.is_some();
                let assume = Assume {
                    role,
                    session: own.over(&self.session),
                    base: base.or_else(|| self.base.clone()),
                };
                check_chaining(&name, &assume)
                    .map_err(|what| Fault::at(blamed(&trail(), own_duration, own_base), what))?;
                Outcome::Assume(Box::new(assume))
            }
            (None, Some(named), None) => {
                if named != "base" {
                    return Err(Fault::at(
                        trail().then("use"),
                        format!(
                            "{} is unknown; write \"use\": \"base\", or \"role\" with an ARN",
                            Quoted(&named)
                        ),
                    ));
                }
                no_session_of_its_own(
                    &trail,
                    "\"use\": \"base\"",
                    rule.session,
                    rule.base.as_ref(),
                )?;
                Outcome::UseBase
            }
            (None, None, Some(message)) => {
                if message.trim().is_empty() {
                    return Err(Fault::at(
                        trail().then("deny"),
                        "is empty; write what the caller should do, as in \"ask data-platform for access\"",
                    ));
                }
                no_session_of_its_own(&trail, "\"deny\"", rule.session, rule.base.as_ref())?;
                Outcome::Deny(message)
            }
            (None, None, None) => {
                return Err(Fault::at(
                    trail(),
                    "lacks an outcome; write one of \"role\": \"arn:…\", \"use\": \"base\" or \"deny\": \"message\"",
                ));
            }
            (role, named, deny) => {
                let given: Vec<_> = [
                    role.map(|_| "`role`"),
                    named.map(|_| "`use`"),
                    deny.map(|_| "`deny`"),
                ]
                .into_iter()
                .flatten()
                .collect();
                return Err(Fault::at(
                    trail(),
                    format!("has the outcomes {}; keep one of them", given.join(" and ")),
                ));
            }
        };
        Ok(Rule {
            name,
            conditions,
            outcome,
        })
    }

    fn name(&self, trail: &impl Fn() -> Trail, name: Option<String>) -> Result<String, Fault> {
        let Some(name) = name else {
            return Err(Fault::at(
                trail(),
                "lacks `name`; write one, by which logs and errors can call the rule",
            ));
        };
        let wrong = |misfit: &Misfit| Err(Fault::misfit(trail().then("name"), misfit, self.text));
        if name.trim().is_empty() {
            return wrong(&Misfit::new(
                "is empty; write a name by which logs and errors can call the rule",
            ));
        }
        if let Some((at, control)) = name.chars().enumerate().find(|(_, c)| c.is_control()) {
            return wrong(&Misfit::new(format!(
                "holds {} at character {}; take it out",
                Named(control),
                at + 1
            )));
        }
        if name.chars().count() > LONGEST_NAME {
            return wrong(&Misfit::new(format!(
                "is longer than {LONGEST_NAME} characters; shorten it"
            )));
        }
        if name == OTHERWISE {
            return wrong(&Misfit::new(
                "is what the end of the file is called; write another name",
            ));
        }
        Ok(name)
    }
}

fn rule_trail(index: usize) -> Trail {
    Trail::default().then("rules").then(index)
}

fn base_at(trail: &Trail, base: &BaseText, text: &str) -> Result<BaseSource, Fault> {
    BaseSource::build(base).map_err(|wrong| {
        let trail = trail.then("base");
        let trail = match wrong.field {
            Some(field) => trail.then(field),
            None => trail,
        };
        Fault::misfit(trail, &wrong.misfit, text)
    })
}

fn session_at(
    trail: &Trail,
    session: Option<Object<SessionText>>,
    text: &str,
) -> Result<SessionFields, Fault> {
    match session {
        None => Ok(SessionFields::default()),
        Some(Object(session)) => SessionFields::build(&session).map_err(|(field, misfit)| {
            Fault::misfit(trail.then("session").then(field), &misfit, text)
        }),
    }
}

fn no_session_of_its_own(
    trail: &impl Fn() -> Trail,
    outcome: &str,
    session: Option<Object<SessionText>>,
    base: Option<&Object<BaseText>>,
) -> Result<(), Fault> {
    let field = if session.is_some() {
        "session"
    } else if base.is_some() {
        "base"
    } else {
        return Ok(());
    };
    Err(Fault::at(
        trail().then(field),
        format!("has no meaning beside {outcome}, which assumes no role; take it out"),
    ))
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
