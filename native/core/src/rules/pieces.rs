//! Where the parts of a rules file stand in its text.

use serde_json::value::RawValue;

use super::trail::{Members, Step, Trail, below};

/// The parts of a native file, looked up once for all that is told of it.
pub(crate) struct Pieces<'a> {
    text: &'a str,
    top: Vec<(String, &'a RawValue)>,
    rules: Vec<&'a RawValue>,
}

impl<'a> Pieces<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let members =
            serde_json::from_str::<Members<'a>>(text).map_or_else(|_| vec![], |all| all.0);
        let top: Vec<_> = members
            .into_iter()
            .map(|member| (member.name.into_owned(), member.value))
            .collect();
        let mut pieces = Self {
            text,
            top,
            rules: vec![],
        };
        pieces.rules = pieces
            .member("rules")
            .and_then(|rules| serde_json::from_str(rules.get()).ok())
            .unwrap_or_default();
        pieces
    }

    /// The whole text.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// How many rules there are; none where the text has no such list.
    pub(crate) fn rules(&self) -> Option<usize> {
        self.member("rules").map(|_| self.rules.len())
    }

    fn member(&self, wanted: &str) -> Option<&'a RawValue> {
        self.top
            .iter()
            .rev()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| *value)
    }

    /// The value at a trail, as a part of the text itself.
    pub(crate) fn find(&self, trail: &Trail) -> Option<&'a str> {
        let value = match trail.steps() {
            [] => return Some(self.text.trim()),
            [Step::Field(rules), Step::Index(index), rest @ ..] if rules == "rules" => {
                below(self.rules.get(*index)?, rest)?
            }
            [Step::Field(name), rest @ ..] => below(self.member(name)?, rest)?,
            [Step::Index(_), ..] => return None,
        };
        Some(value.get())
    }

    /// The name of a rule by its number from 0, where it has one.
    pub(super) fn rule_name(&self, index: usize) -> Option<String> {
        let name = below(self.rules.get(index)?, &["name".into()])?;
        serde_json::from_str(name.get()).ok()
    }
}
