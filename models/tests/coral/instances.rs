//! Names and sources are right, stateright counts the same states, and what some answers mean.

#![allow(clippy::unwrap_used)]

use crate::common::system;
use straightedge_models::coral;
use straightedge_models::engine::{Expected, Verdict};

#[test]
fn names_are_unique_and_every_source_is_a_passage() {
    system::assert_names_and_sources(&coral::system(), "CORAL-", 31);
}

#[test]
fn stateright_counts_the_same_states() {
    system::assert_stateright_agrees(&coral::system(), 40);
}

/// Three mutants are marked as shown by interleaving alone: on the same puts one after another no
/// claim that holds is broken by them.
#[test]
fn only_interleaving_shows_what_is_marked_so() {
    let of = coral::system();
    let marked: Vec<_> = of.mutants.iter().filter(|mutant| mutant.interleaving_only).collect();
    assert_eq!(marked.len(), 3);
    for mutant in marked {
        let in_sequence = format!("{}_in_sequence", mutant.instance);
        let report = system::check(of.instance(&in_sequence).unwrap(), Some(mutant.name));
        assert!(report.exhausted() && report.states > 30, "{}", mutant.name);
        let broken: Vec<_> =
            report.claims.iter().filter(|claim| claim.verdict == Verdict::Violated).collect();
        assert!(broken.is_empty(), "{}: {}", mutant.name, broken[0].claim);
    }
}

/// A mutant that is not marked is found on the same puts one after another.
#[test]
fn what_is_not_marked_is_found_in_sequence() {
    let of = coral::system();
    for (mutant, claim) in [
        ("stacks_the_full_and_loaded", "no_store_where_the_path_stopped"),
        ("stops_at_full_or_loaded", "forward_ends_for_a_reason"),
        ("farthest_first", "stores_go_outwards"),
    ] {
        let verdict = system::verdict(&of, "three_puts_in_sequence", Some(mutant), claim);
        assert_eq!(verdict, Verdict::Violated, "{mutant}");
    }
}

#[test]
fn a_get_after_a_put_is_not_guaranteed_and_the_counterexample_is_on_show() {
    let of = coral::system();
    let report = system::check(of.instance("get_after_put").unwrap(), None);
    let claim = report.claim("coral_guarantees_get_after_put").unwrap();
    assert_eq!((&claim.verdict, claim.expected), (&Verdict::Violated, Expected::Violated));
    let steps = claim.evidence.as_ref().unwrap().actions();
    assert!(steps.len() > 10);
    assert!(steps.iter().any(|step| step.to_string().contains("tick")));
}
