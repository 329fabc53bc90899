//! When credentials end, and when they are renewed.

use std::sync::Arc;
use std::time::Duration;

use super::fetch::{Fresh, Lifetime};
use super::jitter::between;
use crate::clock::{Drift, Reading};
use crate::credentials::Credentials;

/// The longest time before their end in which credentials are renewed.
const LONGEST_WINDOW: Duration = Duration::from_secs(5 * 60);
/// A wall clock that went this much further or less than the monotonic one was set, or the host
/// was suspended: nothing that was reckoned before can be relied on.
const LARGEST_DRIFT: Duration = Duration::from_secs(60);

/// Credentials that an entry holds.
#[derive(Debug)]
pub struct Kept<A> {
    credentials: Arc<Credentials>,
    about: A,
    serial: u64,
    asked: Duration,
    landed: Reading,
    ends: Option<Duration>,
    due: Duration,
}

impl<A> Kept<A> {
    pub(super) fn new(fresh: Fresh<A>, serial: u64, landed: Reading) -> Self {
        let (ends, due) = match fresh.lifetime {
            Lifetime::Ends(lifetime) => {
                let ends = fresh.asked.saturating_add(lifetime);
                (Some(ends), renewal(ends, lifetime))
            }
            Lifetime::Open { recheck } => (None, landed.now.saturating_add(recheck)),
        };
        Self {
            credentials: Arc::new(fresh.credentials),
            about: fresh.about,
            serial,
            asked: fresh.asked,
            landed,
            ends,
            due,
        }
    }

    /// The keys.
    pub fn credentials(&self) -> &Arc<Credentials> {
        &self.credentials
    }

    /// What is known of them beside that.
    pub fn about(&self) -> &A {
        &self.about
    }

    /// Tells one set of keys from every other of this process.
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// When they were asked for (monotonic).
    pub fn asked(&self) -> Duration {
        self.asked
    }

    /// How long they are still good; zero when they have ended, none where they don't end.
    pub fn left(&self, at: Reading) -> Option<Duration> {
        self.ends.map(|ends| ends.saturating_sub(self.reckoned(at)))
    }

    /// Whether they may be given to anybody.
    pub fn is_valid(&self, at: Reading) -> bool {
        self.left(at) != Some(Duration::ZERO)
    }

    /// How long until they are renewed or looked at again; zero when that is due.
    pub fn due_in(&self, at: Reading) -> Duration {
        match at.drift_since(&self.landed) {
            Drift::Forward(by) | Drift::Backward(by) if by > LARGEST_DRIFT => Duration::ZERO,
            _ => self.due.saturating_sub(at.now),
        }
    }

    /// The monotonic time, set forward by what the wall clock went further: a suspended host's
    /// monotonic clock stood still while the credentials aged. A wall clock that was set forward
    /// looks the same and ends them early, which is the safe side.
    fn reckoned(&self, at: Reading) -> Duration {
        match at.drift_since(&self.landed) {
            Drift::Forward(by) => at.now.saturating_add(by),
            Drift::Backward(_) => at.now,
        }
    }
}

/// When credentials that end at `ends` after `lifetime` are renewed: a moment drawn from the first
/// half of the window, so that the other half is left for trying again.
fn renewal(ends: Duration, lifetime: Duration) -> Duration {
    let window = LONGEST_WINDOW.min(lifetime / 3);
    let start = ends.saturating_sub(window);
    between(start, start + window / 2)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    const START: Duration = Duration::from_secs(1_000);

    fn at(after: u64, wall_after: u64) -> Reading {
        Reading {
            now: START + Duration::from_secs(after),
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(50_000 + wall_after),
        }
    }

    fn kept(lifetime: Lifetime) -> Kept<()> {
        let fresh = Fresh {
            credentials: Credentials::new("AKIA", "secret", None),
            about: (),
            asked: START,
            lifetime,
        };
        Kept::new(fresh, 1, at(0, 0))
    }

    fn ending(lifetime: u64) -> Kept<()> {
        kept(Lifetime::Ends(Duration::from_secs(lifetime)))
    }

    #[test]
    fn renewal_lies_in_the_last_five_minutes_or_third_and_leaves_time_to_try_again() {
        for (lifetime, window) in [(3_600, 300), (900, 300), (600, 200), (12, 4)] {
            for _ in 0..50 {
                let due = ending(lifetime).due_in(at(0, 0)).as_secs_f64();
                let earliest = (lifetime - window) as f64;
                let latest = earliest + window as f64 / 2.0;
                assert!((earliest..=latest).contains(&due), "{lifetime}: {due}");
            }
        }
    }

    #[test]
    fn they_are_valid_until_their_end_and_no_longer() {
        let kept = ending(3_600);
        assert!(kept.is_valid(at(3_599, 3_599)));
        assert_eq!(kept.left(at(3_500, 3_500)), Some(Duration::from_secs(100)));
        assert!(!kept.is_valid(at(3_600, 3_600)));
        assert!(!kept.is_valid(at(9_000, 9_000)));
    }

    #[test]
    fn what_has_no_end_is_only_looked_at_again() {
        let kept = kept(Lifetime::Open {
            recheck: Duration::from_secs(30),
        });
        assert_eq!(kept.left(at(1_000_000, 1_000_000)), None);
        assert_eq!(kept.due_in(at(10, 10)), Duration::from_secs(20));
        assert_eq!(kept.due_in(at(31, 31)), Duration::ZERO);
    }

    #[test]
    fn a_jump_of_the_wall_clock_makes_them_due() {
        let kept = ending(3_600);
        assert_ne!(kept.due_in(at(10, 65)), Duration::ZERO);
        assert_eq!(kept.due_in(at(10, 80)), Duration::ZERO);
        assert!(kept.is_valid(at(10, 80)));
        let back = Reading {
            now: START + Duration::from_secs(100),
            wall: at(0, 0).wall,
        };
        assert_eq!(kept.due_in(back), Duration::ZERO);
        assert!(kept.is_valid(back));
    }

    #[test]
    fn a_suspended_host_does_not_serve_what_ended_meanwhile() {
        let kept = ending(3_600);
        assert!(!kept.is_valid(at(10, 4_000)));
        let short = ending(60);
        assert!(
            !short.is_valid(at(10, 62)),
            "nor a host that slept for less than a minute"
        );
        assert!(short.is_valid(at(10, 10)));
    }
}
