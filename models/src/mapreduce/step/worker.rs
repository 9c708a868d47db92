//! What a worker does with the task that it has.

use crate::mapreduce::attempt::{MapAttempt, ReduceAttempt, Report};
use crate::mapreduce::content::Region;
use crate::mapreduce::state::{MapStatus, State};
use crate::mapreduce::{MapReduce, Records, Task};

use super::failure::reset_map;
use super::master::FAILURES_BEFORE_SKIP;

/// An assignment arrives, and its attempt begins; one that was recalled before is dropped.
///
/// Source: MAPREDUCE-3, MAPREDUCE-18.
#[must_use]
pub fn launch(state: &State, task: Task, worker: u8) -> Option<State> {
    if !state.is_up(worker) {
        return None;
    }
    match task {
        Task::Map(map) => {
            let is_under_way = state.map_attempt(map, worker) == MapAttempt::Launching;
            let skips = map == 0 && state.record_failures() >= FAILURES_BEFORE_SKIP;
            let attempt = MapAttempt::Running { skips };
            is_under_way.then(|| state.with_map_attempt(map, worker, attempt))
        }
        Task::Reduce(reduce) => {
            let attempt = match state.reduce_attempt(reduce, worker) {
                ReduceAttempt::Launching => ReduceAttempt::START,
                ReduceAttempt::Recalled => ReduceAttempt::None,
                _ => return None,
            };
            Some(state.with_reduce_attempt(reduce, worker, attempt))
        }
    }
}

/// A map attempt has written a region for every reduce on its disk, and tells the master.
///
/// ```text
/// finish_map(m, w):   w runs m, and user code does not crash on it
///   the regions of m are at w;  the completion is sent
/// ```
///
/// Source: MAPREDUCE-4, MAPREDUCE-15. Once the job is done nothing can depend on it.
#[must_use]
pub fn finish_map(job: &MapReduce, state: &State, map: u8, worker: u8) -> Option<State> {
    let MapAttempt::Running { skips } = state.map_attempt(map, worker) else { return None };
    let stumbles = job.records == Records::FirstIsBad && map == 0 && !skips;
    let may_finish = state.is_up(worker) && !state.is_done() && !stumbles;
    let attempt = MapAttempt::Finished { report: Report::Sent, recorded: false, skips };
    may_finish.then(|| state.with_map_attempt(map, worker, attempt))
}

/// User code crashes on the first record of map 0; the attempt ends, and its last words tell the
/// master on which record.
///
/// ```text
/// fail_on_record(w):   w runs m0 and does not leave the record out
///                      the record is bad, or it fails by chance
///   the attempt ends;  one more failure is known;  m0 := idle, if there is no other attempt
/// ```
///
/// Source: MAPREDUCE-15.
#[must_use]
pub fn fail_on_record(job: &MapReduce, state: &State, worker: u8) -> Option<State> {
    let meets_it = state.map_attempt(0, worker) == MapAttempt::Running { skips: false };
    let mut left = state.left();
    let may_fail = job.records == Records::FirstIsBad || left.failures > 0;
    if !state.is_up(worker) || state.is_done() || !meets_it || !may_fail {
        return None;
    }
    if job.records == Records::Good {
        left.failures -= 1;
    }
    let state = state.with_left(left).with_map_attempt(0, worker, MapAttempt::None);
    if !state.is_trusted(worker) {
        return Some(state);
    }
    let state = state.with_record_failures(state.record_failures() + 1);
    let is_in_progress = state.map(0) == MapStatus::InProgress;
    Some(if is_in_progress { reset_map(job, &state, 0) } else { state })
}

/// A reduce attempt reads one region of one map from where the master has said it is.
///
/// ```text
/// fetch(r, w, m, v):   w runs r and has no region of m yet
///                      v's regions of m were recorded, and can be read
///   w has m's region for r, as v wrote it
/// ```
///
/// Source: MAPREDUCE-8. A zombie's disk can be read, and by who was sent there before.
#[must_use]
pub fn fetch(
    job: &MapReduce,
    state: &State,
    reduce: u8,
    worker: u8,
    map: u8,
    from: u8,
) -> Option<State> {
    let attempt = state.reduce_attempt(reduce, worker);
    let ReduceAttempt::Running(content) = attempt else { return None };
    let lacks_it = content.region(map) == Region::Missing;
    if !state.is_up(worker) || !lacks_it || !job.is_readable(state, map, from) {
        return None;
    }
    let content = content.with(map, region_of(job, state, map, from));
    Some(state.with_reduce_attempt(reduce, worker, attempt.with_content(content)))
}

/// The region that this worker's attempt at this map has written.
pub(in crate::mapreduce) fn region_of(
    job: &MapReduce,
    state: &State,
    map: u8,
    worker: u8,
) -> Region {
    match state.map_attempt(map, worker) {
        MapAttempt::Finished { skips: true, .. } => Region::Short,
        _ => Region::Version(job.version(worker)),
    }
}

/// A worker that has had no answer to a completion sends it again.
///
/// Source: MAPREDUCE-17.
#[must_use]
pub fn resend(state: &State, task: Task, worker: u8) -> Option<State> {
    if !state.is_up(worker) || state.is_done() || report(state, task, worker)? != Report::Lost {
        return None;
    }
    Some(with_report(state, task, worker, Report::Sent))
}

/// How far the message about that worker's attempt at that task has come.
pub(in crate::mapreduce) fn report(state: &State, task: Task, worker: u8) -> Option<Report> {
    match task {
        Task::Map(map) => state.map_attempt(map, worker).report(),
        Task::Reduce(reduce) => state.reduce_attempt(reduce, worker).report(),
    }
}

/// The state in which that message has come so far.
pub(in crate::mapreduce) fn with_report(
    state: &State,
    task: Task,
    worker: u8,
    report: Report,
) -> State {
    match task {
        Task::Map(map) => {
            let attempt = state.map_attempt(map, worker).with_report(report);
            state.with_map_attempt(map, worker, attempt)
        }
        Task::Reduce(reduce) => {
            let attempt = state.reduce_attempt(reduce, worker).with_report(report);
            state.with_reduce_attempt(reduce, worker, attempt)
        }
    }
}
