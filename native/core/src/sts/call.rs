//! One AssumeRole request.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_sts::Client;
use aws_sdk_sts::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{
    Builder, ConfigBag, Credentials as SdkCredentials, IdentityCache, Intercept, RuntimeComponents,
    StalledStreamProtectionConfig,
};
use aws_sdk_sts::error::BoxError;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use aws_smithy_types::DateTime;
use tokio::sync::Mutex;
use zeroize::Zeroize;

use super::trouble::{Kind, Trouble};
use crate::aws::{Aws, CONNECT_TIMEOUT, READ_TIMEOUT, ServerTime, until};
use crate::base::KeptBase;
use crate::cache::{Fresh, Lifetime};
use crate::credentials::Credentials;
use crate::session::Session;

/// One attempt, with looking up the name, connecting and TLS.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);

/// STS, in whatever region and at whatever endpoint sessions want it.
#[derive(Debug)]
pub struct Sts {
    aws: Arc<Aws>,
    /// One client for each region and endpoint that sessions name. A client keeps what it learnt
    /// of the difference between this host's clock and STS's.
    clients: Mutex<HashMap<Place, Client>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    region: Option<String>,
    endpoint: Option<String>,
}

/// What STS says of a session beside its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumedRole {
    /// The session's own ARN, which S3 and CloudTrail know it by.
    pub arn: Option<String>,
    /// When it ends, by STS's clock.
    pub ends: SystemTime,
}

impl AssumedRole {
    /// Its end as an RFC 3339 date in UTC.
    pub fn ends_in_words(&self) -> String {
        DateTime::from(self.ends).to_string()
    }
}

/// What one request says, and who signs it.
pub(super) struct Call<'a> {
    pub(super) session: &'a Session,
    pub(super) base: &'a KeptBase,
    pub(super) duration: Duration,
}

impl Sts {
    pub(crate) fn new(aws: Arc<Aws>) -> Self {
        Self {
            aws,
            clients: Mutex::new(HashMap::new()),
        }
    }

    pub(super) fn aws(&self) -> &Aws {
        &self.aws
    }

    /// Sends the request once; gives up after `at_most`.
    pub(super) async fn attempt(
        &self,
        call: &Call<'_>,
        at_most: Duration,
    ) -> Result<Fresh<AssumedRole>, Trouble> {
        tokio::time::timeout(at_most, self.send(call))
            .await
            .unwrap_or_else(|_| {
                Err(Trouble::new(
                    Kind::TimedOut,
                    format!("no answer after {} ms", at_most.as_millis()),
                ))
            })
    }

    async fn send(&self, call: &Call<'_>) -> Result<Fresh<AssumedRole>, Trouble> {
        let client = self.client(call.session).await?;
        let keys = call.base.credentials();
        let signer = SdkCredentials::new(
            keys.access_key_id(),
            keys.secret_access_key().expose(),
            keys.session_token().map(|token| token.expose().to_owned()),
            None,
            "rolecall",
        );
        let session = call.session;
        let time = ServerTime::default();
        let asked = self.aws.clock().now();
        let answer = client
            .assume_role()
            .role_arn(session.role.as_str())
            .role_session_name(session.name.as_str())
            .set_duration_seconds(i32::try_from(call.duration.as_secs()).ok())
            .set_external_id(
                session
                    .external_id
                    .as_ref()
                    .map(|id| id.as_str().to_owned()),
            )
            .set_source_identity(
                session
                    .source_identity
                    .as_ref()
                    .map(|identity| identity.as_str().to_owned()),
            )
            .set_tags(listed(session.tags.iter().filter_map(|(key, value)| {
                // Built with both of its parts it does not fail.
                Tag::builder().key(key).value(value).build().ok()
            })))
            .set_transitive_tag_keys(listed(session.transitive_tag_keys.iter().cloned()))
            .set_policy(
                session
                    .policy
                    .as_ref()
                    .map(|policy| policy.as_str().to_owned()),
            )
            .set_policy_arns(listed(
                session
                    .policy_arns
                    .iter()
                    .map(|arn| PolicyDescriptorType::builder().arn(arn.as_str()).build()),
            ))
            .customize()
            .interceptor(NoteDate(time.clone()))
            .config_override(Builder::new().credentials_provider(signer))
            .send()
            .await;
        let wall = self.aws.clock().wall();
        let now = time.take().unwrap_or(wall);
        let answer = answer.map_err(|error| Trouble::of(&error, keys, apart(now, wall)))?;
        let Some(mut given) = answer.credentials else {
            return Err(Trouble::new(
                Kind::Fault,
                "the answer holds no credentials".into(),
            ));
        };
        let credentials = Credentials::new(
            given.access_key_id,
            &given.secret_access_key,
            Some(&given.session_token),
        );
        given.secret_access_key.zeroize();
        given.session_token.zeroize();
        let ends = SystemTime::try_from(given.expiration).unwrap_or(SystemTime::UNIX_EPOCH);
        let lifetime = until(ends, now);
        if lifetime.is_zero() {
            return Err(Trouble::new(
                Kind::AnswerExpired,
                format!(
                    "they end at {}, while STS's own clock says {} and this host's says {}",
                    DateTime::from(ends),
                    DateTime::from(now),
                    DateTime::from(wall)
                ),
            ));
        }
        Ok(Fresh {
            credentials,
            about: AssumedRole {
                arn: answer.assumed_role_user.map(|user| user.arn),
                ends,
            },
            asked,
            lifetime: Lifetime::Ends(lifetime),
        })
    }

    async fn client(&self, session: &Session) -> Result<Client, Trouble> {
        let place = Place {
            region: session.region.clone(),
            endpoint: session.sts_endpoint.as_deref().map(url),
        };
        let mut clients = self.clients.lock().await;
        if let Some(client) = clients.get(&place) {
            return Ok(client.clone());
        }
        let config = self.aws.config(place.region.as_deref()).await;
        if config.region().is_none() {
            return Err(Trouble::new(Kind::NoRegion, String::new()));
        }
        let mut builder = Builder::from(&config)
            // Ours are the only retries; each attempt is bounded.
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .read_timeout(READ_TIMEOUT)
                    .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                    .build(),
            )
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            // Each call brings its own keys; the cache of bases is ours.
            .identity_cache(IdentityCache::no_cache());
        builder.set_credentials_provider(None);
        if let Some(endpoint) = &place.endpoint {
            // An endpoint that somebody names is taken as it is.
            builder = builder
                .endpoint_url(endpoint)
                .use_fips(false)
                .use_dual_stack(false);
        }
        let client = Client::from_conf(builder.build());
        clients.insert(place, client.clone());
        Ok(client)
    }
}

/// An endpoint with a scheme: Hadoop's settings may name a bare host.
fn url(endpoint: &str) -> String {
    if endpoint.contains("://") {
        endpoint.to_owned()
    } else {
        format!("https://{endpoint}")
    }
}

/// A list for a request, which has none where nothing is in it.
fn listed<T>(items: impl Iterator<Item = T>) -> Option<Vec<T>> {
    let items: Vec<T> = items.collect();
    (!items.is_empty()).then_some(items)
}

fn apart(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other)
        .unwrap_or_else(|error| error.duration())
}

/// Notes the answer's `Date`.
#[derive(Debug)]
struct NoteDate(ServerTime);

impl Intercept for NoteDate {
    fn name(&self) -> &'static str {
        "RolecallNoteDate"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.note(context.response());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_host_is_asked_by_https() {
        assert_eq!(
            url("sts.eu-west-1.amazonaws.com"),
            "https://sts.eu-west-1.amazonaws.com"
        );
        assert_eq!(url("http://127.0.0.1:5000"), "http://127.0.0.1:5000");
    }
}
