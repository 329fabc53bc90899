//! What an answer's own `Date` says of this host's clock.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use crate::lock::lock;

/// The `Date` of the last answer that went through a client.
///
/// Where a lifetime is reckoned from `Expiration`, it is reckoned against this: the difference of
/// two times of one clock is right whatever the host's clock says.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerTime {
    last: Arc<Mutex<Option<SystemTime>>>,
}

impl ServerTime {
    /// The last answer's `Date`, and none for the next reader.
    pub(crate) fn take(&self) -> Option<SystemTime> {
        lock(&self.last).take()
    }

    /// Notes the `Date` of an answer.
    pub(crate) fn note(&self, response: &HttpResponse) {
        let date = response
            .headers()
            .get("date")
            .and_then(|date| DateTime::from_str(date, Format::HttpDate).ok())
            .and_then(|date| SystemTime::try_from(date).ok());
        if date.is_some() {
            *lock(&self.last) = date;
        }
    }

    /// A client like `http` that notes each answer's `Date` here.
    pub(crate) fn watching(&self, http: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Watching {
            http,
            time: self.clone(),
        })
    }
}

/// How long something that ends at `expiration` is good, for a server whose clock says `now`.
pub(crate) fn until(expiration: SystemTime, now: SystemTime) -> Duration {
    expiration.duration_since(now).unwrap_or_default()
}

#[derive(Debug)]
struct Watching<T> {
    http: T,
    time: ServerTime,
}

impl HttpClient for Watching<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Watching {
            http: self.http.http_connector(settings, components),
            time: self.time.clone(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.http.connector_metadata()
    }
}

impl HttpConnector for Watching<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.http.call(request);
        let time = self.time.clone();
        HttpConnectorFuture::new(async move {
            let response = answer.await?;
            time.note(&response);
            Ok(response)
        })
    }
}
