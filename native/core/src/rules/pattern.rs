//! Regular expressions for names.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::syntax::{self, parse_with};
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{self, Hir, HirKind, Look};
use regex_syntax::{Error, ast};

use super::misfit::Misfit;

/// What one expression may take when it is compiled, in bytes.
const LARGEST: usize = 1 << 20;

/// A regular expression that matches whole names, in time linear in their length.
#[derive(Clone)]
pub(crate) struct Pattern {
    id: u32,
    compiled: Arc<Compiled>,
}

struct Compiled {
    text: String,
    /// What every name that matches begins with: most names are told from that.
    start: Box<[u8]>,
    /// What it ends with.
    end: Box<[u8]>,
    machine: PikeVM,
}

impl Pattern {
    /// Whether it matches the whole of a name.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let Compiled {
            start,
            end,
            machine,
            ..
        } = &*self.compiled;
        name.as_bytes().starts_with(start)
            && name.as_bytes().ends_with(end)
            && machine.is_match(
                &mut machine.create_cache(),
                Input::new(name).anchored(Anchored::Yes),
            )
    }

    /// As it is written.
    pub(crate) fn as_str(&self) -> &str {
        &self.compiled.text
    }

    /// Tells the different expressions of one file apart; counted from 0.
    pub(crate) fn id(&self) -> u32 {
        self.id
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
            compiled: Arc::new(compile(text)?),
        };
        self.0.insert(text.to_owned(), pattern.clone());
        Ok(pattern)
    }
}

fn compile(text: &str) -> Result<Compiled, Misfit> {
    if text.is_empty() {
        return Err(Misfit::new(
            "is empty, which nobody is called; write an expression or take it out",
        ));
    }
    let config = syntax::Config::new().dot_matches_new_line(true);
    let hir = parse_with(text, &config).map_err(|error| not_understood(text, &error))?;
    // The ends are put around what was understood and not around the text, where a comment or a
    // flag could swallow them.
    let (start, end) = (fixed(&hir, <[Hir]>::first), fixed(&hir, <[Hir]>::last));
    let whole = Hir::concat(vec![Hir::look(Look::Start), hir, Hir::look(Look::End)]);
    let machine = NFA::compiler()
        .configure(
            thompson::Config::new()
                .nfa_size_limit(Some(LARGEST))
                .which_captures(WhichCaptures::None),
        )
        .build_from_hir(&whole)
        .and_then(PikeVM::new_from_nfa)
        .map_err(|error| {
            Misfit::new(if error.size_limit().is_some() {
                "is too large: compiled it takes more than 1 MiB; write fewer or shorter repetitions".to_owned()
            } else {
                format!("is not to be compiled: {error}; write it in another way")
            })
        })?;
    Ok(Compiled {
        text: text.to_owned(),
        start,
        end,
        machine,
    })
}

/// What stands at one end of every match, as far as that is a part of its own.
fn fixed(hir: &Hir, at_the_end: fn(&[Hir]) -> Option<&Hir>) -> Box<[u8]> {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.clone(),
        HirKind::Capture(capture) => fixed(&capture.sub, at_the_end),
        HirKind::Concat(parts) => {
            at_the_end(parts).map_or_else(Box::default, |part| fixed(part, at_the_end))
        }
        _ => Box::default(),
    }
}

fn not_understood(text: &str, error: &Error) -> Misfit {
    let (start, what) = match error {
        Error::Parse(error) => (error.span().start.offset, not_parsed(error.kind())),
        Error::Translate(error) => (error.span().start.offset, not_translated(error.kind())),
        other => return Misfit::new(format!("is no regular expression: {other}")),
    };
    let at = text.get(..start).unwrap_or(text).chars().count();
    Misfit::at(at, format!("{what} (at character {})", at + 1))
}

fn not_parsed(kind: &ast::ErrorKind) -> String {
    match kind {
        ast::ErrorKind::UnsupportedLookAround => "holds look-around, which is not read because its time has no bound; put what must not match into `not`",
        ast::ErrorKind::UnsupportedBackreference => "holds a back-reference, which is not read because its time has no bound; write out what it stands for",
        ast::ErrorKind::RepetitionMissing => "repeats nothing; write `.*` for anything, or `\\` before the character to mean it",
        ast::ErrorKind::GroupUnclosed => "has a `(` without its `)`; close it, or write `\\(` for the character",
        ast::ErrorKind::GroupUnopened => "has a `)` without its `(`; take it out, or write `\\)` for the character",
        ast::ErrorKind::ClassUnclosed => "has a `[` without its `]`; close it, or write `\\[` for the character",
        other => return format!("is no regular expression: {other}; mend it"),
    }
    .to_owned()
}

fn not_translated(kind: &hir::ErrorKind) -> String {
    match kind {
        hir::ErrorKind::UnicodePropertyNotFound | hir::ErrorKind::UnicodePropertyValueNotFound => {
            "names a class of characters that is not read; list the characters, as in `[a-z]`"
        }
        hir::ErrorKind::InvalidUtf8 | hir::ErrorKind::UnicodeNotAllowed => {
            "takes characters apart into bytes; take the flag `-u` out"
        }
        other => return format!("is no regular expression: {other}; mend it"),
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
            (r"\w+", "Größe中", true),
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
                Some(1),
                "holds look-around, which is not read because its time has no bound; put what must not match into `not` (at character 2)",
            ),
            (
                r"(a)\1",
                Some(3),
                "holds a back-reference, which is not read because its time has no bound; write out what it stands for (at character 4)",
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
                Some(1),
                "names a class of characters that is not read; list the characters, as in `[a-z]` (at character 2)",
            ),
            (
                r"(?-u)\xff",
                Some(5),
                "takes characters apart into bytes; take the flag `-u` out (at character 6)",
            ),
            (
                r"(\w{1,99}){99}",
                None,
                "is too large: compiled it takes more than 1 MiB; write fewer or shorter repetitions",
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
        let misfit = Patterns::default().parse("a{2,1}").unwrap_err();
        assert_eq!(misfit.position(), Some(1));
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
            let escaped = regex_syntax::escape(&name);
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
