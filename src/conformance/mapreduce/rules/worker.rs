//! What workers do, and what happens to them and to their messages.

use std::collections::BTreeMap;

use straightedge_impl::mapreduce::{Task, WorkerId};
use straightedge_models::mapreduce::{Commit, MapOutput, MapReduce, Records, Report};

use super::super::observed::{Attempt, Observed, Output, Region, Row};
use super::question::{is_under_way, is_unheard};

impl Observed {
    pub(super) fn finish_map(&mut self, job: &MapReduce, map: u32, worker: WorkerId) -> Option<()> {
        let row = self.workers.get_mut(&worker).filter(|row| row.is_up)?;
        let attempt = row.attempts.get_mut(&Task::Map(map))?;
        let Attempt::Mapping { skips } = *attempt else { return None };
        if job.records == Records::FirstIsBad && map == 0 && !skips {
            return None;
        }
        *attempt = Attempt::Mapped { report: Report::Sent, is_recorded: false, skips };
        Some(())
    }

    pub(super) fn fail_on_record(&mut self, worker: WorkerId) -> Option<()> {
        let task = Task::Map(0);
        let row = self.workers.get_mut(&worker).filter(|row| row.is_up)?;
        let Attempt::Mapping { skips: false } = row.attempts.get(&task)? else { return None };
        row.attempts.remove(&task);
        if row.is_trusted {
            self.record_failures += 1;
            self.reopen(task);
        }
        Some(())
    }

    pub(super) fn fetch(
        &mut self,
        job: &MapReduce,
        (reduce, worker): (u32, WorkerId),
        map: u32,
        from: WorkerId,
    ) -> Option<()> {
        let source = self.workers.get(&from)?;
        let Attempt::Mapped { is_recorded: true, skips, .. } =
            *source.attempts.get(&Task::Map(map))?
        else {
            return None;
        };
        let is_readable = source.is_up || job.map_output == MapOutput::SharedFileSystem;
        let row = self.workers.get_mut(&worker).filter(|row| row.is_up)?;
        let attempt = row.attempts.get_mut(&Task::Reduce(reduce))?;
        let Attempt::Reducing { content, may_rename: false } = attempt else { return None };
        if !is_readable || content.contains_key(&map) {
            return None;
        }
        content.insert(map, Region { from, is_short: skips });
        Some(())
    }

    pub(super) fn commit(&mut self, job: &MapReduce, reduce: u32, worker: WorkerId) -> Option<()> {
        let task = Task::Reduce(reduce);
        let is_coordinated = job.commit == Commit::Coordinator;
        let row = self.workers.get_mut(&worker).filter(|row| row.is_up)?;
        let Attempt::Reducing { content, may_rename } = row.attempts.get(&task)?.clone() else {
            return None;
        };
        let is_full = content.len() == usize::from(job.maps);
        if !is_full || may_rename != is_coordinated {
            return None;
        }
        if is_coordinated && self.tasks.get(&task)?.lock != Some(worker) {
            row.attempts.remove(&task);
            return Some(());
        }
        row.attempts.insert(task, Attempt::Renamed(Report::Sent));
        let renames = self.outputs.get(&reduce).map_or(0, |output| output.renames) + 1;
        self.outputs.insert(reduce, Output { content, renames });
        Some(())
    }

    pub(super) fn rejoin(&mut self, job: &MapReduce, newcomer: WorkerId) -> Option<()> {
        let incarnation = newcomer.incarnation.checked_sub(1)?;
        let former = WorkerId { incarnation, ..newcomer };
        let row = self.workers.get_mut(&former).filter(|row| !row.is_trusted)?;
        row.is_up = false;
        self.forget(job, former);
        let row = Row { is_up: true, is_trusted: true, attempts: BTreeMap::new() };
        self.workers.insert(newcomer, row).is_none().then_some(())
    }

    /// What no step can depend on any more of a worker that has crashed.
    pub(super) fn forget(&mut self, job: &MapReduce, worker: WorkerId) {
        let Some(row) = self.workers.get_mut(&worker).filter(|row| !row.is_up) else { return };
        let is_trusted = row.is_trusted;
        let is_shared = job.map_output == MapOutput::SharedFileSystem;
        row.attempts.retain(|_, attempt| match attempt {
            Attempt::Mapping { skips } => {
                *skips = false;
                is_trusted
            }
            Attempt::Reducing { content, may_rename } => {
                content.clear();
                *may_rename = false;
                is_trusted
            }
            Attempt::Mapped { report, is_recorded, .. } => {
                let is_read = *is_recorded && (is_trusted || is_shared);
                is_under_way(*report) || is_read || is_trusted && is_unheard(*report)
            }
            Attempt::Renamed(report) => is_under_way(*report) || is_trusted && is_unheard(*report),
        });
    }

    pub(super) fn crash(&mut self, job: &MapReduce, worker: WorkerId) -> Option<()> {
        self.workers.get_mut(&worker).filter(|row| row.is_up)?.is_up = false;
        self.forget(job, worker);
        Some(())
    }

    pub(super) fn resend(&mut self, task: Task, worker: WorkerId) -> Option<()> {
        self.workers.get(&worker).filter(|row| row.is_up)?;
        let report = self.report_mut(task, worker)?;
        (*report == Report::Lost).then(|| *report = Report::Sent)
    }

    pub(super) fn lose(&mut self, job: &MapReduce, task: Task, worker: WorkerId) -> Option<()> {
        let report = self.report_mut(task, worker)?;
        *report = match *report {
            Report::Sent => Report::Lost,
            Report::SentTwice => Report::Sent,
            Report::HeardOnce => Report::Heard,
            Report::Lost | Report::Heard => return None,
        };
        self.forget(job, worker);
        Some(())
    }

    pub(super) fn duplicate(&mut self, task: Task, worker: WorkerId) -> Option<()> {
        let is_up = self.workers.get(&worker)?.is_up;
        let report = self.report_mut(task, worker)?;
        *report = match *report {
            Report::Sent => Report::SentTwice,
            Report::Heard if is_up => Report::HeardOnce,
            _ => return None,
        };
        Some(())
    }
}
