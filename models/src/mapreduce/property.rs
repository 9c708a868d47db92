//! The claims: what is claimed of which variant, and the claims about paths. Those about states are
//! in `safety`, those about steps in `order`, the cases that must come up in `case`.

use crate::engine::{Claim, Form};

use super::content::Content;
use super::options::{MapOutput, Pace};
use super::state::{MapStatus, ReduceStatus, State};
use super::{Action, MapReduce, Task, case, order, safety};

/// All that is claimed of this variant of the protocol.
#[must_use]
pub fn claims(job: &MapReduce) -> Vec<Claim<MapReduce>> {
    let mut claims = safety_claims(job);
    claims.extend(liveness(job));
    claims
}

/// The claims that are read off the states alone, for instances too large to keep every edge.
#[must_use]
pub fn safety_claims(job: &MapReduce) -> Vec<Claim<MapReduce>> {
    let mut claims = safety::claims(job);
    claims.extend(order::claims(job));
    claims.push(NO_DEAD_END);
    claims.extend(case::cases(job));
    claims
}

/// The claims about paths, for instances whose edges fit in memory.
fn liveness(job: &MapReduce) -> Vec<Claim<MapReduce>> {
    let mut claims = match job.pace {
        Pace::Every => vec![JOB_IS_DONE],
        Pace::One => vec![JOB_IS_DONE_BY_ONE_WORKER],
    };
    claims.push(JOB_CAN_BE_DONE);
    if job.map_output == MapOutput::LocalDisk && job.budget.crashes > 0 && job.pace == Pace::Every {
        claims.push(LOST_MAPS_ARE_REDONE);
    }
    claims
}

const NO_DEAD_END: Claim<MapReduce> = Claim::new(
    "no_dead_end",
    "Something can happen until the job is done.",
    "MAPREDUCE-18",
    Form::NoDeadlock { terminal: is_done },
);

const JOB_IS_DONE: Claim<MapReduce> = Claim::new(
    "job_is_done",
    "The job is done at last.",
    "MAPREDUCE-20",
    Form::Eventually(is_done),
);

const JOB_IS_DONE_BY_ONE_WORKER: Claim<MapReduce> = Claim::new(
    "job_is_done_by_one_worker",
    "The job is done at last if worker 0 goes on and is not lost, whatever the others do.",
    "MAPREDUCE-20",
    Form::Eventually(|_, state: &State| {
        let is_lost = !state.is_up(0) || !state.is_trusted(0);
        state.is_done() || is_lost
    }),
);

const JOB_CAN_BE_DONE: Claim<MapReduce> = Claim::new(
    "job_can_be_done",
    "From every reachable state, the master and the workers can do the job without any luck.",
    "MAPREDUCE-20",
    Form::Recoverable { goal: is_done, using: Action::is_work },
);

const LOST_MAPS_ARE_REDONE: Claim<MapReduce> = Claim::new(
    "lost_maps_are_redone",
    "When the regions of a completed map are lost, the map is done again or the job is done.",
    "MAPREDUCE-5",
    Form::LeadsTo(a_completed_map_is_lost, |job, state| {
        state.is_done() || !a_completed_map_is_lost(job, state) && job.maps_are_completed(state)
    }),
);

/// Whether the user has been told that the job is done.
///
/// Source: MAPREDUCE-19.
#[must_use]
pub fn is_done(_: &MapReduce, state: &State) -> bool {
    state.is_done()
}

pub(super) fn tasks(job: &MapReduce) -> impl Iterator<Item = Task> {
    job.maps().map(Task::Map).chain(job.reduces().map(Task::Reduce))
}

pub(super) fn completed(job: &MapReduce, state: &State) -> impl Iterator<Item = u8> {
    let state = *state;
    job.reduces().filter(move |&reduce| state.reduce(reduce) == ReduceStatus::Completed)
}

pub(super) fn a_reduce_is_completed(job: &MapReduce, state: &State) -> bool {
    completed(job, state).next().is_some()
}

pub(super) fn a_map_is_completed(job: &MapReduce, state: &State) -> bool {
    job.maps().any(|map| matches!(state.map(map), MapStatus::Completed(_)))
}

fn a_completed_map_is_lost(job: &MapReduce, state: &State) -> bool {
    job.maps().any(|map| match state.map(map) {
        MapStatus::Completed(worker) => state.is_crashed(worker),
        _ => false,
    })
}

/// What is under final names.
pub(super) fn outputs(job: &MapReduce, state: &State) -> impl Iterator<Item = (u8, Content)> {
    let state = *state;
    job.reduces().filter_map(move |reduce| Some((reduce, state.output(reduce)?)))
}

pub(super) fn there_is_an_output(job: &MapReduce, state: &State) -> bool {
    outputs(job, state).next().is_some()
}
