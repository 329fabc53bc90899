//! Against a metadata service on loopback that speaks the protocol of IMDSv2.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::clock::SystemClock;
use crate::stub::{Reply, Request, Stub};
use crate::surroundings::Environment;

const TOKEN: &str = "the-session-token-of-imds";
const FAR: &str = "2999-01-01T00:00:00Z";

fn document(expiration: &str) -> String {
    format!(
        r#"{{"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": "ASIANODE", "SecretAccessKey":
        "node\/secret", "Token": "node-token", "Expiration": "{expiration}"}}"#
    )
}

/// IMDSv2: no answer without its token.
fn imds(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Stub {
    Stub::start(move |request: &Request| {
        if request.path == "/latest/api/token" {
            assert_eq!(request.method, "PUT");
            assert!(
                request
                    .header("x-aws-ec2-metadata-token-ttl-seconds")
                    .is_some()
            );
            return Reply::ok(TOKEN).with("x-aws-ec2-metadata-token-ttl-seconds", "21600");
        }
        if request.header("x-aws-ec2-metadata-token") != Some(TOKEN) {
            return Reply::status(401, "");
        }
        answer(&request.path)
    })
}

fn with_role(expiration: &'static str) -> Stub {
    imds(move |path| match path {
        ROLES => Reply::ok("EMR_EC2_RestrictedRole\n"),
        "/latest/meta-data/iam/security-credentials/EMR_EC2_RestrictedRole" => {
            Reply::ok(document(expiration))
        }
        INSTANCE => Reply::ok("i-0123456789abcdef0"),
        _ => Reply::status(404, ""),
    })
}

fn source(variables: &[(&str, &str)]) -> InstanceProfile {
    let environment: Environment = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    InstanceProfile::new(Arc::new(Aws::new(
        Arc::new(SystemClock::new()),
        environment,
    )))
}

fn at(endpoint: &str) -> InstanceProfile {
    source(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint)])
}

const LATER: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn it_gives_the_role_of_the_instance_and_who_it_belongs_to() {
    let stub = with_role(FAR);
    let source = at(&stub.url());
    let found = source.look(LATER).await.unwrap();
    assert_eq!(
        found.credentials,
        Credentials::new("ASIANODE", "node/secret", Some("node-token"))
    );
    assert_eq!(
        found.about.to_string(),
        "instance i-0123456789abcdef0 role EMR_EC2_RestrictedRole"
    );
    assert!(matches!(found.lifetime, Lifetime::Ends(left) if left > LATER));

    source.look(LATER).await.unwrap();
    let tokens = stub.seen().iter().filter(|it| it.method == "PUT").count();
    assert_eq!(tokens, 1, "the token of IMDSv2 is used again");
}

#[tokio::test]
async fn the_lifetime_is_reckoned_by_the_clock_of_the_answer() {
    let stub = imds(|path| match path {
        ROLES => Reply::ok("role"),
        INSTANCE => Reply::status(404, ""),
        _ => Reply::ok(document("2001-01-01T01:00:00Z"))
            .with("date", "Mon, 01 Jan 2001 00:00:00 GMT"),
    });
    let found = at(&stub.url()).look(LATER).await.unwrap();
    assert_eq!(
        found.lifetime,
        Lifetime::Ends(Duration::from_secs(3_600)),
        "this host's clock is decades off"
    );
    assert_eq!(found.about.to_string(), "instance unknown role role");
}

#[tokio::test]
async fn what_has_ended_is_not_given_out() {
    let stub = with_role("2001-01-01T00:00:00Z");
    let error = at(&stub.url()).look(LATER).await.unwrap_err();
    assert_eq!(error.code(), Code::BaseExpired);
    assert!(error.message().contains("2001-01-01T00:00:00Z"), "{error}");
    assert!(error.message().contains("clock"), "{error}");
}

#[tokio::test]
async fn an_instance_without_a_role_is_told_from_one_that_does_not_answer() {
    for stub in [
        imds(|_| Reply::status(404, "")),
        imds(|path| match path {
            ROLES => Reply::ok("\n"),
            _ => Reply::status(404, ""),
        }),
    ] {
        let error = at(&stub.url()).look(LATER).await.unwrap_err();
        assert_eq!(error.code(), Code::InstanceProfileWithoutRole, "{error}");
    }

    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let error = at(&format!("http://{address}"))
        .look(LATER)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::InstanceProfileUnreachable, "{error}");
}

#[tokio::test]
async fn a_service_that_comes_up_late_is_asked_again() {
    let asked = AtomicUsize::new(0);
    let stub = Stub::start(move |request| {
        if asked.fetch_add(1, Ordering::SeqCst) == 0 {
            return Reply::HangUp;
        }
        match request.path.as_str() {
            "/latest/api/token" => {
                Reply::ok(TOKEN).with("x-aws-ec2-metadata-token-ttl-seconds", "21600")
            }
            ROLES => Reply::ok("role"),
            INSTANCE => Reply::ok("i-1"),
            _ => Reply::ok(document(FAR)),
        }
    });
    at(&stub.url()).look(LATER).await.unwrap();
}

#[tokio::test]
async fn a_service_that_is_switched_off_says_so() {
    let stub = Stub::start(|_| Reply::status(403, ""));
    let error = at(&stub.url()).look(LATER).await.unwrap_err();
    assert_eq!(error.code(), Code::InstanceProfileUnreachable, "{error}");
    // The reason is the SDK's, a sentence with its full stop.
    assert!(error.message().contains("permissions. Off EC2"), "{error}");

    let off = source(&[("AWS_EC2_METADATA_DISABLED", "true")]);
    let error = off.look(LATER).await.unwrap_err();
    assert_eq!(error.code(), Code::InstanceProfileUnreachable);
    assert!(
        error.message().contains("AWS_EC2_METADATA_DISABLED"),
        "{error}"
    );
}

#[tokio::test]
async fn a_role_that_ec2_may_not_assume_says_why() {
    let stub = imds(|path| match path {
        ROLES => Reply::ok("role"),
        _ => Reply::ok(
            r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role"}"#,
        ),
    });
    let error = at(&stub.url()).look(LATER).await.unwrap_err();
    assert_eq!(error.code(), Code::BaseFailed);
    assert!(
        error.message().contains("EC2 cannot assume the role"),
        "{error}"
    );
}

#[tokio::test]
async fn broken_json_is_not_repeated_in_the_error() {
    let stub = imds(|path| match path {
        ROLES => Reply::ok("role"),
        _ => Reply::ok(r#"{"SecretAccessKey": "hunter2", "Token": 7}"#),
    });
    let error = at(&stub.url()).look(LATER).await.unwrap_err();
    assert_eq!(error.code(), Code::BaseFailed);
    assert!(!error.message().contains("hunter2"), "{error}");
}

#[tokio::test]
async fn an_endpoint_that_is_no_url_is_told() {
    let error = at("not a url").look(LATER).await.unwrap_err();
    assert_eq!(error.code(), Code::InstanceProfileUnreachable);
    assert!(
        error
            .message()
            .contains("AWS_EC2_METADATA_SERVICE_ENDPOINT"),
        "{error}"
    );
}
