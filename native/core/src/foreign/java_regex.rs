//! Regular expressions as `java.util.regex.Pattern` reads them, told in the syntax of rules.
//!
//! Only what means the same in both is taken, or what can be rewritten so that it does: Java's `.`
//! stops at five line terminators, its `\d`, `\w` and `\s` know ASCII alone. Everything else is an
//! error, for an expression that matches one name more gives that name a role.

use std::iter::Peekable;
use std::str::Chars;

use crate::rules::{Misfit, Quoted};

/// Whom an expression means that has to match a whole name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// These and no others.
    Exactly(Vec<String>),
    /// Those that the expression of rules matches.
    Matching(String),
}

/// Java's `.`: `\n`, `\r`, U+0085, U+2028 and U+2029 end a line.
const ANY: &str = r"[^\n\r\x{85}\x{2028}\x{2029}]";
/// The greatest number of repetitions; more would make expressions that no reader takes.
const MOST: u32 = 1000;

/// Understands an expression.
///
/// # Errors
/// For what rules can't say or would take to mean something else, with its place.
pub(super) fn read(java: &str) -> Result<Names, Misfit> {
    let mut reader = Reader {
        rest: java.chars().peekable(),
        at: 0,
        out: String::new(),
        depth: 0,
        last: Last::Start,
        plain: Some(vec![String::new()]),
    };
    while let Some(character) = reader.next() {
        reader.element(character)?;
    }
    if reader.depth > 0 {
        return Err(Misfit::new("has a `(` without its `)`"));
    }
    Ok(match reader.plain {
        Some(names) if names.iter().all(|name| !name.is_empty()) => Names::Exactly(names),
        _ => Names::Matching(reader.out),
    })
}

/// What stands before the next element, for what may follow it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing that could be repeated.
    Start,
    /// Something that can be.
    Atom,
    /// A repetition, which may be made reluctant.
    Repeated,
    /// A reluctant one.
    Reluctant,
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    /// How many characters were read.
    at: usize,
    out: String,
    depth: usize,
    last: Last,
    /// The alternatives, as long as all of them are plain names.
    plain: Option<Vec<String>>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.next();
        self.at += usize::from(next.is_some());
        next
    }

    /// Takes the next character if it is this one.
    fn takes(&mut self, character: char) -> bool {
        let there = self.rest.peek() == Some(&character);
        if there {
            self.next();
        }
        there
    }

    /// An error at the character that was read last.
    fn wrong<T>(&self, what: impl Into<String>) -> Result<T, Misfit> {
        Err(Misfit::at(self.at.saturating_sub(1), what.into()))
    }

    fn element(&mut self, character: char) -> Result<(), Misfit> {
        match character {
            '\\' => match self.escaped()? {
                Escaped::Plain(character) => self.literal(character),
                Escaped::Class(inside) => self.complex(&format!("[{inside}]")),
                Escaped::NotClass(inside) => self.complex(&format!("[^{inside}]")),
            },
            '.' => self.complex(ANY),
            '[' => {
                let class = self.class()?;
                self.complex(&class);
            }
            '(' => self.open()?,
            ')' if self.depth == 0 => return self.wrong("has a `)` without its `(`"),
            ')' => {
                self.depth -= 1;
                self.complex(")");
            }
            '|' => {
                self.out.push('|');
                self.last = Last::Start;
                if let Some(names) = &mut self.plain {
                    names.push(String::new());
                }
            }
            // The whole name has to match anyhow.
            '^' if self.depth == 0
                && matches!(self.out.chars().last(), None | Some('|'))
                && self.last == Last::Start => {}
            '$' if self.depth == 0 && matches!(self.rest.peek(), None | Some('|')) => {}
            '^' | '$' => {
                return self.wrong(format!(
                    "holds `{character}` inside; it may stand where a name begins or ends, and says nothing there"
                ));
            }
            '*' | '+' | '?' | '{' => self.repetition(character)?,
            plain => self.literal(plain),
        }
        Ok(())
    }

    fn literal(&mut self, character: char) {
        push_literal(&mut self.out, character, r"\.+*?()|[]{}^$");
        self.last = Last::Atom;
        if let Some(name) = self.plain.as_mut().and_then(|names| names.last_mut()) {
            name.push(character);
        }
    }

    /// Something that is no plain character.
    fn complex(&mut self, text: &str) {
        self.out.push_str(text);
        self.last = Last::Atom;
        self.plain = None;
    }

    fn open(&mut self) -> Result<(), Misfit> {
        if self.takes('?') && !self.takes(':') {
            let named = match (self.next(), self.rest.peek().copied()) {
                (Some('='), _) => "look-ahead `(?=…)`".to_owned(),
                (Some('!'), _) => "look-ahead `(?!…)`".to_owned(),
                (Some('<'), Some('=' | '!')) => "look-behind `(?<…)`".to_owned(),
                (Some('<'), _) => "a named group `(?<…>…)`".to_owned(),
                (Some('>'), _) => "an independent group `(?>…)`".to_owned(),
                (Some(flag), _) => format!("flags `(?{flag}…`"),
                (None, _) => "`(?`".to_owned(),
            };
            return self.wrong(format!(
                "holds {named}, which rules can't say; write it without"
            ));
        }
        self.complex("(?:");
        self.depth += 1;
        self.last = Last::Start;
        Ok(())
    }

    fn repetition(&mut self, sign: char) -> Result<(), Misfit> {
        match (self.last, sign) {
            (Last::Start, _) => {
                return self.wrong(format!("has nothing before `{sign}` that it could repeat"));
            }
            (Last::Repeated, '?') => {
                // How much is tried first makes no difference to what matches as a whole.
                self.last = Last::Reluctant;
                return Ok(());
            }
            (Last::Repeated, '+') => {
                return self.wrong("holds a possessive repetition (`+` after another), which rules can't say; take that `+` out");
            }
            (Last::Repeated | Last::Reluctant, _) => {
                return self.wrong(format!(
                    "repeats a repetition by `{sign}`; put the inner one into `(…)`"
                ));
            }
            (Last::Atom, _) => {}
        }
        if sign == '{' {
            let counts = self.counts()?;
            self.out.push_str(&counts);
        } else {
            self.out.push(sign);
        }
        self.last = Last::Repeated;
        self.plain = None;
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,5}`, from behind the brace on.
    fn counts(&mut self) -> Result<String, Misfit> {
        let least = self.number()?;
        let mut counts = format!("{{{least}");
        if self.takes(',') {
            counts.push(',');
            if self.rest.peek() != Some(&'}') {
                let most = self.number()?;
                if most < least {
                    return self.wrong("repeats at most fewer times than at least");
                }
                counts.push_str(&most.to_string());
            }
        }
        if !self.takes('}') {
            return self
                .wrong("has a `{` without numbers and its `}`; write `\\{` for a brace itself");
        }
        counts.push('}');
        Ok(counts)
    }

    fn number(&mut self) -> Result<u32, Misfit> {
        let mut digits = String::new();
        while let Some(digit) = self.rest.peek().copied().filter(char::is_ascii_digit) {
            self.next();
            digits.push(digit);
        }
        match digits.parse() {
            Ok(number) if number <= MOST => Ok(number),
            Ok(_) => self.wrong(format!("repeats more than {MOST} times")),
            Err(_) => {
                self.wrong("has a `{` without numbers and its `}`; write `\\{` for a brace itself")
            }
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Result<Escaped, Misfit> {
        Ok(match self.next() {
            None => return self.wrong("ends in a backslash"),
            Some('d') => Escaped::Class("0-9"),
            Some('D') => Escaped::NotClass("0-9"),
            Some('w') => Escaped::Class("a-zA-Z_0-9"),
            Some('W') => Escaped::NotClass("a-zA-Z_0-9"),
            Some('s') => Escaped::Class(SPACE),
            Some('S') => Escaped::NotClass(SPACE),
            Some(digit @ '1'..='9') => {
                return self.wrong(format!(
                    "holds the back-reference `\\{digit}`, which rules can't say; write it without"
                ));
            }
            Some(letter) if letter.is_alphanumeric() => {
                return self.wrong(format!(
                    "holds `\\{letter}`, which is not taken over; write the characters that it means"
                ));
            }
            Some(other) => Escaped::Plain(other),
        })
    }

    /// `[…]`, from behind the bracket on.
    fn class(&mut self) -> Result<String, Misfit> {
        let mut class = String::from("[");
        if self.takes('^') {
            class.push('^');
        }
        let mut first = true;
        loop {
            let Some(character) = self.next() else {
                return self.wrong("has a `[` without its `]`");
            };
            let from = match character {
                ']' if first => return self.wrong("has a `[…]` that begins with `]`; write `\\]` for the bracket itself"),
                ']' => break,
                '[' => return self.wrong("holds a `[` inside `[…]`, which rules read otherwise; write `\\[` for the bracket itself"),
                '&' if self.rest.peek() == Some(&'&') => return self.wrong("holds `&&` inside `[…]`, which rules read otherwise; write the characters out"),
                '-' if !first && self.rest.peek() != Some(&']') => return self.wrong("holds a `-` inside `[…]` that ends no range; write it first or last"),
                '\\' => match self.escaped()? {
                    Escaped::Plain(character) => character,
                    Escaped::Class(inside) => {
                        if self.rest.peek() == Some(&'-') {
                            return self.wrong("has a range that begins with a class of characters");
                        }
                        class.push_str(inside);
                        first = false;
                        continue;
                    }
                    Escaped::NotClass(_) => return self.wrong("holds the opposite of a class inside `[…]`, which is not taken over; write the characters out"),
                },
                plain => plain,
            };
            first = false;
            push_in_class(&mut class, from);
            if let Some(to) = self.range_end()? {
                if to < from {
                    return self.wrong(format!(
                        "has a range that ends before it begins: {}",
                        Quoted(&format!("{from}-{to}"))
                    ));
                }
                class.push('-');
                push_in_class(&mut class, to);
            }
        }
        class.push(']');
        Ok(class)
    }

    /// What stands behind a `-` that makes a range of what was read last.
    fn range_end(&mut self) -> Result<Option<char>, Misfit> {
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('-') || ahead.peek() == Some(&']') {
            return Ok(None);
        }
        self.next();
        match self.next() {
            None => self.wrong("has a `[` without its `]`"),
            Some('[') => self.wrong("holds a `[` inside `[…]`, which rules read otherwise; write `\\[` for the bracket itself"),
            Some('&') if self.rest.peek() == Some(&'&') => self.wrong("holds `&&` inside `[…]`, which rules read otherwise; write the characters out"),
            Some('\\') => match self.escaped()? {
                Escaped::Plain(character) => Ok(Some(character)),
                _ => self.wrong("has a range that ends with a class of characters"),
            },
            Some(plain) => Ok(Some(plain)),
        }
    }
}

/// Java's `\s`.
const SPACE: &str = r" \t\n\x0B\f\r";

enum Escaped {
    Plain(char),
    Class(&'static str),
    NotClass(&'static str),
}

fn push_in_class(out: &mut String, character: char) {
    push_literal(out, character, r"\[]^-&~");
}

fn push_literal(out: &mut String, character: char, special: &str) {
    if character.is_control() {
        out.push_str(&format!("\\x{{{:x}}}", u32::from(character)));
        return;
    }
    if special.contains(character) {
        out.push('\\');
    }
    out.push(character);
}

#[cfg(test)]
#[path = "java_regex_tests.rs"]
mod tests;
