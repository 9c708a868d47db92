//! What other people's traces say of a job, and why a step is refused.

use serde_json::{Value, json};
use straightedge_models::engine::{Action as _, Specification, Unfit};
use straightedge_models::mapreduce::instance::rows;
use straightedge_models::mapreduce::{Action, MapReduce, Task, system};

use crate::common::{guards, written};

#[test]
fn a_step_is_refused_exactly_where_it_is_not_taken() {
    let refused = guards::assert_refused_exactly_if_not_taken(&rows(), 21);
    assert_eq!(refused.len(), 38, "every guard refuses somewhere: {refused:#?}");
}

#[test]
fn a_faulty_job_says_of_its_own_steps_when_they_are_refused() {
    guards::assert_mutants_too(&rows(), 300, 40);
}

#[test]
fn no_two_actions_are_said_alike() {
    for row in rows() {
        guards::assert_told_apart::<MapReduce>(row.name, &row.model.alphabet());
    }
}

#[test]
fn a_refusal_says_what_was_read() {
    let job = MapReduce::new(2, 1, 2).with_faults(1, 0);
    let (m0, r0) = (Task::Map(0), Task::Reduce(0));
    let finish = |worker| {
        let map = Task::Map(worker);
        [Action::Assign(map, worker), Action::FinishMap(worker, worker), Action::Hear(map, worker)]
    };
    assert_eq!(
        guards::refusal(&job, &[Action::Assign(m0, 0), Action::Crash(0), Action::FinishMap(0, 0)]),
        "the worker must be up: w0: crashed",
    );
    let after_one = [&finish(0)[..], &[Action::Assign(r0, 0)]].concat();
    assert_eq!(
        guards::refusal(&job, &after_one),
        "every map must be completed before a reduce is handed out: m0: completed at w0; m1: idle",
    );
    let reduces = [&finish(0)[..], &finish(1)[..], &[Action::Assign(r0, 0)]].concat();
    let fetch = Action::Fetch { reduce: 0, worker: 0, map: 0, from: 1 };
    assert_eq!(
        guards::refusal(&job, &[&reduces[..], &[fetch]].concat()),
        "the master must have recorded that the map's regions are at that worker: \
         m0 at w1: nothing",
    );
    assert_eq!(
        guards::refusal(&job, &[&reduces[..], &[Action::Commit(0, 0)]].concat()),
        "the attempt must have fetched a region of every map: r0 at w0: running [- - -]",
    );
    assert_eq!(
        guards::refusal(&job, &[&reduces[..], &[Action::Crash(0), Action::Crash(1)]].concat()),
        "the budget must allow it once more: left crashes: 0",
    );
}

#[test]
fn what_a_job_writes_fits_its_schema() {
    let parameters = json!({ "maps": 2, "reduces": 1, "workers": 2 });
    written::assert_fits(&system(), &parameters, 400);
    written::assert_action_schema_is_whole(&system(), Action::NAMES);
    written::assert_parameters_lead_back(&system(), &rows());
}

#[test]
fn a_part_of_a_state_may_be_said() {
    let parts = [
        json!({}),
        json!({ "tasks": { "m0": "completed at w1" } }),
        json!({ "workers": { "w0": { "is": "up" } }, "outputs": { "r0": null }, "done": true }),
        json!({ "workers": { "w0": { "attempts": { "m0": null } } } }),
    ];
    for part in parts {
        assert!(written::is_observable(&system(), &part), "{part}");
    }
    let others = [
        json!({ "task": {} }),
        json!({ "tasks": { "x0": "idle" } }),
        json!({ "outputs": { "m0": "[v0]" } }),
        json!({ "workers": { "w0": { "is": "asleep" } } }),
        json!({ "workers": { "w0": { "was": "up" } } }),
        json!({ "left": { "crash": 1 } }),
        json!({ "done": 1 }),
    ];
    for other in others {
        assert!(!written::is_observable(&system(), &other), "{other}");
    }
}

#[test]
fn parameters_that_do_not_fit_are_refused_in_one_line() {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut parameters = json!({ "maps": 2, "reduces": 1, "workers": 3 });
        change(&mut parameters);
        written::unfit(&system(), &parameters)
    };
    let malformed = |line: &str| Unfit::Malformed(line.to_owned());
    let beyond = |line: &str| Unfit::OutOfScope(line.to_owned());
    assert_eq!(
        with(&|p| p["maps"] = json!(7)),
        beyond("parameters.maps: the model reaches from 1 to 3, not 7"),
    );
    assert_eq!(
        with(&|p| p["budget"] = json!({ "rejoins": 2 })),
        beyond("parameters.budget.rejoins: the model reaches from 0 to 1, not 2"),
    );
    assert_eq!(
        with(&|p| p["barrier"] = json!("none")),
        malformed(
            "parameters.barrier: unknown variant `none`, expected `assignment` or `function`",
        ),
    );
    assert_eq!(
        with(&|p| p["workers"] = json!("3")),
        malformed("parameters.workers: invalid type: string \"3\", expected u32"),
    );
    assert_eq!(
        with(&|p| p["budget"] = json!({ "crash": 1 })),
        malformed(
            "parameters.budget.crash: unknown field `crash`, expected one of `crashes`, \
             `false_suspicions`, `losses`, `duplicates`, `rejoins`, `restarts`, `failures`",
        ),
    );
    assert_eq!(
        with(&|p| *p = json!({ "maps": 1 })),
        malformed("parameters: missing field `reduces`"),
    );
    assert_eq!(
        with(&|p| *p = json!(3)),
        malformed("parameters: invalid type: integer `3`, expected struct Parameters"),
    );
}

/// Every combination of options, with all that the environment may do.
#[test]
fn every_option_can_be_said_and_its_job_walked() {
    let mut jobs = 0;
    for bits in 0_u32..128 {
        let option = |bit: u32, names: [&'static str; 2]| names[(bits >> bit & 1) as usize];
        let is = |bit: u32| bits >> bit & 1 != 0;
        let parameters = json!({
            "maps": 2, "reduces": 2, "workers": 2,
            "map_output": option(0, ["local_disk", "shared_file_system"]),
            "barrier": option(1, ["assignment", "function"]),
            "commit": option(2, ["rename", "coordinator"]),
            "launch": option(3, ["at_once", "message"]),
            "records": option(4, ["good", "first_is_bad"]),
            "deterministic": is(5),
            "backups": is(6),
        });
        let walk = written::walk(&system(), &parameters);
        guards::assert_walk(walk.as_ref(), 40, u64::from(bits));
        jobs += 1;
    }
    assert_eq!(jobs, 128);
}
