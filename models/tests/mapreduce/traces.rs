//! The scenarios of the paper and of the laboratory, step by step, and what the states look like.

#![allow(clippy::unwrap_used)]

use serde_json::json;
use stateright::Model;
use straightedge_models::mapreduce::{
    Action, Budget, Commit, Content, MapReduce, MapStatus, Region, State,
};

/// Takes the steps of those names, one after another.
fn replay(job: &MapReduce, steps: &[&str]) -> State {
    steps.iter().fold(job.initial_state(), |state, step| {
        let next = take(job, &state, step);
        next.unwrap_or_else(|| panic!("{step} is disabled in\n{state:?}"))
    })
}

fn take(job: &MapReduce, state: &State, step: &str) -> Option<State> {
    let mut actions: Vec<Action> = Vec::new();
    job.actions(state, &mut actions);
    let action = actions.into_iter().find(|action| action.to_string() == step)?;
    job.next_state(state, action)
}

/// One map done by a worker.
fn mapped(map: u8, worker: u8) -> Vec<String> {
    vec![
        format!("assign_map(m{map}, w{worker})"),
        format!("finish_map(m{map}, w{worker})"),
        format!("hear_map(m{map}, w{worker})"),
    ]
}

fn replay_all(job: &MapReduce, steps: &[Vec<String>]) -> State {
    let steps: Vec<&str> = steps.iter().flatten().map(String::as_str).collect();
    replay(job, &steps)
}

fn steps(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn a_run_without_failure() {
    let job = MapReduce::new(1, 1, 1);
    let rest = ["assign_reduce(r0, w0)", "fetch(r0, w0, m0 from w0)", "commit(r0, w0)"];
    let end = steps(&["hear_reduce(r0, w0)", "finish_job"]);
    let state = replay_all(&job, &[mapped(0, 0), steps(&rest), end]);
    assert!(state.is_done());
    assert_eq!(state.output(0), Some(Content::EMPTY.with(0, Region::Version(0))));
}

#[test]
fn a_completed_map_is_done_again_when_its_worker_fails() {
    let job = MapReduce::new(1, 1, 2).with_faults(1, 0);
    let failed = steps(&["crash(w0)", "suspect(w0)"]);
    let state = replay_all(&job, &[mapped(0, 0), failed.clone()]);
    assert_eq!(state.map(0), MapStatus::Idle);
    let state = replay_all(&job, &[mapped(0, 0), failed, mapped(0, 1)]);
    assert_eq!(state.map(0), MapStatus::Completed(1));
}

/// The paper's notice of re-execution: what was read before stays, the rest comes from elsewhere.
#[test]
fn one_reduce_reads_executions_of_different_times() {
    let job = MapReduce { deterministic: false, ..MapReduce::new(2, 1, 3).with_faults(1, 0) };
    let state = replay_all(
        &job,
        &[
            mapped(0, 0),
            mapped(1, 0),
            steps(&["assign_reduce(r0, w1)", "fetch(r0, w1, m0 from w0)"]),
            steps(&["crash(w0)", "suspect(w0)"]),
            mapped(1, 2),
            steps(&["fetch(r0, w1, m1 from w2)", "commit(r0, w1)"]),
        ],
    );
    let content = Content::EMPTY.with(0, Region::Version(0)).with(1, Region::Version(2));
    assert_eq!(state.output(0), Some(content), "map 0 need not be done again for this reduce");
    assert_eq!(state.map(0), MapStatus::Idle);
}

/// Why the paper's "just one execution" is the last to rename, not the first to complete.
#[test]
fn a_zombie_renames_after_the_job_is_done() {
    let job = MapReduce { deterministic: false, ..MapReduce::new(1, 1, 2).with_faults(0, 1) };
    let before = &[
        mapped(0, 0),
        steps(&["assign_reduce(r0, w0)", "fetch(r0, w0, m0 from w0)", "suspect_falsely(w0)"]),
        mapped(0, 1),
        steps(&["assign_reduce(r0, w1)", "fetch(r0, w1, m0 from w1)", "commit(r0, w1)"]),
        steps(&["hear_reduce(r0, w1)", "finish_job"]),
    ];
    let done = replay_all(&job, before);
    let late = take(&job, &done, "commit(r0, w0)").unwrap();
    assert_eq!(done.output(0), Some(Content::EMPTY.with(0, Region::Version(1))));
    assert_eq!(late.output(0), Some(Content::EMPTY.with(0, Region::Version(0))));
    let job = MapReduce { deterministic: true, ..job };
    let done = replay_all(&job, before);
    assert_eq!(take(&job, &done, "commit(r0, w0)").unwrap().output(0), done.output(0));
}

#[test]
fn a_completion_from_a_worker_marked_as_failed_is_ignored() {
    let job = MapReduce::new(1, 1, 2).with_faults(0, 1);
    let state = replay(
        &job,
        &["assign_map(m0, w0)", "finish_map(m0, w0)", "suspect_falsely(w0)", "hear_map(m0, w0)"],
    );
    assert_eq!(state.map(0), MapStatus::Idle);
}

/// One slot a worker: without pre-emption this is the end.
#[test]
fn a_reduce_makes_room_for_a_lost_map() {
    let job = MapReduce::new(1, 1, 2).with_faults(1, 0);
    let stuck = [mapped(0, 0), steps(&["assign_reduce(r0, w1)", "crash(w0)", "suspect(w0)"])];
    let state = replay_all(&job, &stuck);
    let mut actions = Vec::new();
    job.actions(&state, &mut actions);
    let enabled = actions.into_iter().filter(|action| job.next_state(&state, *action).is_some());
    assert_eq!(enabled.map(|action| action.to_string()).collect::<Vec<_>>(), ["preempt(r0, w1)"]);
    let freed = steps(&["preempt(r0, w1)", "assign_map(m0, w1)"]);
    let state = replay_all(&job, &[stuck[0].clone(), stuck[1].clone(), freed]);
    assert_eq!(state.map(0), MapStatus::InProgress);
}

#[test]
fn a_coordinator_counts_what_a_failed_worker_has_renamed() {
    let job =
        MapReduce { commit: Commit::Coordinator, ..MapReduce::new(1, 1, 2).with_faults(0, 1) };
    let state = replay_all(
        &job,
        &[
            mapped(0, 0),
            steps(&["assign_reduce(r0, w1)", "fetch(r0, w1, m0 from w0)", "grant(r0, w1)"]),
            steps(&["commit(r0, w1)", "suspect_falsely(w1)", "finish_job"]),
        ],
    );
    assert!(state.is_done() && state.renames(0) == 1);
}

#[test]
fn a_state_prints_one_line_a_thing() {
    let job =
        MapReduce { budget: Budget { duplicates: 1, ..Budget::NONE }, ..MapReduce::new(2, 1, 2) };
    let state = replay(
        &job,
        &["assign_map(m0, w0)", "assign_map(m1, w1)", "finish_map(m0, w0)", "hear_map(m0, w0)"],
    );
    let expected = [
        "w0: up; m0 finished, recorded, heard",
        "w1: up; m1 running",
        "m0: completed at w0",
        "m1: in progress",
        "r0: idle",
        "left duplicates: 1",
    ];
    assert_eq!(format!("{state:?}"), expected.join("\n"));
}

#[test]
fn json_says_what_is_where_and_leaves_out_what_is_empty() {
    let job = MapReduce::new(1, 1, 2).with_faults(1, 0);
    let steps = ["assign_reduce(r0, w1)", "fetch(r0, w1, m0 from w0)", "commit(r0, w1)"];
    let state = replay_all(&job, &[mapped(0, 0), steps.map(str::to_owned).to_vec()]);
    let expected = json!({
        "workers": {
            "w0": {"is": "up", "attempts": {"m0": "finished, recorded, heard"}},
            "w1": {"is": "up", "attempts": {"r0": "renamed, message under way"}},
        },
        "tasks": {"m0": "completed at w0", "r0": "in progress"},
        "outputs": {"r0": "[v0 - -]"},
        "left": {"crashes": 1},
        "done": false,
    });
    assert_eq!(serde_json::to_value(state).unwrap(), expected);
}
