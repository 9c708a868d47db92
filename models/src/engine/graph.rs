//! The reachable graph: parallel breadth-first search, deterministic numbering, exact states.
//!
//! States are numbered in the order (level, parent's number, position of the action), whatever
//! the number of threads. A block of states is expanded by all threads at once against a table
//! that nobody changes meanwhile; what they could not find there is then numbered in order.
//! Most generated states are found, so that the threads do most of the work.

use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use foldhash::fast::FixedState;

use super::property::{Action, Specification};
use super::run::{Progress, Run};
use super::symmetry;
use super::table::{NONE, Table, Tag};
use super::trace::Trace;
use super::verdict::{Bound, Coverage};

/// States that one thread expands before it looks its successors up; large enough for the
/// memory's latencies to overlap, small enough for the block to stay in the cache.
const BATCH: usize = 24;

/// States that all threads together expand before new states are numbered.
const BLOCK: usize = 8192;

/// Levels smaller than this are expanded by one thread: starting another would cost more.
const PARALLEL_FROM: usize = 1024;

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
    states: Vec<M::State>,
    parents: Vec<u32>,
    positions: Vec<u16>,
    /// Where each level begins in the numbering.
    levels: Vec<u32>,
    table: Table,
    hasher: FixedState,
    edges: Vec<Edge>,
    /// For each expanded state, where its edges begin; one entry more than expanded states.
    offsets: Vec<u32>,
    /// The expanded states with a successor outside the model's boundary, in order.
    cut: Vec<u32>,
    expanded: usize,
    transitions: u64,
    /// For each action name, how often it was taken, and how often it changed the state.
    counts: Vec<[u64; 2]>,
    build: Build,
    bound: Option<Bound>,
}

/// A successor that was not in the table when it was looked up.
struct Pending<S> {
    state: S,
    tag: Tag,
    parent: u32,
    position: u16,
    /// Where its edge stands among the edges of the chunk.
    edge: u32,
}

/// What one thread brings back from expanding a run of states.
struct Chunk<S> {
    pending: Vec<Pending<S>>,
    edges: Vec<Edge>,
    /// For each expanded state, how many edges it has.
    degrees: Vec<u32>,
    cut: Vec<u32>,
    transitions: u64,
    /// For each action name, how often it was taken, and how often it changed the state.
    counts: Vec<[u64; 2]>,
}

impl<S> Chunk<S> {
    fn new(names: usize) -> Self {
        Self {
            pending: Vec::new(),
            edges: Vec::new(),
            degrees: Vec::new(),
            cut: Vec::new(),
            transitions: 0,
            counts: vec![[0; 2]; names],
        }
    }

    fn clear(&mut self) {
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
}

impl<M: Specification> Graph<M> {
    /// Builds the graph of all states that can be reached, within the limits of the run.
    #[must_use]
    pub fn build(model: &M, build: Build, run: &Run<'_>) -> Self {
        let names = M::Action::NAMES.len();
        let mut graph = Self {
            states: Vec::new(),
            parents: Vec::new(),
            positions: Vec::new(),
            levels: vec![0],
            table: Table::new(),
            hasher: FixedState::default(),
            edges: Vec::new(),
            offsets: vec![0],
            cut: Vec::new(),
            expanded: 0,
            transitions: 0,
            counts: vec![[0; 2]; names],
            build,
            bound: None,
        };
        graph.number_initial_states(model);
        graph.expand_all(model, run);
        if graph.bound.is_none() && !graph.cut.is_empty() {
            graph.bound = Some(Bound::Boundary(graph.cut.len()));
        }
        graph
    }

    fn number_initial_states(&mut self, model: &M) {
        for (index, state) in model.init_states().into_iter().enumerate() {
            if !model.within_boundary(&state) {
                continue;
            }
            let state = self.representative(model, state);
            let tag = self.tag(&state);
            self.table.reserve(1);
            // More than 65,536 initial states share the last position; the trace then finds the
            // state by its value.
            let position = u16::try_from(index).unwrap_or(u16::MAX);
            self.number(Pending { state, tag, parent: NONE, position, edge: 0 });
        }
    }

    #[inline]
    fn representative(&self, model: &M, state: M::State) -> M::State {
        if self.build.symmetry { symmetry::canonical(model, &state) } else { state }
    }

    #[inline]
    fn tag(&self, state: &M::State) -> Tag {
        Tag::of(self.hasher.hash_one(state))
    }

    /// The number of a state, which is given one if it has none. Room must have been reserved.
    fn number(&mut self, new: Pending<M::State>) -> u32 {
        let known = self.find(&new.state, new.tag);
        if known != NONE {
            return known;
        }
        let number = self.states.len() as u32;
        self.table.insert(new.tag, number);
        self.states.push(new.state);
        self.parents.push(new.parent);
        self.positions.push(new.position);
        number
    }

    fn expand_all(&mut self, model: &M, run: &Run<'_>) {
        let depth_limit = run.limits.depth.into_iter().chain(self.build.depth).min();
        let names = M::Action::NAMES.len();
        let mut pool: Vec<Chunk<M::State>> = Vec::new();
        let mut reported = Instant::now();
        while self.expanded < self.states.len() {
            let level_end = self.states.len();
            if depth_limit.is_some_and(|limit| self.levels.len() > limit) {
                self.bound = depth_limit.map(Bound::Depth);
                return;
            }
            self.levels.push(level_end as u32);
            while self.expanded < level_end {
                self.bound = run.interruption().or_else(|| self.exceeded(run, 0));
                if self.bound.is_some() {
                    self.forget_unentered_level();
                    return;
                }
                if reported.elapsed() >= Duration::from_millis(200) {
                    (run.listener)(&self.progress(run));
                    reported = Instant::now();
                }
                let block = if run.limits.threads > 1 { BLOCK } else { BATCH * 4 };
                let width = (level_end - self.expanded).min(block);
                let chunks = self.expand_block(model, width, run.limits.threads, &mut pool, names);
                let insertions = chunks.iter().map(|chunk| chunk.pending.len()).sum();
                self.bound = self.exceeded(run, insertions);
                if self.bound.is_some() {
                    self.forget_unentered_level();
                    return;
                }
                self.table.reserve(insertions);
                for mut chunk in chunks {
                    self.absorb(&mut chunk);
                    chunk.clear();
                    pool.push(chunk);
                }
                self.expanded += width;
            }
        }
    }

    /// A level that was begun counts as a level only if it holds a state.
    fn forget_unentered_level(&mut self) {
        if self.levels.last().is_some_and(|&start| start as usize == self.states.len()) {
            self.levels.pop();
        }
    }

    /// The limit that would be passed by numbering this many more states.
    fn exceeded(&self, run: &Run<'_>, insertions: usize) -> Option<Bound> {
        let limits = &run.limits;
        if self.states.len() + insertions >= NONE as usize || self.edges.len() >= NONE as usize {
            return Some(Bound::Capacity);
        }
        if let Some(limit) = limits.states
            && self.states.len() >= limit
        {
            return Some(Bound::States(limit));
        }
        let growth = insertions * (size_of::<M::State>() + 2 * size_of::<u32>());
        let held = self.bytes() - self.table.bytes() + growth as u64;
        let needed = held + self.table.bytes_after(insertions);
        (needed > limits.memory_bytes).then_some(Bound::Memory(limits.memory_bytes))
    }

    fn progress(&self, run: &Run<'_>) -> Progress {
        Progress {
            phase: "exploring",
            states: self.states.len() as u64,
            transitions: self.transitions,
            depth: self.levels.len() - 1,
            queue: (self.states.len() - self.expanded) as u64,
            memory_bytes: self.bytes(),
            elapsed: run.started.elapsed(),
        }
    }

    /// Expands the next `width` states, and returns what was found, in order.
    fn expand_block(
        &self,
        model: &M,
        width: usize,
        threads: usize,
        pool: &mut Vec<Chunk<M::State>>,
        names: usize,
    ) -> Vec<Chunk<M::State>> {
        let threads = if width < PARALLEL_FROM { 1 } else { threads.max(1) };
        // A single thread keeps each batch in the cache until it is numbered; several share out
        // a whole block in pieces small enough that they end at about the same time.
        let piece = if threads == 1 { width } else { width.div_ceil(threads * 4) };
        let pieces = width.div_ceil(piece);
        let mut chunks: Vec<Chunk<M::State>> = Vec::with_capacity(pieces);
        if threads == 1 {
            let mut chunk = pool.pop().unwrap_or_else(|| Chunk::new(names));
            self.expand_piece(model, self.expanded, self.expanded + width, &mut chunk);
            chunks.push(chunk);
            return chunks;
        }
        let spare: Vec<_> =
            (0..pieces).map(|_| pool.pop().unwrap_or_else(|| Chunk::new(names))).collect();
        let spare = std::sync::Mutex::new(spare);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= pieces {
                    return done;
                }
                let taken = spare.lock().ok().and_then(|mut spare| spare.pop());
                let mut chunk = taken.unwrap_or_else(|| Chunk::new(names));
                let from = self.expanded + index * piece;
                let to = (from + piece).min(self.expanded + width);
                self.expand_piece(model, from, to, &mut chunk);
                done.push((index, chunk));
            }
        };
        let mut done = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut done = work();
            for other in others {
                match other.join() {
                    Ok(theirs) => done.extend(theirs),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            done
        });
        done.sort_unstable_by_key(|(index, _)| *index);
        chunks.extend(done.into_iter().map(|(_, chunk)| chunk));
        chunks
    }

    /// Expands the states `from..to`, batch by batch.
    fn expand_piece(&self, model: &M, from: usize, to: usize, chunk: &mut Chunk<M::State>) {
        let mut actions = Vec::new();
        let mut batch = Vec::new();
        let mut begin = from;
        while begin < to {
            let end = (begin + BATCH).min(to);
            for parent in begin..end {
                model.actions(&self.states[parent], &mut actions);
                self.take_steps(model, parent, &mut actions, &mut batch, chunk);
            }
            self.look_up(&mut batch, chunk);
            begin = end;
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
        let keeps_edges = self.build.edges;
        let before = batch.len();
        let mut is_cut = false;
        for (position, action) in actions.drain(..).enumerate() {
            let name = action.name_index();
            let Some(next) = model.next_state(state, action) else { continue };
            if !model.within_boundary(&next) {
                is_cut = true;
                continue;
            }
            let [taken, changed] = &mut chunk.counts[name];
            *taken += 1;
            *changed += u64::from(next != *state);
            let next = if self.build.symmetry { symmetry::canonical(model, &next) } else { next };
            let (tag, parent, position) = (self.tag(&next), parent as u32, position as u16);
            if self.build.edges {
                chunk.edges.push(Edge { target: NONE, position, name: name as u8 });
            }
            batch.push(Successor { state: next, tag, candidate: NONE, parent, position });
        }
        let degree = batch.len() - before;
        chunk.transitions += degree as u64;
        if self.build.edges {
            chunk.degrees.push(degree as u32);
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
        let mut edges = chunk.edges.len() - if self.build.edges { batch.len() } else { 0 };
        for successor in &*batch {
            let Successor { state, tag, candidate, parent, position } = successor;
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
                    edge: edges as u32,
                });
            } else if self.build.edges {
                chunk.edges[edges].target = number;
            }
            edges += 1;
        }
        batch.clear();
    }

    /// The number of a state, or [`NONE`].
    fn find(&self, state: &M::State, tag: Tag) -> u32 {
        self.table.view().find(tag, |number| self.states[number as usize] == *state)
    }

    /// Numbers what a chunk has found, in order.
    fn absorb(&mut self, chunk: &mut Chunk<M::State>) {
        self.table.view().touch(chunk.pending.iter().map(|pending| pending.tag));
        for pending in chunk.pending.drain(..) {
            let edge = pending.edge as usize;
            let number = self.number(pending);
            if self.build.edges {
                chunk.edges[edge].target = number;
            }
        }
        if self.build.edges {
            self.edges.extend_from_slice(&chunk.edges);
            let mut end = self.offsets.last().copied().unwrap_or(0);
            self.offsets.extend(chunk.degrees.iter().map(|degree| {
                end += degree;
                end
            }));
        }
        self.cut.extend_from_slice(&chunk.cut);
        self.transitions += chunk.transitions;
        for (total, part) in self.counts.iter_mut().zip(&chunk.counts) {
            *total = [total[0] + part[0], total[1] + part[1]];
        }
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
            panic!(
                "the model is not a function of its state: no step leads from {state:?} to {wanted:?}"
            )
        };
        step
    }
}

/// Two unequal states of equal hash occur by chance once in 2^64 pairs: any is a `Hash` that
/// forgets a field. Returns such a pair.
#[must_use]
pub fn hash_collision<S: Hash + Eq>(states: &[S]) -> Option<(usize, usize)> {
    let hasher = FixedState::default();
    let mut hashes: Vec<(u64, u32)> = states
        .iter()
        .enumerate()
        .map(|(index, state)| (hasher.hash_one(state), index as u32))
        .collect();
    hashes.sort_unstable();
    hashes
        .windows(2)
        .find(|pair| pair[0].0 == pair[1].0)
        .map(|pair| (pair[0].1 as usize, pair[1].1 as usize))
}
