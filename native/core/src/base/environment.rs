//! `environment`: the keys in `AWS_ACCESS_KEY_ID` and its companions.

use std::time::Duration;

use super::{BaseIdentity, RECHECK};
use crate::cache::{Fresh, Lifetime};
use crate::credentials::Credentials;
use crate::error::{Code, Error};
use crate::surroundings::Environment;

/// The keys that the process was started with.
///
/// # Errors
/// RC408, naming the variable that is missing.
pub(super) fn look(environment: &Environment, now: Duration) -> Result<Fresh<BaseIdentity>, Error> {
    let variable = |name: &str| {
        environment.get(name).ok_or_else(|| {
            Error::new(
                Code::EnvironmentIncomplete,
                format!(
                    "the base is the environment, and {name} is not set in it; set it for this \
                     process, or name another base"
                ),
            )
        })
    };
    let access_key_id = variable("AWS_ACCESS_KEY_ID")?;
    let credentials = Credentials::new(
        access_key_id,
        variable("AWS_SECRET_ACCESS_KEY")?,
        environment.get("AWS_SESSION_TOKEN"),
    );
    Ok(Fresh {
        credentials,
        about: BaseIdentity(format!("key {access_key_id}")),
        asked: now,
        lifetime: Lifetime::Open { recheck: RECHECK },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn keys_come_with_or_without_a_token() {
        let long_term = environment(&[
            ("AWS_ACCESS_KEY_ID", "AKIA1"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_SESSION_TOKEN", ""),
        ]);
        let found = look(&long_term, Duration::ZERO).unwrap();
        assert_eq!(found.credentials, Credentials::new("AKIA1", "secret", None));
        assert_eq!(found.about.to_string(), "key AKIA1");

        let temporary = environment(&[
            ("AWS_ACCESS_KEY_ID", "ASIA1"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_SESSION_TOKEN", "token"),
        ]);
        let found = look(&temporary, Duration::ZERO).unwrap();
        assert_eq!(
            found.credentials,
            Credentials::new("ASIA1", "secret", Some("token"))
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        for (set, missing) in [
            ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
            ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
        ] {
            let error = look(&environment(&[(set, "hunter2")]), Duration::ZERO).unwrap_err();
            assert_eq!(error.code(), Code::EnvironmentIncomplete);
            assert!(error.message().contains(missing), "{error}");
            assert!(!error.message().contains("hunter2"), "{error}");
        }
    }
}
