//! What the answers about some instances mean.

use crate::common::system;
use straightedge_models::engine::Verdict;
use straightedge_models::mapreduce;

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
