//! Rules that are kept on S3, change, vanish and come back while file systems are open.

use std::sync::Mutex;

use super::*;
use crate::stub::s3;

const OBJECT: &str = "s3://team.rules/prod/rules.json";

/// S3 with one object of rules.
struct Store {
    stub: Stub,
    holds: Arc<Mutex<Answer>>,
}

impl Store {
    fn new(rules: &str) -> Self {
        let holds = Arc::new(Mutex::new(s3::object("\"0\"", rules)));
        let answers = Arc::clone(&holds);
        let stub = Stub::start(move |request| {
            let answer = lock(&answers).clone();
            match (&answer, request.header("if-none-match")) {
                (Answer::Answer { headers, .. }, Some(known))
                    if headers
                        .iter()
                        .any(|(name, etag)| *name == "etag" && etag == known) =>
                {
                    Answer::status(304, "")
                }
                _ => answer,
            }
        });
        Self { stub, holds }
    }

    fn answer(&self, answer: Answer) {
        *lock(&self.holds) = answer;
    }

    fn hold(&self, etag: &str, rules: &str) {
        self.answer(s3::object(etag, rules));
    }

    /// How often the object was read, and how often it was found as before.
    fn reads(&self) -> (usize, usize) {
        let seen = self.stub.seen();
        let known = |request: &&crate::stub::Request| request.header("if-none-match").is_some();
        let again = seen.iter().filter(known).count();
        (seen.len() - again, again)
    }
}

fn rules(rule: &str) -> String {
    format!(
        r#"{{"version": 1, "base": {{"source": "environment"}}, "otherwise": "deny",
             "rules": [{rule}]}}"#
    )
}

fn role(name: &str) -> String {
    rules(&format!(
        r#"{{"name": "{name}", "users": ["carol"], "role": "arn:aws:iam::111122223333:role/{name}"}}"#
    ))
}

impl World {
    fn open_from(&self, store: &Store, settings: &[(&str, &str)]) -> Opened {
        let url = store.stub.url();
        let mut all = vec![
            ("rolecall.rules", OBJECT),
            ("rolecall.rules.s3.endpoint", url.as_str()),
            ("rolecall.base", "environment"),
        ];
        all.extend(settings);
        self.open_with("carol", "s3://data/", &all)
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

/// The keys' name, or the code of what is wrong.
fn outcome(opened: &Opened) -> Result<String, Code> {
    match answer(opened, &NOTHING_HELD) {
        Reply::Refused(error) | Reply::Failed(error) => Err(error.code()),
        reply => Ok(keys(&reply).0.to_owned()),
    }
}

/// What a caller gets once the reading that is due has ended.
fn outcome_after_reading(opened: &Opened, is_there: impl Fn(&Result<String, Code>) -> bool) {
    for _ in 0..400 {
        let found = outcome(opened);
        if is_there(&found) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("still {:?}", outcome(opened));
}

#[test]
fn rules_on_s3_are_read_once_for_all_file_systems_and_again_by_their_etag() {
    let world = world(numbered());
    let store = Store::new(&role("data"));
    let opened: Vec<_> = (0..20).map(|_| world.open_from(&store, &[])).collect();
    for opened in &opened {
        assert_eq!(outcome(opened), Ok("ASIAK1".to_owned()));
    }
    assert_eq!(store.reads(), (1, 0));
    world.pass(61);
    for opened in &opened {
        assert_eq!(outcome(opened), Ok("ASIAK1".to_owned()));
    }
    assert_eq!(store.reads(), (1, 1));
    let request = &store.stub.seen()[0];
    assert_eq!(request.path, "/team.rules/prod/rules.json");
    assert!(
        request
            .header("authorization")
            .is_some_and(|header| header.contains("Credential=AKIABASE/"))
    );
    assert_eq!(world.calls(), 1);
}

#[test]
fn a_changed_rule_counts_for_open_file_systems_and_one_that_is_gone_serves_nobody() {
    let world = world(numbered());
    let store = Store::new(&role("data"));
    let opened = world.open_from(&store, &[]);
    let reply = answer(&opened, &NOTHING_HELD);
    assert_eq!(keys(&reply).0, "ASIAK1");
    let Reply::Credentials { ask_again, .. } = reply else {
        panic!("{reply:?}");
    };
    assert!(ask_again <= Duration::from_secs(30));

    store.hold("\"1\"", &role("other"));
    world.pass(59);
    assert_eq!(outcome(&opened), Ok("ASIAK1".to_owned()), "not due yet");
    world.pass(2);
    outcome_after_reading(&opened, |found| *found == Ok("ASIAK2".to_owned()));
    assert!(world.sts.seen()[1].body.contains("role%2Fother"));

    // Its keys are valid for hundreds of years, and are answered no more.
    store.hold("\"2\"", &rules(""));
    world.pass(61);
    outcome_after_reading(&opened, |found| *found == Err(Code::DeniedByDefault));
    assert_eq!(outcome(&opened), Err(Code::DeniedByDefault));
    assert_eq!(world.calls(), 2);
}

#[test]
fn rules_that_vanish_or_are_refused_stand_for_max_stale_and_come_back() {
    let world = world(numbered());
    let store = Store::new(&role("data"));
    let stale = [("rolecall.rules.max-stale", "10m")];
    let opened = world.open_from(&store, &stale);
    assert_eq!(outcome(&opened), Ok("ASIAK1".to_owned()));
    for gone in [
        s3::refused(404, "NoSuchKey", "no"),
        s3::refused(403, "AccessDenied", "no"),
        s3::refused(400, "KMS.DisabledException", "key is disabled"),
    ] {
        store.answer(gone);
        world.pass(120);
        assert_eq!(outcome(&opened), Ok("ASIAK1".to_owned()));
    }
    // A version that can't be read is no reason to forget the last good one.
    store.hold("\"1\"", "{ half");
    world.pass(120);
    assert_eq!(outcome(&opened), Ok("ASIAK1".to_owned()));

    store.answer(s3::refused(404, "NoSuchKey", "no"));
    world.pass(120);
    assert_eq!(outcome(&opened), Ok("ASIAK1".to_owned()));
    world.pass(601);
    outcome_after_reading(&opened, |found| *found == Err(Code::RulesStale));
    store.hold("\"2\"", &role("data"));
    world.pass(61);
    outcome_after_reading(&opened, |found| *found == Ok("ASIAK1".to_owned()));
    assert_eq!(world.calls(), 1);
}

#[test]
fn a_caller_without_rules_is_told_what_s3_says_and_gets_in_when_that_passes() {
    let world = world(numbered());
    let store = Store::new("");
    store.answer(s3::refused(403, "AccessDenied", "Access Denied"));
    let opened = world.open_from(&store, &[]);
    let Reply::Failed(error) = answer(&opened, &NOTHING_HELD) else {
        panic!("no failure");
    };
    assert_eq!(error.code(), Code::RulesDenied);
    for part in ["s3:GetObject", "caller carol", "s3://data/", OBJECT] {
        assert!(error.message().contains(part), "no {part:?} in {error}");
    }
    store.hold("\"0\"", &role("data"));
    world.pass(6);
    outcome_after_reading(&opened, |found| *found == Ok("ASIAK1".to_owned()));
}

#[test]
fn s3_that_does_not_answer_takes_nothing_from_who_has_rules() {
    let world = world(numbered());
    let store = Store::new(&role("data"));
    let opened = world.open_from(&store, &[]);
    assert_eq!(outcome(&opened), Ok("ASIAK1".to_owned()));
    store.answer(Answer::HangUp);
    world.pass(61);
    let at_once = Ask {
        wait: Duration::ZERO,
        ..NOTHING_HELD
    };
    for _ in 0..10 {
        let reply = opened.holder.ask(at_once.clone());
        assert_eq!(keys(&reply).0, "ASIAK1");
    }
    // However long the reading takes, nobody waits for it after a second.
    world.pass(2);
    assert_eq!(outcome(&opened), Ok("ASIAK1".to_owned()));
}

#[test]
fn what_java_hands_over_is_read_and_names_itself_in_errors() {
    let world = world(numbered());
    let open = |value: &str, handed: Vec<Entry>| {
        let mut opening = Opening {
            user: "carol".to_owned(),
            principal: None,
            real_user: None,
            location: Some("s3://data/".to_owned()),
            given: Given { entries: handed },
        };
        for (name, value) in [
            ("rolecall.rules", value),
            ("rolecall.sts.endpoint", &world.sts.url()),
            ("rolecall.sts.region", "eu-west-1"),
        ] {
            opening.given.entries.push(Entry {
                origin: Origin::SystemProperty,
                name: name.to_owned(),
                value: value.to_owned(),
            });
        }
        world.engine.open(opening)
    };
    let handed = |origin: Origin, name: &str, value: &str| {
        vec![Entry {
            origin,
            name: name.to_owned(),
            value: value.to_owned(),
        }]
    };
    let by_key = open(
        "conf:a.key",
        handed(Origin::RulesKey, "a.key", &role("data")),
    );
    assert_eq!(outcome(&by_key), Ok("ASIAK1".to_owned()));
    let resource = handed(Origin::RulesResource, "r.json", &role("data"));
    assert_eq!(
        outcome(&open("classpath:r.json", resource)),
        Ok("ASIAK1".to_owned())
    );
    let wrong = open("conf:a.key", handed(Origin::RulesKey, "a.key", "{"));
    let Reply::Failed(error) = answer(&wrong, &NOTHING_HELD) else {
        panic!("no failure");
    };
    assert!(
        error.to_string().starts_with("RC105: conf:a.key:1:"),
        "{error}"
    );
    assert_eq!(
        outcome(&open("conf:b.key", vec![])),
        Err(Code::RulesNotFound)
    );
}

#[test]
fn the_decision_is_told_with_the_hash_of_the_rules() {
    let world = world(numbered());
    let store = Store::new(&role("hashed"));
    assert!(outcome(&world.open_from(&store, &[])).is_ok());
    let hash = crate::rules::read(role("hashed").as_bytes(), "x")
        .unwrap()
        .hash()
        .to_string();
    let lines = log::lines("rolecall::decision", "role/hashed");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains(&format!("(rules {hash})")), "{lines:?}");
}

#[test]
fn rules_that_every_file_system_hands_over_are_kept_once() {
    let world = world(numbered());
    let given =
        |name: &str| world.open_with("carol", "s3://data/", &[("rolecall.rules", &role(name))]);
    let text = |opened: &Opened| opened.holder.text_of_rules().unwrap();
    let (one, two, other) = (given("data"), given("data"), given("other"));
    assert!(Arc::ptr_eq(&text(&one), &text(&two)));
    assert_ne!(text(&one), text(&other));
    assert_eq!(outcome(&two), Ok("ASIAK1".to_owned()));
}
