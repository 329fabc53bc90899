//! The log records that wait for Java. Java drains them on calls it makes anyway; no thread of
//! ours ever calls into the JVM.
//!
//! Only targets of our own crates are taken: the AWS crates log request bodies.

use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError, TryLockError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record as SpanRecord};
use tracing::{Event, Metadata, Subscriber};

/// As many records may wait; the oldest give way.
const MOST_RECORDS: usize = 512;
/// A record's text is cut behind as many bytes.
const LONGEST_TEXT: usize = 8 * 1024;

/// How grave a record is, by the number that crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// Something must be mended.
    Error = 1,
    /// Something may have to be.
    Warn = 2,
    /// Something worth knowing happened.
    Info = 3,
    /// For who looks for a fault.
    Debug = 4,
    /// For who looks for a fault in Rolecall.
    Trace = 5,
}

impl Level {
    /// The number that crosses.
    pub fn number(self) -> u8 {
        self as u8
    }
}

impl From<tracing::Level> for Level {
    fn from(level: tracing::Level) -> Self {
        match level {
            tracing::Level::ERROR => Level::Error,
            tracing::Level::WARN => Level::Warn,
            tracing::Level::INFO => Level::Info,
            tracing::Level::DEBUG => Level::Debug,
            tracing::Level::TRACE => Level::Trace,
        }
    }
}

/// One line for Java's log.
#[derive(Debug)]
pub struct Record {
    /// How grave it is.
    pub level: Level,
    /// The message and its fields.
    pub text: String,
}

/// Records that wait, and how verbose they may be.
#[derive(Debug)]
pub struct Ring {
    kept: Mutex<Kept>,
    waiting: AtomicBool,
    most_verbose: AtomicU8,
}

#[derive(Debug)]
struct Kept {
    records: VecDeque<Record>,
    dropped: u64,
}

/// The ring of this library.
pub static RING: Ring = Ring::new();
static INSTALLED: Once = Once::new();

/// Collects our own crates' records from now on.
pub fn install() {
    INSTALLED.call_once(|| {
        // It fails only if somebody in this library had installed another one: then that one logs.
        let _ = tracing::subscriber::set_global_default(Collector { ring: &RING });
    });
}

impl Ring {
    const fn new() -> Self {
        Self {
            kept: Mutex::new(Kept {
                records: VecDeque::new(),
                dropped: 0,
            }),
            waiting: AtomicBool::new(false),
            most_verbose: AtomicU8::new(Level::Info as u8),
        }
    }

    /// Whether records wait.
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Takes all records that wait and says how many had to give way. From now on records up to
    /// `most_verbose` (1 error … 5 trace) are collected.
    pub fn drain(&self, most_verbose: u8) -> (u64, Vec<Record>) {
        if self.most_verbose.swap(most_verbose, Ordering::Relaxed) != most_verbose {
            tracing::callsite::rebuild_interest_cache();
        }
        let mut kept = self.locked();
        self.waiting.store(false, Ordering::Relaxed);
        (
            std::mem::take(&mut kept.dropped),
            kept.records.drain(..).collect(),
        )
    }

    /// Adds a record unless the ring is locked just now. For the panic hook, whose thread may be
    /// the one that holds the lock.
    pub fn push_at_once(&self, level: Level, text: String) {
        match self.kept.try_lock() {
            Ok(kept) => self.push(kept, level, text),
            Err(TryLockError::Poisoned(poisoned)) => {
                self.push(poisoned.into_inner(), level, text);
            }
            Err(TryLockError::WouldBlock) => {}
        }
    }

    fn locked(&self) -> MutexGuard<'_, Kept> {
        // A panic while the ring was held leaves a ring that is still whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, mut kept: MutexGuard<'_, Kept>, level: Level, mut text: String) {
        if text.len() > LONGEST_TEXT {
            let end = text.floor_char_boundary(LONGEST_TEXT);
            text.truncate(end);
            text.push('…');
        }
        if kept.records.len() >= MOST_RECORDS {
            kept.records.pop_front();
            kept.dropped = kept.dropped.saturating_add(1);
        }
        kept.records.push_back(Record { level, text });
        self.waiting.store(true, Ordering::Relaxed);
    }
}

fn is_ours(target: &str) -> bool {
    target
        .strip_prefix("rolecall")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', ':', '.']))
}

/// The subscriber: events of ours go to the ring, spans are not kept.
#[derive(Debug)]
struct Collector {
    ring: &'static Ring,
}

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
            && is_ours(metadata.target())
            && Level::from(*metadata.level()).number()
                <= self.ring.most_verbose.load(Ordering::Relaxed)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &SpanRecord<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.ring.push(
            self.ring.locked(),
            (*event.metadata().level()).into(),
            text.0,
        );
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// A record's text: the message first, then `name=value` for each field.
struct Text(String);

impl Text {
    fn add(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        // Writing to a String does not fail.
        let _ = if field.name() == "message" {
            let fields = std::mem::take(&mut self.0);
            write!(self.0, "{value}{fields}")
        } else {
            write!(self.0, " {}={value}", field.name())
        };
    }
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, format_args!("{value}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(ring: &Ring) -> Vec<String> {
        let (_, records) = ring.drain(Level::Info.number());
        records.into_iter().map(|record| record.text).collect()
    }

    #[test]
    fn only_our_own_records_are_taken_and_only_as_verbose_as_asked() {
        let ring: &'static Ring = Box::leak(Box::new(Ring::new()));
        tracing::subscriber::with_default(Collector { ring }, || {
            tracing::info!(target: "rolecall_core::cache", role = "r", "assumed");
            tracing::info!(target: "rolecallish", "not ours");
            tracing::error!(target: "aws_smithy_runtime", "body: secret");
            tracing::debug!(target: "rolecall", "too verbose");
            assert!(ring.is_waiting());
            assert_eq!(texts(ring), ["assumed role=r"]);
            assert!(!ring.is_waiting());

            ring.drain(Level::Debug.number());
            tracing::debug!(target: "rolecall", "just as verbose as asked");
            assert_eq!(texts(ring), ["just as verbose as asked"]);
        });
    }

    #[test]
    fn a_full_ring_drops_the_oldest_and_counts_them() {
        let ring = Ring::new();
        for number in 0..MOST_RECORDS + 3 {
            ring.push_at_once(Level::Warn, number.to_string());
        }
        let (dropped, records) = ring.drain(Level::Info.number());
        assert_eq!(dropped, 3);
        assert_eq!(records.len(), MOST_RECORDS);
        assert_eq!(records[0].text, "3");
    }

    #[test]
    fn a_text_without_end_is_cut() {
        let ring = Ring::new();
        ring.push_at_once(Level::Warn, "ü".repeat(LONGEST_TEXT));
        assert!(texts(&ring)[0].len() <= LONGEST_TEXT + '…'.len_utf8());
    }

    #[test]
    fn the_panic_hook_gives_way_when_the_ring_is_locked() {
        let ring = Ring::new();
        let held = ring.locked();
        ring.push_at_once(Level::Error, String::from("lost"));
        drop(held);
        assert!(!ring.is_waiting());
    }
}
