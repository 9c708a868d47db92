//! The claims about steps.

use crate::engine::{Claim, Form};

use super::attempt::ReduceAttempt;
use super::content::Content;
use super::options::{Barrier, MapOutput};
use super::property::{a_map_is_completed, a_reduce_is_completed, completed};
use super::state::{MapStatus, ReduceStatus, State};
use super::{Action, MapReduce, Task};

/// The claims about the steps of this variant.
pub(super) fn claims(job: &MapReduce) -> Vec<Claim<MapReduce>> {
    let mut claims = vec![
        OUTPUT_IS_FINAL_ONCE_DONE,
        REDUCE_READS_EVERY_MAP,
        COMPLETED_REDUCES_STAY,
        COMPLETED_MAPS_STAY,
        NOTHING_STARTS_ONCE_DONE,
    ];
    if job.barrier == Barrier::Assignment {
        claims.push(REDUCES_WAIT_FOR_THE_LAST_MAP);
    }
    // A restarted master has forgotten what runs, and hands it out again.
    if job.backups && job.budget.restarts == 0 {
        claims.extend([SECOND_ATTEMPTS_ARE_BACKUPS, BACKUPS_LEAVE_THE_PRIMARY]);
    }
    claims
}

type HoldsOfStep = fn(&MapReduce, &State, &Action, &State) -> bool;

const fn step(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    when: HoldsOfStep,
    holds: HoldsOfStep,
) -> Claim<MapReduce> {
    Claim::new(name, sentence, source, Form::Step { when, holds })
}

const OUTPUT_IS_FINAL_ONCE_DONE: Claim<MapReduce> = step(
    "output_is_final_once_done",
    "Once the job is reported as done no output changes.",
    "MAPREDUCE-19",
    |_, state, _, _| state.is_done(),
    |job, state, _, next| job.reduces().all(|r| state.output(r) == next.output(r)),
);

const REDUCE_READS_EVERY_MAP: Claim<MapReduce> = step(
    "reduce_reads_every_map",
    "The reduce function runs only once a region of every map was read.",
    "MAPREDUCE-7",
    |_, state, action, next| published(state, action, next).is_some(),
    |job, state, action, next| {
        published(state, action, next).is_none_or(|content| content.is_full(job.maps))
    },
);

const COMPLETED_REDUCES_STAY: Claim<MapReduce> = step(
    "completed_reduces_stay",
    "A completed reduce is never done again, unless the master is restarted.",
    "MAPREDUCE-5",
    |job, state, action, _| *action != Action::RestartMaster && a_reduce_is_completed(job, state),
    |job, state, _, next| {
        completed(job, state).all(|reduce| next.reduce(reduce) == ReduceStatus::Completed)
    },
);

const COMPLETED_MAPS_STAY: Claim<MapReduce> = step(
    "completed_maps_stay",
    "A completed map keeps its place until its worker is suspected or the master restarted.",
    "MAPREDUCE-6",
    |job, state, action, _| *action != Action::RestartMaster && a_map_is_completed(job, state),
    |job, state, action, next| {
        let is_lost = |worker| {
            let suspected = [Action::Suspect(worker), Action::SuspectFalsely(worker)];
            job.map_output == MapOutput::LocalDisk && suspected.contains(action)
        };
        job.maps().all(|map| match state.map(map) {
            MapStatus::Completed(worker) => next.map(map) == state.map(map) || is_lost(worker),
            _ => true,
        })
    },
);

const NOTHING_STARTS_ONCE_DONE: Claim<MapReduce> = step(
    "nothing_starts_once_done",
    "Once the job is reported as done it stays so, and no task is handed out.",
    "MAPREDUCE-19",
    |_, state, _, _| state.is_done(),
    |_, _, action, next| {
        next.is_done() && !matches!(action, Action::Assign(..) | Action::Backup(..))
    },
);

const REDUCES_WAIT_FOR_THE_LAST_MAP: Claim<MapReduce> = step(
    "reduces_wait_for_the_last_map",
    "No reduce is handed out while some map is not completed.",
    "MAPREDUCE-7",
    |_, _, action, _| matches!(action, Action::Assign(Task::Reduce(_), _)),
    |job, state, _, _| job.maps_are_completed(state),
);

const SECOND_ATTEMPTS_ARE_BACKUPS: Claim<MapReduce> = step(
    "second_attempts_are_backups",
    "A task that the master waits for is handed out again only as a backup, when nothing is idle.",
    "MAPREDUCE-14",
    |job, state, action, _| started(action).is_some_and(|task| is_awaited(job, state, task)),
    |job, state, action, _| match action {
        Action::Backup(Task::Map(_), _) => !job.a_map_is_idle(state),
        Action::Backup(Task::Reduce(_), _) => {
            !job.a_map_is_idle(state) && !job.a_reduce_is_idle(state)
        }
        _ => false,
    },
);

const BACKUPS_LEAVE_THE_PRIMARY: Claim<MapReduce> = step(
    "backups_leave_the_primary",
    "To start a backup ends no other attempt.",
    "MAPREDUCE-14",
    |_, _, action, _| matches!(action, Action::Backup(..)),
    |job, state, action, next| {
        let Action::Backup(task, _) = *action else { return true };
        job.live(state, task).all(|worker| job.is_live(next, task, worker))
    },
);

/// What a step puts under a final name, if it does so.
fn published(state: &State, action: &Action, next: &State) -> Option<Content> {
    let Action::Commit(reduce, worker) = *action else { return None };
    let becomes_final = matches!(next.reduce_attempt(reduce, worker), ReduceAttempt::Renamed(_));
    if becomes_final { state.reduce_attempt(reduce, worker).content() } else { None }
}

/// The task that a step hands out.
const fn started(action: &Action) -> Option<Task> {
    match action {
        Action::Assign(task, _) | Action::Backup(task, _) => Some(*task),
        _ => None,
    }
}

/// Whether the master waits for that task already.
fn is_awaited(job: &MapReduce, state: &State, task: Task) -> bool {
    job.live(state, task).next().is_some()
}
