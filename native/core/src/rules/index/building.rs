//! Which rule is kept under which of its conditions.
//!
//! Rules that list many names each may be told apart in exponentially many ways. So each rule is
//! looked at again only where that promises something, and all in all a few times: where no more of
//! it is left, rules stay together, which gives a request too many of them and never too few.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::super::names::Names;
use super::super::pattern::Pattern;
use super::super::rule::Rule;
use super::anchor::Anchor;
use super::fact::{Kind, Kinds, folder, named};
use super::tree::{Found, Node, Run, Tree};

/// From here on rules under one fact are told apart by their other conditions.
const MANY: usize = 8;
/// So many times as much as all conditions list may be looked at again, below the root.
const AGAIN: usize = 8;
/// So much may be looked at in any case.
const ALWAYS: usize = 64 << 10;

/// A rule that is kept under a fact.
#[derive(Clone, Copy)]
struct Kept {
    fact: u32,
    number: u32,
    kind: Kind,
}

/// Makes a tree. None where there are more rules than 32 bits number.
pub(super) struct Builder<'r> {
    rules: &'r [Arc<Rule>],
    nodes: Vec<Node>,
    runs: Vec<u32>,
    /// How many values of conditions may still be looked at.
    left: usize,
}

/// Rules with the facts under which they are to be kept.
#[derive(Default)]
struct Spread {
    /// With all that is known of it so far.
    node: Node,
    always: Vec<u32>,
    /// By fact and number, each once.
    kept: Vec<Kept>,
    under_groups: Vec<u32>,
    under_paths: Vec<u32>,
}

impl<'r> Builder<'r> {
    pub(super) fn new(rules: &'r [Arc<Rule>]) -> Self {
        let listed: usize = rules
            .iter()
            .map(|rule| listed(rule, Kinds::default()))
            .sum();
        Self {
            rules,
            nodes: vec![],
            runs: vec![],
            left: listed.saturating_mul(AGAIN).saturating_add(ALWAYS),
        }
    }

    pub(super) fn build(mut self) -> Option<Tree> {
        let all: Vec<u32> = (0..u32::try_from(self.rules.len()).ok()?).collect();
        let spread = self.spread(&all, Kinds::default());
        let root = self.node(spread, Kinds::default())?;
        self.nodes.shrink_to_fit();
        self.runs.shrink_to_fit();
        Some(Tree {
            root,
            nodes: self.nodes,
            runs: self.runs,
        })
    }

    /// Keeps each rule under one of its conditions.
    fn spread(&self, numbers: &[u32], done: Kinds) -> Spread {
        let sharing = self.sharing(numbers, done);
        let mut spread = Spread {
            kept: Vec::with_capacity(numbers.len()),
            ..Spread::default()
        };
        let node = &mut spread.node;
        for number in numbers {
            let Some(anchor) = self.rarest(*number, done, &sharing) else {
                spread.always.push(*number);
                continue;
            };
            let kind = anchor.kind();
            node.kinds = node.kinds.with(kind);
            let kept = |kind, fact| Kept {
                fact,
                number: *number,
                kind,
            };
            anchor.facts(|fact| spread.kept.push(kept(kind, fact)));
            if let Anchor::Prefixes(prefixes) = anchor {
                node.kinds = node.kinds.with(Kind::Bucket);
                for written in prefixes.written() {
                    node.depths |= folder(written).1;
                    let bucket = named(Kind::Bucket, written.bucket);
                    spread.kept.push(kept(Kind::Bucket, bucket));
                }
                spread.under_paths.push(*number);
            }
            if anchor.needs_groups() {
                spread.under_groups.push(*number);
            }
        }
        let kept = &mut spread.kept;
        kept.sort_unstable_by_key(|kept| (kept.fact, kept.number));
        // A rule may name the same twice.
        kept.dedup_by_key(|kept| (kept.fact, kept.number));
        spread
    }

    fn node(&mut self, spread: Spread, done: Kinds) -> Option<Node> {
        let mut node = spread.node;
        node.always = self.run(&spread.always)?;
        self.keep(&mut node, &spread.kept, done)?;
        // Room for what is below.
        drop(spread.kept);
        let groups = done.with(Kind::Group).with(Kind::GroupMatching);
        node.groups_open = self.open(&spread.under_groups, groups)?;
        node.anywhere = self.open(&spread.under_paths, done.with(Kind::Path))?;
        Some(node)
    }

    /// How many rules share each fact.
    fn sharing(&self, numbers: &[u32], done: Kinds) -> FxHashMap<u32, u32> {
        let mut sharing = FxHashMap::default();
        sharing.reserve(numbers.len());
        for rule in self.among(numbers) {
            Anchor::each(rule, done, |anchor| {
                anchor.facts(|fact| *sharing.entry(fact).or_default() += 1);
            });
        }
        sharing
    }

    /// The condition under which a rule shares its place with the fewest others.
    fn rarest(
        &self,
        number: u32,
        done: Kinds,
        sharing: &FxHashMap<u32, u32>,
    ) -> Option<Anchor<'r>> {
        let mut rarest: Option<(u64, Anchor<'r>)> = None;
        Anchor::each(self.rule(number)?, done, |anchor| {
            let mut shared = 0;
            anchor.facts(|fact| shared += sharing.get(&fact).copied().map_or(0, u64::from));
            if rarest.is_none_or(|(least, _)| shared < least) {
                rarest = Some((shared, anchor));
            }
        });
        rarest.map(|(_, anchor)| anchor)
    }

    /// Fills a node's table.
    fn keep(&mut self, node: &mut Node, all_kept: &[Kept], done: Kinds) -> Option<()> {
        node.found
            .reserve(all_kept.chunk_by(Kept::same_fact).count());
        for sharing in all_kept.chunk_by(Kept::same_fact) {
            let Some(Kept { fact, number, kind }) = sharing.first().copied() else {
                continue;
            };
            let found = if sharing.len() == 1 {
                Found::One(number)
            } else {
                let numbers: Vec<u32> = sharing.iter().map(|kept| kept.number).collect();
                // Of a hash that two kinds share neither is decided.
                let decided = match kind {
                    _ if sharing.iter().any(|kept| kept.kind != kind) => None,
                    // Where only the bucket is known, folders tell nothing apart.
                    Kind::Bucket => Some(done.with(Kind::Path)),
                    kind => Some(done.with(kind)),
                };
                match decided {
                    Some(done) if numbers.len() > MANY => self.below(&numbers, done)?,
                    _ => Found::Run(self.run(&numbers)?),
                }
            };
            node.found.insert(fact, found);
        }
        Some(())
    }

    /// What leads to rules whose conditions of one kind can't be looked up, where there are any.
    #[expect(clippy::option_option, reason = "the outer one is that of `build`")]
    fn open(&mut self, numbers: &[u32], done: Kinds) -> Option<Option<Found>> {
        if numbers.is_empty() {
            return Some(None);
        }
        self.below(numbers, done).map(Some)
    }

    /// A node for rules, or all of them where their other conditions do not tell them apart or too
    /// much was looked at before.
    fn below(&mut self, numbers: &[u32], done: Kinds) -> Option<Found> {
        let listed = self.among(numbers).map(|rule| listed(rule, done)).sum();
        if let Some(left) = self.left.checked_sub(listed) {
            self.left = left;
            let spread = self.spread(numbers, done);
            if spread.tells_apart(numbers.len()) {
                let node = self.node(spread, done)?;
                let place = u32::try_from(self.nodes.len()).ok()?;
                self.nodes.push(node);
                return Some(Found::Node(place));
            }
        }
        self.run(numbers).map(Found::Run)
    }

    fn run(&mut self, numbers: &[u32]) -> Option<Run> {
        let start = u32::try_from(self.runs.len()).ok()?;
        let length = u32::try_from(numbers.len()).ok()?;
        self.runs.extend_from_slice(numbers);
        Some(Run { start, length })
    }

    fn rule(&self, number: u32) -> Option<&'r Rule> {
        let number = usize::try_from(number).ok()?;
        self.rules.get(number).map(AsRef::as_ref)
    }

    fn among(&self, numbers: &[u32]) -> impl Iterator<Item = &'r Rule> {
        numbers.iter().filter_map(|number| self.rule(*number))
    }
}

impl Kept {
    fn same_fact(&self, other: &Self) -> bool {
        self.fact == other.fact
    }
}

impl Spread {
    /// Whether a node of these rules is worth its place: they are kept about once each, or no fact
    /// leads to most of them.
    fn tells_apart(&self, rules: usize) -> bool {
        // All paths are in a few buckets; what those lead to is told apart by something else.
        let facts = || {
            self.kept
                .chunk_by(Kept::same_fact)
                .filter(|sharing| sharing.iter().any(|kept| kept.kind != Kind::Bucket))
                .map(<[Kept]>::len)
        };
        !self.kept.is_empty()
            && (facts().sum::<usize>() <= 2 * rules
                || facts().max().is_some_and(|most| most <= rules / 2))
    }
}

/// What is looked at of a rule where the conditions of the kinds `done` are decided.
fn listed(rule: &Rule, done: Kinds) -> usize {
    let conditions = &rule.conditions;
    let names = |kind, names: &Option<Names>| match names {
        Some(names) if !done.has(kind) => names.as_slice().len(),
        _ => 0,
    };
    let patterns = |kind, patterns: &Option<Vec<Pattern>>| match patterns {
        Some(patterns) if !done.has(kind) => patterns.len(),
        _ => 0,
    };
    let conf: usize = if done.has(Kind::Conf) {
        0
    } else {
        let values = conditions.conf.iter().map(|(_, names)| names);
        values.map(|names| names.as_slice().len()).sum()
    };
    1 + names(Kind::User, &conditions.users)
        + patterns(Kind::UserMatching, &conditions.users_matching)
        + names(Kind::Principal, &conditions.principals)
        + names(Kind::RealUser, &conditions.real_users)
        + conf
        // Also where paths are decided: groups are asked for after all of them.
        + conditions.prefixes.as_ref().map_or(0, Vec::len)
        + names(Kind::Group, &conditions.groups)
        + patterns(Kind::GroupMatching, &conditions.groups_matching)
}

#[cfg(test)]
#[path = "building_tests.rs"]
mod tests;
