//! MapReduce: a master that hands map and reduce tasks to workers that ask for them.
//!
//! # Protocol
//!
//! The master of 2004 (MAPREDUCE-1 to MAPREDUCE-9) with its backups, pre-emption of a reduce where
//! no one is free to redo a lost map, and, as options, the variants that later systems brought:
//! regions in a shared file system, another barrier, a commit coordinator, a checkpoint.
//!
//! # Abstractions
//!
//! A file is told by which executions' regions it holds ([`content`]); a task's data are not
//! there. A worker asks for a task and gets it in one step, and a notice of where a region lies
//! takes effect when the master sends it (MAPREDUCE-3, MAPREDUCE-8). Time-outs may fire, or not.
//! Records are there only where one of them is bad (MAPREDUCE-15).
//!
//! # Environment
//!
//! Workers crash with their disks, are suspected though they are up and go on as zombies, and are
//! slow without limit; completions come late, twice, or never. All of it within the budget of an
//! instance ([`Budget`]).
//!
//! # Deviations
//!
//! Where the paper is silent a rule is decided and its alternative kept as a mutant: completions
//! from a suspected worker are ignored (MAPREDUCE-6), it comes back only under a new name
//! (MAPREDUCE-10), and a reduce makes room for a lost map (MAPREDUCE-14).

mod action;
pub mod attempt;
mod case;
pub mod checkpoint;
pub mod content;
mod fairness;
mod guard;
pub mod instance;
mod moves;
pub mod mutant;
mod options;
mod order;
pub mod picture;
pub mod property;
mod question;
mod reason;
mod safety;
pub mod state;
pub mod step;
mod symmetry;
mod traced;
mod view;

use stateright::{Model, Path, Property};

pub use action::{Action, Task};
pub use attempt::{MapAttempt, ReduceAttempt, Report};
pub use checkpoint::Checkpoint;
pub use content::{Content, Merge, Region};
pub use fairness::Constraint;
pub use instance::system;
pub use mutant::Fault;
pub use options::{Barrier, Budget, Commit, Launch, MapOutput, Pace, Records};
pub use state::{Machine, MapStatus, ReduceStatus, State};

/// One job, with its cluster and its environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapReduce {
    /// How many map tasks there are (`M`).
    pub maps: u8,
    /// How many reduce tasks there are (`R`).
    pub reduces: u8,
    /// How many workers start with the job.
    pub workers: u8,
    /// Where a map leaves its regions.
    pub map_output: MapOutput,
    /// What waits for the last map.
    pub barrier: Barrier,
    /// How an output comes to its final name.
    pub commit: Commit,
    /// How an assignment comes to its worker.
    pub launch: Launch,
    /// Whether every execution of a map writes the same.
    pub deterministic: bool,
    /// What a reduce makes of the values of one key.
    pub merge: Merge,
    /// Whether a map's regions are merged in the same way before they are written.
    pub combiner: bool,
    /// Whether tasks are handed out a second time near the end of a phase.
    pub backups: bool,
    /// Whether user code can read every record.
    pub records: Records,
    /// Which workers are sure to go on.
    pub pace: Pace,
    /// What the environment may do.
    pub budget: Budget,
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

impl MapReduce {
    /// The paper's protocol with so many maps, reduces and workers, and nothing that goes wrong:
    /// regions on local disks, reduces handed out after the last map, deterministic functions.
    #[must_use]
    pub const fn new(maps: u8, reduces: u8, workers: u8) -> Self {
        Self {
            maps,
            reduces,
            workers,
            map_output: MapOutput::LocalDisk,
            barrier: Barrier::Assignment,
            commit: Commit::Rename,
            launch: Launch::AtOnce,
            deterministic: true,
            merge: Merge::Sum,
            combiner: false,
            backups: true,
            records: Records::Good,
            pace: Pace::Every,
            budget: Budget::NONE,
            fault: None,
        }
    }

    /// The same with so many crashes and false suspicions.
    #[must_use]
    pub const fn with_faults(mut self, crashes: u8, false_suspicions: u8) -> Self {
        self.budget.crashes = crashes;
        self.budget.false_suspicions = false_suspicions;
        self
    }

    /// The map tasks.
    #[must_use]
    pub fn maps(&self) -> std::ops::Range<u8> {
        0..self.maps
    }

    /// The reduce tasks.
    #[must_use]
    pub fn reduces(&self) -> std::ops::Range<u8> {
        0..self.reduces
    }

    /// The workers, with the incarnations that may come later.
    #[must_use]
    pub fn workers(&self) -> std::ops::Range<u8> {
        0..self.workers + self.budget.rejoins
    }

    /// The first state: every task idle, every worker up and trusted.
    ///
    /// Source: MAPREDUCE-2.
    #[must_use]
    pub fn initial_state(&self) -> State {
        let start = State::default().with_left(self.budget);
        let start = self.maps().fold(start, |state, map| state.with_map(map, MapStatus::Idle, 0));
        let start = self
            .reduces()
            .fold(start, |state, reduce| state.with_reduce(reduce, ReduceStatus::Idle, 0));
        let started = (0..self.workers).fold(start, |state, worker| {
            state.with_machine(worker, Machine::Up).with_trust(worker, true)
        });
        if self.budget.restarts == 0 {
            return started;
        }
        started.with_checkpoint(Checkpoint::of(&started))
    }
}

impl Model for MapReduce {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.initial_state()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        moves::candidates(self, state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        match self.fault {
            None => step::faithful(self, state, action),
            Some(fault) => mutant::step(self, fault, state, action),
        }
    }

    fn format_action(&self, action: &Action) -> String {
        action.to_string()
    }

    fn as_svg(&self, path: Path<State, Action>) -> Option<String> {
        let mut led_by = None;
        let steps = path
            .into_vec()
            .into_iter()
            .map(|(state, action)| (std::mem::replace(&mut led_by, action), state));
        Some(picture::picture(self, &steps.collect::<Vec<_>>()))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::engine::property::explorer_properties(&property::claims(self))
    }
}
