//! What the nodes do the model does, and what the model does the nodes do.

use straightedge::conformance::coral::instances::INSTANCES;
use straightedge::conformance::coral::part;
use straightedge_models::engine::Tier;

use crate::{
    are_found_or_said_to_be_out_of_reach, are_missed_as_the_specification_shows,
    come_to_what_is_pinned,
};

#[test]
fn every_interleaving_of_the_ci_instances_refines_the_model() {
    come_to_what_is_pinned("coral", "conformance_interleavings", &part::searches(Tier::Ci));
}

#[test]
fn every_step_of_the_model_is_taken_by_the_nodes() {
    come_to_what_is_pinned("coral", "conformance_steps", &part::covers(Tier::Ci));
}

#[test]
fn each_assumption_that_is_left_out_is_missed_as_the_specification_shows() {
    are_missed_as_the_specification_shows("coral", &part::controls());
}

#[test]
fn each_planted_fault_is_found_or_is_said_to_be_out_of_reach() {
    are_found_or_said_to_be_out_of_reach("coral", &part::faults());
}

#[test]
fn the_graphs_whose_steps_are_taken_are_instances_of_the_model() {
    let system = straightedge_models::coral::system();
    for instance in INSTANCES.iter().filter(|instance| instance.covered.is_some()) {
        assert!(system.instance(instance.name).is_some(), "{}", instance.name);
    }
}
