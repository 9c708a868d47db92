//! What the answers about some instances mean.

use straightedge_models::engine::Verdict;
use straightedge_models::load_manager;

use crate::common::system;

fn verdict(instance: &str, claim: &str) -> Verdict {
    system::verdict(&load_manager::system(), instance, None, claim)
}

/// What a policy promises, and what another one cannot.
#[test]
fn each_policy_has_its_own_promises() {
    let eligible = "eligible_servers_only";
    assert_eq!(verdict("round_robin_dns", eligible), Verdict::Violated);
    assert_eq!(verdict("round_robin", eligible), Verdict::Holds);
    let stay = "only_the_leavers_clients_move";
    assert_eq!(verdict("modulo", stay), Verdict::Violated);
    assert_eq!(verdict("rendezvous", stay), Verdict::Holds);
    let table = "clients_of_others_stay";
    assert_eq!(verdict("modulo_table", table), Verdict::Violated);
    assert_eq!(verdict("maglev_table", table), Verdict::Violated);
    assert_eq!(verdict("maglev_table", "moves_within_tolerance"), Verdict::Holds);
    assert_eq!(verdict("rendezvous_table", table), Verdict::Holds);
}

#[test]
fn versions_meet_where_they_may() {
    let together = "versions_that_serve_together_are_compatible";
    assert_eq!(verdict("rolling_incompatible", together), Verdict::Violated);
    assert_eq!(verdict("flip_of_eight", together), Verdict::Holds);
    let listed = "versions_that_are_listed_together_are_compatible";
    assert_eq!(verdict("rolling_incompatible_under_load", listed), Verdict::Violated);
    assert_eq!(verdict("flip_under_load", listed), Verdict::Holds);
}

#[test]
fn names_are_unique_and_every_source_is_a_passage() {
    system::assert_names_and_sources(&load_manager::system(), "LOAD_MANAGER-", 39);
}
