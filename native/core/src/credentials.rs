//! The three texts that sign a request.

use std::fmt;

use crate::secret::SecretText;

/// An access key ID with its secret key, and the session token where the keys are temporary.
#[derive(PartialEq, Eq)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: SecretText,
    session_token: Option<SecretText>,
}

impl Credentials {
    /// Copies the secrets to memory of their own; the caller wipes what it copied from.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: &str,
        session_token: Option<&str>,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: SecretText::new(secret_access_key),
            session_token: session_token.map(SecretText::new),
        }
    }

    /// Names the keys; no secret, and fit for a message.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// What signs.
    pub fn secret_access_key(&self) -> &SecretText {
        &self.secret_access_key
    }

    /// Goes with each request where the keys are temporary; none for the keys of an IAM user.
    pub fn session_token(&self) -> Option<&SecretText> {
        self.session_token.as_ref()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_names_the_keys_and_shows_no_secret() {
        let credentials = Credentials::new("AKIAEXAMPLE", "the-secret", Some("the-token"));
        let shown = format!("{credentials:?}");
        assert!(shown.contains("AKIAEXAMPLE"), "{shown}");
        assert!(
            !shown.contains("the-secret") && !shown.contains("the-token"),
            "{shown}"
        );
    }
}
