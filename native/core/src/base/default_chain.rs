//! `default-chain`: the AWS SDK's own order of sources, built anew for each look.
//!
//! Environment, profile, web identity, container, instance profile. The SDK's providers give their
//! last credentials when a look fails, ended or not; a chain that lives for one look has none.

use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::credential_feature::AwsCredentialFeature as Feature;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_types::DateTime;

use super::instance_profile::InstanceProfile;
use super::{BaseIdentity, RECHECK};
use crate::aws::{Aws, until, with_causes};
use crate::cache::{Fresh, Lifetime};
use crate::credentials::Credentials;
use crate::error::{Code, Error};

/// What the first source of the chain that has any gives.
///
/// # Errors
/// RC401 where none has, RC406 where one failed, RC407 where one gives what has ended; for the
/// instance profile as that source says.
pub(super) async fn look(
    aws: &Arc<Aws>,
    instance_profile: &InstanceProfile,
    deadline: Duration,
) -> Result<Fresh<BaseIdentity>, Error> {
    let asked = aws.clock().now();
    let config = aws.config(None).await;
    let Some(chain) = config.credentials_provider() else {
        return Err(none_found("the AWS SDK has no sources"));
    };
    let found = chain.provide_credentials().await.map_err(|error| {
        let text = with_causes(&error);
        match error {
            CredentialsError::CredentialsNotLoaded(_) => none_found(&text),
            _ => Error::new(
                Code::BaseFailed,
                format!("a source of the default chain failed: {text}"),
            ),
        }
    })?;
    let features = found
        .get_property::<Vec<Feature>>()
        .map_or(&[][..], Vec::as_slice);
    if is_instance_profile(features) {
        // The chain would give these out beyond their end; our own source does not.
        return instance_profile.look(deadline).await;
    }
    let about = BaseIdentity(identity(
        found.access_key_id(),
        found.session_token().is_some(),
        features,
    ));
    let lifetime = match found.expiry() {
        None => Lifetime::Open { recheck: RECHECK },
        Some(expiry) => {
            let now = aws.clock().wall();
            let left = until(expiry, now);
            if left.is_zero() {
                return Err(Error::new(
                    Code::BaseExpired,
                    format!(
                        "the default chain gives credentials that ended at {}; this host's clock \
                         says {}. Renew them, or set the clock",
                        DateTime::from(expiry),
                        DateTime::from(now)
                    ),
                ));
            }
            Lifetime::Ends(left)
        }
    };
    Ok(Fresh {
        credentials: Credentials::new(
            found.access_key_id(),
            found.secret_access_key(),
            found.session_token(),
        ),
        about,
        asked,
        lifetime,
    })
}

fn none_found(why: &str) -> Error {
    Error::new(
        Code::BaseNotFound,
        format!(
            "no base credentials were found in environment, profile, web identity, container or \
             instance profile ({why}); give one of them, or name a base in the rules file or by \
             rolecall.base"
        ),
    )
}

/// Whether these are the instance's own, and no role that a profile assumes with them.
fn is_instance_profile(features: &[Feature]) -> bool {
    features.contains(&Feature::CredentialsImds)
        && !features.contains(&Feature::CredentialsProfileNamedProvider)
        && !features.contains(&Feature::CredentialsStsAssumeRole)
}

/// Keys that stay, or come from the environment, are known by their ID. Those that their source
/// exchanges now and then are known by the kind of that source: a process has one of each.
fn identity(access_key_id: &str, temporary: bool, features: &[Feature]) -> String {
    if temporary && !features.contains(&Feature::CredentialsEnvVars) {
        format!("default-chain {features:?}")
    } else {
        format!("key {access_key_id}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_instance_itself_gives_counts_as_its_profile() {
        assert!(is_instance_profile(&[Feature::CredentialsImds]));
        assert!(!is_instance_profile(&[Feature::CredentialsEnvVars]));
        assert!(!is_instance_profile(&[
            Feature::CredentialsProfileNamedProvider,
            Feature::CredentialsImds,
            Feature::CredentialsStsAssumeRole,
        ]));
    }

    #[test]
    fn keys_that_change_by_themselves_do_not_change_who_they_belong_to() {
        let web = [Feature::CredentialsEnvVarsStsWebIdToken];
        assert_eq!(identity("ASIA1", true, &web), identity("ASIA2", true, &web));
        let profile = [Feature::CredentialsProfile];
        assert_ne!(
            identity("AKIA1", false, &profile),
            identity("AKIA2", false, &profile)
        );
        let environment = [Feature::CredentialsEnvVars];
        assert_ne!(
            identity("ASIA1", true, &environment),
            identity("ASIA2", true, &environment)
        );
    }
}
