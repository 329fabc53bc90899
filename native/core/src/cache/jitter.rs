//! Chance, so that many processes don't do the same at the same moment.

use std::time::Duration;

/// A duration drawn evenly from `low` to `high`; `low` where the two are the wrong way round.
pub(crate) fn between(low: Duration, high: Duration) -> Duration {
    low + high.saturating_sub(low).mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_inside_and_moves() {
        let (low, high) = (Duration::from_secs(5), Duration::from_secs(10));
        let drawn: Vec<_> = (0..100).map(|_| between(low, high)).collect();
        assert!(drawn.iter().all(|one| (low..=high).contains(one)));
        assert!(drawn.iter().any(|one| one != &drawn[0]));
        assert_eq!(between(high, low), high);
    }
}
