//! By which endpoint and region a bucket is asked for.

use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::address::{Endpoint, is_of_partition_aws};
use crate::aws::Aws;
use crate::error::{Code, Error};
use crate::rules::{Quoted, S3Place, parse_endpoint, parse_region};

/// Where a bucket is asked for whose region nobody says; S3 tells from there.
const FIRST_REGION: &str = "us-east-1";

/// Where an object is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) endpoint: Endpoint,
    pub(super) region: String,
    /// Whether nobody named the region, not even S3.
    pub(super) is_guess: bool,
}

impl Way {
    /// What the settings say, then the AWS environment and profile, then the instance metadata.
    ///
    /// # Errors
    /// RC112 for a region of the environment that is none, or that may not be chosen there.
    pub(super) async fn to(place: &S3Place, aws: &Aws) -> Result<Self, Error> {
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
        let said = place.region.clone().or(region);
        let found = match (&said, config.region()) {
            (None, Some(found)) if !found.as_ref().is_empty() => {
                Some(of_environment(place, &endpoint, found.as_ref())?)
            }
            _ => None,
        };
        let region = said.or(found);
        Ok(Self {
            endpoint,
            is_guess: region.is_none(),
            region: region.unwrap_or_else(|| FIRST_REGION.to_owned()),
        })
    }
}

/// The region that the AWS environment, profile or instance metadata name.
///
/// A job writes its environment, and so says where the metadata are. Where the machine's owner fixes
/// the rules, the job must not have another partition asked for the owner's bucket: there, somebody
/// else may have one of that name.
fn of_environment(place: &S3Place, endpoint: &Endpoint, region: &str) -> Result<String, Error> {
    let object = &place.object;
    let refused = |what: String| {
        Error::new(
            Code::RulesRequestRejected,
            format!(
                "{object}: the AWS environment, profile or instance metadata name the region {}, \
                 which {what}",
                Quoted(region)
            ),
        )
    };
    let region = parse_region(region).map_err(|misfit| {
        refused(format!(
            "{misfit}; correct AWS_REGION or the profile, or set rolecall.rules.s3.region"
        ))
    })?;
    if !place.endpoint_of_environment
        && matches!(endpoint, Endpoint::Aws { .. })
        && !is_of_partition_aws(&region)
    {
        return Err(refused(
            "is of another partition than aws; where the site file says where the rules are, it \
             has to say such a region too: set rolecall.rules.s3.region there"
                .to_owned(),
        ));
    }
    Ok(region)
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
        let found = way_from("eu-central-1", endpoint, region, by_environment).await;
        found.unwrap()
    }

    async fn way_from(
        environments: &str,
        endpoint: Option<&str>,
        region: Option<&str>,
        by_environment: bool,
    ) -> Result<Way, Error> {
        let environment = [
            ("AWS_REGION", environments),
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
            is_guess: false,
        }
    }

    #[tokio::test]
    async fn a_region_of_the_environment_names_no_host_of_its_own() {
        for by_environment in [true, false] {
            let error = way_from("x.evil.example/", None, None, by_environment).await;
            let error = error.unwrap_err();
            assert_eq!(error.code(), Code::RulesRequestRejected);
            assert!(error.message().contains("AWS_REGION"), "{error}");
        }
    }

    #[tokio::test]
    async fn where_an_owner_fixes_the_rules_the_environment_chooses_no_partition() {
        for region in [
            "cn-north-1",
            "us-gov-west-1",
            "us-iso-east-1",
            "eusc-de-east-1",
            "us-isob-east-1",
            "eu-isoe-west-1",
        ] {
            let error = way_from(region, None, None, false).await.unwrap_err();
            assert_eq!(error.code(), Code::RulesRequestRejected);
            assert!(error.message().contains("another partition"), "{error}");

            // The owner's own word holds, and so does the owner's own store.
            let said = way_from(region, None, Some(region), false).await;
            assert_eq!(said, Ok(is(AWS, region)));
            let store = Endpoint::At("https://store.corp".to_owned());
            let asked = way_from(region, Some("https://store.corp"), None, false).await;
            assert_eq!(asked, Ok(is(store, region)));
        }
        let free = way_from("eu-west-1", None, None, false).await;
        assert_eq!(free, Ok(is(AWS, "eu-west-1")));
        let jobs = way_from("cn-north-1", None, Some("cn-north-1"), true).await;
        assert!(jobs.is_ok());
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
