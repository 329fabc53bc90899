//! The whole way: a stub STS on loopback, rules inline or in a file, the environment as base.

mod sources;
mod trying;
mod who_asks;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::who::Who;
use super::*;
use crate::clock::Clock;
use crate::clock::simulated::SimulatedClock;
use crate::settings::{Entry, Origin};
use crate::stub::log;
use crate::stub::sts::{granted, refused};
use crate::stub::{Reply as Answer, Stub};
use crate::surroundings::Environment;

const SOON: Duration = Duration::from_millis(250);
const FAR: &str = "2999-01-01T00:00:00Z";
const RULES: &str = r#"{
    "version": 1,
    "base": {"source": "environment"},
    "rules": [
        {"name": "contractors", "groups": ["contractors"], "deny": "ask data-platform"},
        {"name": "scratch", "prefixes": ["s3://scratch/"], "use": "base"},
        {"name": "admins", "users": ["admin1"], "role": "arn:aws:iam::111122223333:role/admin"},
        {"name": "engineering", "groups": ["grp_data_engineering"],
         "role": "arn:aws:iam::111122223333:role/data-eng"}
    ],
    "otherwise": "deny"
}"#;

struct World {
    engine: Arc<Engine>,
    clock: Arc<SimulatedClock>,
    sts: Stub,
}

/// Answers each call with keys of their own: `ASIAK1`, `ASIAK2`, …
fn numbered() -> impl Fn(&crate::stub::Request) -> Answer {
    let count = AtomicUsize::new(0);
    move |_| {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        granted(&format!("K{number}"), FAR)
    }
}

fn world(answer: impl Fn(&crate::stub::Request) -> Answer + Send + Sync + 'static) -> World {
    world_by(Arc::new(SimulatedClock::new()), answer)
}

fn world_by(
    clock: Arc<SimulatedClock>,
    answer: impl Fn(&crate::stub::Request) -> Answer + Send + Sync + 'static,
) -> World {
    log::capture();
    let environment: Environment = [
        ("AWS_ACCESS_KEY_ID", "AKIABASE"),
        ("AWS_SECRET_ACCESS_KEY", "base-secret"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    let surroundings = Surroundings {
        clock: clock.clone(),
        environment,
        site_file: "/nonexistent/site.json".into(),
        default_rules: "/nonexistent/rules.json".into(),
        trusted_owner: 0,
    };
    World {
        engine: Engine::start(surroundings).unwrap(),
        clock,
        sts: Stub::start(answer),
    }
}

impl World {
    fn open(&self, user: &str, location: &str, rules: &str) -> Opened {
        self.open_with(user, location, &[("rolecall.rules", rules)])
    }

    fn open_with(&self, user: &str, location: &str, settings: &[(&str, &str)]) -> Opened {
        self.engine.open(self.opening(user, location, settings))
    }

    fn opening(&self, user: &str, location: &str, settings: &[(&str, &str)]) -> Opening {
        let url = self.sts.url();
        let mut values = BTreeMap::from([
            ("rolecall.sts.endpoint", url.as_str()),
            ("rolecall.sts.region", "eu-west-1"),
        ]);
        values.extend(settings.iter().copied());
        let entries = values
            .into_iter()
            .map(|(name, value)| Entry {
                origin: Origin::Configuration {
                    source: Some("core-site.xml".into()),
                },
                name: name.to_owned(),
                value: value.to_owned(),
            })
            .collect();
        Opening {
            user: user.to_owned(),
            principal: None,
            real_user: None,
            location: Some(location.to_owned()),
            given: Given { entries },
        }
    }

    fn calls(&self) -> usize {
        self.sts.seen().len()
    }
}

const NOTHING_HELD: Ask = Ask {
    held: 0,
    groups: None,
    renew: false,
    wait: SOON,
};

/// Asks until there is an answer, as the shim does.
fn answer(opened: &Opened, ask: &Ask) -> Reply {
    loop {
        match opened.holder.ask(ask.clone()) {
            Reply::Pending => {}
            reply => return reply,
        }
    }
}

/// Asks with the groups, where they are wanted.
fn answer_in(opened: &Opened, groups: &[&str], ask: &Ask) -> Reply {
    match answer(opened, ask) {
        Reply::NeedGroups => answer(
            opened,
            &Ask {
                groups: Some(known(groups)),
                ..ask.clone()
            },
        ),
        reply => reply,
    }
}

fn known(groups: &[&str]) -> Groups {
    Groups::Known(groups.iter().map(|group| (*group).to_owned()).collect())
}

fn keys(reply: &Reply) -> (&str, u64) {
    match reply {
        Reply::Credentials {
            credentials,
            generation,
            ..
        } => (credentials.access_key_id(), *generation),
        other => panic!("no credentials: {other:?}"),
    }
}

fn refusal(reply: Reply) -> Error {
    match reply {
        Reply::Refused(error) => error,
        other => panic!("no refusal: {other:?}"),
    }
}

#[test]
fn a_caller_gets_the_routed_role_and_asks_on_without_getting_it_again() {
    let world = world(numbered());
    let opened = world.open("admin1", "s3://any-bucket/", RULES);
    let reply = answer_in(&opened, &["staff"], &NOTHING_HELD);
    let Reply::Credentials {
        credentials,
        generation,
        ask_again,
        expires,
    } = &reply
    else {
        panic!("{reply:?}");
    };
    assert_eq!(credentials.access_key_id(), "ASIAK1");
    assert_eq!(credentials.secret_access_key().expose(), "K1-secret");
    assert_eq!(credentials.session_token().unwrap().expose(), "K1-token");
    assert!(!ask_again.is_zero() && *ask_again <= Duration::from_secs(30));
    assert!(expires.is_some());

    let held = Ask {
        held: *generation,
        ..NOTHING_HELD
    };
    assert!(matches!(answer(&opened, &held), Reply::Unchanged { .. }));
    let (again, same) = (answer(&opened, &NOTHING_HELD), *generation);
    assert_eq!(keys(&again), ("ASIAK1", same));
    let request = &world.sts.seen()[0];
    assert!(request.body.contains("RoleSessionName=admin1"));
    assert!(request.body.contains("role%2Fadmin"), "{}", request.body);
    assert_eq!(world.calls(), 1);
}

#[test]
fn fifty_file_systems_and_threads_cost_one_call_a_session() {
    let world = world(numbered());
    let opened: Vec<_> = (0..50)
        .map(|number| world.open("admin1", &format!("s3a://bucket{}/", number % 5), RULES))
        .collect();
    std::thread::scope(|scope| {
        for opened in &opened {
            scope.spawn(|| {
                let reply = answer_in(opened, &["staff"], &NOTHING_HELD);
                assert_eq!(keys(&reply).0, "ASIAK1");
            });
        }
    });
    assert_eq!(world.calls(), 1);
}

#[test]
fn groups_are_asked_for_once_and_stay_with_the_holder() {
    let world = world(numbered());
    let opened = world.open("dataeng1", "s3://any-bucket/", RULES);
    assert!(matches!(answer(&opened, &NOTHING_HELD), Reply::NeedGroups));
    assert!(matches!(answer(&opened, &NOTHING_HELD), Reply::NeedGroups));
    let with = Ask {
        groups: Some(known(&["grp_data_engineering"])),
        ..NOTHING_HELD
    };
    assert_eq!(keys(&answer(&opened, &with)).0, "ASIAK1");
    assert_eq!(keys(&answer(&opened, &NOTHING_HELD)).0, "ASIAK1");
    assert!(world.sts.seen()[0].body.contains("role%2Fdata-eng"));
}

#[test]
fn groups_of_a_refusal_are_looked_up_anew_and_never_grant_after_a_change_of_rules() {
    let world = world(numbered());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.json");
    let write = |rule: &str| {
        let aside = folder.path().join("aside");
        let text = format!(
            r#"{{"version": 1, "base": {{"source": "environment"}}, "otherwise": "deny",
                 "rules": [{{"name": "interns", "groups": ["interns"], {rule}}}]}}"#
        );
        std::fs::write(&aside, text).unwrap();
        std::fs::set_permissions(&aside, std::os::unix::fs::PermissionsExt::from_mode(0o644))
            .unwrap();
        std::fs::rename(&aside, &file).unwrap();
    };
    write(r#""deny": "not for interns""#);
    let rules = file.to_string_lossy().into_owned();
    let opened = world.open("carol", "s3://any-bucket/", &rules);
    let error = refusal(answer_in(&opened, &["interns"], &NOTHING_HELD));
    assert_eq!(error.code(), Code::DeniedByRule);

    write(r#""role": "arn:aws:iam::111122223333:role/interns""#);
    world.clock.advance(Duration::from_secs(61));
    assert!(matches!(answer(&opened, &NOTHING_HELD), Reply::NeedGroups));
    let error = refusal(answer_in(&opened, &["staff"], &NOTHING_HELD));
    assert_eq!(error.code(), Code::DeniedByDefault, "she left the group");
    assert_eq!(world.calls(), 0);

    let reply = answer_in(&opened, &["staff", "interns"], &NOTHING_HELD);
    assert_eq!(
        keys(&reply).0,
        "ASIAK1",
        "she is back, and the rules are the same"
    );
}

#[test]
fn groups_that_are_unknown_or_empty_are_a_refusal_and_asked_for_anew() {
    let world = world(numbered());
    let opened = world.open("dataeng1", "s3://any-bucket/", RULES);
    for groups in [
        Groups::Unknown {
            why: "the mapping timed out".into(),
        },
        known(&[]),
    ] {
        let with = Ask {
            groups: Some(groups),
            ..NOTHING_HELD
        };
        let error = refusal(answer(&opened, &with));
        assert_eq!(error.code(), Code::GroupsUnknown);
        assert!(error.message().contains("dataeng1"), "{error}");
        assert!(matches!(answer(&opened, &NOTHING_HELD), Reply::NeedGroups));
    }
    let reply = answer_in(&opened, &["grp_data_engineering"], &NOTHING_HELD);
    assert_eq!(keys(&reply).0, "ASIAK1");

    let lifted = world.open_with(
        "nobody1",
        "s3://any-bucket/",
        &[("rolecall.rules", RULES), ("rolecall.groups.empty", "none")],
    );
    let error = refusal(answer_in(&lifted, &[], &NOTHING_HELD));
    assert_eq!(error.code(), Code::DeniedByDefault);
}

#[test]
fn a_denied_caller_is_told_who_asked_for_what_and_by_which_rule() {
    let world = world(numbered());
    let opened = world.open("c1", "s3a://KEY:SECRET@lake/", RULES);
    let error = refusal(answer_in(&opened, &["contractors"], &NOTHING_HELD));
    assert_eq!(error.code(), Code::DeniedByRule);
    for part in ["c1", "s3://lake/", "contractors", "ask data-platform"] {
        assert!(error.message().contains(part), "no {part:?} in {error}");
    }
    assert!(!error.message().contains("SECRET"), "{error}");
    assert_eq!(world.calls(), 0);
}

#[test]
fn a_role_that_can_not_be_had_is_never_replaced_by_the_base() {
    for (answers, expected) in [
        (refused(403, "AccessDenied", "no"), Code::StsAccessDenied),
        (refused(400, "ValidationError", "no"), Code::StsRejected),
        (
            refused(403, "InvalidClientTokenId", "no"),
            Code::StsBaseRejected,
        ),
        (
            refused(400, "Throttling", "Rate exceeded"),
            Code::StsThrottled,
        ),
        (Answer::HangUp, Code::StsUnreachable),
        (
            granted("OLD", "2001-01-01T00:00:00Z"),
            Code::StsAnswerExpired,
        ),
    ] {
        // Each answer takes longer than callers are patient, by the test's clock.
        let clock = Arc::new(SimulatedClock::new());
        let slow = Arc::clone(&clock);
        let world = world_by(clock, move |_| {
            slow.advance(Duration::from_secs(121));
            answers.clone()
        });
        let opened = world.open("admin1", "s3://b/", RULES);
        for _ in 0..3 {
            let error = match answer_in(&opened, &["staff"], &NOTHING_HELD) {
                Reply::Refused(error) => {
                    assert!(error.code().is_refusal());
                    error
                }
                Reply::Failed(error) => {
                    assert!(!error.code().is_refusal());
                    error
                }
                other => panic!("{expected}: {other:?}"),
            };
            assert_eq!(error.code(), expected, "{error}");
            for part in [
                "caller admin1",
                "location s3://b/",
                "rule admins",
                "role arn:aws:iam::111122223333:role/admin",
            ] {
                assert!(error.message().contains(part), "no {part:?} in {error}");
            }
        }
    }
}

#[test]
fn a_refusal_is_not_asked_for_again_by_each_caller() {
    let world = world(|_| refused(403, "AccessDenied", "no"));
    for number in 0..20 {
        let opened = world.open("admin1", &format!("s3://b{number}/"), RULES);
        refusal(answer_in(&opened, &["staff"], &NOTHING_HELD));
    }
    assert_eq!(world.calls(), 1);
}

#[test]
fn the_base_is_given_where_a_rule_says_so() {
    let world = world(numbered());
    let opened = world.open("anybody", "s3://scratch/", RULES);
    let reply = answer_in(&opened, &["staff"], &NOTHING_HELD);
    assert_eq!(keys(&reply).0, "AKIABASE");
    assert!(matches!(reply, Reply::Credentials { expires: None, .. }));
    assert_eq!(world.calls(), 0);
}

#[test]
fn settings_that_are_wrong_are_told_by_the_first_ask() {
    let world = world(numbered());
    let opened = world.open_with("admin1", "s3://b/", &[]);
    match answer(&opened, &NOTHING_HELD) {
        Reply::Failed(error) => {
            assert_eq!(error.code(), Code::RulesNotSet, "{error}");
            assert!(error.message().contains("caller admin1"), "{error}");
            assert!(error.message().contains("location s3://b/"), "{error}");
        }
        other => panic!("{other:?}"),
    }
    let opened = world.open("admin1", "hdfs://b/", RULES);
    let error = refusal(answer(&opened, &NOTHING_HELD));
    assert_eq!(error.code(), Code::LocationUnreadable);

    let opened = world.open("admin1", "s3://b/", "{ not json");
    match answer(&opened, &NOTHING_HELD) {
        Reply::Failed(error) => assert_eq!(error.code(), Code::RulesNotJson, "{error}"),
        other => panic!("{other:?}"),
    }
}

fn write_rules(file: &Path, rules: &str) {
    // Renamed into place, as an owner does it, so that no reader sees half of it.
    let aside = file.with_extension("new");
    std::fs::write(&aside, rules).unwrap();
    std::fs::rename(aside, file).unwrap();
}

/// A folder that nobody else can write, as rules need it.
fn folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    tempfile::Builder::new()
        .permissions(std::fs::Permissions::from_mode(0o700))
        .tempdir()
        .unwrap()
}

#[test]
fn a_changed_rule_ends_what_the_old_one_gave() {
    let world = world(numbered());
    let folder = folder();
    let file = folder.path().join("rules.json");
    write_rules(&file, RULES);
    let rules = file.to_str().unwrap();
    let opened = world.open("admin1", "s3://b/", rules);
    let first = answer_in(&opened, &["staff"], &NOTHING_HELD);
    assert_eq!(keys(&first), ("ASIAK1", 1));

    // Another text, the same decision: nothing is asked anew.
    write_rules(&file, &RULES.replace("ask data-platform", "ask us"));
    world.clock.advance(Duration::from_secs(61));
    assert_eq!(keys(&answer(&opened, &NOTHING_HELD)), ("ASIAK1", 1));

    // Elsewhere: groups are asked for anew, then another session is given.
    write_rules(&file, &RULES.replace("role/admin", "role/auditor"));
    world.clock.advance(Duration::from_secs(61));
    assert!(matches!(answer(&opened, &NOTHING_HELD), Reply::NeedGroups));
    let second = answer_in(&opened, &["staff"], &NOTHING_HELD);
    assert_eq!(keys(&second), ("ASIAK2", 2));

    // Taken away: refused, though the session would still be good.
    write_rules(&file, &RULES.replace("admin1", "admin2"));
    world.clock.advance(Duration::from_secs(61));
    let error = refusal(answer_in(&opened, &["staff"], &NOTHING_HELD));
    assert_eq!(error.code(), Code::DeniedByDefault);

    // And given back: the session that is still good, in a new generation.
    write_rules(&file, RULES);
    world.clock.advance(Duration::from_secs(61));
    let last = answer_in(&opened, &["staff"], &NOTHING_HELD);
    assert_eq!(keys(&last).1, 3);
}

#[test]
fn a_session_is_renewed_while_the_old_one_is_given_without_waiting() {
    let sessions = AtomicUsize::new(0);
    let start = SimulatedClock::new().wall();
    let world = world(move |_| {
        let number = sessions.fetch_add(1, Ordering::SeqCst) as u64 + 1;
        let ends = start + Duration::from_secs(number * 3_600);
        let ends = aws_smithy_types::DateTime::from(ends).to_string();
        granted(&format!("K{number}"), &ends)
    });
    let opened = world.open("admin1", "s3://b/", RULES);
    answer_in(&opened, &["staff"], &NOTHING_HELD);
    world.clock.advance(Duration::from_secs(3_500));
    let now = Ask {
        wait: Duration::ZERO,
        ..NOTHING_HELD
    };
    // The first may find that the rules are due; it is never told to wait for keys.
    let mut last = opened.holder.ask(now.clone());
    assert_eq!(keys(&last), ("ASIAK1", 1));
    while keys(&last).0 == "ASIAK1" {
        last = opened.holder.ask(now.clone());
    }
    assert_eq!(keys(&last), ("ASIAK2", 2));
}

#[test]
fn a_forced_renewal_brings_new_keys_to_all_and_costs_one_call() {
    let world = world(numbered());
    let one = world.open("admin1", "s3://one/", RULES);
    let two = world.open("admin1", "s3://two/", RULES);
    answer_in(&one, &["staff"], &NOTHING_HELD);
    answer_in(&two, &["staff"], &NOTHING_HELD);
    world.clock.advance(Duration::from_secs(20));
    let renew = Ask {
        held: 1,
        renew: true,
        ..NOTHING_HELD
    };
    assert_eq!(keys(&answer(&one, &renew)), ("ASIAK2", 2));
    assert_eq!(keys(&answer(&two, &renew)), ("ASIAK2", 2));
    let held = Ask { held: 2, ..renew };
    assert!(matches!(answer(&one, &held), Reply::Unchanged { .. }));
    assert_eq!(world.calls(), 2);
}

#[test]
fn a_closed_holder_gives_what_is_valid_and_renews_nothing() {
    let world = world({
        let start = SimulatedClock::new().wall();
        move |_| {
            let ends = aws_smithy_types::DateTime::from(start + Duration::from_secs(3_600));
            granted("K", &ends.to_string())
        }
    });
    let opened = world.open("admin1", "s3://b/", RULES);
    answer_in(&opened, &["staff"], &NOTHING_HELD);
    opened.holder.close();
    opened.holder.close();
    world.clock.advance(Duration::from_secs(3_500));
    assert_eq!(keys(&answer(&opened, &NOTHING_HELD)).0, "ASIAK");
    world.clock.advance(Duration::from_secs(200));
    match answer(&opened, &NOTHING_HELD) {
        Reply::Failed(error) => assert_eq!(error.code(), Code::SessionEnded, "{error}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.calls(), 1);
}

#[test]
fn a_call_waits_no_longer_than_it_may_and_a_thread_of_a_runtime_not_at_all() {
    // Takes connections and answers none.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let world = world(numbered());
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let rules = [
        ("rolecall.sts.endpoint", endpoint.as_str()),
        ("rolecall.rules", RULES),
    ];
    let opened = world.open_with("admin1", "s3://b/", &rules);
    answer(&opened, &NOTHING_HELD);
    let with = Ask {
        groups: Some(known(&["staff"])),
        wait: Duration::from_millis(1),
        ..NOTHING_HELD
    };
    assert!(matches!(opened.holder.ask(with.clone()), Reply::Pending));
    let holder = Arc::clone(&opened.holder);
    let inside = world.engine.handle.spawn(async move {
        holder.ask(Ask {
            wait: Duration::from_secs(3_600),
            ..with
        })
    });
    let reply = world.engine.handle.block_on(inside).unwrap();
    assert!(matches!(reply, Reply::Pending), "{reply:?}");
    // The flight still hangs: dropping the engine waits for nothing.
    drop(opened);
    drop(world);
}

#[test]
fn the_owner_sees_one_line_for_a_caller_and_bucket_and_one_when_it_changes() {
    let world = world(numbered());
    let lines = || log::lines("rolecall::decision", "caller teller1, ");
    let rules = RULES.replace("admin1", "teller1");
    for _ in 0..3 {
        let opened = world.open("teller1", "s3://told/", &rules);
        answer_in(&opened, &["staff"], &NOTHING_HELD);
    }
    let told = lines();
    assert_eq!(told.len(), 1, "{told:?}");
    for part in [
        "s3://told/",
        "rule admins",
        "role arn:aws:iam::111122223333:role/admin",
        "session teller1",
        "rules ",
    ] {
        assert!(told[0].contains(part), "no {part:?} in {told:?}");
    }
    let opened = world.open("teller1", "s3://told2/", &rules);
    answer_in(&opened, &["staff"], &NOTHING_HELD);
    assert_eq!(lines().len(), 2);
}

#[test]
fn no_secret_is_in_a_log_line_an_error_or_a_debug_text() {
    let folder = folder();
    let file = folder.path().join("keys.properties");
    std::fs::write(&file, "accessKey=AKIAFILE\nsecretKey=secret-of-the-file\n").unwrap();
    let count = AtomicUsize::new(0);
    let world = world(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => granted("LOG", FAR),
        1 => refused(400, "Throttling", "Rate exceeded"),
        _ => refused(403, "AccessDenied", "for secret-of-the-file"),
    });
    let rules = RULES.replace(
        r#"{"source": "environment"}"#,
        &format!(
            r#"{{"source": "properties", "file": "{}"}}"#,
            file.display()
        ),
    );
    let opened = world.open("admin1", "s3a://KEY:in-the-uri@b/", &rules);
    let mut shown = vec![];
    let mut note = |reply: Reply| shown.push(format!("{reply:?} {opened:?}"));
    note(answer_in(&opened, &["staff"], &NOTHING_HELD));
    world.clock.advance(Duration::from_secs(20));
    note(answer(
        &opened,
        &Ask {
            renew: true,
            ..NOTHING_HELD
        },
    ));
    let other = world.open(
        "admin1",
        "s3://b/",
        &rules.replace("role/admin", "role/other"),
    );
    note(answer_in(&other, &["staff"], &NOTHING_HELD));
    shown.push(format!("{:?}", world.engine));
    shown.extend(log::lines("rolecall", ""));
    assert!(
        shown.iter().any(|line| line.contains("Throttling")),
        "at TRACE"
    );
    for secret in [
        "LOG-secret",
        "LOG-token",
        "secret-of-the-file",
        "base-secret",
        "in-the-uri",
    ] {
        let told: Vec<_> = shown.iter().filter(|line| line.contains(secret)).collect();
        assert!(told.is_empty(), "{secret}: {told:?}");
    }
}

#[test]
fn deciding_by_the_first_path_is_logged() {
    let world = world(numbered());
    let rules = r#"{
        "version": 1,
        "base": {"source": "environment"},
        "rules": [
            {"name": "own", "prefixes": ["s3://walked/own/"],
             "role": "arn:aws:iam::111122223333:role/own"}
        ],
        "otherwise": "base"
    }"#;
    let settings = [
        ("rolecall.rules", rules),
        ("rolecall.location", "first-path"),
    ];
    let opened = world.open_with("walker1", "s3://walked/own/x", &settings);
    assert_eq!(keys(&answer(&opened, &NOTHING_HELD)).0, "ASIAK1");
    let warned = log::lines("rolecall::decision", "caller walker1: rolecall.location");
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].contains("s3://walked/own/x"), "{warned:?}");
}
