//! How an output comes to its final name, with and without a coordinator.

use crate::mapreduce::attempt::{ReduceAttempt, Report};
use crate::mapreduce::content::Content;
use crate::mapreduce::state::{ReduceStatus, State};
use crate::mapreduce::{Commit, MapReduce};

use super::master::complete;

impl MapReduce {
    /// Whether an output that is there shows that its reduce is completed: with a coordinator
    /// only the one attempt that was allowed can have put it there.
    ///
    /// Source: MAPREDUCE-12.
    #[must_use]
    pub fn is_settled_by_output(&self, state: &State, reduce: u8) -> bool {
        self.commit == Commit::Coordinator && state.output(reduce).is_some()
    }
}

/// A reduce attempt that has every region runs its function, writes a private file, and gives it
/// the final name.
///
/// ```text
/// commit(r, w):   w's attempt at r has a region of every map
///                 w was allowed to rename                       (coordinator)
///   the final name of r := the attempt's file;  the completion is sent
///   w may not rename any more: the attempt ends                 (coordinator)
/// ```
///
/// Source: MAPREDUCE-9, MAPREDUCE-12. The rename replaces what was there, in one step.
#[must_use]
pub fn commit(job: &MapReduce, state: &State, reduce: u8, worker: u8) -> Option<State> {
    let content = ready_to_commit(job, state, reduce, worker)?;
    let is_refused = job.commit == Commit::Coordinator && state.lock(reduce) != Some(worker);
    if is_refused {
        return Some(state.with_reduce_attempt(reduce, worker, ReduceAttempt::None));
    }
    Some(renamed(job, state, reduce, worker, content))
}

/// What an attempt would publish if it were ready, and as far as it knows may.
pub(in crate::mapreduce) fn would_publish(
    job: &MapReduce,
    state: &State,
    reduce: u8,
    worker: u8,
) -> Option<Content> {
    match (job.commit, state.reduce_attempt(reduce, worker)) {
        (Commit::Rename, ReduceAttempt::Running(content))
        | (Commit::Coordinator, ReduceAttempt::Granted(content)) => Some(content),
        _ => None,
    }
}

/// What an attempt would publish, if it may try.
pub(in crate::mapreduce) fn ready_to_commit(
    job: &MapReduce,
    state: &State,
    reduce: u8,
    worker: u8,
) -> Option<Content> {
    let content = would_publish(job, state, reduce, worker)?;
    let is_ready = state.is_up(worker) && content.is_full(job.maps);
    is_ready.then_some(content)
}

/// The state once this content has the final name, and the completion is under way.
pub(in crate::mapreduce) fn renamed(
    job: &MapReduce,
    state: &State,
    reduce: u8,
    worker: u8,
    content: Content,
) -> State {
    let state = state.with_output(reduce, content).with_reduce_attempt(
        reduce,
        worker,
        ReduceAttempt::Renamed(Report::Sent),
    );
    match job.commit {
        Commit::Rename => state,
        Commit::Coordinator => state.with_rename_counted(reduce),
    }
}

/// The master allows an attempt to rename, if it has allowed no other.
///
/// ```text
/// grant(r, w):   w is trusted, its attempt at r has a region of every map
///                r is not completed, nobody is allowed to rename r
///   w may rename r
/// ```
///
/// Source: MAPREDUCE-12.
#[must_use]
pub fn grant(job: &MapReduce, state: &State, reduce: u8, worker: u8) -> Option<State> {
    let content = asks_to_commit(job, state, reduce, worker)?;
    let is_unlocked = state.lock(reduce).is_none();
    let may_rename = state.is_trusted(worker) && is_unlocked;
    may_rename.then(|| granted(state, reduce, worker, content))
}

/// What an attempt has, if it is ready and the master is there to be asked.
pub(in crate::mapreduce) fn asks_to_commit(
    job: &MapReduce,
    state: &State,
    reduce: u8,
    worker: u8,
) -> Option<Content> {
    let ReduceAttempt::Running(content) = state.reduce_attempt(reduce, worker) else {
        return None;
    };
    let is_ready = state.is_up(worker) && content.is_full(job.maps);
    let is_open = !state.is_done() && state.reduce(reduce) != ReduceStatus::Completed;
    (job.commit == Commit::Coordinator && is_ready && is_open).then_some(content)
}

/// The state in which that worker may rename that reduce.
pub(in crate::mapreduce) fn granted(
    state: &State,
    reduce: u8,
    worker: u8,
    content: Content,
) -> State {
    let attempt = ReduceAttempt::Granted(content);
    state.with_lock(reduce, Some(worker)).with_reduce_attempt(reduce, worker, attempt)
}

/// With a coordinator, an attempt at a completed reduce can never rename: it is ended.
///
/// Source: MAPREDUCE-12.
#[must_use]
pub fn cancel(job: &MapReduce, state: &State, reduce: u8, worker: u8) -> Option<State> {
    let is_completed = state.reduce(reduce) == ReduceStatus::Completed;
    let is_reached = state.is_up(worker) && state.is_trusted(worker);
    let may_cancel = job.commit == Commit::Coordinator && !state.is_done();
    if !may_cancel || !is_completed || !is_reached {
        return None;
    }
    let left = match state.reduce_attempt(reduce, worker) {
        ReduceAttempt::Launching => ReduceAttempt::Recalled,
        ReduceAttempt::Running(_) => ReduceAttempt::None,
        _ => return None,
    };
    Some(state.with_reduce_attempt(reduce, worker, left))
}

/// Takes back the permissions of a worker that is suspected, and looks whether it has used them.
///
/// ```text
/// settle(w), for each r that w may rename:
///   w may not rename r any more                       from here on the file system refuses w
///   there is an output of r:  r := completed
/// ```
///
/// Source: MAPREDUCE-12.
#[must_use]
pub fn settle(job: &MapReduce, state: &State, worker: u8) -> State {
    let held = job.reduces().filter(|&reduce| state.lock(reduce) == Some(worker));
    held.fold(*state, |state, reduce| {
        let state = state.with_lock(reduce, None);
        if job.is_settled_by_output(&state, reduce) { complete(&state, reduce) } else { state }
    })
}
