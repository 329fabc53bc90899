//! What of AWS's words may be passed on.

use crate::credentials::Credentials;

/// How much of a message is passed on.
const LONGEST_MESSAGE: usize = 600;

/// Without secrets, in one line and not too long: AWS tells the whole canonical request, session
/// token included, when a signature does not match.
pub(crate) fn redacted(text: &str, signer: &Credentials) -> String {
    let mut text = text
        .split("The Canonical String")
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let secrets = [Some(signer.secret_access_key()), signer.session_token()];
    for secret in secrets.into_iter().flatten() {
        if !secret.expose().is_empty() {
            text = text.replace(secret.expose(), "(redacted)");
        }
    }
    if let Some((end, _)) = text.char_indices().nth(LONGEST_MESSAGE) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_says_is_passed_on_without_secrets() {
        let signer = Credentials::new("ASIA1", "s3cr3t/key", Some("t0ken=="));
        let said = "SignatureDoesNotMatch: It does not match.\n\nThe Canonical String for this \
                    request should have been 'POST x-amz-security-token:other'";
        assert_eq!(
            redacted(said, &signer),
            "SignatureDoesNotMatch: It does not match."
        );
        let shown = redacted("a t0ken== b s3cr3t/key c", &signer);
        assert_eq!(shown, "a (redacted) b (redacted) c");
        let long = "ä".repeat(5_000);
        assert!(redacted(&long, &signer).chars().count() <= LONGEST_MESSAGE + 1);
    }
}
