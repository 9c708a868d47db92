//! Which parts of a region hold a loop that is fair.
//!
//! A component that misses weak fairness is dropped: no loop inside it takes more edges or visits
//! a state that disables more. One that misses strong fairness loses the states that enable the
//! constraint, and what remains is taken apart again and judged afresh. Stuttering is allowed in
//! every state, so that a single state is a component.

use super::bits::Bits;
use super::components::{Tarjan, Walk};
use super::labels::Labelled;
use super::property::Specification;
use super::tally::Tally;
use super::watch::Watch;

/// The mark of a state on no fair loop.
const OUT: u32 = 0;

/// The mark of every state that is a fair component by itself: it may stutter there for ever.
pub(super) const ALONE: u32 = 1;

/// For each state, the fair component that holds it, if one does.
pub(super) struct Fair {
    marks: Vec<u32>,
}

impl Fair {
    /// The number of the state's fair component.
    pub(super) fn component(&self, number: u32) -> Option<u32> {
        let mark = self.marks[number as usize];
        (mark != OUT).then_some(mark)
    }
}

/// The most bytes that the search over so many states holds.
pub(super) fn bytes(len: usize) -> u64 {
    (len * 2 * size_of::<u32>()) as u64 + Tarjan::bytes(len)
}

/// Every fair component of a region; with `visiting`, those that hold such a state.
///
/// `None` if there is none.
pub(super) fn fair_components<M: Specification>(
    labelled: &Labelled<'_, M>,
    inside: &Bits,
    visiting: Option<&Bits>,
    watch: &mut Watch<'_>,
) -> Result<Option<Fair>, String> {
    let len = labelled.graph.len();
    let tally = Tally::new(labelled.class_count());
    let mut search = Search {
        labelled,
        visiting,
        watch,
        marks: vec![OUT; len],
        last_mark: ALONE,
        pending: Vec::new(),
        tally,
        found: false,
    };
    let mut tarjan = Tarjan::new(len);
    tarjan.walk(inside.iter(), &mut search)?;
    while let Some(nodes) = search.pending.pop() {
        tarjan.walk(nodes.iter().copied(), &mut search)?;
    }
    Ok(search.found.then_some(Fair { marks: search.marks }))
}

struct Search<'a, 'w, M: Specification> {
    labelled: &'a Labelled<'a, M>,
    visiting: Option<&'a Bits>,
    watch: &'a mut Watch<'w>,
    /// The fair component of each state; and the one being judged, while it is.
    marks: Vec<u32>,
    last_mark: u32,
    /// What strong fairness left of components, to be taken apart again.
    pending: Vec<Vec<u32>>,
    tally: Tally,
    found: bool,
}

impl<M: Specification> Search<'_, '_, M> {
    fn mark(&mut self, nodes: &[u32], mark: u32) {
        for &node in nodes {
            self.marks[node as usize] = mark;
        }
    }

    fn judge_alone(&mut self, node: u32) {
        let is_visited = self.visiting.is_none_or(|visiting| visiting.get(node));
        let is_fair = is_visited && self.labelled.enabled(node).next().is_none();
        self.marks[node as usize] = if is_fair { ALONE } else { OUT };
        self.found |= is_fair;
    }

    fn judge(&mut self, nodes: &[u32]) -> Result<(), String> {
        let visits = |visiting: &Bits| nodes.iter().any(|&node| visiting.get(node));
        if !self.visiting.is_none_or(visits) {
            return Ok(());
        }
        self.last_mark += 1;
        let mark = self.last_mark;
        self.mark(nodes, mark);
        self.tally.clear();
        for &node in nodes {
            self.watch.tick()?;
            self.tally.visit(self.labelled.enabled(node));
            for (_, edge, class) in self.labelled.steps(node, 0) {
                // Far states are looked at only where something hangs on it.
                if !self.tally.is_taken(class) && self.marks[edge.target as usize] == mark {
                    self.tally.take(class);
                }
            }
        }
        let unmet = self.tally.unmet(self.labelled);
        if unmet.is_empty() {
            self.found = true;
            return Ok(());
        }
        self.mark(nodes, OUT);
        // What misses weak fairness holds no part that meets it.
        if !unmet.iter().any(|&class| self.labelled.is_weak(class)) {
            let enables = |&node: &u32| self.labelled.enabled(node).any(|c| unmet.contains(&c));
            let rest = nodes.iter().copied().filter(|node| !enables(node)).collect();
            self.pending.push(rest);
        }
        Ok(())
    }
}

impl<M: Specification> Walk for Search<'_, '_, M> {
    fn successor(&self, node: u32, cursor: u32) -> Option<(u32, u32)> {
        let (index, edge, _) = self.labelled.steps(node, cursor as usize).next()?;
        Some((edge.target, index as u32 + 1))
    }

    fn component(&mut self, nodes: &[u32]) -> Result<(), String> {
        self.watch.tick()?;
        match nodes {
            [node] => self.judge_alone(*node),
            _ => self.judge(nodes)?,
        }
        Ok(())
    }
}
