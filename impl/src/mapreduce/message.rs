//! What master and workers say to each other, what they wait for, and what their hosts are told.

use serde::{Deserialize, Serialize};

use super::task::{AttemptId, Counters, Task, WorkerId};

/// What goes on the wire. Numbers are those of attempts of the worker that it goes to or comes
/// from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Message {
    /// From a worker: I do nothing; every attempt up to this one has ended. Source: MAPREDUCE-3
    Ask {
        /// The last attempt that has come to me, or 0.
        after: u32,
    },
    /// From a worker: I am alive. Source: MAPREDUCE-5
    Beat {
        /// The attempt that I run, or 0.
        running: u32,
    },
    /// From a worker: the attempt is completed. Source: MAPREDUCE-6
    Complete {
        /// Which one.
        number: u32,
        /// Of which task.
        task: Task,
        /// What its user code has counted. Source: MAPREDUCE-17
        counters: Counters,
    },
    /// From a worker: the attempt has failed. Source: MAPREDUCE-15
    Failed {
        /// Which one.
        number: u32,
        /// Of which task.
        task: Task,
        /// The record on which user code crashed, if it did.
        record: Option<u64>,
    },
    /// From a worker: the attempt at a reduce lacks regions.
    Lack {
        /// Which attempt.
        number: u32,
        /// Which maps' regions, or some of them, and where each could not be read if that was
        /// tried.
        regions: Vec<(u32, Option<AttemptId>)>,
    },
    /// From a worker: may the attempt's output have its final name?
    AskCommit {
        /// Which attempt.
        number: u32,
        /// What its user code has counted: it may be the last that is heard of it.
        counters: Counters,
    },
    /// From the master: here is a task. Source: MAPREDUCE-3
    Assign {
        /// The attempt's number.
        number: u32,
        /// What is to be done.
        task: Task,
        /// Records that are left out. Source: MAPREDUCE-15
        skip: Vec<u64>,
        /// For a reduce: how many maps there are.
        maps: u32,
        /// For a reduce: where the regions of completed maps are. Source: MAPREDUCE-8
        locations: Vec<(u32, AttemptId)>,
    },
    /// From the master: a map's regions are there. Source: MAPREDUCE-8
    Location {
        /// The attempt, at a reduce, that is told.
        number: u32,
        /// Which map's regions.
        map: u32,
        /// The execution that wrote them.
        at: AttemptId,
    },
    /// From the master: the output may have its final name.
    Grant {
        /// Of which attempt.
        number: u32,
    },
    /// From the master: forget the attempt, or never begin it.
    Drop {
        /// Which one.
        number: u32,
    },
    /// From the master: I have heard what became of the attempt.
    Ack {
        /// Which one.
        number: u32,
    },
    /// From the master: are you alive? Source: MAPREDUCE-5
    Ping,
    /// From the master: I do not count on you any more. End, and come back as another.
    Dismissed,
    /// From the master: the job has ended.
    Ended,
}

/// What the master waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MasterTimer {
    /// To suspect that worker. Source: MAPREDUCE-5
    Silence(WorkerId),
    /// To make a reduce give way to a lost map.
    Preempt,
    /// To end the job.
    Finish,
}

/// What the master's operator may ask for, and what its file system answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MasterCommand {
    /// Whenever there is a choice among tasks, take this one, until it was taken once.
    Prefer(Task),
    /// The permission that was taken back, and whether it had been used.
    Settled {
        /// Of which reduce.
        reduce: u32,
        /// Whether its output has its final name.
        is_published: bool,
    },
}

/// What the master's host is told. It carries out [`Permit`](Self::Permit) and
/// [`Revoke`](Self::Revoke) in the file system before anything else; the rest it may show.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MasterDelivery {
    /// A worker was given a task.
    Assigned {
        /// The attempt.
        attempt: AttemptId,
        /// The task.
        task: Task,
        /// Whether another attempt at it goes on. Source: MAPREDUCE-14
        is_backup: bool,
    },
    /// A task is completed.
    Completed {
        /// The attempt that did it.
        attempt: AttemptId,
        /// The task.
        task: Task,
    },
    /// An attempt has failed.
    Failed {
        /// The attempt.
        attempt: AttemptId,
        /// The task.
        task: Task,
    },
    /// A worker is not counted on any more. Source: MAPREDUCE-5
    Suspected(WorkerId),
    /// An attempt at a reduce gave way to a lost map.
    Preempted {
        /// The attempt.
        attempt: AttemptId,
        /// The reduce.
        reduce: u32,
    },
    /// An attempt at a reduce that is completed was ended.
    Cancelled {
        /// The attempt.
        attempt: AttemptId,
        /// The reduce.
        reduce: u32,
    },
    /// From now on let this attempt, and no other, give the output of the reduce its final name.
    Permit {
        /// The reduce.
        reduce: u32,
        /// The attempt.
        attempt: AttemptId,
    },
    /// From now on refuse this attempt, and answer with [`MasterCommand::Settled`].
    Revoke {
        /// The reduce.
        reduce: u32,
        /// The attempt.
        attempt: AttemptId,
    },
    /// All outputs have their final names. Source: MAPREDUCE-19
    Done,
    /// A task fails whenever it is tried, and the job with it.
    GaveUp(Task),
}

/// What a worker waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerTimer {
    /// To ask for work again.
    Ask,
    /// To give a sign of life.
    Beat,
    /// To say again what was not acknowledged, or not answered.
    Resend,
    /// To say again which regions are lacking.
    Lack,
}

/// What a worker's host reports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerCommand {
    /// The process has begun.
    Start,
    /// Every region of a map is on the disk.
    Mapped {
        /// The attempt.
        number: u32,
        /// What user code has counted.
        counters: Counters,
    },
    /// A region is here.
    Fetched {
        /// The attempt.
        number: u32,
        /// Which map's.
        map: u32,
        /// The execution that wrote it.
        from: AttemptId,
    },
    /// A region could not be read.
    Unreadable {
        /// The attempt.
        number: u32,
        /// Which map's.
        map: u32,
        /// Where it was looked for.
        from: AttemptId,
    },
    /// The output of a reduce is on the disk, under a name of its own.
    Reduced {
        /// The attempt.
        number: u32,
        /// What user code has counted.
        counters: Counters,
    },
    /// The output has its final name.
    Published {
        /// The attempt.
        number: u32,
    },
    /// The file system has refused to give the output its final name.
    Refused {
        /// The attempt.
        number: u32,
    },
    /// The attempt cannot go on.
    Failed {
        /// The attempt.
        number: u32,
        /// The record on which user code crashed, if it did.
        record: Option<u64>,
    },
}

/// What a worker's host is to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerDelivery {
    /// Run the map function on a split, and write a region for each reduce.
    Map {
        /// The attempt.
        number: u32,
        /// The split.
        map: u32,
        /// Records to leave out.
        skip: Vec<u64>,
    },
    /// Fetch a region. Whatever was asked for of the same map before is void.
    Fetch {
        /// The attempt.
        number: u32,
        /// The partition.
        reduce: u32,
        /// Which map's region.
        map: u32,
        /// The execution that wrote it.
        from: AttemptId,
    },
    /// Run the reduce function: every region is there.
    Reduce {
        /// The attempt.
        number: u32,
        /// The partition.
        reduce: u32,
        /// Keys to leave out, by their place in the order.
        skip: Vec<u64>,
    },
    /// Give the output its final name, if the file system lets this attempt.
    Publish {
        /// The attempt.
        number: u32,
        /// The partition.
        reduce: u32,
    },
    /// Stop the attempt, and forget its files.
    Drop {
        /// The attempt.
        number: u32,
    },
    /// End the process: the master does not count on it any more.
    Dismissed,
    /// End the process: the job has ended.
    Ended,
}

/// Why an input was not acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is a message that only the master may send, or that it may not send to itself.
    WrongSender,
    /// The master has never heard of that worker, and it does not ask for work.
    UnknownWorker,
    /// As many workers have come as may.
    TooManyWorkers,
    /// It speaks of an attempt that the worker was never given.
    NeverIssued,
    /// It speaks of an attempt, or of a place, that does not matter any more.
    Stale,
    /// There is no such task, or the attempt is at another one.
    WrongTask,
    /// The attempt may not give its output the final name.
    NotPermitted,
    /// As many counters come at once as may.
    TooManyCounters,
    /// The timer is not one that is waited for.
    NotWaiting,
    /// Nothing like that was asked of the host.
    Unasked,
    /// The process was started before.
    AlreadyStarted,
    /// The job, or the worker, has ended, or has not begun.
    Over,
}
