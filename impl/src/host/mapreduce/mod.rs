//! MapReduce jobs on threads, over a directory.
//!
//! One master, and workers of which each has a thread for its machine and one for user code. A
//! worker's disk is a directory of its own, gone when the worker is; the outputs are collected
//! beside the directory that they are for, which appears in one stroke when the job is done.
//!
//! | file | holds |
//! |---|---|
//! | `job` | what is to be done, and what came of it |
//! | `cluster` | the master's thread: workers come and go |
//! | `process` | a worker's two threads |
//! | `task` | maps and reduces, over files |
//! | `input` | splits and lines |
//! | `disk` | where a worker keeps its files |
//! | `store` | outputs, and who may give them their final names |
//! | `guarded` | user code that panics |
//! | `sequential` | the same job without master and workers |
//! | `generate` | text to work on |

mod cluster;
mod disk;
mod generate;
mod guarded;
mod input;
mod job;
mod process;
mod sequential;
mod store;
mod task;

pub use cluster::run;
pub use generate::generate;
pub use guarded::ProcessExit;
pub use input::{Split, sample, split};
pub use job::{Job, JobError, Observation, Report};
pub use sequential::run_sequentially;
