//! Long-term keys that everybody gets: `base-keys-for-everybody`.
//!
//! Warns where the file's base is `properties` or `environment`, whose keys are usually those of an IAM
//! user and don't end, and `otherwise` hands it out, or a rule that asks for no user, group, full
//! name or proxying user.

use super::found::Found;
use super::subject::Subject;
use crate::rules::{BaseSource, Otherwise, Outcome, Trail};

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    let Some(base @ (BaseSource::Properties { .. } | BaseSource::Environment)) =
        subject.rules.base()
    else {
        return;
    };
    let what = |whom: &str| {
        format!(
            "hands the base's own keys ({base}) to {whom}; give a role instead, which ends by itself and can do less than the base"
        )
    };
    for (number, rule) in subject.each() {
        let conditions = &rule.conditions;
        let asks_who = conditions.users.is_some()
            || conditions.users_matching.is_some()
            || conditions.groups.is_some()
            || conditions.groups_matching.is_some()
            || conditions.principals.is_some()
            || conditions.real_users.is_some();
        if rule.outcome == Outcome::UseBase && !asks_who {
            found.in_rule(number, Trail::default().then("use"), what("whoever asks"));
        }
    }
    if subject.rules.otherwise() == Otherwise::UseBase {
        found.in_file(
            Trail::default().then("otherwise"),
            what("everybody whom no rule matches"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{of_file, told};

    fn handed(base: &str, rules: &str, otherwise: &str) -> Vec<String> {
        let file = format!(
            r#"{{"version": 1, "base": {base}, "rules": [{rules}], "otherwise": "{otherwise}"}}"#
        );
        told(of_file(&file), "base-keys-for-everybody")
            .into_iter()
            .map(|(field, _)| field)
            .collect()
    }

    const KEYS: &str = r#"{"source": "properties", "file": "/k"}"#;

    #[test]
    fn keys_for_everybody_are_told() {
        let open = r#"{"name": "s", "prefixes": ["s3://b/"], "use": "base"}"#;
        assert_eq!(handed(KEYS, open, "base"), ["use", "otherwise"]);
        assert_eq!(
            handed(r#"{"source": "environment"}"#, "", "base"),
            ["otherwise"]
        );
    }

    #[test]
    fn keys_for_some_and_roles_for_all_are_fine() {
        let some = r#"{"name": "s", "groups": ["ops"], "use": "base"}"#;
        assert!(handed(KEYS, some, "deny").is_empty());
        assert!(handed(r#"{"source": "instance-profile"}"#, "", "base").is_empty());
    }
}
