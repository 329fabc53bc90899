//! From a decision to one session, or to a refusal.

use std::time::Duration;

use super::Session;
use crate::error::{Code, Error};
use crate::route::{Candidate, Decision, Request};
use crate::rules::{
    Assume, BaseSource, LONGEST_CHAINED, OTHERWISE, Otherwise, Outcome, Quoted, Rule, Rules,
    SessionNameTemplate,
};

/// What a request comes to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Plan {
    /// Assume a role.
    Assume(Box<Session>),
    /// Use the base credentials as they are: the rules say so.
    UseBase(BaseSource),
}

/// A plan and the rule it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What to do.
    pub plan: Plan,
    /// The rule's name, or `otherwise`; several that lead to the same are joined by ` or `.
    pub rule: String,
    /// The duration that was asked for, where it was cut to the hour that role chaining allows.
    pub shortened_from: Option<Duration>,
}

/// What the settings fill where the rules file leaves it open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// `rolecall.session.duration`, 900 to 43200 s.
    pub duration: Option<Duration>,
    /// `rolecall.sts.endpoint`, a URL with scheme.
    pub sts_endpoint: Option<String>,
    /// `rolecall.sts.region`.
    pub region: Option<String>,
    /// `rolecall.base`.
    pub base: Option<BaseSource>,
}

/// Plans what a decision asks of STS, where all its possible outcomes come to the same.
///
/// # Errors
/// RC201 and RC202 for a deny, RC203 where they differ, RC205, RC206 and RC208 where a template
/// can't be filled.
pub fn plan(
    rules: &Rules,
    decision: &Decision,
    request: &Request,
    defaults: &Defaults,
) -> Result<Planned, Error> {
    let asked = format!(
        "caller {}, location {}",
        Quoted(&request.caller.user),
        request.location
    );
    let outcomes = decision
        .candidates()
        .iter()
        .map(|candidate| possible(rules, candidate, request, defaults))
        .collect::<Result<Vec<_>, Error>>()
        .map_err(|error| error.within(&asked))?;
    let refused = |error: Error| {
        Err(Error::new(
            error.code(),
            format!("{asked}: {}", error.message()),
        ))
    };
    let mut outcomes = outcomes.into_iter();
    // A walk always ends in an outcome; without one nothing may be given.
    let first = outcomes
        .next()
        .unwrap_or_else(|| Possible::Deny(denied_by_default()));
    let (plan, shortened_from) = match first {
        Possible::Plan(plan, shortened_from)
            if outcomes.all(|other| matches!(other, Possible::Plan(other, _) if other == plan)) =>
        {
            (plan, shortened_from)
        }
        Possible::Deny(error) if outcomes.all(|other| matches!(other, Possible::Deny(_))) => {
            return refused(error);
        }
        _ => return refused(ambiguous(&decision.rule_names().collect::<Vec<_>>())),
    };
    Ok(Planned {
        plan,
        rule: decision.rule_names().collect::<Vec<_>>().join(" or "),
        shortened_from,
    })
}

/// What one candidate comes to.
enum Possible {
    Plan(Plan, Option<Duration>),
    Deny(Error),
}

fn possible(
    rules: &Rules,
    candidate: &Candidate,
    request: &Request,
    defaults: &Defaults,
) -> Result<Possible, Error> {
    let use_base = || {
        let base = rules.base().or(defaults.base.as_ref()).cloned();
        Possible::Plan(
            Plan::UseBase(base.unwrap_or(BaseSource::DefaultChain)),
            None,
        )
    };
    Ok(match candidate {
        Candidate::Otherwise(Otherwise::UseBase) => use_base(),
        Candidate::Otherwise(Otherwise::Deny) => Possible::Deny(denied_by_default()),
        Candidate::Rule(rule) => match &rule.outcome {
            Outcome::UseBase => use_base(),
            Outcome::Deny(message) => Possible::Deny(Error::new(
                Code::DeniedByRule,
                format!(
                    "rule {} denies it: {}",
                    Quoted(&rule.name),
                    on_one_line(message)
                ),
            )),
            Outcome::Assume(assume) => {
                let (session, shortened_from) = session(rule, assume, request, defaults)?;
                Possible::Plan(Plan::Assume(Box::new(session)), shortened_from)
            }
        },
    })
}

fn session(
    rule: &Rule,
    assume: &Assume,
    request: &Request,
    defaults: &Defaults,
) -> Result<(Session, Option<Duration>), Error> {
    let values = request.values_for(&rule.conditions);
    let rule = rule.name.as_str();
    let fields = &assume.session;
    let base = assume
        .base
        .clone()
        .or_else(|| defaults.base.clone())
        .unwrap_or(BaseSource::DefaultChain);
    let asked = fields
        .duration
        .or(defaults.duration)
        .unwrap_or(LONGEST_CHAINED);
    let duration = if base.is_session() {
        asked.min(LONGEST_CHAINED)
    } else {
        asked
    };
    let of_the_user = SessionNameTemplate::of_the_user();
    let session = Session {
        role: assume
            .role
            .fill(&values)
            .map_err(|unfilled| unfilled.into_error(rule, "role"))?,
        name: fields
            .name
            .as_ref()
            .unwrap_or(&of_the_user)
            .fill(&values)
            .map_err(|unfilled| unfilled.into_error(rule, "session.name"))?,
        duration,
        external_id: fields
            .external_id
            .as_ref()
            .map(|id| id.fill(&values))
            .transpose()
            .map_err(|unfilled| unfilled.into_error(rule, "session.externalId"))?,
        source_identity: fields
            .source_identity
            .as_ref()
            .map(|identity| identity.fill(&values))
            .transpose()
            .map_err(|unfilled| unfilled.into_error(rule, "session.sourceIdentity"))?,
        tags: fields
            .tags
            .as_ref()
            .map(|tags| tags.fill(&values))
            .transpose()
            .map_err(|(key, unfilled)| unfilled.into_error(rule, &format!("session.tags.{key}")))?
            .unwrap_or_default(),
        transitive_tag_keys: fields
            .transitive_tag_keys
            .as_deref()
            .cloned()
            .unwrap_or_default(),
        policy: fields
            .policy
            .as_ref()
            .map(|policy| policy.fill(&values, fields.length_of_arns()))
            .transpose()
            .map_err(|unfilled| unfilled.into_error(rule, "session.policy"))?,
        policy_arns: fields.policy_arns.as_deref().cloned().unwrap_or_default(),
        sts_endpoint: fields
            .sts_endpoint
            .clone()
            .or_else(|| defaults.sts_endpoint.clone()),
        region: fields.region.clone().or_else(|| defaults.region.clone()),
        base,
    };
    Ok((session, (asked > duration).then_some(asked)))
}

fn denied_by_default() -> Error {
    Error::new(
        Code::DeniedByDefault,
        "no rule matches, and `otherwise` denies the rest; add a rule for this caller and location if it should be allowed",
    )
}

fn ambiguous(names: &[&str]) -> Error {
    let named: Vec<String> = names
        .iter()
        .map(|name| match *name {
            OTHERWISE => "`otherwise`".to_owned(),
            name => format!("rule {}", Quoted(name)),
        })
        .collect();
    Error::new(
        Code::LocationAmbiguous,
        format!(
            "what holds depends on the path, which is not known here: it may be {}, and they lead to different sessions; give each of these paths a bucket of its own, or the whole bucket one role with a session policy, or set rolecall.location=first-path, which is unsafe where paths of one bucket need different roles",
            named.join(" or ")
        ),
    )
}

/// The rule's own message, without what would break a log line.
fn on_one_line(message: &str) -> String {
    message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
