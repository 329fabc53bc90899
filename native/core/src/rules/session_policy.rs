//! Session policies: what a session may do at most, whatever its role may.

use std::collections::HashSet;

use serde_json::value::RawValue;

use super::misfit::Misfit;
use super::policy_string::{parts_of, push_escaped};
use super::template::{Part, Unfilled, Values, Variable};
use super::trail::{Members, Step};

/// STS takes so many characters, inline policy and ARNs of managed ones together (API reference,
/// `AssumeRole`). What it makes of them has a limit of its own, which only STS can tell.
pub(crate) const LONGEST: usize = 2048;
/// No policy that means something is nested deeper.
const DEEPEST: usize = 32;

/// A session policy as it is sent: JSON without white space, in printable ASCII alone, at most 2048
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionPolicy(String);

impl SessionPolicy {
    /// The policy's JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[cfg(test)]
    pub(crate) fn of(json: &str) -> Self {
        Self(json.to_owned())
    }
}

/// A session policy with values to fill in. Its structure is settled when it is read: a value becomes
/// part of the string that it stands in, and of nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PolicyTemplate {
    /// Literals are pieces of JSON, values are still to be escaped.
    parts: Vec<Part>,
}

/// What is wrong in a policy, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WrongPolicy {
    /// From the policy on.
    pub(crate) steps: Vec<Step>,
    pub(crate) misfit: Misfit,
}

impl PolicyTemplate {
    /// Reads a policy's JSON.
    ///
    /// # Errors
    /// Where it is no object, has doubled names or no `Statement`, holds a `${…}` that is neither
    /// IAM's nor ours, or is too long.
    pub(crate) fn parse(written: &RawValue) -> Result<Self, WrongPolicy> {
        let wrong = |misfit| WrongPolicy {
            steps: vec![],
            misfit,
        };
        let Some(members) = Members::of(written) else {
            return Err(wrong(Misfit::new(
                "must be an IAM policy: an object with Version and Statement",
            )));
        };
        if members.0.iter().all(|member| member.name != "Statement") {
            return Err(wrong(Misfit::new(
                "lacks `Statement`; write an IAM policy such as {\"Version\": \"2012-10-17\", \"Statement\": […]}",
            )));
        }
        let mut writer = Writer::default();
        writer.value(written).map_err(|misfit| WrongPolicy {
            steps: writer.steps.clone(),
            misfit,
        })?;
        writer.end_literal();
        let policy = Self {
            parts: writer.parts,
        };
        let length = policy.shortest();
        if length > LONGEST {
            return Err(wrong(Misfit::new(format!(
                "has {length} characters without white space; STS takes {LONGEST}"
            ))));
        }
        Ok(policy)
    }

    /// How many characters it has at least, whatever is filled in.
    pub(crate) fn shortest(&self) -> usize {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Literal(json) => json.len(),
                Part::Value(_) => 1,
            })
            .sum()
    }

    /// What is filled into it, in order.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(variable) => Some(variable),
            Part::Literal(_) => None,
        })
    }

    /// Whether a variable stands in it.
    pub(crate) fn takes(&self, wanted: &Variable) -> bool {
        self.variables().any(|variable| variable == wanted)
    }

    /// The parts in order: pieces of JSON, and values.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The policy for a request, `beside` being how many characters the ARNs of managed policies
    /// take.
    pub(crate) fn fill(
        &self,
        values: &Values<'_>,
        beside: usize,
    ) -> Result<SessionPolicy, Unfilled> {
        let mut json = String::with_capacity(self.shortest());
        for part in &self.parts {
            match part {
                Part::Literal(piece) => json.push_str(piece),
                Part::Value(variable) => {
                    let value = values.of(variable)?;
                    check_value(value).map_err(|why| Unfilled::unfit(variable, why))?;
                    push_escaped(&mut json, value);
                }
            }
        }
        if json.len() + beside > LONGEST {
            return Err(Unfilled::whole(format!(
                "has {} characters with the ARNs beside it; STS takes {LONGEST}",
                json.len() + beside
            )));
        }
        Ok(SessionPolicy(json))
    }
}

fn check_value(value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Err("is empty, which would leave a pattern open in a policy".to_owned());
    }
    // A `/` would let a user `a/b` into what `home/${user}/*` keeps for the user `a`.
    match value
        .chars()
        .position(|c| matches!(c, '*' | '?' | '$' | '/'))
    {
        Some(at) => Err(format!(
            "holds at character {} one of *, ?, $ and /, which are patterns, variables and ends of paths in a policy",
            at + 1
        )),
        None => Ok(()),
    }
}

/// Writes a policy without white space, and keeps what is to be filled in apart.
#[derive(Default)]
struct Writer {
    parts: Vec<Part>,
    literal: String,
    /// The way to what is being written.
    steps: Vec<Step>,
}

impl Writer {
    fn end_literal(&mut self) {
        if !self.literal.is_empty() {
            self.parts
                .push(Part::Literal(std::mem::take(&mut self.literal)));
        }
    }

    /// On an error, the steps lead to what is wrong.
    fn value(&mut self, value: &RawValue) -> Result<(), Misfit> {
        if self.steps.len() > DEEPEST {
            return Err(Misfit::new("is nested deeper than any policy"));
        }
        match value.get().bytes().next() {
            Some(b'{') => self.object(value),
            Some(b'[') => self.list(value),
            Some(b'"') => {
                self.literal.push('"');
                for part in parts_of(&decoded(value)?)? {
                    match part {
                        Part::Literal(text) => push_escaped(&mut self.literal, &text),
                        variable @ Part::Value(_) => {
                            self.end_literal();
                            self.parts.push(variable);
                        }
                    }
                }
                self.literal.push('"');
                Ok(())
            }
            _ => {
                self.literal.push_str(value.get());
                Ok(())
            }
        }
    }

    fn object(&mut self, value: &RawValue) -> Result<(), Misfit> {
        let members = Members::of(value).map_or_else(Vec::new, |members| members.0);
        let mut seen = HashSet::new();
        self.literal.push('{');
        for (index, member) in members.iter().enumerate() {
            self.steps
                .push(Step::Field(member.name.clone().into_owned().into()));
            if !seen.insert(member.name.as_ref()) {
                return Err(Misfit::new("stands there twice; write it once"));
            }
            if parts_of(&member.name)?
                .iter()
                .any(|part| matches!(part, Part::Value(_)))
            {
                return Err(Misfit::new(
                    "has a template in its name, where nothing is filled in; write the name out",
                ));
            }
            if index > 0 {
                self.literal.push(',');
            }
            self.literal.push('"');
            push_escaped(&mut self.literal, &member.name);
            self.literal.push_str("\":");
            self.value(member.value)?;
            self.steps.pop();
        }
        self.literal.push('}');
        Ok(())
    }

    fn list(&mut self, value: &RawValue) -> Result<(), Misfit> {
        let values: Vec<&RawValue> = serde_json::from_str(value.get()).unwrap_or_default();
        self.literal.push('[');
        for (index, value) in values.into_iter().enumerate() {
            self.steps.push(Step::Index(index));
            if index > 0 {
                self.literal.push(',');
            }
            self.value(value)?;
            self.steps.pop();
        }
        self.literal.push(']');
        Ok(())
    }
}

fn decoded(string: &RawValue) -> Result<String, Misfit> {
    serde_json::from_str(string.get())
        .map_err(|_| Misfit::new("holds half of a surrogate pair; write the whole character"))
}

#[cfg(test)]
#[path = "session_policy_tests.rs"]
mod tests;
