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
