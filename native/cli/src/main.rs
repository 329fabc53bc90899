//! The `rolecall` command.

mod check;
mod completions;
mod explain;
mod iam;
mod import;
mod man;
mod rules_argument;
mod schema;
mod settings;
mod terminal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Which IAM role, and with which credentials? One rules file says who gets which role where.
#[derive(Debug, Parser)]
#[command(
    name = "rolecall",
    version,
    max_term_width = 100,
    after_help = "`rolecall COMMAND --help` has examples and exit codes."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Explain(explain::Explain),
    Import(import::Import),
    Iam(iam::Iam),
    Schema(schema::Schema),
    Settings(settings::Settings),
    Completions(completions::Completions),
    Man(man::Manual),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Check(check) => check.run(),
        Command::Explain(explain) => explain.run(),
        Command::Import(import) => import.run(),
        Command::Iam(iam) => iam.run(),
        Command::Schema(schema) => schema.run(),
        Command::Settings(settings) => settings.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(manual) => manual.run(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
