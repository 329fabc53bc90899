//! What all commands have in common on their way out: colour, complaints, exit codes.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Effects, Style};

/// Done, and nothing speaks against it.
pub const DONE: u8 = 0;
/// Understood, and the answer is a refusal or, where somebody asked to be strict, has warnings.
pub const REFUSED: u8 = 1;
/// The rules, the command line or a file can't be understood; clap uses the same number.
pub const BAD_INPUT: u8 = 2;

/// What a piece of text is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// What is wrong, refused or failed.
    Error,
    /// What is suspicious.
    Warning,
    /// What is well.
    Good,
    /// What leads the eye: a place, a name.
    Strong,
    /// What only frames the rest.
    Faint,
}

impl Ink {
    fn style(self) -> Style {
        let coloured = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Self::Error => coloured(AnsiColor::Red) | Effects::BOLD,
            Self::Warning => coloured(AnsiColor::Yellow) | Effects::BOLD,
            Self::Good => coloured(AnsiColor::Green),
            Self::Strong => Style::new() | Effects::BOLD,
            Self::Faint => coloured(AnsiColor::Blue),
        }
    }
}

/// Whether a stream shows colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    colours: bool,
}

impl Palette {
    /// That of standard output.
    pub fn of_stdout() -> Self {
        Self::of(&io::stdout())
    }

    /// That of standard error.
    pub fn of_stderr() -> Self {
        Self::of(&io::stderr())
    }

    /// Without colours, as in a file.
    #[cfg(test)]
    pub fn plain() -> Self {
        Self { colours: false }
    }

    fn of(stream: &impl IsTerminal) -> Self {
        let variable = |name| std::env::var_os(name);
        Self {
            colours: shows_colours(
                stream.is_terminal(),
                variable("NO_COLOR").as_deref(),
                variable("TERM").as_deref(),
            ),
        }
    }

    /// A piece of text in its colour.
    pub fn paint<T: fmt::Display>(self, ink: Ink, text: T) -> Painted<T> {
        Painted {
            style: self.colours.then(|| ink.style()),
            text,
        }
    }
}

/// Colours are for terminals alone, and not where `NO_COLOR` holds anything (no-color.org) or the
/// terminal says that it has none.
fn shows_colours(is_terminal: bool, no_color: Option<&OsStr>, term: Option<&OsStr>) -> bool {
    is_terminal
        && no_color.is_none_or(OsStr::is_empty)
        && term.is_some_and(|term| !term.is_empty() && term != "dumb")
}

/// A text with the colour that it has where there are any.
#[derive(Debug)]
pub struct Painted<T> {
    style: Option<Style>,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.style {
            Some(style) => {
                write!(f, "{style}")?;
                self.text.fmt(f)?;
                write!(f, "{style:#}")
            }
            None => self.text.fmt(f),
        }
    }
}

/// How many columns of text there is room for: `COLUMNS`, else the terminal's, else 100.
pub fn width() -> usize {
    let variable = std::env::var("COLUMNS").ok();
    columns(
        variable.as_deref(),
        terminal_size::terminal_size_of(io::stdout())
            .map(|(terminal_size::Width(width), _)| usize::from(width)),
    )
}

fn columns(variable: Option<&str>, terminal: Option<usize>) -> usize {
    variable
        .and_then(|columns| columns.parse().ok())
        .or(terminal)
        .filter(|columns| *columns > 0)
        .unwrap_or(100)
}

/// Writes a command's answer to standard output and ends with `code`. Whoever reads may stop
/// reading; any other trouble is [`BAD_INPUT`].
pub fn answer(text: impl fmt::Display, code: u8) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match write!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(format_args!("the answer can't be written: {error}"))
        }
        _ => ExitCode::from(code),
    }
}

/// Says on standard error what is wrong, and ends with [`BAD_INPUT`].
pub fn complain(what: impl fmt::Display) -> ExitCode {
    tell(Ink::Error, what);
    ExitCode::from(BAD_INPUT)
}

/// Says something on standard error, such as a warning beside an answer on standard output.
pub fn tell(ink: Ink, what: impl fmt::Display) {
    let name = Palette::of_stderr().paint(ink, "rolecall:");
    // With nobody to tell, the exit code has to do.
    let _ = writeln!(io::stderr(), "{name} {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_whose_user_wants_them() {
        let xterm = Some(OsStr::new("xterm"));
        assert!(shows_colours(true, None, xterm));
        assert!(shows_colours(true, Some(OsStr::new("")), xterm));
        assert!(!shows_colours(true, Some(OsStr::new("1")), xterm));
        assert!(!shows_colours(true, None, Some(OsStr::new("dumb"))));
        assert!(!shows_colours(true, None, None));
        assert!(!shows_colours(false, None, xterm));
    }

    #[test]
    fn the_width_is_what_somebody_says() {
        assert_eq!(columns(Some("80"), Some(120)), 80);
        assert_eq!(columns(Some("wide"), Some(120)), 120);
        assert_eq!(columns(None, None), 100);
        assert_eq!(columns(Some("0"), None), 100);
    }

    #[test]
    fn a_painted_text_keeps_its_width_and_ends_its_colour() {
        let coloured = Palette { colours: true };
        assert_eq!(
            format!("{:>4}|", coloured.paint(Ink::Strong, "ab")),
            "\u{1b}[1m  ab\u{1b}[0m|"
        );
        assert_eq!(
            format!("{:>4}|", Palette::plain().paint(Ink::Error, "ab")),
            "  ab|"
        );
    }
}
