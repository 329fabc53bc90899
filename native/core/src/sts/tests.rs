//! Against a stub on loopback that speaks STS's documented XML.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tokio::runtime::Handle;

use super::*;
use crate::cache::Lifetime;
use crate::clock::simulated::SimulatedClock;
use crate::clock::{Clock, SystemClock};
use crate::credentials::Credentials;
use crate::error::Code;
use crate::lock::lock;
use crate::rules::{
    BaseSource, ExternalId, PolicyArn, RoleArn, SessionName, SessionPolicy, SourceIdentity,
};
use crate::stub::sts::{granted, refused};
use crate::stub::{Reply, Request, Stub};
use crate::surroundings::Environment;

const ROLE: &str = "arn:aws:iam::111122223333:role/data-eng";

fn good() -> Reply {
    granted("ROLE", "2999-01-01T00:00:00Z")
}

/// Gives `first`, one a request, then credentials.
fn first(first: Vec<Reply>) -> Stub {
    let replies = Mutex::new(first.into_iter());
    Stub::start(move |_: &Request| lock(&replies).next().unwrap_or_else(good))
}

fn session(endpoint: &str) -> Session {
    Session {
        role: RoleArn::parse(ROLE).unwrap(),
        name: SessionName::parse("dataeng1").unwrap(),
        duration: Duration::from_secs(3_600),
        external_id: None,
        source_identity: None,
        tags: BTreeMap::new(),
        transitive_tag_keys: BTreeSet::new(),
        policy: None,
        policy_arns: BTreeSet::new(),
        sts_endpoint: Some(endpoint.to_owned()),
        region: Some("eu-west-1".to_owned()),
        base: BaseSource::Environment,
    }
}

const LONG_TERM: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "AKIABASE"),
    ("AWS_SECRET_ACCESS_KEY", "base-secret"),
];
const TEMPORARY: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "ASIABASE"),
    ("AWS_SECRET_ACCESS_KEY", "base-secret"),
    ("AWS_SESSION_TOKEN", "base-token"),
];

fn assume_with(session: Session, variables: &[(&str, &str)]) -> Assume {
    assume_by(Arc::new(SystemClock::new()), session, variables)
}

/// Pauses between attempts take no time.
fn assume_hastily(session: Session) -> Assume {
    assume_by(Arc::new(SimulatedClock::hasty()), session, LONG_TERM)
}

fn assume_by(clock: Arc<dyn Clock>, session: Session, variables: &[(&str, &str)]) -> Assume {
    let environment: Environment = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let aws = Arc::new(Aws::new(clock, environment));
    let bases = Bases::new(Arc::clone(&aws), Handle::current());
    Assume::new(session, Arc::new(Sts::new(aws)), Arc::new(bases))
}

fn assume(session: Session) -> Assume {
    assume_with(session, LONG_TERM)
}

const PATIENT: Duration = Duration::from_secs(60);

async fn error_of(replies: Vec<Reply>) -> (Error, usize) {
    let stub = first(replies);
    let error = assume(session(&stub.url())).fetch(PATIENT).await;
    (error.unwrap_err(), stub.seen().len())
}

#[tokio::test]
async fn a_request_says_what_the_session_says_and_is_signed_by_the_base() {
    let stub = first(vec![]);
    let wanted = Session {
        external_id: Some(ExternalId::parse("partner/7:a").unwrap()),
        duration: Duration::from_secs(900),
        ..session(&stub.url())
    };
    let fresh = assume_with(wanted, TEMPORARY).fetch(PATIENT).await.unwrap();
    assert_eq!(
        fresh.credentials,
        Credentials::new("ASIAROLE", "ROLE-secret", Some("ROLE-token"))
    );

    let seen = stub.seen();
    assert_eq!(seen.len(), 1);
    let request = &seen[0];
    for field in [
        "Action=AssumeRole",
        "Version=2011-06-15",
        "RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fdata-eng",
        "RoleSessionName=dataeng1",
        "DurationSeconds=900",
        "ExternalId=partner%2F7%3Aa",
    ] {
        assert!(
            request.body.split('&').any(|found| found == field),
            "{field} not in {}",
            request.body
        );
    }
    for absent in ["SourceIdentity", "Tag", "Policy"] {
        assert!(!request.body.contains(absent), "{}", request.body);
    }
    let authorization = request.header("authorization").unwrap();
    assert!(authorization.contains("Credential=ASIABASE/"));
    assert!(authorization.contains("/eu-west-1/sts/aws4_request"));
    assert_eq!(request.header("x-amz-security-token"), Some("base-token"));
    let agent = request.header("user-agent").unwrap();
    let app = concat!("app/rolecall-", env!("CARGO_PKG_VERSION"));
    assert!(agent.contains(app), "{agent}");
}

#[tokio::test]
async fn identity_tags_and_policies_are_asked_for() {
    let stub = first(vec![]);
    let wanted = Session {
        source_identity: Some(SourceIdentity::parse("carol@corp").unwrap()),
        tags: BTreeMap::from([
            ("tenant".to_owned(), "acme & sons=1".to_owned()),
            ("Größe".to_owned(), String::new()),
        ]),
        transitive_tag_keys: BTreeSet::from(["tenant".to_owned()]),
        policy: Some(SessionPolicy::of(
            r#"{"Statement":[{"Resource":"a&Tags.member.1.Key=x"}]}"#,
        )),
        policy_arns: BTreeSet::from([
            PolicyArn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap(),
            PolicyArn::parse("arn:aws:iam::111122223333:policy/lake").unwrap(),
        ]),
        ..session(&stub.url())
    };
    assume(wanted).fetch(PATIENT).await.unwrap();
    let seen = stub.seen();
    let mut fields: Vec<&str> = seen[0]
        .body
        .split('&')
        .filter(|field| {
            ["Sou", "Tag", "Tra", "Pol"]
                .iter()
                .any(|start| field.starts_with(start))
        })
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "Policy=%7B%22Statement%22%3A%5B%7B%22Resource%22%3A%22a%26Tags.member.1.Key%3Dx%22%7D%5D%7D",
            "PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3A111122223333%3Apolicy%2Flake",
            "PolicyArns.member.2.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess",
            "SourceIdentity=carol%40corp",
            "Tags.member.1.Key=Gr%C3%B6%C3%9Fe",
            "Tags.member.1.Value=",
            "Tags.member.2.Key=tenant",
            "Tags.member.2.Value=acme%20%26%20sons%3D1",
            "TransitiveTagKeys.member.1=tenant",
        ]
    );
}

#[tokio::test]
async fn the_lifetime_is_reckoned_by_sts_own_clock() {
    let stub = first(vec![
        granted("ROLE", "2001-01-01T00:15:00Z").with("date", "Mon, 01 Jan 2001 00:00:00 GMT"),
    ]);
    let fresh = assume(session(&stub.url())).fetch(PATIENT).await.unwrap();
    assert_eq!(fresh.lifetime, Lifetime::Ends(Duration::from_secs(900)));
}

#[tokio::test]
async fn an_answer_that_has_ended_names_the_clocks_and_is_not_asked_for_again() {
    let (error, calls) = error_of(vec![
        granted("ROLE", "2001-01-01T00:00:00Z").with("date", "Mon, 01 Jan 2001 00:00:01 GMT"),
    ])
    .await;
    assert_eq!(error.code(), Code::StsAnswerExpired);
    assert_eq!(calls, 1);
    for part in ["2001-01-01T00:00:00Z", "2001-01-01T00:00:01Z", "clock"] {
        assert!(error.message().contains(part), "{error}");
    }
}

#[tokio::test]
async fn access_denied_is_told_with_its_three_causes_and_not_tried_again() {
    let said = "User: arn:aws:sts::1:assumed-role/node/i-1 is not authorized to perform: \
                sts:AssumeRole on resource: arn:aws:iam::111122223333:role/data-eng";
    let (error, calls) = error_of(vec![refused(403, "AccessDenied", said)]).await;
    assert_eq!(error.code(), Code::StsAccessDenied);
    assert_eq!(calls, 1);
    for part in [
        "AccessDenied",
        said,
        ROLE,
        "AKIABASE",
        "environment",
        "the role exists",
        "trust policy",
        "own policies allow sts:AssumeRole",
    ] {
        assert!(error.message().contains(part), "no {part:?} in {error}");
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for trouble in [
        refused(400, "Throttling", "Rate exceeded"),
        refused(400, "ThrottlingException", "Rate exceeded"),
        refused(429, "TooManyRequestsException", "slower"),
        refused(500, "InternalFailure", "oops"),
        Reply::status(503, "<html>busy</html>"),
        Reply::HangUp,
        Reply::ok("this is not XML"),
    ] {
        let stub = first(vec![trouble.clone(), trouble.clone()]);
        let fresh = assume(session(&stub.url())).fetch(PATIENT).await;
        assert!(fresh.is_ok(), "{trouble:?}: {fresh:?}");
        assert_eq!(stub.seen().len(), 3, "{trouble:?}");
    }
}

#[tokio::test]
async fn trying_again_ends_at_the_deadline_and_says_what_sts_said() {
    let stub = Stub::start(|_| refused(400, "Throttling", "Rate exceeded"));
    let throttled = assume_hastily(session(&stub.url()));
    let error = throttled.fetch(PATIENT).await.unwrap_err();
    assert_eq!(error.code(), Code::StsThrottled);
    assert!(error.message().contains("Rate exceeded"), "{error}");
    let calls = stub.seen().len();
    // A minute of pauses of two seconds at most.
    assert!(calls > 30, "{calls} attempts");
    assert!(
        error.message().contains(&format!("{calls} attempts")),
        "{error}"
    );

    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let error = assume_hastily(session(&endpoint)).fetch(PATIENT).await;
    let error = error.unwrap_err();
    assert_eq!(error.code(), Code::StsUnreachable);
    assert!(error.message().contains(&endpoint), "{error}");
}

#[tokio::test]
async fn an_attempt_that_the_deadline_cuts_short_does_not_hide_what_sts_said() {
    let clock = Arc::new(SimulatedClock::hasty());
    let (calls, (release, gate)) = (AtomicUsize::new(0), std::sync::mpsc::channel::<()>());
    let (moved, gate) = (Arc::clone(&clock), Mutex::new(gate));
    let stub = Stub::start(move |_| {
        if calls.fetch_add(1, Ordering::SeqCst) == 0 {
            // Leaves the next attempt next to no time, and the pause before it none to spare.
            moved.advance(PATIENT - Duration::from_millis(200));
            return refused(400, "Throttling", "Rate exceeded");
        }
        // Silent until the test is over.
        let _ = lock(&gate).recv();
        moved.advance(PATIENT);
        Reply::HangUp
    });
    let assume = assume_by(clock, session(&stub.url()), LONG_TERM);
    let error = assume.fetch(PATIENT).await.unwrap_err();
    drop(release);
    assert_eq!(error.code(), Code::StsThrottled, "{error}");
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_told_from_one_that_is_not_there() {
    // Takes connections and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let stalled = assume(session(&format!("http://{}", silent.local_addr().unwrap())));
    let deadline = stalled.clock().now() + Duration::from_millis(300);
    let error = stalled.fetch(deadline).await.unwrap_err();
    assert_eq!(error.code(), Code::StsTimedOut);
}

#[tokio::test]
async fn what_will_not_pass_is_not_tried_again() {
    for (status, code, expected) in [
        (400, "ValidationError", Code::StsRejected),
        (400, "MalformedPolicyDocument", Code::StsRejected),
        (400, "PackedPolicyTooLarge", Code::StsRejected),
        (403, "RegionDisabledException", Code::StsRejected),
        (403, "InvalidClientTokenId", Code::StsBaseRejected),
        (403, "SignatureDoesNotMatch", Code::StsBaseRejected),
    ] {
        let (error, calls) = error_of(vec![refused(status, code, "because")]).await;
        assert_eq!(error.code(), expected, "{code}");
        assert_eq!(calls, 1, "{code}");
        assert!(
            error.message().contains(&format!("{code}: because")),
            "{error}"
        );
    }
    let too_long = "Value '7200' at 'DurationSeconds' exceeds the MaxSessionDuration";
    let (error, _) = error_of(vec![refused(400, "ValidationError", too_long)]).await;
    assert!(
        error.message().contains("rolecall.session.duration"),
        "{error}"
    );
}

#[tokio::test]
async fn a_base_that_ended_is_renewed_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.properties");
    std::fs::write(&file, "accessKey=AKIAOLD\nsecretKey=one\n").unwrap();
    let (to_renew, calls) = (file.clone(), AtomicUsize::new(0));
    let stub = Stub::start(move |request| {
        calls.fetch_add(1, Ordering::SeqCst);
        let authorization = request.header("authorization").unwrap();
        if authorization.contains("Credential=AKIAOLD/") {
            std::fs::write(&to_renew, "accessKey=AKIANEW\nsecretKey=two\n").unwrap();
            return refused(403, "ExpiredToken", "The security token is expired");
        }
        good()
    });
    let wanted = Session {
        base: BaseSource::Properties { file },
        ..session(&stub.url())
    };
    assume(wanted).fetch(PATIENT).await.unwrap();
    assert_eq!(stub.seen().len(), 2);

    let stub = Stub::start(|_| refused(403, "ExpiredToken", "The security token is expired"));
    let fixed = assume_with(session(&stub.url()), TEMPORARY);
    let error = fixed.fetch(PATIENT).await.unwrap_err();
    assert_eq!(error.code(), Code::StsBaseExpired);
    assert!(error.message().contains("ASIABASE"), "{error}");
    assert_eq!(stub.seen().len(), 1, "the same keys would be refused again");
}

#[tokio::test]
async fn a_signature_refused_for_a_wrong_clock_is_made_again_with_the_right_time() {
    let ahead = SystemTime::now() + Duration::from_secs(3_600);
    let date = DateTime::from(ahead).fmt(Format::HttpDate).unwrap();
    let calls = AtomicUsize::new(0);
    let stub = Stub::start(move |_| {
        let reply = if calls.fetch_add(1, Ordering::SeqCst) == 0 {
            refused(403, "SignatureDoesNotMatch", "Signature expired")
        } else {
            good()
        };
        reply.with("date", date.clone())
    });
    assume(session(&stub.url())).fetch(PATIENT).await.unwrap();
    let hour_of = |request: &Request| request.header("x-amz-date").unwrap()[..11].to_owned();
    let seen = stub.seen();
    assert_eq!(seen.len(), 2);
    assert_ne!(hour_of(&seen[0]), hour_of(&seen[1]));
}

#[tokio::test]
async fn a_base_that_is_a_session_itself_is_asked_for_an_hour_at_most() {
    let stub = first(vec![]);
    let wanted = Session {
        duration: Duration::from_secs(7_200),
        ..session(&stub.url())
    };
    assume_with(wanted.clone(), TEMPORARY)
        .fetch(PATIENT)
        .await
        .unwrap();
    assume_with(wanted, LONG_TERM).fetch(PATIENT).await.unwrap();
    let seen = stub.seen();
    assert!(
        seen[0].body.contains("DurationSeconds=3600"),
        "{}",
        seen[0].body
    );
    assert!(
        seen[1].body.contains("DurationSeconds=7200"),
        "{}",
        seen[1].body
    );
}

#[tokio::test]
async fn region_and_endpoint_come_from_the_environment_where_nothing_else_names_them() {
    let stub = first(vec![]);
    let url = stub.url();
    let open = Session {
        sts_endpoint: None,
        region: None,
        ..session("")
    };
    for (region, endpoint) in [
        ("AWS_REGION", "AWS_ENDPOINT_URL_STS"),
        ("AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"),
    ] {
        let mut variables = LONG_TERM.to_vec();
        variables.extend([(region, "ap-south-1"), (endpoint, url.as_str())]);
        assume_with(open.clone(), &variables)
            .fetch(PATIENT)
            .await
            .unwrap();
    }
    for request in stub.seen() {
        let authorization = request.header("authorization").unwrap();
        assert!(
            authorization.contains("/ap-south-1/sts/"),
            "{authorization}"
        );
    }

    let mut nowhere = LONG_TERM.to_vec();
    nowhere.push(("AWS_EC2_METADATA_DISABLED", "true"));
    let error = assume_with(open, &nowhere)
        .fetch(PATIENT)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::StsRegionUnknown);
    assert!(error.message().contains("rolecall.sts.region"), "{error}");
}

#[tokio::test]
async fn one_connection_serves_many_calls() {
    let stub = first(vec![]);
    let assume = assume(session(&stub.url()));
    for _ in 0..5 {
        assume.fetch(PATIENT).await.unwrap();
    }
    assert_eq!(stub.seen().len(), 5);
    assert_eq!(stub.connections(), 1);
}

#[tokio::test]
async fn no_error_repeats_a_secret() {
    let leak = "The Canonical String for this request should have been \
                'x-amz-security-token:base-token' base-secret";
    for code in ["SignatureDoesNotMatch", "AccessDenied", "ValidationError"] {
        let stub = first(vec![refused(
            403,
            code,
            &format!("no base-token base-secret. {leak}"),
        )]);
        let assume = assume_with(session(&stub.url()), TEMPORARY);
        let error = assume.fetch(PATIENT).await.unwrap_err();
        for secret in ["base-token", "base-secret"] {
            assert!(!format!("{error} {error:?}").contains(secret), "{error}");
        }
    }
}

#[tokio::test]
async fn a_missing_permission_to_tag_or_to_say_who_is_told_with_what_to_allow() {
    for (action, field) in [
        ("sts:TagSession", "`tags`"),
        ("sts:SetSourceIdentity", "`sourceIdentity`"),
    ] {
        let said = format!(
            "User: arn:aws:iam::111122223333:user/base is not authorized to perform: {action} on resource: {ROLE}"
        );
        let (error, calls) = error_of(vec![refused(403, "AccessDenied", &said)]).await;
        assert_eq!(error.code(), Code::StsAccessDenied);
        assert_eq!(calls, 1);
        for part in [
            action,
            field,
            "trust policy",
            "the base's own policies",
            ROLE,
        ] {
            assert!(error.message().contains(part), "{part}: {error}");
        }
        assert!(!error.message().contains("three causes"), "{error}");
    }
}

#[tokio::test]
async fn a_refusal_without_reason_names_all_actions_that_the_session_needs() {
    let stub = first(vec![refused(403, "AccessDenied", "")]);
    let wanted = Session {
        source_identity: Some(SourceIdentity::parse("carol").unwrap()),
        tags: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
        ..session(&stub.url())
    };
    let error = assume(wanted).fetch(PATIENT).await.unwrap_err();
    assert!(
        error
            .message()
            .contains("sts:AssumeRole, sts:TagSession, sts:SetSourceIdentity"),
        "{error}"
    );
}

#[tokio::test]
async fn a_policy_that_packs_too_large_is_told_with_what_to_shorten() {
    let (error, calls) = error_of(vec![refused(
        400,
        "PackedPolicyTooLarge",
        "Packed size of session tags consumes 113% of allotted space.",
    )])
    .await;
    assert_eq!(error.code(), Code::StsRejected);
    assert_eq!(calls, 1);
    for part in ["113%", "shorten the session's policy", "policyArns"] {
        assert!(error.message().contains(part), "{part}: {error}");
    }
}
