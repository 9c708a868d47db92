//! MapReduce, as the paper of 2004 (OSDI 2004 below) has it, with what it leaves open decided.
//!
//! Two roles, both machines: one [`Master`], and [`Worker`]s that ask it for tasks. Before
//! anything else the host asks the master what it waits for ([`Master::start`]) and gives each
//! worker [`WorkerCommand::Start`]; from then on it gives them every message, timer and command,
//! and does what they say. Data never pass through them: files are the host's, and it is told
//! which to write, to fetch, and to give their final names.
//!
//! | file | holds |
//! |---|---|
//! | `task` | tasks, and the names of workers and attempts |
//! | `config` | the job, its variant of the protocol, times, bounds |
//! | `message` | the wire, the timers, the commands, what hosts are told |
//! | `master` | what the master remembers, and its procedures |
//! | `worker` | what a worker remembers, and its procedures |
//! | `machine` | which procedure takes which input |
//! | `invariant` | what is true of each after every input |
//! | `fault` | procedures done wrong on purpose |
//! | `application` | user code: the examples of the paper |
//! | `data` | the way of the data, through whatever files the host has |
//!
//! **Attempts.** A worker numbers nothing: the master numbers all attempts that it gives one
//! worker, and no number comes twice. An order about an attempt may come before the attempt; a
//! worker that has seen a number takes nothing up to it any more.
//!
//! **Suspicion** (MAPREDUCE-5, MAPREDUCE-10). A worker that is silent for too long is not counted
//! on any more, and never again under that name. What it says is answered with
//! [`Message::Dismissed`]. Its completed maps are done again, its completed reduces are not.
//!
//! **Commit** (MAPREDUCE-12). One attempt at a time may give a reduce's output its final name. The
//! permission can be taken back: the master's host sees to it that the file system refuses the
//! attempt from then on, looks whether it was used, and says so ([`MasterCommand::Settled`]).

pub mod application;
mod config;
pub mod data;
mod fault;
pub mod invariant;
mod machine;
mod master;
mod message;
mod task;
mod worker;

pub use config::{Barrier, Commit, Config, Limits, MapOutput, Timings, WorkerConfig};
pub use fault::{FAULTS, Fault, Planted};
pub use master::{Attempt, End, Lock, Master, Phase, Progress, Record, Standing, Status};
pub use message::{
    MasterCommand, MasterDelivery, MasterTimer, Message, Reason, WorkerCommand, WorkerDelivery,
    WorkerTimer,
};
pub use task::{Address, AttemptId, Counters, Task, WorkerId};
pub use worker::{Activity, Life, Reduce, Region, Stage, Worker};
