//! What is checked of every system alike.

use std::collections::BTreeSet;

use straightedge_models::engine::run::unattended;
use straightedge_models::engine::{Checkable, Limits, Report, System, Tier, Verdict};

pub fn check(instance: &dyn Checkable, mutant: Option<&str>) -> Report {
    let limits = Limits { threads: 2, ..Limits::default() };
    unattended(limits, |run| instance.check(mutant, run)).unwrap()
}

/// The answer to one claim about one instance, or about it with a fault.
pub fn verdict(system: &System, instance: &str, mutant: Option<&str>, claim: &str) -> Verdict {
    let report = check(system.instance(instance).unwrap(), mutant);
    report.claim(claim).unwrap().verdict.clone()
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
