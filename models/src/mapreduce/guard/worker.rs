//! What keeps a worker from doing what it was given.

use crate::engine::Refusal;
use crate::mapreduce::Task;
use crate::mapreduce::attempt::{MapAttempt, ReduceAttempt, Report};
use crate::mapreduce::content::Region;
use crate::mapreduce::options::{MapOutput, Records};
use crate::mapreduce::step::worker::report;

use super::{Guarded, Guards};

/// A worker does what it was given.
///
/// Source: MAPREDUCE-4, MAPREDUCE-8, MAPREDUCE-15, MAPREDUCE-17.
impl Guards<'_> {
    pub(super) fn launch(&self, task: Task, worker: u8) -> Guarded {
        self.is_up(worker)?;
        let is_under_way = match task {
            Task::Map(map) => self.state.map_attempt(map, worker) == MapAttempt::Launching,
            Task::Reduce(reduce) => matches!(
                self.state.reduce_attempt(reduce, worker),
                ReduceAttempt::Launching | ReduceAttempt::Recalled
            ),
        };
        let guard = "the assignment must be on its way to the worker";
        Refusal::unless(is_under_way, guard, || self.attempt(task, worker))
    }

    pub(super) fn finish_map(&self, map: u8, worker: u8) -> Guarded {
        self.is_up(worker)?;
        self.is_not_done()?;
        let read = || self.attempt(Task::Map(map), worker);
        let MapAttempt::Running { skips } = self.state.map_attempt(map, worker) else {
            return Err(Refusal::new("the worker must run the map", read()));
        };
        let stumbles = self.job.records == Records::FirstIsBad && map == 0 && !skips;
        let guard = "user code must not crash on the bad record, or must leave it out";
        Refusal::unless(!stumbles, guard, read)
    }

    pub(super) fn fail_on_record(&self, worker: u8) -> Guarded {
        self.is_up(worker)?;
        self.is_not_done()?;
        let meets_it = self.state.map_attempt(0, worker) == MapAttempt::Running { skips: false };
        let guard = "the worker must run m0 and not leave the record out";
        Refusal::unless(meets_it, guard, || self.attempt(Task::Map(0), worker))?;
        match self.job.records {
            Records::FirstIsBad => Ok(()),
            Records::Good => self.is_left("failures", |left| left.failures),
        }
    }

    pub(super) fn fetch(&self, (reduce, worker): (u8, u8), (map, from): (u8, u8)) -> Guarded {
        self.is_up(worker)?;
        let content = self.running(reduce, worker)?;
        let lacks_it = content.region(map) == Region::Missing;
        let guard = "the attempt must not have the map's region yet";
        Refusal::unless(lacks_it, guard, || self.attempt(Task::Reduce(reduce), worker))?;
        let attempt = self.state.map_attempt(map, from);
        let is_recorded = matches!(attempt, MapAttempt::Finished { recorded: true, .. });
        let guard = "the master must have recorded that the map's regions are at that worker";
        Refusal::unless(is_recorded, guard, || self.attempt(Task::Map(map), from))?;
        match self.job.map_output {
            MapOutput::SharedFileSystem => Ok(()),
            MapOutput::LocalDisk => {
                let guard = "the worker with the regions on its disk must be up";
                Refusal::unless(self.state.is_up(from), guard, || self.worker(from))
            }
        }
    }

    pub(super) fn resend(&self, task: Task, worker: u8) -> Guarded {
        self.is_up(worker)?;
        self.is_not_done()?;
        let is_lost = report(self.state, task, worker) == Some(Report::Lost);
        let guard = "the completion must have been lost";
        Refusal::unless(is_lost, guard, || self.attempt(task, worker))
    }
}
