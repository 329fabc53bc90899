//! The versions of the grammar, and which one a file needs.

use std::ops::RangeInclusive;

use serde_json::value::RawValue;

use super::fault::Fault;
use super::fields::RULES;
use super::flaw::{At, Flaw};
use super::reading::{as_text, faults_of, named};
use super::strict::{Field, Form, Grammar, not_json};
use super::trail::{Member, Members, Step, Trail};
use crate::foreign;

/// The newest version of the grammar that this release reads.
pub(super) const NEWEST: u32 = 1;

/// The versions of the rules file that this release reads.
pub fn known_versions() -> RangeInclusive<u32> {
    1..=NEWEST
}

/// Whether a reader of `version` takes a rules file that this release takes: what stops it, in the
/// order of the file; nothing if it takes the file. A reader takes files that say its version or an
/// older one, and that hold no field which came later. Files in other formats have no version, and
/// stop no reader.
pub fn taken_by(version: u32, bytes: &[u8], origin: &str) -> Vec<Fault> {
    if foreign::read(bytes, origin).is_some() {
        return Vec::new();
    }
    let flaws = as_text(bytes).map(|text| (text, stopping(version, text, &RULES)));
    match flaws {
        Ok((text, flaws)) => faults_of(text, flaws, origin),
        // A text that is none, no reader takes.
        Err(placed) => vec![named(placed, None, origin)],
    }
}

/// The oldest version whose readers know all fields of a rules file. What the file says its version
/// is has no part in it. None for what is no JSON.
pub fn needs_version(bytes: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(bytes).ok()?;
    let whole: &RawValue = serde_json::from_str(text).ok()?;
    let mut needed = *known_versions().start();
    each_field(whole, &Trail::default(), &RULES, &mut |field, _, _| {
        needed = needed.max(field.since);
    });
    Some(needed)
}

/// Says which fields of a text a reader of `version` does not know, and that it is older than the
/// text's own version.
pub(super) fn stopping(version: u32, text: &str, grammar: &Grammar) -> Vec<Flaw> {
    let whole: &RawValue = match serde_json::from_str(text) {
        Ok(whole) => whole,
        Err(error) => return vec![not_json(text, text, &error)],
    };
    let mut flaws = later_fields(version, text, whole, grammar);
    let said = Members::of(whole)
        .and_then(|members| {
            let member = members
                .0
                .into_iter()
                .rev()
                .find(|one| one.name == "version")?;
            member.value.get().parse::<u32>().ok()
        })
        .unwrap_or_default();
    if said > version {
        flaws.push(Flaw::at(
            Trail::default().then("version"),
            format!("is {said}, and a reader of version {version} takes no newer file"),
        ));
    }
    flaws
}

/// Says which fields came after `version`.
pub(super) fn later_fields(
    version: u32,
    text: &str,
    whole: &RawValue,
    grammar: &Grammar,
) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    each_field(
        whole,
        &Trail::default(),
        grammar,
        &mut |field, trail, member| {
            if field.since > version {
                let what = format!(
                    "came with version {}; a file of version {version} can't have it",
                    field.since
                );
                flaws.push(Flaw {
                    at: At::Bytes(member.name_in(text)),
                    ..Flaw::at(trail.clone(), what)
                });
            }
        },
    );
    flaws
}

/// Shows each field of the grammar that stands in a text, with the way to it.
fn each_field(
    value: &RawValue,
    trail: &Trail,
    grammar: &Grammar,
    show: &mut impl FnMut(&Field, &Trail, &Member<'_>),
) {
    let (form, _) = (grammar.0)(trail.steps());
    match form {
        Form::Fields { known, .. } => {
            for member in Members::of(value).map_or_else(Vec::new, |members| members.0) {
                let Some(field) = known.iter().find(|field| field.name == member.name) else {
                    continue;
                };
                let trail = trail.then(Step::Field(field.name.into()));
                show(field, &trail, &member);
                each_field(member.value, &trail, grammar, show);
            }
        }
        Form::List => {
            let values: Vec<&RawValue> = serde_json::from_str(value.get()).unwrap_or_default();
            for (index, value) in values.into_iter().enumerate() {
                each_field(value, &trail.then(index), grammar, show);
            }
        }
        // What may have any name has no version, and no field stands deeper.
        Form::Free | Form::Text | Form::Whole | Form::Any => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::flaw::place_all;
    use super::super::trail::below;
    use super::*;

    const LATER_FILE: Form = Form::Fields {
        of: "a rules file",
        known: &[
            Field::since(1, "version"),
            Field::since(1, "rules"),
            Field::since(2, "novelty"),
        ],
    };

    const LATER_RULE: Form = Form::Fields {
        of: "a rule",
        known: &[Field::since(1, "name"), Field::since(3, "weekdays")],
    };

    /// As if version 2 had brought a field to the file, and version 3 one to its rules.
    const LATER: Grammar = Grammar(|steps| match steps {
        [] => (LATER_FILE, "an object"),
        [Step::Field(name)] if name == "rules" => (Form::List, "a list"),
        [_, Step::Index(_)] => (LATER_RULE, "an object"),
        _ => (Form::Any, "anything"),
    });

    const FILE: &str = r#"{"version": 3, "novelty": {"weekdays": 1}, "rules": [
 {"name": "a"}, {"name": "b", "weekdays": []}]}"#;

    fn stopped(version: u32) -> Vec<String> {
        let whole: &RawValue = serde_json::from_str(FILE).unwrap();
        place_all(FILE, stopping(version, FILE, &LATER), |trail| {
            Some(below(whole, trail.steps())?.get())
        })
        .into_iter()
        .map(|placed| placed.in_file("rules.json"))
        .collect()
    }

    #[test]
    fn a_later_field_stops_an_older_reader_where_it_stands() {
        assert_eq!(stopped(3), Vec::<String>::new());
        assert_eq!(
            stopped(2),
            [
                "rules.json:1:13: field `version`: is 3, and a reader of version 2 takes no newer file",
                "rules.json:2:31: field `rules[1].weekdays`: came with version 3; a file of version 2 can't have it",
            ]
        );
        assert_eq!(stopped(1).len(), 3);
        assert!(stopped(1)[1].starts_with("rules.json:1:16: field `novelty`: came with version 2"));
    }

    #[test]
    fn a_good_file_is_taken_by_readers_of_its_version() {
        let text = r#"{"version": 1, "rules": [{"name": "a", "role": "arn:aws:iam::111122223333:role/r",
            "session": {"tags": {"a": "b"}}, "not": {"users": ["u"]}}], "otherwise": "deny"}"#;
        for version in known_versions() {
            assert_eq!(taken_by(version, text.as_bytes(), "rules.json"), []);
        }
        assert_eq!(needs_version(text.as_bytes()), Some(1));
        assert_eq!(needs_version(b"{"), None);
        assert_eq!(taken_by(1, b"{", "rules.json").len(), 1);
        assert_eq!(taken_by(1, b"\xff", "rules.json").len(), 1);
        let foreign = b"bucket->arn:aws:iam::111122223333:role/r";
        assert_eq!(taken_by(1, foreign, "rules.json"), []);
    }

    #[test]
    fn no_field_is_newer_than_what_this_release_reads() {
        for steps in [
            vec![],
            vec!["rules".into(), 0.into()],
            vec!["session".into()],
            vec!["base".into()],
            vec!["rules".into(), 0.into(), "not".into()],
        ] {
            let steps: Vec<Step> = steps;
            let (Form::Fields { known, .. }, _) = (RULES.0)(&steps) else {
                panic!("{steps:?} is an object");
            };
            assert!(
                known
                    .iter()
                    .all(|field| known_versions().contains(&field.since))
            );
        }
    }
}
