//! Time, handed in from outside so that tests move it instead of sleeping.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

/// The two clocks of a host and a way to wait on the first.
///
/// Lifetimes are counted on the monotonic clock alone; the wall clock is only read to compare it
/// with what STS says and to notice that the host was suspended.
pub trait Clock: Debug + Send + Sync {
    /// Monotonic time since an arbitrary start.
    fn now(&self) -> Duration;
    /// The host's wall clock, which may be wrong and may jump.
    fn wall(&self) -> SystemTime;
    /// Completes after `duration` on the monotonic clock.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
    /// Both clocks at one moment.
    fn reading(&self) -> Reading {
        Reading {
            now: self.now(),
            wall: self.wall(),
        }
    }
}

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The monotonic clock.
    pub now: Duration,
    /// The wall clock.
    pub wall: SystemTime,
}

/// How far two clocks went apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// The wall clock went further.
    Forward(Duration),
    /// The wall clock stayed behind or went back.
    Backward(Duration),
}

impl Reading {
    /// How much further or less the wall clock went than the monotonic one since `earlier`.
    pub fn drift_since(&self, earlier: &Self) -> Drift {
        let monotonic = self.now.saturating_sub(earlier.now);
        match self.wall.duration_since(earlier.wall) {
            Ok(wall) if wall >= monotonic => Drift::Forward(wall - monotonic),
            Ok(wall) => Drift::Backward(monotonic - wall),
            Err(back) => Drift::Backward(monotonic.saturating_add(back.duration())),
        }
    }
}

/// The host's own clocks. Sleeping needs a tokio runtime with its timer on.
#[derive(Debug)]
pub struct SystemClock {
    started: tokio::time::Instant,
}

impl SystemClock {
    /// A clock that counts from now.
    pub fn new() -> Self {
        Self {
            started: tokio::time::Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock for tests: it goes with tokio's, paused or not, and further where a test says so.
#[cfg(test)]
pub(crate) mod simulated {
    use std::sync::Mutex;

    use super::*;
    use crate::lock::lock;

    #[derive(Debug)]
    pub(crate) struct SimulatedClock {
        monotonic: SystemClock,
        passed: Mutex<Duration>,
        hasty: bool,
        wall_at_start: Mutex<SystemTime>,
    }

    impl SimulatedClock {
        pub(crate) fn new() -> Self {
            Self {
                monotonic: SystemClock::new(),
                passed: Mutex::default(),
                hasty: false,
                wall_at_start: Mutex::new(
                    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000),
                ),
            }
        }

        /// A clock on which sleep takes no time: it passes at once.
        pub(crate) fn hasty() -> Self {
            Self {
                hasty: true,
                ..Self::new()
            }
        }

        /// Lets time pass on both clocks; what sleeps does not notice.
        pub(crate) fn advance(&self, by: Duration) {
            *lock(&self.passed) += by;
        }

        pub(crate) fn jump_forward(&self, by: Duration) {
            *lock(&self.wall_at_start) += by;
        }

        pub(crate) fn jump_back(&self, by: Duration) {
            *lock(&self.wall_at_start) -= by;
        }
    }

    impl Clock for SimulatedClock {
        fn now(&self) -> Duration {
            self.monotonic.now() + *lock(&self.passed)
        }

        fn wall(&self) -> SystemTime {
            *lock(&self.wall_at_start) + self.now()
        }

        fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
            if self.hasty {
                self.advance(duration);
                return Box::pin(tokio::task::yield_now());
            }
            self.monotonic.sleep(duration)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(now: u64, wall: u64) -> Reading {
        Reading {
            now: Duration::from_secs(now),
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(wall),
        }
    }

    #[test]
    fn drift_is_what_the_wall_clock_went_beyond_the_monotonic_one() {
        let start = reading(10, 1_000);
        let second = Duration::from_secs;
        assert_eq!(
            reading(20, 1_010).drift_since(&start),
            Drift::Forward(second(0))
        );
        assert_eq!(
            reading(20, 1_110).drift_since(&start),
            Drift::Forward(second(100))
        );
        assert_eq!(
            reading(20, 1_005).drift_since(&start),
            Drift::Backward(second(5))
        );
        assert_eq!(
            reading(20, 900).drift_since(&start),
            Drift::Backward(second(110))
        );
    }
}
