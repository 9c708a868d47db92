//! What many nodes that fail at the same moment do to look-ups: at once, and when the ring is in
//! order again.

use std::time::Duration;

use straightedge_impl::chord::{Command, Config, Timings};
use straightedge_impl::identifier::Sha1Id;

use super::chart::{Chart, Series};
use super::drive::{ask, go_on, keys};
use super::statistics::{Distribution, Estimate};
use super::study::{Cell, Study, margin};
use super::{Interrupted, experiment_network};
use crate::report::figure::count;
use crate::simulator::chord::{Chord, LookUps, TooFewNodes, useful_fingers};
use crate::simulator::random::{Random, Stream};
use crate::simulator::run::Watch;
use crate::simulator::{NodeIndex, Plan, System, World};

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How many nodes there are.
    pub nodes: NodeIndex,
    /// How many nodes in a hundred fail, in each row.
    pub percentages: Vec<u32>,
    /// How many keys are looked up, each once.
    pub keys: u32,
    /// How many rings with other identifiers each row is about.
    pub repeats: u32,
    /// How many entries a successor list has.
    pub successors: u8,
    /// What decides everything.
    pub seed: u64,
}

/// One fraction of failed nodes, on all rings.
struct Row {
    percent: u32,
    before: Before,
    after: After,
}

/// Look-ups right after the failure.
#[derive(Default)]
struct Before {
    paths: Distribution,
    timeouts: Distribution,
    /// Fractions of the look-ups that came to nothing, for each ring.
    failed: Vec<f64>,
    /// Fractions of the look-ups that named a node that had failed, for each ring.
    gone: Vec<f64>,
}

/// Readings once the ring is in order again.
#[derive(Default)]
struct After {
    /// Fractions of the readings that found nothing or came to nothing, for each ring.
    failed: Vec<f64>,
    /// Fractions of the records whose owner failed, for each ring.
    lost: Vec<f64>,
    /// How many seconds it took until the ring was ideal again, for each ring that was.
    healed: Vec<f64>,
    /// How many rings were not ideal in time.
    unhealed: u32,
}

/// How long a ring may take to be in order again.
const HEALING: Duration = Duration::from_mins(10);

/// How many sets of nodes are drawn at most.
const DRAWS: u32 = 200;

/// Carries out the experiment.
///
/// # Errors
///
/// Whoever watches puts an end to it.
pub fn carry_out(failures: &Failures, watch: &mut Watch<'_>) -> Result<Study, Interrupted> {
    let mut rows = Vec::new();
    for &percent in &failures.percentages {
        let (before, after) = (Before::default(), After::default());
        let mut row = Row { percent, before, after };
        for repeat in 0..failures.repeats {
            let seed = failures.seed.wrapping_mul(1_000_003).wrapping_add(u64::from(repeat));
            let Some(failing) = failing(failures, percent, seed) else {
                row.after.unhealed += 1;
                continue;
            };
            at_once(failures, &mut row.before, seed, &failing, watch)?;
            in_order(failures, &mut row.after, seed, &failing, watch)?;
        }
        rows.push(row);
    }
    Ok(study(failures, &rows))
}

fn network(failures: &Failures, seed: u64) -> Result<Chord, TooFewNodes> {
    let timings = Timings {
        fix_finger: Duration::from_secs(4),
        // Copies would keep what the experiment is about from being lost.
        repair: Duration::from_hours(1_000_000),
        ..Timings::default()
    };
    let config = Config {
        successors: failures.successors,
        fingers: useful_fingers(failures.nodes),
        // No message is lost here, so that who does not answer once is dead.
        resends: 0,
        timings,
        ..Config::default()
    };
    Ok(Chord::new(config, failures.nodes, failures.nodes, seed)?.with_fingers())
}

/// Which nodes fail: as many as that, each set as likely as any other in which nobody loses all
/// its successors at once; nothing if no such set was drawn.
///
/// Source: CHORD-6.
fn failing(failures: &Failures, percent: u32, seed: u64) -> Option<Vec<NodeIndex>> {
    let number = (u64::from(failures.nodes) * u64::from(percent) / 100) as usize;
    let mut random = Random::new(seed ^ u64::from(percent), Stream::Plan);
    let chord = network(failures, seed).ok()?;
    let mut nodes: Vec<NodeIndex> = (0..failures.nodes).collect();
    for _ in 0..DRAWS {
        random.shuffle(&mut nodes);
        let failing = nodes[..number.min(nodes.len())].to_vec();
        let gone: Vec<Sha1Id> = sorted(failing.iter().map(|&node| chord.address(node)));
        let longest = longest_run(chord.ring(), &gone);
        if longest < usize::from(failures.successors) {
            return Some(failing);
        }
    }
    None
}

fn sorted(identifiers: impl Iterator<Item = Sha1Id>) -> Vec<Sha1Id> {
    let mut sorted: Vec<Sha1Id> = identifiers.collect();
    sorted.sort_unstable();
    sorted
}

/// How many neighbours on the ring are gone in a row at most.
fn longest_run(ring: &[Sha1Id], gone: &[Sha1Id]) -> usize {
    let (mut run, mut longest) = (0, 0);
    // Twice round, since a run may pass the end of the list.
    for node in ring.iter().chain(ring) {
        run = if gone.binary_search(node).is_ok() { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// The network, with those nodes gone.
fn after_the_failure(chord: Chord, seed: u64, failing: &[NodeIndex]) -> World<Chord, LookUps> {
    let gone = sorted(failing.iter().map(|&node| chord.address(node)));
    let is_there = |node: &Sha1Id| gone.binary_search(node).is_err();
    let left: Vec<Sha1Id> = chord.ring().iter().copied().filter(is_there).collect();
    let nodes = chord.ring().len() as NodeIndex;
    let plan = Plan::quiet(nodes, Duration::ZERO);
    let mut world = World::new(chord, experiment_network(), plan, seed, LookUps::on(left));
    for &node in failing {
        world.stop(node);
    }
    world
}

/// Look-ups when nobody has noticed yet, and while nobody does anything about it.
fn at_once(
    failures: &Failures,
    before: &mut Before,
    seed: u64,
    failing: &[NodeIndex],
    watch: &mut Watch<'_>,
) -> Result<(), Interrupted> {
    let Ok(chord) = network(failures, seed) else { return Ok(()) };
    let mut world = after_the_failure(chord.without_maintenance(), seed, failing);
    let keys = keys(seed, failures.keys);
    let mut random = Random::new(seed, Stream::Application);
    ask(&mut world, &keys, |key| Command::Lookup { key }, &mut random, watch)?;
    let (seen, all) = (world.observer(), keys.len() as f64);
    before.paths.merge(&seen.paths);
    before.timeouts.merge(&seen.timeouts);
    before.failed.push((seen.failed + seen.wrong) as f64 / all);
    before.gone.push(seen.gone as f64 / all);
    Ok(())
}

/// Readings when the nodes have put the ring in order again.
fn in_order(
    failures: &Failures,
    after: &mut After,
    seed: u64,
    failing: &[NodeIndex],
    watch: &mut Watch<'_>,
) -> Result<(), Interrupted> {
    let Ok(chord) = network(failures, seed) else { return Ok(()) };
    let keys = keys(seed, failures.keys);
    let gone = sorted(failing.iter().map(|&node| chord.address(node)));
    let is_lost = |key: &&Sha1Id| {
        let owner = crate::simulator::chord::owner(chord.ring(), **key);
        owner.is_some_and(|owner| gone.binary_search(&owner).is_ok())
    };
    let lost = keys.iter().filter(is_lost).count();
    let mut world = after_the_failure(chord.with_keys(keys.iter().copied()), seed, failing);
    while !world.system().differences(&world.nodes()).is_empty() {
        let is_late = world.now().nanoseconds() > HEALING.as_nanos() as u64;
        if is_late {
            after.unhealed += 1;
            return Ok(());
        }
        go_on(&mut world, Duration::from_secs(1), watch)?;
    }
    after.healed.push(world.now().nanoseconds() as f64 / 1e9);
    // Fingers that point to nodes that are gone are found one by one.
    let config = *world.system().config();
    go_on(&mut world, config.timings.fix_finger * u32::from(config.fingers), watch)?;
    let mut random = Random::new(seed, Stream::Application);
    ask(&mut world, &keys, |key| Command::Get { key }, &mut random, watch)?;
    let found = world.observer().values;
    after.failed.push(1.0 - found as f64 / keys.len() as f64);
    after.lost.push(lost as f64 / keys.len() as f64);
    Ok(())
}

fn study(failures: &Failures, rows: &[Row]) -> Study {
    let [nodes, keys] = [failures.nodes, failures.keys].map(|number| count(number.into()));
    let unhealed: u32 = rows.iter().map(|row| row.after.unhealed).sum();
    let mut notes = vec![
        format!(
            "On {} rings of {nodes} real nodes with lists of {}, a fraction of which fails at one \
             moment; {keys} keys, each looked up once by a node that chance decides. The margin is \
             for 95 % confidence over rings.",
            failures.repeats, failures.successors
        ),
        "At once: nobody has noticed, fingers are correct but for nodes that failed, and nobody \
         repairs anything. Asked are the nodes on the way that answer, a time-out is one that does \
         not; gone is a look-up that names a node that failed, no way one that names nobody or the \
         wrong node."
            .into(),
        "In order: the nodes have repaired the ring themselves, until it was ideal, and have \
         looked up each finger once. Each record was held by its owner alone: failed is a reading \
         that does not find it, lost a record whose owner failed. Published: almost exactly p, \
         SIGCOMM 2001 section 6, CHORD-50."
            .into(),
    ];
    if unhealed > 0 {
        notes.push(format!(
            "{unhealed} rings are not counted: they were not in order in time, or no set of nodes \
             was found whose failure leaves everybody a successor."
        ));
    }
    Study {
        title: format!("Simultaneous failures among {nodes} nodes"),
        columns: vec![
            "p",
            "asked at once",
            "1st %ile",
            "99th %ile",
            "time-outs at once",
            "99th %ile ",
            "gone at once",
            "no way",
            "ideal after s",
            "failed in order",
            "± margin",
            "lost records",
            "published failed",
        ],
        rows: rows.iter().map(cells).collect(),
        notes,
        chart: chart(failures, rows),
    }
}

fn cells(row: &Row) -> Vec<Cell> {
    let mean = |values: &[f64]| Estimate::of(values).mean;
    let failed = Estimate::of(&row.after.failed);
    let in_percent = Estimate { margin: failed.margin.map(|it| it * 100.0), ..failed };
    let (before, after) = (&row.before, &row.after);
    vec![
        Cell::Percent(f64::from(row.percent) / 100.0, 0),
        Cell::Figure(before.paths.mean(), 2),
        Cell::Count(before.paths.percentile(1) as u64),
        Cell::Count(before.paths.percentile(99) as u64),
        Cell::Figure(before.timeouts.mean(), 2),
        Cell::Count(before.timeouts.percentile(99) as u64),
        Cell::Percent(mean(&before.gone), 1),
        Cell::Percent(mean(&before.failed), 2),
        Cell::Figure(mean(&after.healed), 0),
        Cell::Percent(failed.mean, 2),
        margin(&in_percent, 2),
        Cell::Percent(mean(&after.lost), 2),
        Cell::Percent(f64::from(row.percent) / 100.0, 0),
    ]
}

fn chart(failures: &Failures, rows: &[Row]) -> Chart {
    let across = |row: &Row| f64::from(row.percent);
    let bar = |row: &Row| {
        let failed = Estimate::of(&row.after.failed);
        let margin = failed.margin.unwrap_or_default();
        (across(row), (failed.mean - margin) * 100.0, (failed.mean + margin) * 100.0)
    };
    let measured = Series {
        name: "failed once the ring is in order, 95 % confidence".into(),
        points: rows
            .iter()
            .map(|row| (across(row), Estimate::of(&row.after.failed).mean * 100.0))
            .collect(),
        bars: rows.iter().map(bar).collect(),
        is_expected: false,
    };
    let expected = Series {
        name: "as many as nodes failed".into(),
        points: rows.iter().map(|row| (across(row), across(row))).collect(),
        bars: Vec::new(),
        is_expected: true,
    };
    Chart {
        title: format!("Simultaneous failures among {} nodes", count(failures.nodes.into())),
        across: "nodes that failed, in per cent".into(),
        up: "readings that fail, in per cent".into(),
        series: vec![measured, expected],
    }
}
