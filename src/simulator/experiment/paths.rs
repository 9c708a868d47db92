//! How long the way of a look-up is on rings of more and more nodes.

use std::time::Duration;

use straightedge_impl::chord::{Command, Config, Timings};

use super::chart::{Chart, Series};
use super::drive::{ask, go_on, keys};
use super::statistics::{Distribution, Estimate};
use super::study::{Cell, Study, margin};
use super::{Interrupted, experiment_network};
use crate::report::figure::count;
use crate::simulator::chord::{Chord, LookUps, TooFewNodes, correct_fingers, useful_fingers};
use crate::simulator::random::{Random, Stream};
use crate::simulator::run::Watch;
use crate::simulator::{Plan, World};

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The powers of two that the rings have nodes.
    pub exponents: std::ops::RangeInclusive<u32>,
    /// How many look-ups there are for each node.
    pub look_ups: u32,
    /// How many rings with other identifiers each row is about.
    pub repeats: u32,
    /// Up to which power of two the nodes find their fingers themselves.
    pub fixed_up_to: u32,
    /// How many entries a successor list has.
    pub successors: u8,
    /// What decides everything.
    pub seed: u64,
}

/// The look-ups on all rings of one size.
struct Row {
    exponent: u32,
    paths: Distribution,
    means: Vec<f64>,
    /// Look-ups that did not name the owner.
    wrong: u64,
    /// Fingers that the nodes found, and that are not the correct ones.
    wrong_fingers: Option<u64>,
}

/// Carries out the experiment.
///
/// # Errors
///
/// Whoever watches puts an end to it.
pub fn carry_out(paths: &Paths, watch: &mut Watch<'_>) -> Result<Study, Interrupted> {
    let mut rows = Vec::new();
    for exponent in paths.exponents.clone() {
        let is_fixed = exponent <= paths.fixed_up_to;
        let mut row = Row {
            exponent,
            paths: Distribution::default(),
            means: Vec::new(),
            wrong: 0,
            wrong_fingers: is_fixed.then_some(0),
        };
        for repeat in 0..paths.repeats {
            let seed = paths.seed.wrapping_mul(1_000_003).wrapping_add(u64::from(repeat));
            // A ring that is too small for its lists has no row.
            if let Ok(mut world) = ring(paths, exponent, seed) {
                measure(paths, &mut row, &mut world, seed, watch)?;
            }
        }
        rows.push(row);
    }
    Ok(study(paths, &rows))
}

/// A ring of two to that power.
fn ring(paths: &Paths, exponent: u32, seed: u64) -> Result<World<Chord, LookUps>, TooFewNodes> {
    let nodes = 1u32 << exponent;
    let config = Config {
        successors: paths.successors,
        fingers: useful_fingers(nodes),
        timings: Timings { fix_finger: Duration::from_secs(2), ..Timings::default() },
        ..Config::default()
    };
    let finds_fingers = exponent <= paths.fixed_up_to;
    let chord = Chord::new(config, nodes, nodes, seed)?;
    let chord = if finds_fingers { chord } else { chord.with_fingers().without_maintenance() };
    let look_ups = LookUps::on(chord.ring().to_vec());
    let plan = Plan::quiet(nodes, Duration::ZERO);
    Ok(World::new(chord, experiment_network(), plan, seed, look_ups))
}

fn measure(
    paths: &Paths,
    row: &mut Row,
    world: &mut World<Chord, LookUps>,
    seed: u64,
    watch: &mut Watch<'_>,
) -> Result<(), Interrupted> {
    if let Some(wrong_fingers) = &mut row.wrong_fingers {
        *wrong_fingers += find_fingers(world, watch)?;
    }
    let number = paths.look_ups.saturating_mul(1 << row.exponent);
    let keys = keys(seed, number);
    let mut random = Random::new(seed, Stream::Application);
    ask(world, &keys, |key| Command::Lookup { key }, &mut random, watch)?;
    let seen = world.observer();
    row.paths.merge(&seen.paths);
    row.means.push(seen.paths.mean());
    row.wrong += u64::from(number) - seen.right;
    Ok(())
}

/// Waits until the nodes have looked up each of their fingers twice; how many are not correct.
fn find_fingers(
    world: &mut World<Chord, LookUps>,
    watch: &mut Watch<'_>,
) -> Result<u64, Interrupted> {
    let config = *world.system().config();
    // The first round may take the long way round the ring, along successors.
    let rounds = 2 * (u32::from(config.fingers) + 1);
    go_on(world, config.timings.fix_finger * rounds + Duration::from_mins(1), watch)?;
    let ring = world.system().ring();
    let nodes = world.nodes();
    let differing = nodes.present().map(|(_, machine)| {
        let correct = correct_fingers(ring, machine.me(), config.fingers);
        let known = machine.fingers().iter().copied().chain(std::iter::repeat(None));
        correct.iter().zip(known).filter(|(correct, known)| *correct != known).count() as u64
    });
    Ok(differing.sum())
}

/// The mean path that SIGCOMM 2001 found, as long as half the bits of the number of nodes.
///
/// Source: CHORD-50.
fn published(exponent: u32) -> f64 {
    f64::from(exponent) / 2.0
}

fn study(paths: &Paths, rows: &[Row]) -> Study {
    let found = rows.iter().any(|row| row.wrong_fingers.is_some());
    let mut notes = vec![
        format!(
            "Nodes asked on the way of a look-up, on {} rings of each size with SHA-1 identifiers \
             and lists of {}; {} look-ups a node, every one by real nodes. The margin is for 95 % \
             confidence over rings.",
            paths.repeats, paths.successors, paths.look_ups
        ),
        "Published: half the bits of the number of nodes, SIGCOMM 2001 section 6, CHORD-50.".into(),
    ];
    if found {
        let largest = count(1 << paths.fixed_up_to.min(*paths.exponents.end()));
        notes.push(format!(
            "Up to {largest} nodes, each finds its fingers itself, and keeps the ring in order \
             meanwhile; on larger rings the fingers are put in place (a ring in its steady state)."
        ));
    }
    Study {
        title: "Path length of look-ups".into(),
        columns: vec![
            "nodes",
            "look-ups",
            "mean",
            "± margin",
            "1st %ile",
            "median",
            "99th %ile",
            "published mean",
            "not right",
            "wrong fingers",
        ],
        rows: rows.iter().map(cells).collect(),
        notes,
        chart: chart(rows),
    }
}

fn cells(row: &Row) -> Vec<Cell> {
    let estimate = Estimate::of(&row.means);
    let percentile = |percent| Cell::Count(row.paths.percentile(percent) as u64);
    vec![
        Cell::Count(1 << row.exponent),
        Cell::Count(row.paths.total()),
        Cell::Figure(row.paths.mean(), 3),
        margin(&estimate, 3),
        percentile(1),
        percentile(50),
        percentile(99),
        Cell::Figure(published(row.exponent), 1),
        Cell::Count(row.wrong),
        row.wrong_fingers.map_or(Cell::Nothing, Cell::Count),
    ]
}

fn chart(rows: &[Row]) -> Chart {
    let across = |row: &Row| f64::from(row.exponent);
    let bar = |row: &Row| {
        let [low, high] = [1, 99].map(|percent| row.paths.percentile(percent) as f64);
        (across(row), low, high)
    };
    let measured = Series {
        name: "mean, with 1st and 99th percentile".into(),
        points: rows.iter().map(|row| (across(row), row.paths.mean())).collect(),
        bars: rows.iter().map(bar).collect(),
        is_expected: false,
    };
    let expected = Series {
        name: "half the bits of the number of nodes".into(),
        points: rows.iter().map(|row| (across(row), published(row.exponent))).collect(),
        bars: Vec::new(),
        is_expected: true,
    };
    Chart {
        title: "Path length of look-ups".into(),
        across: "log2 of the number of nodes".into(),
        up: "nodes asked".into(),
        series: vec![measured, expected],
    }
}
