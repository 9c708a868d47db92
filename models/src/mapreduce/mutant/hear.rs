//! Faults in what the master makes of a completion.

use super::super::MapReduce;
use super::super::state::{MapStatus, ReduceStatus, State};
use super::super::step::failure::forget;
use super::super::step::master::{arrival_of_map, arrival_of_reduce, complete, record};
use super::{Changed, Fault};

pub(super) fn map(job: &MapReduce, fault: Fault, state: &State, map: u8, worker: u8) -> Changed {
    let Some((arrived, counts)) = arrival_of_map(state, map, worker) else { return Changed::No };
    let is_completed = matches!(state.map(map), MapStatus::Completed(_));
    let is_trusted = state.is_trusted(worker);
    let next = match fault {
        Fault::AcceptCompletionFromFailedWorker if !is_completed => record(&arrived, map, worker),
        Fault::OverwriteLocationOnDuplicate if is_trusted => record(&arrived, map, worker),
        Fault::CountersDouble if !counts && is_trusted => {
            arrived.with_map(map, state.map(map), state.map_counted(map) + 1)
        }
        _ => return Changed::No,
    };
    Changed::To(Some(forget(job, &next, worker)))
}

pub(super) fn reduce(
    job: &MapReduce,
    fault: Fault,
    state: &State,
    reduce: u8,
    worker: u8,
) -> Changed {
    let Some((arrived, counts)) = arrival_of_reduce(state, reduce, worker) else {
        return Changed::No;
    };
    let is_completed = state.reduce(reduce) == ReduceStatus::Completed;
    let is_trusted = state.is_trusted(worker);
    let next = match fault {
        Fault::AcceptCompletionFromFailedWorker if !is_completed => complete(&arrived, reduce),
        Fault::CountersDouble if !counts && is_trusted => {
            arrived.with_reduce(reduce, state.reduce(reduce), state.reduce_counted(reduce) + 1)
        }
        Fault::DuplicateSuccessReopensTask if is_completed && is_trusted => {
            arrived.with_reduce(reduce, ReduceStatus::Idle, 0)
        }
        _ => return Changed::No,
    };
    Changed::To(Some(forget(job, &next, worker)))
}
