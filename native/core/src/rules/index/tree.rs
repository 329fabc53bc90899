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
    pub(super) groups_open: Option<Found>,
    /// The rules kept under paths, for locations that are not known.
    pub(super) anywhere: Option<Found>,
}

/// What one fact leads to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found {
    /// A single rule.
    One(u32),
    /// A few, or more that nothing tells apart.
    Run(Run),
    /// Many that their other conditions tell apart.
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
        asked.facts(node.kinds, node.depths, &mut |fact| {
            if let Some(below) = node.found.get(&fact) {
                self.collect_below(below, asked, found);
            }
        });
        if asked.groups.is_none()
            && let Some(below) = &node.groups_open
        {
            self.collect_below(below, asked, found);
        }
        if asked.place == Where::Unknown
            && let Some(below) = &node.anywhere
        {
            self.collect_below(below, asked, found);
        }
    }

    fn collect_below<'i>(&'i self, below: &'i Found, asked: &Asked<'_>, found: &mut InOrder<'i>) {
        match below {
            Found::One(number) => found.add(std::slice::from_ref(number)),
            Found::Run(run) => found.add(self.run(*run)),
            Found::Node(node) => {
                let place = usize::try_from(*node).ok();
                if let Some(node) = place.and_then(|place| self.nodes.get(place)) {
                    self.collect(node, asked, found);
                }
            }
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
