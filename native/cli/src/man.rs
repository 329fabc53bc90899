//! `rolecall man`: the manual page, made from what the command itself knows of its arguments.

use std::io;
use std::process::ExitCode;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use crate::Arguments;
use crate::terminal::{self, DONE, complain};

/// Print the manual page, which covers every subcommand
#[derive(Debug, Args)]
#[command(after_help = "Use --help for examples and exit codes.", after_long_help = HELP)]
pub struct Manual {}

const HELP: &str = "\
Examples:
  rolecall man > /usr/local/share/man/man1/rolecall.1
  rolecall man | man -l -

Exit codes:
  0  printed
  2  bad input: the command line can't be understood";

impl Manual {
    /// Prints it.
    pub fn run(self) -> ExitCode {
        let page = page(Arguments::command())
            .and_then(|page| String::from_utf8(page).map_err(io::Error::other));
        match page {
            Ok(page) => terminal::answer(page, DONE),
            Err(error) => complain(error),
        }
    }
}

/// One page in the language of `troff`: the command, then a section for each of its subcommands.
fn page(mut command: Command) -> io::Result<Vec<u8>> {
    command.build();
    let mut page = Vec::new();
    let man = Man::new(command.clone());
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    for subcommand in command.get_subcommands() {
        if subcommand.get_name() == "help" {
            continue;
        }
        page.extend_from_slice(format!(".SH \"rolecall {}\"\n", subcommand.get_name()).as_bytes());
        page.extend_from_slice(&section(subcommand)?);
    }
    man.render_version_section(&mut page)?;
    Ok(page)
}

/// A subcommand's own page without its title, one level down.
fn section(subcommand: &Command) -> io::Result<Vec<u8>> {
    let man = Man::new(subcommand.clone());
    let mut section = Vec::new();
    man.render_synopsis_section(&mut section)?;
    man.render_description_section(&mut section)?;
    man.render_options_section(&mut section)?;
    man.render_extra_section(&mut section)?;
    let section = String::from_utf8(section).map_err(io::Error::other)?;
    let lower: String = section
        .lines()
        .map(|line| match line.strip_prefix(".SH ") {
            Some(head) => format!(".SS {head}\n"),
            None => format!("{line}\n"),
        })
        .collect();
    Ok(lower.into_bytes())
}
