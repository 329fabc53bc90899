//! A panic on demand, for tests of what becomes of one. The library that ships has no such thing.

use std::sync::atomic::{AtomicBool, Ordering};

static ARMED: AtomicBool = AtomicBool::new(false);

/// Makes the next question for credentials panic.
pub fn arm() {
    ARMED.store(true, Ordering::SeqCst);
}

/// Panics once after [`arm`].
#[expect(clippy::panic, reason = "what this module is for")]
pub fn strike() {
    if ARMED.swap(false, Ordering::SeqCst) {
        panic!("forced, with {} and a value of `{}`", 42, "hunter2");
    }
}
