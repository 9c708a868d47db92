//! Every instance gives the declared answers, every mutant is killed by the claim that it names,
//! and every claim is killed by a mutant.

use crate::common::system;
use straightedge_models::chord;
use straightedge_models::engine::Expected;

#[test]
fn every_instance_of_the_ci_tier_gives_the_declared_answers() {
    system::assert_declared_answers(&chord::system(), 16);
}

#[test]
fn every_mutant_is_killed_and_every_claim_is_killed_by_one() {
    // A claim that is declared false wherever it is made is itself a control.
    system::assert_kills(&chord::system(), 14, |expected| expected != Expected::Violated);
}

#[test]
fn names_are_unique_and_every_source_is_a_passage() {
    system::assert_names_and_sources(&chord::system(), "CHORD-", 79);
}
