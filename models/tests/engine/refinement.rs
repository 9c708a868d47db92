//! Clocks that refine one another, and some that do not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::trivially_copy_pass_by_ref)]

use crate::common;

use crate::common::limits;
use crate::common::machine::{Go, Machine};
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::refinement::{Covered, Finding, Refinement, decide};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::{Limits, Verdict};

/// Hour and minute; an hour has four minutes, a day twelve hours.
type Clock = Machine<(u8, u8)>;

/// An hour alone.
type Hours = Machine<u8>;

fn hours() -> Hours {
    Machine::new(0, &["a"], |hour, step| match step {
        0 => Some((hour + 1) % 12),
        // The hand may be set to noon.
        1 => Some(6),
        _ => None,
    })
}

fn minutes() -> Clock {
    Machine::new((0, 0), &["a"], |&(hour, minute), step| match (step, minute) {
        (0, 3) => Some(((hour + 1) % 12, 0)),
        (0, _) => Some((hour, minute + 1)),
        _ => None,
    })
}

/// Forgets the minute.
struct Hour;

impl Refinement<Clock, Hours> for Hour {
    fn abstraction(&self, &(hour, _): &(u8, u8)) -> u8 {
        hour
    }
}

/// Forgets the minute, and takes `a` for `a` only.
struct HourByTicking;

impl Refinement<Clock, Hours> for HourByTicking {
    fn abstraction(&self, &(hour, _): &(u8, u8)) -> u8 {
        hour
    }

    fn explains(&self, _: &Go, hours: &Go) -> bool {
        *hours == Go(0)
    }
}

/// Forgets everything.
struct Nothing;

impl Refinement<Clock, Hours> for Nothing {
    fn abstraction(&self, _: &(u8, u8)) -> u8 {
        0
    }
}

fn compare_within(
    clock: &Clock,
    mapping: &impl Refinement<Clock, Hours>,
    limits: Limits,
) -> Finding<Clock> {
    unattended(limits, |run| {
        let graph = Graph::build(clock, Build { edges: true, ..Build::default() }, run);
        decide(clock, &graph, &hours(), mapping, run)
    })
}

fn compare(clock: &Clock, mapping: &impl Refinement<Clock, Hours>) -> Finding<Clock> {
    compare_within(clock, mapping, limits(1))
}

#[test]
fn a_clock_with_minutes_refines_one_without() {
    let finding = compare(&minutes(), &Hour);
    assert_eq!(finding.verdict, Verdict::Holds);
    assert_eq!((finding.abstract_states, finding.stutters, finding.explained), (12, 36, 12));
    assert!(finding.trace.is_none() && finding.because.is_none());
    // The step from 5 to 6 is one of `a` and one of `b`; `b` leaves 6 as it is.
    let covered = |action, steps, covered| Covered { action, steps, covered };
    let expected = [covered("a", 12, 12), covered("b", 11, 1), covered("c", 0, 0)];
    assert_eq!(finding.coverage[..3], expected);
    let finding = compare(&minutes(), &HourByTicking);
    assert_eq!((finding.verdict, finding.coverage[1].covered), (Verdict::Holds, 0));
}

#[test]
fn the_first_step_that_maps_to_none_is_shown() {
    let mut clock = minutes();
    clock.next = |&(hour, minute), step| match (step, hour, minute) {
        (0, 2, 3) => Some((4, 0)),
        (0, _, 3) => Some(((hour + 1) % 12, 0)),
        (0, ..) => Some((hour, minute + 1)),
        _ => None,
    };
    let finding = compare(&clock, &Hour);
    assert_eq!(finding.verdict, Verdict::Violated);
    let trace = finding.trace.unwrap();
    assert_eq!((trace.steps.len(), trace.steps[10].1, *trace.last()), (12, (2, 3), (4, 0)));
    let because = "a maps to 2 → 4; from 2 the abstract model allows a to 3 or b to 6";
    assert_eq!(finding.because.unwrap(), because);
}

#[test]
fn a_step_explained_by_no_action_of_its_own_is_shown() {
    let mut clock = minutes();
    clock.next = |&(hour, minute), step| match (step, minute) {
        (0, 3) => Some(((hour + 1) % 12, 0)),
        (0, _) => Some((hour, minute + 1)),
        (1, 2) if hour == 0 => Some((6, 0)),
        _ => None,
    };
    assert_eq!(compare(&clock, &Hour).verdict, Verdict::Holds);
    let finding = compare(&clock, &HourByTicking);
    assert_eq!(finding.verdict, Verdict::Violated);
    assert_eq!(finding.trace.unwrap().steps.len(), 3);
    let because = "b maps to 0 → 6; from 0 the abstract model allows a to 1 or b to 6, which \
                   does not explain this action";
    assert_eq!(finding.because.unwrap(), because);
}

#[test]
fn a_wrong_start_is_shown() {
    let clock = Clock { initial: vec![(0, 2), (7, 0)], ..minutes() };
    let finding = compare(&clock, &Hour);
    assert_eq!(finding.verdict, Verdict::Violated);
    let trace = finding.trace.unwrap();
    assert_eq!((trace.initial, trace.steps.len()), ((7, 0), 0));
    let because = "the initial state maps to 7, and the abstract model starts in 0";
    assert_eq!(finding.because.unwrap(), because);
}

#[test]
fn a_mapping_under_which_everything_stutters_is_vacuous() {
    let finding = compare(&minutes(), &Nothing);
    assert_eq!((finding.verdict, finding.stutters), (Verdict::Vacuous, 48));
}

#[test]
fn a_graph_that_was_cut_short_is_not_the_whole() {
    use straightedge_models::engine::Expected::{HoldsWithin, Inconclusive};
    let within = |limits| compare_within(&minutes(), &Hour, limits).verdict.kind();
    assert_eq!(within(Limits { depth: Some(10), ..limits(1) }), HoldsWithin);
    assert_eq!(within(Limits { depth: Some(2), ..limits(1) }), Inconclusive);
    assert_eq!(within(Limits { memory_bytes: 1000, ..limits(1) }), Inconclusive);
    let kind = common::interrupted(|run| {
        let graph = Graph::build(&minutes(), Build { edges: true, ..Build::default() }, run);
        decide(&minutes(), &graph, &hours(), &Hour, run).verdict.kind()
    });
    assert_eq!(kind, Inconclusive);
}

#[test]
fn a_graph_without_edges_or_with_symmetry_is_refused() {
    for build in [Build::default(), Build { symmetry: true, edges: true, depth: None }] {
        let finding = unattended(limits(1), |run| {
            let graph = Graph::build(&minutes(), build, run);
            decide(&minutes(), &graph, &hours(), &Hour, run)
        });
        assert!(matches!(finding.verdict, Verdict::Inconclusive(_)), "{build:?}");
    }
}
