//! Builds the reachable graph: parallel breadth-first search with deterministic numbering.
//!
//! A block of states is expanded against a table that nobody changes meanwhile; what could not be
//! found there is then numbered in order. Several threads share a block out; a single one takes
//! it in strips that stay in its cache. Most generated states are found, so that the threads do
//! most of the work. Limits are looked at between blocks, which are the same at every number of
//! threads, and so is what a limit leaves behind.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use foldhash::fast::FixedState;

use super::expand::{Chunk, Pending};
use super::graph::{Build, Graph};
use super::property::{Action, Specification};
use super::run::{Progress, Run};
use super::table::{NONE, Table};
use super::verdict::Bound;

/// States that are expanded between two looks at the limits.
const BLOCK: usize = 8192;

/// States that a single thread expands before it numbers what it has found.
const STRIP: usize = 96;

/// Blocks smaller than this are expanded by one thread: starting another would cost more.
const PARALLEL_FROM: usize = 1024;

impl<M: Specification> Graph<M> {
    /// Builds the graph of all states that can be reached, within the limits of the run.
    #[must_use]
    pub fn build(model: &M, build: Build, run: &Run<'_>) -> Self {
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
            counts: vec![[0; 2]; M::Action::NAMES.len()],
            build,
            bound: None,
        };
        let initial_outside = graph.number_initial_states(model);
        graph.bound = graph.expand_all(model, run);
        let cut = graph.cut.len() + initial_outside;
        if graph.bound.is_none() && cut > 0 {
            graph.bound = Some(Bound::Boundary(cut));
        }
        graph
    }

    /// Numbers the initial states within the boundary, and counts the others.
    fn number_initial_states(&mut self, model: &M) -> usize {
        let mut outside = 0;
        for (index, state) in model.init_states().into_iter().enumerate() {
            if !model.within_boundary(&state) {
                outside += 1;
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
        outside
    }

    /// Expands level by level, and says what ended it early, if anything did.
    fn expand_all(&mut self, model: &M, run: &Run<'_>) -> Option<Bound> {
        let depth_limit = run.limits.depth.into_iter().chain(self.build.depth).min();
        let mut pool = Vec::new();
        let mut reported = Instant::now();
        let mut last_growth = 0;
        while self.expanded < self.states.len() {
            let level_end = self.states.len();
            if let Some(limit) = depth_limit.filter(|&limit| self.levels.len() > limit) {
                return Some(Bound::Depth(limit));
            }
            self.levels.push(level_end as u32);
            while self.expanded < level_end {
                let expected = BLOCK + 2 * last_growth;
                if let Some(bound) = run.interruption().or_else(|| self.exceeded(run, expected)) {
                    return Some(bound);
                }
                if reported.elapsed() >= Duration::from_millis(200) {
                    (run.listener)(&self.progress("exploring", run));
                    reported = Instant::now();
                }
                let before = self.states.len();
                let width = (level_end - self.expanded).min(BLOCK);
                self.expand_block(model, width, run.limits.threads, &mut pool);
                last_growth = self.states.len() - before;
            }
        }
        None
    }

    /// The limit that is reached, or that numbering this many more states would pass.
    fn exceeded(&self, run: &Run<'_>, expected: usize) -> Option<Bound> {
        let limits = &run.limits;
        if self.states.len() + expected >= NONE as usize || self.edges.len() >= NONE as usize {
            return Some(Bound::Capacity);
        }
        if let Some(limit) = limits.states.filter(|&limit| self.states.len() >= limit) {
            return Some(Bound::States(limit));
        }
        let growth = expected * (size_of::<M::State>() + 2 * size_of::<u32>());
        let held = self.bytes() - self.table.bytes() + growth as u64;
        let needed = held + self.table.bytes_after(expected);
        (needed > limits.memory_bytes).then_some(Bound::Memory(limits.memory_bytes))
    }

    /// Where a run is that has come to this phase.
    pub(super) fn progress(&self, phase: &'static str, run: &Run<'_>) -> Progress {
        Progress {
            phase,
            states: self.states.len() as u64,
            transitions: self.transitions,
            depth: self.levels.len() - 1,
            queue: (self.states.len() - self.expanded) as u64,
            memory_bytes: self.bytes(),
            elapsed: run.started.elapsed(),
        }
    }

    /// Expands the next `width` states and numbers what they lead to.
    fn expand_block(
        &mut self,
        model: &M,
        width: usize,
        threads: usize,
        pool: &mut Vec<Chunk<M::State>>,
    ) {
        let end = self.expanded + width;
        if threads > 1 && width >= PARALLEL_FROM {
            let mut chunks = self.expand_in_parallel(model, end, threads, pool);
            for chunk in &mut chunks {
                self.absorb(chunk);
            }
            pool.append(&mut chunks);
            self.expanded = end;
            return;
        }
        let mut chunk = pool.pop().unwrap_or_else(|| Chunk::new::<M>());
        while self.expanded < end {
            let strip_end = (self.expanded + STRIP).min(end);
            self.expand(model, self.expanded..strip_end, &mut chunk);
            self.absorb(&mut chunk);
            self.expanded = strip_end;
        }
        pool.push(chunk);
    }

    /// Shares the states up to `end` out among threads; the chunks come back in order.
    fn expand_in_parallel(
        &self,
        model: &M,
        end: usize,
        threads: usize,
        pool: &mut Vec<Chunk<M::State>>,
    ) -> Vec<Chunk<M::State>> {
        let begin = self.expanded;
        // Pieces small enough that the threads end at about the same time.
        let piece = (end - begin).div_ceil(threads * 4);
        let pieces = (end - begin).div_ceil(piece);
        let mut chunks: Vec<_> =
            (0..pieces).map(|_| pool.pop().unwrap_or_else(|| Chunk::new::<M>())).collect();
        let next = AtomicUsize::new(0);
        let work = |mut idle: Vec<Chunk<M::State>>| {
            let mut done = Vec::with_capacity(pieces);
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= pieces {
                    return done;
                }
                let mut chunk = idle.pop().unwrap_or_else(|| Chunk::new::<M>());
                let from = begin + index * piece;
                self.expand(model, from..(from + piece).min(end), &mut chunk);
                done.push((index, chunk));
            }
        };
        let mut done = std::thread::scope(|scope| {
            let share = pieces / threads;
            let others: Vec<_> = (1..threads)
                .map(|_| {
                    let idle = chunks.split_off(chunks.len() - share);
                    let work = &work;
                    scope.spawn(move || work(idle))
                })
                .collect();
            let mut done = work(std::mem::take(&mut chunks));
            for other in others {
                match other.join() {
                    Ok(theirs) => done.extend(theirs),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            done
        });
        done.sort_unstable_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, chunk)| chunk).collect()
    }

    /// Numbers what a chunk has found, in order, and empties it.
    fn absorb(&mut self, chunk: &mut Chunk<M::State>) {
        self.table.reserve(chunk.pending.len());
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
        chunk.clear();
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
}
