//! Which rules may match a request, found without looking at the others.
//!
//! Each rule is kept under one of its conditions: the one whose values the fewest rules share. A
//! request knows what it is (its user, the folders above its key, its groups, …), looks each of these
//! up, and is given the rules kept there in their order. A rule that is not given has a condition that
//! is false for this request, and none before it that could fail. So a walk through the given rules
//! ends as a walk through all of them does.
//!
//! What is looked up are hashes. Where two texts share one, a rule too many is given, and the walk
//! passes it by.

mod building;
mod fact;
mod in_order;

use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use self::building::Builder;
use self::fact::Kinds;
use self::in_order::InOrder;
use super::rule::Rule;

pub(crate) use self::fact::{Asked, Place};

/// The index of a version of the rules. Made once, read by all threads.
#[derive(Clone)]
pub(crate) struct Index {
    root: Node,
    nodes: Vec<Node>,
    /// Rules by their number, in ascending runs.
    runs: Vec<u32>,
}

/// Some of the rules, each under one of its conditions.
#[derive(Clone, Debug, Default)]
struct Node {
    /// Those without a condition to be kept under.
    always: Run,
    /// What is kept under what.
    kept: FxHashMap<u64, Kept>,
    /// The kinds of conditions that rules are kept under here.
    kinds: Kinds,
    /// How many folders there are above what rules are kept under, a bit each.
    depths: u32,
    /// The rules kept under groups, for callers whose groups are not known.
    groups_open: Option<u32>,
    /// The rules kept under paths, for locations that are not known.
    anywhere: Option<u32>,
}

/// What one fact leads to.
#[derive(Clone, Copy, Debug)]
enum Kept {
    /// A single rule.
    One(u32),
    /// A few.
    Run(Run),
    /// So many that their other conditions tell them apart.
    Node(u32),
}

/// A part of [`Index::runs`].
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    start: u32,
    length: u32,
}

impl Index {
    /// The index of rules in their order.
    pub(super) fn of(rules: &[Arc<Rule>]) -> Self {
        Builder::new(rules).build()
    }

    /// The numbers of all rules that may match, or with which a walk may come to its end, in
    /// ascending order.
    pub(crate) fn candidates(&self, asked: &Asked<'_>) -> impl Iterator<Item = usize> {
        let mut found = InOrder::new();
        self.collect(&self.root, asked, &mut found);
        found.filter_map(|number| usize::try_from(number).ok())
    }

    fn collect<'i>(&'i self, node: &'i Node, asked: &Asked<'_>, found: &mut InOrder<'i>) {
        found.add(self.run(node.always));
        asked.facts(node.kinds, node.depths, &mut |fact| {
            match node.kept.get(&fact) {
                None => {}
                Some(Kept::One(number)) => found.add(std::slice::from_ref(number)),
                Some(Kept::Run(run)) => found.add(self.run(*run)),
                Some(Kept::Node(below)) => self.collect_below(Some(*below), asked, found),
            }
        });
        if asked.groups.is_none() {
            self.collect_below(node.groups_open, asked, found);
        }
        if asked.place == Place::Unknown {
            self.collect_below(node.anywhere, asked, found);
        }
    }

    fn collect_below<'i>(
        &'i self,
        below: Option<u32>,
        asked: &Asked<'_>,
        found: &mut InOrder<'i>,
    ) {
        let below = below.and_then(|below| usize::try_from(below).ok());
        if let Some(node) = below.and_then(|below| self.nodes.get(below)) {
            self.collect(node, asked, found);
        }
    }

    fn run(&self, run: Run) -> &[u32] {
        let start = usize::try_from(run.start).unwrap_or(usize::MAX);
        let length = usize::try_from(run.length).unwrap_or_default();
        self.runs
            .get(start..start.saturating_add(length))
            .unwrap_or_default()
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("nodes", &self.nodes.len())
            .finish_non_exhaustive()
    }
}
