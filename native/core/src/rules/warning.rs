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

/// `rule NAME, field NAME: what it is about (KIND)`.
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(rule) = &self.rule {
            write!(f, "rule {}", Quoted(rule))?;
        }
        if let Some(field) = &self.field {
            let comma = if self.rule.is_some() { ", " } else { "" };
            write!(f, "{comma}field `{field}`")?;
        }
        if self.rule.is_some() || self.field.is_some() {
            f.write_str(": ")?;
        }
        write!(f, "{} ({})", self.what, self.kind)
    }
}
