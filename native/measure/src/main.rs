//! `rolecall-measure write RULES`, `read FILE`, `decide RULES DECISIONS`: for tests that count.

use std::hint::black_box;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use rolecall_core::route::route;
use rolecall_core::rules;
use rolecall_measure::{requests, rules_file};

/// Different requests, over and over.
const REQUESTS: usize = 1000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["write", rules] => number(rules).and_then(|rules| {
            io::stdout()
                .write_all(rules_file(rules).as_bytes())
                .map_err(|error| error.to_string())
        }),
        ["read", file] => read(file),
        ["decide", rules, decisions] => {
            number(rules).and_then(|rules| decide(rules, number(decisions)?))
        }
        _ => Err("write RULES, read FILE or decide RULES DECISIONS".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            let _ = writeln!(io::stderr(), "rolecall-measure: {what}");
            ExitCode::FAILURE
        }
    }
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

/// Reads a rules file and prints how long that took, and by how much memory grew for it.
fn read(file: &str) -> Result<(), String> {
    let before = peak_memory()?;
    let started = Instant::now();
    let text = std::fs::read(file).map_err(|error| error.to_string())?;
    let rules = rules::read(&text, file).map_err(|error| error.to_string())?;
    let took = started.elapsed();
    drop(text);
    writeln!(
        io::stdout(),
        "{{\"milliseconds\": {}, \"peakKilobytes\": {}, \"keptKilobytes\": {}}}",
        took.as_millis(),
        peak_memory()?.saturating_sub(before),
        memory("VmRSS:")?.saturating_sub(before),
    )
    .map_err(|error| error.to_string())?;
    drop(black_box(rules));
    Ok(())
}

fn peak_memory() -> Result<u64, String> {
    memory("VmHWM:")
}

/// A line of `/proc/self/status`, in kB.
fn memory(line: &str) -> Result<u64, String> {
    let status = std::fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    status
        .lines()
        .find_map(|text| {
            text.strip_prefix(line)?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        })
        .ok_or_else(|| format!("/proc/self/status has no {line}"))
}

/// Decides so many times; before that each request once, so that what is remembered is.
fn decide(count: usize, decisions: usize) -> Result<(), String> {
    let text = rules_file(count);
    let rules = rules::read(text.as_bytes(), "rules").map_err(|error| error.to_string())?;
    let requests = requests(count, REQUESTS).map_err(|error| error.to_string())?;
    for request in requests
        .iter()
        .chain(requests.iter().cycle().take(decisions))
    {
        black_box(route(&rules, black_box(request))).map_err(|error| error.to_string())?;
    }
    Ok(())
}
