//! The inductive check of corrected Chord: exact sizes, and every fault found.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use straightedge_models::chord::Shape;
use straightedge_models::chord::inductive::{
    Counterexample, Enumerated, Enumeration, Fault, Findings, Kind, MUTANTS, fault,
    findings::Answer, instances,
};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::verdict::Bound;
use straightedge_models::engine::{
    Checkable, Expected, Limits, Mutant, Outcome, Report, Tier, Verdict,
};

fn limits(threads: usize) -> Limits {
    Limits { threads, ..Limits::default() }
}

fn enumerate(kind: Kind, r: usize, n: u8, fault: Option<Fault>) -> Enumerated {
    let enumeration = Enumeration { kind, r, sizes: n..=n };
    unattended(limits(2), |run| enumeration.enumerate(fault, run))
}

fn check(instance: &dyn Checkable, mutant: Option<&str>) -> Report {
    unattended(limits(2), |run| instance.check(mutant, run)).unwrap()
}

fn instance(name: &str) -> Box<dyn Checkable> {
    instances().into_iter().find(|instance| instance.name() == name).unwrap()
}

fn taken(found: &Findings) -> Vec<u64> {
    found.steps.iter().map(|tally| tally.taken).collect()
}

/// Lists, then the steps by operation: successor, dead head, candidate, join, failure.
fn list_counts(r: usize, n: u8) -> (u64, Vec<u64>) {
    let found = enumerate(Kind::Lists, r, n, None).findings;
    assert!(found.answers.iter().all(|answer| answer.asked > 0 && answer.broken_by.is_none()));
    (found.states, taken(&found))
}

#[test]
fn lists_and_the_steps_between_them_have_these_numbers() {
    assert_eq!(list_counts(2, 8), (756, vec![3_726, 378, 2_664, 630, 1_176]));
    assert_eq!(list_counts(2, 10), (2_376, vec![17_820, 1_386, 19_206, 2_772, 4_032]));
    assert_eq!(list_counts(3, 10), (6_864, vec![70_004, 3_168, 40_428, 5_148, 27_072]));
    assert_eq!(list_counts(4, 12), (57_200, vec![1_135_270, 25_025, 575_510, 40_040, 396_000]));
}

#[test]
fn states_of_the_invariant_and_the_steps_from_them_have_these_numbers() {
    let counts = |r, n| {
        let found = enumerate(Kind::Steps, r, n, None).findings;
        assert!(found.answers.iter().all(|answer| answer.broken_by.is_none()));
        (found.states, taken(&found))
    };
    assert_eq!(counts(2, 6), (11_942, vec![52_962, 6_288, 17_124, 8_736, 23_826]));
    assert_eq!(counts(3, 6), (4_054, vec![19_356, 1_632, 2_856, 1_848, 5_136]));
}

#[test]
fn every_state_of_the_invariant_on_seven_identifiers_has_one_ordered_ring() {
    for (r, states) in [(2, 266_211), (3, 214_012)] {
        let ring = enumerate(Kind::Ring, r, 7, None);
        assert_eq!((ring.findings.states, ring.complaints), (states, vec![]));
        let is_kept = |answer: &Answer| answer.asked == states && answer.broken_by.is_none();
        assert!(ring.findings.answers.iter().all(is_kept));
    }
}

#[test]
fn every_instance_of_the_ci_tier_comes_out_as_declared_and_says_for_which_sizes() {
    for instance in instances().iter().filter(|instance| instance.tier() == Tier::Ci) {
        let report = check(instance.as_ref(), None);
        assert_eq!(report.outcome(), Outcome::AsDeclared, "{report:?}");
        assert_eq!(report.claims.len(), instance.claims().len());
        let is_for_every_size = report.scope.starts_with("every ring size");
        let all_hold = report.claims.iter().all(|claim| claim.verdict == Verdict::Holds);
        assert!(!is_for_every_size || all_hold && report.scope.contains("CHORD-25"));
    }
}

#[test]
fn every_mutant_is_killed_by_the_claim_it_names() {
    for mutant in MUTANTS {
        let report = check(instance(mutant.instance).as_ref(), Some(mutant.name));
        let claim = report.claim(mutant.killed_by).unwrap();
        assert_eq!(claim.verdict, Verdict::Violated, "{}", mutant.name);
        let evidence = claim.evidence.as_ref().unwrap();
        assert!(!evidence.because.is_empty());
        assert_eq!(claim.form == "step", evidence.steps.len() == 1, "{}", mutant.name);
        assert!(evidence.steps.iter().all(|step| !step.changes.is_empty()));
    }
}

#[test]
fn every_claim_that_holds_is_broken_by_some_mutant_where_that_is_named() {
    let kill = |mutant: &Mutant| check(instance(mutant.instance).as_ref(), Some(mutant.name));
    let reports: Vec<Report> = MUTANTS.iter().map(kill).collect();
    let is_broken = |name: &str| {
        let mut answers = reports.iter().filter_map(|report| report.claim(name));
        answers.any(|claim| claim.verdict == Verdict::Violated)
    };
    for instance in instances() {
        let claims = instance.claims();
        let held = claims.iter().filter(|claim| claim.expected == Expected::Holds);
        for claim in held {
            assert!(is_broken(claim.name), "{} {}", instance.name(), claim.name);
        }
    }
}

/// Whether every member lists a member, and the principals; by questions of `Shape` alone.
fn invariant(shape: &Shape, r: usize) -> bool {
    shape.without_live_successor().is_empty() && shape.principals().len() > r
}

/// The counterexamples of the step faults are looked at by eyes that share no code with the
/// check: the state before meets the invariant, and the state after has lost something.
#[test]
fn the_step_of_a_counterexample_leaves_the_invariant_or_loses_a_principal() {
    let r = 2;
    let step_faults = fault::ALL.iter().filter(|fault| !fault.is_of_invariant());
    for &fault in step_faults {
        for kind in [Kind::Lists, Kind::Steps] {
            let enumeration = Enumeration { kind, r, sizes: 2..=6 };
            let found = unattended(limits(2), |run| enumeration.enumerate(Some(fault), run));
            let broken = found.findings.answers.into_iter().filter_map(|answer| answer.broken_by);
            for example in broken {
                let Counterexample { before, step, because } = *example;
                let (action, after) = step.unwrap();
                assert!(invariant(&before, r), "{fault:?}: {before:?}");
                let failed = before.members().minus(after.members());
                let lost = before.principals().minus(after.principals()).minus(failed);
                let shortened = after.members().iter().any(|id| after.list(id).len() < r);
                let is_broken = !invariant(&after, r) || !lost.is_empty() || shortened;
                assert!(is_broken, "{fault:?}: {action}: {because}\n{before:?}\n{after:?}");
            }
        }
    }
}

#[test]
fn a_fault_that_changes_nothing_here_is_unknown_here() {
    let unknown = |name: &str, mutant: &str| {
        unattended(limits(1), |run| instance(name).check(Some(mutant), run)).unwrap_err().mutant
    };
    let ring = "invariant_implies_ring_two_successors";
    assert_eq!(unknown(ring, "padding_removed"), "padding_removed");
    assert_eq!(unknown("inductive_check_controls", "padding_removed"), "padding_removed");
    assert_eq!(unknown(ring, "no_such_mutant"), "no_such_mutant");
}

#[test]
fn findings_are_the_same_at_every_number_of_threads() {
    for (kind, fault) in [
        (Kind::Lists, Some(Fault::PadRepeatsLastEntry)),
        (Kind::Steps, Some(Fault::JoinThroughAnyMember)),
        (Kind::Ring, Some(Fault::LiveSuccessorNotRequired)),
        (Kind::Ring, None),
    ] {
        let enumeration = Enumeration { kind, r: 2, sizes: 2..=6 };
        let at = |threads| unattended(limits(threads), |run| enumeration.enumerate(fault, run));
        assert_eq!(at(1).findings, at(3).findings);
    }
}

#[test]
fn a_run_that_is_cut_short_says_so() {
    let nine = instance("invariant_implies_ring_three_successors_nine");
    let limits = Limits { time: Some(Duration::ZERO), ..limits(2) };
    let report = unattended(limits, |run| nine.check(None, run)).unwrap();
    assert_eq!(report.bound, Some(Bound::Time(0)));
    assert_eq!(report.outcome(), Outcome::Inconclusive);
    assert!(report.claims.iter().all(|claim| matches!(claim.verdict, Verdict::Inconclusive(_))));
    assert!(report.states < 874_067_776);
    assert!(!report.scope.contains("every ring size"));
}

/// A circle on which no list exists establishes nothing.
#[test]
fn an_enumeration_of_nothing_is_vacuous() {
    let found = enumerate(Kind::Ring, 3, 3, None);
    assert_eq!(found.findings.states, 0);
    assert!(found.findings.answers.iter().all(|answer| answer.asked == 0));
}

#[test]
fn every_step_of_the_model_keeps_the_invariant_and_is_a_step_of_the_check() {
    let report = check(instance("every_model_step_keeps_invariant").as_ref(), None);
    assert_eq!(report.complaints, Vec::<String>::new());
    assert_eq!((report.states, report.transitions), (1_298_688, 7_985_152));
    assert!(report.claims.iter().all(|claim| claim.verdict == Verdict::Holds));
}

/// A model whose steps are others is found out, whether it leaves the invariant or not.
#[test]
fn a_step_of_the_model_that_the_check_does_not_know_is_a_complaint() {
    let instance = instance("every_model_step_keeps_invariant");
    for (mutant, verdict) in [
        ("skip_head_when_copying", Verdict::Violated),
        ("join_anywhere", Verdict::Violated),
        ("adopt_without_asking", Verdict::Holds),
    ] {
        let report = check(instance.as_ref(), Some(mutant));
        let claim = report.claim("every_step_keeps_the_invariant").unwrap();
        assert_eq!(claim.verdict, verdict, "{mutant}");
        assert_eq!(report.complaints.len(), 1, "{mutant}");
    }
}

#[test]
fn the_system_has_every_instance_and_mutant_of_the_check_under_a_name_of_its_own() {
    let system = straightedge_models::chord::system();
    let mut names: Vec<&str> = system.instances.iter().map(|instance| instance.name()).collect();
    let mut mutants: Vec<&str> = system.mutants.iter().map(|mutant| mutant.name).collect();
    assert!(instances().iter().all(|instance| names.contains(&instance.name())));
    assert!(MUTANTS.iter().all(|mutant| system.mutants.contains(mutant)));
    assert!(mutants.len() > MUTANTS.len());
    for list in [&mut names, &mut mutants] {
        let length = list.len();
        list.sort_unstable();
        list.dedup();
        assert_eq!(list.len(), length);
    }
}
