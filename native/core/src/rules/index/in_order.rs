//! Several ascending runs as one.

/// The numbers of several runs in ascending order, each once.
#[derive(Debug)]
pub(super) struct InOrder<'i>(Vec<&'i [u32]>);

impl<'i> InOrder<'i> {
    pub(super) fn new() -> Self {
        // Few requests find more.
        Self(Vec::with_capacity(8))
    }

    pub(super) fn add(&mut self, run: &'i [u32]) {
        if !run.is_empty() {
            self.0.push(run);
        }
    }
}

impl Iterator for InOrder<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let next = *self.0.iter().filter_map(|run| run.first()).min()?;
        for run in &mut self.0 {
            if let Some((first, rest)) = run.split_first()
                && *first == next
            {
                *run = rest;
            }
        }
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn all_come_in_order_and_once(
            runs in proptest::collection::vec(proptest::collection::btree_set(0_u32..30, 0..8), 0..6),
        ) {
            let slices: Vec<Vec<u32>> = runs.iter().map(|run| run.iter().copied().collect()).collect();
            let mut merged = InOrder::new();
            slices.iter().for_each(|slice| merged.add(slice));
            let all: BTreeSet<u32> = runs.into_iter().flatten().collect();
            prop_assert!(merged.eq(all));
        }
    }
}
