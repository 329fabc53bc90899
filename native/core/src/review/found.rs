//! What was found, until it is known where it stands.

use std::collections::HashSet;

use super::subject::Subject;
use crate::rules::{Place, Places, Trail, Warning, offset_of};

/// What all suspicions found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Of which kind the next ones are.
    pub(super) kind: &'static str,
    all: Vec<Suspect>,
}

#[derive(Debug, Hash, PartialEq, Eq, Clone)]
struct Suspect {
    kind: &'static str,
    rule: Option<usize>,
    field: Trail,
    what: String,
}

impl Found {
    /// Something about a field of a rule; about the whole rule where the trail is empty. A field of
    /// session or base that the rule does not have itself is that of the top of the file.
    pub(super) fn in_rule(&mut self, rule: usize, field: Trail, what: impl Into<String>) {
        self.push(Some(rule), field, what.into());
    }

    /// Something about a field of the file.
    pub(super) fn in_file(&mut self, field: Trail, what: impl Into<String>) {
        self.push(None, field, what.into());
    }

    fn push(&mut self, rule: Option<usize>, field: Trail, what: String) {
        self.all.push(Suspect {
            kind: self.kind,
            rule,
            field,
            what,
        });
    }

    /// Everything in the order of the file, with places; what was said twice of one place, once.
    pub(super) fn placed(self, subject: &Subject<'_>) -> Vec<Warning> {
        let mut seen = HashSet::new();
        let mut all: Vec<(Option<usize>, Suspect)> = self
            .all
            .into_iter()
            .map(|suspect| suspect.at_home(subject))
            .filter(|(_, suspect)| seen.insert(suspect.clone()))
            .collect();
        // What has no place of its own comes last.
        all.sort_by_key(|(offset, suspect)| {
            (
                offset.unwrap_or(usize::MAX),
                suspect.rule.unwrap_or(usize::MAX),
            )
        });
        let mut places = subject.pieces().map(|pieces| Places::of(pieces.text()));
        all.into_iter()
            .map(|(offset, suspect)| {
                let place = offset.and_then(|offset| Some(places.as_mut()?.at(offset)));
                suspect.warning(subject, place)
            })
            .collect()
    }
}

impl Suspect {
    /// Where it stands, and whose it is: a rule's or the file's.
    fn at_home(mut self, subject: &Subject<'_>) -> (Option<usize>, Self) {
        let Some(pieces) = subject.pieces() else {
            return (None, self);
        };
        let offset = |piece: &str| offset_of(pieces.text(), piece);
        let Some(rule) = self.rule else {
            return (pieces.find(&self.field).map(offset), self);
        };
        let in_rules = Trail::default().then("rules").then(rule);
        if self.field.steps().is_empty() {
            // A rule is pointed at by its name.
            return (pieces.find(&in_rules.then("name")).map(offset), self);
        }
        if let Some(piece) = pieces.find(&in_rules.with(&self.field)) {
            return (Some(offset(piece)), self);
        }
        match pieces.find(&self.field) {
            Some(piece) => {
                self.rule = None;
                (Some(offset(piece)), self)
            }
            None => {
                self.field = Trail::default();
                (pieces.find(&in_rules.then("name")).map(offset), self)
            }
        }
    }

    fn warning(self, subject: &Subject<'_>, place: Option<Place>) -> Warning {
        // A foreign file has other fields, and these are those of what it is rewritten to.
        let field = (!self.field.steps().is_empty()).then(|| self.field.to_string());
        let (field, what) = match (subject.pieces(), field) {
            (None, Some(field)) => {
                let what = format!("`{field}`, as `rolecall import` writes it: {}", self.what);
                (None, what)
            }
            (_, field) => (field, self.what),
        };
        Warning {
            kind: self.kind,
            rule: self
                .rule
                .and_then(|rule| subject.name(rule))
                .map(str::to_owned),
            field,
            place,
            what,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::review::review;
    use crate::rules::{Place, read};

    const FILE: &str = r#"{"version": 1, "otherwise": "base",
        "rules": [{"name": "r", "users": ["a", "*"], "use": "base"}, {"name": "s", "deny": "x"}, {"name": "t", "deny": "x"}]}"#;

    #[test]
    fn warnings_are_in_the_order_of_the_file_and_a_rule_is_pointed_at_by_its_name() {
        let rules = read(FILE.as_bytes(), "rules.json").unwrap();
        let told: Vec<_> = review(&rules, FILE.as_bytes(), None)
            .into_iter()
            .map(|warning| (warning.kind, warning.field, warning.place))
            .collect();
        let place = |column| Some(Place { line: 2, column });
        assert_eq!(
            told,
            [
                ("name-looks-wrong", Some("users[1]".to_owned()), place(48)),
                ("never-matches", None, place(107)),
            ]
        );
    }

    #[test]
    fn of_a_foreign_file_fields_are_those_of_what_it_is_rewritten_to() {
        let rules = read(FILE.as_bytes(), "rules.json").unwrap();
        let told = review(&rules, b"bucket1->role1", None);
        assert_eq!(told[0].field, None);
        assert_eq!(told[0].place, None);
        assert!(
            told[0]
                .what
                .starts_with("`users[1]`, as `rolecall import` writes it: holds `*`"),
            "{}",
            told[0].what
        );
    }
}
