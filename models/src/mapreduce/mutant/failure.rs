//! Faults in what the master does about failed workers, and about its own restart.

use super::super::attempt::{MapAttempt, ReduceAttempt};
use super::super::state::{Machine, MapStatus, ReduceStatus, State};
use super::super::step::commit::settle;
use super::super::step::environment;
use super::super::step::failure::{
    forget, mark_failed, reset_completed_maps, reset_in_progress, reset_map,
};
use super::super::{MapOutput, MapReduce};
use super::{Changed, Fault, when};

pub(super) fn suspect(job: &MapReduce, fault: Fault, state: &State, worker: u8) -> Changed {
    let may_suspect = !state.is_done() && state.is_crashed(worker) && state.is_trusted(worker);
    if !may_suspect {
        return Changed::No;
    }
    when(true, || failed(job, fault, state, worker))
}

pub(super) fn suspect_falsely(job: &MapReduce, fault: Fault, state: &State, worker: u8) -> Changed {
    let next = environment::suspect_falsely(job, state, worker);
    Changed::To(next.map(|next| {
        if fault == Fault::SuspicionKillsTheWorker {
            let ended = next.with_machine(worker, Machine::Crashed);
            return forget(job, &ended, worker);
        }
        failed(job, fault, &state.with_left(next.left()), worker)
    }))
}

/// The master counts on that worker no more, and makes the fault's mistake.
fn failed(job: &MapReduce, fault: Fault, state: &State, worker: u8) -> State {
    let distrusted = state.with_trust(worker, false);
    let with_maps_reset = match fault {
        Fault::NoResetDoneMap => distrusted,
        Fault::StaleMapLocations => reset_first_map(job, &distrusted, worker),
        Fault::SpeculationHidesALostMap => reset_maps_without_other(job, &distrusted, worker),
        _ => reset_completed_maps(job, &distrusted, worker),
    };
    let reset = match fault {
        Fault::NoResetInProgress => with_maps_reset,
        Fault::SpeculationHidesALostMap => keep_maps(job, &with_maps_reset),
        Fault::ResetDoneReduce => {
            let state = reset_in_progress(job, &with_maps_reset);
            reset_reduces_of(job, &state, worker)
        }
        _ => reset_in_progress(job, &with_maps_reset),
    };
    let held = job.reduces().filter(|&reduce| state.lock(reduce) == Some(worker));
    let settled = match fault {
        Fault::CommitLockNeverReleased => reset,
        Fault::CommitOkButResultIgnored => held.fold(reset, |state, reduce| {
            let is_used = state.output(reduce).is_some();
            if is_used { state } else { state.with_lock(reduce, None) }
        }),
        Fault::LockReleasedAlthoughCommitted => {
            held.fold(reset, |state, reduce| state.with_lock(reduce, None))
        }
        Fault::NoResetDoneMap
        | Fault::StaleMapLocations
        | Fault::SpeculationHidesALostMap
        | Fault::NoResetInProgress
        | Fault::ResetDoneReduce => settle(job, &reset, worker),
        _ => return mark_failed(job, state, worker),
    };
    forget(job, &settled, worker)
}

fn lost_maps(job: &MapReduce, state: &State, worker: u8) -> impl Iterator<Item = u8> {
    let state = *state;
    let is_local = job.map_output == MapOutput::LocalDisk;
    job.maps().filter(move |&map| is_local && state.map(map) == MapStatus::Completed(worker))
}

fn reset_first_map(job: &MapReduce, state: &State, worker: u8) -> State {
    let first = lost_maps(job, state, worker).next();
    first.map_or(*state, |map| reset_map(job, state, map))
}

/// A lost map that has another attempt is left to that attempt, even if that one has reported and
/// was ignored.
fn reset_maps_without_other(job: &MapReduce, state: &State, worker: u8) -> State {
    lost_maps(job, state, worker).fold(*state, |state, map| {
        let has_other = job
            .workers()
            .any(|w| state.is_trusted(w) && state.map_attempt(map, w) != MapAttempt::None);
        let status = if has_other { MapStatus::InProgress } else { MapStatus::Idle };
        state.with_map(map, status, 0)
    })
}

/// The tasks in progress reset, except maps that have some attempt at a trusted worker.
fn keep_maps(job: &MapReduce, state: &State) -> State {
    let reset = reset_in_progress(job, state);
    job.maps().fold(reset, |reset, map| {
        let has_other = job
            .workers()
            .any(|w| state.is_trusted(w) && state.map_attempt(map, w) != MapAttempt::None);
        let was_in_progress = state.map(map) == MapStatus::InProgress;
        if was_in_progress && has_other {
            reset.with_map(map, MapStatus::InProgress, 0)
        } else {
            reset
        }
    })
}

/// The completed reduces that no other trusted worker has renamed are to be done again.
fn reset_reduces_of(job: &MapReduce, state: &State, worker: u8) -> State {
    let is_of_another = |reduce| {
        job.workers().any(|other| {
            let attempt = state.reduce_attempt(reduce, other);
            other != worker && matches!(attempt, ReduceAttempt::Renamed(_))
        })
    };
    let completed = job.reduces().filter(|&r| state.reduce(r) == ReduceStatus::Completed);
    completed
        .filter(|&reduce| !is_of_another(reduce))
        .fold(*state, |state, reduce| state.with_reduce(reduce, ReduceStatus::Idle, 0))
}

/// The new process under the old name: what the old one had sent is taken for its own.
pub(super) fn rejoin(job: &MapReduce, fault: Fault, state: &State, worker: u8) -> Changed {
    if fault != Fault::RejoinSameId {
        return Changed::No;
    }
    let next = environment::rejoin(job, state, worker);
    Changed::To(next.map(|next| {
        let back =
            state.with_left(next.left()).with_machine(worker, Machine::Up).with_trust(worker, true);
        let back = job.reduces().fold(back, |back, reduce| {
            back.with_reduce_attempt(reduce, worker, ReduceAttempt::None)
        });
        job.maps().fold(back, |back, map| {
            let report = back.map_attempt(map, worker).report();
            let is_under_way = report.is_some_and(super::super::Report::is_under_way);
            let is_completed = matches!(back.map(map), MapStatus::Completed(_));
            let back = back.with_map_attempt(map, worker, MapAttempt::None);
            if is_under_way && !is_completed {
                back.with_map(map, MapStatus::Completed(worker), 1)
            } else {
                back
            }
        })
    }))
}

pub(super) fn restart_master(job: &MapReduce, fault: Fault, state: &State) -> Changed {
    match fault {
        Fault::RerunAfterDone => {
            let next = environment::restart_master(job, state);
            Changed::To(next.map(|next| next.with_done(false)))
        }
        _ => Changed::No,
    }
}
