//! Which rule is kept under which of its conditions.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::super::names::Names;
use super::super::pattern::Pattern;
use super::super::prefix::Prefix;
use super::super::rule::Rule;
use super::fact::{Kind, Kinds, folder, named, numbered, set};
use super::{Index, Kept, Node, Run};

/// From here on rules under one fact are told apart by their other conditions.
const MANY: usize = 8;

/// A condition that a rule may be kept under.
#[derive(Clone, Copy)]
enum Anchor<'r> {
    Names(Kind, &'r Names),
    Matching(Kind, &'r [Pattern]),
    Conf(&'r str, &'r Names),
    Prefixes(&'r [Prefix]),
}

impl<'r> Anchor<'r> {
    fn kind(self) -> Kind {
        match self {
            Self::Names(kind, _) | Self::Matching(kind, _) => kind,
            Self::Conf(..) => Kind::Conf,
            Self::Prefixes(_) => Kind::Path,
        }
    }

    /// The facts of which one must hold. A request that does not know its key has none of these for
    /// prefixes.
    fn facts(self, tell: &mut impl FnMut(u64)) {
        match self {
            Self::Names(kind, names) => names.iter().for_each(|name| tell(named(kind, name))),
            Self::Matching(kind, patterns) => patterns
                .iter()
                .for_each(|pattern| tell(numbered(kind, pattern.id()))),
            Self::Conf(key, values) => values.iter().for_each(|value| tell(set(key, value))),
            Self::Prefixes(prefixes) => prefixes
                .iter()
                .filter_map(Prefix::written)
                .for_each(|written| tell(folder(written).0)),
        }
    }

    /// Tells the conditions of a rule under which it may be kept where those of the kinds `done` are
    /// decided. If one of them is false, the walk passes the rule by: nothing that is examined
    /// before can fail or need the caller's groups, where these count as known.
    fn each(rule: &'r Rule, done: Kinds, mut tell: impl FnMut(Self)) {
        let conditions = &rule.conditions;
        let mut tell = |anchor: Self| {
            if !done.has(anchor.kind()) {
                tell(anchor);
            }
        };
        for (kind, names) in [
            (Kind::User, &conditions.users),
            (Kind::Principal, &conditions.principals),
            (Kind::RealUser, &conditions.real_users),
        ] {
            if let Some(names) = names {
                tell(Self::Names(kind, names));
            }
        }
        if let Some(patterns) = &conditions.users_matching {
            tell(Self::Matching(Kind::UserMatching, patterns));
        }
        for (key, values) in &conditions.conf {
            tell(Self::Conf(key, values));
        }
        let prefixes = conditions.prefixes.as_deref().unwrap_or_default();
        // With `${group}` in a prefix, groups are examined before prefixes, else after them.
        let groups_first = prefixes.iter().any(Prefix::needs_group);
        if !prefixes.is_empty()
            && !groups_first
            && prefixes.iter().all(|prefix| prefix.written().is_some())
        {
            tell(Self::Prefixes(prefixes));
        }
        if groups_first || prefixes.iter().all(Prefix::is_written) {
            if let Some(names) = &conditions.groups {
                tell(Self::Names(Kind::Group, names));
            }
            if let Some(patterns) = &conditions.groups_matching {
                tell(Self::Matching(Kind::GroupMatching, patterns));
            }
        }
    }
}

/// Makes an index.
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

    pub(super) fn build(mut self) -> Index {
        // A file with more rules than that does not fit into memory.
        let all: Vec<u32> = (0..).take(self.rules.len()).collect();
        let root = self.node(&all, Kinds::default());
        self.nodes.shrink_to_fit();
        self.runs.shrink_to_fit();
        Index {
            root,
            nodes: self.nodes,
            runs: self.runs,
        }
    }

    fn node(&mut self, numbers: &[u32], done: Kinds) -> Node {
        let mut sharing: FxHashMap<u64, u32> = FxHashMap::default();
        for rule in self.among(numbers) {
            Anchor::each(rule, done, |anchor| {
                anchor.facts(&mut |fact| *sharing.entry(fact).or_default() += 1);
            });
        }
        let mut node = Node::default();
        let mut always = vec![];
        let mut pairs = vec![];
        let mut under_groups = vec![];
        let mut under_paths = vec![];
        for number in numbers {
            let Some(anchor) = self.rarest(*number, done, &sharing) else {
                always.push(*number);
                continue;
            };
            let kind = anchor.kind();
            node.kinds = node.kinds.with(kind);
            anchor.facts(&mut |fact| pairs.push((kind, fact, *number)));
            match anchor {
                Anchor::Prefixes(prefixes) => {
                    node.kinds = node.kinds.with(Kind::Bucket);
                    for written in prefixes.iter().filter_map(Prefix::written) {
                        node.depths |= folder(written).1;
                        pairs.push((Kind::Bucket, named(Kind::Bucket, written.bucket), *number));
                    }
                    under_paths.push(*number);
                }
                Anchor::Names(Kind::Group, _) | Anchor::Matching(Kind::GroupMatching, _) => {
                    under_groups.push(*number);
                }
                _ => {}
            }
        }
        drop(sharing);
        node.always = self.run(&always);
        drop(always);
        self.keep(&mut node, pairs, done);
        let groups = done.with(Kind::Group).with(Kind::GroupMatching);
        node.groups_open = self.below(&under_groups, groups);
        node.anywhere = self.below(&under_paths, done.with(Kind::Path));
        node
    }

    /// The condition under which a rule shares its place with the fewest others.
    fn rarest(
        &self,
        number: u32,
        done: Kinds,
        sharing: &FxHashMap<u64, u32>,
    ) -> Option<Anchor<'r>> {
        let mut rarest: Option<(u64, Anchor<'r>)> = None;
        Anchor::each(self.rule(number)?, done, |anchor| {
            let mut shared = 0;
            anchor.facts(&mut |fact| {
                shared += sharing.get(&fact).copied().map_or(0, u64::from);
            });
            if rarest.is_none_or(|(least, _)| shared < least) {
                rarest = Some((shared, anchor));
            }
        });
        rarest.map(|(_, anchor)| anchor)
    }

    /// Fills a node's table.
    fn keep(&mut self, node: &mut Node, mut pairs: Vec<(Kind, u64, u32)>, done: Kinds) {
        pairs.sort_unstable_by_key(|(_, fact, number)| (*fact, *number));
        pairs.dedup_by_key(|(_, fact, number)| (*fact, *number));
        let same = |left: &(Kind, u64, u32), right: &(Kind, u64, u32)| left.1 == right.1;
        node.kept.reserve(pairs.chunk_by(same).count());
        for sharing in pairs.chunk_by(same) {
            let kept = match sharing {
                [] => continue,
                [(_, _, number)] => Kept::One(*number),
                [(kind, ..), ..] => {
                    let numbers: Vec<u32> = sharing.iter().map(|(.., number)| *number).collect();
                    // Whose bucket is known is not told apart by folders any more.
                    let done = done.with(match kind {
                        Kind::Bucket => Kind::Path,
                        kind => *kind,
                    });
                    // Of equal hashes of two kinds the condition of one is not decided.
                    let one_kind = sharing.iter().all(|(other, ..)| other == kind);
                    if numbers.len() > MANY && one_kind && self.can_be_told_apart(&numbers, done) {
                        match self.below(&numbers, done) {
                            Some(below) => Kept::Node(below),
                            None => Kept::Run(self.run(&numbers)),
                        }
                    } else {
                        Kept::Run(self.run(&numbers))
                    }
                }
            };
            if let Some((_, fact, _)) = sharing.first() {
                node.kept.insert(*fact, kept);
            }
        }
    }

    fn can_be_told_apart(&self, numbers: &[u32], done: Kinds) -> bool {
        self.among(numbers).any(|rule| {
            let mut any = false;
            Anchor::each(rule, done, |_| any = true);
            any
        })
    }

    fn below(&mut self, numbers: &[u32], done: Kinds) -> Option<u32> {
        if numbers.is_empty() {
            return None;
        }
        let node = self.node(numbers, done);
        let number = u32::try_from(self.nodes.len()).ok()?;
        self.nodes.push(node);
        Some(number)
    }

    fn run(&mut self, numbers: &[u32]) -> Run {
        let (Ok(start), Ok(length)) = (
            u32::try_from(self.runs.len()),
            u32::try_from(numbers.len()),
        ) else {
            // More than 16 GiB of them: no memory holds the rules themselves.
            return Run::default();
        };
        self.runs.extend_from_slice(numbers);
        Run { start, length }
    }

    fn rule(&self, number: u32) -> Option<&'r Rule> {
        let number = usize::try_from(number).ok()?;
        self.rules.get(number).map(AsRef::as_ref)
    }

    fn among(&self, numbers: &[u32]) -> impl Iterator<Item = &'r Rule> {
        numbers.iter().filter_map(|number| self.rule(*number))
    }
}
