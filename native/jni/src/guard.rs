//! No panic leaves this library: one that did would end the JVM.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

use rolecall_core::error::{Code, Error};

use crate::logs;

static HOOK: Once = Once::new();

thread_local! {
    static LAST_PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Calls `call`; a panic in it becomes an error that names the place, and its text a log record.
pub fn caught<T>(call: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    HOOK.call_once(|| std::panic::set_hook(Box::new(record)));
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| {
        let_go(payload);
        let place = LAST_PLACE
            .try_with(|place| place.try_borrow_mut().ok().and_then(|mut last| last.take()))
            .ok()
            .flatten()
            .unwrap_or_else(|| String::from("an unknown place"));
        Err(Error::new(
            Code::NativePanic,
            format!("a fault inside Rolecall at {place}; please report it with the log line that holds its text"),
        ))
    })
}

/// Calls `call`; `otherwise` stands in when it panics. For what must not fail in another way.
pub fn caught_or<T>(call: impl FnOnce() -> T, otherwise: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| {
        let_go(payload);
        otherwise()
    })
}

/// Drops what a panic carried. Dropping it may panic again; what that carries is leaked.
fn let_go(payload: Box<dyn Any + Send>) {
    if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(another);
    }
}

/// The hook of this library's own panics, on every thread of it. It writes to the log ring in
/// place of standard error, and never waits for a lock: the thread may hold the ring's.
fn record(info: &PanicHookInfo<'_>) {
    let place = info.location().map_or_else(
        || String::from("an unknown place"),
        |location| format!("{}:{}", location.file(), location.line()),
    );
    let text = info.payload_as_str().unwrap_or("(no text)");
    logs::RING.push_at_once(
        logs::Level::Error,
        format!("a fault inside Rolecall at {place}: {}", redacted(text)),
    );
    // The thread may be ending; then nobody asks for the place.
    let _ = LAST_PLACE.try_with(|last| {
        if let Ok(mut last) = last.try_borrow_mut() {
            *last = Some(place);
        }
    });
}

/// The longest text of a panic that is logged, in characters.
const LONGEST: usize = 500;
/// A run of as many characters of keys and tokens is taken for one.
const KEY_LIKE: usize = 16;

/// The text of a panic without what may be a value: whatever is quoted, and runs of characters
/// that are long enough for a key.
fn redacted(text: &str) -> String {
    let mut kept = String::new();
    let mut quote = None;
    let mut run = String::new();
    for character in text.chars().take(LONGEST) {
        match quote {
            Some(end) if character == end => {
                quote = None;
                kept.push(character);
            }
            Some(_) => {}
            None if character.is_ascii_alphanumeric() || "+/=_-".contains(character) => {
                run.push(character);
            }
            None => {
                end_run(&mut kept, &mut run);
                kept.push(character);
                if matches!(character, '"' | '`') {
                    quote = Some(character);
                    kept.push('…');
                }
            }
        }
    }
    end_run(&mut kept, &mut run);
    kept
}

fn end_run(kept: &mut String, run: &mut String) {
    if run.len() < KEY_LIKE {
        kept.push_str(run);
    } else {
        kept.push('…');
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_place_and_the_next_call_works() {
        let error = caught::<()>(|| panic!("no {}", "luck")).unwrap_err();
        assert_eq!(error.code(), Code::NativePanic);
        assert!(error.message().contains("guard.rs:"), "{error}");
        assert_eq!(caught(|| Ok(5)).unwrap(), 5);
    }

    #[test]
    fn a_payload_that_panics_when_dropped_is_survived() {
        struct Grenade;
        impl Drop for Grenade {
            fn drop(&mut self) {
                panic!("again");
            }
        }
        let result = caught_or(|| std::panic::panic_any(Grenade), || "survived");
        assert_eq!(result, "survived");
    }

    #[test]
    fn the_text_of_a_panic_keeps_no_value() {
        assert_eq!(
            redacted("byte index 3 is not a boundary of `hunter2` (bytes 2..4)"),
            "byte index 3 is not a boundary of `…` (bytes 2..4)"
        );
        assert_eq!(
            redacted("called unwrap on wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            "called unwrap on …"
        );
        assert_eq!(redacted("unended `quote of secrets"), "unended `…");
    }
}
