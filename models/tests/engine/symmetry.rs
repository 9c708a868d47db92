//! Counting orbits in place of states: what may use it, and what it must not hide.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::trivially_copy_pass_by_ref)]
#![allow(clippy::naive_bytecount)]

use crate::common::machine::{Machine, check, instance};
use crate::common::{claim, limits};
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::symmetry::orbit;
use straightedge_models::engine::verdict::ClaimReport;
use straightedge_models::engine::{Expected, Form, Instance, Outcome};

/// Three workers, of whom one at a time may work: 0 idle, 1 waiting, 2 working.
fn workers() -> Machine<[u8; 3]> {
    let mut model = Machine::new([0; 3], &["a", "b", "c"], |workers: &[u8; 3], step| {
        let mut next = *workers;
        let who = usize::from(step);
        next[who.min(2)] = match workers.get(who)? {
            0 => 1,
            1 if !workers.contains(&2) => 2,
            1 => return None,
            _ => 0,
        };
        Some(next)
    });
    model.generators = |&[a, b, c]| vec![[b, a, c], [b, c, a]];
    model
}

fn at_most_one(_: &Machine<[u8; 3]>, workers: &[u8; 3]) -> bool {
    workers.iter().filter(|&&worker| worker == 2).count() <= 1
}

fn with_symmetry(
    model: Machine<[u8; 3]>,
    form: Form<Machine<[u8; 3]>>,
) -> Instance<Machine<[u8; 3]>> {
    Instance { symmetry: true, ..instance(model, vec![claim(form)]) }
}

#[test]
fn a_symmetry_that_is_none_is_found() {
    let always = Form::Always { when: None, holds: at_most_one };
    let mut model = workers();
    model.repertoire = vec!["a"];
    model.next = |workers, step| {
        // Only the first worker ever moves.
        (step == 0).then(|| [(workers[0] + 1) % 3, workers[1], workers[2]])
    };
    let report = check(&with_symmetry(model, always), limits(1));
    assert!(report.complaints[0].contains("the symmetry is broken"), "{:?}", report.complaints);
    assert_eq!(report.outcome(), Outcome::Inconclusive);
}

#[test]
fn a_claim_that_tells_the_members_apart_is_found() {
    let first_never_works =
        Form::Always { when: None, holds: |_, workers: &[u8; 3]| workers[0] != 2 };
    let report = check(&with_symmetry(workers(), first_never_works), limits(1));
    assert!(report.complaints[0].contains("tells the image from the state"));
    let first_never_steps = Form::Step {
        when: |_, _, _, _| true,
        holds: |_, from: &[u8; 3], _, to: &[u8; 3]| from[0] == to[0],
    };
    let report = check(&with_symmetry(workers(), first_never_steps), limits(1));
    assert!(report.complaints[0].contains("tells the image from the state"));
}

#[test]
fn liveness_is_not_decided_on_a_quotient() {
    for form in [Form::Eventually(at_most_one), Form::InfinitelyOften(at_most_one)] {
        let report = check(&with_symmetry(workers(), form), limits(1));
        assert_eq!(report.claims[0].verdict.kind(), Expected::Inconclusive);
        assert_eq!(report.outcome(), Outcome::Inconclusive);
    }
}

#[test]
fn the_quotient_counts_the_orbits_and_answers_alike() {
    let forms: [Form<Machine<[u8; 3]>>; 6] = [
        Form::Always { when: None, holds: at_most_one },
        Form::Always { when: None, holds: |_, workers| !workers.contains(&2) },
        Form::Sometimes(|_, workers: &[u8; 3]| workers.iter().sum::<u8>() == 4),
        Form::NoDeadlock { terminal: |_, _| false },
        Form::Step {
            when: |_, from, _, to| from.contains(&2) && !to.contains(&2),
            holds: |_, from: &[u8; 3], _, _| from.contains(&0),
        },
        Form::Step { when: |_, _, _, _| true, holds: |_, from, _, to| from != to },
    ];
    let expected = ["holds", "violated", "holds", "holds", "violated", "holds"];
    for (index, form) in forms.into_iter().enumerate() {
        let full = check(&instance(workers(), vec![claim(form)]), limits(1));
        let report = check(&with_symmetry(workers(), form), limits(1));
        // 2 × 2 × 2 states without a worker at work, and 3 × 4 with one; of the orbits, 4 and 3.
        assert_eq!((full.states, report.states), (20, 7), "form {index}");
        let (whole, quotient) = (&full.claims[0], &report.claims[0]);
        assert_eq!(whole.verdict.to_string(), expected[index], "form {index}");
        assert_eq!(quotient.verdict, whole.verdict, "form {index}");
        let steps =
            |claim: &ClaimReport| claim.evidence.as_ref().map(|evidence| evidence.steps.len());
        assert_eq!(steps(quotient), steps(whole), "form {index}");
        assert!(report.complaints.is_empty(), "form {index}: {:?}", report.complaints);
    }
}

#[test]
fn a_deadlock_is_found_in_the_quotient() {
    let mut model = workers();
    // A worker that waits beside another never gets on.
    model.next = |workers, step| {
        let who = usize::from(step);
        let mut next = *workers;
        next[who.min(2)] = match workers.get(who)? {
            0 => 1,
            1 if workers.iter().filter(|&&worker| worker == 1).count() == 1 => 2,
            1 => return None,
            _ => 0,
        };
        Some(next)
    };
    let form = Form::NoDeadlock { terminal: |_, _| false };
    let full = check(&instance(model.clone(), vec![claim(form)]), limits(1));
    let report = check(&with_symmetry(model, form), limits(1));
    for report in [full, report] {
        assert_eq!(report.outcome(), Outcome::Violated);
        assert!(report.complaints.is_empty(), "{:?}", report.complaints);
        let evidence = report.claims[0].evidence.as_ref().unwrap();
        assert_eq!(evidence.actions().len(), 3);
    }
}

#[test]
fn the_orbits_of_the_quotient_add_up_to_the_whole() {
    let model = workers();
    unattended(limits(1), |run| {
        let whole = Graph::build(&model, Build::default(), run);
        let build = Build { symmetry: true, ..Build::default() };
        let quotient = Graph::build(&model, build, run);
        let members = |state| orbit(&model, state).len();
        let sum: usize = quotient.states().iter().map(members).sum();
        assert_eq!((whole.len(), quotient.len(), sum), (20, 7, 20));
    });
}
