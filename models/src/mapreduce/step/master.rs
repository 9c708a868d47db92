//! What the master does: hands out tasks, hears of their completion, ends the job.

use crate::mapreduce::attempt::{MapAttempt, ReduceAttempt};
use crate::mapreduce::state::{MapStatus, ReduceStatus, State};
use crate::mapreduce::{Launch, MapReduce, Task};

use super::failure::forget;

/// How many attempts fail on a record before the next leaves it out.
///
/// Source: MAPREDUCE-15.
pub const FAILURES_BEFORE_SKIP: u8 = 2;

/// The master gives an idle map to a worker that asks.
///
/// ```text
/// assign_map(m, w):   w asks, m is idle
///   m := in progress;  w runs an attempt at m
/// ```
///
/// Source: MAPREDUCE-3.
#[must_use]
pub fn assign_map(job: &MapReduce, state: &State, map: u8, worker: u8) -> Option<State> {
    let is_idle = state.map(map) == MapStatus::Idle;
    let may_start = !state.is_done() && job.asks(state, worker) && is_idle;
    if !may_start || leaves_something(state, Task::Map(map), worker) {
        return None;
    }
    Some(begin_map(job, state, map, worker))
}

/// The master gives an idle reduce to a worker that asks, once the barrier lets it.
///
/// ```text
/// assign_reduce(r, w):   w asks, r is idle
///                        all maps are completed       (barrier at assignment)
///                        no map is idle               (barrier at the function)
///   r := in progress;  w runs an attempt at r
/// ```
///
/// Source: MAPREDUCE-3, MAPREDUCE-7.
#[must_use]
pub fn assign_reduce(job: &MapReduce, state: &State, reduce: u8, worker: u8) -> Option<State> {
    let is_idle = state.reduce(reduce) == ReduceStatus::Idle;
    let may_start = !state.is_done() && job.asks(state, worker) && is_idle;
    if !may_start
        || !job.is_past_barrier(state)
        || leaves_something(state, Task::Reduce(reduce), worker)
    {
        return None;
    }
    Some(begin_reduce(job, state, reduce, worker))
}

/// Near the end of the maps, the master gives one in progress to a second worker.
///
/// ```text
/// backup_map(m, w):   w asks, no map is idle
///                     m is in progress, with one live attempt, not w's
///   w runs an attempt at m
/// ```
///
/// Source: MAPREDUCE-14.
#[must_use]
pub fn backup_map(job: &MapReduce, state: &State, map: u8, worker: u8) -> Option<State> {
    let is_near_the_end = !job.a_map_is_idle(state);
    let is_in_progress = state.map(map) == MapStatus::InProgress;
    let may_start = is_near_the_end && is_in_progress && may_back_up(job, state, worker);
    let is_straggling = has_one_other(job, state, Task::Map(map), worker);
    (may_start && is_straggling).then(|| begin_map(job, state, map, worker))
}

/// Near the end of the reduces, the master gives one in progress to a second worker.
///
/// Source: MAPREDUCE-14. No map may be idle either: it would come first.
#[must_use]
pub fn backup_reduce(job: &MapReduce, state: &State, reduce: u8, worker: u8) -> Option<State> {
    let is_near_the_end = !job.a_map_is_idle(state) && !job.a_reduce_is_idle(state);
    let is_in_progress = state.reduce(reduce) == ReduceStatus::InProgress;
    let may_start = is_near_the_end && is_in_progress && may_back_up(job, state, worker);
    let is_straggling = has_one_other(job, state, Task::Reduce(reduce), worker);
    (may_start && is_straggling).then(|| begin_reduce(job, state, reduce, worker))
}

/// Whether backups are made, and for that worker.
pub(in crate::mapreduce) fn may_back_up(job: &MapReduce, state: &State, worker: u8) -> bool {
    job.backups && !state.is_done() && job.asks(state, worker)
}

/// Whether the task has exactly one live attempt, and that is another worker's.
fn has_one_other(job: &MapReduce, state: &State, task: Task, worker: u8) -> bool {
    let mut live = job.live(state, task);
    let first = live.next();
    let is_only = live.next().is_none();
    first.is_some_and(|other| other != worker) && is_only
}

/// Whether a former attempt of that worker at that task has yet to be heard of.
fn leaves_something(state: &State, task: Task, worker: u8) -> bool {
    match task {
        Task::Map(map) => state.map_attempt(map, worker).is_live(),
        Task::Reduce(reduce) => state.reduce_attempt(reduce, worker).is_live(),
    }
}

/// The map in progress, with an attempt at that worker, which takes the place of a former one and
/// of its messages (MAPREDUCE-2).
pub(in crate::mapreduce) fn begin_map(
    job: &MapReduce,
    state: &State,
    map: u8,
    worker: u8,
) -> State {
    let skips = map == 0 && state.record_failures() >= FAILURES_BEFORE_SKIP;
    let attempt = match job.launch {
        Launch::AtOnce => MapAttempt::Running { skips },
        Launch::Message => MapAttempt::Launching,
    };
    state.with_map(map, MapStatus::InProgress, 0).with_map_attempt(map, worker, attempt)
}

/// The reduce in progress, with an attempt at that worker.
pub(in crate::mapreduce) fn begin_reduce(
    job: &MapReduce,
    state: &State,
    reduce: u8,
    worker: u8,
) -> State {
    let attempt = match job.launch {
        Launch::AtOnce => ReduceAttempt::START,
        Launch::Message => ReduceAttempt::Launching,
    };
    let state = state.with_reduce(reduce, ReduceStatus::InProgress, 0);
    state.with_reduce_attempt(reduce, worker, attempt)
}

/// The completion of a map arrives.
///
/// ```text
/// hear_map(m, w):   a copy is under way
///   w is trusted, m is not completed:  m := completed, its regions are at w
///   otherwise:                         ignored
/// ```
///
/// Source: MAPREDUCE-5, MAPREDUCE-6, MAPREDUCE-17.
#[must_use]
pub fn hear_map(job: &MapReduce, state: &State, map: u8, worker: u8) -> Option<State> {
    let (arrived, counts) = arrival_of_map(state, map, worker)?;
    let next = if counts { record(&arrived, map, worker) } else { arrived };
    Some(forget(job, &next, worker))
}

/// The state in which a copy of that completion has arrived, and whether it counts.
pub(in crate::mapreduce) fn arrival_of_map(
    state: &State,
    map: u8,
    worker: u8,
) -> Option<(State, bool)> {
    let attempt = state.map_attempt(map, worker);
    let report = attempt.report()?.hear()?;
    let is_completed = matches!(state.map(map), MapStatus::Completed(_));
    let counts = state.is_trusted(worker) && !is_completed;
    let arrived = state.with_map_attempt(map, worker, attempt.with_report(report));
    (!state.is_done()).then_some((arrived, counts))
}

/// The map completed, with its regions at that worker.
pub(in crate::mapreduce) fn record(state: &State, map: u8, worker: u8) -> State {
    let recorded = state.map_attempt(map, worker).recorded();
    let state = state.with_map_attempt(map, worker, recorded);
    state.with_map(map, MapStatus::Completed(worker), 1)
}

/// The completion of a reduce arrives.
///
/// ```text
/// hear_reduce(r, w):   a copy is under way
///   w is trusted, r is not completed:  r := completed
///   otherwise:                         ignored
/// ```
///
/// Source: MAPREDUCE-6, MAPREDUCE-9, MAPREDUCE-17.
#[must_use]
pub fn hear_reduce(job: &MapReduce, state: &State, reduce: u8, worker: u8) -> Option<State> {
    let (arrived, counts) = arrival_of_reduce(state, reduce, worker)?;
    let next = if counts { complete(&arrived, reduce) } else { arrived };
    Some(forget(job, &next, worker))
}

/// The state in which a copy of that completion has arrived, and whether it counts.
pub(in crate::mapreduce) fn arrival_of_reduce(
    state: &State,
    reduce: u8,
    worker: u8,
) -> Option<(State, bool)> {
    let attempt = state.reduce_attempt(reduce, worker);
    let report = attempt.report()?.hear()?;
    let is_completed = state.reduce(reduce) == ReduceStatus::Completed;
    let counts = state.is_trusted(worker) && !is_completed;
    let arrived = state.with_reduce_attempt(reduce, worker, attempt.with_report(report));
    (!state.is_done()).then_some((arrived, counts))
}

/// The reduce completed, and nobody's to rename any more.
pub(in crate::mapreduce) fn complete(state: &State, reduce: u8) -> State {
    state.with_reduce(reduce, ReduceStatus::Completed, 1).with_lock(reduce, None)
}

/// A worker drops a reduce, since a lost map is to be redone and no one is free to do it.
///
/// ```text
/// preempt(r, w):   some map m is idle, the master waits for every worker that it trusts
///                  w is trusted and runs r, without m's region so far
///   w's attempt at r ends;  r := idle, if there is no other
/// ```
///
/// Source: MAPREDUCE-18. An assignment that is still on its way is recalled: the order to forget
/// it may overtake it.
#[must_use]
pub fn preempt(job: &MapReduce, state: &State, reduce: u8, worker: u8) -> Option<State> {
    if !needs_room(job, state, reduce, worker) {
        return None;
    }
    let left = match state.reduce_attempt(reduce, worker) {
        ReduceAttempt::Launching => ReduceAttempt::Recalled,
        _ => ReduceAttempt::None,
    };
    let state = state.with_reduce_attempt(reduce, worker, left);
    Some(idle_without_attempt(job, &state, reduce))
}

/// Whether that worker's attempt at that reduce stands in the way of a lost map.
pub(in crate::mapreduce) fn needs_room(
    job: &MapReduce,
    state: &State,
    reduce: u8,
    worker: u8,
) -> bool {
    let attempt = state.reduce_attempt(reduce, worker);
    let lacks = |map| match attempt {
        ReduceAttempt::Launching => true,
        ReduceAttempt::Running(content) => content.region(map) == crate::mapreduce::Region::Missing,
        _ => false,
    };
    let is_in_the_way = job.maps().any(|map| state.map(map) == MapStatus::Idle && lacks(map));
    let mut trusted = job.workers().filter(|&other| state.is_trusted(other));
    let nobody_is_free = trusted.all(|other| job.is_awaited(state, other));
    !state.is_done() && state.is_trusted(worker) && is_in_the_way && nobody_is_free
}

/// The reduce idle, if it was in progress and nobody works on it any more.
pub(in crate::mapreduce) fn idle_without_attempt(
    job: &MapReduce,
    state: &State,
    reduce: u8,
) -> State {
    let is_in_progress = state.reduce(reduce) == ReduceStatus::InProgress;
    let is_abandoned = job.live(state, Task::Reduce(reduce)).next().is_none();
    if is_in_progress && is_abandoned {
        return state.with_reduce(reduce, ReduceStatus::Idle, 0);
    }
    *state
}

/// The master tells the user that the job is done.
///
/// ```text
/// finish_job:   every reduce is completed
///   done
/// ```
///
/// Source: MAPREDUCE-19. From here on the master does nothing more.
#[must_use]
pub fn finish_job(job: &MapReduce, state: &State) -> Option<State> {
    let may_finish = !state.is_done() && job.reduces_are_completed(state);
    may_finish.then(|| state.with_done(true))
}
