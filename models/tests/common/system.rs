//! What is checked of every system alike.

use std::collections::BTreeSet;

use straightedge_models::engine::run::unattended;
use straightedge_models::engine::verdict::Coverage;
use straightedge_models::engine::{
    Checkable, Expected, Limits, Outcome, Report, System, Tier, Verdict,
};

pub fn check(instance: &dyn Checkable, mutant: Option<&str>) -> Report {
    let limits = Limits { threads: 2, ..Limits::default() };
    unattended(limits, |run| instance.check(mutant, run)).unwrap()
}

/// The answer to one claim about one instance, or about it with a fault.
pub fn verdict(system: &System, instance: &str, mutant: Option<&str>, claim: &str) -> Verdict {
    let report = check(system.instance(instance).unwrap(), mutant);
    report.claim(claim).unwrap().verdict.clone()
}

/// Every instance of the ci tier, of which there are so many at least, gives the declared answers
/// and takes every action that it says it takes.
pub fn assert_declared_answers(system: &System, at_least: usize) {
    let instances: Vec<_> = system.instances.iter().filter(|i| i.tier() == Tier::Ci).collect();
    assert!(instances.len() >= at_least, "only {} instances", instances.len());
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

/// Every mutant, of which there are so many at least, is killed by the claim that it names, and
/// every claim that the filter keeps is killed by a mutant.
pub fn assert_kills(system: &System, at_least: usize, is_to_be_killed: impl Fn(Expected) -> bool) {
    let claims = system.instances.iter().flat_map(|instance| instance.claims());
    let claims = claims.filter(|claim| is_to_be_killed(claim.expected));
    let mut never_killed: BTreeSet<&str> = claims.map(|claim| claim.name).collect();
    assert!(system.mutants.len() >= at_least, "only {} mutants", system.mutants.len());
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

/// Instances and mutants have names of their own, and every claim is a sentence with a passage of
/// that prefix, up to that number.
pub fn assert_names_and_sources(system: &System, prefix: &str, last: u8) {
    let names: BTreeSet<_> = system.instances.iter().map(|instance| instance.name()).collect();
    assert_eq!(names.len(), system.instances.len());
    let mutants: BTreeSet<_> = system.mutants.iter().map(|mutant| mutant.name).collect();
    assert_eq!(mutants.len(), system.mutants.len());
    let mut claims = 0;
    for claim in system.instances.iter().flat_map(|instance| instance.claims()) {
        let number: u8 = claim.source.strip_prefix(prefix).unwrap().parse().unwrap();
        assert!((1..=last).contains(&number), "{}", claim.name);
        assert!(claim.sentence.ends_with('.'), "{}", claim.name);
        claims += 1;
    }
    assert!(claims > 0, "nothing is claimed");
}

/// Stateright's own search counts as many states of every instance of the ci tier that has a state
/// space and no symmetry, of which there are so many at least.
pub fn assert_stateright_agrees(system: &System, at_least: usize) {
    let mut compared = 0;
    for instance in system.instances.iter().filter(|i| i.tier() == Tier::Ci) {
        let report = check(instance.as_ref(), None);
        assert!(!report.symmetry, "{}: stateright knows no symmetry", instance.name());
        assert_eq!(instance.stateright_count(), Some(report.states), "{}", instance.name());
        compared += 1;
    }
    assert!(compared >= at_least, "only {compared} instances were compared");
}
