//! A mutex that a panic elsewhere does not take away.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, whether or not a thread panicked while it held the lock.
///
/// What the mutexes of this crate guard is whole after each statement, so a panic while one is
/// held leaves nothing half done, and one failed call must not fail all that follow.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
