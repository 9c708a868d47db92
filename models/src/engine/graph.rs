//! The reachable graph: exact states, their numbers, and how each was reached first.
//!
//! States are numbered in the order (level, parent's number, position of the action), whatever
//! the number of threads.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;

use super::property::{Action, Specification};
use super::symmetry;
use super::table::{NONE, Table, Tag};
use super::trace::Trace;
use super::verdict::{Bound, Coverage};

/// One step of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The number of the state it leads to.
    pub target: u32,
    /// The action's position among the actions of the state it leaves.
    pub position: u16,
    /// The action's name, as an index into [`Action::NAMES`].
    pub name: u8,
}

/// What is kept while a graph is built.
#[derive(Clone, Copy, Debug, Default)]
pub struct Build {
    /// Whether every edge is kept: 8 bytes each.
    pub edges: bool,
    /// Whether each state is replaced by the least member of its orbit.
    pub symmetry: bool,
    /// A depth beyond which the instance itself declares not to look.
    pub depth: Option<usize>,
}

/// The reachable graph of a model, or the part of it that the limits allowed.
pub struct Graph<M: Specification> {
    pub(super) states: Vec<M::State>,
    pub(super) parents: Vec<u32>,
    pub(super) positions: Vec<u16>,
    /// Where each level begins in the numbering.
    pub(super) levels: Vec<u32>,
    pub(super) table: Table,
    pub(super) hasher: FixedState,
    pub(super) edges: Vec<Edge>,
    /// For each expanded state, where its edges begin; one entry more than expanded states.
    pub(super) offsets: Vec<u32>,
    /// The expanded states with a successor outside the model's boundary, in order.
    pub(super) cut: Vec<u32>,
    pub(super) expanded: usize,
    pub(super) transitions: u64,
    /// For each action name, how often it was taken, and how often it changed the state.
    pub(super) counts: Vec<[u64; 2]>,
    pub(super) build: Build,
    pub(super) bound: Option<Bound>,
}

impl<M: Specification> Graph<M> {
    #[inline]
    pub(super) fn representative(&self, model: &M, state: M::State) -> M::State {
        if self.build.symmetry { symmetry::canonical(model, &state) } else { state }
    }

    #[inline]
    pub(super) fn tag(&self, state: &M::State) -> Tag {
        Tag::of(self.hasher.hash_one(state))
    }

    /// The number of a state, or [`NONE`].
    pub(super) fn find(&self, state: &M::State, tag: Tag) -> u32 {
        self.table.view().find(tag, |number| self.states[number as usize] == *state)
    }

    /// How many states were numbered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether there is no state at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// The states in order of their numbers.
    #[must_use]
    pub fn states(&self) -> &[M::State] {
        &self.states
    }

    /// The state of that number.
    #[must_use]
    pub fn state(&self, number: u32) -> &M::State {
        &self.states[number as usize]
    }

    /// The number of a state, if the graph holds it.
    #[must_use]
    pub fn number_of(&self, state: &M::State) -> Option<u32> {
        let number = self.find(state, self.tag(state));
        (number != NONE).then_some(number)
    }

    /// How many of the states, which have the lowest numbers, are initial.
    #[must_use]
    pub fn initial_count(&self) -> usize {
        self.levels.get(1).map_or(self.states.len(), |&start| start as usize)
    }

    /// How many of the states, which have the lowest numbers, were expanded.
    #[must_use]
    pub fn expanded(&self) -> usize {
        self.expanded
    }

    /// The expanded states with a successor outside the model's boundary, in order.
    #[must_use]
    pub fn cut(&self) -> &[u32] {
        &self.cut
    }

    /// Whether every step of this state is in the graph.
    #[must_use]
    pub fn is_complete(&self, number: u32) -> bool {
        (number as usize) < self.expanded && self.cut.binary_search(&number).is_err()
    }

    /// The steps that leave a state. Empty unless edges were kept and the state was expanded.
    #[must_use]
    pub fn edges(&self, number: u32) -> &[Edge] {
        match self.offsets.get(number as usize..number as usize + 2) {
            Some([begin, end]) => &self.edges[*begin as usize..*end as usize],
            _ => &[],
        }
    }

    /// How many edges were kept.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.edges.len()
    }

    /// How many steps were generated.
    #[must_use]
    pub fn transitions(&self) -> u64 {
        self.transitions
    }

    /// The largest number of steps of a shortest path to a state.
    #[must_use]
    pub fn depth(&self) -> usize {
        let entered = self.levels.iter().filter(|&&start| (start as usize) < self.states.len());
        entered.count().saturating_sub(1)
    }

    /// What stopped the search, or `None` if the whole graph was built.
    #[must_use]
    pub fn bound(&self) -> Option<&Bound> {
        self.bound.as_ref()
    }

    /// Whether states stand for their orbits.
    #[must_use]
    pub fn is_quotient(&self) -> bool {
        self.build.symmetry
    }

    /// Bytes held.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let a_state = size_of::<M::State>() + size_of::<u32>() + size_of::<u16>();
        let states = self.states.len() * a_state;
        let edges = self.edges.len() * size_of::<Edge>() + self.offsets.len() * size_of::<u32>();
        (states + edges) as u64 + self.table.bytes()
    }

    /// How often each action name was taken, and how often it changed the state.
    #[must_use]
    pub fn coverage(&self, model: &M) -> Vec<Coverage> {
        let repertoire = model.repertoire();
        M::Action::NAMES
            .iter()
            .zip(&self.counts)
            .map(|(&action, &[taken, changed])| {
                let in_repertoire = repertoire.contains(&action);
                Coverage { action, taken, changed, in_repertoire }
            })
            .collect()
    }

    /// A shortest path from an initial state to the given one.
    ///
    /// In a quotient the path runs through true states, whose orbits are those of the graph.
    #[must_use]
    pub fn path_to(&self, model: &M, number: u32) -> Trace<M::State, M::Action> {
        let mut numbers = vec![number];
        let mut first = number;
        while self.parents[first as usize] != NONE {
            first = self.parents[first as usize];
            numbers.push(first);
        }
        numbers.reverse();
        let mut state = self.initial_state(model, first);
        let initial = state.clone();
        let mut steps = Vec::with_capacity(numbers.len() - 1);
        for &number in &numbers[1..] {
            let (action, next) = self.step_into(model, &state, number);
            steps.push((Some(action), next.clone()));
            state = next;
        }
        Trace { initial, steps, loop_start: None }
    }

    fn initial_state(&self, model: &M, number: u32) -> M::State {
        let wanted = self.state(number);
        let mut initial = model.init_states().into_iter();
        let found = initial.find(|state| self.representative(model, state.clone()) == *wanted);
        found.unwrap_or_else(|| wanted.clone())
    }

    /// The first step from a true state that leads to the numbered state, or into its orbit.
    fn step_into(&self, model: &M, state: &M::State, number: u32) -> (M::Action, M::State) {
        let wanted = self.state(number);
        let mut actions = Vec::new();
        model.actions(state, &mut actions);
        let found = actions.into_iter().find_map(|action| {
            let next = model.next_state(state, action.clone())?;
            (self.representative(model, next.clone()) == *wanted).then_some((action, next))
        });
        let Some(step) = found else {
            panic!("the model is not a function of its state: no step from {state:?} to {wanted:?}")
        };
        step
    }
}

/// Two unequal states of equal hash occur by chance once in 2^64 pairs: any is a `Hash` that
/// forgets a field. Returns such a pair.
#[must_use]
pub fn hash_collision<S: Hash + Eq>(states: &[S]) -> Option<(usize, usize)> {
    let build = FixedState::default();
    let mut hashes: Vec<(u64, u32)> = states
        .iter()
        .enumerate()
        .map(|(index, state)| (build.hash_one(state), index as u32))
        .collect();
    hashes.sort_unstable();
    hashes
        .windows(2)
        .find(|pair| pair[0].0 == pair[1].0)
        .map(|pair| (pair[0].1 as usize, pair[1].1 as usize))
}
