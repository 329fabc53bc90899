//! A foreign text, read field by field: all that is wrong in it is found, each with its place.

use std::collections::HashSet;

use serde_json::value::RawValue;

use crate::error::Code;
use crate::rules::{
    Fault, Member, Members, Misfit, Places, Quoted, Step, Trail, Warning, nearest, offset_of,
};

/// A text with what was found so far.
pub(super) struct Reading<'a> {
    pub(super) text: &'a str,
    wrongs: Vec<Found>,
    warnings: Vec<(Found, &'static str, Option<String>)>,
}

/// Something about a piece of the text.
struct Found {
    /// The bytes before it.
    offset: usize,
    /// How many characters it has, where they stand on one line.
    width: Option<usize>,
    /// The way to it, for people; empty for the text as a whole.
    field: String,
    what: String,
}

/// A value with the way to it.
#[derive(Clone)]
pub(super) struct Value<'a> {
    pub(super) raw: &'a RawValue,
    trail: Trail,
}

/// The members of an object.
pub(super) struct Fields<'a> {
    pub(super) whole: Value<'a>,
    members: Vec<Member<'a>>,
}

impl<'a> Value<'a> {
    fn then(&self, raw: &'a RawValue, step: impl Into<Step>) -> Self {
        Self {
            raw,
            trail: self.trail.then(step),
        }
    }
}

impl<'a> Fields<'a> {
    /// The value of a member that may be left out.
    pub(super) fn get(&self, name: &str) -> Option<Value<'a>> {
        let member = self.members.iter().find(|member| member.name == name)?;
        Some(self.value(member))
    }

    fn value(&self, member: &Member<'a>) -> Value<'a> {
        let step = Step::Field(member.name.clone().into_owned().into());
        self.whole.then(member.value, step)
    }

    /// The names of all members in the order in which they stand.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| member.name.as_ref())
    }
}

impl<'a> Reading<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            text,
            wrongs: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The text as one value; none where it is no JSON.
    pub(super) fn top(&self) -> Option<Value<'a>> {
        let raw = serde_json::from_str(self.text).ok()?;
        Some(Value {
            raw,
            trail: Trail::default(),
        })
    }

    /// How many bytes stand before a value.
    pub(super) fn offset(&self, value: &Value<'_>) -> usize {
        offset_of(self.text, value.raw.get())
    }

    /// How much is wrong so far.
    pub(super) fn count_of_wrongs(&self) -> usize {
        self.wrongs.len()
    }

    fn found(&self, piece: &str, field: String, what: String) -> Found {
        Found {
            offset: offset_of(self.text, piece),
            width: (!piece.contains('\n')).then(|| piece.chars().count()),
            field,
            what,
        }
    }

    /// Notes that a value is wrong.
    pub(super) fn wrong(&mut self, value: &Value<'_>, what: impl Into<String>) {
        let found = self.found(value.raw.get(), value.trail.to_string(), what.into());
        self.wrongs.push(found);
    }

    /// Notes that a text does not fit, and points at its first character that does not.
    pub(super) fn misfit(&mut self, value: &Value<'_>, misfit: &Misfit) {
        let piece = value.raw.get();
        // Without escapes a string's characters are those of the text, after the quote.
        let at = misfit
            .position()
            .filter(|_| piece.starts_with('"') && !piece.contains('\\'))
            .map(|at| at + 1);
        self.misfit_in(piece, at, value.trail.to_string(), misfit);
    }

    /// The same for a piece of the text that is no JSON, with the character that it is about.
    pub(super) fn misfit_in(
        &mut self,
        piece: &str,
        at: Option<usize>,
        field: String,
        misfit: &Misfit,
    ) {
        let mut found = self.found(piece, field, misfit.to_string());
        if let Some((before, _)) = at.and_then(|at| piece.char_indices().nth(at)) {
            found.offset += before;
            found.width = Some(1);
        }
        self.wrongs.push(found);
    }

    /// Notes what the reader of the text should know.
    pub(super) fn warn(
        &mut self,
        kind: &'static str,
        rule: Option<&str>,
        value: &Value<'_>,
        what: impl Into<String>,
    ) {
        let found = self.found(value.raw.get(), value.trail.to_string(), what.into());
        self.warnings.push((found, kind, rule.map(str::to_owned)));
    }

    /// An object with these members and no others.
    pub(super) fn object<'v>(
        &mut self,
        value: Value<'v>,
        called: &str,
        known: &[&str],
    ) -> Option<Fields<'v>> {
        let fields = self.any_object(value, called)?;
        for member in &fields.members {
            if !known.contains(&member.name.as_ref()) {
                let write = nearest(&member.name, known.iter().copied())
                    .map_or_else(String::new, |meant| format!("write {}; ", Quoted(meant)));
                let what = format!(
                    "is unknown; {write}the fields of {called} are {}",
                    known.join(", ")
                );
                self.wrong(&fields.value(member), what);
            }
        }
        Some(fields)
    }

    /// An object with any members, none of them twice.
    pub(super) fn any_object<'v>(&mut self, value: Value<'v>, called: &str) -> Option<Fields<'v>> {
        let Some(Members(members)) = Members::of(value.raw) else {
            self.wrong(&value, format!("must be an object, {called}"));
            return None;
        };
        let fields = Fields {
            whole: value,
            members,
        };
        let mut seen = HashSet::new();
        for member in &fields.members {
            if !seen.insert(member.name.as_ref()) {
                self.wrong(&fields.value(member), "stands there twice; write it once");
            }
        }
        Some(fields)
    }

    /// The values of a list.
    pub(super) fn list<'v>(&mut self, value: &Value<'v>) -> Option<Vec<Value<'v>>> {
        let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(value.raw.get()) else {
            self.wrong(value, "must be a list, also for a single one: […]");
            return None;
        };
        Some(
            items
                .into_iter()
                .enumerate()
                .map(|(index, item)| value.then(item, index))
                .collect(),
        )
    }

    /// A text.
    pub(super) fn text(&mut self, value: &Value<'_>) -> Option<String> {
        let text = serde_json::from_str(value.raw.get()).ok();
        if text.is_none() {
            self.wrong(value, "must be a text");
        }
        text
    }

    /// A list of at least one text, with the value of each.
    pub(super) fn texts<'v>(&mut self, value: &Value<'v>) -> Option<Vec<(Value<'v>, String)>> {
        let items = self.list(value)?;
        if items.is_empty() {
            self.wrong(value, "is empty; name at least one, or take the entry out");
            return None;
        }
        let count = items.len();
        let texts: Vec<_> = items
            .into_iter()
            .filter_map(|item| self.text(&item).map(|text| (item, text)))
            .collect();
        (texts.len() == count).then_some(texts)
    }

    /// A text that `parse` takes.
    pub(super) fn fitting<T>(
        &mut self,
        value: &Value<'_>,
        parse: impl FnOnce(&str) -> Result<T, Misfit>,
    ) -> Option<T> {
        let text = self.text(value)?;
        parse(&text)
            .map_err(|misfit| self.misfit(value, &misfit))
            .ok()
    }

    /// What came out: all that is wrong, or else the warnings, in the order in which they stand.
    pub(super) fn end(mut self, origin: &str) -> Result<Vec<Warning>, Vec<Fault>> {
        let mut places = Places::of(self.text);
        self.wrongs.sort_by_key(|found| found.offset);
        self.warnings.sort_by_key(|(found, ..)| found.offset);
        if self.wrongs.is_empty() {
            return Ok(self
                .warnings
                .into_iter()
                .map(|(found, kind, rule)| Warning {
                    kind,
                    rule,
                    field: Some(found.field).filter(|field| !field.is_empty()),
                    place: Some(places.at(found.offset)),
                    what: found.what,
                })
                .collect());
        }
        Err(self
            .wrongs
            .into_iter()
            .map(|found| Fault {
                code: Code::RulesInvalid,
                origin: origin.to_owned(),
                place: Some(places.at(found.offset)),
                width: found.width,
                rule_number: None,
                rule: None,
                field: Some(found.field).filter(|field| !field.is_empty()),
                what: found.what,
            })
            .collect())
    }
}
