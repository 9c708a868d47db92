//! A state in its few words: each thing is read as it was written, and disturbs no other.

use straightedge_models::mapreduce::state::{MAXIMUM_MAPS, MAXIMUM_REDUCES, MAXIMUM_WORKERS};
use straightedge_models::mapreduce::{
    Budget, Checkpoint, Content, Machine, MapAttempt, MapReduce, MapStatus, ReduceAttempt,
    ReduceStatus, Region, Report, State,
};

type Write = Box<dyn Fn(State) -> State>;
type Read = Box<dyn Fn(&State) -> bool>;

/// Everything that a state holds, each with a value that is not the first state's: how it is
/// written, and whether it is read back.
fn things() -> Vec<(String, Write, Read)> {
    let mut things: Vec<(String, Write, Read)> = Vec::new();
    let mut add = |name: String, write: Write, read: Read| things.push((name, write, read));
    let content = content();
    let finished = MapAttempt::Finished { report: Report::HeardOnce, recorded: true, skips: true };
    let promised = ReduceAttempt::Promised(content, Report::HeardOnce);
    for w in 0..MAXIMUM_WORKERS {
        add(
            format!("machine {w}"),
            Box::new(move |s| s.with_machine(w, Machine::Crashed)),
            Box::new(move |s| s.is_crashed(w) && !s.is_up(w)),
        );
        add(
            format!("trust {w}"),
            Box::new(move |s| s.with_trust(w, true)),
            Box::new(move |s| s.is_trusted(w)),
        );
        for m in 0..MAXIMUM_MAPS {
            add(
                format!("map attempt {m} at {w}"),
                Box::new(move |s| s.with_map_attempt(m, w, finished)),
                Box::new(move |s| s.map_attempt(m, w) == finished),
            );
        }
        for r in 0..MAXIMUM_REDUCES {
            add(
                format!("reduce attempt {r} at {w}"),
                Box::new(move |s| s.with_reduce_attempt(r, w, promised)),
                Box::new(move |s| s.reduce_attempt(r, w) == promised),
            );
        }
    }
    things.extend(tasks());
    things.extend(others());
    things
}

fn content() -> Content {
    Content::EMPTY.with(0, Region::Mixed).with(2, Region::Version(3))
}

fn tasks() -> Vec<(String, Write, Read)> {
    let mut things: Vec<(String, Write, Read)> = Vec::new();
    let mut add = |name: String, write: Write, read: Read| things.push((name, write, read));
    let content = content();
    for m in 0..MAXIMUM_MAPS {
        add(
            format!("map {m}"),
            Box::new(move |s| s.with_map(m, MapStatus::Completed(3), 2)),
            Box::new(move |s| s.map(m) == MapStatus::Completed(3) && s.map_counted(m) == 2),
        );
    }
    for r in 0..MAXIMUM_REDUCES {
        add(
            format!("reduce {r}"),
            Box::new(move |s| s.with_reduce(r, ReduceStatus::Completed, 3)),
            Box::new(move |s| s.reduce(r) == ReduceStatus::Completed && s.reduce_counted(r) == 3),
        );
        add(
            format!("lock {r}"),
            Box::new(move |s| s.with_lock(r, Some(3))),
            Box::new(move |s| s.lock(r) == Some(3)),
        );
        add(
            format!("output {r}"),
            Box::new(move |s| s.with_output(r, content)),
            Box::new(move |s| s.output(r) == Some(content)),
        );
        add(
            format!("renames {r}"),
            Box::new(move |s| s.with_rename_counted(r).with_rename_counted(r)),
            Box::new(move |s| s.renames(r) == 2),
        );
    }
    things
}

fn others() -> Vec<(String, Write, Read)> {
    let budget = Budget {
        crashes: 3,
        false_suspicions: 2,
        losses: 3,
        duplicates: 1,
        rejoins: 3,
        restarts: 2,
        failures: 3,
    };
    let full = (0..MAXIMUM_WORKERS).fold(State::default(), |s, w| s.with_trust(w, true));
    let full = full.with_map(2, MapStatus::Completed(3), 1);
    let checkpoint = Checkpoint::of(&full.with_reduce(1, ReduceStatus::Completed, 1));
    vec![
        (
            "budget".to_owned(),
            Box::new(move |s: State| s.with_left(budget)) as Write,
            Box::new(move |s: &State| s.left() == budget) as Read,
        ),
        (
            "done".to_owned(),
            Box::new(|s: State| s.with_done(true)),
            Box::new(|s: &State| s.is_done()),
        ),
        (
            "failures".to_owned(),
            Box::new(|s: State| s.with_record_failures(7)),
            Box::new(|s: &State| s.record_failures() == 3),
        ),
        (
            "checkpoint".to_owned(),
            Box::new(move |s: State| s.with_checkpoint(checkpoint)),
            Box::new(move |s: &State| s.checkpoint() == checkpoint),
        ),
    ]
}

#[test]
fn each_thing_is_read_as_it_was_written_and_disturbs_no_other() {
    let things = things();
    assert!(things.len() > 40);
    for (one, write_one, read_one) in &things {
        assert!(!read_one(&State::default()), "{one} is there from the start");
        let state = write_one(State::default());
        assert!(read_one(&state), "{one}");
        for (other, write_other, read_other) in things.iter().filter(|(name, ..)| name != one) {
            assert!(!read_other(&state), "{one} writes {other}");
            assert!(read_one(&write_other(state)), "{other} writes over {one}");
        }
    }
}

#[test]
fn a_checkpoint_says_what_was_so() {
    let state = MapReduce::new(3, 2, 4).initial_state();
    let state = state.with_map(1, MapStatus::Completed(2), 1).with_trust(3, false);
    let checkpoint = Checkpoint::of(&state.with_reduce(1, ReduceStatus::Completed, 1));
    assert_eq!([0, 1, 2].map(|map| checkpoint.map(map)), [None, Some(2), None]);
    assert_eq!([0, 1].map(|reduce| checkpoint.is_completed(reduce)), [false, true]);
    assert_eq!([0, 1, 2, 3].map(|w| checkpoint.is_trusted(w)), [true, true, true, false]);
}

#[test]
fn the_first_state_has_the_tasks_and_the_workers_of_its_job() {
    let job =
        MapReduce { budget: Budget { rejoins: 1, ..Budget::NONE }, ..MapReduce::new(1, 2, 2) };
    let state = job.initial_state();
    assert_eq!([0, 1, 2].map(|map| state.has_map(map)), [true, false, false]);
    assert_eq!([0, 1].map(|reduce| state.has_reduce(reduce)), [true, true]);
    let up = [0, 1, 2].map(|worker| state.is_up(worker) && state.is_trusted(worker));
    assert_eq!(up, [true, true, false]);
    assert_eq!(state.machine(2), Machine::Absent);
    assert_eq!(job.workers().len(), 3);
}
