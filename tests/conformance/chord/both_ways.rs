//! What the nodes do the model does, and what the model does the nodes do.

use straightedge::conformance::chord::cover::SUBJECTS;
use straightedge::conformance::chord::instances::{INSTANCES, REMEMBERED, Variation};
use straightedge::conformance::chord::part;
use straightedge::conformance::search::NEAR;
use straightedge_models::chord::Action as Step;
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::verdict::Bound;
use straightedge_models::engine::{Tier, Verdict};

use crate::{
    are_found_or_said_to_be_out_of_reach, are_missed_as_the_specification_shows,
    come_to_what_is_pinned, limits,
};

#[test]
fn every_interleaving_of_the_ci_instances_refines_the_model() {
    come_to_what_is_pinned("chord", "conformance_interleavings", &part::searches(Tier::Ci));
}

#[test]
fn every_step_of_the_model_is_taken_by_the_nodes() {
    come_to_what_is_pinned("chord", "conformance_steps", &part::covers(Tier::Ci));
}

#[test]
fn each_rule_that_is_left_out_is_missed_as_the_specification_shows() {
    are_missed_as_the_specification_shows("chord", &part::controls());
}

#[test]
fn each_planted_fault_is_found() {
    are_found_or_said_to_be_out_of_reach("chord", &part::faults());
}

#[test]
fn the_remembered_node_is_reached_by_steps_of_the_model_and_shows_no_difference_by_itself() {
    let (model, mut state) = (REMEMBERED.model(), REMEMBERED.model().initial_state());
    for &step in REMEMBERED.start {
        state = stateright::Model::next_state(&model, &state, step).unwrap();
    }
    assert_eq!(state, REMEMBERED.start());
    assert!(!state.is_member(5) && state.is_member(2));
    assert_eq!(REMEMBERED.start.iter().filter(|step| matches!(step, Step::Fail(_))).count(), 2);
    let found = unattended(limits(), |run| REMEMBERED.hunt(Variation::NONE, NEAR, run));
    assert_eq!(found.difference, None);
    assert_eq!(found.verdict, Verdict::HoldsWithin(Bound::States(40_000)));
}

#[test]
fn the_graphs_whose_steps_are_taken_are_instances_of_the_model() {
    let system = straightedge_models::chord::system();
    for subject in SUBJECTS {
        assert!(system.instance(subject.name).is_some(), "{}", subject.name);
        assert!((3..=6).contains(&subject.model.nodes), "{}", subject.name);
    }
    for instance in INSTANCES {
        assert!((3..=6).contains(&instance.circle), "{}", instance.name);
    }
}
