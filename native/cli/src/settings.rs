//! `rolecall settings`: all settings, as the documentation shows them.

use std::process::ExitCode;

use clap::Args;
use rolecall_core::settings::markdown_table;

use crate::terminal::{self, DONE};

/// Print a table of all settings, as Markdown
#[derive(Debug, Args)]
#[command(after_help = "Exit codes:\n  0  printed\n  2  the table can't be written")]
pub struct Settings {}

impl Settings {
    /// Prints the table.
    pub fn run(self) -> ExitCode {
        terminal::answer(markdown_table(), DONE)
    }
}
