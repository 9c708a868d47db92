//! What happens to the cluster: crashes, false suspicions, lost and doubled messages, restarts.
//!
//! Once the job is done nothing of this can be told from a worker that is slow, and it is left
//! out; only the master may still be restarted.

use crate::mapreduce::checkpoint::Checkpoint;
use crate::mapreduce::state::{Machine, State};
use crate::mapreduce::{MapReduce, Task};

use super::failure::{forget, mark_failed, restored};
use super::worker::{report, with_report};

/// A worker's process ends, and what is on its disk is lost. The master does not know yet.
///
/// Source: MAPREDUCE-5.
#[must_use]
pub fn crash(job: &MapReduce, state: &State, worker: u8) -> Option<State> {
    let mut left = state.left();
    if state.is_done() || !state.is_up(worker) || left.crashes == 0 {
        return None;
    }
    left.crashes -= 1;
    let crashed = state.with_left(left).with_machine(worker, Machine::Crashed);
    Some(forget(job, &crashed, worker))
}

/// The master marks a worker as failed that is only slow. It goes on as a zombie, and does not
/// know either.
///
/// Source: MAPREDUCE-5.
#[must_use]
pub fn suspect_falsely(job: &MapReduce, state: &State, worker: u8) -> Option<State> {
    let mut left = state.left();
    let is_wronged = state.is_up(worker) && state.is_trusted(worker);
    if state.is_done() || !is_wronged || left.false_suspicions == 0 {
        return None;
    }
    left.false_suspicions -= 1;
    Some(mark_failed(job, &state.with_left(left), worker))
}

/// A copy of a completion is lost. What a crashed worker has sent may be lost at no cost: it may
/// as well never have sent it.
///
/// Source: MAPREDUCE-17.
#[must_use]
pub fn lose(job: &MapReduce, state: &State, task: Task, worker: u8) -> Option<State> {
    let lost = report(state, task, worker)?.lose()?;
    let mut left = state.left();
    let is_free = state.is_crashed(worker);
    if state.is_done() || (!is_free && left.losses == 0) {
        return None;
    }
    if !is_free {
        left.losses -= 1;
    }
    let state = with_report(&state.with_left(left), task, worker, lost);
    Some(forget(job, &state, worker))
}

/// A completion that is under way is doubled, or one that has arrived is said again: its worker has
/// not heard that it did.
///
/// Source: MAPREDUCE-17.
#[must_use]
pub fn duplicate(state: &State, task: Task, worker: u8) -> Option<State> {
    let doubled = report(state, task, worker)?.double(state.is_up(worker))?;
    let mut left = state.left();
    if state.is_done() || left.duplicates == 0 {
        return None;
    }
    left.duplicates -= 1;
    Some(with_report(&state.with_left(left), task, worker, doubled))
}

/// A suspected worker's process is replaced by a new one, which the master meets under a new
/// name. Whatever the old one ran or had on its disk is gone.
///
/// Source: MAPREDUCE-10.
#[must_use]
pub fn rejoin(job: &MapReduce, state: &State, worker: u8) -> Option<State> {
    let mut left = state.left();
    let is_suspected = !state.is_trusted(worker) && state.machine(worker) != Machine::Absent;
    if state.is_done() || !is_suspected || left.rejoins == 0 {
        return None;
    }
    let newcomer = job.workers().find(|&other| state.machine(other) == Machine::Absent)?;
    left.rejoins -= 1;
    let ended = state.with_left(left).with_machine(worker, Machine::Crashed);
    let state = forget(job, &ended, worker);
    Some(state.with_machine(newcomer, Machine::Up).with_trust(newcomer, true))
}

/// The master's process ends, and another one takes over from the last checkpoint.
///
/// Source: MAPREDUCE-16.
#[must_use]
pub fn restart_master(job: &MapReduce, state: &State) -> Option<State> {
    let mut left = state.left();
    if left.restarts == 0 {
        return None;
    }
    left.restarts -= 1;
    let state = restored(job, state).with_left(left);
    Some(if left.restarts > 0 { state } else { state.with_checkpoint(Checkpoint::NONE) })
}
