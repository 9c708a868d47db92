//! The figures of small experiments lie where the published ones and theory say.

use straightedge::simulator::experiment::failures::{self, Failures};
use straightedge::simulator::experiment::load::{self, Load};
use straightedge::simulator::experiment::paths::{self, Paths};
use straightedge::simulator::experiment::{Cell, Study};

/// The number in a column, row by row.
fn column(study: &Study, heading: &str) -> Vec<f64> {
    let place = study.columns.iter().position(|column| *column == heading);
    let place = place.unwrap_or_else(|| panic!("no column {heading} in {:?}", study.columns));
    let number = |cell: &Cell| match cell {
        Cell::Count(number) => *number as f64,
        Cell::Figure(number, _) | Cell::Percent(number, _) => *number,
        Cell::Nothing | Cell::Text(_) => f64::NAN,
    };
    study.rows.iter().map(|row| number(&row[place])).collect()
}

#[track_caller]
fn assert_close(measured: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (measured - expected).abs() <= tolerance,
        "{what}: {measured} is not within {tolerance} of {expected}"
    );
}

fn paths() -> Paths {
    Paths { exponents: 4..=9, look_ups: 10, repeats: 4, fixed_up_to: 6, successors: 1, seed: 1 }
}

#[test]
fn paths_are_half_as_long_as_the_number_of_nodes_has_bits() {
    let study = paths::carry_out(&paths(), &mut |_, _| true).unwrap();
    let measured = column(&study, "mean");
    assert_eq!(measured.len(), 6);
    for (measured, exponent) in measured.iter().zip(4..) {
        // A small ring of random identifiers is uneven; four of them are 0.5 off at most.
        let tolerance = if exponent < 8 { 0.5 } else { 0.3 };
        assert_close(*measured, f64::from(exponent) / 2.0, tolerance, &format!("2^{exponent}"));
    }
    assert!(measured.is_sorted(), "{measured:?}");
    assert_eq!(column(&study, "not right"), [0.0; 6]);
    assert_eq!(column(&study, "wrong fingers")[..3], [0.0; 3]);
    assert!(column(&study, "wrong fingers")[3].is_nan());
}

#[test]
fn an_experiment_comes_out_the_same_with_the_same_seed() {
    let small = |seed| {
        let paths = Paths { exponents: 4..=5, repeats: 2, seed, ..paths() };
        paths::carry_out(&paths, &mut |_, _| true).unwrap().csv().unwrap()
    };
    assert_eq!(small(1), small(1));
    assert_ne!(small(1), small(2));
}

#[test]
fn keys_are_spread_as_theory_says() {
    let load = Load {
        nodes: 2_000,
        keys: vec![100_000, 200_000],
        virtual_nodes: vec![1, 5, 20],
        repeats: 3,
        seed: 1,
    };
    let study = load::carry_out(&load, &mut |_, _| true).unwrap();
    assert_eq!(column(&study, "mean"), [50.0, 100.0, 100.0, 100.0]);
    let (measured, expected) = (column(&study, "99th / mean"), column(&study, "expected 99th"));
    for (measured, expected) in measured.iter().zip(&expected) {
        assert_close(*measured, *expected, expected * 0.06, "99th percentile");
    }
    let (measured, expected) = (column(&study, "1st / mean"), column(&study, "expected 1st"));
    for (measured, expected) in measured.iter().zip(&expected) {
        assert_close(*measured, *expected, 0.04, "1st percentile");
    }
    // What is published of 10,000 nodes: from 4.8 and 0 to 1.6 and 0.5.
    assert_close(column(&study, "99th / mean")[1], 4.8, 0.4, "one virtual node");
    assert_close(column(&study, "99th / mean")[3], 1.6, 0.15, "twenty virtual nodes");
    assert_close(column(&study, "1st / mean")[3], 0.5, 0.1, "twenty virtual nodes");
}

#[test]
fn as_many_readings_fail_as_nodes_did() {
    let failures = Failures {
        nodes: 400,
        percentages: vec![10, 40],
        keys: 2_000,
        repeats: 2,
        successors: 16,
        seed: 1,
    };
    let study = failures::carry_out(&failures, &mut |_, _| true).unwrap();
    let (failed, lost) = (column(&study, "failed in order"), column(&study, "lost records"));
    for (row, p) in [0.1, 0.4].into_iter().enumerate() {
        // No reading fails whose record is there: nothing is lost on the way.
        assert_close(failed[row], lost[row], 1e-9, "failed beyond what was lost");
        // Which records a node owns is chance: two rings of 400 nodes are a few per cent off.
        assert_close(failed[row], p, 0.06, "failed");
    }
    let timeouts = column(&study, "time-outs at once");
    assert!(0.1 < timeouts[0] && timeouts[0] < timeouts[1], "{timeouts:?}");
    assert_close(column(&study, "no way")[0], 0.0, 1e-9, "look-ups without a way");
}

#[test]
fn whoever_watches_can_end_an_experiment() {
    assert!(paths::carry_out(&paths(), &mut |_, _| false).is_err());
    let load = Load { nodes: 10, keys: vec![10], virtual_nodes: vec![1], repeats: 1, seed: 1 };
    assert!(load::carry_out(&load, &mut |_, _| false).is_err());
}
