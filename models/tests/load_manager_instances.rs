//! Every instance gives the declared answers, every mutant is killed by the claim that it names,
//! and every claim is killed by a mutant.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use straightedge_models::engine::run::unattended;
use straightedge_models::engine::verdict::Coverage;
use straightedge_models::engine::{Checkable, Expected, Limits, Outcome, Report, Tier, Verdict};
use straightedge_models::load_manager::system;

fn check(instance: &dyn Checkable, mutant: Option<&str>) -> Report {
    let limits = Limits { threads: 2, ..Limits::default() };
    unattended(limits, |run| instance.check(mutant, run)).unwrap()
}

#[test]
fn every_instance_of_the_ci_tier_gives_the_declared_answers() {
    let system = system();
    let instances: Vec<_> = system.instances.iter().filter(|i| i.tier() == Tier::Ci).collect();
    assert!(instances.len() > 40);
    for instance in instances {
        let report = check(instance.as_ref(), None);
        let complaints: Vec<_> = report.coverage.iter().filter_map(Coverage::complaint).collect();
        assert_eq!(complaints, Vec::<String>::new(), "{}", instance.name());
        assert_eq!(report.complaints, Vec::<String>::new(), "{}", instance.name());
        for claim in &report.claims {
            let name = format!("{}/{}", instance.name(), claim.claim);
            assert!(claim.is_as_declared(), "{name}: {}", claim.verdict);
        }
        assert_eq!(report.outcome(), Outcome::AsDeclared, "{}", instance.name());
    }
}

#[test]
fn every_mutant_is_killed_and_every_claim_is_killed_by_one() {
    let system = system();
    let claims = system.instances.iter().flat_map(|instance| instance.claims());
    let true_somewhere = claims.filter(|claim| claim.expected == Expected::Holds);
    let mut never_killed: BTreeSet<&str> = true_somewhere.map(|claim| claim.name).collect();
    assert!(system.mutants.len() >= 60);
    for mutant in &system.mutants {
        let instance = system.instance(mutant.instance).unwrap();
        let report = check(instance, Some(mutant.name));
        assert_eq!(report.bound, None, "{}", mutant.name);
        let killers: BTreeSet<&str> = report
            .claims
            .iter()
            .filter(|claim| claim.expected == Expected::Holds)
            .filter(|claim| claim.verdict == Verdict::Violated)
            .map(|claim| claim.claim)
            .collect();
        assert!(killers.contains(mutant.killed_by), "{}: {killers:?}", mutant.name);
        never_killed.retain(|claim| !killers.contains(claim));
    }
    assert_eq!(never_killed, BTreeSet::new());
}

/// What a policy promises, and what another one cannot.
#[test]
fn each_policy_has_its_own_promises() {
    let system = system();
    let verdict = |instance: &str, claim: &str| {
        let report = check(system.instance(instance).unwrap(), None);
        report.claim(claim).unwrap().verdict.clone()
    };
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
    let system = system();
    let verdict = |instance: &str, claim: &str| {
        let report = check(system.instance(instance).unwrap(), None);
        report.claim(claim).unwrap().verdict.clone()
    };
    let together = "versions_that_serve_together_are_compatible";
    assert_eq!(verdict("rolling_incompatible", together), Verdict::Violated);
    assert_eq!(verdict("flip_of_eight", together), Verdict::Holds);
    let listed = "versions_that_are_listed_together_are_compatible";
    assert_eq!(verdict("rolling_incompatible_under_load", listed), Verdict::Violated);
    assert_eq!(verdict("flip_under_load", listed), Verdict::Holds);
}

#[test]
fn names_are_unique_and_every_source_is_a_passage() {
    let system = system();
    let names: BTreeSet<_> = system.instances.iter().map(|instance| instance.name()).collect();
    assert_eq!(names.len(), system.instances.len());
    let mutants: BTreeSet<_> = system.mutants.iter().map(|mutant| mutant.name).collect();
    assert_eq!(mutants.len(), system.mutants.len());
    for claim in system.instances.iter().flat_map(|instance| instance.claims()) {
        let number: u8 = claim.source.strip_prefix("LOAD_MANAGER-").unwrap().parse().unwrap();
        assert!((1..=39).contains(&number), "{}", claim.name);
        assert!(claim.sentence.ends_with('.'), "{}", claim.name);
    }
}
