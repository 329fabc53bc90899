//! What failed last, since when, and when to try again.

use std::time::Duration;

use crate::cache::jitter::between;
use crate::error::Error;

/// How long a refusal, or another answer that asking again at once won't change, is remembered.
const REMEMBERED: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(10));
/// How long after a failure that may pass the next flight starts at the earliest, where nothing is
/// held: the flight itself has tried for as long as its caller is patient.
const SHORTLY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(2));
/// The first pause between two renewals, where valid credentials are held; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// The shortest, however near the end is.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A row of failures without a success between them.
#[derive(Debug)]
pub(super) struct Failing {
    error: Error,
    /// The first of the row (monotonic).
    since: Duration,
    /// The last.
    pub(super) last: Duration,
    /// When the next flight may start.
    pub(super) again: Duration,
    count: u32,
}

impl Failing {
    /// One failure more. `left`: for how long valid credentials are held, where that is known.
    pub(super) fn after(
        before: Option<Self>,
        error: Error,
        now: Duration,
        valid: bool,
        left: Option<Duration>,
    ) -> Self {
        let (since, count) = before.map_or((now, 0), |it| (it.since, it.count + 1));
        let pause = if valid {
            let longest = FIRST_PAUSE
                .saturating_mul(1 << count.min(10))
                .min(LONGEST_PAUSE);
            let pause = between(longest / 2, longest);
            // Near the end a long pause would waste the last chance, and none at all be a storm.
            let floor = if error.code().is_refusal() {
                between(REMEMBERED.0, REMEMBERED.1)
            } else {
                SHORTEST_PAUSE
            };
            left.map_or(pause, |left| pause.min(left / 4)).max(floor)
        } else if error.code().is_retryable() && !error.code().is_refusal() {
            between(SHORTLY.0, SHORTLY.1)
        } else {
            between(REMEMBERED.0, REMEMBERED.1)
        };
        Self {
            error,
            since,
            last: now,
            again: now.saturating_add(pause),
            count,
        }
    }

    /// The last cause, and since when where it was not the first.
    pub(super) fn error_at(&self, now: Duration) -> Error {
        if self.count == 0 {
            return self.error.clone();
        }
        self.error.clone().within(format!(
            "failing for {} s, {} times",
            now.saturating_sub(self.since).as_secs(),
            self.count + 1
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn pause(code: Code, left: Duration) -> Duration {
        let error = Error::new(code, "no");
        Failing::after(None, error, Duration::ZERO, true, Some(left)).again
    }

    #[test]
    fn renewals_near_the_end_are_no_storm() {
        let hardly_any = Duration::from_millis(10);
        assert_eq!(pause(Code::StsUnreachable, hardly_any), SHORTEST_PAUSE);
        assert!(pause(Code::StsAccessDenied, hardly_any) >= REMEMBERED.0);
        assert!(pause(Code::StsUnreachable, Duration::from_secs(600)) <= FIRST_PAUSE);
    }
}
