//! `rolecall schema`: the form of a rules file, for editors.

use std::process::ExitCode;

use clap::Args;
use rolecall_core::rules::json_schema;

use crate::terminal::{self, DONE, complain};

/// Print the JSON Schema of rules files, by which editors complete and check them
#[derive(Debug, Args)]
#[command(after_help = "Use --help for examples and exit codes.", after_long_help = HELP)]
pub struct Schema {}

const HELP: &str = "\
Examples:
  rolecall schema > rules.schema.json

Exit codes:
  0  printed
  2  bad input: the command line can't be understood

The schema knows a file's form and not all of its meaning: `rolecall check` says more.";

impl Schema {
    /// Prints it.
    pub fn run(self) -> ExitCode {
        match serde_json::to_string_pretty(&json_schema()) {
            Ok(schema) => terminal::answer(schema + "\n", DONE),
            Err(error) => complain(error),
        }
    }
}
