//! The claims about states.

use crate::engine::{Claim, Form};

use super::attempt::{MapAttempt, ReduceAttempt};
use super::content::{Content, Region, is_same_value, result};
use super::options::{Budget, Commit, MapOutput, Records};
use super::property::{
    a_map_is_completed, a_reduce_is_completed, completed, is_done, outputs, tasks,
    there_is_an_output,
};
use super::state::{MapStatus, ReduceStatus, State};
use super::{MapReduce, Task, case, reason};

/// The claims about the states of this variant.
pub(super) fn claims(job: &MapReduce) -> Vec<Claim<MapReduce>> {
    let mut claims = vec![
        COMPLETED_REDUCES_ARE_COMPLETE,
        FINAL_FILES_ARE_WHOLE,
        REGIONS_ARE_PURE,
        OUTPUT_IS_SEQUENTIAL,
        MAPS_ARE_WHERE_RECORDED,
        COUNTERS_COUNT_ONCE,
        WORKERS_RUN_ONE_TASK,
        ONE_VERSION_OF_EACH_MAP,
    ];
    // A restarted master has forgotten what runs, and hands it out again.
    if job.backups && job.budget.restarts == 0 {
        claims.push(TWO_LIVE_ATTEMPTS_AT_MOST);
    }
    if job.commit == Commit::Coordinator {
        claims.extend([ONE_RENAME_FOR_EACH_REDUCE, LOCKS_ARE_WITH_TRUSTED_WORKERS]);
    }
    if job.records == Records::FirstIsBad || job.budget.failures > 0 {
        claims.push(RECORDS_ARE_SKIPPED_FOR_A_REASON);
    }
    let is_quiet = job.budget == Budget::NONE && !job.backups && job.records == Records::Good;
    if is_quiet {
        claims.push(EACH_TASK_RUNS_ONCE);
    }
    claims
}

type Holds = fn(&MapReduce, &State) -> bool;
const fn always(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    when: Option<Holds>,
    holds: Holds,
) -> Claim<MapReduce> {
    Claim::new(name, sentence, source, Form::Always { when, holds })
}

const COMPLETED_REDUCES_ARE_COMPLETE: Claim<MapReduce> = always(
    "completed_reduces_are_complete",
    "A completed reduce has under its final name a region of every map, each exactly once.",
    "MAPREDUCE-9",
    Some(a_reduce_is_completed),
    |job, state| completed(job, state).all(|r| has_complete_output(job, state, r)),
)
.because(reason::incomplete_reduce);

const FINAL_FILES_ARE_WHOLE: Claim<MapReduce> = always(
    "final_files_are_whole",
    "Whatever is under a final name is a whole output, at every moment.",
    "MAPREDUCE-9",
    Some(there_is_an_output),
    |job, state| outputs(job, state).all(|(_, content)| content.is_complete(job.maps)),
)
.because(reason::partial_file);

const REGIONS_ARE_PURE: Claim<MapReduce> = always(
    "regions_are_pure",
    "What a reduce has of one map is the region of one execution of that map.",
    "MAPREDUCE-8",
    Some(a_region_is_fetched),
    |job, state| contents(job, state).all(|content| content.is_pure(job.maps)),
);

const OUTPUT_IS_SEQUENTIAL: Claim<MapReduce> = always(
    "output_is_sequential",
    "A job that is done has every output, with the result of a sequential run.",
    "MAPREDUCE-13",
    Some(is_done),
    |job, state| job.reduces().all(|r| state.output(r).is_some_and(|c| is_sequential(job, c))),
)
.because(reason::wrong_output);

const MAPS_ARE_WHERE_RECORDED: Claim<MapReduce> = always(
    "maps_are_where_recorded",
    "A map that is recorded as completed was finished by that worker, which is trusted.",
    "MAPREDUCE-5",
    Some(a_map_is_completed),
    |job, state| job.maps().all(|map| is_where_recorded(job, state, map)),
)
.because(reason::misplaced_map);

const COUNTERS_COUNT_ONCE: Claim<MapReduce> = always(
    "counters_count_once",
    "The counters of a completed task are in the sums once, those of any other not at all.",
    "MAPREDUCE-17",
    Some(a_map_is_completed),
    |job, state| {
        let is_completed = |map| matches!(state.map(map), MapStatus::Completed(_));
        let maps = job.maps().all(|m| state.map_counted(m) == u8::from(is_completed(m)));
        let is_completed = |reduce| state.reduce(reduce) == ReduceStatus::Completed;
        maps && job.reduces().all(|r| state.reduce_counted(r) == u8::from(is_completed(r)))
    },
);

const WORKERS_RUN_ONE_TASK: Claim<MapReduce> = always(
    "workers_run_one_task",
    "No worker runs two tasks.",
    "MAPREDUCE-3",
    None,
    |job, state| {
        let mut up = job.workers().filter(|&worker| state.is_up(worker));
        up.all(|worker| job.tasks_of(state, worker) <= 1)
    },
);

const ONE_VERSION_OF_EACH_MAP: Claim<MapReduce> = always(
    "one_version_of_each_map",
    "All outputs hold the same version of each map.",
    "MAPREDUCE-11",
    Some(there_is_an_output),
    |job, state| !case::versions_are_mixed(job, state),
);

const TWO_LIVE_ATTEMPTS_AT_MOST: Claim<MapReduce> = always(
    "two_live_attempts_at_most",
    "The master waits for two attempts at a task at most.",
    "MAPREDUCE-14",
    None,
    |job, state| tasks(job).all(|task| job.live(state, task).count() <= 2),
);

const ONE_RENAME_FOR_EACH_REDUCE: Claim<MapReduce> = always(
    "one_rename_for_each_reduce",
    "With a coordinator at most one attempt at each reduce renames.",
    "MAPREDUCE-12",
    Some(there_is_an_output),
    |job, state| job.reduces().all(|reduce| state.renames(reduce) <= 1),
);

const LOCKS_ARE_WITH_TRUSTED_WORKERS: Claim<MapReduce> = always(
    "locks_are_with_trusted_workers",
    "Only a worker that is trusted may rename.",
    "MAPREDUCE-12",
    Some(|job, state| job.reduces().any(|r| state.lock(r).is_some())),
    |job, state| job.reduces().filter_map(|r| state.lock(r)).all(|w| state.is_trusted(w)),
);

const RECORDS_ARE_SKIPPED_FOR_A_REASON: Claim<MapReduce> = always(
    "records_are_skipped_for_a_reason",
    "A record is left out only after two attempts have failed on it.",
    "MAPREDUCE-15",
    None,
    |job, state| {
        let skips = |worker| {
            let attempt = state.map_attempt(0, worker);
            matches!(
                attempt,
                MapAttempt::Running { skips: true } | MapAttempt::Finished { skips: true, .. }
            )
        };
        state.record_failures() >= 2 || !job.workers().any(skips)
    },
);

const EACH_TASK_RUNS_ONCE: Claim<MapReduce> = always(
    "each_task_runs_once",
    "With no time-out and no backup, every task is run exactly once by the end.",
    "MAPREDUCE-21",
    None,
    |job, state| {
        let is_run_so_often = |task| match runs(job, state, task) {
            0 => !state.is_done(),
            runs => runs == 1,
        };
        tasks(job).all(is_run_so_often)
    },
);

pub(super) fn has_complete_output(job: &MapReduce, state: &State, reduce: u8) -> bool {
    state.output(reduce).is_some_and(|content| content.is_complete(job.maps))
}

/// What is in private files and under final names.
pub(super) fn contents(job: &MapReduce, state: &State) -> impl Iterator<Item = Content> {
    let (job, state) = (*job, *state);
    let attempts = job.workers().flat_map(move |worker| {
        job.reduces().map(move |reduce| state.reduce_attempt(reduce, worker))
    });
    let final_files = job.reduces().filter_map(move |reduce| state.output(reduce));
    attempts.filter_map(ReduceAttempt::content).chain(final_files)
}

fn a_region_is_fetched(job: &MapReduce, state: &State) -> bool {
    contents(job, state).any(|content| content != Content::EMPTY)
}

/// Whether a reduce of this file gives what a sequential run without combiner gives. A record on
/// which user code always crashes is left out of both.
pub(super) fn is_sequential(job: &MapReduce, content: Content) -> bool {
    let whole = job.maps().fold(Content::EMPTY, |whole, map| {
        let region = if job.records == Records::FirstIsBad && map == 0 {
            Region::Short
        } else {
            Region::Version(0)
        };
        whole.with(map, region)
    });
    let sequential = result(job.maps, whole, job.merge, false);
    is_same_value(sequential, result(job.maps, content, job.merge, job.combiner))
}

pub(super) fn is_where_recorded(job: &MapReduce, state: &State, map: u8) -> bool {
    let MapStatus::Completed(worker) = state.map(map) else { return true };
    let is_finished = matches!(state.map_attempt(map, worker), MapAttempt::Finished { .. });
    let is_trusted = state.is_trusted(worker);
    let is_finished = is_finished || state.is_crashed(worker);
    is_finished && (is_trusted || job.map_output == MapOutput::SharedFileSystem)
}

/// How many workers have run that task, or run it.
fn runs(job: &MapReduce, state: &State, task: Task) -> usize {
    let has_run = |&worker: &u8| match task {
        Task::Map(map) => state.map_attempt(map, worker) != MapAttempt::None,
        Task::Reduce(reduce) => state.reduce_attempt(reduce, worker) != ReduceAttempt::None,
    };
    job.workers().filter(has_run).count()
}
