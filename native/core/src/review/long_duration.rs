//! Sessions that may not last as long as they ask for: `duration-beyond-chaining`.
//!
//! Warns about a `durationSeconds` over 3600 where the base is `default-chain`, or is left to the
//! settings: it may turn out to be a role's session itself, and STS gives those an hour at most (role
//! chaining). A base that is known to be one is an error at reading already.

use super::found::Found;
use super::subject::Subject;
use crate::rules::{BaseSource, LONGEST_CHAINED, Outcome, Trail};

pub(super) fn look(subject: &Subject<'_>, found: &mut Found) {
    for (number, rule) in subject.each() {
        let Outcome::Assume(assume) = &rule.outcome else {
            continue;
        };
        let Some(duration) = assume.session.duration.filter(|it| *it > LONGEST_CHAINED) else {
            continue;
        };
        let base = match &assume.base {
            None => "the base is left to the settings, and".to_owned(),
            Some(base @ BaseSource::DefaultChain) => format!("the base {base}"),
            Some(_) => continue,
        };
        found.in_rule(
            number,
            Trail::default().then("session").then("durationSeconds"),
            format!(
                "asks for {} s, and {base} may turn out to be a role's session itself, which gets {} s at most (role chaining): the session is cut to that then; write {} or less, or name a base with keys of its own",
                duration.as_secs(),
                LONGEST_CHAINED.as_secs(),
                LONGEST_CHAINED.as_secs(),
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{of_file, told};

    fn too_long(top: &str, rule: &str) -> Vec<String> {
        let file = format!(
            r#"{{"version": 1, {top} "rules": [
                {{"name": "r", "role": "arn:aws:iam::111122223333:role/r"{rule}}}], "otherwise": "base"}}"#
        );
        told(of_file(&file), "duration-beyond-chaining")
            .into_iter()
            .map(|(_, what)| what)
            .collect()
    }

    #[test]
    fn a_base_that_may_be_a_session_is_told() {
        assert_eq!(
            too_long("", r#", "session": {"durationSeconds": 7200}"#),
            [
                "asks for 7200 s, and the base is left to the settings, and may turn out to be a role's session itself, which gets 3600 s at most (role chaining): the session is cut to that then; write 3600 or less, or name a base with keys of its own"
            ]
        );
        assert_eq!(
            too_long(
                r#""base": {"source": "default-chain"}, "session": {"durationSeconds": 3601},"#,
                ""
            )
            .len(),
            1
        );
    }

    #[test]
    fn keys_of_a_user_may_ask_for_more_and_anybody_for_an_hour() {
        assert!(
            too_long(
                r#""base": {"source": "properties", "file": "/k"}, "session": {"durationSeconds": 43200},"#,
                ""
            )
            .is_empty()
        );
        assert!(too_long(r#""session": {"durationSeconds": 3600},"#, "").is_empty());
        assert!(too_long("", "").is_empty());
    }
}
