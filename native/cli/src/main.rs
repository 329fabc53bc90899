//! The `rolecall` command.

mod explain;
mod rules_argument;
mod settings;
mod terminal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Which IAM role, and with which credentials? One rules file says who gets which role where.
#[derive(Debug, Parser)]
#[command(name = "rolecall", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Explain(explain::Explain),
    Settings(settings::Settings),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Explain(explain) => explain.run(),
        Command::Settings(settings) => settings.run(),
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
