//! Against a stub on loopback that speaks S3's documented XML.

use std::sync::Mutex;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tokio::runtime::Handle;

use super::*;
use crate::clock::Clock;
use crate::clock::simulated::SimulatedClock;
use crate::error::Code;
use crate::rules::BaseSource;
use crate::stub::s3::{object, refused};
use crate::stub::{Reply, Request, Stub};
use crate::surroundings::Environment;

const PATIENT: Duration = Duration::from_secs(60);
const ETAG: &str = "\"e1\"";

struct World {
    stub: Stub,
    clock: Arc<SimulatedClock>,
    reader: ObjectReader,
}

/// Gives `replies`, one a request, then the object.
fn world(replies: Vec<Reply>) -> World {
    let replies = Mutex::new(replies.into_iter());
    world_of(&[], move |_| {
        lock(&replies)
            .next()
            .unwrap_or_else(|| object(ETAG, "rules"))
    })
}

fn world_of(
    more: &[(&str, &str)],
    answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> World {
    let mut variables = vec![("AWS_REGION", "eu-central-1")];
    variables.extend(more);
    world_without_region(&variables, answer)
}

fn world_without_region(
    more: &[(&str, &str)],
    answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
) -> World {
    let stub = Stub::start(answer);
    let url = stub.url();
    let mut variables = vec![
        ("AWS_ACCESS_KEY_ID", "AKIABASE"),
        ("AWS_SECRET_ACCESS_KEY", "base-secret"),
        ("AWS_ENDPOINT_URL_S3", url.as_str()),
    ];
    variables.extend(more);
    let environment: Environment = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let place = S3Place {
        object: S3Object::parse("team.rules/a b/rules+1.json").unwrap(),
        endpoint: None,
        region: None,
        path_style: false,
        endpoint_of_environment: true,
        base: BaseSource::Environment,
    };
    // Pauses between attempts take no time.
    let clock = Arc::new(SimulatedClock::hasty());
    let aws = Arc::new(Aws::new(clock.clone(), environment));
    let bases = Arc::new(Bases::new(Arc::clone(&aws), Handle::current()));
    World {
        stub,
        clock,
        reader: ObjectReader::new(Arc::new(place), aws, bases, 16),
    }
}

impl World {
    async fn read(&self, known: Option<&str>) -> Result<Found, Error> {
        self.reader.read(known, PATIENT).await
    }
}

fn rules() -> Found {
    Found::Content {
        bytes: b"rules".to_vec(),
        etag: Some(ETAG.to_owned()),
    }
}

fn scope(request: &Request) -> String {
    let authorization = request.header("authorization").unwrap();
    let scope = authorization.split("Credential=").nth(1).unwrap();
    let parts: Vec<&str> = scope.split(',').next().unwrap().split('/').collect();
    format!("{} {} {}", parts[0], parts[2], parts[3])
}

#[tokio::test]
async fn an_object_is_read_by_a_signed_get_and_again_by_its_etag() {
    let world = world_of(
        &[("AWS_SESSION_TOKEN", "base-token")],
        |request| match request.header("if-none-match") {
            Some(ETAG) => Reply::status(304, ""),
            _ => object(ETAG, "rules"),
        },
    );
    assert_eq!(world.read(None).await, Ok(rules()));
    assert_eq!(world.read(Some(ETAG)).await, Ok(Found::Unchanged));
    assert_eq!(world.read(Some("\"old\"")).await, Ok(rules()));
    let seen = world.stub.seen();
    assert_eq!(seen.len(), 3);
    for request in &seen {
        assert_eq!(request.method, "GET");
        assert_eq!(request.path, "/team.rules/a%20b/rules%2B1.json");
        assert_eq!(scope(request), "AKIABASE eu-central-1 s3");
        assert_eq!(request.header("x-amz-security-token"), Some("base-token"));
        assert!(
            request
                .header("user-agent")
                .is_some_and(|agent| agent.starts_with("app/rolecall-"))
        );
    }
    assert_eq!(world.stub.connections(), 1, "connections are used again");
}

#[tokio::test]
async fn a_bucket_of_another_region_is_asked_there_once_and_for_good() {
    let west =
        |status, code| refused(status, code, "elsewhere").with("x-amz-bucket-region", "us-west-2");
    for redirect in [
        west(301, "PermanentRedirect").with("location", "http://127.0.0.1:1/evil"),
        west(307, "TemporaryRedirect").with("location", "http://127.0.0.1:1/evil"),
        west(400, "AuthorizationHeaderMalformed"),
        west(400, "IllegalLocationConstraintException"),
        Reply::status(
            400,
            "<Error><Code>AuthorizationHeaderMalformed</Code><Region>us-west-2</Region></Error>",
        ),
    ] {
        let world = world(vec![redirect]);
        assert_eq!(world.read(None).await, Ok(rules()));
        assert_eq!(world.read(None).await, Ok(rules()));
        let scopes: Vec<String> = world.stub.seen().iter().map(scope).collect();
        assert_eq!(
            scopes,
            [
                "AKIABASE eu-central-1 s3",
                "AKIABASE us-west-2 s3",
                "AKIABASE us-west-2 s3"
            ]
        );
    }
    // Neither round in circles, nor to what is no region.
    for (region, calls) in [("us-west-2", 2), ("evil.example/", 1), ("", 1)] {
        let world = world_of(&[], move |_| {
            refused(301, "PermanentRedirect", "elsewhere").with("x-amz-bucket-region", region)
        });
        let error = world.read(None).await.unwrap_err();
        assert_eq!(error.code(), Code::RulesRequestRejected);
        assert!(
            error.message().contains("rolecall.rules.s3.region"),
            "{error}"
        );
        assert_eq!(world.stub.seen().len(), calls, "{region}");
    }
}

#[tokio::test]
async fn a_region_that_nobody_named_is_not_remembered() {
    // Who asks for the region finds no metadata at first: this host was slow to give them.
    let metadata = Arc::new(Mutex::new(None::<&str>));
    let told = Arc::clone(&metadata);
    let imds = Stub::start(move |request| match *lock(&told) {
        Some(_) if request.path == "/latest/api/token" => {
            Reply::ok("token").with("x-aws-ec2-metadata-token-ttl-seconds", "21600")
        }
        Some(region) if request.path == "/latest/meta-data/placement/region" => Reply::ok(region),
        _ => Reply::status(403, ""),
    });
    let world = world_without_region(
        &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &imds.url())],
        |_| object(ETAG, "rules"),
    );
    assert_eq!(world.read(None).await, Ok(rules()));
    *lock(&metadata) = Some("eu-north-1");
    assert_eq!(world.read(None).await, Ok(rules()));
    *lock(&metadata) = None;
    assert_eq!(world.read(None).await, Ok(rules()));
    let scopes: Vec<String> = world.stub.seen().iter().map(scope).collect();
    assert_eq!(
        scopes,
        [
            "AKIABASE us-east-1 s3",
            "AKIABASE eu-north-1 s3",
            "AKIABASE eu-north-1 s3"
        ]
    );
}

#[tokio::test]
async fn what_may_pass_is_asked_again_within_the_deadline() {
    let world = world(vec![
        refused(503, "SlowDown", "Please reduce your request rate."),
        refused(500, "InternalError", "oops"),
        Reply::HangUp,
        Reply::status(502, "<html>proxy</html>"),
    ]);
    assert_eq!(world.read(None).await, Ok(rules()));
    assert!(world.stub.seen().len() >= 5);

    let down = world_of(&[], |_| refused(503, "SlowDown", "Please reduce"));
    let before = down.clock.now();
    let error = down.read(None).await.unwrap_err();
    assert_eq!(error.code(), Code::RulesUnanswered);
    assert!(
        error.message().contains("SlowDown: Please reduce"),
        "{error}"
    );
    let tried = down.clock.now() - before;
    assert!(tried <= PATIENT, "{tried:?}");
    assert!(down.stub.seen().len() > 10);
}

#[tokio::test]
async fn what_is_lacking_is_told_without_a_secret() {
    for (reply, code, told) in [
        (
            refused(403, "AccessDenied", "Access Denied"),
            Code::RulesDenied,
            &[
                "AKIABASE of base environment",
                "s3:GetObject on arn:aws:s3:::team.rules/a b/rules+1.json",
                "s3:ListBucket",
            ][..],
        ),
        (
            refused(
                403,
                "AccessDenied",
                "User: arn:aws:iam::1:user/x is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext",
            ),
            Code::RulesDenied,
            &["allow the base kms:Decrypt on that key"],
        ),
        (
            refused(404, "NoSuchKey", "The specified key does not exist."),
            Code::RulesNotFound,
            &["has no such object", "rolecall.rules"],
        ),
        (
            refused(404, "NoSuchBucket", "no"),
            Code::RulesNotFound,
            &["NoSuchBucket"],
        ),
        (
            refused(403, "InvalidAccessKeyId", "unknown"),
            Code::RulesRequestRejected,
            &["does not know AKIABASE"],
        ),
        (
            refused(
                403,
                "SignatureDoesNotMatch",
                "base-secret\nThe Canonical String is x",
            ),
            Code::RulesRequestRejected,
            &["its secret key does not match"],
        ),
        (
            refused(400, "ExpiredToken", "ended"),
            Code::RulesRequestRejected,
            &["has ended"],
        ),
        (
            refused(403, "InvalidObjectState", "archived"),
            Code::RulesRequestRejected,
            &["InvalidObjectState: archived"],
        ),
    ] {
        let world = world_of(&[], move |_| reply.clone());
        let error = world.read(None).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        for part in told.iter().chain(&["s3://team.rules/a b/rules+1.json"]) {
            assert!(error.message().contains(part), "no {part:?} in {error}");
        }
        assert!(!error.message().contains("base-secret"), "{error}");
    }
}

#[tokio::test]
async fn an_object_that_is_too_large_is_not_read() {
    for headers in [None, Some(("transfer-encoding", "identity"))] {
        let mut reply = object(ETAG, "seventeen letters");
        if let Some((name, value)) = headers {
            reply = reply.with(name, value);
        }
        let world = world(vec![reply]);
        let error = world.read(None).await.unwrap_err();
        assert_eq!(error.code(), Code::RulesUnreadable);
        assert!(error.message().contains("larger than 16 bytes"), "{error}");
    }
}

#[tokio::test]
async fn an_object_that_may_be_cut_off_is_not_taken() {
    let raw = |headers: &str, body: &str| {
        Reply::Raw(format!(
            "HTTP/1.1 200 OK\r\netag: {ETAG}\r\n{headers}\r\n{body}"
        ))
    };
    // What says its length is read the next time.
    for cut in [
        raw("", "rul"),
        raw("connection: close\r\n", "rul"),
        raw("content-length: 5\r\n", "rul"),
        raw("transfer-encoding: chunked\r\n", "3\r\nrul\r\n"),
    ] {
        let world = world(vec![cut]);
        assert_eq!(world.read(None).await, Ok(rules()));
        assert!(world.stub.seen().len() >= 2);
    }
    let always = world_of(&[], move |_| raw("", "rul"));
    let error = always.read(None).await.unwrap_err();
    assert_eq!(error.code(), Code::RulesUnanswered);
    assert!(error.message().contains("may be cut off"), "{error}");
    let chunked = raw("transfer-encoding: chunked\r\n", "5\r\nrules\r\n0\r\n\r\n");
    let whole = world(vec![chunked]);
    assert_eq!(whole.read(None).await, Ok(rules()));
    assert_eq!(whole.stub.seen().len(), 1);
}

#[tokio::test]
async fn a_host_whose_clock_is_wrong_signs_by_the_time_of_s3() {
    let clock = SimulatedClock::new();
    let theirs = clock.wall() + Duration::from_secs(3 * 3600);
    let date = DateTime::from(theirs).fmt(Format::HttpDate).unwrap();
    let world = world(vec![
        refused(403, "RequestTimeTooSkewed", "too far").with("date", date),
    ]);
    assert_eq!(world.read(None).await, Ok(rules()));
    assert_eq!(world.read(None).await, Ok(rules()));
    let dates: Vec<String> = world
        .stub
        .seen()
        .iter()
        .map(|request| {
            request
                .header("x-amz-date")
                .unwrap()
                .chars()
                .take(11)
                .collect()
        })
        .collect();
    assert_eq!(dates, ["20231114T22", "20231115T01", "20231115T01"]);

    let stubborn = world_of(&[], |_| refused(403, "RequestTimeTooSkewed", "too far"));
    let error = stubborn.read(None).await.unwrap_err();
    assert_eq!(error.code(), Code::RulesRequestRejected);
    assert!(error.message().contains("Set the clock"), "{error}");
    assert_eq!(stubborn.stub.seen().len(), 2);
}

#[tokio::test]
async fn a_condition_that_is_not_understood_is_left_out() {
    let world = world_of(&[], |request| match request.header("if-none-match") {
        Some(_) => refused(412, "PreconditionFailed", "no"),
        None => object(ETAG, "rules"),
    });
    assert_eq!(world.read(Some(ETAG)).await, Ok(rules()));
    assert_eq!(world.stub.seen().len(), 2);
}

#[tokio::test]
async fn a_base_without_keys_is_told_with_what_it_is_for() {
    let world = world_of(&[("AWS_SECRET_ACCESS_KEY", "")], |_| object(ETAG, "rules"));
    let error = world.read(None).await.unwrap_err();
    assert_eq!(error.code(), Code::EnvironmentIncomplete);
    assert!(
        error
            .message()
            .contains("to read the rules s3://team.rules/"),
        "{error}"
    );
    assert_eq!(world.stub.seen().len(), 0);
}
