//! Every branch of what comes of failure: late completions, suspicion, crashes, restarts.

use straightedge_models::mapreduce::step::environment::{
    crash, duplicate, lose, rejoin, restart_master, suspect_falsely,
};
use straightedge_models::mapreduce::step::failure::{checkpoint, forget, suspect};
use straightedge_models::mapreduce::step::master::{hear_map, hear_reduce};
use straightedge_models::mapreduce::{
    Budget, Checkpoint, Commit, Content, Machine, MapAttempt, MapOutput, MapReduce, MapStatus,
    ReduceAttempt, ReduceStatus, Region, Report, State, Task,
};

const ALL: Budget = Budget {
    crashes: 2,
    false_suspicions: 2,
    losses: 1,
    duplicates: 1,
    rejoins: 1,
    restarts: 1,
    failures: 0,
};
const JOB: MapReduce = MapReduce { budget: ALL, ..MapReduce::new(2, 2, 2) };
const RUNNING: MapAttempt = MapAttempt::Running { skips: false };

const fn finished(report: Report, recorded: bool) -> MapAttempt {
    MapAttempt::Finished { report, recorded, skips: false }
}

fn start() -> State {
    JOB.initial_state()
}

/// Map 0 is in progress at workers 0 and 1; worker 0 has finished it.
fn raced() -> State {
    start()
        .with_map(0, MapStatus::InProgress, 0)
        .with_map_attempt(0, 0, finished(Report::Sent, false))
        .with_map_attempt(0, 1, RUNNING)
}

fn completed() -> Option<State> {
    hear_map(&JOB, &raced(), 0, 0)
}

mod hearing {
    use super::*;

    #[test]
    fn the_first_completion_of_a_map_is_recorded_and_counted() {
        let expected = raced().with_map(0, MapStatus::Completed(0), 1).with_map_attempt(
            0,
            0,
            finished(Report::Heard, true),
        );
        assert_eq!(completed(), Some(expected));
        assert_eq!(hear_map(&JOB, &expected, 0, 0), None, "nothing more is under way");
    }

    #[test]
    fn a_completion_of_a_completed_map_is_ignored() {
        let late = completed().map(|s| s.with_map_attempt(0, 1, finished(Report::Sent, false)));
        let after = late.and_then(|state| hear_map(&JOB, &state, 0, 1));
        assert_eq!(after.map(|state| state.map(0)), Some(MapStatus::Completed(0)));
        let attempt = after.map(|state| state.map_attempt(0, 1));
        assert_eq!(attempt, Some(finished(Report::Heard, false)));
    }

    #[test]
    fn a_completion_from_a_suspected_worker_is_ignored() {
        let zombie = suspect_falsely(&JOB, &raced(), 0);
        let after = zombie.and_then(|state| hear_map(&JOB, &state, 0, 0));
        assert_eq!(after.map(|state| state.map(0)), Some(MapStatus::InProgress));
    }

    #[test]
    fn a_second_copy_of_a_completion_changes_nothing_else() {
        let doubled = duplicate(&raced(), Task::Map(0), 0);
        let once = doubled.and_then(|state| hear_map(&JOB, &state, 0, 0));
        let twice = once.and_then(|state| hear_map(&JOB, &state, 0, 0));
        let left = Budget { duplicates: 0, ..ALL };
        assert_eq!(twice, completed().map(|state| state.with_left(left)));
    }

    #[test]
    fn a_reduce_is_completed_once_and_by_who_is_trusted() {
        let renamed = ReduceAttempt::Renamed(Report::Sent);
        let state = start().with_reduce(0, ReduceStatus::InProgress, 0);
        let state = state.with_reduce_attempt(0, 0, renamed).with_lock(0, Some(0));
        let after = hear_reduce(&JOB, &state, 0, 0);
        assert_eq!(after.map(|s| (s.reduce(0), s.lock(0))), Some((ReduceStatus::Completed, None)));
        let zombie = hear_reduce(&JOB, &state.with_trust(0, false), 0, 0);
        assert_eq!(zombie.map(|state| state.reduce(0)), Some(ReduceStatus::InProgress));
        let second = after.map(|state| state.with_reduce_attempt(0, 1, renamed));
        let second = second.and_then(|state| hear_reduce(&JOB, &state, 0, 1));
        assert_eq!(second.map(|state| state.reduce_counted(0)), Some(1));
    }

    #[test]
    fn after_the_end_nobody_listens() {
        assert_eq!(hear_map(&JOB, &raced().with_done(true), 0, 0), None);
        let renamed = start().with_reduce_attempt(0, 0, ReduceAttempt::Renamed(Report::Sent));
        assert_eq!(hear_reduce(&JOB, &renamed.with_done(true), 0, 0), None);
    }
}

mod suspecting {
    use super::*;

    #[test]
    fn a_crashed_worker_is_suspected_and_a_living_one_is_not() {
        assert_eq!(suspect(&JOB, &start(), 0), None);
        let crashed = crash(&JOB, &start(), 0);
        let after = crashed.and_then(|state| suspect(&JOB, &state, 0));
        assert_eq!(after.map(|state| state.is_trusted(0)), Some(false));
        assert_eq!(after.and_then(|state| suspect(&JOB, &state, 0)), None, "once is enough");
    }

    #[test]
    fn completed_maps_of_a_failed_worker_are_idle_again() {
        let alone = completed().map(|state| state.with_map_attempt(0, 1, MapAttempt::None));
        let after = alone.and_then(|state| suspect_falsely(&JOB, &state, 0));
        let map = after.map(|state| (state.map(0), state.map_counted(0)));
        assert_eq!(map, Some((MapStatus::Idle, 0)));
    }

    #[test]
    fn a_lost_map_that_another_worker_runs_is_in_progress() {
        let after = completed().and_then(|state| suspect_falsely(&JOB, &state, 0));
        assert_eq!(after.map(|state| state.map(0)), Some(MapStatus::InProgress));
    }

    #[test]
    fn with_a_shared_file_system_completed_maps_stay() {
        let job = MapReduce { map_output: MapOutput::SharedFileSystem, ..JOB };
        let crashed = completed().and_then(|state| crash(&job, &state, 0));
        let after = crashed.and_then(|state| suspect(&job, &state, 0));
        assert_eq!(after.map(|state| state.map(0)), Some(MapStatus::Completed(0)));
        assert_eq!(after.map(|state| job.is_readable(&state, 0, 0)), Some(true));
    }

    #[test]
    fn tasks_in_progress_are_idle_unless_another_attempt_goes_on() {
        let state = start()
            .with_map(0, MapStatus::InProgress, 0)
            .with_map_attempt(0, 0, RUNNING)
            .with_reduce(0, ReduceStatus::InProgress, 0)
            .with_reduce_attempt(0, 0, ReduceAttempt::START);
        let after = suspect_falsely(&JOB, &state, 0);
        assert_eq!(
            after.map(|s| (s.map(0), s.reduce(0))),
            Some((MapStatus::Idle, ReduceStatus::Idle))
        );
        let raced = state.with_map_attempt(0, 1, RUNNING);
        let raced = raced.with_reduce_attempt(0, 1, ReduceAttempt::Renamed(Report::Lost));
        let after = suspect_falsely(&JOB, &raced, 0);
        let both = Some((MapStatus::InProgress, ReduceStatus::InProgress));
        assert_eq!(after.map(|state| (state.map(0), state.reduce(0))), both);
    }

    #[test]
    fn a_completed_reduce_stays_completed() {
        let state = start().with_reduce(0, ReduceStatus::Completed, 1);
        let state = state.with_reduce_attempt(0, 0, ReduceAttempt::Renamed(Report::Heard));
        let after = suspect_falsely(&JOB, &state, 0);
        assert_eq!(after.map(|state| state.reduce(0)), Some(ReduceStatus::Completed));
    }

    #[test]
    fn false_suspicions_have_a_budget_and_end_with_the_job() {
        let none = start().with_left(Budget { false_suspicions: 0, ..ALL });
        assert_eq!(suspect_falsely(&JOB, &none, 0), None);
        assert_eq!(suspect_falsely(&JOB, &start().with_done(true), 0), None);
        let twice = suspect_falsely(&JOB, &start(), 0).and_then(|s| suspect_falsely(&JOB, &s, 0));
        assert_eq!(twice, None, "a zombie is not suspected again");
    }
}

mod crashing {
    use super::*;

    #[test]
    fn until_it_is_suspected_a_crashed_worker_seems_to_run() {
        let content = Content::EMPTY.with(0, Region::Version(0));
        let state = start().with_map_attempt(0, 0, RUNNING).with_reduce_attempt(
            0,
            0,
            ReduceAttempt::Running(content),
        );
        let after = crash(&JOB, &state, 0);
        assert_eq!(after.map(|state| state.map_attempt(0, 0)), Some(RUNNING));
        let empty = Some(ReduceAttempt::START);
        assert_eq!(after.map(|state| state.reduce_attempt(0, 0)), empty, "its file is gone");
    }

    #[test]
    fn crashes_have_a_budget_and_happen_once_to_a_worker() {
        let after = crash(&JOB, &start(), 0);
        assert_eq!(after.and_then(|state| crash(&JOB, &state, 0)), None);
        assert_eq!(crash(&JOB, &start().with_left(Budget::NONE), 0), None);
        assert_eq!(crash(&JOB, &start().with_done(true), 0), None);
    }

    #[test]
    fn what_was_sent_before_a_crash_arrives_or_does_not() {
        let crashed = crash(&JOB, &raced(), 0).map(|s| s.with_left(Budget::NONE));
        let heard = crashed.and_then(|state| hear_map(&JOB, &state, 0, 0));
        assert_eq!(heard.map(|state| state.map(0)), Some(MapStatus::Completed(0)));
        let lost = crashed.and_then(|state| lose(&JOB, &state, Task::Map(0), 0));
        let attempt = lost.map(|state| state.map_attempt(0, 0));
        assert_eq!(attempt, Some(finished(Report::Lost, false)), "the master still waits");
    }

    #[test]
    fn what_a_crashed_and_suspected_worker_leaves_is_forgotten_but_for_its_messages() {
        let state = raced()
            .with_map_attempt(1, 0, finished(Report::Heard, true))
            .with_reduce_attempt(0, 0, ReduceAttempt::START)
            .with_reduce_attempt(1, 0, ReduceAttempt::Renamed(Report::Sent))
            .with_machine(0, Machine::Crashed)
            .with_trust(0, false);
        let after = forget(&JOB, &state, 0);
        assert_eq!(after.map_attempt(0, 0), finished(Report::Sent, false));
        assert_eq!(after.map_attempt(1, 0), MapAttempt::None);
        assert_eq!(after.reduce_attempt(0, 0), ReduceAttempt::None);
        assert_eq!(after.reduce_attempt(1, 0), ReduceAttempt::Renamed(Report::Sent));
        assert_eq!(forget(&JOB, &raced(), 0), raced(), "who is up forgets nothing");
    }
}

mod messages {
    use super::*;

    #[test]
    fn a_message_of_a_living_worker_is_lost_at_a_cost() {
        let after = lose(&JOB, &raced(), Task::Map(0), 0);
        assert_eq!(after.map(|state| state.left().losses), Some(0));
        let free = raced().with_left(Budget { losses: 0, ..ALL });
        assert_eq!(lose(&JOB, &free, Task::Map(0), 0), None);
        assert_eq!(lose(&JOB, &raced(), Task::Map(1), 0), None, "nothing is under way");
        assert_eq!(lose(&JOB, &raced().with_done(true), Task::Map(0), 0), None);
    }

    #[test]
    fn a_message_is_doubled_while_it_is_under_way() {
        let renamed = start().with_reduce_attempt(1, 1, ReduceAttempt::Renamed(Report::Sent));
        let after = duplicate(&renamed, Task::Reduce(1), 1);
        let twice = Some(ReduceAttempt::Renamed(Report::SentTwice));
        assert_eq!(after.map(|state| state.reduce_attempt(1, 1)), twice);
        assert_eq!(after.and_then(|state| duplicate(&state, Task::Reduce(1), 1)), None);
        assert_eq!(duplicate(&raced().with_left(Budget::NONE), Task::Map(0), 0), None);
        assert_eq!(duplicate(&raced(), Task::Map(0), 1), None, "it is not sent yet");
    }
}

mod coming_back {
    use super::*;

    #[test]
    fn a_suspected_worker_comes_back_under_a_new_name() {
        assert_eq!(rejoin(&JOB, &raced(), 0), None, "it is trusted");
        let zombie = suspect_falsely(&JOB, &raced(), 0);
        let after = zombie.and_then(|state| rejoin(&JOB, &state, 0));
        assert_eq!(
            after.map(|s| (s.is_crashed(0), s.is_up(2), s.is_trusted(2))),
            Some((true, true, true))
        );
        let old = after.map(|state| state.map_attempt(0, 0));
        assert_eq!(old, Some(finished(Report::Sent, false)), "its message is still under way");
        assert_eq!(after.and_then(|state| rejoin(&JOB, &state, 0)), None, "once");
    }
}

mod restarting {
    use super::*;

    #[test]
    fn a_checkpoint_is_written_while_it_may_be_of_use() {
        let state = completed().unwrap_or_default();
        let written = checkpoint(&state);
        assert_eq!(written.map(|s| s.checkpoint()), Some(Checkpoint::of(&state)));
        assert_eq!(written.and_then(|state| checkpoint(&state)), None, "nothing is new");
        assert_eq!(checkpoint(&state.with_left(Budget::NONE)), None);
        assert_eq!(checkpoint(&state.with_done(true)), None);
    }

    #[test]
    fn a_new_master_knows_what_the_checkpoint_says_and_no_more() {
        let state = completed().unwrap_or_default();
        let written = checkpoint(&state).unwrap_or_default();
        let later = written
            .with_map(1, MapStatus::Completed(1), 1)
            .with_map_attempt(1, 1, finished(Report::Heard, true))
            .with_reduce(0, ReduceStatus::InProgress, 0)
            .with_trust(1, false);
        let after = restart_master(&JOB, &later).unwrap_or_default();
        assert_eq!(after.map(0), MapStatus::Completed(0));
        assert_eq!((after.map(1), after.map_counted(1)), (MapStatus::Idle, 0));
        assert_eq!(after.reduce(0), ReduceStatus::Idle);
        assert!(after.is_trusted(1), "what is known of it was not written down");
        assert_eq!(restart_master(&JOB, &after), None, "once");
    }

    #[test]
    fn that_the_job_was_reported_is_kept() {
        let after = restart_master(&JOB, &start().with_done(true));
        assert_eq!(after.map(|state| state.is_done()), Some(true));
    }

    #[test]
    fn with_a_coordinator_an_output_that_is_there_counts() {
        let content = Content::EMPTY.with(0, Region::Version(0)).with(1, Region::Version(0));
        let state = start().with_output(0, content).with_lock(1, Some(0));
        let job = MapReduce { commit: Commit::Coordinator, ..JOB };
        let after = restart_master(&job, &state).unwrap_or_default();
        assert_eq!(after.reduce(0), ReduceStatus::Completed);
        assert_eq!((after.reduce(1), after.lock(1)), (ReduceStatus::Idle, None));
        let after = restart_master(&JOB, &state).unwrap_or_default();
        assert_eq!(after.reduce(0), ReduceStatus::Idle, "a rename may be a zombie's");
    }
}
