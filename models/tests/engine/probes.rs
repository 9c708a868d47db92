//! Runs that establish nothing, or too little: none of them may come out green.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::hash::{Hash, Hasher};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::common::machine::{Go, Machine, check, instance};
use crate::common::{claim, decide_on, interrupted, limits};
use serde::Serialize;
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::{
    Checkable, Claim, Expected, Fairness, Form, Instance, Limits, Outcome, Report, Run, State,
    Verdict,
};

type Counter = Machine<u32>;

/// Counts to the given number and stops.
fn counter(last: u32) -> Counter {
    match last {
        10 => Machine::new(0, &["a"], |n, step| (step == 0 && *n < 10).then_some(n + 1)),
        _ => Machine::new(0, &["a"], |n, step| (step == 0 && *n < 100_000).then_some(n + 1)),
    }
}

fn audited<S: State>(instance: &Instance<Machine<S>>) -> Report {
    let stop = AtomicBool::new(false);
    let mut run = Run::new(limits(1), &stop, &|_| {});
    run.audit = true;
    instance.check(None, &run).unwrap()
}

fn small<S: State>() -> Form<Machine<S>> {
    Form::Always { when: None, holds: |_, _| true }
}

fn every_form() -> Vec<Form<Counter>> {
    vec![
        small(),
        Form::Sometimes(|_, n| *n == 100_000),
        Form::Step { when: |_, _, _, _| true, holds: |_, from, _, to| to > from },
        Form::NoDeadlock { terminal: |_, n| *n == 100_000 },
        Form::Eventually(|_, n| *n == 100_000),
        Form::LeadsTo(|_, n| *n == 1, |_, n| *n == 100_000),
        Form::InfinitelyOften(|_, n| *n == 100_000),
        Form::EventuallyAlways(|_, n| *n == 100_000),
        Form::Recoverable { goal: |_, n| *n == 100_000, using: |_| true },
    ]
}

/// What each form comes to on the long counter under these limits.
fn outcomes(limits: Limits) -> Vec<(&'static str, Verdict, Outcome)> {
    let outcome = |form: Form<Counter>| {
        let report = check(&instance(counter(100_000), vec![claim(form)]), limits);
        (form.name(), report.claims[0].verdict.clone(), report.outcome())
    };
    every_form().into_iter().map(outcome).collect()
}

#[test]
fn the_long_counter_is_green_when_nothing_limits_it() {
    for (form, verdict, outcome) in outcomes(limits(1)) {
        assert_eq!((verdict, outcome), (Verdict::Holds, Outcome::AsDeclared), "{form}");
    }
}

#[test]
fn no_limit_comes_out_green() {
    let limited = [
        Limits { depth: Some(50), ..limits(1) },
        Limits { states: Some(1000), ..limits(1) },
        Limits { time: Some(Duration::ZERO), ..limits(1) },
        Limits { memory_bytes: 200_000, ..limits(1) },
    ];
    for limits in limited {
        for (form, verdict, outcome) in outcomes(limits) {
            let is_partial =
                matches!(verdict.kind(), Expected::HoldsWithin | Expected::Inconclusive);
            assert!(is_partial, "{form}: {verdict} under {limits:?}");
            assert_eq!(outcome, Outcome::Inconclusive, "{form} under {limits:?}");
        }
    }
}

#[test]
fn deciding_keeps_to_the_budget_and_to_the_clock_by_itself() {
    let model = counter(100_000);
    let graph = unattended(limits(1), |run| {
        Graph::build(&model, Build { edges: true, ..Build::default() }, run)
    });
    let forms = || every_form().into_iter().filter(Form::needs_edges);
    let with_bytes = |form, more| {
        let limits = Limits { memory_bytes: graph.bytes() + more, ..limits(1) };
        unattended(limits, |run| decide_on(&model, &graph, form, run)).verdict
    };
    for form in forms() {
        assert_eq!(with_bytes(form, 20 << 20), Verdict::Holds, "{}", form.name());
        let Verdict::Inconclusive(why) = with_bytes(form, 100_000) else {
            panic!("{}", form.name())
        };
        assert!(why.contains("over the memory limit"), "{why}");
        let stopped = interrupted(|run| decide_on(&model, &graph, form, run)).verdict;
        assert_eq!(stopped, Verdict::Inconclusive("the interrupt came first".into()));
    }
    assert_eq!(forms().count(), 5);
}

#[test]
fn an_interrupt_comes_out_inconclusive() {
    for form in every_form() {
        let instance = instance(counter(10), vec![claim(form)]);
        let report = interrupted(|run| instance.check(None, run).unwrap());
        let verdict = &report.claims[0].verdict;
        assert_eq!(verdict.kind(), Expected::Inconclusive, "{}: {verdict}", form.name());
        assert_eq!(report.outcome(), Outcome::Inconclusive, "{}", form.name());
    }
}

#[test]
fn a_declared_depth_is_green_and_a_smaller_one_is_not() {
    let mut instance = instance(counter(10), vec![claim(small())]);
    instance.depth = Some(5);
    assert_eq!(check(&instance, limits(1)).outcome(), Outcome::Inconclusive);
    instance.declared = vec![("claim", Expected::HoldsWithin)];
    assert_eq!(check(&instance, limits(1)).outcome(), Outcome::AsDeclared);
    let shorter = Limits { depth: Some(2), ..limits(1) };
    assert_eq!(check(&instance, shorter).outcome(), Outcome::Inconclusive);
    let fewer = Limits { states: Some(2), ..limits(1) };
    assert_eq!(check(&instance, fewer).outcome(), Outcome::Inconclusive);
}

#[test]
fn a_cycle_breaks_eventually() {
    let ring = Machine::new(0, &["a"], |n: &u32, step| (step == 0).then_some((n + 1) % 10));
    let report = check(&instance(ring, vec![claim(Form::Eventually(|_, n| *n == 77))]), limits(1));
    assert_eq!(report.outcome(), Outcome::Violated);
    let evidence = report.claims[0].evidence.as_ref().unwrap();
    assert_eq!((evidence.steps.len(), evidence.loop_start), (10, Some(0)));
    assert_eq!(evidence.fair_because, ["0: taken at step 1"]);
}

#[test]
fn a_boundary_is_not_the_whole() {
    let bounded = Counter { is_inside: |n| *n < 5, ..counter(10) };
    let report = check(&instance(bounded, vec![claim(small())]), limits(1));
    assert_eq!(report.claims[0].verdict.kind(), Expected::HoldsWithin);
    assert_eq!(report.outcome(), Outcome::Inconclusive);
}

#[test]
fn a_boundary_that_cuts_an_initial_state_is_not_the_whole() {
    let bounded = Counter { initial: vec![0, 77], is_inside: |n| *n <= 10, ..counter(10) };
    let report = check(&instance(bounded, vec![claim(small())]), limits(1));
    assert_eq!((report.states, report.exhausted()), (11, false));
    assert_eq!(report.outcome(), Outcome::Inconclusive);
}

/// A pair whose `Hash` forgets the second field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct ForgetfulHash(u8, u8);

impl Hash for ForgetfulHash {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.0.hash(hasher);
    }
}

/// A pair whose identity forgets the second field.
#[derive(Clone, Debug, Serialize)]
struct ForgetfulEq(u8, u8);

impl PartialEq for ForgetfulEq {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl Eq for ForgetfulEq {}
impl PartialOrd for ForgetfulEq {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for ForgetfulEq {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl Hash for ForgetfulEq {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.0.hash(hasher);
    }
}

#[test]
fn a_hash_that_forgets_a_field_is_found_and_merges_nothing() {
    let model = Machine::new(ForgetfulHash(0, 0), &["a", "b"], |pair, step| match step {
        0 => Some(ForgetfulHash((pair.0 + 1) % 6, pair.1)),
        1 => Some(ForgetfulHash(pair.0, (pair.1 + 1) % 7)),
        _ => None,
    });
    let report = audited(&instance(model, vec![claim(small())]));
    assert_eq!(report.states, 42);
    assert!(report.complaints[0].contains("Hash loses a field"), "{:?}", report.complaints);
    assert_eq!(report.outcome(), Outcome::Inconclusive);
}

#[test]
fn an_identity_that_forgets_a_field_is_found() {
    let model = Machine::new(ForgetfulEq(0, 0), &["a", "b"], |pair, step| match step {
        0 => Some(ForgetfulEq((pair.0 + 1) % 6, pair.1)),
        1 => Some(ForgetfulEq(pair.0, (pair.1 + 1) % 7)),
        _ => None,
    });
    let report = audited(&instance(model, vec![claim(small())]));
    assert_eq!(report.states, 6);
    assert!(report.complaints[0].contains("Eq loses a field"), "{:?}", report.complaints);
    assert_eq!(report.outcome(), Outcome::Inconclusive);
}

#[test]
fn the_audit_is_silent_about_states_that_lose_nothing() {
    let model = Machine::new((0_u8, 0_u8), &["a", "b"], |pair, step| match step {
        0 => Some(((pair.0 + 1) % 6, pair.1)),
        1 => Some((pair.0, (pair.1 + 1) % 7)),
        _ => None,
    });
    let report = audited(&instance(model, vec![claim(small())]));
    assert_eq!((report.states, report.outcome()), (42, Outcome::AsDeclared));
}

#[test]
fn no_claims_establish_nothing() {
    let report = check(&instance(counter(10), Vec::new()), limits(1));
    assert_eq!(report.outcome(), Outcome::Inconclusive);
    assert_eq!(report.complaints, ["nothing is claimed, so nothing was established"]);
}

#[test]
fn a_trigger_that_never_occurs_is_vacuous() {
    let vacuous: [Form<Counter>; 3] = [
        Form::Always { when: Some(|_, n| *n > 10), holds: |_, _| true },
        Form::Step { when: |_, _, action, _| *action == Go(1), holds: |_, _, _, _| true },
        Form::LeadsTo(|_, n| *n > 10, |_, n| *n == 0),
    ];
    for form in vacuous {
        let report = check(&instance(counter(10), vec![claim(form)]), limits(1));
        assert_eq!(report.claims[0].verdict, Verdict::Vacuous, "{}", form.name());
        assert_eq!(report.outcome(), Outcome::Inconclusive, "{}", form.name());
    }
}

#[test]
fn the_repertoire_is_what_is_taken_and_changes_the_state() {
    let complaints = |repertoire: &[&'static str]| {
        let model = Machine::new(0_u32, repertoire, |n, step| match step {
            0 => (*n < 10).then_some(n + 1),
            1 => Some(*n),
            _ => None,
        });
        let report = check(&instance(model, vec![claim(small())]), limits(1));
        let complaints: Vec<_> = report
            .coverage
            .iter()
            .filter_map(straightedge_models::engine::verdict::Coverage::complaint)
            .collect();
        assert_eq!(report.outcome(), Outcome::Inconclusive, "{complaints:?}");
        complaints
    };
    assert_eq!(complaints(&["a", "b"]), ["action b never changed the state"]);
    let unused = ["action b was taken but is not in the repertoire", "action c was never taken"];
    assert_eq!(complaints(&["a", "c"]), unused);
}

#[test]
fn a_claim_declared_false_that_is_true_fails() {
    let mut instance = instance(counter(10), vec![claim(small())]);
    instance.declared = vec![("claim", Expected::Violated)];
    assert_eq!(check(&instance, limits(1)).outcome(), Outcome::Violated);
    instance.declared = vec![("claim", Expected::Inconclusive)];
    assert_ne!(check(&instance, limits(1)).outcome(), Outcome::AsDeclared);
}

#[test]
fn a_declaration_about_no_claim_is_pointed_out() {
    let mut instance = instance(counter(10), vec![claim(small())]);
    instance.declared = vec![("clam", Expected::Violated)];
    let report = check(&instance, limits(1));
    assert_eq!(report.complaints, ["nothing is claimed under the declared name clam"]);
    let twice: Claim<Counter> = claim(small());
    instance.declared = Vec::new();
    instance.claims.push(twice);
    let report = check(&instance, limits(1));
    assert_eq!(report.complaints, ["more than one claim is named claim"]);
}

#[test]
fn fairness_is_named_in_the_report_of_a_liveness_claim() {
    let model = Counter { fairness: |_| Fairness::Unfair, ..counter(10) };
    let report = check(&instance(model, vec![claim(Form::Eventually(|_, n| *n == 10))]), limits(1));
    assert_eq!(report.claims[0].verdict, Verdict::Violated);
    assert_eq!(report.claims[0].fairness.as_deref(), Some("as declared"));
}
