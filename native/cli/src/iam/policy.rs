//! Policy documents of IAM, as far as they are needed here.

use std::collections::{BTreeMap, BTreeSet};

use super::node::{Item, Node};

/// Whether a condition's value is a pattern in which `*` stands for anything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Test {
    /// One of the patterns, at least.
    Like,
    /// One of the texts.
    Equals,
    /// All values of the request are among these, where it has any.
    AllEqual,
    /// The request has no such key.
    Absent,
}

impl Test {
    fn operator(&self) -> &'static str {
        match self {
            Self::Like => "StringLike",
            Self::Equals => "StringEquals",
            Self::AllEqual => "ForAllValues:StringEquals",
            Self::Absent => "Null",
        }
    }
}

/// Conditions by what they test and the key that they test.
pub type Conditions = BTreeMap<(Test, String), BTreeSet<String>>;

/// A statement that allows something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// ARNs whom a trust policy lets in; none in an identity's own policy.
    pub principals: BTreeSet<String>,
    pub actions: BTreeSet<String>,
    /// What an identity's own policy is about; none in a trust policy.
    pub resources: BTreeSet<String>,
    pub conditions: Conditions,
    /// What a reader should know of it.
    pub comments: BTreeSet<String>,
}

impl Statement {
    /// Takes another statement in where both together say what one of them can say: where they
    /// differ in nothing or in one list alone.
    fn take_in(&mut self, other: &Self) -> bool {
        let conditions = match condition_to_unite(&self.conditions, &other.conditions) {
            Apart::Alike => None,
            Apart::ByOne(key) => Some(key),
            Apart::ByMore => return false,
        };
        let apart = [
            self.principals != other.principals,
            self.actions != other.actions,
            self.resources != other.resources,
            conditions.is_some(),
        ];
        if apart.into_iter().filter(|apart| *apart).count() > 1 {
            return false;
        }
        self.principals.extend(other.principals.iter().cloned());
        self.actions.extend(other.actions.iter().cloned());
        self.resources.extend(other.resources.iter().cloned());
        if let Some(key) = conditions
            && let (Some(mine), Some(theirs)) =
                (self.conditions.get_mut(&key), other.conditions.get(&key))
        {
            mine.extend(theirs.iter().cloned());
        }
        self.comments.extend(other.comments.iter().cloned());
        true
    }

    fn to_node(&self) -> Node {
        let mut fields = vec![("Effect".to_owned(), Node::text("Allow"))];
        if !self.principals.is_empty() {
            let principals = Node::object([("AWS", one_or_more(&self.principals))]);
            fields.push(("Principal".to_owned(), principals));
        }
        fields.push(("Action".to_owned(), one_or_more(&self.actions)));
        if !self.resources.is_empty() {
            fields.push(("Resource".to_owned(), one_or_more(&self.resources)));
        }
        if !self.conditions.is_empty() {
            let mut tests: BTreeMap<&str, Vec<(String, Node)>> = BTreeMap::new();
            for ((test, key), values) in &self.conditions {
                let tests = tests.entry(test.operator()).or_default();
                tests.push((key.clone(), one_or_more(values)));
            }
            let tests = tests
                .into_iter()
                .map(|(operator, keys)| (operator.to_owned(), Node::Object(keys)))
                .collect();
            fields.push(("Condition".to_owned(), Node::Object(tests)));
        }
        Node::Object(fields)
    }
}

/// In what the conditions of two statements differ.
enum Apart {
    Alike,
    ByOne((Test, String)),
    ByMore,
}

/// Only lists of which any value may hold can be united: a list that all values must come from
/// would let through a mixture that neither allows.
fn condition_to_unite(mine: &Conditions, theirs: &Conditions) -> Apart {
    if !mine.keys().eq(theirs.keys()) {
        return Apart::ByMore;
    }
    let mut apart = mine
        .iter()
        .zip(theirs.values())
        .filter(|((_, mine), theirs)| mine != theirs)
        .map(|((key, _), _)| key);
    match (apart.next(), apart.next()) {
        (None, _) => Apart::Alike,
        (Some(key), None) if matches!(key.0, Test::Like | Test::Equals) => {
            Apart::ByOne(key.clone())
        }
        _ => Apart::ByMore,
    }
}

fn one_or_more(values: &BTreeSet<String>) -> Node {
    match values.first() {
        Some(only) if values.len() == 1 => Node::text(only),
        _ => Node::texts(values),
    }
}

/// A policy document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    statements: Vec<Statement>,
}

impl Policy {
    /// Adds a statement, within one that is there already if that says the same.
    pub fn add(&mut self, statement: Statement) {
        if !self
            .statements
            .iter_mut()
            .any(|earlier| earlier.take_in(&statement))
        {
            self.statements.push(statement);
        }
    }

    /// Unites what can be united, until nothing more can.
    pub fn unite(&mut self) {
        loop {
            let before = self.statements.len();
            for statement in std::mem::take(&mut self.statements) {
                self.add(statement);
            }
            if self.statements.len() == before {
                return;
            }
        }
    }

    /// The statements with what a reader should know of them.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// The document, with what a reader should know of its statements.
    pub fn to_node(&self) -> Node {
        let statements = self.statements.iter().map(|statement| Item {
            comments: statement.comments.iter().cloned().collect(),
            value: statement.to_node(),
        });
        Node::object([
            ("Version", Node::text("2012-10-17")),
            ("Statement", Node::List(statements.collect())),
        ])
    }

    /// How many characters IAM counts: it leaves white space out.
    pub fn length(&self) -> usize {
        serde_json::to_string(&self.to_node())
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_whitespace())
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(values: &[&str]) -> BTreeSet<String> {
        values.iter().map(ToString::to_string).collect()
    }

    fn statement(action: &str, resource: &str, conditions: &[(Test, &str, &[&str])]) -> Statement {
        Statement {
            actions: set(&[action]),
            resources: set(&[resource]),
            conditions: conditions
                .iter()
                .map(|(test, key, values)| ((test.clone(), (*key).to_owned()), set(values)))
                .collect(),
            ..Statement::default()
        }
    }

    fn united(statements: &[Statement]) -> Vec<Statement> {
        let mut policy = Policy::default();
        for statement in statements {
            policy.add(statement.clone());
        }
        policy.unite();
        policy.statements
    }

    #[test]
    fn statements_that_differ_in_one_list_are_one() {
        let all = united(&[
            statement("a", "r1", &[]),
            statement("b", "r1", &[]),
            statement("a", "r2", &[]),
            statement("b", "r2", &[]),
        ]);
        // a|b on r1, a|b on r2 → a|b on r1|r2.
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].actions, set(&["a", "b"]));
        assert_eq!(all[0].resources, set(&["r1", "r2"]));
    }

    #[test]
    fn nothing_is_allowed_that_neither_allowed() {
        let id = |value| [(Test::Equals, "sts:ExternalId", [value])];
        let with = |resource, value| {
            let [(test, key, values)] = id(value);
            statement("a", resource, &[(test, key, &values)])
        };
        assert_eq!(united(&[with("r1", "x"), with("r2", "y")]).len(), 2);
        assert_eq!(united(&[with("r1", "x"), with("r1", "y")]).len(), 1);
        assert_eq!(
            united(&[with("r1", "x"), statement("a", "r1", &[])]).len(),
            2
        );
        let all_of = |value| statement("a", "r", &[(Test::AllEqual, "aws:TagKeys", &[value])]);
        assert_eq!(united(&[all_of("x"), all_of("y")]).len(), 2);
    }

    #[test]
    fn a_list_of_one_is_written_as_its_value() {
        let policy = Policy {
            statements: vec![statement("a", "r", &[(Test::Absent, "k", &["true"])])],
        };
        assert_eq!(
            serde_json::to_string(&policy.to_node()).unwrap(),
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a","Resource":"r","Condition":{"Null":{"k":"true"}}}]}"#
        );
        assert!(policy.length() > 50);
    }
}
