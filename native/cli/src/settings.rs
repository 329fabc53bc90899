//! `rolecall settings`: all settings, as the documentation shows them.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use rolecall_core::settings::markdown_table;

/// Print a table of all settings, as Markdown
#[derive(Debug, Args)]
#[command(after_help = "Exit codes:\n  0  printed\n  2  the table can't be written")]
pub struct Settings {}

impl Settings {
    /// Prints the table.
    pub fn run(self) -> ExitCode {
        match write!(io::stdout(), "{}", markdown_table()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(2),
            _ => ExitCode::SUCCESS,
        }
    }
}
