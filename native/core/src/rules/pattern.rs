//! Regular expressions for names.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use regex_lite::{Error, Regex, RegexBuilder};

use super::literal_start::literal_start;
use super::misfit::Misfit;

/// What one expression may take when it is compiled, in bytes: it bounds the time for a name, too.
const LARGEST: usize = 256 << 10;

/// A regular expression that matches whole names, in time linear in their length.
#[derive(Clone)]
pub(crate) struct Pattern {
    id: u32,
    compiled: Arc<Compiled>,
}

struct Compiled {
    text: String,
    whole: Regex,
}

impl Pattern {
    /// Whether it matches the whole of a name.
    pub(crate) fn matches(&self, name: &str) -> bool {
        self.compiled.whole.is_match(name)
    }

    /// As it is written.
    pub(crate) fn as_str(&self) -> &str {
        &self.compiled.text
    }

    /// What every name that it matches begins with, as far as that is easily seen.
    pub(crate) fn literal_start(&self) -> String {
        literal_start(self.as_str())
    }

    /// Tells the different expressions of one file apart; counted from 0.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl AsRef<str> for Pattern {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.as_str()).finish()
    }
}

/// The expressions of one file, each compiled once.
#[derive(Debug, Default)]
pub(crate) struct Patterns(HashMap<String, Pattern>);

impl Patterns {
    /// Compiles an expression that was not there before.
    pub(crate) fn parse(&mut self, text: &str) -> Result<Pattern, Misfit> {
        if let Some(known) = self.0.get(text) {
            return Ok(known.clone());
        }
        let pattern = Pattern {
            id: u32::try_from(self.0.len()).unwrap_or(u32::MAX),
            compiled: Arc::new(Compiled {
                text: text.to_owned(),
                whole: compile(text)?,
            }),
        };
        self.0.insert(text.to_owned(), pattern.clone());
        Ok(pattern)
    }
}

/// Compiles an expression for whole names.
fn compile(text: &str) -> Result<Regex, Misfit> {
    if text.is_empty() {
        return Err(Misfit::new(
            "is empty, which nobody is called; write an expression or take it out",
        ));
    }
    // First without the ends: what closes a group that is not its own must not close theirs.
    build(text).map_err(|error| misfit(text, &error))?;
    build(&format!("^(?:{text})$"))
        // Then the text ends in a comment, which goes on to the end of the line.
        .or_else(|_| build(&format!("^(?:{text}\n)$")))
        .map_err(|error| misfit(text, &error))
}

fn build(text: &str) -> Result<Regex, Error> {
    RegexBuilder::new(text)
        .dot_matches_new_line(true)
        .size_limit(LARGEST)
        .build()
}

fn misfit(text: &str, error: &Error) -> Misfit {
    let what = told(error);
    match place(text, &what) {
        Some(at) => Misfit::at(at, format!("{what} (at character {})", at + 1)),
        None => Misfit::new(what),
    }
}

/// The character, from 0, with which an expression becomes wrong in this way: the end of the shortest
/// beginning from which on all of them are. None where the whole is wrong and no single character.
fn place(text: &str, what: &str) -> Option<usize> {
    if what == TOO_LARGE {
        return None;
    }
    let start = text
        .char_indices()
        .rev()
        .map_while(|(start, character)| {
            let beginning = text.get(..start + character.len_utf8())?;
            build(beginning)
                .is_err_and(|error| told(&error) == what)
                .then_some(start)
        })
        .last()?;
    Some(text.get(..start)?.chars().count())
}

const TOO_LARGE: &str =
    "is too large: compiled it takes more than 256 KiB; write fewer or shorter repetitions";

fn told(error: &Error) -> String {
    let told = error.to_string();
    let says = |part: &str| told.contains(part);
    if says("size limit") {
        TOO_LARGE
    } else if says("look-around") {
        "holds look-around, which is not read because its time has no bound; put what must not match into `not`"
    } else if says("backreference") {
        "holds a back-reference, which is not read because its time has no bound; write out what it stands for"
    } else if says("applied to a sub-expression") {
        "repeats nothing; write `.*` for anything, or `\\` before the character to mean it"
    } else if says("open group") {
        "has a `(` without its `)`; close it, or write `\\(` for the character"
    } else if says("closing ')' without") {
        "has a `)` without its `(`; take it out, or write `\\)` for the character"
    } else if says("no closing bracket") || says("unclosed character class") {
        "has a `[` without its `]`; close it, or write `\\[` for the character"
    } else if says("Unicode character classes") {
        "names a class of characters that is not read; list the characters, as in `[a-z]`"
    } else {
        return format!("is no regular expression: {told}; mend it");
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(text: &str, name: &str) -> bool {
        Patterns::default().parse(text).unwrap().matches(name)
    }

    #[test]
    fn the_whole_name_has_to_match() {
        let cases = [
            ("a", "a", true),
            ("a", "ab", false),
            ("a", "ba", false),
            ("a|ab", "ab", true),
            ("a|b", "ax", false),
            ("a|b", "xb", false),
            ("^a$", "a", true),
            ("^a|b$", "ax", false),
            ("^a|b$", "xb", false),
            ("a$|^b", "b\nx", false),
            ("(?m)^a$", "a\nb", false),
            ("(?m)^a$", "b\na", false),
            ("(?m)^a$\\n^b$", "a\nb", true),
            ("a.*", "a\nb", true),
            ("(?-s)a.*", "a\nb", false),
            ("a", "a\n", false),
            ("a$", "a\n", false),
            ("(?x) a # and no more", "a", true),
            ("(?x) a # and no more", "ab", false),
            ("(?i)ANN", "ann", true),
            ("(?i)a", "ab", false),
            ("ann", "Ann", false),
            ("team-[0-9]{2}", "team-07", true),
            ("team-[0-9]{2}", "team-071", false),
            (r"\w+", "ab_9", true),
            (r"\w+", "Größe", false),
            (r"\d", "٣", false),
            ("(?i)Ö", "ö", false),
            ("[^a]", "中", true),
            ("(?x)a#(\n", "a", true),
            (r"\w+", "a b", false),
            (r"a\.b", "a.b", true),
            (r"a\.b", "axb", false),
            (".", "中", true),
            (".", "\0", true),
            ("a*", "", true),
            (r"\*", "*", true),
            (".*", "x", true),
        ];
        for (text, name, expected) in cases {
            assert_eq!(matches(text, name), expected, "{text} {name:?}");
        }
    }

    #[test]
    fn what_is_no_expression_says_where() {
        let cases = [
            (
                "",
                None,
                "is empty, which nobody is called; write an expression or take it out",
            ),
            (
                "*",
                Some(0),
                "repeats nothing; write `.*` for anything, or `\\` before the character to mean it (at character 1)",
            ),
            (
                "é(?!b)",
                Some(3),
                "holds look-around, which is not read because its time has no bound; put what must not match into `not` (at character 4)",
            ),
            (
                r"(a)\1",
                Some(4),
                "holds a back-reference, which is not read because its time has no bound; write out what it stands for (at character 5)",
            ),
            (
                "a(b",
                Some(1),
                "has a `(` without its `)`; close it, or write `\\(` for the character (at character 2)",
            ),
            (
                "a)b",
                Some(1),
                "has a `)` without its `(`; take it out, or write `\\)` for the character (at character 2)",
            ),
            (
                "a[b",
                Some(1),
                "has a `[` without its `]`; close it, or write `\\[` for the character (at character 2)",
            ),
            (
                r"a\p{Greek}",
                Some(2),
                "names a class of characters that is not read; list the characters, as in `[a-z]` (at character 3)",
            ),
            (
                "(a)((b)",
                Some(3),
                "has a `(` without its `)`; close it, or write `\\(` for the character (at character 4)",
            ),
            (
                "a(?q)b",
                Some(3),
                "is no regular expression: unrecognized inline flag; mend it (at character 4)",
            ),
            (
                r"(\w{1,99}){99}",
                None,
                "is too large: compiled it takes more than 256 KiB; write fewer or shorter repetitions",
            ),
        ];
        for (text, at, what) in cases {
            let misfit = Patterns::default().parse(text).unwrap_err();
            assert_eq!(
                (misfit.position(), misfit.to_string()),
                (at, what.to_owned()),
                "{text}"
            );
        }
        let misfit = Patterns::default().parse("a{2,1}b").unwrap_err();
        assert_eq!(misfit.position(), Some(5));
    }

    #[test]
    fn each_expression_of_a_file_is_compiled_once() {
        let mut patterns = Patterns::default();
        let [a, b, again] = ["a.*", "b.*", "a.*"].map(|text| patterns.parse(text).unwrap());
        assert_eq!((a.id(), b.id(), again.id()), (0, 1, 0));
        assert!(Arc::ptr_eq(&a.compiled, &again.compiled));
    }

    proptest! {
        /// A name that is written out matches itself alone.
        #[test]
        fn a_name_that_is_escaped_matches_itself(name in "\\PC{1,20}", other in "\\PC{0,20}") {
            let escaped = regex_lite::escape(&name);
            prop_assert!(matches(&escaped, &name));
            prop_assert_eq!(matches(&escaped, &other), name == other);
            let longer = format!("{name}\n");
            prop_assert!(!matches(&escaped, &longer));
        }

        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,20}|[a-z()|*+?\\[\\]{},0-9^$\\\\.-]{0,20}") {
            if let Ok(pattern) = Patterns::default().parse(&text) {
                prop_assert_eq!(pattern.as_str(), text);
            }
        }
    }
}
