//! The model's steps once more, for jobs of any size: plain, and sharing no code with the model or
//! the machines. Where a job fits into the model's states, a test holds the two against each other.
//!
//! How often the environment may still do something is nothing to these rules.

mod master;
mod question;
mod worker;

use straightedge_impl::mapreduce::{Task, WorkerId};
use straightedge_models::mapreduce::MapReduce;

use super::observed::Observed;
use super::refinement::Effect;

/// A step of the protocol, or of its environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Source: MAPREDUCE-3.
    Assign(Task, WorkerId),
    /// Source: MAPREDUCE-14.
    Backup(Task, WorkerId),
    /// Source: MAPREDUCE-6.
    Hear(Task, WorkerId),
    /// Source: MAPREDUCE-5.
    Suspect(WorkerId),
    /// Source: MAPREDUCE-18.
    Preempt(u32, WorkerId),
    /// Source: MAPREDUCE-12.
    Grant(u32, WorkerId),
    /// Source: MAPREDUCE-12.
    Cancel(u32, WorkerId),
    /// Source: MAPREDUCE-19.
    Finish,
    /// Source: MAPREDUCE-4.
    FinishMap(u32, WorkerId),
    /// Source: MAPREDUCE-15.
    FailOnRecord(WorkerId),
    /// Source: MAPREDUCE-8.
    Fetch {
        /// The reduce.
        reduce: u32,
        /// Who reads.
        worker: WorkerId,
        /// The map whose region it is.
        map: u32,
        /// Who wrote it.
        from: WorkerId,
    },
    /// Source: MAPREDUCE-9.
    Commit(u32, WorkerId),
    /// Source: MAPREDUCE-17.
    Resend(Task, WorkerId),
    /// Source: MAPREDUCE-5.
    Crash(WorkerId),
    /// Source: MAPREDUCE-17.
    Lose(Task, WorkerId),
    /// Source: MAPREDUCE-17.
    Duplicate(Task, WorkerId),
    /// Source: MAPREDUCE-10.
    Rejoin(WorkerId),
}

impl Step {
    /// What kind of step it is, as the model calls it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Assign(Task::Map(_), _) => "assign_map",
            Self::Assign(Task::Reduce(_), _) => "assign_reduce",
            Self::Backup(Task::Map(_), _) => "backup_map",
            Self::Backup(Task::Reduce(_), _) => "backup_reduce",
            Self::Hear(Task::Map(_), _) => "hear_map",
            Self::Hear(Task::Reduce(_), _) => "hear_reduce",
            Self::Suspect(_) => "suspect",
            Self::Preempt(..) => "preempt",
            Self::Grant(..) => "grant",
            Self::Cancel(..) => "cancel",
            Self::Finish => "finish_job",
            Self::FinishMap(..) => "finish_map",
            Self::FailOnRecord(_) => "fail_on_record",
            Self::Fetch { .. } => "fetch",
            Self::Commit(..) => "commit",
            Self::Resend(..) => "resend",
            Self::Crash(_) => "crash",
            Self::Lose(..) => "lose",
            Self::Duplicate(..) => "duplicate",
            Self::Rejoin(_) => "rejoin",
        }
    }
}

/// The steps that may have this effect.
fn candidates(job: &MapReduce, before: &Observed, effect: Effect) -> Vec<Step> {
    let tasks = || before.tasks.keys().copied();
    let reduces = || 0..u32::from(job.reduces);
    let of_tasks = |worker, kinds: &[fn(Task, WorkerId) -> Step]| {
        let steps = tasks().flat_map(|task| kinds.iter().map(move |kind| kind(task, worker)));
        steps.collect::<Vec<_>>()
    };
    match effect {
        Effect::Nothing => Vec::new(),
        Effect::Question(worker) => of_tasks(worker, &[Step::Assign, Step::Backup]),
        Effect::Permission(worker) => {
            let steps = |r| [Step::Grant(r, worker), Step::Cancel(r, worker)];
            reduces().flat_map(steps).collect()
        }
        Effect::Sign(worker) => reduces().map(|r| Step::Cancel(r, worker)).collect(),
        Effect::Heard(task, worker) => vec![Step::Hear(task, worker)],
        Effect::Failure(worker) => vec![Step::FailOnRecord(worker)],
        Effect::Lost(task, worker) => vec![Step::Lose(task, worker)],
        Effect::Doubled(task, worker) => vec![Step::Duplicate(task, worker)],
        Effect::Again(worker) => of_tasks(worker, &[Step::Resend, Step::Duplicate]),
        Effect::Silence(worker) => vec![Step::Suspect(worker)],
        Effect::Preemption => {
            let workers = before.workers.keys();
            workers.flat_map(|&w| reduces().map(move |r| Step::Preempt(r, w))).collect()
        }
        Effect::End => vec![Step::Finish],
        Effect::Mapped(worker) => {
            (0..u32::from(job.maps)).map(|map| Step::FinishMap(map, worker)).collect()
        }
        Effect::Fetched(worker, map, from) => {
            reduces().map(|reduce| Step::Fetch { reduce, worker, map, from }).collect()
        }
        Effect::Published(worker) => reduces().map(|r| Step::Commit(r, worker)).collect(),
        Effect::Crash(worker) => vec![Step::Crash(worker)],
        Effect::Newcomer(worker) => vec![Step::Rejoin(worker)],
    }
}

/// The step that leads from one to the other, if one does that may have this effect. What is said
/// again at once is one step for each completion; the last of them is returned.
#[must_use]
pub fn explanation(
    job: &MapReduce,
    before: &Observed,
    effect: Effect,
    after: &Observed,
) -> Option<Step> {
    let candidates = candidates(job, before, effect);
    let single = candidates.iter().find(|&&step| next(job, before, step).as_ref() == Some(after));
    if single.is_some() || !matches!(effect, Effect::Again(_)) {
        return single.copied();
    }
    let mut at = before.clone();
    let mut last = None;
    for step in candidates {
        let (Step::Resend(task, worker) | Step::Duplicate(task, worker)) = step else { continue };
        let of = |observed: &Observed| {
            observed.workers.get(&worker).and_then(|row| row.attempts.get(&task).cloned())
        };
        if of(&at) != of(after)
            && let Some(next) = next(job, &at, step)
        {
            (at, last) = (next, Some(step));
        }
    }
    last.filter(|_| at == *after)
}

/// The state after a step, or nothing if it cannot be taken.
#[must_use]
pub fn next(job: &MapReduce, before: &Observed, step: Step) -> Option<Observed> {
    let mut state = before.clone();
    match step {
        Step::Fetch { reduce, worker, map, from } => {
            state.fetch(job, (reduce, worker), map, from)?;
        }
        Step::Commit(reduce, worker) => state.commit(job, reduce, worker)?,
        // Once the job is done nothing else happens.
        _ if before.is_done => return None,
        Step::Assign(task, worker) => state.assign(job, task, worker)?,
        Step::Backup(task, worker) => state.back_up(job, task, worker)?,
        Step::Hear(task, worker) => state.hear(job, task, worker)?,
        Step::Suspect(worker) => state.suspect(job, worker)?,
        Step::Preempt(reduce, worker) => state.preempt(reduce, worker)?,
        Step::Grant(reduce, worker) => state.grant(job, reduce, worker)?,
        Step::Cancel(reduce, worker) => state.cancel(job, reduce, worker)?,
        Step::Finish => state.finish()?,
        Step::FinishMap(map, worker) => state.finish_map(job, map, worker)?,
        Step::FailOnRecord(worker) => state.fail_on_record(worker)?,
        Step::Crash(worker) => state.crash(job, worker)?,
        Step::Resend(task, worker) => state.resend(task, worker)?,
        Step::Lose(task, worker) => state.lose(job, task, worker)?,
        Step::Duplicate(task, worker) => state.duplicate(task, worker)?,
        Step::Rejoin(newcomer) => state.rejoin(job, newcomer)?,
    }
    Some(state)
}
