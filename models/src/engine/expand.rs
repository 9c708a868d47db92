//! Takes every step of a run of states, and looks up where the steps lead.

use std::ops::Range;

use super::graph::{Edge, Graph};
use super::property::{Action, Specification};
use super::symmetry;
use super::table::{NONE, Tag};

/// States whose successors are looked up together: enough for the memory's latencies to overlap,
/// few enough for the batch to stay in the first cache.
const BATCH: usize = 24;

/// A successor that was not in the table when it was looked up.
pub(super) struct Pending<S> {
    pub(super) state: S,
    pub(super) tag: Tag,
    pub(super) parent: u32,
    pub(super) position: u16,
    /// Where its edge stands among the edges of the chunk.
    pub(super) edge: u32,
}

/// What expanding a run of states brings back.
pub(super) struct Chunk<S> {
    pub(super) pending: Vec<Pending<S>>,
    pub(super) edges: Vec<Edge>,
    /// For each expanded state, how many edges it has.
    pub(super) degrees: Vec<u32>,
    /// The expanded states with a successor outside the boundary.
    pub(super) cut: Vec<u32>,
    pub(super) transitions: u64,
    /// For each action name, how often it was taken, and how often it changed the state.
    pub(super) counts: Vec<[u64; 2]>,
}

impl<S> Chunk<S> {
    pub(super) fn new<M: Specification<State = S>>() -> Self {
        Self {
            pending: Vec::new(),
            edges: Vec::new(),
            degrees: Vec::new(),
            cut: Vec::new(),
            transitions: 0,
            counts: vec![[0; 2]; M::Action::NAMES.len()],
        }
    }

    pub(super) fn clear(&mut self) {
        self.pending.clear();
        self.edges.clear();
        self.degrees.clear();
        self.cut.clear();
        self.transitions = 0;
        self.counts.fill([0; 2]);
    }
}

/// A successor on its way to the table.
struct Successor<S> {
    state: S,
    tag: Tag,
    /// The number of the first state with this tag, or [`NONE`].
    candidate: u32,
    parent: u32,
    position: u16,
    /// Where its edge stands among the edges of the chunk.
    edge: u32,
}

impl<M: Specification> Graph<M> {
    /// Expands a run of states, batch by batch.
    pub(super) fn expand(&self, model: &M, run: Range<usize>, chunk: &mut Chunk<M::State>) {
        let mut actions = Vec::new();
        let mut batch = Vec::new();
        for begin in run.clone().step_by(BATCH) {
            for parent in begin..(begin + BATCH).min(run.end) {
                model.actions(&self.states[parent], &mut actions);
                self.take_steps(model, parent, &mut actions, &mut batch, chunk);
            }
            self.look_up(&mut batch, chunk);
        }
    }

    /// Takes every step of one state.
    #[inline]
    fn take_steps(
        &self,
        model: &M,
        parent: usize,
        actions: &mut Vec<M::Action>,
        batch: &mut Vec<Successor<M::State>>,
        chunk: &mut Chunk<M::State>,
    ) {
        let state = &self.states[parent];
        let mut degree = 0;
        let mut is_cut = false;
        for (position, action) in actions.drain(..).enumerate() {
            let name = action.name_index();
            let Some(next) = model.next_state(state, action) else { continue };
            if !model.within_boundary(&next) {
                is_cut = true;
                continue;
            }
            degree += 1;
            let [taken, changed] = &mut chunk.counts[name];
            *taken += 1;
            let (parent, position) = (parent as u32, position as u16);
            let edge = chunk.edges.len() as u32;
            if self.build.edges {
                chunk.edges.push(Edge { target: parent, position, name: name as u8 });
            }
            if next == *state {
                // It leads back to where it came from, which needs no look-up.
                continue;
            }
            *changed += 1;
            let next = if self.build.symmetry { symmetry::canonical(model, &next) } else { next };
            let tag = self.tag(&next);
            batch.push(Successor { state: next, tag, candidate: NONE, parent, position, edge });
        }
        chunk.transitions += u64::from(degree);
        if self.build.edges {
            chunk.degrees.push(degree);
        }
        if is_cut {
            chunk.cut.push(parent as u32);
        }
    }

    /// Looks a batch up: first every bucket, then every candidate state.
    ///
    /// The first pass reads memory without deciding anything, so that the processor has many
    /// reads under way at once; most of the time of a search is spent waiting for them.
    fn look_up(&self, batch: &mut Vec<Successor<M::State>>, chunk: &mut Chunk<M::State>) {
        let table = self.table.view();
        table.touch(batch.iter().map(|successor| successor.tag));
        for successor in batch.iter_mut() {
            successor.candidate = table.candidate(successor.tag);
        }
        for successor in &*batch {
            let Successor { state, tag, candidate, parent, position, edge } = successor;
            let number = match *candidate {
                NONE => NONE,
                candidate if self.states[candidate as usize] == *state => candidate,
                _ => self.find(state, *tag),
            };
            if number == NONE {
                chunk.pending.push(Pending {
                    state: state.clone(),
                    tag: *tag,
                    parent: *parent,
                    position: *position,
                    edge: *edge,
                });
            } else if self.build.edges {
                chunk.edges[*edge as usize].target = number;
            }
        }
        batch.clear();
    }
}
