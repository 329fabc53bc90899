//! In simulated time: tokio's clock is paused and moves only where a test waits.

use std::collections::VecDeque;
use std::future::Future;

use super::*;
use crate::cache::fetch::Lifetime;
use crate::cache::{Cache, Fresh};
use crate::clock::simulated::SimulatedClock;
use crate::credentials::Credentials;

const PATIENCE: Duration = Duration::from_secs(120);

fn secs(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// What the source does at its next call.
#[derive(Clone, Debug)]
enum Outcome {
    Gives { takes: Duration, lifetime: Lifetime },
    Fails { takes: Duration, code: Code },
    Panics,
}

/// A source that does as it is told, then goes on with `habit`.
#[derive(Debug)]
struct Source {
    clock: Arc<SimulatedClock>,
    plan: Mutex<VecDeque<Outcome>>,
    habit: Mutex<Outcome>,
    calls: Mutex<Vec<Duration>>,
    under_way: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl Source {
    fn calls(&self) -> usize {
        lock(&self.calls).len()
    }

    fn then(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        lock(&self.plan).extend(outcomes);
    }

    fn always(&self, outcome: Outcome) {
        *lock(&self.habit) = outcome;
    }
}

struct Calls(Arc<Source>);

impl Fetch for Calls {
    type About = ();

    fn fetch(&self, _: Duration) -> impl Future<Output = Result<Fresh<()>, Error>> + Send {
        let source = Arc::clone(&self.0);
        async move {
            let asked = source.clock.now();
            let number = {
                let mut calls = lock(&source.calls);
                calls.push(asked);
                calls.len()
            };
            let at_once = source.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            source.most_at_once.fetch_max(at_once, Ordering::SeqCst);
            let outcome = lock(&source.plan)
                .pop_front()
                .unwrap_or_else(|| lock(&source.habit).clone());
            let result = match outcome {
                Outcome::Gives { takes, lifetime } => {
                    source.clock.sleep(takes).await;
                    Ok(Fresh {
                        credentials: Credentials::new(format!("ASIA{number}"), "secret", None),
                        about: (),
                        asked,
                        lifetime,
                    })
                }
                Outcome::Fails { takes, code } => {
                    source.clock.sleep(takes).await;
                    Err(Error::new(code, "as the test says"))
                }
                Outcome::Panics => panic!("as the test says"),
            };
            source.under_way.fetch_sub(1, Ordering::SeqCst);
            result
        }
    }

    fn name(&self) -> String {
        "the test's session".into()
    }
}

struct World {
    clock: Arc<SimulatedClock>,
    source: Arc<Source>,
    entry: Arc<Entry<Calls>>,
    interest: Option<Interest<Calls>>,
}

fn gives(takes: Duration, lifetime: Duration) -> Outcome {
    Outcome::Gives {
        takes,
        lifetime: Lifetime::Ends(lifetime),
    }
}

fn fails(code: Code) -> Outcome {
    Outcome::Fails {
        takes: Duration::ZERO,
        code,
    }
}

fn world(habit: Outcome) -> World {
    let clock = Arc::new(SimulatedClock::new());
    let source = Arc::new(Source {
        clock: Arc::clone(&clock),
        plan: Mutex::default(),
        habit: Mutex::new(habit),
        calls: Mutex::default(),
        under_way: AtomicUsize::new(0),
        most_at_once: AtomicUsize::new(0),
    });
    let entry = Entry::new(
        Calls(Arc::clone(&source)),
        Arc::clone(&clock) as Arc<dyn Clock>,
        Handle::current(),
    );
    let interest = Some(entry.interest());
    World {
        clock,
        source,
        entry,
        interest,
    }
}

impl World {
    fn ask(&self) -> Answer<()> {
        self.entry.ask(Wish::valid(PATIENCE))
    }

    async fn get(&self) -> Result<Arc<Kept<()>>, Error> {
        self.entry.get(Wish::valid(PATIENCE)).await
    }

    /// Keys that are there without waiting.
    fn held(&self) -> String {
        match self.ask() {
            Answer::Valid(kept) => {
                assert!(kept.is_valid(self.clock.reading()));
                kept.credentials().access_key_id().to_owned()
            }
            other => panic!("nothing held at {:?}: {other:?}", self.clock.now()),
        }
    }

    /// Lets `time` pass, asking every 10 seconds as hosts do.
    async fn pass_asking(&self, time: Duration) {
        let end = self.clock.now() + time;
        while self.clock.now() < end {
            self.clock.sleep(secs(10)).await;
            self.held();
        }
    }

    async fn pass(&self, time: Duration) {
        self.clock.sleep(time).await;
    }
}

#[tokio::test(start_paused = true)]
async fn fifty_callers_at_once_cost_one_call() {
    let world = world(gives(secs(1), secs(3_600)));
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let entry = Arc::clone(&world.entry);
            tokio::spawn(async move { entry.get(Wish::valid(PATIENCE)).await })
        })
        .collect();
    for caller in callers {
        let kept = caller.await.unwrap().unwrap();
        assert_eq!(kept.credentials().access_key_id(), "ASIA1");
    }
    assert_eq!(world.source.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_entry_is_made_once_for_a_key_and_goes_when_nobody_wants_it() {
    let clock = Arc::new(SimulatedClock::new());
    let world = world(gives(secs(1), secs(3_600)));
    let cache: Cache<&str, Calls> = Cache::new(clock.clone(), Handle::current());
    let make = |_: &&str| Calls(Arc::clone(&world.source));
    let first = cache.entry("a", make);
    assert!(Arc::ptr_eq(&first, &cache.entry("a", make)));
    let interest = first.interest();
    drop(first);
    drop(cache.entry("b", make));
    assert_eq!(cache.len(), 2);
    drop(cache.entry("c", make));
    assert_eq!(cache.len(), 2, "b has nothing and nobody wants it");
    drop(interest);
    drop(cache.entry("d", make));
    assert_eq!(cache.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn sessions_follow_each_other_without_anybody_waiting() {
    let world = world(gives(secs(2), secs(3_600)));
    world.get().await.unwrap();
    world.pass_asking(secs(5 * 3_600)).await;
    let calls = world.source.calls();
    assert!((5..=6).contains(&calls), "{calls} calls for five hours");
    assert_eq!(world.source.most_at_once.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn short_sessions_too() {
    let world = world(gives(Duration::from_millis(200), secs(12)));
    world.get().await.unwrap();
    for _ in 0..1_000 {
        world.pass(Duration::from_millis(100)).await;
        world.held();
    }
    let calls = world.source.calls();
    assert!((8..=14).contains(&calls), "{calls} calls for 100 s");
}

#[tokio::test(start_paused = true)]
async fn a_failed_renewal_leaves_the_valid_ones_until_they_end_then_tells_why() {
    let world = world(gives(Duration::ZERO, secs(3_600)));
    world.get().await.unwrap();
    world.source.always(fails(Code::StsAccessDenied));
    world.pass_asking(secs(3_580)).await;
    assert_eq!(world.held(), "ASIA1");
    let tries = world.source.calls() - 1;
    assert!((4..=40).contains(&tries), "{tries} tries to renew");

    world.pass(secs(25)).await;
    let error = world.get().await.unwrap_err();
    assert_eq!(error.code(), Code::StsAccessDenied);
    assert!(error.message().contains("failing for "), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_failed_for_a_while_is_renewed_once_it_works_again() {
    let world = world(gives(Duration::ZERO, secs(3_600)));
    world.get().await.unwrap();
    world.source.then(vec![fails(Code::StsFault); 4]);
    world.pass_asking(secs(3_650)).await;
    assert_ne!(world.held(), "ASIA1");
    assert_eq!(world.source.calls(), 6);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_renewal_that_hangs() {
    let world = world(gives(Duration::ZERO, secs(3_600)));
    world.get().await.unwrap();
    world.source.always(gives(secs(100_000), secs(3_600)));
    world.pass_asking(secs(3_590)).await;
    assert_eq!(world.held(), "ASIA1");
    world.pass(secs(15)).await;
    assert!(
        matches!(world.ask(), Answer::Flying),
        "ended keys are not given"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_remembered_for_a_short_time() {
    let world = world(fails(Code::StsAccessDenied));
    for _ in 0..50 {
        let error = world.get().await.unwrap_err();
        assert_eq!(error.code(), Code::StsAccessDenied);
        world.pass(Duration::from_millis(99)).await;
    }
    assert_eq!(world.source.calls(), 1);
    world.source.always(gives(Duration::ZERO, secs(3_600)));
    world.pass(secs(6)).await;
    world.get().await.unwrap();
    assert_eq!(world.source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_has_ended_is_neither_given_nor_asked_for_in_a_loop() {
    let world = world(gives(Duration::ZERO, Duration::ZERO));
    for _ in 0..20 {
        let error = world.get().await.unwrap_err();
        assert_eq!(error.code(), Code::SessionEnded);
    }
    assert_eq!(world.source.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_forced_renewal_brings_newer_ones_and_costs_one_call_in_ten_seconds() {
    let world = world(gives(secs(1), secs(3_600)));
    world.get().await.unwrap();
    world.pass(secs(60)).await;
    for _ in 0..5 {
        let wish = Wish {
            since: world.entry.force(),
            ..Wish::valid(PATIENCE)
        };
        let kept = world.entry.get(wish).await.unwrap();
        assert_eq!(kept.credentials().access_key_id(), "ASIA2");
    }
    assert_eq!(world.source.calls(), 2);
    assert_eq!(world.held(), "ASIA2", "everybody has the new ones");

    world.pass(secs(10)).await;
    world.source.always(fails(Code::StsThrottled));
    let wish = Wish {
        since: world.entry.force(),
        ..Wish::valid(PATIENCE)
    };
    let kept = world.entry.get(wish).await.unwrap();
    assert_eq!(kept.credentials().access_key_id(), "ASIA2", "still good");
    assert_eq!(world.source.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_idle_session_is_not_renewed_until_somebody_asks_again() {
    let world = world(gives(secs(1), secs(3_600)));
    world.get().await.unwrap();
    world.pass(secs(3_590)).await;
    assert_eq!(world.source.calls(), 1);
    assert_eq!(
        world.held(),
        "ASIA1",
        "valid, and renewed behind the scenes"
    );
    world.pass(secs(2)).await;
    assert_eq!(world.held(), "ASIA2");
    world.pass(secs(100_000)).await;
    assert_eq!(world.source.calls(), 2);
    assert_eq!(
        world.get().await.unwrap().credentials().access_key_id(),
        "ASIA3"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_renewed_for_holders_that_went_or_closed() {
    let mut world = world(gives(secs(1), secs(3_600)));
    world.get().await.unwrap();
    world.interest = None;
    let closed = Wish {
        keep: false,
        ..Wish::valid(PATIENCE)
    };
    for _ in 0..359 {
        world.pass(secs(10)).await;
        assert!(matches!(world.entry.ask(closed), Answer::Valid(_)));
    }
    world.pass(secs(10)).await;
    match world.entry.ask(closed) {
        Answer::Failed(error) => assert_eq!(error.code(), Code::SessionEnded),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.source.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_jump_of_the_wall_clock_renews_and_a_suspended_host_waits() {
    let world = world(gives(secs(1), secs(3_600)));
    world.get().await.unwrap();
    world.clock.jump_forward(secs(90));
    assert_eq!(world.held(), "ASIA1");
    world.pass(secs(2)).await;
    assert_eq!(world.held(), "ASIA2");

    world.clock.jump_back(secs(90));
    assert_eq!(world.held(), "ASIA2");
    world.pass(secs(2)).await;
    assert_eq!(world.held(), "ASIA3");

    world.clock.jump_forward(secs(4_000));
    assert!(matches!(world.ask(), Answer::Flying));
    assert_eq!(
        world.get().await.unwrap().credentials().access_key_id(),
        "ASIA4"
    );
    assert_eq!(world.source.calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_flight_that_breaks_off_is_a_failure_and_the_next_one_works() {
    let world = world(gives(secs(1), secs(3_600)));
    world.source.then([Outcome::Panics]);
    assert_eq!(world.get().await.unwrap_err().code(), Code::FlightBrokeOff);
    world.pass(secs(3)).await;
    world.get().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn keys_without_an_end_are_looked_at_again_and_keep_their_serial_while_they_are_the_same() {
    let clock = Arc::new(SimulatedClock::new());
    #[derive(Debug)]
    struct File {
        clock: Arc<SimulatedClock>,
        key: Arc<Mutex<String>>,
    }
    impl Fetch for File {
        type About = ();
        async fn fetch(&self, _: Duration) -> Result<Fresh<()>, Error> {
            Ok(Fresh {
                credentials: Credentials::new(lock(&self.key).clone(), "secret", None),
                about: (),
                asked: self.clock.now(),
                lifetime: Lifetime::Open { recheck: secs(30) },
            })
        }
        fn name(&self) -> String {
            "the test's file".into()
        }
    }
    let key = Arc::new(Mutex::new("AKIA1".to_owned()));
    let file = File {
        clock: clock.clone(),
        key: key.clone(),
    };
    let entry = Entry::new(file, clock.clone(), Handle::current());
    let _interest = entry.interest();
    let first = entry.get(Wish::valid(PATIENCE)).await.unwrap();
    clock.sleep(secs(100)).await;
    let second = entry.get(Wish::valid(PATIENCE)).await.unwrap();
    assert!(second.asked() >= secs(60));
    assert_eq!(first.serial(), second.serial());

    *lock(&key) = "AKIA2".to_owned();
    clock.sleep(secs(31)).await;
    let third = entry.get(Wish::valid(PATIENCE)).await.unwrap();
    assert_eq!(third.credentials().access_key_id(), "AKIA2");
    assert!(third.serial() > second.serial());
}
