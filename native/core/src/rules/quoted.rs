//! Texts of others inside our messages.

use std::fmt::{self, Write};

/// Longer texts are cut: a message is one readable line.
const LONGEST: usize = 120;

/// Shows a text between backticks on one line: what can't be seen is written as `\u{…}`.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('`')?;
        write_visibly(f, self.0.chars().take(LONGEST))?;
        f.write_str(if self.0.chars().nth(LONGEST).is_some() {
            "…`"
        } else {
            "`"
        })
    }
}

/// Shows a text on one line as it is, but for what can't be seen, which is written as `\u{…}`: a name
/// or a message that others wrote can neither hide anything nor steer a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Visible<'a>(pub &'a str);

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_visibly(f, self.0.chars())
    }
}

/// Writes characters, those that would break a line or hide as `\u{…}`.
pub(crate) fn write_visibly(
    f: &mut fmt::Formatter<'_>,
    characters: impl Iterator<Item = char>,
) -> fmt::Result {
    for character in characters {
        if is_invisible(character) {
            write!(f, "{}", character.escape_unicode())?;
        } else {
            f.write_char(character)?;
        }
    }
    Ok(())
}

/// Control characters, every white space but the plain one, and what has no width or turns the
/// direction of the text around it.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || (character.is_whitespace() && character != ' ')
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Several texts, quoted, with commas; long lists are cut.
pub(crate) struct QuotedList<'a, T>(pub(crate) &'a [T]);

impl<T: AsRef<str>> fmt::Display for QuotedList<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 8;
        for (index, text) in self.0.iter().take(MOST).enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{}", Quoted(text.as_ref()))?;
        }
        match self.0.len().checked_sub(MOST) {
            Some(more) if more > 0 => write!(f, " and {more} more"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_seen_is_written_out() {
        assert_eq!(
            Quoted("a\nb\u{200b}c d\u{a0}").to_string(),
            "`a\\u{a}b\\u{200b}c d\\u{a0}`"
        );
    }

    #[test]
    fn what_others_wrote_is_shown_whole_and_without_what_hides() {
        let long = "x".repeat(2 * LONGEST);
        assert_eq!(Visible(&long).to_string(), long);
        assert_eq!(
            Visible("ev\u{1b}[31mil \u{202e}日\u{61c}").to_string(),
            "ev\\u{1b}[31mil \\u{202e}日\\u{61c}"
        );
    }

    #[test]
    fn long_texts_and_lists_are_cut() {
        assert_eq!(
            Quoted(&"x".repeat(121)).to_string().chars().count(),
            LONGEST + 3
        );
        let many: Vec<String> = (0..10).map(|n| n.to_string()).collect();
        assert!(QuotedList(&many).to_string().ends_with("`7` and 2 more"));
    }
}
