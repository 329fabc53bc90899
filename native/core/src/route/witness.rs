//! Who looks on while rules are walked.

use std::fmt;

use super::truth::Truth;
use crate::rules::{Names, Pattern, Prefix, Rule};

/// Is told what a walk looks at, as it goes.
pub(super) trait Witness<'r> {
    /// A condition of the rule at hand was looked at.
    fn check(&mut self, check: Check<'r>);
    /// The rule at hand was walked by.
    fn rule(&mut self, rule: &'r Rule, verdict: Truth);
}

/// A condition of a rule that was looked at.
#[derive(Clone, Debug)]
pub(super) struct Check<'r> {
    pub(super) condition: Condition<'r>,
    pub(super) truth: Truth,
}

/// A condition of a rule, or one of its `not`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition<'r> {
    pub(super) field: Field<'r>,
    /// Whether it stands in `not` and holds where the field's own does not.
    pub(super) negated: bool,
}

/// Which condition, by its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field<'r> {
    Users(&'r Names),
    UsersMatching(&'r [Pattern]),
    Principals(&'r Names),
    RealUsers(&'r Names),
    Conf(&'r str, &'r Names),
    Prefixes(&'r [Prefix]),
    Groups(&'r Names),
    GroupsMatching(&'r [Pattern]),
}

impl fmt::Display for Condition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("not.")?;
        }
        f.write_str(match self.field {
            Field::Users(_) => "users",
            Field::UsersMatching(_) => "usersMatching",
            Field::Principals(_) => "principals",
            Field::RealUsers(_) => "realUsers",
            Field::Conf(key, _) => return write!(f, "conf.{key}"),
            Field::Prefixes(_) => "prefixes",
            Field::Groups(_) => "groups",
            Field::GroupsMatching(_) => "groupsMatching",
        })
    }
}

/// Nobody: a decision alone is wanted.
pub(super) struct Nobody;

impl Witness<'_> for Nobody {
    fn check(&mut self, _: Check<'_>) {}
    fn rule(&mut self, _: &Rule, _: Truth) {}
}

/// Keeps everything, also up to where a walk fails.
#[derive(Debug, Default)]
pub(super) struct Steps<'r> {
    pub(super) walked: Vec<Step<'r>>,
    /// What was looked at of the rule at hand.
    checks: Vec<Check<'r>>,
}

/// A rule that was walked by.
#[derive(Clone, Debug)]
pub(super) struct Step<'r> {
    pub(super) rule: &'r Rule,
    /// The conditions that were looked at, up to the first that is false.
    pub(super) checks: Vec<Check<'r>>,
    pub(super) verdict: Truth,
}

impl<'r> Witness<'r> for Steps<'r> {
    fn check(&mut self, check: Check<'r>) {
        self.checks.push(check);
    }

    fn rule(&mut self, rule: &'r Rule, verdict: Truth) {
        self.walked.push(Step {
            rule,
            checks: std::mem::take(&mut self.checks),
            verdict,
        });
    }
}
