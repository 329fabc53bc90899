//! How long to wait before the same is asked again.

use std::time::Duration;

use crate::cache::between;

/// The longest pause between two attempts; each is drawn from zero up to it ("full jitter").
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// What the pause after the first attempt is drawn up to; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The pause after that many attempts.
pub(crate) fn pause_after(attempts: u32) -> Duration {
    let longest = FIRST_PAUSE
        .saturating_mul(1 << attempts.saturating_sub(1).min(10))
        .min(LONGEST_PAUSE);
    between(Duration::ZERO, longest)
}
