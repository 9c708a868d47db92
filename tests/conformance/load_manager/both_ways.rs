//! What the balancer does the model does, and what the model does the balancer does.

use straightedge::conformance::load_manager::controls::CONTROLS;
use straightedge::conformance::load_manager::cover::SUBJECTS;
use straightedge::conformance::load_manager::instances::Instance;
use straightedge::conformance::load_manager::part;
use straightedge::conformance::part::Piece;
use straightedge_models::engine::Tier;

use crate::{assert_as_declared, carry_out, compare, specification};

#[test]
fn every_interleaving_of_the_ci_instances_refines_the_model() {
    let pieces = carry_out(&part::searches(Tier::Ci));
    assert_as_declared(&pieces);
    compare("load_manager", "conformance_interleavings", &pieces);
}

#[test]
fn every_step_of_the_model_is_taken_by_the_balancer() {
    let pieces = carry_out(&part::covers(Tier::Ci));
    assert_as_declared(&pieces);
    compare("load_manager", "conformance_steps", &pieces);
}

#[test]
fn each_assumption_that_is_left_out_is_missed_as_the_specification_shows() {
    let pieces = carry_out(&part::controls());
    assert_eq!(pieces.len(), CONTROLS.len());
    assert_as_declared(&pieces);
    compare("load_manager", "conformance_controls", &pieces);
    for piece in &pieces {
        let Piece::Control(controlled) = piece else { panic!("{piece:?}") };
        specification::shows("load_manager", controlled);
    }
}

#[test]
fn each_planted_fault_is_found_or_is_said_to_be_out_of_reach() {
    let pieces = carry_out(&part::faults());
    assert_as_declared(&pieces);
    compare("load_manager", "conformance_faults", &pieces);
    let is_found_twin = |piece: &&Piece| match piece {
        Piece::Fault(found) => found.is_found() && found.twin.is_some(),
        _ => false,
    };
    let twins = pieces.iter().filter(is_found_twin).count();
    assert!(twins >= 10, "only {twins} faults of the model's are found");
}

#[test]
fn each_graph_whose_steps_are_taken_is_that_of_an_instance() {
    for subject in SUBJECTS {
        assert!(Instance::named(subject.name).is_some(), "{}", subject.name);
    }
}
