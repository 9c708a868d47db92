//! Faults in what a reduce reads and how its output comes to its final name.

use super::super::MapReduce;
use super::super::attempt::{MapAttempt, ReduceAttempt, Report};
use super::super::content::{Content, Region};
use super::super::state::{MapStatus, State};
use super::super::step::commit::{
    asks_to_commit, granted, ready_to_commit, renamed, would_publish,
};
use super::super::step::worker;
use super::hand_out::enough_messages;
use super::{Changed, Fault, when};

/// Who reads: reduce and worker; what is read: map and the worker that wrote it.
pub(super) fn fetch(
    job: &MapReduce,
    fault: Fault,
    state: &State,
    (reduce, worker): (u8, u8),
    (map, from): (u8, u8),
) -> Changed {
    match fault {
        Fault::ResumedFetch => {
            let is_recorded = |&other: &u8| {
                let attempt = state.map_attempt(map, other);
                other != from && matches!(attempt, MapAttempt::Finished { recorded: true, .. })
            };
            let is_redone = job.workers().any(|other| is_recorded(&other));
            let next = worker::fetch(job, state, reduce, worker, map, from);
            Changed::To(next.map(|next| {
                if is_redone {
                    with_region(&next, reduce, worker, map, Region::Mixed)
                } else {
                    next
                }
            }))
        }
        Fault::RefetchAfterNotice => {
            let attempt = state.reduce_attempt(reduce, worker);
            let has_it = matches!(
                attempt,
                ReduceAttempt::Running(content)
                    if matches!(content.region(map), Region::Version(_))
            );
            let is_notified = state.map(map) == MapStatus::Completed(from)
                && job.workers().any(|other| {
                    let attempt = state.map_attempt(map, other);
                    other != from && matches!(attempt, MapAttempt::Finished { recorded: true, .. })
                });
            if !has_it || !is_notified {
                return Changed::No;
            }
            when(state.is_up(worker) && job.is_readable(state, map, from), || {
                with_region(state, reduce, worker, map, Region::Twice)
            })
        }
        _ => Changed::No,
    }
}

fn with_region(state: &State, reduce: u8, worker: u8, map: u8, region: Region) -> State {
    let attempt = state.reduce_attempt(reduce, worker);
    let content = attempt.content().unwrap_or(Content::EMPTY).with(map, region);
    state.with_reduce_attempt(reduce, worker, attempt.with_content(content))
}

pub(super) fn commit(
    job: &MapReduce,
    fault: Fault,
    state: &State,
    reduce: u8,
    worker: u8,
) -> Changed {
    let attempt = state.reduce_attempt(reduce, worker);
    let ready = ready_to_commit(job, state, reduce, worker);
    match fault {
        Fault::NoBarrier => early(job, state, reduce, worker, |_| true),
        Fault::BarrierByMessageCount => {
            let is_past = enough_messages(job, state);
            early(job, state, reduce, worker, |_| is_past)
        }
        Fault::SkipMissingInput => early(
            job,
            state,
            reduce,
            worker,
            |map| matches!(state.map(map), MapStatus::Completed(at) if state.is_crashed(at)),
        ),
        Fault::NonatomicCommit => match (attempt, ready) {
            (ReduceAttempt::Publishing(content), _) => {
                when(state.is_up(worker), || renamed(job, state, reduce, worker, content))
            }
            (_, Some(content)) => when(true, || {
                let part = Content::EMPTY.with(1, content.region(1));
                let attempt = ReduceAttempt::Publishing(content);
                state.with_output(reduce, part).with_reduce_attempt(reduce, worker, attempt)
            }),
            _ => Changed::No,
        },
        Fault::ReportBeforeRename => match (attempt, ready) {
            (ReduceAttempt::Promised(content, report), _) => when(state.is_up(worker), || {
                let renamed = ReduceAttempt::Renamed(report);
                state.with_output(reduce, content).with_reduce_attempt(reduce, worker, renamed)
            }),
            (_, Some(content)) => when(true, || {
                let attempt = ReduceAttempt::Promised(content, Report::Sent);
                state.with_reduce_attempt(reduce, worker, attempt)
            }),
            _ => Changed::No,
        },
        Fault::CommitFailedButSuccess => Changed::To(ready.map(|_| {
            state.with_reduce_attempt(reduce, worker, ReduceAttempt::Renamed(Report::Sent))
        })),
        Fault::SharedTemporaryName => Changed::To(ready.map(|content| {
            let mut others = job.workers().filter(|&other| other != worker);
            let written_last =
                others.find_map(|other| state.reduce_attempt(reduce, other).content());
            renamed(job, state, reduce, worker, written_last.unwrap_or(content))
        })),
        Fault::CommitRefusedIfPresent if state.output(reduce).is_some() => Changed::To(None),
        Fault::NoLock | Fault::SplitBrainMaster => {
            Changed::To(ready.map(|content| renamed(job, state, reduce, worker, content)))
        }
        _ => Changed::No,
    }
}

/// A commit that does without the maps that may be missing.
fn early(
    job: &MapReduce,
    state: &State,
    reduce: u8,
    worker: u8,
    may_miss: impl Fn(u8) -> bool,
) -> Changed {
    let Some(content) = would_publish(job, state, reduce, worker) else { return Changed::No };
    let is_there = |map| content.region(map) != Region::Missing;
    let is_ready = job.maps().all(|map| is_there(map) || may_miss(map));
    when(state.is_up(worker) && is_ready, || renamed(job, state, reduce, worker, content))
}

pub(super) fn grant(
    job: &MapReduce,
    fault: Fault,
    state: &State,
    reduce: u8,
    worker: u8,
) -> Changed {
    let Some(content) = asks_to_commit(job, state, reduce, worker) else { return Changed::No };
    let is_unlocked = state.lock(reduce).is_none();
    let is_trusted = state.is_trusted(worker);
    match fault {
        Fault::NoLock => when(is_trusted, || granted(state, reduce, worker, content)),
        Fault::GrantToFailedAttempt => {
            when(is_unlocked, || granted(state, reduce, worker, content))
        }
        _ => Changed::No,
    }
}
