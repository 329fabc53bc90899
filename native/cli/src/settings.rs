//! `rolecall settings`: all settings, as the documentation shows them.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use rolecall_core::settings::{TABLE, markdown_table};
use serde::Serialize;

use crate::terminal::{self, DONE, complain};

/// Print a table of all settings
#[derive(Debug, Args)]
#[command(after_help = "Use --help for examples and exit codes.", after_long_help = HELP)]
pub struct Settings {
    /// How to print it
    #[arg(long, value_enum, default_value_t = Output::Markdown)]
    output: Output,
}

const HELP: &str = "\
Examples:
  rolecall settings
  rolecall settings --output json

Exit codes:
  0  printed
  2  bad input: the command line can't be understood

The list of --output json has an object with name, meaning, values, default and whoMaySet for each
setting; the texts are Markdown.";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Output {
    /// As in docs/settings.md
    Markdown,
    /// A list of objects, for programs
    Json,
}

/// A setting as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    name: &'static str,
    meaning: &'static str,
    values: &'static str,
    default: &'static str,
    who_may_set: String,
}

impl Settings {
    /// Prints the table.
    pub fn run(self) -> ExitCode {
        match self.output {
            Output::Markdown => terminal::answer(markdown_table(), DONE),
            Output::Json => match json() {
                Ok(json) => terminal::answer(json, DONE),
                Err(error) => complain(error),
            },
        }
    }
}

fn json() -> serde_json::Result<String> {
    let all: Vec<Shown> = TABLE
        .iter()
        .map(|setting| Shown {
            name: setting.name,
            meaning: setting.meaning,
            values: setting.values,
            default: setting.default,
            who_may_set: setting.who.to_string(),
        })
        .collect();
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}
