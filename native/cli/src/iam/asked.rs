//! What one rule asks of STS, as statements for both sides.

use std::collections::BTreeSet;

use rolecall_core::rules::{Assumption, Partial, Piece};

use super::policy::{Conditions, Statement, Test};
use super::principal::Principal;

/// What one assumption asks of STS, as conditions.
pub struct Asked<'a> {
    assumption: &'a Assumption,
    external_id: Conditions,
    source_identity: Conditions,
    tags: Conditions,
    comments: BTreeSet<String>,
}

impl<'a> Asked<'a> {
    /// Of one assumption.
    pub fn of(assumption: &'a Assumption) -> Self {
        let mut comments = BTreeSet::new();
        let mut condition = |key: String, what: &str, value: &Partial| {
            comments.extend(open(value, what, &assumption.rule));
            let test = if value.is_known() {
                Test::Equals
            } else {
                Test::Like
            };
            ((test, key), BTreeSet::from([pattern(value)]))
        };
        let external_id = assumption
            .external_id
            .iter()
            .map(|id| condition("sts:ExternalId".to_owned(), "the external ID", id))
            .collect();
        let source_identity = assumption
            .source_identity
            .iter()
            .map(|identity| {
                let key = "sts:SourceIdentity".to_owned();
                condition(key, "the source identity", identity)
            })
            .collect();
        let tags = assumption
            .tags
            .iter()
            .map(|(key, value)| {
                let what = format!("the tag {key}");
                condition(format!("aws:RequestTag/{key}"), &what, value)
            })
            .collect();
        Self {
            assumption,
            external_id,
            source_identity,
            tags,
            comments,
        }
    }

    /// Statements for the base's own policy.
    pub fn of_the_base(&self) -> Vec<Statement> {
        let role = &self.assumption.role;
        let on_the_role = |action: &str, conditions: Conditions| Statement {
            actions: BTreeSet::from([action.to_owned()]),
            resources: BTreeSet::from([pattern(role)]),
            conditions,
            comments: open(role, "the role", &self.assumption.rule)
                .into_iter()
                .collect(),
            ..Statement::default()
        };
        let mut statements = vec![on_the_role("sts:AssumeRole", Conditions::new())];
        if !self.source_identity.is_empty() {
            statements.push(on_the_role("sts:SetSourceIdentity", Conditions::new()));
        }
        if !self.tags.is_empty() {
            statements.push(on_the_role("sts:TagSession", self.tag_keys()));
        }
        statements
    }

    /// Statements for the role's trust policy. A condition stands with each action whose requests
    /// have its key (Service Authorization Reference, "AWS Security Token Service"): the external ID
    /// with AssumeRole alone.
    pub fn of_the_role(&self, principal: &Principal) -> Vec<Statement> {
        let to_the_base = |action: &str, conditions: Conditions| Statement {
            principals: BTreeSet::from([principal.arn().to_owned()]),
            actions: BTreeSet::from([action.to_owned()]),
            conditions,
            comments: self.comments.clone(),
            ..Statement::default()
        };
        let mut assume = self.external_id.clone();
        assume.extend(self.source_identity.clone());
        assume.extend(self.tags.clone());
        let mut statements = vec![to_the_base("sts:AssumeRole", assume)];
        if !self.source_identity.is_empty() {
            let conditions = self.source_identity.clone();
            statements.push(to_the_base("sts:SetSourceIdentity", conditions));
        }
        if !self.tags.is_empty() {
            let mut conditions = self.tags.clone();
            conditions.extend(self.tag_keys());
            let keys = &self.assumption.transitive_tag_keys;
            let transitive = "sts:TransitiveTagKeys".to_owned();
            conditions.insert(
                if keys.is_empty() {
                    (Test::Absent, transitive)
                } else {
                    (Test::AllEqual, transitive)
                },
                if keys.is_empty() {
                    BTreeSet::from(["true".to_owned()])
                } else {
                    keys.clone()
                },
            );
            statements.push(to_the_base("sts:TagSession", conditions));
        }
        statements
    }

    fn tag_keys(&self) -> Conditions {
        let keys = self.assumption.tags.keys().cloned().collect();
        Conditions::from([((Test::AllEqual, "aws:TagKeys".to_owned()), keys)])
    }
}

/// A text as IAM reads it: `*` for what is open; what IAM would read as more than itself is
/// written out.
pub fn pattern(text: &Partial) -> String {
    let mut pattern = String::new();
    for piece in text.pieces() {
        match piece {
            Piece::Known(known) => pattern.push_str(&escaped(known)),
            Piece::Open(_) if pattern.ends_with('*') && !pattern.ends_with("${*") => {}
            Piece::Open(_) => pattern.push('*'),
        }
    }
    pattern
}

/// IAM's own way to write its three special characters, in ARNs and in texts.
pub fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '*' | '?' | '$' => format!("${{{c}}}"),
            c => c.to_string(),
        })
        .collect()
}

/// Says what the `*` of a pattern stands for, where there is one.
pub fn open(text: &Partial, what: &str, rule: &str) -> Option<String> {
    let open: BTreeSet<&str> = text.open().collect();
    if open.is_empty() {
        return None;
    }
    let open: Vec<&str> = open.into_iter().collect();
    Some(format!(
        "`*` in {what} stands for {} of rule `{rule}`",
        open.join(" and ")
    ))
}
