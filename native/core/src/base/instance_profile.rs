//! `instance-profile`: the role of the EC2 instance, by IMDSv2 and nothing older.
//!
//! The SDK's own provider is not used: it gives credentials out beyond their end when IMDS can't
//! renew them, and it does not tell the role's name.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::imds::Client;
use aws_config::imds::client::error::{BuildError, ImdsError};
use aws_config::provider_config::ProviderConfig;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::Deserialize;
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use super::BaseIdentity;
use crate::aws::{Aws, ServerTime, until, with_causes};
use crate::cache::{Fresh, Lifetime, between};
use crate::credentials::Credentials;
use crate::error::{Code, Error};

const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
const INSTANCE: &str = "/latest/meta-data/instance-id";
/// How often a metadata service that does not answer is asked in one look. It is on the host's own
/// link: where it answers at all it does so at once.
const ATTEMPTS: u32 = 3;
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_millis(500));

/// The metadata service of this host.
#[derive(Debug)]
pub(super) struct InstanceProfile {
    aws: Arc<Aws>,
    time: ServerTime,
    client: OnceCell<Client>,
    instance: OnceCell<String>,
}

/// What the service says of a role; field names are its own.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    code: Option<String>,
    message: Option<String>,
    access_key_id: Option<String>,
    secret_access_key: Option<Zeroizing<String>>,
    token: Option<Zeroizing<String>>,
    expiration: Option<String>,
}

impl InstanceProfile {
    pub(super) fn new(aws: Arc<Aws>) -> Self {
        Self {
            aws,
            time: ServerTime::default(),
            client: OnceCell::new(),
            instance: OnceCell::new(),
        }
    }

    /// The role's credentials.
    ///
    /// # Errors
    /// RC402 where the service can't be reached or is switched off, RC403 where the instance has no
    /// role, RC407 where it gives out what has ended, RC406 for everything else.
    pub(super) async fn look(&self, deadline: Duration) -> Result<Fresh<BaseIdentity>, Error> {
        let clock = self.aws.clock();
        let mut attempt = 1;
        loop {
            match self.look_once().await {
                Err(error)
                    if error.code() == Code::InstanceProfileUnreachable
                        && attempt < ATTEMPTS
                        && clock.now() < deadline
                        && !self.is_switched_off() =>
                {
                    attempt += 1;
                    clock.sleep(between(PAUSE.0, PAUSE.1)).await;
                }
                result => return result,
            }
        }
    }

    async fn look_once(&self) -> Result<Fresh<BaseIdentity>, Error> {
        if self.is_switched_off() {
            return Err(unreachable(
                "AWS_EC2_METADATA_DISABLED is set to true for this process",
            ));
        }
        let client = self.client().await?;
        let asked = self.aws.clock().now();
        let listed = client.get(ROLES).await.map_err(|error| failed(&error))?;
        let role = listed.as_ref().lines().next().unwrap_or_default().trim();
        if role.is_empty() {
            return Err(without_role());
        }
        self.time.take();
        let document = client
            .get(format!("{ROLES}{role}"))
            .await
            .map_err(|error| failed(&error))?;
        let now = self.time.take().unwrap_or_else(|| self.aws.clock().wall());
        let (credentials, lifetime) = read(document.as_ref(), role, now)?;
        // Only names the instance; a service that does not tell is no reason to fail.
        let instance = self
            .instance
            .get_or_try_init(|| async {
                client
                    .get(INSTANCE)
                    .await
                    .map(|id| id.as_ref().trim().to_owned())
            })
            .await
            .map_or("unknown", String::as_str);
        Ok(Fresh {
            credentials,
            about: BaseIdentity(format!("instance {instance} role {role}")),
            asked,
            lifetime: Lifetime::Ends(lifetime),
        })
    }

    fn is_switched_off(&self) -> bool {
        self.aws
            .environment()
            .get("AWS_EC2_METADATA_DISABLED")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Kept, since it holds the session token of IMDSv2.
    async fn client(&self) -> Result<&Client, Error> {
        self.client
            .get_or_try_init(|| async {
                let config = ProviderConfig::without_region()
                    .with_http_client(self.time.watching(self.aws.http().clone()))
                    .with_time_source(self.aws.wall());
                let builder = Client::builder().configure(&config);
                let endpoint = self
                    .aws
                    .environment()
                    .get("AWS_EC2_METADATA_SERVICE_ENDPOINT");
                match endpoint {
                    Some(endpoint) => builder.endpoint(endpoint).map_err(|error| {
                        unreachable(&format!(
                            "AWS_EC2_METADATA_SERVICE_ENDPOINT is no URL: {error}"
                        ))
                    }),
                    None => Ok(builder),
                }
                .map(|builder| builder.build())
            })
            .await
    }
}

fn read(document: &str, role: &str, now: SystemTime) -> Result<(Credentials, Duration), Error> {
    // What serde says of broken JSON may quote a value: a secret.
    let document: Document = serde_json::from_str(document).map_err(|_| {
        Error::new(
            Code::BaseFailed,
            format!(
                "the instance metadata service's answer for role {role} is not the documented JSON"
            ),
        )
    })?;
    if document
        .code
        .as_deref()
        .is_some_and(|code| code != "Success")
    {
        return Err(Error::new(
            Code::BaseFailed,
            format!(
                "the instance metadata service has no credentials for role {role}: {}: {}; check \
                 that the role exists and that its trust policy names ec2.amazonaws.com",
                document.code.unwrap_or_default(),
                document.message.unwrap_or_default()
            ),
        ));
    }
    let (Some(access_key_id), Some(secret), Some(token), Some(expiration)) = (
        document.access_key_id,
        document.secret_access_key,
        document.token,
        document.expiration,
    ) else {
        return Err(Error::new(
            Code::BaseFailed,
            format!("the instance metadata service's answer for role {role} lacks a field"),
        ));
    };
    let ends = DateTime::from_str(&expiration, Format::DateTime)
        .ok()
        .and_then(|ends| SystemTime::try_from(ends).ok())
        .ok_or_else(|| {
            Error::new(
                Code::BaseFailed,
                format!("the instance metadata service gives {expiration:?} as a time"),
            )
        })?;
    let lifetime = until(ends, now);
    if lifetime.is_zero() {
        return Err(Error::new(
            Code::BaseExpired,
            format!(
                "the instance metadata service gives credentials of role {role} that ended at \
                 {expiration}; now it is {}. Either this host's clock is wrong, or EC2 can't renew \
                 them at present",
                DateTime::from(now)
            ),
        ));
    }
    Ok((
        Credentials::new(access_key_id, &secret, Some(&token)),
        lifetime,
    ))
}

fn unreachable(why: &str) -> Error {
    // The SDK ends some of its reasons itself.
    let why = why.trim_end_matches('.');
    Error::new(
        Code::InstanceProfileUnreachable,
        format!(
            "the instance metadata service can't be reached: {why}. Off EC2 name another base; on \
             it, check that the instance's metadata service is enabled, and inside a container \
             that its hop limit is at least 2"
        ),
    )
}

fn without_role() -> Error {
    Error::new(
        Code::InstanceProfileWithoutRole,
        "the instance metadata service answers, and says that no role is attached to this \
         instance; attach an instance profile or name another base",
    )
}

fn failed(error: &ImdsError) -> Error {
    match error {
        ImdsError::ErrorResponse(answer) => match answer.response().status().as_u16() {
            404 => without_role(),
            403 => unreachable("it answers 403: it is switched off for this instance"),
            status => Error::new(
                Code::BaseFailed,
                format!("the instance metadata service answers with HTTP status {status}"),
            ),
        },
        ImdsError::FailedToLoadToken(_) | ImdsError::IoError(_) => unreachable(&with_causes(error)),
        _ if is_misconfigured(error) => unreachable(&with_causes(error)),
        _ => Error::new(
            Code::BaseFailed,
            format!(
                "the instance metadata service gave no usable answer: {}",
                with_causes(error)
            ),
        ),
    }
}

fn is_misconfigured(error: &ImdsError) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if error.is::<BuildError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests;
