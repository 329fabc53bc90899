//! Ids, and the engine they belong to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use rolecall_core::engine::{Engine, Holder};
use rolecall_core::error::{Code, Error};
use rolecall_core::surroundings::Surroundings;

/// Things under numbers that are never used again, so that a number from a provider that is gone
/// means nothing instead of something else.
#[derive(Debug)]
pub struct Ids<T> {
    next: AtomicU64,
    held: RwLock<Option<HashMap<u64, Arc<T>>>>,
}

impl<T> Ids<T> {
    const fn new() -> Self {
        Self {
            next: AtomicU64::new(1),
            held: RwLock::new(None),
        }
    }

    /// Keeps `thing` and says under which number.
    pub fn keep(&self, thing: Arc<T>) -> u64 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.held
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert_default()
            .insert(id, thing);
        id
    }

    /// What is kept under `id`.
    pub fn get(&self, id: u64) -> Result<Arc<T>, Error> {
        self.held
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .and_then(|held| held.get(&id).cloned())
            .ok_or_else(|| {
                Error::new(
                    Code::IdUnknown,
                    format!("nothing is kept under the id {id}"),
                )
            })
    }

    /// Forgets `id`, if it is kept.
    pub fn release(&self, id: u64) {
        let gone = self
            .held
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()
            .and_then(|held| held.remove(&id));
        // Behind the lock: what is dropped here may take its time.
        drop(gone);
    }
}

/// The holders of this process's providers.
pub static HOLDERS: Ids<Holder> = Ids::new();

static ENGINE: Mutex<Option<Arc<Engine>>> = Mutex::new(None);

/// The process's engine, started at the first call; a start that failed is tried again.
pub fn engine() -> Result<Arc<Engine>, Error> {
    let mut engine: MutexGuard<'_, Option<Arc<Engine>>> =
        ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(engine) = engine.as_ref() {
        return Ok(Arc::clone(engine));
    }
    let started = Engine::start(Surroundings::of_this_process())?;
    *engine = Some(Arc::clone(&started));
    Ok(started)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_never_used_again() {
        let ids = Ids::new();
        let first = ids.keep(Arc::new("a"));
        ids.release(first);
        let second = ids.keep(Arc::new("b"));
        assert_ne!(first, second);
        assert_eq!(ids.get(first).unwrap_err().code(), Code::IdUnknown);
        assert_eq!(*ids.get(second).unwrap(), "b");
    }

    #[test]
    fn releasing_twice_is_nothing() {
        let ids = Ids::new();
        let id = ids.keep(Arc::new(()));
        ids.release(id);
        ids.release(id);
        ids.release(77);
        assert!(ids.get(id).is_err());
    }
}
