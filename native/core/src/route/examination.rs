//! The conditions of one rule, held against a request.

use super::caller::Groups;
use super::location::Location;
use super::matches::Matches;
use super::request::Request;
use super::truth::Truth;
use super::witness::{Check, Condition, Field, Witness};
use crate::error::{Code, Error};
use crate::rules::{Conditions, Names, Prefix, Quoted, Rule, Unfilled, Values};

/// Looks at the conditions of a rule up to the first that is false: first those that cost least and
/// can't fail, then prefixes, groups after everything else, and what `not` holds in the same order.
/// Only where a prefix takes `${group}` do groups come first. None where the groups have to be asked
/// for.
///
/// # Errors
/// RC204 where the groups are needed and can't be known, RC205 and RC206 where a prefix can't be
/// filled in.
pub(super) fn examine<'r>(
    rule: &'r Rule,
    request: &Request,
    matches: &Matches<'_>,
    witness: &mut impl Witness<'r>,
) -> Result<Option<Truth>, Error> {
    let conditions = &rule.conditions;
    let mut examination = Examination {
        rule: &rule.name,
        request,
        matches,
        values: request.values(),
        witness,
        negated: false,
        verdict: Truth::True,
    };
    let mut all = || {
        examination.listed(conditions)?;
        match &conditions.not {
            Some(not) => {
                if not.prefixes_take_group {
                    examination.fill_in_group(conditions)?;
                }
                examination.negated = true;
                examination.listed(not)
            }
            None => Ok(()),
        }
    };
    match all() {
        Ok(()) => Ok(Some(examination.verdict)),
        Err(Stop::False) => Ok(Some(Truth::False)),
        Err(Stop::NeedGroups) => Ok(None),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Why nothing more of a rule is looked at.
enum Stop {
    /// A condition is false, and the rule with it.
    False,
    /// The groups were not asked for yet.
    NeedGroups,
    /// It can't be known.
    Failed(Error),
}

struct Examination<'a, W> {
    rule: &'a str,
    request: &'a Request,
    matches: &'a Matches<'a>,
    values: Values<'a>,
    witness: &'a mut W,
    /// Whether conditions of `not` are looked at.
    negated: bool,
    verdict: Truth,
}

impl<'a, W> Examination<'a, W> {
    fn listed<'r>(&mut self, conditions: &'r Conditions) -> Result<(), Stop>
    where
        W: Witness<'r>,
    {
        let Conditions {
            users,
            users_matching,
            principals,
            real_users,
            conf,
            prefixes,
            prefixes_take_group,
            groups: _,
            groups_matching: _,
            not: _,
        } = conditions;
        let caller = &self.request.caller;
        if let Some(names) = users {
            self.saw(Field::Users(names), names.contains(&caller.user))?;
        }
        if let Some(patterns) = users_matching {
            self.saw(
                Field::UsersMatching(patterns),
                self.matches.user(patterns, &caller.user),
            )?;
        }
        if let Some(names) = principals {
            self.saw(Field::Principals(names), lists(names, &caller.principal))?;
        }
        if let Some(names) = real_users {
            self.saw(Field::RealUsers(names), lists(names, &caller.real_user))?;
        }
        for (key, values) in conf {
            let holds = caller
                .conf
                .get(key)
                .is_some_and(|value| values.contains(value));
            self.saw(Field::Conf(key, values), holds)?;
        }
        // `not` itself asks for no group that its prefixes could take: it is the rule's.
        let groups_first = *prefixes_take_group && !self.negated;
        if groups_first {
            self.other_buckets(conditions)?;
            self.groups(conditions)?;
            self.fill_in_group(conditions)?;
        }
        if let Some(prefixes) = prefixes {
            let truth = self.any_covers(prefixes)?;
            self.saw(Field::Prefixes(prefixes), truth)?;
        }
        if !groups_first {
            self.groups(conditions)?;
        }
        Ok(())
    }

    /// A rule for other buckets needs no groups to fail.
    fn other_buckets<'r>(&mut self, conditions: &'r Conditions) -> Result<(), Stop>
    where
        W: Witness<'r>,
    {
        match (&conditions.prefixes, self.request.location.bucket()) {
            (Some(prefixes), Some(bucket))
                if !prefixes
                    .iter()
                    .any(|prefix| prefix.may_be_in(bucket, &self.values)) =>
            {
                self.saw(Field::Prefixes(prefixes), false)
            }
            _ => Ok(()),
        }
    }

    fn groups<'r>(&mut self, conditions: &'r Conditions) -> Result<(), Stop>
    where
        W: Witness<'r>,
    {
        if let Some(groups) = &conditions.groups {
            let known = self.known_groups()?;
            let holds = known.iter().any(|group| groups.contains(group));
            self.saw(Field::Groups(groups), holds)?;
        }
        if let Some(patterns) = &conditions.groups_matching {
            let known = self.known_groups()?;
            let holds = self.matches.groups(patterns, known);
            self.saw(Field::GroupsMatching(patterns), holds)?;
        }
        Ok(())
    }

    fn fill_in_group(&mut self, conditions: &Conditions) -> Result<(), Stop> {
        self.values.group = conditions.group_of(self.known_groups()?);
        Ok(())
    }

    fn known_groups(&self) -> Result<&'a [String], Stop> {
        match &self.request.caller.groups {
            Groups::Known(known) => Ok(known),
            Groups::NotAsked => Err(Stop::NeedGroups),
            Groups::Unknown { why } => {
                Err(Stop::Failed(groups_unknown(self.rule, self.request, why)))
            }
        }
    }

    fn any_covers(&self, prefixes: &[Prefix]) -> Result<Truth, Stop> {
        any_covers(prefixes, &self.request.location, &self.values).map_err(|unfilled| {
            let field = if self.negated {
                "not.prefixes"
            } else {
                "prefixes"
            };
            Stop::Failed(
                unfilled
                    .into_error(self.rule, field)
                    .within(who_and_where(self.request)),
            )
        })
    }

    fn saw<'r>(&mut self, field: Field<'r>, truth: impl Into<Truth>) -> Result<(), Stop>
    where
        W: Witness<'r>,
    {
        let truth = if self.negated {
            !truth.into()
        } else {
            truth.into()
        };
        let condition = Condition {
            field,
            negated: self.negated,
        };
        self.witness.check(Check { condition, truth });
        self.verdict = self.verdict.and(truth);
        if truth == Truth::False {
            Err(Stop::False)
        } else {
            Ok(())
        }
    }
}

/// A name that is not there is none of those listed.
fn lists(names: &Names, name: &Option<String>) -> bool {
    name.as_ref().is_some_and(|name| names.contains(name))
}

/// A prefix that surely covers the location outweighs one that can't be filled in.
fn any_covers(
    prefixes: &[Prefix],
    location: &Location,
    values: &Values<'_>,
) -> Result<Truth, Unfilled> {
    let mut truth = Truth::False;
    let mut unfilled = None;
    for prefix in prefixes {
        match covers(prefix, location, values) {
            Ok(Truth::True) => return Ok(Truth::True),
            Ok(Truth::Unknown) => truth = Truth::Unknown,
            Ok(Truth::False) => {}
            Err(error) => unfilled = unfilled.or(Some(error)),
        }
    }
    unfilled.map_or(Ok(truth), Err)
}

fn covers(prefix: &Prefix, location: &Location, values: &Values<'_>) -> Result<Truth, Unfilled> {
    let bucket = match location {
        Location::Unknown => {
            prefix.check(values)?;
            return Ok(Truth::Unknown);
        }
        Location::Bucket(bucket) | Location::Object { bucket, .. } => bucket,
    };
    if !prefix.is_in(bucket, values)? {
        return Ok(Truth::False);
    }
    if let Location::Object { key, .. } = location
        && !prefix.may_cover(key)
    {
        return Ok(Truth::False);
    }
    let prefix = prefix.key(values)?;
    Ok(match location {
        _ if prefix.is_whole_bucket() => Truth::True,
        Location::Object { key, .. } => prefix.covers(key).into(),
        _ => Truth::Unknown,
    })
}

fn groups_unknown(rule: &str, request: &Request, why: &str) -> Error {
    Error::new(
        Code::GroupsUnknown,
        format!(
            "{}: rule {} depends on the caller's groups, and they are unknown: {}; mend the host's group mapping (hadoop.security.group.mapping)",
            who_and_where(request),
            Quoted(rule),
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
#[path = "examination_tests.rs"]
mod tests;
