//! What the machines do the model does, and what the model does the machines do.

use straightedge::conformance::mapreduce::cover::SUBJECTS;
use straightedge::conformance::mapreduce::part;
use straightedge_models::engine::Tier;

use crate::{
    are_found_or_said_to_be_out_of_reach, are_missed_as_the_specification_shows,
    come_to_what_is_pinned,
};

#[test]
fn every_interleaving_of_the_ci_instances_refines_the_model() {
    come_to_what_is_pinned("mapreduce", "conformance_interleavings", &part::searches(Tier::Ci));
}

#[test]
fn every_step_of_the_model_is_taken_by_the_machines() {
    come_to_what_is_pinned("mapreduce", "conformance_steps", &part::covers(Tier::Ci));
}

#[test]
fn each_assumption_that_is_left_out_is_missed_as_the_specification_shows() {
    are_missed_as_the_specification_shows("mapreduce", &part::controls());
}

#[test]
fn each_planted_fault_is_found_or_is_said_to_be_out_of_reach() {
    are_found_or_said_to_be_out_of_reach("mapreduce", &part::faults());
}

#[test]
fn the_graphs_whose_steps_are_taken_are_instances_of_the_model() {
    let system = straightedge_models::mapreduce::system();
    for subject in SUBJECTS {
        assert!(system.instance(subject.name).is_some(), "{}", subject.name);
    }
    // Assignments that are messages, masters that start again; and what differs from another
    // instance in fairness or in what is made of a file alone.
    let others = [
        "launch_by_message",
        "master_restart",
        "master_restart_with_coordinator",
        "combiner",
        "one_steady_worker",
        "one_steady_worker_barrier_at_the_function",
        "one_steady_worker_with_coordinator",
    ];
    for instance in system.instances.iter().filter(|instance| instance.tier() == Tier::Ci) {
        let is_taken = SUBJECTS.iter().any(|subject| subject.name == instance.name());
        assert_ne!(is_taken, others.contains(&instance.name()), "{}", instance.name());
    }
}
