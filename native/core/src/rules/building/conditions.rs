//! Who and where: the conditions of a rule.

use super::super::flaw::{Flaw, Flaws};
use super::super::grammar::{NotText, RuleText};
use super::super::misfit::Misfit;
use super::super::names::{ConfValues, Names};
use super::super::pattern::Patterns;
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
    let says_group = listed.groups.is_some() || listed.groups_matching.is_some();
    let conditions = Reader {
        trail,
        says_group,
        patterns,
        flaws,
    }
    .conditions(listed);
    let not = not.map(|Object(not)| {
        let trail = || trail().then("not");
        let good = flaws.0.len();
        let not = Reader {
            trail: &trail,
            says_group,
            patterns,
            flaws,
        }
        .conditions(not);
        if not == Conditions::default() && flaws.0.len() == good {
            flaws.0.push(Flaw::at(
                trail(),
                "is empty; write conditions that must fail, as in {\"users\": [\"carol\"]}, or take it out",
            ));
        }
        Box::new(not)
    });
    let conditions = Conditions { not, ..conditions };
    (flaws.0.len() == told).then_some(conditions)
}

/// Reads the conditions below one place.
struct Reader<'a, T> {
    trail: &'a T,
    /// Whether the rule itself, not its `not`, says what `${group}` is.
    says_group: bool,
    patterns: &'a mut Patterns,
    flaws: &'a mut Flaws,
}

/// A condition that is wrong is left out, and everything wrong in it is told in `flaws`.
impl<T: Fn() -> Trail> Reader<'_, T> {
    fn conditions(&mut self, listed: NotText) -> Conditions {
        let prefixes = self.prefixes(listed.prefixes);
        Conditions {
            users: self.names("users", listed.users),
            users_matching: self.list("usersMatching", listed.users_matching, Patterns::parse),
            principals: self.names("principals", listed.principals),
            real_users: self.names("realUsers", listed.real_users),
            conf: self.conf(listed.conf),
            prefixes_take_group: prefixes.iter().flatten().any(Prefix::takes_group),
            prefixes,
            groups: self.names("groups", listed.groups),
            groups_matching: self.list("groupsMatching", listed.groups_matching, Patterns::parse),
            not: None,
        }
    }

    fn flaw(&mut self, field: &'static str, step: impl Into<Step>, what: &str) {
        let trail = (self.trail)().then(field).then(step);
        self.flaws.0.push(Flaw::at(trail, what));
    }

    fn not_empty(&mut self, field: &'static str, length: usize) {
        if length == 0 {
            self.flaws.0.push(Flaw::at(
                (self.trail)().then(field),
                "is empty, so the rule would never match; name at least one, or take the field out",
            ));
        }
    }

    fn list<V>(
        &mut self,
        field: &'static str,
        texts: Option<Vec<String>>,
        mut parse: impl FnMut(&mut Patterns, &str) -> Result<V, Misfit>,
    ) -> Option<Vec<V>> {
        let texts = texts?;
        let good = self.flaws.0.len();
        self.not_empty(field, texts.len());
        // Exactly as much room as they take: there may be very many rules.
        let mut parsed = Vec::with_capacity(texts.len());
        for (index, listed) in texts.iter().enumerate() {
            match parse(self.patterns, listed) {
                Ok(value) => parsed.push(value),
                Err(misfit) => {
                    let trail = (self.trail)().then(field).then(index);
                    self.flaws.0.push(Flaw::misfit(trail, &misfit));
                }
            }
        }
        (self.flaws.0.len() == good).then_some(parsed)
    }

    fn prefixes(&mut self, texts: Option<Vec<String>>) -> Option<Vec<Prefix>> {
        let mut index = 0..;
        let mut unsaid = Vec::new();
        let says_group = self.says_group;
        let prefixes = self.list("prefixes", texts, |_, text| {
            let index = index.next();
            let prefix = Prefix::parse(text)?;
            if !says_group && prefix.takes_group() {
                unsaid.extend(index);
            }
            Ok(prefix)
        });
        for index in unsaid {
            let trail = (self.trail)().then("prefixes").then(index);
            self.flaws.0.push(group_unsaid(trail));
        }
        prefixes
    }

    fn names(&mut self, field: &'static str, names: Option<Vec<String>>) -> Option<Names> {
        let names = names?;
        let good = self.flaws.0.len();
        self.not_empty(field, names.len());
        for (index, name) in names.iter().enumerate() {
            if name.is_empty() {
                self.flaw(
                    field,
                    index,
                    "is empty, which nobody is called; write a name or take it out",
                );
            }
        }
        (self.flaws.0.len() == good).then(|| names.into_iter().collect())
    }

    fn conf(&mut self, conf: Option<UniqueMap<Vec<String>>>) -> ConfValues {
        let Some(UniqueMap(entries)) = conf else {
            return ConfValues::default();
        };
        let good = self.flaws.0.len();
        self.not_empty("conf", entries.len());
        for (key, values) in &entries {
            let step = || Step::Field(key.clone().into());
            if let Some(bare) = key.strip_prefix("rolecall.conf.") {
                let what = format!("has the setting's whole name; write {} alone", Quoted(bare));
                self.flaw("conf", step(), &what);
            } else if key.trim() != key || key.is_empty() {
                self.flaw(
                    "conf",
                    step(),
                    "has no proper key; write KEY for the job's rolecall.conf.KEY",
                );
            }
            if values.is_empty() {
                self.flaw(
                    "conf",
                    step(),
                    "is empty, so the rule would never match; name at least one value, or take the key out",
                );
            }
        }
        if self.flaws.0.len() > good {
            return ConfValues::default();
        }
        entries
            .into_iter()
            .map(|(key, values)| (key, values.into_iter().collect()))
            .collect()
    }
}

#[cfg(test)]
#[path = "conditions_tests.rs"]
mod tests;
