//! By which endpoint and region a bucket is asked for.

use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::address::Endpoint;
use crate::aws::Aws;
use crate::rules::{S3Place, parse_endpoint};

/// Where a bucket is asked for whose region nobody says; S3 tells from there.
const FIRST_REGION: &str = "us-east-1";

/// Where an object is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) endpoint: Endpoint,
    pub(super) region: String,
}

impl Way {
    /// What the settings say, then the AWS environment and profile.
    pub(super) async fn to(place: &S3Place, aws: &Aws) -> Self {
        let named = place.endpoint.as_deref().map(Endpoint::of);
        let named_region = named.as_ref().and_then(|(_, region)| region.as_deref());
        // A region that is known spares the SDK's search, which ends at the instance metadata.
        let known = place.region.as_deref().or(named_region);
        let config = aws.config(known).await;
        let (endpoint, region) = match named {
            Some(named) => named,
            None => configured(place, &config)
                .map_or_else(|| (of_aws(&config), None), |url| Endpoint::of(&url)),
        };
        let region = place
            .region
            .clone()
            .or(region)
            .or_else(|| config.region().map(ToString::to_string))
            .unwrap_or_else(|| FIRST_REGION.to_owned());
        Self { endpoint, region }
    }
}

/// The endpoint that the AWS environment or profile names for S3, or for all services.
fn configured(place: &S3Place, config: &SdkConfig) -> Option<String> {
    if !place.endpoint_of_environment {
        return None;
    }
    let key = ServiceConfigKey::builder()
        .service_id("S3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    let url = config
        .service_config()
        .and_then(|services| services.load_config(key))
        .or_else(|| config.endpoint_url().map(str::to_owned))?;
    parse_endpoint(url.trim()).ok()
}

/// AWS itself, as the environment or profile wants its endpoints.
fn of_aws(config: &SdkConfig) -> Endpoint {
    Endpoint::Aws {
        fips: config.use_fips() == Some(true),
        dual_stack: config.use_dual_stack() == Some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::rules::{BaseSource, S3Object};
    use std::sync::Arc;

    const AWS: Endpoint = Endpoint::Aws {
        fips: false,
        dual_stack: false,
    };

    async fn way(endpoint: Option<&str>, region: Option<&str>, by_environment: bool) -> Way {
        let environment = [
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL", "https://all.corp"),
            ("AWS_ENDPOINT_URL_S3", "https://store.corp/"),
        ];
        let environment = environment
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let place = S3Place {
            object: S3Object::parse("bucket/key").unwrap(),
            endpoint: endpoint.map(str::to_owned),
            region: region.map(str::to_owned),
            path_style: false,
            endpoint_of_environment: by_environment,
            base: BaseSource::Environment,
        };
        Way::to(&place, &Aws::new(Arc::new(SystemClock::new()), environment)).await
    }

    fn is(endpoint: Endpoint, region: &str) -> Way {
        Way {
            endpoint,
            region: region.to_owned(),
        }
    }

    #[tokio::test]
    async fn settings_go_before_the_environment_which_an_owner_may_shut_out() {
        let at = |url: &str| Endpoint::At(url.to_owned());
        for (found, expected) in [
            (
                way(None, None, true).await,
                is(at("https://store.corp"), "eu-central-1"),
            ),
            (way(None, None, false).await, is(AWS, "eu-central-1")),
            (
                way(Some("https://mine.corp"), Some("us-west-2"), true).await,
                is(at("https://mine.corp"), "us-west-2"),
            ),
            (
                way(Some("https://s3.eu-west-1.amazonaws.com"), None, true).await,
                is(AWS, "eu-west-1"),
            ),
            (
                way(Some("https://s3.amazonaws.com"), None, true).await,
                is(AWS, "eu-central-1"),
            ),
        ] {
            assert_eq!(found, expected);
        }
    }
}
