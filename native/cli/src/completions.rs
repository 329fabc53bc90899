//! `rolecall completions`: what a shell needs to complete the command line.

use std::process::ExitCode;

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::{Shell as Generator, generate};

use crate::Arguments;
use crate::terminal::{self, DONE, complain};

/// Print what a shell needs to complete rolecall's command line
#[derive(Debug, Args)]
#[command(after_help = "Use --help for examples and exit codes.", after_long_help = HELP)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

const HELP: &str = "\
Examples:
  rolecall completions bash > /etc/bash_completion.d/rolecall
  rolecall completions zsh > /usr/local/share/zsh/site-functions/_rolecall
  rolecall completions fish > ~/.config/fish/completions/rolecall.fish

Exit codes:
  0  printed
  2  bad input: the shell is none of these";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Completions {
    /// Prints them.
    pub fn run(self) -> ExitCode {
        let shell = match self.shell {
            Shell::Bash => Generator::Bash,
            Shell::Zsh => Generator::Zsh,
            Shell::Fish => Generator::Fish,
        };
        let mut script = Vec::new();
        generate(shell, &mut Arguments::command(), "rolecall", &mut script);
        match String::from_utf8(script) {
            Ok(script) => terminal::answer(script, DONE),
            Err(error) => complain(error),
        }
    }
}
