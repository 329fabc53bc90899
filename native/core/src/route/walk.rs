//! From top to bottom, until a rule surely matches.

use std::sync::Arc;

use super::decision::{Candidate, Decision};
use super::examination::examine;
use super::matches::{Matches, Remembered};
use super::request::Request;
use super::truth::Truth;
use super::witness::{Nobody, Witness};
use crate::error::{Code, Error};
use crate::rules::{OTHERWISE, Otherwise, Outcome, Quoted, Rule, Rules};

/// What a walk came to.
#[derive(Clone, Debug)]
pub enum Routing {
    /// The walk reached a rule that the caller's groups decide, and they were not asked for yet.
    NeedGroups,
    /// It came to an end.
    Decided(Decision),
}

/// Decides: the hot path, which keeps no reasons and looks at no rule that can't match.
///
/// # Errors
/// RC204 where a rule that is reached needs groups that can't be known; RC205 and RC206 where a
/// prefix that is reached can't be filled in; RC208 where the caller has no name.
pub fn route(rules: &Rules, request: &Request) -> Result<Routing, Error> {
    let index = rules.index();
    let remembered = Remembered::new(index, &request.caller);
    let candidates = index.candidates(&request.asked(&remembered));
    let all = rules.in_order();
    let matches = Matches::Remembered(remembered);
    match candidates {
        Some(candidates) => {
            let in_order = candidates.filter_map(|number| all.get(number));
            walk(rules, in_order, request, &matches, &mut Nobody)
        }
        None => walk(rules, all, request, &matches, &mut Nobody),
    }
}

/// Walks rules in their order: a rule of which a condition is false is passed by; where all are true
/// the walk ends; where some are unknown and the others true, its outcome is remembered and the walk
/// goes on.
pub(super) fn walk<'r>(
    rules: &Rules,
    in_order: impl IntoIterator<Item = &'r Arc<Rule>>,
    request: &Request,
    matches: &Matches<'_>,
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
        let Some(verdict) = examine(rule, request, matches, witness)? else {
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

#[cfg(test)]
#[path = "indexed_tests.rs"]
mod indexed_tests;
#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "walk_properties.rs"]
mod properties;
