//! Every record of our own targets, at every level, from all threads of the test process.

use std::fmt::Write;
use std::sync::{Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::lock::lock;

static RECORDS: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());
static START: Once = Once::new();

/// Starts capturing; once a process.
pub(crate) fn capture() {
    START.call_once(|| tracing::subscriber::set_global_default(Capture).unwrap());
}

/// The records of targets that start with `target` and hold `part`.
pub(crate) fn lines(target: &str, part: &str) -> Vec<String> {
    lock(&RECORDS)
        .iter()
        .filter(|(found, line)| found.starts_with(target) && line.contains(part))
        .map(|(_, line)| line.clone())
        .collect()
}

struct Capture;

impl Subscriber for Capture {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("rolecall")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line::default();
        span.record(&mut line);
        line.keep(span.metadata().target());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        line.keep(event.metadata().target());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Line(String);

impl Line {
    fn keep(self, target: &str) {
        lock(&RECORDS).push((target.to_owned(), self.0));
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}
