//! What the cluster remembers: the master's tables, the workers' attempts, the files.

use super::attempt::{MapAttempt, ReduceAttempt};
use super::checkpoint::Checkpoint;
use super::content::Content;
use super::options::Budget;

/// The most map tasks that a [`State`] can hold.
pub const MAXIMUM_MAPS: u8 = 3;

/// The most reduce tasks that a [`State`] can hold.
pub const MAXIMUM_REDUCES: u8 = 2;

/// The most workers, new incarnations included, that a [`State`] can hold.
pub const MAXIMUM_WORKERS: u8 = 4;

/// Whether a worker's process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Machine {
    /// It has not started yet.
    Absent,
    /// It runs.
    Up,
    /// It has ended, and with it what was on its disk.
    Crashed,
}

/// What the master holds of a map task.
///
/// Source: MAPREDUCE-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MapStatus {
    /// To be handed out.
    Idle,
    /// Handed out.
    InProgress,
    /// Completed, with its regions at that worker.
    Completed(u8),
}

/// What the master holds of a reduce task.
///
/// Source: MAPREDUCE-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReduceStatus {
    /// To be handed out.
    Idle,
    /// Handed out.
    InProgress,
    /// Completed, with its output under its final name.
    Completed,
}

/// The whole cluster at one moment.
///
/// One word a worker: from the lowest bit its machine (two bits), whether the master trusts it
/// (one), its map attempts and its reduce attempts. One word for the tasks and the output files,
/// one for the master's other data and for what the environment may still do.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    workers: [u64; MAXIMUM_WORKERS as usize],
    tasks: u64,
    rest: u64,
}

const MAP_ATTEMPTS: u32 = 3;
const REDUCE_ATTEMPTS: u32 = MAP_ATTEMPTS + MAXIMUM_MAPS as u32 * MapAttempt::BITS;

/// Status (three bits) and counter (two).
const MAP: u32 = 5;
/// Status (two bits), counter (two), commit lock (three).
const REDUCE: u32 = 7;
/// Whether there is a file (one bit), what is in it, and how many renames there were (two).
const OUTPUT: u32 = 1 + Content::BITS + 2;
const REDUCES: u32 = MAXIMUM_MAPS as u32 * MAP;
const OUTPUTS: u32 = REDUCES + MAXIMUM_REDUCES as u32 * REDUCE;

const DONE: u32 = 14;
const RECORD_FAILURES: u32 = 15;
const CHECKPOINT: u32 = 17;

/// The bits of a word from there on.
pub(super) const fn read(word: u64, at: u32, bits: u32) -> u64 {
    word >> at & ((1 << bits) - 1)
}

/// The word with other bits there.
pub(super) const fn written(word: u64, at: u32, bits: u32, value: u64) -> u64 {
    let mask = ((1 << bits) - 1) << at;
    word & !mask | value << at & mask
}

const fn map_attempt_at(map: u8) -> u32 {
    MAP_ATTEMPTS + map as u32 * MapAttempt::BITS
}

const fn reduce_attempt_at(reduce: u8) -> u32 {
    REDUCE_ATTEMPTS + reduce as u32 * ReduceAttempt::BITS
}

const fn map_at(map: u8) -> u32 {
    map as u32 * MAP
}

const fn reduce_at(reduce: u8) -> u32 {
    REDUCES + reduce as u32 * REDUCE
}

const fn output_at(reduce: u8) -> u32 {
    OUTPUTS + reduce as u32 * OUTPUT
}

/// Workers.
impl State {
    /// Whether that worker's process runs.
    #[must_use]
    pub const fn machine(&self, worker: u8) -> Machine {
        match read(self.workers[worker as usize], 0, 2) {
            0 => Machine::Absent,
            1 => Machine::Up,
            _ => Machine::Crashed,
        }
    }

    /// This state, but that worker's process is so.
    #[must_use]
    pub const fn with_machine(mut self, worker: u8, machine: Machine) -> Self {
        let word = &mut self.workers[worker as usize];
        *word = written(*word, 0, 2, machine as u64);
        self
    }

    /// Whether the process runs.
    #[must_use]
    pub const fn is_up(&self, worker: u8) -> bool {
        matches!(self.machine(worker), Machine::Up)
    }

    /// Whether the process has ended.
    #[must_use]
    pub const fn is_crashed(&self, worker: u8) -> bool {
        matches!(self.machine(worker), Machine::Crashed)
    }

    /// Whether the master counts on that worker: it has started, and was never suspected.
    #[must_use]
    pub const fn is_trusted(&self, worker: u8) -> bool {
        read(self.workers[worker as usize], 2, 1) != 0
    }

    /// This state, but the master counts on that worker or does not.
    #[must_use]
    pub const fn with_trust(mut self, worker: u8, trust: bool) -> Self {
        let word = &mut self.workers[worker as usize];
        *word = written(*word, 2, 1, trust as u64);
        self
    }

    /// What that worker does for that map.
    #[must_use]
    pub fn map_attempt(&self, map: u8, worker: u8) -> MapAttempt {
        let word = self.workers[worker as usize];
        MapAttempt::unpack(read(word, map_attempt_at(map), MapAttempt::BITS))
    }

    /// This state, but that worker does this for that map.
    #[must_use]
    pub const fn with_map_attempt(mut self, map: u8, worker: u8, attempt: MapAttempt) -> Self {
        let word = &mut self.workers[worker as usize];
        *word = written(*word, map_attempt_at(map), MapAttempt::BITS, attempt.pack());
        self
    }

    /// What that worker does for that reduce.
    #[must_use]
    pub fn reduce_attempt(&self, reduce: u8, worker: u8) -> ReduceAttempt {
        let word = self.workers[worker as usize];
        ReduceAttempt::unpack(read(word, reduce_attempt_at(reduce), ReduceAttempt::BITS))
    }

    /// This state, but that worker does this for that reduce.
    #[must_use]
    pub const fn with_reduce_attempt(
        mut self,
        reduce: u8,
        worker: u8,
        attempt: ReduceAttempt,
    ) -> Self {
        let word = &mut self.workers[worker as usize];
        *word = written(*word, reduce_attempt_at(reduce), ReduceAttempt::BITS, attempt.pack());
        self
    }

    /// This state, with two workers in each other's place; what refers to them is untouched.
    pub(super) const fn with_rows_swapped(mut self, one: u8, other: u8) -> Self {
        let row = self.workers[one as usize];
        self.workers[one as usize] = self.workers[other as usize];
        self.workers[other as usize] = row;
        self
    }
}

/// Tasks and files.
impl State {
    /// Whether the job has that map.
    #[must_use]
    pub const fn has_map(&self, map: u8) -> bool {
        read(self.tasks, map_at(map), 3) != 0
    }

    /// Whether the job has that reduce.
    #[must_use]
    pub const fn has_reduce(&self, reduce: u8) -> bool {
        read(self.tasks, reduce_at(reduce), 2) != 0
    }

    /// What the master holds of that map.
    #[must_use]
    pub const fn map(&self, map: u8) -> MapStatus {
        match read(self.tasks, map_at(map), 3) {
            0 | 1 => MapStatus::Idle,
            2 => MapStatus::InProgress,
            worker => MapStatus::Completed(worker as u8 - 3),
        }
    }

    /// This state, but the master holds this of that map, and its counters so often.
    #[must_use]
    pub const fn with_map(mut self, map: u8, status: MapStatus, counted: u8) -> Self {
        let status = match status {
            MapStatus::Idle => 1,
            MapStatus::InProgress => 2,
            MapStatus::Completed(worker) => 3 + worker as u64,
        };
        let bits = status | (counted as u64) << 3;
        self.tasks = written(self.tasks, map_at(map), MAP, bits);
        self
    }

    /// What the master holds of that reduce.
    #[must_use]
    pub const fn reduce(&self, reduce: u8) -> ReduceStatus {
        match read(self.tasks, reduce_at(reduce), 2) {
            0 | 1 => ReduceStatus::Idle,
            2 => ReduceStatus::InProgress,
            _ => ReduceStatus::Completed,
        }
    }

    /// This state, but the master holds this of that reduce, and its counters so often.
    #[must_use]
    pub const fn with_reduce(mut self, reduce: u8, status: ReduceStatus, counted: u8) -> Self {
        let bits = (1 + status as u64) | ((counted as u64) << 2);
        self.tasks = written(self.tasks, reduce_at(reduce), 4, bits);
        self
    }

    /// How often the counters of that map are in the master's sums.
    #[must_use]
    pub const fn map_counted(&self, map: u8) -> u8 {
        read(self.tasks, map_at(map) + 3, 2) as u8
    }

    /// How often the counters of that reduce are in the master's sums.
    #[must_use]
    pub const fn reduce_counted(&self, reduce: u8) -> u8 {
        read(self.tasks, reduce_at(reduce) + 2, 2) as u8
    }

    /// Who may rename that reduce's output, with a commit coordinator.
    #[must_use]
    pub const fn lock(&self, reduce: u8) -> Option<u8> {
        match read(self.tasks, reduce_at(reduce) + 4, 3) {
            0 => None,
            worker => Some(worker as u8 - 1),
        }
    }

    /// This state, but that worker may rename that reduce's output.
    #[must_use]
    pub const fn with_lock(mut self, reduce: u8, holder: Option<u8>) -> Self {
        let bits = match holder {
            None => 0,
            Some(worker) => worker as u64 + 1,
        };
        self.tasks = written(self.tasks, reduce_at(reduce) + 4, 3, bits);
        self
    }

    /// What is under the final name of that reduce.
    #[must_use]
    pub const fn output(&self, reduce: u8) -> Option<Content> {
        let bits = read(self.tasks, output_at(reduce), OUTPUT);
        if bits & 1 == 0 { None } else { Some(Content::from_bits(bits >> 1)) }
    }

    /// This state, but that is under the final name of that reduce.
    #[must_use]
    pub const fn with_output(mut self, reduce: u8, content: Content) -> Self {
        let bits = 1 | content.bits() << 1;
        self.tasks = written(self.tasks, output_at(reduce), 1 + Content::BITS, bits);
        self
    }

    /// How many attempts have renamed, with a commit coordinator; three stands for more.
    #[must_use]
    pub const fn renames(&self, reduce: u8) -> u8 {
        read(self.tasks, output_at(reduce) + 1 + Content::BITS, 2) as u8
    }

    /// This state after one more rename.
    #[must_use]
    pub const fn with_rename_counted(mut self, reduce: u8) -> Self {
        let count = self.renames(reduce);
        let more = if count < 3 { count + 1 } else { count };
        self.tasks = written(self.tasks, output_at(reduce) + 1 + Content::BITS, 2, more as u64);
        self
    }
}

/// The rest.
impl State {
    /// What the environment may still do.
    #[must_use]
    pub const fn left(&self) -> Budget {
        Budget {
            crashes: self.budget(0),
            false_suspicions: self.budget(2),
            losses: self.budget(4),
            duplicates: self.budget(6),
            rejoins: self.budget(8),
            restarts: self.budget(10),
            failures: self.budget(12),
        }
    }

    const fn budget(&self, at: u32) -> u8 {
        read(self.rest, at, 2) as u8
    }

    /// This state, but the environment may still do that.
    #[must_use]
    pub const fn with_left(mut self, left: Budget) -> Self {
        let bits = left.crashes as u64
            | (left.false_suspicions as u64) << 2
            | (left.losses as u64) << 4
            | (left.duplicates as u64) << 6
            | (left.rejoins as u64) << 8
            | (left.restarts as u64) << 10
            | (left.failures as u64) << 12;
        self.rest = written(self.rest, 0, 14, bits);
        self
    }

    /// Whether the user has been told that the job is done.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        read(self.rest, DONE, 1) != 0
    }

    /// This state, but the user has been told or has not.
    #[must_use]
    pub const fn with_done(mut self, done: bool) -> Self {
        self.rest = written(self.rest, DONE, 1, done as u64);
        self
    }

    /// How many attempts have failed on the first record of map 0; three stands for more.
    #[must_use]
    pub const fn record_failures(&self) -> u8 {
        read(self.rest, RECORD_FAILURES, 2) as u8
    }

    /// This state, but so many attempts have failed on that record.
    #[must_use]
    pub const fn with_record_failures(mut self, failures: u8) -> Self {
        let bits = if failures > 3 { 3 } else { failures as u64 };
        self.rest = written(self.rest, RECORD_FAILURES, 2, bits);
        self
    }

    /// The master's last checkpoint.
    #[must_use]
    pub const fn checkpoint(&self) -> Checkpoint {
        Checkpoint::from_bits(read(self.rest, CHECKPOINT, Checkpoint::BITS))
    }

    /// This state, with that checkpoint.
    #[must_use]
    pub const fn with_checkpoint(mut self, checkpoint: Checkpoint) -> Self {
        self.rest = written(self.rest, CHECKPOINT, Checkpoint::BITS, checkpoint.bits());
        self
    }
}
