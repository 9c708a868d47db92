//! Every instance gives the declared answers, every mutant is killed by the claim that it names,
//! and every claim is killed by a mutant.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use straightedge_models::chord::system;
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::verdict::Coverage;
use straightedge_models::engine::{Checkable, Expected, Limits, Outcome, Report, Tier, Verdict};

fn check(instance: &dyn Checkable, mutant: Option<&str>) -> Report {
    let limits = Limits { threads: 2, ..Limits::default() };
    unattended(limits, |run| instance.check(mutant, run)).unwrap()
}

#[test]
fn every_instance_of_the_ci_tier_gives_the_declared_answers() {
    let system = system();
    let instances: Vec<_> = system.instances.iter().filter(|i| i.tier() == Tier::Ci).collect();
    assert!(instances.len() > 15);
    for instance in instances {
        let report = check(instance.as_ref(), None);
        let complaints: Vec<_> = report.coverage.iter().filter_map(Coverage::complaint).collect();
        assert_eq!(complaints, Vec::<String>::new(), "{}", instance.name());
        assert_eq!(report.complaints, Vec::<String>::new(), "{}", instance.name());
        for claim in &report.claims {
            assert!(
                claim.is_as_declared(),
                "{}/{}: {}",
                instance.name(),
                claim.claim,
                claim.verdict
            );
        }
        assert_eq!(report.outcome(), Outcome::AsDeclared, "{}", instance.name());
    }
}

#[test]
fn every_mutant_is_killed_and_every_claim_is_killed_by_one() {
    let system = system();
    // A claim that is declared false wherever it is made is itself a control.
    let claims = system.instances.iter().flat_map(|instance| instance.claims());
    let true_somewhere = claims.filter(|claim| claim.expected != Expected::Violated);
    let mut never_killed: BTreeSet<&str> = true_somewhere.map(|claim| claim.name).collect();
    assert!(system.mutants.len() >= 14);
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

#[test]
fn names_are_unique_and_every_source_is_a_passage() {
    let system = system();
    let names: BTreeSet<_> = system.instances.iter().map(|instance| instance.name()).collect();
    assert_eq!(names.len(), system.instances.len());
    let mutants: BTreeSet<_> = system.mutants.iter().map(|mutant| mutant.name).collect();
    assert_eq!(mutants.len(), system.mutants.len());
    for claim in system.instances.iter().flat_map(|instance| instance.claims()) {
        let number: u8 = claim.source.strip_prefix("CHORD-").unwrap().parse().unwrap();
        assert!((1..=26).contains(&number), "{}", claim.name);
        assert!(claim.sentence.ends_with('.'), "{}", claim.name);
    }
}
