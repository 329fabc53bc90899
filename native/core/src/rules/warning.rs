//! What is suspicious in rules that are valid.

use std::fmt;

use super::place::Place;
use super::quoted::Quoted;

/// Something in a rules file that is valid but may not mean what its author thinks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Warning {
    /// What kind of thing, in words joined by hyphens; documented, and the same in later releases.
    pub kind: &'static str,
    /// The rule's name, where it is about one.
    pub rule: Option<String>,
    /// The field, by its path in the rule or in the file.
    pub field: Option<String>,
    /// Where, if that can be told.
    pub place: Option<Place>,
    /// What it is about and what to write instead, as a sentence of its own.
    pub what: String,
}

impl Warning {
    /// Without its kind: `rule NAME, field NAME: what it is about`.
    pub fn message(&self) -> String {
        let what = &self.what;
        match (&self.rule, &self.field) {
            (Some(rule), Some(field)) => format!("rule {}, field `{field}`: {what}", Quoted(rule)),
            (Some(rule), None) => format!("rule {}: {what}", Quoted(rule)),
            (None, Some(field)) => format!("field `{field}`: {what}"),
            (None, None) => what.clone(),
        }
    }
}

/// `rule NAME, field NAME: what it is about (KIND)`.
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message(), self.kind)
    }
}
