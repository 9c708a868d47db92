//! What the master does about failure: suspects workers, resets their tasks, writes checkpoints.

use crate::mapreduce::attempt::{MapAttempt, ReduceAttempt, Report};
use crate::mapreduce::checkpoint::Checkpoint;
use crate::mapreduce::state::{MapStatus, ReduceStatus, State};
use crate::mapreduce::{MapOutput, MapReduce, Task};

use super::commit::settle;
use super::master::idle_without_attempt;

/// The master marks a crashed worker as failed: it has not answered for a time.
///
/// Source: MAPREDUCE-5.
#[must_use]
pub fn suspect(job: &MapReduce, state: &State, worker: u8) -> Option<State> {
    let may_suspect = !state.is_done() && state.is_crashed(worker) && state.is_trusted(worker);
    may_suspect.then(|| mark_failed(job, state, worker))
}

/// The master counts on that worker no more.
///
/// ```text
/// mark_failed(w):
///   every map completed at w       := idle         (not with a shared file system)
///   every task in progress at w    := idle         (unless another attempt goes on)
///   every permission to rename of w is taken back
/// ```
///
/// Source: MAPREDUCE-5. A completed reduce stays so: its output is under its final name.
#[must_use]
pub fn mark_failed(job: &MapReduce, state: &State, worker: u8) -> State {
    let state = state.with_trust(worker, false);
    let state = reset_completed_maps(job, &state, worker);
    let state = reset_in_progress(job, &state);
    let state = settle(job, &state, worker);
    forget(job, &state, worker)
}

/// The maps whose regions are at that worker are to be done again.
///
/// Source: MAPREDUCE-4, MAPREDUCE-5.
pub(in crate::mapreduce) fn reset_completed_maps(
    job: &MapReduce,
    state: &State,
    worker: u8,
) -> State {
    if job.map_output == MapOutput::SharedFileSystem {
        return *state;
    }
    let lost = job.maps().filter(|&map| state.map(map) == MapStatus::Completed(worker));
    lost.fold(*state, |state, map| reset_map(job, &state, map))
}

/// The map to be done again, or in progress if another attempt at it goes on.
pub(in crate::mapreduce) fn reset_map(job: &MapReduce, state: &State, map: u8) -> State {
    let goes_on = job.live(state, Task::Map(map)).next().is_some();
    let status = if goes_on { MapStatus::InProgress } else { MapStatus::Idle };
    state.with_map(map, status, 0)
}

/// The tasks in progress that nobody who is trusted works on are to be handed out again.
///
/// Source: MAPREDUCE-5.
pub(in crate::mapreduce) fn reset_in_progress(job: &MapReduce, state: &State) -> State {
    let in_progress = job.maps().filter(|&map| state.map(map) == MapStatus::InProgress);
    let state = in_progress.fold(*state, |state, map| reset_map(job, &state, map));
    job.reduces().fold(state, |state, reduce| idle_without_attempt(job, &state, reduce))
}

/// Drops what no step can depend on any more: what a crashed worker has not finished once the
/// master has reset it, and files on its disk that nobody will be sent to.
///
/// Source: MAPREDUCE-2.
#[must_use]
pub fn forget(job: &MapReduce, state: &State, worker: u8) -> State {
    if !state.is_crashed(worker) {
        return *state;
    }
    let is_trusted = state.is_trusted(worker);
    let state = job.maps().fold(*state, |state, map| {
        let left = left_of_map(job, state.map_attempt(map, worker), is_trusted);
        state.with_map_attempt(map, worker, left)
    });
    job.reduces().fold(state, |state, reduce| {
        let left = left_of_reduce(state.reduce_attempt(reduce, worker), is_trusted);
        state.with_reduce_attempt(reduce, worker, left)
    })
}

fn left_of_map(job: &MapReduce, attempt: MapAttempt, is_trusted: bool) -> MapAttempt {
    match attempt {
        // To the master it runs until its worker is suspected.
        MapAttempt::Launching | MapAttempt::Running { .. } if is_trusted => {
            MapAttempt::Running { skips: false }
        }
        MapAttempt::None | MapAttempt::Launching | MapAttempt::Running { .. } => MapAttempt::None,
        MapAttempt::Finished { report, recorded, .. } => {
            let is_shared = job.map_output == MapOutput::SharedFileSystem;
            let is_read = recorded && (is_trusted || is_shared);
            let is_awaited = is_trusted && report.is_unheard();
            let stays = report.is_under_way() || is_read || is_awaited;
            if stays { attempt } else { MapAttempt::None }
        }
    }
}

fn left_of_reduce(attempt: ReduceAttempt, is_trusted: bool) -> ReduceAttempt {
    match attempt {
        ReduceAttempt::None | ReduceAttempt::Recalled | ReduceAttempt::Orphaned => {
            ReduceAttempt::None
        }
        ReduceAttempt::Renamed(report) | ReduceAttempt::Promised(_, report) => {
            let is_awaited = is_trusted && report == Report::Lost;
            let stays = report.is_under_way() || is_awaited;
            if stays { attempt } else { ReduceAttempt::None }
        }
        _ if is_trusted => ReduceAttempt::START,
        _ => ReduceAttempt::None,
    }
}

/// The master writes down which tasks are completed and whom it trusts.
///
/// Source: MAPREDUCE-16.
#[must_use]
pub fn checkpoint(state: &State) -> Option<State> {
    let now = Checkpoint::of(state);
    let is_of_use = !state.is_done() && state.left().restarts > 0;
    (is_of_use && now != state.checkpoint()).then(|| state.with_checkpoint(now))
}

/// The master that takes over, knowing the checkpoint and what is under final names.
///
/// ```text
/// restart_master:
///   a task is completed if the checkpoint says so, else idle
///   a worker is trusted if the checkpoint says so
///   every permission to rename is void;  with a coordinator, an output that is there counts
///   that the job was reported as done is kept
/// ```
///
/// Source: MAPREDUCE-16.
#[must_use]
pub fn restored(job: &MapReduce, state: &State) -> State {
    let checkpoint = state.checkpoint();
    let state = job
        .workers()
        .fold(*state, |state, worker| state.with_trust(worker, checkpoint.is_trusted(worker)));
    let state = job.maps().fold(state, |state, map| match checkpoint.map(map) {
        Some(worker) => state.with_map(map, MapStatus::Completed(worker), 1),
        None => state.with_map(map, MapStatus::Idle, 0),
    });
    let state = job.reduces().fold(state, |state, reduce| {
        let state = state.with_lock(reduce, None);
        let is_there = job.is_settled_by_output(&state, reduce);
        if checkpoint.is_completed(reduce) || is_there {
            state.with_reduce(reduce, ReduceStatus::Completed, 1)
        } else {
            state.with_reduce(reduce, ReduceStatus::Idle, 0)
        }
    });
    job.workers().fold(state, |state, worker| forget(job, &state, worker))
}
