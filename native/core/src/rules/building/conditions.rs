//! Who and where: the conditions of a rule.

use super::super::flaw::{Flaw, Flaws};
use super::super::grammar::{NotText, RuleText};
use super::super::misfit::Misfit;
use super::super::names::{ConfValues, Names};
use super::super::pattern::{Pattern, Patterns};
use super::super::prefix::Prefix;
use super::super::quoted::Quoted;
use super::super::rule::Conditions;
use super::super::strict::{Object, UniqueMap};
use super::super::trail::{Step, Trail};
use super::together::group_unsaid;

/// Takes the conditions out of a rule; none where something is wrong with them. Expressions that
/// others use too are shared by `patterns`.
pub(super) fn build(
    trail: &impl Fn() -> Trail,
    rule: &mut RuleText,
    patterns: &mut Patterns,
    flaws: &mut Flaws,
) -> Option<Conditions> {
    let told = flaws.0.len();
    let not = rule.not.take();
    let listed = NotText {
        users: rule.users.take(),
        users_matching: rule.users_matching.take(),
        groups: rule.groups.take(),
        groups_matching: rule.groups_matching.take(),
        principals: rule.principals.take(),
        real_users: rule.real_users.take(),
        prefixes: rule.prefixes.take(),
        conf: rule.conf.take(),
    };
    let conditions = Reader { trail, patterns }.conditions(listed, flaws);
    let not = not.map(|Object(not)| {
        let trail = || trail().then("not");
        let good = flaws.0.len();
        let not = Reader {
            trail: &trail,
            patterns,
        }
        .conditions(not, flaws);
        if not == Conditions::default() && flaws.0.len() == good {
            flaws.0.push(Flaw::at(
                trail(),
                "is empty; write conditions that must fail, as in {\"users\": [\"carol\"]}, or take it out",
            ));
        }
        Box::new(not)
    });
    let conditions = Conditions { not, ..conditions };
    if !conditions.asks_for_groups() {
        let not = conditions.not.as_deref();
        for (conditions, is_not) in [(Some(&conditions), false), (not, true)] {
            let mut prefixes = conditions
                .iter()
                .flat_map(|one| one.prefixes.iter())
                .flatten();
            if let Some(index) = prefixes.position(Prefix::takes_group) {
                let trail = if is_not { trail().then("not") } else { trail() };
                flaws
                    .0
                    .push(group_unsaid(trail.then("prefixes").then(index)));
            }
        }
    }
    (flaws.0.len() == told).then_some(conditions)
}

/// Reads the conditions below one place.
struct Reader<'a, T> {
    trail: &'a T,
    patterns: &'a mut Patterns,
}

impl<T: Fn() -> Trail> Reader<'_, T> {
    /// A condition that is wrong is left out, and told in `flaws`.
    fn conditions(&mut self, listed: NotText, flaws: &mut Flaws) -> Conditions {
        let prefixes = self.list("prefixes", listed.prefixes, |_, prefix| {
            Prefix::parse(prefix)
        });
        let prefixes = flaws.keep(prefixes).flatten();
        Conditions {
            users: flaws.keep(self.names("users", listed.users)).flatten(),
            users_matching: flaws
                .keep(self.patterns("usersMatching", listed.users_matching))
                .flatten(),
            principals: flaws
                .keep(self.names("principals", listed.principals))
                .flatten(),
            real_users: flaws
                .keep(self.names("realUsers", listed.real_users))
                .flatten(),
            conf: flaws.keep(self.conf(listed.conf)).unwrap_or_default(),
            prefixes_take_group: prefixes.iter().flatten().any(Prefix::takes_group),
            prefixes,
            groups: flaws.keep(self.names("groups", listed.groups)).flatten(),
            groups_matching: flaws
                .keep(self.patterns("groupsMatching", listed.groups_matching))
                .flatten(),
            not: None,
        }
    }

    fn not_empty(&self, field: &'static str, length: usize) -> Result<(), Flaw> {
        if length == 0 {
            Err(Flaw::at(
                (self.trail)().then(field),
                "is empty, so the rule would never match; name at least one, or take the field out",
            ))
        } else {
            Ok(())
        }
    }

    fn list<V>(
        &mut self,
        field: &'static str,
        texts: Option<Vec<String>>,
        mut parse: impl FnMut(&mut Patterns, &str) -> Result<V, Misfit>,
    ) -> Result<Option<Vec<V>>, Flaw> {
        let Some(texts) = texts else {
            return Ok(None);
        };
        self.not_empty(field, texts.len())?;
        // Exactly as much room as they take: there may be very many rules.
        let mut parsed = Vec::with_capacity(texts.len());
        for (index, listed) in texts.iter().enumerate() {
            parsed.push(
                parse(self.patterns, listed).map_err(|misfit| {
                    Flaw::misfit((self.trail)().then(field).then(index), &misfit)
                })?,
            );
        }
        Ok(Some(parsed))
    }

    fn patterns(
        &mut self,
        field: &'static str,
        texts: Option<Vec<String>>,
    ) -> Result<Option<Vec<Pattern>>, Flaw> {
        self.list(field, texts, Patterns::parse)
    }

    fn names(
        &self,
        field: &'static str,
        names: Option<Vec<String>>,
    ) -> Result<Option<Names>, Flaw> {
        let Some(names) = names else {
            return Ok(None);
        };
        self.not_empty(field, names.len())?;
        match names.iter().position(String::is_empty) {
            Some(index) => Err(Flaw::at(
                (self.trail)().then(field).then(index),
                "is empty, which nobody is called; write a name or take it out",
            )),
            None => Ok(Some(names.into_iter().collect())),
        }
    }

    fn conf(&self, conf: Option<UniqueMap<Vec<String>>>) -> Result<ConfValues, Flaw> {
        let Some(UniqueMap(entries)) = conf else {
            return Ok(ConfValues::default());
        };
        self.not_empty("conf", entries.len())?;
        for (key, values) in &entries {
            let at = || {
                (self.trail)()
                    .then("conf")
                    .then(Step::Field(key.clone().into()))
            };
            if let Some(bare) = key.strip_prefix("rolecall.conf.") {
                return Err(Flaw::at(
                    at(),
                    format!("has the setting's whole name; write {} alone", Quoted(bare)),
                ));
            }
            if key.trim() != key || key.is_empty() {
                return Err(Flaw::at(
                    at(),
                    "has no proper key; write KEY for the job's rolecall.conf.KEY",
                ));
            }
            if values.is_empty() {
                return Err(Flaw::at(
                    at(),
                    "is empty, so the rule would never match; name at least one value, or take the key out",
                ));
            }
        }
        Ok(entries
            .into_iter()
            .map(|(key, values)| (key, values.into_iter().collect()))
            .collect())
    }
}

#[cfg(test)]
#[path = "conditions_tests.rs"]
mod tests;
