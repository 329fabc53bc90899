//! Who and where: the conditions of a rule.

use std::collections::BTreeMap;

use super::super::grammar::{NotText, RuleText};
use super::super::misfit::Misfit;
use super::super::names::Names;
use super::super::pattern::{Pattern, Patterns};
use super::super::prefix::Prefix;
use super::super::quoted::Quoted;
use super::super::rule::Conditions;
use super::super::strict::{Fault, Object, UniqueMap};
use super::super::trail::{Step, Trail};

/// Takes the conditions out of a rule. Expressions that others use too are shared by `patterns`.
pub(super) fn build(
    trail: &impl Fn() -> Trail,
    rule: &mut RuleText,
    text: &str,
    patterns: &mut Patterns,
) -> Result<Conditions, Fault> {
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
    let conditions = Reader {
        trail,
        text,
        patterns,
    }
    .conditions(listed)?;
    let Some(Object(not)) = not else {
        return Ok(conditions);
    };
    let trail = || trail().then("not");
    let not = Reader {
        trail: &trail,
        text,
        patterns,
    }
    .conditions(not)?;
    if not == Conditions::default() {
        return Err(Fault::at(
            trail(),
            "is empty; write conditions that must fail, as in {\"users\": [\"carol\"]}, or take it out",
        ));
    }
    Ok(Conditions {
        not: Some(Box::new(not)),
        ..conditions
    })
}

/// Reads the conditions below one place.
struct Reader<'a, T> {
    trail: &'a T,
    text: &'a str,
    patterns: &'a mut Patterns,
}

impl<T: Fn() -> Trail> Reader<'_, T> {
    fn conditions(&mut self, listed: NotText) -> Result<Conditions, Fault> {
        let prefixes = self.list("prefixes", listed.prefixes, |_, prefix| {
            Prefix::parse(prefix)
        })?;
        Ok(Conditions {
            users: self.names("users", listed.users)?,
            users_matching: self.patterns("usersMatching", listed.users_matching)?,
            principals: self.names("principals", listed.principals)?,
            real_users: self.names("realUsers", listed.real_users)?,
            conf: self.conf(listed.conf)?,
            prefixes_take_group: prefixes.iter().flatten().any(Prefix::takes_group),
            prefixes,
            groups: self.names("groups", listed.groups)?,
            groups_matching: self.patterns("groupsMatching", listed.groups_matching)?,
            not: None,
        })
    }

    fn not_empty(&self, field: &'static str, length: usize) -> Result<(), Fault> {
        if length == 0 {
            Err(Fault::at(
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
    ) -> Result<Option<Vec<V>>, Fault> {
        let Some(texts) = texts else {
            return Ok(None);
        };
        self.not_empty(field, texts.len())?;
        texts
            .iter()
            .enumerate()
            .map(|(index, listed)| {
                parse(self.patterns, listed).map_err(|misfit| {
                    Fault::misfit((self.trail)().then(field).then(index), &misfit, self.text)
                })
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    fn patterns(
        &mut self,
        field: &'static str,
        texts: Option<Vec<String>>,
    ) -> Result<Option<Vec<Pattern>>, Fault> {
        self.list(field, texts, Patterns::parse)
    }

    fn names(
        &self,
        field: &'static str,
        names: Option<Vec<String>>,
    ) -> Result<Option<Names>, Fault> {
        let Some(names) = names else {
            return Ok(None);
        };
        self.not_empty(field, names.len())?;
        match names.iter().position(String::is_empty) {
            Some(index) => Err(Fault::at(
                (self.trail)().then(field).then(index),
                "is empty, which nobody is called; write a name or take it out",
            )),
            None => Ok(Some(names.into_iter().collect())),
        }
    }

    fn conf(&self, conf: Option<UniqueMap<Vec<String>>>) -> Result<BTreeMap<String, Names>, Fault> {
        let Some(UniqueMap(entries)) = conf else {
            return Ok(BTreeMap::new());
        };
        self.not_empty("conf", entries.len())?;
        for (key, values) in &entries {
            let at = || {
                (self.trail)()
                    .then("conf")
                    .then(Step::Field(key.clone().into()))
            };
            if let Some(bare) = key.strip_prefix("rolecall.conf.") {
                return Err(Fault::at(
                    at(),
                    format!("has the setting's whole name; write {} alone", Quoted(bare)),
                ));
            }
            if key.trim() != key || key.is_empty() {
                return Err(Fault::at(
                    at(),
                    "has no proper key; write KEY for the job's rolecall.conf.KEY",
                ));
            }
            if values.is_empty() {
                return Err(Fault::at(
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
