//! The cases that must come up: without them the claims would be true of nothing.

use crate::engine::{Claim, Form};

use super::attempt::{MapAttempt, ReduceAttempt};
use super::content::{Content, Region};
use super::options::Barrier;
use super::state::{MapStatus, State};
use super::{MapReduce, Task, property};

const fn sometimes(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    holds: fn(&MapReduce, &State) -> bool,
) -> Claim<MapReduce> {
    Claim::new(name, sentence, source, Form::Sometimes(holds))
}

/// The cases that this instance must reach.
pub(super) fn cases(job: &MapReduce) -> Vec<Claim<MapReduce>> {
    let mut cases = Vec::new();
    if job.maps >= 2 {
        cases.push(TWO_MAPS_OVERLAP);
    }
    if job.reduces >= 2 {
        cases.extend([TWO_REDUCES_OVERLAP, VERSIONS_ARE_MIXED]);
    }
    if job.budget.false_suspicions > 0 {
        cases.push(A_ZOMBIE_RENAMES);
    }
    if job.backups {
        cases.push(A_COMPLETION_COMES_LATE);
    }
    if job.barrier == Barrier::Function {
        cases.push(A_REDUCE_STARTS_EARLY);
    }
    cases
}

const TWO_MAPS_OVERLAP: Claim<MapReduce> = sometimes(
    "two_maps_overlap",
    "Two maps run at the same time.",
    "MAPREDUCE-21",
    |job, state| {
        let runs = |&map: &u8| {
            job.workers().any(|w| matches!(state.map_attempt(map, w), MapAttempt::Running { .. }))
        };
        job.maps().filter(runs).count() >= 2
    },
);

const TWO_REDUCES_OVERLAP: Claim<MapReduce> = sometimes(
    "two_reduces_overlap",
    "Two reduces run at the same time.",
    "MAPREDUCE-21",
    |job, state| {
        let runs = |&reduce: &u8| {
            job.workers()
                .any(|w| matches!(state.reduce_attempt(reduce, w), ReduceAttempt::Running(_)))
        };
        job.reduces().filter(runs).count() >= 2
    },
);

const VERSIONS_ARE_MIXED: Claim<MapReduce> = sometimes(
    "versions_are_mixed",
    "Two outputs hold different versions of one map.",
    "MAPREDUCE-11",
    versions_are_mixed,
);

/// Whether two outputs hold different versions of one map.
///
/// Source: MAPREDUCE-11.
#[must_use]
pub(super) fn versions_are_mixed(job: &MapReduce, state: &State) -> bool {
    job.maps().any(|map| {
        let mut versions =
            property::outputs(job, state).filter_map(|(_, content)| match content.region(map) {
                Region::Version(worker) => Some(worker),
                _ => None,
            });
        let first = versions.next();
        versions.any(|version| Some(version) != first)
    })
}

const A_ZOMBIE_RENAMES: Claim<MapReduce> = sometimes(
    "a_zombie_renames",
    "A worker that is suspected, and up, has given a file its final name.",
    "MAPREDUCE-9",
    |job, state| {
        let is_zombie = |worker: &u8| state.is_up(*worker) && !state.is_trusted(*worker);
        job.workers().filter(is_zombie).any(|worker| {
            job.reduces().any(|r| {
                let attempt = state.reduce_attempt(r, worker);
                matches!(attempt, ReduceAttempt::Renamed(report) if report.is_under_way())
            })
        })
    },
);

const A_COMPLETION_COMES_LATE: Claim<MapReduce> = sometimes(
    "a_completion_comes_late",
    "A completion is under way from a task that another attempt has completed.",
    "MAPREDUCE-6",
    |job, state| {
        let is_late = |task, worker| job.is_live(state, task, worker);
        let of_maps = job.maps().any(|map| match state.map(map) {
            MapStatus::Completed(by) => {
                job.workers().any(|worker| worker != by && is_late(Task::Map(map), worker))
            }
            _ => false,
        });
        of_maps
            || property::completed(job, state)
                .any(|reduce| job.workers().any(|worker| is_late(Task::Reduce(reduce), worker)))
    },
);

const A_REDUCE_STARTS_EARLY: Claim<MapReduce> = sometimes(
    "a_reduce_starts_early",
    "Though no worker has failed, a reduce has read a region while a map is not completed.",
    "MAPREDUCE-7",
    |job, state| {
        let mut workers = job.workers();
        let none_has_failed = workers.all(|w| state.is_up(w) && state.is_trusted(w));
        let has_read = |reduce, worker| {
            let content = state.reduce_attempt(reduce, worker).content();
            content.is_some_and(|content| content != Content::EMPTY)
        };
        let a_reduce_has_read = job.workers().any(|w| job.reduces().any(|r| has_read(r, w)));
        none_has_failed && a_reduce_has_read && !job.maps_are_completed(state)
    },
);
