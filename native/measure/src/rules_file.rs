//! A rules file as a platform team may come to have it: each rule for somebody or somewhere else.

use std::fmt::Write;

use crate::expressions::expression;

/// How many rules name prefixes of one bucket.
const TO_A_BUCKET: usize = 16;

/// The conditions that rule `rule` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Users,
    Group,
    GroupAndPrefix,
    UsersMatchingAndPrefix,
    GroupsMatchingAndPrefix,
    UserConfAndPrefix,
    PrefixButNotUsers,
    RealUser,
}

impl Shape {
    pub(crate) fn of(rule: usize) -> Self {
        match rule % 8 {
            0 => Self::Users,
            1 => Self::Group,
            2 => Self::GroupAndPrefix,
            3 => Self::UsersMatchingAndPrefix,
            4 => Self::GroupsMatchingAndPrefix,
            5 => Self::UserConfAndPrefix,
            6 => Self::PrefixButNotUsers,
            _ => Self::RealUser,
        }
    }
}

/// The prefix of rule `rule`: three folders deep.
pub(crate) fn prefix(rule: usize) -> String {
    let bucket = rule / TO_A_BUCKET;
    format!(
        "s3://lake-{bucket}/zone-{}/team-{}/set-{rule}",
        rule % 3,
        rule % 7
    )
}

/// The text of a rules file with so many rules.
pub fn rules_file(count: usize) -> String {
    let mut text = String::from(
        "{\n  \"version\": 1,\n  \"session\": {\"name\": \"${user}\", \"durationSeconds\": 3600},\n  \"rules\": [\n",
    );
    for rule in 0..count {
        let conditions = match Shape::of(rule) {
            Shape::Users => format!(r#""users": ["user-{rule}", "guest-{rule}"]"#),
            Shape::Group => format!(r#""groups": ["group-{rule}"]"#),
            Shape::GroupAndPrefix => format!(
                r#""groups": ["group-{rule}", "group-{}"], "prefixes": ["{}/"]"#,
                rule / 2,
                prefix(rule)
            ),
            Shape::UsersMatchingAndPrefix => format!(
                r#""usersMatching": ["{}"], "prefixes": ["{}/"]"#,
                expression(rule),
                prefix(rule)
            ),
            Shape::GroupsMatchingAndPrefix => format!(
                r#""groupsMatching": ["{}"], "prefixes": ["{}/"]"#,
                expression(rule),
                prefix(rule)
            ),
            Shape::UserConfAndPrefix => format!(
                r#""users": ["user-{}"], "conf": {{"tenant": ["t{}"]}}, "prefixes": ["{}/"]"#,
                rule / 2,
                rule % 10,
                prefix(rule)
            ),
            Shape::PrefixButNotUsers => format!(
                r#""prefixes": ["{}/"], "not": {{"users": ["user-{}"]}}"#,
                prefix(rule),
                rule / 2
            ),
            Shape::RealUser => format!(r#""realUsers": ["livy-{rule}"]"#),
        };
        let end = if rule + 1 < count { "," } else { "" };
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            r#"    {{"name": "rule-{rule}", {conditions}, "role": "arn:aws:iam::111122223333:role/role-{rule}"}}{end}"#
        );
    }
    text.push_str("  ],\n  \"otherwise\": \"deny\"\n}\n");
    text
}
