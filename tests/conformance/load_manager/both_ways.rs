//! What the balancer does the model does, and what the model does the balancer does.

use straightedge::conformance::load_manager::cover::SUBJECTS;
use straightedge::conformance::load_manager::instances::Instance;
use straightedge::conformance::load_manager::part;
use straightedge_models::engine::Tier;

use crate::{
    are_found_or_said_to_be_out_of_reach, are_missed_as_the_specification_shows,
    come_to_what_is_pinned,
};

#[test]
fn every_interleaving_of_the_ci_instances_refines_the_model() {
    come_to_what_is_pinned("load_manager", "conformance_interleavings", &part::searches(Tier::Ci));
}

#[test]
fn every_step_of_the_model_is_taken_by_the_balancer() {
    come_to_what_is_pinned("load_manager", "conformance_steps", &part::covers(Tier::Ci));
}

#[test]
fn each_assumption_that_is_left_out_is_missed_as_the_specification_shows() {
    are_missed_as_the_specification_shows("load_manager", &part::controls());
}

#[test]
fn each_planted_fault_is_found_or_is_said_to_be_out_of_reach() {
    are_found_or_said_to_be_out_of_reach("load_manager", &part::faults());
}

#[test]
fn each_graph_whose_steps_are_taken_is_that_of_an_instance() {
    for subject in SUBJECTS {
        assert!(Instance::named(subject.name).is_some(), "{}", subject.name);
    }
}
