//! Names that nobody has: `name-looks-wrong`.
//!
//! Warns about a value of `users`, `groups`, `principals`, `realUsers` or `conf`, in a rule or its
//! `not`,
//! - that begins or ends with white space (names are compared exactly),
//! - that holds a `*`, except in `conf` (it stands for itself),
//! - of `users` or `realUsers` that ends in `@` and a realm in capitals, with a `.` (Hadoop takes the
//!   realm off a short name).

use super::excluded::{names, trail};
use super::found::Found;
use super::implied::List;
use super::subject::Subject;
use crate::rules::{Conditions, Trail};

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    for (number, rule) in subject.each() {
        let mut look_at = |top: &Trail, conditions: &Conditions| {
            for (list, names) in names(conditions) {
                let field = top.with(&trail(&list));
                for (value, name) in names.iter().enumerate() {
                    if let Some(why) = wrong(&list, name) {
                        found.in_rule(number, field.then(value), why);
                    }
                }
            }
        };
        look_at(&Trail::default(), &rule.conditions);
        if let Some(not) = &rule.conditions.not {
            look_at(&Trail::default().then("not"), not);
        }
    }
}

fn wrong(list: &List, name: &str) -> Option<String> {
    if name.trim() != name {
        return Some(
            "begins or ends with white space, and is compared exactly; take it out".to_owned(),
        );
    }
    let is_short = matches!(list, List::Users | List::RealUsers);
    if name.contains('*') && !matches!(list, List::Conf(_)) {
        let instead = match list {
            List::Users => {
                "write an expression into `usersMatching`, or leave the condition out for everybody"
            }
            List::Groups => {
                "write an expression into `groupsMatching`, or leave the condition out for everybody"
            }
            _ => "list the names, or leave the condition out for everybody",
        };
        return Some(format!(
            "holds `*`, which stands for itself here; {instead}"
        ));
    }
    match name.rsplit_once('@') {
        Some((_, realm)) if is_short && is_realm(realm) => Some(
            "looks like a full Kerberos name, and a short name has no realm; write it into `principals`, or without the realm"
                .to_owned(),
        ),
        _ => None,
    }
}

fn is_realm(text: &str) -> bool {
    text.contains('.')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b".-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{told, warnings};

    fn odd(rule: &str) -> Vec<String> {
        told(
            warnings(&format!(r#"{{"name": "r", {rule}, "deny": "x"}}"#)),
            "name-looks-wrong",
        )
        .into_iter()
        .map(|(field, _)| field)
        .collect()
    }

    #[test]
    fn a_name_that_nobody_has_is_pointed_at() {
        for (rule, field) in [
            (r#""users": ["ann", "bob "]"#, "users[1]"),
            (r#""users": ["*"]"#, "users[0]"),
            (r#""groups": ["grp_.*"]"#, "groups[0]"),
            (r#""users": ["ann@EXAMPLE.COM"]"#, "users[0]"),
            (r#""realUsers": ["oozie/h@EXAMPLE.COM"]"#, "realUsers[0]"),
            (
                r#""groups": ["a"], "not": {"users": ["\tann"]}"#,
                "not.users[0]",
            ),
            (r#""conf": {"k": ["v\n"]}"#, "conf.k[0]"),
        ] {
            assert_eq!(odd(rule), [field], "{rule}");
        }
    }

    #[test]
    fn names_as_people_have_them_are_fine() {
        for rule in [
            r#""users": ["ann", "ann@example.com", "DOMAIN\\ann", "王", "a b"]"#,
            r#""principals": ["ann@EXAMPLE.COM"]"#,
            r#""groups": ["Domain Users", "g@x"]"#,
            r#""conf": {"k": ["*"]}"#,
            r#""usersMatching": ["ann.*"]"#,
        ] {
            assert!(odd(rule).is_empty(), "{rule}");
        }
    }
}
