//! What the fields of a rule ask of one another, and of those of the top of the file.

use std::collections::BTreeSet;

use super::super::flaw::{Flaw, Flaws};
use super::super::misfit::Misfit;
use super::super::policy_arn::PolicyArn;
use super::super::role::RoleTemplate;
use super::super::rule::Assume;
use super::super::session_fields::SessionFields;
use super::super::session_policy::{LONGEST, PolicyTemplate};
use super::super::template::Variable;
use super::super::trail::Trail;

/// Which fields a rule says itself; the others are those of the top of the file.
pub(super) struct Own {
    pub(super) tags: bool,
    pub(super) transitive_tag_keys: bool,
    pub(super) policy: bool,
    pub(super) policy_arns: bool,
}

/// Checks the fields of a rule and those of the top together; none where something is wrong, which
/// stands in `flaws` then. `rule` is the way to the rule.
pub(super) fn check(
    rule: &impl Fn() -> Trail,
    own: &Own,
    assume: &Assume,
    flaws: &mut Flaws,
) -> Option<()> {
    let good = flaws.0.len();
    let session = &assume.session;
    if let Some(keys) = session
        .transitive_tag_keys
        .as_deref()
        .filter(|keys| !keys.is_empty())
    {
        // The field to change: the one that the rule itself says, the keys before the tags.
        let trail = match own {
            Own {
                transitive_tag_keys: false,
                tags: true,
                ..
            } => session_of(rule, true).then("tags"),
            _ => session_of(rule, own.transitive_tag_keys).then("transitiveTagKeys"),
        };
        let wrong = match &session.tags {
            Some(tags) => tags.check_transitive(keys),
            None => vec![Misfit::new(
                "has no meaning without `tags`; add them, or take it out",
            )],
        };
        let wrong = wrong.iter();
        flaws
            .0
            .extend(wrong.map(|misfit| Flaw::misfit(trail.clone(), misfit)));
    }
    if let Some(arns) = session.policy_arns.as_deref() {
        check_arns(rule, own, assume, arns, flaws);
    }
    (flaws.0.len() == good).then_some(())
}

fn check_arns(
    rule: &impl Fn() -> Trail,
    own: &Own,
    assume: &Assume,
    arns: &BTreeSet<PolicyArn>,
    flaws: &mut Flaws,
) {
    let session = &assume.session;
    let trail = session_of(rule, own.policy_arns).then("policyArns");
    if let Some((partition, account)) = assume.role.home() {
        for arn in arns {
            if let Err(misfit) = arn.check_beside(partition, &account) {
                let what = format!("{} {misfit}", arn.as_str());
                flaws.0.push(Flaw::at(trail.clone(), what));
            }
        }
    }
    let beside = session.length_of_arns();
    let policy = session
        .policy
        .as_deref()
        .map_or(0, PolicyTemplate::shortest);
    if policy + beside > LONGEST {
        let trail = if own.policy && !own.policy_arns {
            session_of(rule, true).then("policy")
        } else {
            trail
        };
        flaws.0.push(Flaw::at(
            trail,
            format!(
                "is too long: policy and ARNs have {} characters together; STS takes {LONGEST}",
                policy + beside
            ),
        ));
    }
}

/// The session that a field is to be changed in: the rule's, or that of the top.
fn session_of(rule: &impl Fn() -> Trail, of_the_rule: bool) -> Trail {
    if of_the_rule {
        rule().then("session")
    } else {
        Trail::default().then("session")
    }
}

/// Checks that a rule which fills in `${group}` says which group is meant. `merged` is what the rule
/// itself says of its session, and what it takes over from the top of the file.
pub(super) fn check_group(
    rule: &impl Fn() -> Trail,
    role: &RoleTemplate,
    own: &SessionFields,
    merged: &SessionFields,
) -> Result<(), Flaw> {
    let trail = if role.template().takes(&Variable::Group) {
        rule().then("role")
    } else if let Some(field) = own.field_that_takes(&Variable::Group) {
        rule().then("session").then(field)
    } else if let Some(field) = merged.field_that_takes(&Variable::Group) {
        // It is wrong at the top because of this rule.
        return Err(Flaw::at(
            Trail::default().then("session").then(field),
            "holds `${group}`, and a rule that takes it over has neither `groups` nor `groupsMatching`, which say what that is; write the field in the rules that have them",
        ));
    } else {
        return Ok(());
    };
    Err(group_unsaid(trail))
}

/// `${group}` where nothing says which.
pub(super) fn group_unsaid(trail: Trail) -> Flaw {
    Flaw::at(
        trail,
        "holds `${group}`, and the rule has neither `groups` nor `groupsMatching`, which say what that is; add one of them, or take it out",
    )
}
