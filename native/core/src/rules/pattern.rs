//! Regular expressions for names.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::syntax::{self, parse_with};
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Hir, Look};

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
    machine: PikeVM,
}

impl Pattern {
    /// Whether it matches the whole of a name.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let machine = &self.compiled.machine;
        machine.is_match(
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
            compiled: Arc::new(Compiled {
                text: text.to_owned(),
                machine: compile(text)?,
            }),
        };
        self.0.insert(text.to_owned(), pattern.clone());
        Ok(pattern)
    }
}

fn compile(text: &str) -> Result<PikeVM, Misfit> {
    let config = syntax::Config::new().dot_matches_new_line(true);
    let hir = parse_with(text, &config).map_err(|error| Misfit::new(error.to_string()))?;
    // The ends are put around what was understood and not around the text, where a comment or a
    // flag could swallow them.
    let whole = Hir::concat(vec![Hir::look(Look::Start), hir, Hir::look(Look::End)]);
    let machine = NFA::compiler()
        .configure(
            thompson::Config::new()
                .nfa_size_limit(Some(LARGEST))
                .which_captures(WhichCaptures::None),
        )
        .build_from_hir(&whole)
        .and_then(PikeVM::new_from_nfa)
        .map_err(|error| Misfit::new(error.to_string()))?;
    Ok(machine)
}
