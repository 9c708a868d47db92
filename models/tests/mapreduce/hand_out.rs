//! Every branch of how the master hands tasks out and takes them back.

use straightedge_models::mapreduce::step::environment::{crash, suspect_falsely};
use straightedge_models::mapreduce::step::master::{
    assign_map, assign_reduce, backup_map, backup_reduce, finish_job, preempt,
};
use straightedge_models::mapreduce::{
    Barrier, Content, Launch, MapAttempt, MapReduce, MapStatus, ReduceAttempt, ReduceStatus,
    Region, Report, State,
};

const JOB: MapReduce = MapReduce::new(2, 2, 3).with_faults(3, 3);
const RUNNING: MapAttempt = MapAttempt::Running { skips: false };

const fn finished(report: Report) -> MapAttempt {
    MapAttempt::Finished { report, recorded: true, skips: false }
}

fn start() -> State {
    JOB.initial_state()
}

/// Both maps completed at worker 2.
fn mapped() -> State {
    [0, 1].into_iter().fold(start(), |state, map| {
        let state = state.with_map(map, MapStatus::Completed(2), 1);
        state.with_map_attempt(map, 2, finished(Report::Heard))
    })
}

fn reducing(state: &State, reduce: u8, worker: u8, attempt: ReduceAttempt) -> State {
    let state = state.with_reduce(reduce, ReduceStatus::InProgress, 0);
    state.with_reduce_attempt(reduce, worker, attempt)
}

mod assigning {
    use super::*;

    #[test]
    fn an_idle_map_goes_to_a_worker_that_asks() {
        let expected =
            start().with_map(0, MapStatus::InProgress, 0).with_map_attempt(0, 1, RUNNING);
        assert_eq!(assign_map(&JOB, &start(), 0, 1), Some(expected));
        assert_eq!(assign_map(&JOB, &expected, 0, 2), None, "it is not idle any more");
    }

    #[test]
    fn a_worker_that_runs_something_does_not_ask() {
        for busy in [
            start().with_map_attempt(1, 0, RUNNING),
            start().with_map_attempt(1, 0, MapAttempt::Launching),
            reducing(&start(), 0, 0, ReduceAttempt::START),
            reducing(&start(), 0, 0, ReduceAttempt::Recalled),
            reducing(&start(), 0, 0, ReduceAttempt::Granted(Content::EMPTY)),
        ] {
            assert_eq!(assign_map(&JOB, &busy, 0, 0), None, "{busy:?}");
        }
        let free = start().with_map_attempt(1, 0, finished(Report::Sent));
        assert!(assign_map(&JOB, &free, 0, 0).is_some(), "who has finished asks");
    }

    #[test]
    fn crashed_and_suspected_workers_get_nothing() {
        let crashed = crash(&JOB, &start(), 0);
        assert_eq!(crashed.and_then(|state| assign_map(&JOB, &state, 0, 0)), None);
        let zombie = suspect_falsely(&JOB, &start(), 0);
        assert_eq!(zombie.and_then(|state| assign_map(&JOB, &state, 0, 0)), None);
    }

    #[test]
    fn nothing_is_handed_out_once_the_job_is_done() {
        let done = mapped().with_done(true);
        assert_eq!(assign_map(&JOB, &done.with_map(0, MapStatus::Idle, 0), 0, 0), None);
        assert_eq!(assign_reduce(&JOB, &done, 0, 0), None);
    }

    #[test]
    fn a_worker_whose_completion_is_awaited_is_not_given_the_task_again() {
        let idle = start().with_map_attempt(0, 0, finished(Report::Sent));
        assert_eq!(assign_map(&JOB, &idle, 0, 0), None);
        let heard = start().with_map_attempt(0, 0, finished(Report::HeardOnce));
        let again = assign_map(&JOB, &heard, 0, 0);
        assert_eq!(again.map(|state| state.map_attempt(0, 0)), Some(RUNNING));
        let renamed = mapped().with_reduce_attempt(0, 0, ReduceAttempt::Renamed(Report::Lost));
        assert_eq!(assign_reduce(&JOB, &renamed, 0, 0), None);
    }

    #[test]
    fn an_assignment_may_be_a_message() {
        let job = MapReduce { launch: Launch::Message, ..JOB };
        let map = assign_map(&job, &start(), 0, 0).map(|state| state.map_attempt(0, 0));
        assert_eq!(map, Some(MapAttempt::Launching));
        let reduce = assign_reduce(&job, &mapped(), 0, 0).map(|state| state.reduce_attempt(0, 0));
        assert_eq!(reduce, Some(ReduceAttempt::Launching));
    }

    #[test]
    fn after_two_failures_an_attempt_leaves_the_record_out() {
        let skips = |failures, map| {
            let state = start().with_record_failures(failures);
            assign_map(&JOB, &state, map, 0).map(|state| state.map_attempt(map, 0))
        };
        assert_eq!(skips(1, 0), Some(RUNNING));
        assert_eq!(skips(2, 0), Some(MapAttempt::Running { skips: true }));
        assert_eq!(skips(2, 1), Some(RUNNING), "the record is another map's");
    }
}

mod barriers {
    use super::*;

    #[test]
    fn a_reduce_is_handed_out_after_the_last_map() {
        let expected = reducing(&mapped(), 1, 0, ReduceAttempt::START);
        assert_eq!(assign_reduce(&JOB, &mapped(), 1, 0), Some(expected));
        let last_runs = mapped().with_map(1, MapStatus::InProgress, 0);
        assert_eq!(assign_reduce(&JOB, &last_runs, 1, 0), None);
        assert_eq!(assign_reduce(&JOB, &expected, 1, 1), None, "it is not idle any more");
    }

    #[test]
    fn with_the_barrier_at_the_function_it_is_enough_that_no_map_is_idle() {
        let job = MapReduce { barrier: Barrier::Function, ..JOB };
        let last_runs = mapped().with_map(1, MapStatus::InProgress, 0);
        assert!(assign_reduce(&job, &last_runs, 1, 0).is_some());
        assert_eq!(assign_reduce(&job, &mapped().with_map(1, MapStatus::Idle, 0), 1, 0), None);
    }
}

mod backing_up {
    use super::*;

    /// Map 0 runs at worker 0, map 1 is completed.
    fn straggling() -> State {
        let state = mapped().with_map_attempt(0, 2, MapAttempt::None);
        state.with_map(0, MapStatus::InProgress, 0).with_map_attempt(0, 0, RUNNING)
    }

    #[test]
    fn the_last_map_in_progress_goes_to_a_second_worker() {
        let expected = straggling().with_map_attempt(0, 1, RUNNING);
        assert_eq!(backup_map(&JOB, &straggling(), 0, 1), Some(expected));
        assert_eq!(backup_map(&JOB, &expected, 0, 2), None, "two attempts are enough");
    }

    #[test]
    fn there_is_no_backup_while_a_map_is_idle() {
        assert_eq!(backup_map(&JOB, &straggling().with_map(1, MapStatus::Idle, 0), 0, 1), None);
    }

    #[test]
    fn who_has_finished_is_not_its_own_backup() {
        let waiting = straggling().with_map_attempt(0, 0, finished(Report::Sent));
        assert_eq!(backup_map(&JOB, &waiting, 0, 0), None);
        assert!(backup_map(&JOB, &waiting, 0, 1).is_some(), "its message is not there yet");
    }

    #[test]
    fn a_completed_task_and_a_job_without_backups_have_none() {
        assert_eq!(backup_map(&JOB, &straggling(), 1, 1), None);
        let job = MapReduce { backups: false, ..JOB };
        assert_eq!(backup_map(&job, &straggling(), 0, 1), None);
        assert_eq!(backup_map(&JOB, &straggling().with_done(true), 0, 1), None);
    }

    #[test]
    fn a_reduce_is_backed_up_once_none_is_idle() {
        let one_idle = reducing(&mapped(), 0, 0, ReduceAttempt::START);
        assert_eq!(backup_reduce(&JOB, &one_idle, 0, 1), None);
        let last = one_idle.with_reduce(1, ReduceStatus::Completed, 1);
        let expected = last.with_reduce_attempt(0, 1, ReduceAttempt::START);
        assert_eq!(backup_reduce(&JOB, &last, 0, 1), Some(expected));
        assert_eq!(backup_reduce(&JOB, &last, 1, 1), None, "it is completed");
        let lost = last.with_map(0, MapStatus::Idle, 0);
        assert_eq!(backup_reduce(&JOB, &lost, 0, 1), None, "the lost map comes first");
    }
}

mod making_room {
    use super::*;

    /// Reduces at workers 0 and 1; worker 2 has crashed with the maps, and was suspected.
    fn stuck() -> State {
        let job = MapReduce::new(2, 2, 2);
        let state = [0, 1].into_iter().fold(job.initial_state(), |state, worker| {
            reducing(&state, worker, worker, ReduceAttempt::START)
        });
        state.with_map(1, MapStatus::Completed(0), 1).with_map(0, MapStatus::Idle, 0)
    }

    #[test]
    fn a_reduce_gives_way_to_a_lost_map_when_no_one_is_free() {
        let expected = stuck().with_reduce(0, ReduceStatus::Idle, 0).with_reduce_attempt(
            0,
            0,
            ReduceAttempt::None,
        );
        assert_eq!(preempt(&JOB, &stuck(), 0, 0), Some(expected));
        assert_eq!(preempt(&JOB, &expected, 1, 1), None, "now worker 0 asks");
    }

    #[test]
    fn a_reduce_with_another_attempt_stays_in_progress() {
        let raced = stuck().with_reduce_attempt(1, 1, ReduceAttempt::None).with_reduce_attempt(
            0,
            1,
            ReduceAttempt::START,
        );
        let after = preempt(&JOB, &raced, 0, 0);
        assert_eq!(after.map(|state| state.reduce(0)), Some(ReduceStatus::InProgress));
    }

    #[test]
    fn the_loser_of_a_race_gives_way_and_its_reduce_stays_completed() {
        let lost_race = stuck().with_reduce(0, ReduceStatus::Completed, 1);
        let after = preempt(&JOB, &lost_race, 0, 0);
        assert_eq!(after.map(|state| state.reduce(0)), Some(ReduceStatus::Completed));
    }

    #[test]
    fn who_has_the_lost_region_can_finish_and_is_left_alone() {
        let has_it = ReduceAttempt::Running(Content::EMPTY.with(0, Region::Version(0)));
        assert_eq!(preempt(&JOB, &stuck().with_reduce_attempt(0, 0, has_it), 0, 0), None);
        let has_other = ReduceAttempt::Running(Content::EMPTY.with(1, Region::Version(0)));
        assert!(preempt(&JOB, &stuck().with_reduce_attempt(0, 0, has_other), 0, 0).is_some());
    }

    #[test]
    fn no_one_gives_way_without_a_lost_map() {
        assert_eq!(preempt(&JOB, &stuck().with_map(0, MapStatus::InProgress, 0), 0, 0), None);
        assert_eq!(preempt(&JOB, &stuck().with_done(true), 0, 0), None);
    }

    #[test]
    fn suspected_workers_are_not_reached() {
        assert_eq!(preempt(&JOB, &stuck().with_trust(0, false), 0, 0), None);
    }

    #[test]
    fn who_has_crashed_and_is_still_trusted_gives_way_in_the_masters_table() {
        let crashed = crash(&JOB, &stuck().with_left(JOB.budget), 0);
        let after = crashed.and_then(|state| preempt(&JOB, &state, 0, 0));
        assert_eq!(after.map(|state| state.reduce(0)), Some(ReduceStatus::Idle));
    }

    #[test]
    fn an_assignment_on_its_way_is_recalled() {
        let on_its_way = stuck().with_reduce_attempt(0, 0, ReduceAttempt::Launching);
        let after = preempt(&JOB, &on_its_way, 0, 0);
        assert_eq!(after.map(|state| state.reduce_attempt(0, 0)), Some(ReduceAttempt::Recalled));
        assert_eq!(after.map(|state| state.reduce(0)), Some(ReduceStatus::Idle));
    }
}

mod ending {
    use super::*;

    #[test]
    fn the_job_is_done_when_every_reduce_is_completed() {
        let one = mapped().with_reduce(0, ReduceStatus::Completed, 1);
        assert_eq!(finish_job(&JOB, &one), None);
        let both = one.with_reduce(1, ReduceStatus::Completed, 1);
        assert_eq!(finish_job(&JOB, &both), Some(both.with_done(true)));
        assert_eq!(finish_job(&JOB, &both.with_done(true)), None, "it is said once");
    }
}
