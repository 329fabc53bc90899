//! Which rule is kept under which of its conditions.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::super::rule::Rule;
use super::anchor::Anchor;
use super::fact::{Kind, Kinds, folder, named};
use super::tree::{Found, Node, Run, Tree};

/// From here on rules under one fact are told apart by their other conditions.
const MANY: usize = 8;

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
}

impl<'r> Builder<'r> {
    pub(super) fn new(rules: &'r [Arc<Rule>]) -> Self {
        Self {
            rules,
            nodes: vec![],
            runs: vec![],
        }
    }

    pub(super) fn build(mut self) -> Option<Tree> {
        let all: Vec<u32> = (0..u32::try_from(self.rules.len()).ok()?).collect();
        let root = self.node(&all, Kinds::default())?;
        self.nodes.shrink_to_fit();
        self.runs.shrink_to_fit();
        Some(Tree {
            root,
            nodes: self.nodes,
            runs: self.runs,
        })
    }

    fn node(&mut self, numbers: &[u32], done: Kinds) -> Option<Node> {
        let sharing = self.sharing(numbers, done);
        let mut node = Node::default();
        let mut always = vec![];
        let mut all_kept = Vec::with_capacity(numbers.len());
        let mut under_groups = vec![];
        let mut under_paths = vec![];
        for number in numbers {
            let Some(anchor) = self.rarest(*number, done, &sharing) else {
                always.push(*number);
                continue;
            };
            let kind = anchor.kind();
            node.kinds = node.kinds.with(kind);
            let kept = |kind, fact| Kept {
                fact,
                number: *number,
                kind,
            };
            anchor.facts(|fact| all_kept.push(kept(kind, fact)));
            if let Anchor::Prefixes(prefixes) = anchor {
                node.kinds = node.kinds.with(Kind::Bucket);
                for written in prefixes.written() {
                    node.depths |= folder(written).1;
                    all_kept.push(kept(Kind::Bucket, named(Kind::Bucket, written.bucket)));
                }
                under_paths.push(*number);
            }
            if anchor.needs_groups() {
                under_groups.push(*number);
            }
        }
        drop(sharing);
        node.always = self.run(&always)?;
        self.keep(&mut node, all_kept, done)?;
        let groups = done.with(Kind::Group).with(Kind::GroupMatching);
        node.groups_open = self.below(&under_groups, groups)?;
        node.anywhere = self.below(&under_paths, done.with(Kind::Path))?;
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
    fn keep(&mut self, node: &mut Node, mut all_kept: Vec<Kept>, done: Kinds) -> Option<()> {
        all_kept.sort_unstable_by_key(|kept| (kept.fact, kept.number));
        // A rule may name the same twice.
        all_kept.dedup_by_key(|kept| (kept.fact, kept.number));
        let same_fact = |one: &Kept, other: &Kept| one.fact == other.fact;
        node.found.reserve(all_kept.chunk_by(same_fact).count());
        for sharing in all_kept.chunk_by(same_fact) {
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
                    Some(done) if numbers.len() > MANY && self.differ(&numbers, done) => {
                        Found::Node(self.below(&numbers, done)??)
                    }
                    _ => Found::Run(self.run(&numbers)?),
                }
            };
            node.found.insert(fact, found);
        }
        Some(())
    }

    /// Whether other conditions may tell rules apart.
    fn differ(&self, numbers: &[u32], done: Kinds) -> bool {
        self.among(numbers).any(|rule| {
            let mut any = false;
            Anchor::each(rule, done, |_| any = true);
            any
        })
    }

    /// Makes a node for rules, where there are any.
    #[expect(clippy::option_option, reason = "the outer one is that of `build`")]
    fn below(&mut self, numbers: &[u32], done: Kinds) -> Option<Option<u32>> {
        if numbers.is_empty() {
            return Some(None);
        }
        let node = self.node(numbers, done)?;
        let place = u32::try_from(self.nodes.len()).ok()?;
        self.nodes.push(node);
        Some(Some(place))
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
