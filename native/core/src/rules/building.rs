//! Checks everything that the form of a rules file does not show.

mod conditions;
mod outcome;
mod together;

use std::collections::HashSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde_json::value::RawValue;

use super::base_source::BaseSource;
use super::fields::RULES;
use super::flaw::{At, Flaw, Flaws};
use super::grammar::{FileText, RuleText};
use super::misfit::{Misfit, Named};
use super::pattern::Patterns;
use super::quoted::Quoted;
use super::rule::{Conditions, OTHERWISE, Otherwise, Rule};
use super::session_fields::SessionFields;
use super::strict::Object;
use super::trail::{Step, Trail};

const LONGEST_NAME: usize = 128;

/// A rules file, understood.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) base: Option<BaseSource>,
    pub(crate) rules: Vec<Arc<Rule>>,
    pub(crate) otherwise: Otherwise,
}

/// What the top of the file says for all rules.
struct Top {
    base: Option<BaseSource>,
    session: Arc<SessionFields>,
}

/// What the rules read so far hold.
#[derive(Default)]
struct Seen {
    /// Their names, with the rules' numbers from 0.
    names: FxHashMap<String, usize>,
    /// Their regular expressions.
    patterns: Patterns,
}

/// Understands a file as far as it can be; none where something is wrong, which stands in `flaws`
/// then.
pub(crate) fn build(file: FileText<'_>, text: &str, flaws: &mut Flaws) -> Option<Content> {
    // What is missing may stand there under a wrong name, which was told already.
    let is_whole = flaws.0.is_empty();
    let trail = Trail::default();
    let base = file
        .base
        .and_then(|Object(base)| flaws.keep(outcome::base_at(&trail, &base)));
    let session = outcome::session_at(&|| trail.clone(), file.session, flaws).unwrap_or_default();
    let top = Top {
        base,
        session: Arc::new(session),
    };
    if is_whole && file.rules.is_none() {
        flaws.0.push(Flaw::at(
            trail,
            "lacks `rules`; write the list of rules, which may be empty: \"rules\": []",
        ));
    }
    let otherwise = match flaws.keep(otherwise(file.otherwise.as_deref())) {
        Some(None) if is_whole => {
            flaws.0.push(Flaw::at(
                Trail::default(),
                "lacks `otherwise`, which says what holds where no rule matches; write \"otherwise\": \"deny\" or \"otherwise\": \"base\"",
            ));
            None
        }
        otherwise => otherwise.flatten(),
    };
    let rules = top.rules(&file.rules.unwrap_or_default(), text, flaws);
    Some(Content {
        base: top.base,
        rules,
        otherwise: otherwise?,
    })
}

fn otherwise(written: Option<&str>) -> Result<Option<Otherwise>, Flaw> {
    match written {
        Some("deny") => Ok(Some(Otherwise::Deny)),
        Some("base") => Ok(Some(Otherwise::UseBase)),
        Some(other) => Err(Flaw::at(
            Trail::default().then("otherwise"),
            format!("{} is unknown; write \"deny\" or \"base\"", Quoted(other)),
        )),
        None => Ok(None),
    }
}

impl Top {
    fn rules(&self, pieces: &[&RawValue], text: &str, flaws: &mut Flaws) -> Vec<Arc<Rule>> {
        let mut seen = Seen::default();
        seen.names.reserve(pieces.len());
        let mut built = Vec::with_capacity(pieces.len());
        // Where fields of the top don't go together, one rule is enough to tell it.
        let mut told = HashSet::new();
        for (index, piece) in pieces.iter().enumerate() {
            let before = flaws.0.len();
            let rule = match serde_json::from_str(piece.get()) {
                Ok(rule) => Some(rule),
                Err(_) => flaws.read(text, piece, &rule_trail(index), &RULES),
            };
            if let Some(Object(rule)) = rule {
                built.extend(self.rule(index, rule, &mut seen, flaws).map(Arc::new));
            }
            if flaws.0.len() > before {
                let mut new = flaws.0.split_off(before);
                new.retain(|flaw| is_of_a_rule(flaw) || !told.contains(&place(flaw)));
                let of_the_top = new.iter().filter(|flaw| !is_of_a_rule(flaw));
                told.extend(of_the_top.map(place));
                flaws.0.append(&mut new);
            }
        }
        built
    }

    fn rule(
        &self,
        index: usize,
        mut rule: RuleText,
        seen: &mut Seen,
        flaws: &mut Flaws,
    ) -> Option<Rule> {
        let trail = || rule_trail(index);
        let name = flaws.keep(name(&trail, rule.name.take()));
        if let Some(name) = &name {
            let first = *seen.names.entry(name.clone()).or_insert(index);
            if first != index {
                flaws.0.push(Flaw::at(
                    trail().then("name"),
                    format!(
                        "is the name of rule number {} too; name each rule differently",
                        first + 1
                    ),
                ));
            }
        }
        let conditions = conditions::build(&trail, &mut rule, &mut seen.patterns, flaws);
        let known = outcome::Known {
            name: name.as_deref().unwrap_or_default(),
            // Where the conditions are wrong, that was told already.
            group: conditions.as_ref().is_none_or(Conditions::asks_for_groups),
        };
        let outcome = outcome::build(self, &trail, &mut rule, known, flaws);
        Some(Rule {
            name: name?,
            conditions: conditions?,
            outcome: outcome?,
        })
    }
}

fn is_of_a_rule(flaw: &Flaw) -> bool {
    matches!(flaw.trail.steps(), [Step::Field(rules), ..] if rules == "rules")
}

fn place(flaw: &Flaw) -> (String, At) {
    (flaw.trail.to_string(), flaw.at.clone())
}

fn rule_trail(index: usize) -> Trail {
    Trail::default().then("rules").then(index)
}

fn name(trail: &impl Fn() -> Trail, name: Option<String>) -> Result<String, Flaw> {
    let Some(name) = name else {
        return Err(Flaw::at(
            trail(),
            "lacks `name`; write one, by which logs and errors can call the rule",
        ));
    };
    let wrong = |misfit: &Misfit| Err(Flaw::misfit(trail().then("name"), misfit));
    if name.trim().is_empty() {
        return wrong(&Misfit::new(
            "is empty; write a name by which logs and errors can call the rule",
        ));
    }
    if let Some((at, control)) = name.chars().enumerate().find(|(_, c)| c.is_control()) {
        return wrong(&Misfit::new(format!(
            "holds {} at character {}; take it out",
            Named(control),
            at + 1
        )));
    }
    if name.chars().count() > LONGEST_NAME {
        return wrong(&Misfit::new(format!(
            "is longer than {LONGEST_NAME} characters; shorten it"
        )));
    }
    if name == OTHERWISE {
        return wrong(&Misfit::new(
            "is what the end of the file is called; write another name",
        ));
    }
    Ok(name)
}
