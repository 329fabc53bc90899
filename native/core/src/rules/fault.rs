//! What is wrong in a rules file.

use std::fmt;

use super::place::Place;
use super::quoted::Quoted;
use crate::error::{Code, Error};

/// Something that is wrong in a rules file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// RC105 where it is no JSON, RC107 where its version is another, else RC106.
    pub code: Code,
    /// What the file is called: a path, or where inline rules stand.
    pub origin: String,
    /// Where; none for what is wrong with the file as a whole.
    pub place: Option<Place>,
    /// How many characters from there on are meant, where that can be said and they stand on one
    /// line.
    pub width: Option<usize>,
    /// The rule's number from 1, where it is in a rule.
    pub rule_number: Option<usize>,
    /// The rule's name, where it has one.
    pub rule: Option<String>,
    /// The field, by its path in the rule or in the file.
    pub field: Option<String>,
    /// What is wrong and what to write instead. It goes on from rule and field: `is unknown; …`.
    pub what: String,
}

/// `FILE:LINE:COLUMN: rule NAME, field NAME: what is wrong; what to write`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message())
    }
}

impl Fault {
    /// All but the file and the place: `rule NAME, field NAME: what is wrong; what to write`.
    pub fn message(&self) -> String {
        let rule = match (&self.rule, self.rule_number) {
            (Some(name), _) => Some(format!("rule {}", Quoted(name))),
            (None, Some(number)) => Some(format!("rule number {number}")),
            (None, None) => None,
        };
        let what = &self.what;
        match (rule, &self.field) {
            (Some(rule), Some(field)) => format!("{rule}, field `{field}`: {what}"),
            (Some(rule), None) => format!("{rule} {what}"),
            (None, Some(field)) => format!("field `{field}`: {what}"),
            (None, None) if self.code == Code::RulesNotJson => what.clone(),
            (None, None) => format!("the file {what}"),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::new(fault.code, fault.to_string())
    }
}
