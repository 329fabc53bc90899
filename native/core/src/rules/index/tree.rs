//! The rules, each under one of its conditions.

use rustc_hash::FxHashMap;

use super::fact::{Asked, Kinds, Where};
use super::in_order::InOrder;

/// All rules.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) root: Node,
    pub(super) nodes: Vec<Node>,
    /// Rules by their number, in ascending runs.
    pub(super) runs: Vec<u32>,
}

/// Some of the rules, each under one of its conditions.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Those without a condition to be kept under.
    pub(super) always: Run,
    /// What each fact leads to.
    pub(super) found: FxHashMap<u32, Found>,
    /// The kinds of conditions that rules are kept under here.
    pub(super) kinds: Kinds,
    /// How many folders there are above what rules are kept under, a bit each.
    pub(super) depths: u32,
    /// The rules kept under groups, for callers whose groups are not known.
    pub(super) groups_open: Option<u32>,
    /// The rules kept under paths, for locations that are not known.
    pub(super) anywhere: Option<u32>,
}

/// What one fact leads to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found {
    /// A single rule.
    One(u32),
    /// A few.
    Run(Run),
    /// So many that their other conditions tell them apart.
    Node(u32),
}

/// A part of [`Tree::runs`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run {
    pub(super) start: u32,
    pub(super) length: u32,
}

impl Tree {
    /// The numbers of all rules that may match, or with which a walk may come to its end.
    pub(super) fn candidates(&self, asked: &Asked<'_>) -> InOrder<'_> {
        let mut found = InOrder::new();
        self.collect(&self.root, asked, &mut found);
        found
    }

    fn collect<'i>(&'i self, node: &'i Node, asked: &Asked<'_>, found: &mut InOrder<'i>) {
        found.add(self.run(node.always));
        asked.facts(
            node.kinds,
            node.depths,
            &mut |fact| match node.found.get(&fact) {
                None => {}
                Some(Found::One(number)) => found.add(std::slice::from_ref(number)),
                Some(Found::Run(run)) => found.add(self.run(*run)),
                Some(Found::Node(below)) => self.collect_below(Some(*below), asked, found),
            },
        );
        if asked.groups.is_none() {
            self.collect_below(node.groups_open, asked, found);
        }
        if asked.place == Where::Unknown {
            self.collect_below(node.anywhere, asked, found);
        }
    }

    fn collect_below<'i>(&'i self, below: Option<u32>, asked: &Asked<'_>, found: &mut InOrder<'i>) {
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
