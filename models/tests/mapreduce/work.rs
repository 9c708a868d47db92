//! Every branch of what a worker does: launch, map, fetch, commit, with and without a coordinator.

use straightedge_models::mapreduce::step::commit::{cancel, commit, grant, settle};
use straightedge_models::mapreduce::step::worker::{
    fail_on_record, fetch, finish_map, launch, resend,
};
use straightedge_models::mapreduce::{
    Budget, Commit, Content, Machine, MapAttempt, MapOutput, MapReduce, MapStatus, Records,
    ReduceAttempt, ReduceStatus, Region, Report, State, Task,
};

const JOB: MapReduce = MapReduce::new(2, 1, 2);
const COORDINATED: MapReduce = MapReduce { commit: Commit::Coordinator, ..JOB };
const RUNNING: MapAttempt = MapAttempt::Running { skips: false };

const fn finished(report: Report, recorded: bool) -> MapAttempt {
    MapAttempt::Finished { report, recorded, skips: false }
}

fn full() -> Content {
    Content::EMPTY.with(0, Region::Version(0)).with(1, Region::Version(0))
}

/// Both maps completed at worker 1, and worker 0 runs the reduce with that.
fn reducing(attempt: ReduceAttempt) -> State {
    let mapped = JOB.maps().fold(JOB.initial_state(), |state, map| {
        let state = state.with_map(map, MapStatus::Completed(1), 1);
        state.with_map_attempt(map, 1, finished(Report::Heard, true))
    });
    mapped.with_reduce(0, ReduceStatus::InProgress, 0).with_reduce_attempt(0, 0, attempt)
}

fn crashed(state: &State, worker: u8) -> State {
    state.with_machine(worker, Machine::Crashed)
}

mod launching {
    use super::*;

    #[test]
    fn an_assignment_that_arrives_begins_its_attempt() {
        let state = JOB.initial_state().with_map_attempt(0, 0, MapAttempt::Launching);
        let after = launch(&state, Task::Map(0), 0);
        assert_eq!(after, Some(state.with_map_attempt(0, 0, RUNNING)));
        assert_eq!(launch(&crashed(&state, 0), Task::Map(0), 0), None);
        assert_eq!(launch(&state, Task::Map(1), 0), None, "nothing is on its way");
        let after = launch(&state.with_record_failures(2), Task::Map(0), 0);
        let attempt = after.map(|state| state.map_attempt(0, 0));
        assert_eq!(attempt, Some(MapAttempt::Running { skips: true }));
    }

    #[test]
    fn a_recalled_assignment_is_dropped_when_it_arrives() {
        let of = |attempt| launch(&reducing(attempt), Task::Reduce(0), 0);
        assert_eq!(of(ReduceAttempt::Launching), Some(reducing(ReduceAttempt::START)));
        assert_eq!(of(ReduceAttempt::Recalled), Some(reducing(ReduceAttempt::None)));
        assert_eq!(of(ReduceAttempt::START), None);
    }
}

mod mapping {
    use super::*;

    #[test]
    fn a_finished_map_has_its_regions_and_its_message_under_way() {
        let state = JOB.initial_state().with_map_attempt(0, 0, RUNNING);
        let expected = state.with_map_attempt(0, 0, finished(Report::Sent, false));
        assert_eq!(finish_map(&JOB, &state, 0, 0), Some(expected));
        assert_eq!(finish_map(&JOB, &expected, 0, 0), None);
        assert_eq!(finish_map(&JOB, &crashed(&state, 0), 0, 0), None);
        assert_eq!(finish_map(&JOB, &state.with_done(true), 0, 0), None);
        let zombie = state.with_trust(0, false);
        assert!(finish_map(&JOB, &zombie, 0, 0).is_some(), "a zombie goes on");
    }

    #[test]
    fn user_code_does_not_get_past_a_bad_record() {
        let job = MapReduce { records: Records::FirstIsBad, ..JOB };
        let state = JOB.initial_state().with_map(0, MapStatus::InProgress, 0);
        let state = state.with_map_attempt(0, 0, RUNNING);
        assert_eq!(finish_map(&job, &state, 0, 0), None);
        let other = state.with_map_attempt(1, 1, RUNNING);
        assert!(finish_map(&job, &other, 1, 1).is_some(), "map 1 has no such record");
        let after = fail_on_record(&job, &state, 0);
        let expected = state
            .with_map(0, MapStatus::Idle, 0)
            .with_map_attempt(0, 0, MapAttempt::None)
            .with_record_failures(1);
        assert_eq!(after, Some(expected));
        let skipping = state.with_map_attempt(0, 0, MapAttempt::Running { skips: true });
        assert_eq!(fail_on_record(&job, &skipping, 0), None);
        assert!(finish_map(&job, &skipping, 0, 0).is_some());
    }

    #[test]
    fn a_failure_by_chance_has_a_budget_and_a_zombies_is_not_heard() {
        let state = JOB.initial_state().with_map(0, MapStatus::InProgress, 0);
        let state = state.with_map_attempt(0, 0, RUNNING).with_map_attempt(0, 1, RUNNING);
        assert_eq!(fail_on_record(&JOB, &state, 0), None);
        let state = state.with_left(Budget { failures: 1, ..Budget::NONE });
        let after = fail_on_record(&JOB, &state, 0);
        let known = after.map(|s| (s.map(0), s.record_failures(), s.left().failures));
        assert_eq!(known, Some((MapStatus::InProgress, 1, 0)), "the other attempt goes on");
        let after = fail_on_record(&JOB, &state.with_trust(0, false), 0);
        assert_eq!(after.map(|state| state.record_failures()), Some(0));
        assert_eq!(fail_on_record(&JOB, &crashed(&state, 0), 0), None);
        assert_eq!(fail_on_record(&JOB, &state.with_done(true), 0), None);
    }
}

mod fetching {
    use super::*;

    #[test]
    fn a_region_is_read_from_where_it_was_recorded() {
        let after = fetch(&JOB, &reducing(ReduceAttempt::START), 0, 0, 1, 1);
        let content = Content::EMPTY.with(1, Region::Version(0));
        assert_eq!(after, Some(reducing(ReduceAttempt::Running(content))));
        let again = after.and_then(|state| fetch(&JOB, &state, 0, 0, 1, 1));
        assert_eq!(again, None, "it has the region");
    }

    #[test]
    fn a_region_that_was_not_recorded_is_not_read() {
        let state = reducing(ReduceAttempt::START);
        assert_eq!(fetch(&JOB, &state, 0, 0, 1, 0), None, "worker 0 has none");
        let ignored = state.with_map_attempt(1, 0, finished(Report::Heard, false));
        assert_eq!(fetch(&JOB, &ignored, 0, 0, 1, 0), None, "its completion was ignored");
    }

    #[test]
    fn a_fetch_from_a_crashed_worker_fails_and_from_a_zombie_does_not() {
        let state = reducing(ReduceAttempt::START);
        assert_eq!(fetch(&JOB, &crashed(&state, 1), 0, 0, 0, 1), None);
        assert!(fetch(&JOB, &state.with_trust(1, false), 0, 0, 0, 1).is_some());
        let job = MapReduce { map_output: MapOutput::SharedFileSystem, ..JOB };
        assert!(fetch(&job, &crashed(&state, 1), 0, 0, 0, 1).is_some(), "files are shared");
        assert_eq!(fetch(&JOB, &crashed(&state, 0), 0, 0, 0, 1), None, "the reader has crashed");
    }

    #[test]
    fn what_is_read_is_the_version_of_who_wrote_it() {
        let region = |job: &MapReduce, state: &State| {
            let after = fetch(job, state, 0, 0, 0, 1)?;
            Some(after.reduce_attempt(0, 0).content()?.region(0))
        };
        let state = reducing(ReduceAttempt::START);
        assert_eq!(region(&JOB, &state), Some(Region::Version(0)));
        let job = MapReduce { deterministic: false, ..JOB };
        assert_eq!(region(&job, &state), Some(Region::Version(1)));
        let short = MapAttempt::Finished { report: Report::Heard, recorded: true, skips: true };
        assert_eq!(region(&JOB, &state.with_map_attempt(0, 1, short)), Some(Region::Short));
    }
}

mod committing {
    use super::*;

    #[test]
    fn a_reduce_that_has_all_renames_and_replaces_what_was_there() {
        let old = Content::EMPTY.with(0, Region::Version(1)).with(1, Region::Version(1));
        let state = reducing(ReduceAttempt::Running(full())).with_output(0, old);
        let renamed = ReduceAttempt::Renamed(Report::Sent);
        let expected = state.with_output(0, full()).with_reduce_attempt(0, 0, renamed);
        assert_eq!(commit(&JOB, &state, 0, 0), Some(expected));
        assert_eq!(commit(&JOB, &crashed(&state, 0), 0, 0), None);
        let after_the_end = state.with_done(true).with_trust(0, false);
        assert!(commit(&JOB, &after_the_end, 0, 0).is_some(), "a zombie does not know");
    }

    #[test]
    fn a_reduce_that_lacks_a_region_waits() {
        let content = Content::EMPTY.with(1, Region::Version(0));
        assert_eq!(commit(&JOB, &reducing(ReduceAttempt::Running(content)), 0, 0), None);
        assert_eq!(commit(&JOB, &reducing(ReduceAttempt::None), 0, 0), None);
    }

    #[test]
    fn with_a_coordinator_it_asks_first() {
        let state = reducing(ReduceAttempt::Running(full()));
        assert_eq!(commit(&COORDINATED, &state, 0, 0), None);
        let granted =
            state.with_lock(0, Some(0)).with_reduce_attempt(0, 0, ReduceAttempt::Granted(full()));
        assert_eq!(grant(&COORDINATED, &state, 0, 0), Some(granted));
        let after = commit(&COORDINATED, &granted, 0, 0);
        let output = after.map(|state| (state.output(0), state.renames(0)));
        assert_eq!(output, Some((Some(full()), 1)));
    }

    #[test]
    fn the_file_system_refuses_whose_permission_was_taken_back() {
        let state = reducing(ReduceAttempt::Granted(full())).with_lock(0, Some(1));
        let after = commit(&COORDINATED, &state, 0, 0);
        let ended = after.map(|s| (s.output(0), s.reduce_attempt(0, 0)));
        assert_eq!(ended, Some((None, ReduceAttempt::None)));
    }

    #[test]
    fn one_attempt_at_a_time_is_allowed() {
        let ready = reducing(ReduceAttempt::Running(full()));
        assert_eq!(grant(&COORDINATED, &ready.with_lock(0, Some(1)), 0, 0), None, "held");
        assert_eq!(grant(&COORDINATED, &ready.with_trust(0, false), 0, 0), None, "suspected");
        assert_eq!(grant(&COORDINATED, &crashed(&ready, 0), 0, 0), None, "crashed");
        assert_eq!(grant(&COORDINATED, &ready.with_done(true), 0, 0), None, "the end");
        assert_eq!(grant(&JOB, &ready, 0, 0), None, "there is no coordinator");
        let completed = ready.with_reduce(0, ReduceStatus::Completed, 1);
        assert_eq!(grant(&COORDINATED, &completed, 0, 0), None, "completed");
        assert_eq!(grant(&COORDINATED, &reducing(ReduceAttempt::START), 0, 0), None, "not ready");
    }

    #[test]
    fn the_loser_of_a_race_is_ended_where_it_could_never_rename() {
        let lost = reducing(ReduceAttempt::START).with_reduce(0, ReduceStatus::Completed, 1);
        let ended = lost.with_reduce_attempt(0, 0, ReduceAttempt::None);
        assert_eq!(cancel(&COORDINATED, &lost, 0, 0), Some(ended));
        assert_eq!(cancel(&COORDINATED, &ended, 0, 0), None);
        assert_eq!(cancel(&JOB, &lost, 0, 0), None, "it may rename");
        assert_eq!(cancel(&COORDINATED, &reducing(ReduceAttempt::START), 0, 0), None, "it may win");
        assert_eq!(cancel(&COORDINATED, &lost.with_trust(0, false), 0, 0), None, "out of reach");
        let on_its_way = lost.with_reduce_attempt(0, 0, ReduceAttempt::Launching);
        let after = cancel(&COORDINATED, &on_its_way, 0, 0);
        assert_eq!(after.map(|state| state.reduce_attempt(0, 0)), Some(ReduceAttempt::Recalled));
    }

    #[test]
    fn whoever_takes_a_permission_back_looks_whether_it_was_used() {
        let held = reducing(ReduceAttempt::Granted(full())).with_lock(0, Some(0));
        let unused = settle(&COORDINATED, &held, 0);
        assert_eq!((unused.lock(0), unused.reduce(0)), (None, ReduceStatus::InProgress));
        let used = settle(&COORDINATED, &held.with_output(0, full()), 0);
        assert_eq!((used.lock(0), used.reduce(0)), (None, ReduceStatus::Completed));
        assert_eq!(settle(&COORDINATED, &held, 1), held, "worker 1 holds nothing");
    }
}

mod sending_again {
    use super::*;

    #[test]
    fn a_lost_completion_is_sent_again() {
        let lost = reducing(ReduceAttempt::Renamed(Report::Lost));
        let expected = reducing(ReduceAttempt::Renamed(Report::Sent));
        assert_eq!(resend(&lost, Task::Reduce(0), 0), Some(expected));
        assert_eq!(resend(&expected, Task::Reduce(0), 0), None, "it is under way");
        assert_eq!(resend(&crashed(&lost, 0), Task::Reduce(0), 0), None);
        assert_eq!(resend(&lost.with_done(true), Task::Reduce(0), 0), None);
        assert_eq!(resend(&lost, Task::Map(0), 0), None, "there is none");
        let map = lost.with_map_attempt(0, 0, finished(Report::Lost, false));
        let after = resend(&map, Task::Map(0), 0).map(|state| state.map_attempt(0, 0));
        assert_eq!(after, Some(finished(Report::Sent, false)));
    }
}
