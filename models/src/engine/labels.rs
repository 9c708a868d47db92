//! The fairness of every edge of a region, by small numbers.

use std::collections::BTreeMap;

use super::bits::Bits;
use super::graph::{Edge, Graph};
use super::property::{Fairness, Specification};
use super::watch::Watch;

/// The class of an edge that no constraint asks for.
const UNFAIR: u16 = 0;

/// The class of an edge that may be taken only finitely often.
pub(super) const FINITE: u16 = 1;

/// The class of the first constraint.
const FIRST: u16 = 2;

/// A graph whose edges inside a region carry their fairness.
///
/// Only edges that change the state carry a class: a step that changes nothing is a stutter.
pub(super) struct Labelled<'a, M: Specification> {
    pub(super) graph: &'a Graph<M>,
    constraints: Vec<Fairness<M::Constraint>>,
    /// Where the classes of each state begin; one entry more than states.
    begin: Vec<u32>,
    /// The class of each edge in order; after them, for a state whose steps are not all in the
    /// graph, the constraints that the missing steps enable.
    classes: Vec<u16>,
}

impl<'a, M: Specification> Labelled<'a, M> {
    /// Bytes that the labels of a whole graph hold.
    pub(super) fn bytes(graph: &Graph<M>) -> u64 {
        let (states, edges) = (graph.len() as u64, graph.edge_count() as u64);
        // Doubling a vector holds it one and a half times over for a moment.
        states * 4 + edges * 3
    }

    /// Asks the model for the fairness of every edge that leaves a state of the region.
    pub(super) fn new(
        model: &M,
        graph: &'a Graph<M>,
        inside: &Bits,
        watch: &mut Watch<'_>,
    ) -> Result<Self, String> {
        let begin = Vec::with_capacity(graph.len() + 1);
        let mut labelled = Self { graph, constraints: Vec::new(), begin, classes: Vec::new() };
        let mut interner = Interner { numbers: BTreeMap::new() };
        let mut actions = Vec::new();
        for number in 0..graph.len() as u32 {
            labelled.begin.push(labelled.classes.len() as u32);
            if inside.get(number) {
                watch.tick()?;
                labelled.label(model, number, &mut interner, &mut actions)?;
            }
            if labelled.classes.len() > u32::MAX as usize {
                return Err("more than 2^32 edges carry a fairness".into());
            }
        }
        labelled.begin.push(labelled.classes.len() as u32);
        let mut constraints: Vec<_> = interner.numbers.into_iter().collect();
        constraints.sort_unstable_by_key(|&(_, class)| class);
        labelled.constraints = constraints.into_iter().map(|(fairness, _)| fairness).collect();
        Ok(labelled)
    }

    fn label(
        &mut self,
        model: &M,
        number: u32,
        interner: &mut Interner<M::Constraint>,
        actions: &mut Vec<M::Action>,
    ) -> Result<(), String> {
        let state = self.graph.state(number);
        actions.clear();
        model.actions(state, actions);
        for edge in self.graph.edges(number) {
            let action = actions.get(usize::from(edge.position));
            let action = action.ok_or("the model offers other actions than before")?;
            let is_stutter = edge.target == number;
            let class = if is_stutter { UNFAIR } else { interner.class(model.fairness(action))? };
            self.classes.push(class);
        }
        if self.graph.is_complete(number) {
            return Ok(());
        }
        let was_expanded = (number as usize) < self.graph.expanded();
        for action in actions.drain(..) {
            let class = interner.class(model.fairness(&action))?;
            let next = model.next_state(state, action).filter(|next| next != state);
            let is_missing = next.is_some_and(|n| !was_expanded || !model.within_boundary(&n));
            if class >= FIRST && is_missing {
                self.classes.push(class);
            }
        }
        Ok(())
    }

    /// How many classes there are, those without a constraint included.
    pub(super) fn class_count(&self) -> usize {
        self.constraints.len() + usize::from(FIRST)
    }

    /// The constraint of a class, if the class has one.
    pub(super) fn constraint(&self, class: u16) -> Option<Fairness<M::Constraint>> {
        self.constraints.get(usize::from(class.checked_sub(FIRST)?)).copied()
    }

    /// Whether the class is one of weak fairness.
    pub(super) fn is_weak(&self, class: u16) -> bool {
        matches!(self.constraint(class), Some(Fairness::Weak(_)))
    }

    fn classes(&self, number: u32) -> &[u16] {
        let range = self.begin[number as usize]..self.begin[number as usize + 1];
        &self.classes[range.start as usize..range.end as usize]
    }

    /// The constraints enabled in a state of the region, in the whole graph and beyond its cut;
    /// one that several edges enable is repeated.
    #[inline]
    pub(super) fn enabled(&self, number: u32) -> impl Iterator<Item = u16> + '_ {
        self.classes(number).iter().copied().filter(|&class| class >= FIRST)
    }

    /// The state-changing steps from a state of the region that a loop may take, from the given
    /// edge on: index, edge, class.
    #[inline]
    pub(super) fn steps(
        &self,
        number: u32,
        from: usize,
    ) -> impl Iterator<Item = (usize, Edge, u16)> + '_ {
        let edges = self.graph.edges(number);
        let labelled = edges.iter().zip(self.classes(number)).enumerate().skip(from);
        labelled
            .filter(move |(_, (edge, class))| edge.target != number && **class != FINITE)
            .map(|(index, (edge, class))| (index, *edge, *class))
    }
}

/// Gives each fairness a number, in the order of first use.
struct Interner<C> {
    numbers: BTreeMap<Fairness<C>, u16>,
}

impl<C: Copy + Ord> Interner<C> {
    fn class(&mut self, fairness: Fairness<C>) -> Result<u16, String> {
        match fairness {
            Fairness::Unfair => return Ok(UNFAIR),
            Fairness::Finite => return Ok(FINITE),
            Fairness::Weak(_) | Fairness::Strong(_) => {}
        }
        if let Some(&class) = self.numbers.get(&fairness) {
            return Ok(class);
        }
        let class = u16::try_from(self.numbers.len() + usize::from(FIRST))
            .map_err(|_| "there are more than 65,000 fairness constraints".to_owned())?;
        self.numbers.insert(fairness, class);
        Ok(class)
    }
}
