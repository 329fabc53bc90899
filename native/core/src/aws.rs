//! What every call to AWS shares: one HTTP client, and the AWS environment and profile.

mod pause;
mod redaction;
mod server_time;

pub(crate) use pause::pause_after;
pub(crate) use redaction::redacted;
pub(crate) use server_time::{ServerTime, until};

use std::fmt::Write;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use aws_config::{AppName, BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_smithy_async::time::TimeSource;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder as HttpClientBuilder, Connector};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use crate::clock::Clock;
use crate::surroundings::Environment;

/// What STS and CloudTrail see of us, as `app/rolecall-VERSION` in the user agent.
const APP_NAME: &str = concat!("rolecall-", env!("CARGO_PKG_VERSION"));
/// The same for what is asked without an SDK.
pub(crate) const USER_AGENT: &str = concat!("app/rolecall-", env!("CARGO_PKG_VERSION"));

/// How long connecting may take, and how long an answer may let wait for its start.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// See [`CONNECT_TIMEOUT`].
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// ring: no other TLS provider is compiled in.
const TLS: Provider = Provider::Rustls(CryptoMode::Ring);

/// The way to AWS. One a process, so that connections are used again.
#[derive(Debug)]
pub(crate) struct Aws {
    clock: Arc<dyn Clock>,
    environment: Environment,
    http: SharedHttpClient,
    /// For requests that no SDK makes.
    plain: OnceLock<SharedHttpConnector>,
}

impl Aws {
    pub(crate) fn new(clock: Arc<dyn Clock>, environment: Environment) -> Self {
        // Trusted certificates are read at the first call.
        let http = HttpClientBuilder::new().tls_provider(TLS).build_https();
        Self {
            clock,
            environment,
            http,
            plain: OnceLock::new(),
        }
    }

    /// Sends a request as it is. Follows no redirect: where it leads, our signature must not go.
    pub(crate) fn send(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.plain.get_or_init(|| {
            let settings = HttpConnectorSettings::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .read_timeout(READ_TIMEOUT)
                .build();
            let builder = Connector::builder()
                .tls_provider(TLS)
                .connector_settings(settings);
            SharedHttpConnector::new(builder.build())
        });
        connector.call(request)
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    pub(crate) fn http(&self) -> &SharedHttpClient {
        &self.http
    }

    /// The AWS SDK's view of environment and profile, read now. Without a `region` the SDK's own
    /// chain looks for one: environment, profile, IMDS.
    pub(crate) async fn config(&self, region: Option<&str>) -> SdkConfig {
        let mut loader = self.loader();
        if let Some(region) = region {
            loader = loader.region(Region::new(region.to_owned()));
        }
        if let Ok(name) = AppName::new(APP_NAME) {
            loader = loader.app_name(name);
        }
        loader.load().await
    }

    fn loader(&self) -> ConfigLoader {
        let loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(self.http.clone())
            .time_source(self.wall());
        // The process's own environment, which `Surroundings` mirrors, has no other way into the
        // SDK than being the process's; a test hands in its own and has no files.
        #[cfg(test)]
        let loader = {
            use aws_types::os_shim_internal::{Env, Fs};
            let variables: Vec<_> = self.environment.iter().collect();
            loader
                .env(Env::from_slice(&variables))
                .fs(Fs::from_slice(&[]))
        };
        loader
    }

    /// The host's wall clock, as the SDK wants it.
    pub(crate) fn wall(&self) -> Wall {
        Wall(Arc::clone(&self.clock))
    }
}

/// The host's wall clock; the SDK corrects what it signs by the difference to STS's own.
#[derive(Clone, Debug)]
pub(crate) struct Wall(Arc<dyn Clock>);

impl TimeSource for Wall {
    fn now(&self) -> SystemTime {
        self.0.wall()
    }
}

/// An error with all its causes in one line: the SDK's errors say nothing without them.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut last = text.clone();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        // Wrappers repeat what they wrap.
        if next != last {
            let _ = write!(text, ": {next}");
            last = next;
        }
        cause = error.source();
    }
    text
}
