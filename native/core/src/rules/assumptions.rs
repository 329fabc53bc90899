//! What the rules may ask of STS, for whoever writes the policies that allow it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use super::Rules;
use super::base_source::BaseSource;
use super::quoted::Quoted;
use super::rule::{Assume, Conditions, OTHERWISE, Otherwise, Outcome};
use super::template::{Part, Template, Unfilled, Values, Variable};

/// No rule is written out for more combinations of values than this; what is left stays open.
const MOST_COMBINATIONS: usize = 100;
/// Stand for a value that is left open where the others are tried: one is long enough for what has
/// a least length, one short enough for what is nearly full.
const STAND_INS: [&str; 2] = ["xx", "x"];

/// A role that a rule may assume, and what it asks of STS then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The rule's name.
    pub rule: String,
    /// The role's ARN; partition and account are always known.
    pub role: Partial,
    /// Whose credentials sign; none where the rules leave it to the settings.
    pub base: Option<BaseSource>,
    /// How long the session lasts; none where the rules leave it to the settings.
    pub duration: Option<Duration>,
    /// The external ID.
    pub external_id: Option<Partial>,
    /// The source identity.
    pub source_identity: Option<Partial>,
    /// The session tags, by key.
    pub tags: BTreeMap<String, Partial>,
    /// Keys of those tags that a chain of sessions keeps.
    pub transitive_tag_keys: BTreeSet<String>,
}

/// What all rules may ask of STS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assumptions {
    /// What is asked, in the order of the rules.
    pub asked: Vec<Assumption>,
    /// What is never asked, though the conditions of a rule list its values.
    pub unfit: Vec<UnfitValues>,
}

/// Values that a rule's conditions list, and that do not fit where its templates put them: who comes
/// with them is refused (RC206).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfitValues {
    /// The rule's name.
    pub rule: String,
    /// Whose credentials would sign; none where the rules leave it to the settings.
    pub base: Option<BaseSource>,
    /// The field that can't be filled in, as in `session.sourceIdentity`.
    pub field: String,
    /// Variables as the rules write them, such as `${user}`, with their values.
    pub values: Vec<(String, String)>,
    /// What is wrong with the values, or with the field where they are filled in.
    pub why: String,
}

/// Names rule, field and values, and says why nothing can be asked with them.
impl fmt::Display for UnfitValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {}, field `{}`: ", Quoted(&self.rule), self.field)?;
        for (number, (variable, value)) in self.values.iter().enumerate() {
            let before = if number == 0 { "with" } else { " and" };
            write!(f, "{before} {} for `{variable}`", Quoted(value))?;
        }
        let comma = if self.values.is_empty() { "" } else { ", " };
        write!(
            f,
            "{comma}it {}; such a caller is refused (RC206)",
            self.why
        )
    }
}

/// A text of which some pieces are known only when somebody asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Partial {
    pieces: Vec<Piece>,
}

/// A piece of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// Stands for itself.
    Known(String),
    /// A variable as the rules write it, such as `${user}`.
    Open(String),
}

impl Partial {
    /// The pieces in order; no two known ones stand side by side.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The variables that are open.
    pub fn open(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Open(variable) => Some(variable.as_str()),
            Piece::Known(_) => None,
        })
    }

    /// Whether nothing is open.
    pub fn is_known(&self) -> bool {
        self.open().next().is_none()
    }

    fn of(template: &Template, known: &Known<'_>) -> Self {
        let mut pieces: Vec<Piece> = Vec::new();
        for part in template.parts() {
            let text = match part {
                Part::Literal(text) => text.as_str(),
                Part::Value(variable) => match known.value(variable) {
                    Some(value) => value,
                    None => {
                        pieces.push(Piece::Open(variable.to_string()));
                        continue;
                    }
                },
            };
            match pieces.last_mut() {
                Some(Piece::Known(before)) => before.push_str(text),
                _ => pieces.push(Piece::Known(text.to_owned())),
            }
        }
        Self { pieces }
    }
}

/// As the rules write it.
impl fmt::Display for Partial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Known(text) | Piece::Open(text) => f.write_str(text),
        })
    }
}

impl Rules {
    /// What may be asked of STS. A variable whose values a condition of its rule lists is written
    /// out for each of them, up to 100 combinations a rule; values that do not fit where they would
    /// stand are told apart, for nothing is ever asked with them. All others stay open.
    pub fn assumptions(&self) -> Assumptions {
        let mut all = Assumptions::default();
        for rule in self.in_order() {
            if let Outcome::Assume(assume) = &rule.outcome {
                all.add(&rule.name, &rule.conditions, assume);
            }
        }
        all
    }

    /// The rules that hand out the base credentials as they are; `otherwise` may be among them.
    pub fn using_base(&self) -> Vec<&str> {
        let rules = self.in_order().iter();
        let mut names: Vec<&str> = rules
            .filter(|rule| matches!(rule.outcome, Outcome::UseBase))
            .map(|rule| rule.name.as_str())
            .collect();
        if self.otherwise() == Otherwise::UseBase {
            names.push(OTHERWISE);
        }
        names
    }
}

impl Assumptions {
    fn add(&mut self, name: &str, conditions: &Conditions, assume: &Assume) {
        let (mut asked, mut unfit) = (Vec::new(), Vec::new());
        for known in combinations(&templates(assume), conditions) {
            match known.check(assume) {
                Ok(()) => {
                    let assumption = known.assumption(name, assume);
                    if !asked.contains(&assumption) {
                        asked.push(assumption);
                    }
                }
                Err((field, unfilled)) => {
                    let values = known.unfit(name, assume, field, unfilled);
                    if !unfit.contains(&values) {
                        unfit.push(values);
                    }
                }
            }
        }
        self.asked.append(&mut asked);
        self.unfit.append(&mut unfit);
    }
}

/// A field that values are filled into, and what it says.
struct Field<'a> {
    name: String,
    template: &'a Template,
}

/// Values of variables that are known ahead of any request.
#[derive(Clone, Debug, Default)]
struct Known<'a> {
    values: Vec<(&'a Variable, &'a str)>,
}

impl<'a> Known<'a> {
    fn value(&self, variable: &Variable) -> Option<&'a str> {
        self.values
            .iter()
            .find(|(known, _)| *known == variable)
            .map(|(_, value)| *value)
    }

    fn assumption(&self, rule: &str, assume: &Assume) -> Assumption {
        let session = &assume.session;
        Assumption {
            rule: rule.to_owned(),
            role: Partial::of(assume.role.template(), self),
            base: assume.base.clone(),
            duration: session.duration,
            external_id: session
                .external_id
                .as_ref()
                .map(|id| Partial::of(id.template(), self)),
            source_identity: session
                .source_identity
                .as_ref()
                .map(|identity| Partial::of(identity.template(), self)),
            tags: session
                .tags
                .iter()
                .flat_map(|tags| tags.iter())
                .map(|(key, value)| (key.to_owned(), Partial::of(value, self)))
                .collect(),
            transitive_tag_keys: session
                .transitive_tag_keys
                .as_deref()
                .cloned()
                .unwrap_or_default(),
        }
    }

    fn unfit(
        &self,
        rule: &str,
        assume: &Assume,
        field: Field<'_>,
        unfilled: Unfilled,
    ) -> UnfitValues {
        let (guilty, why) = match unfilled {
            Unfilled::Unfit { variable, why } => (variable, why),
            // Every variable has a value here, be it a stand-in.
            _ => (None, "can't be filled in".to_owned()),
        };
        let in_field = |variable: &Variable| match &guilty {
            Some(guilty) => variable == guilty,
            None => field.template.takes(variable),
        };
        UnfitValues {
            rule: rule.to_owned(),
            base: assume.base.clone(),
            values: self
                .values
                .iter()
                .filter(|(variable, _)| in_field(variable))
                .map(|(variable, value)| (variable.to_string(), (*value).to_owned()))
                .collect(),
            field: field.name,
            why,
        }
    }

    /// Whether the session can be asked for with these values and good ones for all others; the
    /// field that can't be filled in, and why.
    fn check<'f>(&self, assume: &'f Assume) -> Result<(), (Field<'f>, Unfilled)> {
        let [first, others @ ..] = STAND_INS;
        let checked = self.check_with(first, assume);
        if checked.is_err() && others.iter().any(|it| self.check_with(it, assume).is_ok()) {
            return Ok(());
        }
        checked
    }

    fn check_with<'f>(
        &self,
        stand_in: &str,
        assume: &'f Assume,
    ) -> Result<(), (Field<'f>, Unfilled)> {
        let value = |variable: &Variable| self.value(variable).unwrap_or(stand_in);
        let conf: BTreeMap<String, String> = conf_keys(assume)
            .into_iter()
            .map(|key| {
                let value = value(&Variable::Conf(key.to_owned()));
                (key.to_owned(), value.to_owned())
            })
            .collect();
        let values = Values {
            user: value(&Variable::User),
            group: Some(value(&Variable::Group)),
            bucket: Some(value(&Variable::Bucket)),
            conf: &conf,
        };
        let at = |name: &str, template: &'f Template| {
            let field = Field {
                name: name.to_owned(),
                template,
            };
            move |unfilled| (field, unfilled)
        };
        let session = &assume.session;
        let role = assume.role.template();
        assume.role.fill(&values).map_err(at("role", role))?;
        if let Some(id) = &session.external_id {
            id.fill(&values)
                .map_err(at("session.externalId", id.template()))?;
        }
        if let Some(identity) = &session.source_identity {
            identity
                .fill(&values)
                .map_err(at("session.sourceIdentity", identity.template()))?;
        }
        if let Some(tags) = &session.tags
            && let Err((key, unfilled)) = tags.fill(&values)
        {
            let template = tags.iter().find(|(known, _)| *known == key);
            let template = template.map_or(role, |(_, template)| template);
            return Err(at(&format!("session.tags.{key}"), template)(unfilled));
        }
        Ok(())
    }
}

/// The templates of what is asked for.
fn templates(assume: &Assume) -> Vec<&Template> {
    let mut templates = vec![assume.role.template()];
    let session = &assume.session;
    templates.extend(session.external_id.as_ref().map(|id| id.template()));
    let identity = session.source_identity.as_ref();
    templates.extend(identity.map(|identity| identity.template()));
    let tags = session.tags.iter().flat_map(|tags| tags.iter());
    templates.extend(tags.map(|(_, value)| value));
    templates
}

fn variables<'a>(templates: &[&'a Template]) -> Vec<&'a Variable> {
    let mut variables = Vec::new();
    for part in templates.iter().flat_map(|template| template.parts()) {
        if let Part::Value(variable) = part
            && !variables.contains(&variable)
        {
            variables.push(variable);
        }
    }
    variables
}

fn conf_keys(assume: &Assume) -> BTreeSet<&str> {
    variables(&templates(assume))
        .into_iter()
        .filter_map(|variable| match variable {
            Variable::Conf(key) => Some(key.as_str()),
            Variable::User | Variable::Group | Variable::Bucket => None,
        })
        .collect()
}

/// Each combination of the values that conditions list for the variables of the templates.
fn combinations<'a>(templates: &[&'a Template], conditions: &'a Conditions) -> Vec<Known<'a>> {
    let mut combinations = vec![Known::default()];
    for variable in variables(templates) {
        let Some(listed) = listed(variable, conditions) else {
            continue;
        };
        let listed: BTreeSet<&str> = listed.into_iter().collect();
        if combinations.len().saturating_mul(listed.len()) > MOST_COMBINATIONS {
            continue;
        }
        combinations = combinations
            .iter()
            .flat_map(|known| {
                listed.iter().map(|value| {
                    let mut known = known.clone();
                    known.values.push((variable, value));
                    known
                })
            })
            .collect();
    }
    combinations
}

/// All values that a variable can have where the rule matches; none where that is open.
fn listed<'a>(variable: &Variable, conditions: &'a Conditions) -> Option<Vec<&'a str>> {
    match variable {
        Variable::User => Some(conditions.users.as_ref()?.iter().collect()),
        Variable::Group => Some(conditions.groups.as_ref()?.iter().collect()),
        Variable::Conf(key) => Some(conditions.conf.get(key)?.iter().collect()),
        Variable::Bucket => conditions
            .prefixes
            .as_ref()?
            .iter()
            .map(|prefix| prefix.written_bucket())
            .collect(),
    }
}

#[cfg(test)]
#[path = "assumptions_tests.rs"]
mod tests;
