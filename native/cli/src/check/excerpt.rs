//! The line that is meant, with a caret under the place.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// How many columns of a terminal an excerpt takes at most.
const WIDEST: usize = 96;
/// How many of them stay before the place where a line is cut.
const BEFORE: usize = 40;
const TAB: usize = 4;
const CUT: &str = "…";

/// A text of which many places are shown, one after the other.
pub struct Excerpts<'a> {
    text: &'a str,
    /// Up to where the text was walked: a line, a column and their byte.
    line: usize,
    line_start: usize,
    column: usize,
    offset: usize,
}

/// A line, or the part of it around a place.
#[derive(Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line without anything that a terminal might act upon.
    pub line: String,
    /// Spaces, and carets below what is meant.
    pub carets: String,
}

impl<'a> Excerpts<'a> {
    pub fn of(text: &'a str) -> Self {
        Self {
            text,
            line: 1,
            line_start: 0,
            column: 1,
            offset: 0,
        }
    }

    /// The excerpt for a place; lines and columns count characters from 1. `width` is how many
    /// characters are meant, if that is known; else the JSON value that starts there is.
    pub fn at(&mut self, line: usize, column: usize, width: Option<usize>) -> Option<Excerpt> {
        self.walk_to(line, column)?;
        let whole = self.text.get(self.line_start..)?;
        let end = whole.find('\n').unwrap_or(whole.len());
        let whole = whole.get(..end)?;
        let whole = whole.strip_suffix('\r').unwrap_or(whole);
        let at = (self.offset - self.line_start).min(whole.len());
        let meant = match width {
            Some(width) => characters(whole.get(at..)?, width),
            None => value(whole.get(at..)?),
        };
        Some(around(whole, at..at + meant))
    }

    /// Places that ascend cost one walk together.
    fn walk_to(&mut self, line: usize, column: usize) -> Option<()> {
        if line < self.line || (line == self.line && column < self.column) {
            *self = Self::of(self.text);
        }
        while self.line < line {
            let rest = self.text.get(self.line_start..)?;
            self.line_start += rest.find('\n')? + 1;
            self.offset = self.line_start;
            self.line += 1;
            self.column = 1;
        }
        let rest = self.text.get(self.offset..)?;
        let mut walked = 0;
        for character in rest.chars().take(column - self.column) {
            if character == '\n' {
                break;
            }
            walked += character.len_utf8();
            self.column += 1;
        }
        self.offset += walked;
        Some(())
    }
}

/// How many bytes the first `count` characters have.
fn characters(text: &str, count: usize) -> usize {
    text.chars().take(count).map(char::len_utf8).sum()
}

/// How many bytes the value has that starts a text: a string, a number or a word. Of an object or a
/// list, its bracket.
fn value(text: &str) -> usize {
    let mut characters = text.char_indices();
    match characters.next() {
        Some((_, '"')) => {
            let mut escaped = false;
            for (at, character) in characters {
                match character {
                    '"' if !escaped => return at + 1,
                    '\\' => escaped = !escaped,
                    _ => escaped = false,
                }
            }
            text.len()
        }
        Some((_, first)) if first.is_ascii_alphanumeric() || first == '-' => text
            .find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)))
            .unwrap_or(text.len()),
        Some((_, first)) => first.len_utf8(),
        None => 0,
    }
}

/// A line cut so that what is meant can be seen.
fn around(line: &str, meant: Range<usize>) -> Excerpt {
    let (before, rest) = line.split_at(meant.start);
    let (inside, after) = rest.split_at(meant.end - meant.start);
    // More than this is not shown, however narrow the characters are.
    let mut shown_before = last(before, WIDEST);
    let shown_after: String = shown(inside.chars().chain(after.chars()).take(WIDEST + 1));
    let is_short =
        shown_before.cut.is_none() && columns(&shown_before.text) + columns(&shown_after) <= WIDEST;
    if !is_short && columns(&shown_before.text) > BEFORE {
        shown_before = last(before, BEFORE);
    }
    let start = shown_before.cut.unwrap_or_default().to_owned() + &shown_before.text;
    let left = columns(&start);
    let (after, _) = first(&shown_after, WIDEST.saturating_sub(left));
    let carets = columns(&shown(inside.chars().take(WIDEST)))
        .min(WIDEST.saturating_sub(left))
        .max(1);
    Excerpt {
        line: start + &after,
        carets: " ".repeat(left) + &"^".repeat(carets),
    }
}

struct Last {
    text: String,
    cut: Option<&'static str>,
}

/// The end of a text, at most so many columns of it.
fn last(text: &str, widest: usize) -> Last {
    let mut start = text.len();
    let mut taken = 0;
    for (at, character) in text.char_indices().rev() {
        taken += width_of(character);
        if taken > widest {
            return Last {
                text: shown(text.get(start..).unwrap_or_default().chars()),
                cut: Some(CUT),
            };
        }
        start = at;
    }
    Last {
        text: shown(text.chars()),
        cut: None,
    }
}

/// The beginning of what is already shown, at most so many columns of it, and whether it was cut.
fn first(text: &str, widest: usize) -> (String, bool) {
    if columns(text) <= widest {
        return (text.to_owned(), false);
    }
    let mut kept = String::new();
    let mut taken = columns(CUT);
    for character in text.chars() {
        taken += character.width().unwrap_or_default();
        if taken > widest {
            break;
        }
        kept.push(character);
    }
    (kept + CUT, true)
}

/// What a terminal shows as it is; the rest as `\u{…}`.
fn shown(characters: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    for character in characters {
        match character {
            '\t' => text.push_str(&" ".repeat(TAB)),
            hidden if is_hidden(hidden) => text.extend(hidden.escape_unicode()),
            plain => text.push(plain),
        }
    }
    text
}

/// Control characters, and what has no width of its own or turns the text around it.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn width_of(character: char) -> usize {
    match character {
        '\t' => TAB,
        hidden if is_hidden(hidden) => hidden.escape_unicode().count(),
        plain => plain.width().unwrap_or_default(),
    }
}

fn columns(shown: &str) -> usize {
    shown.chars().map(width_of).sum()
}

#[cfg(test)]
#[path = "excerpt_tests.rs"]
mod tests;
