//! The same job without master and workers: one task after the other.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::cluster::prepare;
use super::disk::{self, Memory};
use super::job::{Job, JobError, Report};
use super::store::{Store, Workspace};
use super::task::{self, Bench, Failure};
use crate::mapreduce::{AttemptId, Counters, Task, WorkerId};

/// Runs a job's tasks one after the other. Its outputs are those that a job without faults has.
///
/// # Errors
///
/// Why the job was not done.
pub fn run_sequentially(job: &Job, stop: &AtomicBool) -> Result<Report, JobError> {
    let alone = Job { workers: 1, ..job.clone() };
    let (splits, memory) = prepare(&alone)?;
    let workspace = Workspace::create(&job.output)?;
    let store = Store::new(&workspace);
    let mut run = Run { job, root: workspace.path(), memory, stop, number: 0 };
    let mut counters = Counters::default();
    fs::create_dir(disk::disk(run.root, ONLY)).map_err(|source| run.unwritable(source))?;
    for (map, split) in (0..).zip(&splits) {
        let regions = disk::regions(run.root, map, at(0));
        let counted = run.task(Task::Map(map), |bench| task::map(bench, split, &[], &regions))?;
        counters.merge(&counted);
    }
    for reduce in 0..job.reduces {
        let counted = run.task(Task::Reduce(reduce), |bench| {
            let output = bench.directory.join("output");
            let counters = reduce_all(bench, reduce, splits.len() as u32, &output)?;
            store.permit(reduce, at(0));
            store.publish(reduce, at(0), &output)?;
            Ok(counters)
        })?;
        counters.merge(&counted);
    }
    let (maps, reduces) = (splits.len() as u32, job.reduces);
    workspace.finish()?;
    Ok(Report { counters, maps, reduces, attempts: maps + reduces, ..Report::default() })
}

/// The only worker there is.
const ONLY: WorkerId = WorkerId { machine: 0, incarnation: 0 };

const fn at(number: u32) -> AttemptId {
    AttemptId { worker: ONLY, number }
}

struct Run<'a> {
    job: &'a Job,
    root: &'a Path,
    memory: Memory,
    stop: &'a AtomicBool,
    number: u32,
}

impl Run<'_> {
    fn unwritable(&self, source: io::Error) -> JobError {
        JobError::Output { path: self.root.to_owned(), source }
    }

    fn task(
        &mut self,
        task: Task,
        work: impl FnOnce(&Bench<'_>) -> Result<Counters, Failure>,
    ) -> Result<Counters, JobError> {
        self.number += 1;
        let directory = disk::attempt(self.root, at(self.number));
        fs::create_dir(&directory).map_err(|source| self.unwritable(source))?;
        let is_stopped = || self.stop.load(Ordering::Relaxed);
        let bench = Bench {
            application: &*self.job.application,
            reduces: self.job.reduces,
            memory: self.memory,
            directory: &directory,
            is_stopped: &is_stopped,
        };
        let result = work(&bench);
        fs::remove_dir_all(&directory).map_err(|source| self.unwritable(source))?;
        result.map_err(|failure| match failure {
            Failure::Stopped => JobError::Stopped,
            Failure::Exit => JobError::Died(1),
            Failure::Failed { why, .. } => JobError::GaveUp { task, why },
        })
    }
}

fn reduce_all(
    bench: &Bench<'_>,
    reduce: u32,
    maps: u32,
    output: &Path,
) -> Result<Counters, Failure> {
    let root = bench.directory.parent().and_then(Path::parent).unwrap_or(bench.directory);
    let mut lengths = Vec::new();
    for map in 0..maps {
        let to = bench.directory.join(format!("run-{map}"));
        lengths.push(disk::fetch(&disk::regions(root, map, at(0)), reduce, bench.reduces, &to)?);
    }
    task::reduce(bench, lengths, &[], output)
}
