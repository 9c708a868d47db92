//! Faults in how tasks are handed out and taken back.

use super::super::attempt::{MapAttempt, ReduceAttempt};
use super::super::state::{MapStatus, ReduceStatus, State};
use super::super::step::master::{
    assign_map, assign_reduce, backup_map, backup_reduce, begin_map, begin_reduce,
    idle_without_attempt, may_back_up, needs_room,
};
use super::super::step::worker::launch;
use super::super::{Barrier, MapReduce, Report, Task};
use super::{Changed, Fault, when};

pub(super) fn assign(
    job: &MapReduce,
    fault: Fault,
    state: &State,
    task: Task,
    worker: u8,
) -> Changed {
    match (fault, task) {
        (Fault::AssignToBusyWorker, _) => {
            let is_reached = state.is_up(worker) && state.is_trusted(worker) && !state.is_done();
            when(is_reached && is_idle(state, task) && may_begin(job, state, task), || {
                begin(job, state, task, worker)
            })
        }
        (Fault::OneMapAtATime, Task::Map(_)) | (Fault::OneReduceAtATime, Task::Reduce(_)) => {
            let nothing_runs = job.maps().all(|map| state.map(map) != MapStatus::InProgress)
                && job.reduces().all(|r| state.reduce(r) != ReduceStatus::InProgress);
            let next = faithful(job, state, task, worker);
            Changed::To(next.filter(|_| nothing_runs))
        }
        (Fault::TimeOutAtOnce, _) => {
            let is_in_progress = match task {
                Task::Map(map) => state.map(map) == MapStatus::InProgress,
                Task::Reduce(reduce) => state.reduce(reduce) == ReduceStatus::InProgress,
            };
            let is_anothers = !job.is_live(state, task, worker);
            if !is_in_progress || !is_anothers {
                return Changed::No;
            }
            when(!state.is_done() && job.asks(state, worker), || begin(job, state, task, worker))
        }
        (Fault::AttemptNumberReused, Task::Map(map)) => {
            let former = state.map_attempt(map, worker).report();
            let is_confused = former == Some(Report::HeardOnce);
            let next = faithful(job, state, task, worker);
            // The copy of the former attempt's completion arrives while the new attempt runs.
            Changed::To(next.map(|next| {
                if is_confused { next.with_map(map, MapStatus::Completed(worker), 1) } else { next }
            }))
        }
        (Fault::SkipAfterOneFailure, Task::Map(0)) if state.record_failures() == 1 => {
            let next = faithful(job, state, task, worker);
            let attempt = MapAttempt::Running { skips: true };
            Changed::To(next.map(|next| next.with_map_attempt(0, worker, attempt)))
        }
        (Fault::BadRecordNeverSkipped, Task::Map(0)) => {
            let next = faithful(job, state, task, worker);
            let attempt = MapAttempt::Running { skips: false };
            Changed::To(next.map(|next| next.with_map_attempt(0, worker, attempt)))
        }
        (_, Task::Reduce(reduce)) => assign_past_barrier(job, fault, state, reduce, worker),
        _ => Changed::No,
    }
}

/// Faults in the barrier.
fn assign_past_barrier(
    job: &MapReduce,
    fault: Fault,
    state: &State,
    reduce: u8,
    worker: u8,
) -> Changed {
    let barrier = match fault {
        Fault::ReduceAssignedEarly => Barrier::Function,
        Fault::BarrierBackAtAssignment => Barrier::Assignment,
        Fault::NoBarrier => {
            return assign_if(job, state, reduce, worker, true);
        }
        Fault::BarrierByMessageCount => {
            return assign_if(job, state, reduce, worker, enough_messages(job, state));
        }
        _ => return Changed::No,
    };
    Changed::To(assign_reduce(&MapReduce { barrier, ..*job }, state, reduce, worker))
}

fn assign_if(job: &MapReduce, state: &State, reduce: u8, worker: u8, may: bool) -> Changed {
    let is_idle = is_idle(state, Task::Reduce(reduce));
    when(may && is_idle && !state.is_done() && job.asks(state, worker), || {
        begin_reduce(job, state, reduce, worker)
    })
}

/// Whether as many completions of map attempts have arrived as there are maps.
pub(super) fn enough_messages(job: &MapReduce, state: &State) -> bool {
    let heard = |map: u8| {
        let reports = job.workers().filter_map(move |w| state.map_attempt(map, w).report());
        reports.filter(|report| !report.is_unheard()).count()
    };
    job.maps().map(heard).sum::<usize>() >= usize::from(job.maps)
}

fn is_idle(state: &State, task: Task) -> bool {
    match task {
        Task::Map(map) => state.map(map) == MapStatus::Idle,
        Task::Reduce(reduce) => state.reduce(reduce) == ReduceStatus::Idle,
    }
}

fn may_begin(job: &MapReduce, state: &State, task: Task) -> bool {
    matches!(task, Task::Map(_)) || job.is_past_barrier(state)
}

fn begin(job: &MapReduce, state: &State, task: Task, worker: u8) -> State {
    match task {
        Task::Map(map) => begin_map(job, state, map, worker),
        Task::Reduce(reduce) => begin_reduce(job, state, reduce, worker),
    }
}

fn faithful(job: &MapReduce, state: &State, task: Task, worker: u8) -> Option<State> {
    match task {
        Task::Map(map) => assign_map(job, state, map, worker),
        Task::Reduce(reduce) => assign_reduce(job, state, reduce, worker),
    }
}

pub(super) fn backup(
    job: &MapReduce,
    fault: Fault,
    state: &State,
    task: Task,
    worker: u8,
) -> Changed {
    let others = || job.live(state, task).filter(move |&other| other != worker).count();
    let is_own = job.is_live(state, task, worker);
    let is_in_progress = match task {
        Task::Map(map) => state.map(map) == MapStatus::InProgress,
        Task::Reduce(reduce) => state.reduce(reduce) == ReduceStatus::InProgress,
    };
    let may_start = may_back_up(job, state, worker) && is_in_progress && !is_own;
    match fault {
        Fault::BackupsNeverStart | Fault::NoRace => Changed::To(None),
        Fault::BackupWhileIdleTasks => {
            when(may_start && others() == 1, || begin(job, state, task, worker))
        }
        Fault::BackupsWithoutLimit => {
            let is_near_the_end = !job.a_map_is_idle(state) && !job.a_reduce_is_idle(state);
            let is_near_the_end = matches!(task, Task::Map(_)) || is_near_the_end;
            when(may_start && is_near_the_end && others() >= 1, || begin(job, state, task, worker))
        }
        Fault::BackupKillsPrimaryFirst => {
            let next = match task {
                Task::Map(map) => backup_map(job, state, map, worker),
                Task::Reduce(reduce) => backup_reduce(job, state, reduce, worker),
            };
            Changed::To(next.map(|next| {
                job.live(state, task).fold(next, |next, primary| match task {
                    Task::Map(map) => next.with_map_attempt(map, primary, MapAttempt::None),
                    Task::Reduce(r) => next.with_reduce_attempt(r, primary, ReduceAttempt::None),
                })
            }))
        }
        _ => Changed::No,
    }
}

pub(super) fn preempt(
    job: &MapReduce,
    fault: Fault,
    state: &State,
    reduce: u8,
    worker: u8,
) -> Changed {
    match fault {
        Fault::NoPreemption => Changed::To(None),
        Fault::KillEventLost => when(needs_room(job, state, reduce, worker), || {
            let state = state.with_reduce_attempt(reduce, worker, ReduceAttempt::Orphaned);
            idle_without_attempt(job, &state, reduce)
        }),
        _ => Changed::No,
    }
}

pub(super) fn launch_reduce(fault: Fault, state: &State, reduce: u8, worker: u8) -> Changed {
    let is_recalled = state.reduce_attempt(reduce, worker) == ReduceAttempt::Recalled;
    match fault {
        Fault::KillBeforeLaunch if is_recalled => Changed::To(
            launch(state, Task::Reduce(reduce), worker)
                .map(|next| next.with_reduce_attempt(reduce, worker, ReduceAttempt::Orphaned)),
        ),
        _ => Changed::No,
    }
}
