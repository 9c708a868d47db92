//! Every instance gives the declared answers, every mutant is killed by the claim that it names,
//! and every claim is killed by a mutant.

use crate::common::system;
use straightedge_models::engine::{Expected, Verdict};
use straightedge_models::mapreduce;

#[test]
fn every_instance_of_the_ci_tier_gives_the_declared_answers() {
    system::assert_declared_answers(&mapreduce::system(), 21);
}

#[test]
fn every_mutant_is_killed_and_every_claim_is_killed_by_one() {
    system::assert_kills(&mapreduce::system(), 40, |expected| expected == Expected::Holds);
}

/// The answer to a claim about the faithful model, and to the same about a mutant.
#[test]
fn versions_mix_exactly_where_maps_are_not_deterministic() {
    let of = mapreduce::system();
    let verdict = |name: &str| system::verdict(&of, name, None, "versions_are_mixed");
    assert_eq!(verdict("one_map_two_reduces_nondeterministic"), Verdict::Holds);
    for name in ["one_map_two_reduces_one_false_suspicion", "two_maps_two_reduces_one_crash"] {
        assert_eq!(verdict(name), Verdict::Violated, "{name}");
    }
}

#[test]
fn with_one_worker_less_failing_the_job_is_done() {
    let of = mapreduce::system();
    let verdict = |name: &str| system::verdict(&of, name, None, "job_is_done");
    assert_eq!(verdict("as_many_faults_as_workers"), Verdict::Violated);
    assert_eq!(verdict("commit_coordinator_three_workers"), Verdict::Holds);
}

#[test]
fn names_are_unique_and_every_source_is_a_passage() {
    system::assert_names_and_sources(&mapreduce::system(), "MAPREDUCE-", 23);
}
