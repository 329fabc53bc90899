//! Sources through the cache that holds them.

use super::*;
use crate::clock::SystemClock;
use crate::error::Code;
use crate::stub::{Reply, Stub};
use crate::surroundings::Environment;

const PATIENCE: Duration = Duration::from_secs(10);

fn bases(variables: &[(&str, &str)]) -> Bases {
    let environment: Environment = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let aws = Aws::new(Arc::new(SystemClock::new()), environment);
    Bases::new(Arc::new(aws), Handle::current())
}

async fn key_of(bases: &Bases, source: &BaseSource) -> Result<String, Error> {
    bases
        .signing(source, Duration::ZERO, PATIENCE)
        .await
        .map(|kept| kept.credentials().access_key_id().to_owned())
}

#[tokio::test]
async fn the_default_chain_takes_the_environment_first() {
    let bases = bases(&[
        ("AWS_ACCESS_KEY_ID", "AKIACHAIN"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "eu-west-1"),
    ]);
    let kept = bases
        .signing(&BaseSource::DefaultChain, Duration::ZERO, PATIENCE)
        .await
        .unwrap();
    assert_eq!(kept.credentials().access_key_id(), "AKIACHAIN");
    assert_eq!(kept.about().to_string(), "key AKIACHAIN");
}

#[tokio::test]
async fn the_default_chain_ends_at_the_instance_profile_and_never_gives_what_ended() {
    let imds = |expiration: &'static str| {
        Stub::start(move |request| match request.path.as_str() {
            "/latest/api/token" => {
                Reply::ok("t").with("x-aws-ec2-metadata-token-ttl-seconds", "21600")
            }
            "/latest/meta-data/iam/security-credentials/" => Reply::ok("node"),
            "/latest/meta-data/instance-id" => Reply::ok("i-1"),
            _ => Reply::ok(format!(
                r#"{{"Code": "Success", "AccessKeyId": "ASIANODE", "SecretAccessKey": "s",
                "Token": "t", "LastUpdated": "2001-01-01T00:00:00Z", "Type": "AWS-HMAC",
                "Expiration": "{expiration}"}}"#
            )),
        })
    };
    let stub = imds("2999-01-01T00:00:00Z");
    let found = bases(&[
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &stub.url()),
        ("AWS_REGION", "eu-west-1"),
    ]);
    let kept = found
        .signing(&BaseSource::DefaultChain, Duration::ZERO, PATIENCE)
        .await
        .unwrap();
    assert_eq!(kept.about().to_string(), "instance i-1 role node");

    let stub = imds("2001-01-02T00:00:00Z");
    let ended = bases(&[
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &stub.url()),
        ("AWS_REGION", "eu-west-1"),
    ]);
    let error = key_of(&ended, &BaseSource::DefaultChain).await.unwrap_err();
    assert_eq!(error.code(), Code::BaseExpired, "{error}");
}

#[tokio::test]
async fn a_source_that_never_answers_is_given_up() {
    // Connections are taken up by the kernel, and nobody ever answers on them.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/keys", silent.local_addr().unwrap());
    let bases = bases(&[
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url),
        ("AWS_REGION", "eu-west-1"),
    ]);
    let patience = Duration::from_millis(500);
    let error = bases
        .signing(&BaseSource::DefaultChain, Duration::ZERO, patience)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::BaseFailed);
    assert!(error.message().contains("did not answer"), "{error}");
}

#[tokio::test]
async fn a_default_chain_that_finds_nothing_says_where_it_looked() {
    let bases = bases(&[
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_REGION", "eu-west-1"),
    ]);
    let error = key_of(&bases, &BaseSource::DefaultChain).await.unwrap_err();
    assert_eq!(error.code(), Code::BaseNotFound);
    for place in [
        "environment",
        "profile",
        "instance profile",
        "rolecall.base",
    ] {
        assert!(error.message().contains(place), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_properties_file_that_was_replaced_signs_the_next_call() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Credentials.properties");
    std::fs::write(&file, "accessKey=AKIAOLD\nsecretKey=one\n").unwrap();
    let source = BaseSource::Properties { file: file.clone() };
    let bases = bases(&[]);
    assert_eq!(key_of(&bases, &source).await.unwrap(), "AKIAOLD");

    std::fs::write(&file, "accessKey=AKIANEW\nsecretKey=two\n").unwrap();
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(key_of(&bases, &source).await.unwrap(), "AKIANEW");

    // Broken while a job runs: the keys that were good go on.
    std::fs::write(&file, "accessKey=AKIA").unwrap();
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(key_of(&bases, &source).await.unwrap(), "AKIANEW");
}
