//! From top to bottom, until a rule surely matches.

use std::sync::Arc;

use super::caller::Groups;
use super::decision::{Candidate, Decision};
use super::location::Location;
use super::request::Request;
use super::truth::Truth;
use super::witness::{Check, Condition, Nobody, Witness};
use crate::error::{Code, Error};
use crate::rules::{
    Conditions, OTHERWISE, Otherwise, Outcome, Prefix, Quoted, Rule, Rules, Unfilled,
};

/// What a walk came to.
#[derive(Clone, Debug)]
pub enum Routing {
    /// The walk reached a rule that the caller's groups decide, and they were not asked for yet.
    NeedGroups,
    /// It came to an end.
    Decided(Decision),
}

/// Decides: the hot path, which keeps no reasons.
///
/// # Errors
/// RC204 where a rule that is reached needs groups that can't be known; RC205 and RC206 where a
/// prefix that is reached can't be filled in; RC208 where the caller has no name.
pub fn route(rules: &Rules, request: &Request) -> Result<Routing, Error> {
    walk(rules, rules.in_order(), request, &mut Nobody)
}

/// Walks rules in their order: a rule of which a condition is false is passed by; where all are true
/// the walk ends; where some are unknown and the others true, its outcome is remembered and the walk
/// goes on.
pub(super) fn walk<'r>(
    rules: &Rules,
    in_order: impl IntoIterator<Item = &'r Arc<Rule>>,
    request: &Request,
    witness: &mut impl Witness<'r>,
) -> Result<Routing, Error> {
    if request.caller.user.is_empty() {
        return Err(Error::new(
            Code::CallerUnknown,
            format!(
                "location {}: the caller has no name, and rules are for those who have one; log in as a user",
                request.location
            ),
        ));
    }
    let mut candidates = Vec::new();
    for rule in in_order {
        let Some(verdict) = examine(rule, request, witness)? else {
            return Ok(Routing::NeedGroups);
        };
        witness.rule(rule, verdict);
        if verdict != Truth::False {
            candidates.push(Candidate::Rule(Arc::clone(rule)));
        }
        if verdict == Truth::True {
            return Ok(Routing::Decided(Decision::new(rules, candidates)));
        }
    }
    candidates.push(Candidate::Otherwise(rules.otherwise()));
    Ok(Routing::Decided(Decision::new(rules, candidates)))
}

/// The same for `rolecall.location=first-path`, where the location is the path that the file system
/// was opened with and stands for its whole bucket. Refused where some path of the bucket is
/// denied, for the role of another path must not reach it.
///
/// # Errors
/// RC203 for such a bucket; else as [`route`].
pub fn route_first_path(rules: &Rules, request: &Request) -> Result<Routing, Error> {
    let whole_bucket = Request {
        location: request.location.bucket_only(),
        ..request.clone()
    };
    let Routing::Decided(decision) = route(rules, &whole_bucket)? else {
        return Ok(Routing::NeedGroups);
    };
    let denies = |candidate: &&Candidate| match candidate {
        Candidate::Rule(rule) => matches!(rule.outcome, Outcome::Deny(_)),
        Candidate::Otherwise(otherwise) => *otherwise == Otherwise::Deny,
    };
    let candidates = decision.candidates();
    match candidates.iter().find(denies) {
        Some(denied) if !candidates.iter().all(|candidate| denies(&candidate)) => Err(Error::new(
            Code::LocationAmbiguous,
            format!(
                "caller {}, location {}: rolecall.location=first-path can't be used here, because {} denies paths of this bucket that the first path's role would reach; take the setting out, and put what is denied into a bucket of its own",
                Quoted(&request.caller.user),
                request.location,
                match denied.name() {
                    OTHERWISE => "`otherwise`".to_owned(),
                    name => format!("rule {}", Quoted(name)),
                },
            ),
        )),
        _ => route(rules, request),
    }
}

/// Looks at the conditions of a rule up to the first that is false, groups last. None where the
/// groups have to be asked for first.
fn examine<'r>(
    rule: &'r Rule,
    request: &Request,
    witness: &mut impl Witness<'r>,
) -> Result<Option<Truth>, Error> {
    let Conditions {
        users,
        groups,
        prefixes,
        conf,
    } = &rule.conditions;
    let mut verdict = Truth::True;
    let mut saw = |condition, truth: Truth| {
        witness.check(Check { condition, truth });
        verdict = verdict.and(truth);
        verdict
    };
    if let Some(users) = users {
        let truth = users.contains(&request.caller.user).into();
        if saw(Condition::Users, truth) == Truth::False {
            return Ok(Some(Truth::False));
        }
    }
    for (key, values) in conf {
        let truth = request
            .caller
            .conf
            .get(key)
            .is_some_and(|value| values.contains(value))
            .into();
        if saw(Condition::Conf(key), truth) == Truth::False {
            return Ok(Some(Truth::False));
        }
    }
    if let Some(prefixes) = prefixes {
        let truth = any_covers(prefixes, request).map_err(|unfilled| {
            unfilled
                .into_error(&rule.name, "prefixes")
                .within(who_and_where(request))
        })?;
        if saw(Condition::Prefixes, truth) == Truth::False {
            return Ok(Some(Truth::False));
        }
    }
    if let Some(groups) = groups {
        let truth = match &request.caller.groups {
            Groups::NotAsked => return Ok(None),
            Groups::Unknown { why } => return Err(groups_unknown(rule, request, why)),
            Groups::Known(known) => groups.iter().any(|group| known.contains(group)).into(),
        };
        saw(Condition::Groups, truth);
    }
    Ok(Some(verdict))
}

/// A prefix that surely covers the location outweighs one that can't be filled in.
fn any_covers(prefixes: &[Prefix], request: &Request) -> Result<Truth, Unfilled> {
    let mut truth = Truth::False;
    let mut unfilled = None;
    for prefix in prefixes {
        match covers(prefix, request) {
            Ok(Truth::True) => return Ok(Truth::True),
            Ok(Truth::Unknown) => truth = Truth::Unknown,
            Ok(Truth::False) => {}
            Err(error) => unfilled = unfilled.or(Some(error)),
        }
    }
    unfilled.map_or(Ok(truth), Err)
}

fn covers(prefix: &Prefix, request: &Request) -> Result<Truth, Unfilled> {
    let values = request.values();
    let bucket = match &request.location {
        Location::Unknown => {
            prefix.check(&values)?;
            return Ok(Truth::Unknown);
        }
        Location::Bucket(bucket) | Location::Object { bucket, .. } => bucket,
    };
    if !prefix.is_in(bucket, &values)? {
        return Ok(Truth::False);
    }
    let prefix = prefix.key(&values)?;
    Ok(match &request.location {
        _ if prefix.is_whole_bucket() => Truth::True,
        Location::Object { key, .. } => prefix.covers(key).into(),
        _ => Truth::Unknown,
    })
}

fn groups_unknown(rule: &Rule, request: &Request, why: &str) -> Error {
    Error::new(
        Code::GroupsUnknown,
        format!(
            "{}: rule {} depends on the caller's groups, and they are unknown: {}; mend the host's group mapping (hadoop.security.group.mapping)",
            who_and_where(request),
            Quoted(&rule.name),
            Quoted(why),
        ),
    )
}

fn who_and_where(request: &Request) -> String {
    format!(
        "caller {}, location {}",
        Quoted(&request.caller.user),
        request.location
    )
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
