//! From what the rules ask of STS to the policies that allow it.

use std::collections::{BTreeMap, BTreeSet};

use rolecall_core::rules::{Assumption, Assumptions, BaseSource};

use super::asked::{Asked, open, pattern};
use super::policy::Policy;
use super::principal::Principal;

/// IAM's limit on a managed policy, without white space.
const LONGEST_POLICY: usize = 6144;
/// IAM's limit on a trust policy where nobody asked for a higher one.
const LONGEST_TRUST: usize = 2048;
/// What STS gives unasked, and the least that a role's own maximum can be, in seconds.
const USUAL_SECONDS: u64 = 3600;

/// Everything that has to be allowed.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    pub bases: Vec<BaseNeeds>,
    pub roles: Vec<RoleNeeds>,
    /// What could not be written, and why.
    pub left_out: Vec<String>,
}

/// What a base must be allowed by its own policy.
#[derive(Clone, Debug)]
pub struct BaseNeeds {
    /// Where its credentials come from, as the rules name it.
    pub base: String,
    pub principal: Principal,
    pub policy: Policy,
    pub notes: BTreeSet<String>,
}

/// Whom a role must trust.
#[derive(Clone, Debug)]
pub struct RoleNeeds {
    /// The role's ARN; `*` stands for what is open.
    pub arn: String,
    /// Whether nothing is open.
    pub is_known: bool,
    /// The rules that assume it.
    pub rules: BTreeSet<String>,
    pub trust: Policy,
    /// What the role's own maximum has to be at least, where that is more than an hour.
    pub max_session_seconds: Option<u64>,
    pub notes: BTreeSet<String>,
}

impl RoleNeeds {
    /// The account that it belongs to.
    pub fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }

    /// Its path with both slashes, and its name.
    pub fn path_and_name(&self) -> (String, &str) {
        let (_, resource) = self.arn.split_once(":role/").unwrap_or(("", &self.arn));
        match resource.rsplit_once('/') {
            Some((path, name)) => (format!("/{path}/"), name),
            None => ("/".to_owned(), resource),
        }
    }
}

/// Who a base is.
pub struct Bases {
    /// The base of the rules that name none of their own.
    pub main: Option<BaseSource>,
    pub main_principal: Principal,
    /// Those of the other bases.
    pub others: BTreeMap<String, Principal>,
}

impl Bases {
    fn principal(&self, base: Option<&BaseSource>) -> Option<&Principal> {
        if base == self.main.as_ref() {
            return Some(&self.main_principal);
        }
        self.others.get(&name(base))
    }
}

/// A base as the rules name it.
pub fn name(base: Option<&BaseSource>) -> String {
    base.map_or_else(|| "of the settings".to_owned(), ToString::to_string)
}

impl Needs {
    /// What these assumptions need.
    pub fn of(assumptions: &Assumptions, bases: &Bases) -> Self {
        let mut needs = Self::default();
        let main = name(bases.main.as_ref());
        needs.base(&main, &bases.main_principal);
        let mut unnamed: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for assumption in &assumptions.asked {
            let base = name(assumption.base.as_ref());
            let Some(principal) = bases.principal(assumption.base.as_ref()) else {
                unnamed.entry(base).or_default().insert(&assumption.rule);
                continue;
            };
            if let Some(what) = other_partition(assumption, principal) {
                needs.left_out.push(what);
                continue;
            }
            let asked = Asked::of(assumption);
            let of_base = needs.base(&base, principal);
            for statement in asked.of_the_base() {
                of_base.policy.add(statement);
            }
            needs.role(assumption, principal, &asked);
        }
        for (base, rules) in unnamed {
            let rules: Vec<String> = rules.iter().map(|rule| format!("`{rule}`")).collect();
            needs.left_out.push(format!(
                "the base {base} of {} {}: say whose it is by --other-base '{base}=ARN'",
                if rules.len() == 1 { "rule" } else { "rules" },
                rules.join(", ")
            ));
        }
        let unfit = assumptions.unfit.iter().map(ToString::to_string);
        needs.left_out.extend(unfit);
        needs.finish();
        needs
    }

    /// All accounts in which something has to be allowed.
    pub fn accounts(&self) -> BTreeSet<&str> {
        let bases = self.allowed_bases().map(|base| base.principal.account());
        let known = self.roles.iter().filter(|role| role.is_known);
        bases.chain(known.map(RoleNeeds::account)).collect()
    }

    /// The bases that have to be allowed something.
    pub fn allowed_bases(&self) -> impl Iterator<Item = &BaseNeeds> {
        self.bases.iter().filter(|base| !base.policy.is_empty())
    }

    /// The needs of the main base.
    pub fn main(&mut self) -> Option<&mut BaseNeeds> {
        self.bases.first_mut()
    }

    fn base(&mut self, base: &str, principal: &Principal) -> &mut BaseNeeds {
        let found = self.bases.iter().position(|known| known.base == base);
        let at = found.unwrap_or_else(|| {
            self.bases.push(BaseNeeds {
                base: base.to_owned(),
                principal: principal.clone(),
                policy: Policy::default(),
                notes: BTreeSet::new(),
            });
            self.bases.len() - 1
        });
        #[expect(
            clippy::indexing_slicing,
            reason = "it was found or pushed right above"
        )]
        &mut self.bases[at]
    }

    fn role(&mut self, assumption: &Assumption, principal: &Principal, asked: &Asked<'_>) {
        let arn = pattern(&assumption.role);
        let found = self.roles.iter().position(|known| known.arn == arn);
        let at = found.unwrap_or_else(|| {
            self.roles.push(RoleNeeds {
                arn,
                is_known: assumption.role.is_known(),
                rules: BTreeSet::new(),
                trust: Policy::default(),
                max_session_seconds: None,
                notes: BTreeSet::new(),
            });
            self.roles.len() - 1
        });
        #[expect(
            clippy::indexing_slicing,
            reason = "it was found or pushed right above"
        )]
        let role = &mut self.roles[at];
        role.rules.insert(assumption.rule.clone());
        if let Some(comment) = open(&assumption.role, "the role", &assumption.rule) {
            role.notes.insert(comment);
        }
        let seconds = assumption.duration.map(|duration| duration.as_secs());
        role.max_session_seconds = role
            .max_session_seconds
            .max(seconds.filter(|seconds| *seconds > USUAL_SECONDS));
        for statement in asked.of_the_role(principal) {
            role.trust.add(statement);
        }
    }

    /// Makes policies short, and notes where they are not short enough.
    fn finish(&mut self) {
        for base in &mut self.bases {
            base.policy.unite();
            let length = base.policy.length();
            if length > LONGEST_POLICY {
                base.notes.insert(format!(
                    "it has {length} characters, and IAM takes {LONGEST_POLICY} in one managed policy: part it in two, or give the roles a path of their own and allow that"
                ));
            }
        }
        for role in &mut self.roles {
            role.trust.unite();
            let length = role.trust.length();
            if length > LONGEST_TRUST {
                role.notes.insert(format!(
                    "its trust policy has {length} characters, and IAM takes {LONGEST_TRUST} unless a higher quota was asked for"
                ));
            }
            if asks_with_and_without_external_id(&role.trust) {
                role.notes.insert(
                    "some rules give an external ID and others none, so that it keeps nobody out"
                        .to_owned(),
                );
            }
        }
    }
}

fn other_partition(assumption: &Assumption, principal: &Principal) -> Option<String> {
    let arn = assumption.role.to_string();
    let partition = arn.split(':').nth(1).unwrap_or_default();
    (partition != principal.partition()).then(|| {
        format!(
            "rule `{}`: its role is in the partition {partition}, where no identity of the partition {} can assume it",
            assumption.rule,
            principal.partition()
        )
    })
}

fn asks_with_and_without_external_id(trust: &Policy) -> bool {
    let assuming = trust
        .statements()
        .iter()
        .filter(|statement| statement.actions.contains("sts:AssumeRole"));
    let with: BTreeSet<bool> = assuming
        .map(|statement| {
            statement
                .conditions
                .keys()
                .any(|(_, key)| key == "sts:ExternalId")
        })
        .collect();
    with.len() == 2
}
