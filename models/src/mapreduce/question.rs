//! Questions about a state that need to know how many tasks and workers there are.

use super::attempt::MapAttempt;
use super::options::{Barrier, MapOutput};
use super::state::{MapStatus, ReduceStatus, State};
use super::{MapReduce, Task};

impl MapReduce {
    /// Whether the worker does nothing that keeps it from asking for work.
    #[must_use]
    pub fn is_free(&self, state: &State, worker: u8) -> bool {
        self.tasks_of(state, worker) == 0
    }

    /// How many tasks the worker runs, those on their way to it included.
    #[must_use]
    pub fn tasks_of(&self, state: &State, worker: u8) -> usize {
        let maps = self.maps().filter(|&m| state.map_attempt(m, worker).occupies()).count();
        let reduces = self.reduces().filter(|&r| state.reduce_attempt(r, worker).occupies());
        maps + reduces.count()
    }

    /// Whether a worker asks for work and would be given some.
    ///
    /// Source: MAPREDUCE-3.
    #[must_use]
    pub fn asks(&self, state: &State, worker: u8) -> bool {
        state.is_up(worker) && state.is_trusted(worker) && self.is_free(state, worker)
    }

    /// Whether the master waits for that worker's completion of that task.
    #[must_use]
    pub fn is_live(&self, state: &State, task: Task, worker: u8) -> bool {
        let attempt_is_live = match task {
            Task::Map(map) => state.map_attempt(map, worker).is_live(),
            Task::Reduce(reduce) => state.reduce_attempt(reduce, worker).is_live(),
        };
        state.is_trusted(worker) && attempt_is_live
    }

    /// Whether the master waits for any completion of that worker: until one arrives, it cannot
    /// tell that the worker is free.
    #[must_use]
    pub fn is_awaited(&self, state: &State, worker: u8) -> bool {
        let tasks = self.maps().map(Task::Map).chain(self.reduces().map(Task::Reduce));
        tasks.into_iter().any(|task| self.is_live(state, task, worker))
    }

    /// The workers for whose completion of that task the master waits.
    pub fn live(&self, state: &State, task: Task) -> impl Iterator<Item = u8> {
        let (job, state) = (*self, *state);
        self.workers().filter(move |&worker| job.is_live(&state, task, worker))
    }

    /// Whether every map is completed.
    #[must_use]
    pub fn maps_are_completed(&self, state: &State) -> bool {
        self.maps().all(|map| matches!(state.map(map), MapStatus::Completed(_)))
    }

    /// Whether some map waits to be handed out.
    #[must_use]
    pub fn a_map_is_idle(&self, state: &State) -> bool {
        self.maps().any(|map| state.map(map) == MapStatus::Idle)
    }

    /// Whether some reduce waits to be handed out.
    #[must_use]
    pub fn a_reduce_is_idle(&self, state: &State) -> bool {
        self.reduces().any(|reduce| state.reduce(reduce) == ReduceStatus::Idle)
    }

    /// Whether reduces may be handed out.
    ///
    /// Source: MAPREDUCE-7.
    #[must_use]
    pub fn is_past_barrier(&self, state: &State) -> bool {
        match self.barrier {
            Barrier::Assignment => self.maps_are_completed(state),
            Barrier::Function => !self.a_map_is_idle(state),
        }
    }

    /// Whether every reduce is completed.
    #[must_use]
    pub fn reduces_are_completed(&self, state: &State) -> bool {
        self.reduces().all(|reduce| state.reduce(reduce) == ReduceStatus::Completed)
    }

    /// Whether the regions that this worker's attempt at this map has written can be read.
    ///
    /// Source: MAPREDUCE-4, MAPREDUCE-8.
    #[must_use]
    pub fn is_readable(&self, state: &State, map: u8, worker: u8) -> bool {
        let is_written =
            matches!(state.map_attempt(map, worker), MapAttempt::Finished { recorded: true, .. });
        let is_there = match self.map_output {
            MapOutput::LocalDisk => state.is_up(worker),
            MapOutput::SharedFileSystem => true,
        };
        is_written && is_there
    }

    /// The version under which an execution's region is known.
    ///
    /// Source: MAPREDUCE-11.
    #[must_use]
    pub const fn version(&self, worker: u8) -> u8 {
        if self.deterministic { 0 } else { worker }
    }
}
