//! Every instance gives the declared answers, every mutant is killed by the claim that it names,
//! and every claim is killed by a mutant.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use straightedge_models::engine::run::unattended;
use straightedge_models::engine::verdict::Coverage;
use straightedge_models::engine::{Checkable, Expected, Limits, Outcome, Report, Tier, Verdict};
use straightedge_models::mapreduce::system;

fn check(instance: &dyn Checkable, mutant: Option<&str>) -> Report {
    let limits = Limits { threads: 2, ..Limits::default() };
    unattended(limits, |run| instance.check(mutant, run)).unwrap()
}

#[test]
fn every_instance_of_the_ci_tier_gives_the_declared_answers() {
    let system = system();
    let instances: Vec<_> = system.instances.iter().filter(|i| i.tier() == Tier::Ci).collect();
    assert!(instances.len() > 20);
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
    assert!(system.mutants.len() >= 40);
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

/// The answer to a claim about the faithful model, and to the same about a mutant.
#[test]
fn versions_mix_exactly_where_maps_are_not_deterministic() {
    let system = system();
    let verdict = |name: &str| {
        let report = check(system.instance(name).unwrap(), None);
        report.claim("versions_are_mixed").unwrap().verdict.clone()
    };
    assert_eq!(verdict("one_map_two_reduces_nondeterministic"), Verdict::Holds);
    for name in ["one_map_two_reduces_one_false_suspicion", "two_maps_two_reduces_one_crash"] {
        assert_eq!(verdict(name), Verdict::Violated, "{name}");
    }
}

#[test]
fn with_one_worker_less_failing_the_job_is_done() {
    let system = system();
    let verdict = |name: &str| {
        let report = check(system.instance(name).unwrap(), None);
        report.claim("job_is_done").unwrap().verdict.clone()
    };
    assert_eq!(verdict("as_many_faults_as_workers"), Verdict::Violated);
    assert_eq!(verdict("commit_coordinator_three_workers"), Verdict::Holds);
}

#[test]
fn names_are_unique_and_every_source_is_a_passage() {
    let system = system();
    let names: BTreeSet<_> = system.instances.iter().map(|instance| instance.name()).collect();
    assert_eq!(names.len(), system.instances.len());
    let mutants: BTreeSet<_> = system.mutants.iter().map(|mutant| mutant.name).collect();
    assert_eq!(mutants.len(), system.mutants.len());
    for claim in system.instances.iter().flat_map(|instance| instance.claims()) {
        let number: u8 = claim.source.strip_prefix("MAPREDUCE-").unwrap().parse().unwrap();
        assert!((1..=23).contains(&number), "{}", claim.name);
        assert!(claim.sentence.ends_with('.'), "{}", claim.name);
    }
}
