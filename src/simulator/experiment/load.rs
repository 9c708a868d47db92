//! How evenly consistent hashing spreads keys over nodes, with and without virtual nodes.
//!
//! Nothing here sends messages: where a key lies is decided by identifiers alone, which are those
//! that the nodes use.

use straightedge_impl::identifier::Sha1Id;

use super::chart::{Chart, Series};
use super::statistics::{Distribution, keys_on_arcs};
use super::study::{Cell, Study};
use super::{Interrupted, glance};
use crate::report::figure::count;
use crate::simulator::run::Watch;

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// How many nodes there are.
    pub nodes: u32,
    /// How many keys there are, in each row on plain nodes.
    pub keys: Vec<u32>,
    /// How many virtual nodes each node has, in each row with the most keys.
    pub virtual_nodes: Vec<u32>,
    /// How many rings with other identifiers each row is about.
    pub repeats: u32,
    /// What decides the identifiers.
    pub seed: u64,
}

/// What SIGCOMM 2001 says of a row, as multiples of the mean; some of it is not known.
///
/// Source: CHORD-50.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Published {
    first: Option<f64>,
    last: Option<f64>,
}

fn published(nodes: u32, keys: u32, virtual_nodes: u32) -> Published {
    match (nodes, keys, virtual_nodes) {
        (10_000, 500_000, 1) => Published { first: Some(0.0), last: Some(4.6) },
        (10_000, 1_000_000, 1) => Published { first: Some(0.0), last: Some(4.8) },
        (10_000, 1_000_000, 20) => Published { first: Some(0.5), last: Some(1.6) },
        _ => Published::default(),
    }
}

/// The loads of all nodes at one number of keys.
struct Row {
    keys: u32,
    virtual_nodes: u32,
    loads: Distribution,
}

/// Carries out the experiment.
///
/// # Errors
///
/// Whoever watches puts an end to it.
pub fn carry_out(load: &Load, watch: &mut Watch<'_>) -> Result<Study, Interrupted> {
    let most = load.keys.iter().copied().max().unwrap_or_default();
    let row = |keys, virtual_nodes| Row { keys, virtual_nodes, loads: Distribution::default() };
    let mut rows: Vec<Row> = load.keys.iter().map(|&keys| row(keys, 1)).collect();
    let others = load.virtual_nodes.iter().filter(|&&number| number != 1);
    rows.extend(others.map(|&number| row(most, number)));
    let mut points: Vec<u32> = rows.iter().map(|row| row.virtual_nodes).collect();
    points.sort_unstable();
    points.dedup();
    let mut done = 0;
    for repeat in 0..load.repeats {
        let keys = identifiers("key", load, repeat, most);
        for &virtual_nodes in &points {
            glance(watch, done)?;
            let mut rows: Vec<&mut Row> =
                rows.iter_mut().filter(|row| row.virtual_nodes == virtual_nodes).collect();
            let ring = Ring::new(load, repeat, virtual_nodes);
            done += ring.add_loads(&keys, &mut rows);
        }
    }
    Ok(study(load, &rows))
}

/// Identifiers of that many things, decided by the seed and the repetition.
fn identifiers(kind: &str, load: &Load, repeat: u32, number: u32) -> Vec<Sha1Id> {
    let prefix = format!("{}/{repeat}/{kind}/", load.seed);
    (0..number).map(|thing| Sha1Id::of(format!("{prefix}{thing}").as_bytes())).collect()
}

/// Virtual nodes in the order of the circle, each with the node that it belongs to.
struct Ring {
    points: Vec<(Sha1Id, u32)>,
    /// For each value of the first two bytes, where the points with those or greater ones begin.
    beginnings: Vec<u32>,
    nodes: u32,
}

/// The first two bytes of an identifier, as a number.
fn beginning(identifier: &Sha1Id) -> usize {
    let Sha1Id([high, low, ..]) = *identifier;
    usize::from(u16::from_be_bytes([high, low]))
}

impl Ring {
    fn new(load: &Load, repeat: u32, virtual_nodes: u32) -> Self {
        let number = load.nodes.saturating_mul(virtual_nodes);
        let identifiers = identifiers("node", load, repeat, number);
        let mut points: Vec<(Sha1Id, u32)> = (0..number)
            .zip(identifiers)
            .map(|(point, identifier)| (identifier, point / virtual_nodes))
            .collect();
        points.sort_unstable();
        let mut beginnings = Vec::with_capacity(1 << 16);
        for (place, (identifier, _)) in (0u32..).zip(&points) {
            beginnings.resize(beginnings.len().max(beginning(identifier) + 1), place);
        }
        beginnings.resize(1 << 16, number);
        Self { points, beginnings, nodes: load.nodes }
    }

    /// The node at the key or after it, round the circle if need be.
    fn owner(&self, key: &Sha1Id) -> Option<u32> {
        let from = self.beginnings.get(beginning(key)).map_or(0, |&place| place as usize);
        let mut near = self.points.get(from..).unwrap_or_default().iter();
        let at_or_after = near.find(|(identifier, _)| identifier >= key);
        at_or_after.or_else(|| self.points.first()).map(|&(_, node)| node)
    }

    /// Lays the keys on the ring one by one, and notes the loads of the rows whose number of keys
    /// is reached; how many keys that were.
    fn add_loads(&self, keys: &[Sha1Id], rows: &mut [&mut Row]) -> u64 {
        let mut loads = vec![0usize; self.nodes as usize];
        let last = rows.iter().map(|row| row.keys as usize).max().unwrap_or_default();
        for (number, key) in (1u32..).zip(keys.iter().take(last)) {
            if let Some(owner) = self.owner(key) {
                loads[owner as usize] += 1;
            }
            for row in rows.iter_mut().filter(|row| row.keys == number) {
                for &load in &loads {
                    row.loads.add(load);
                }
            }
        }
        last as u64
    }
}

fn study(load: &Load, rows: &[Row]) -> Study {
    let nodes = load.nodes;
    Study {
        title: format!("Keys per node, on {} nodes", count(nodes.into())),
        columns: vec![
            "keys",
            "virtual nodes",
            "mean",
            "1st %ile",
            "99th %ile",
            "largest",
            "no key",
            "1st / mean",
            "99th / mean",
            "expected 1st",
            "expected 99th",
            "published 1st",
            "published 99th",
        ],
        rows: rows.iter().map(|row| cells(load, row)).collect(),
        notes: vec![
            format!(
                "Each row is about {} rings of {} nodes with SHA-1 identifiers; rows on equally \
                 many virtual nodes share rings and keys. Percentiles and largest are \
                 keys on one node; the last six columns are multiples of the mean.",
                load.repeats,
                count(nodes.into()),
            ),
            "Expected: the negative binomial distribution of keys on as many random arcs as there \
             are virtual nodes. Published: SIGCOMM 2001 section 6, CHORD-50."
                .into(),
        ],
        chart: chart(load, rows),
    }
}

fn cells(load: &Load, row: &Row) -> Vec<Cell> {
    let mean = row.loads.mean();
    let ratio = |keys: usize| Cell::Figure(keys as f64 / mean.max(f64::MIN_POSITIVE), 2);
    let expected = |percent| ratio(keys_on_arcs(row.virtual_nodes, mean, percent));
    let published = published(load.nodes, row.keys, row.virtual_nodes);
    let known = |figure: Option<f64>| figure.map_or(Cell::Nothing, |it| Cell::Figure(it, 1));
    let [first, last] = [1, 99].map(|percent| row.loads.percentile(percent));
    vec![
        Cell::Count(u64::from(row.keys)),
        Cell::Count(u64::from(row.virtual_nodes)),
        Cell::Figure(mean, 1),
        Cell::Count(first as u64),
        Cell::Count(last as u64),
        Cell::Count(row.loads.largest() as u64),
        Cell::Percent(row.loads.fraction(0), 2),
        ratio(first),
        ratio(last),
        expected(1),
        expected(99),
        known(published.first),
        known(published.last),
    ]
}

fn chart(load: &Load, rows: &[Row]) -> Chart {
    let plain: Vec<&Row> = rows.iter().filter(|row| row.virtual_nodes == 1).collect();
    let line = |name: &str, of: &dyn Fn(&Row) -> f64, is_expected| Series {
        name: name.into(),
        points: plain.iter().map(|row| (f64::from(row.keys), of(row))).collect(),
        bars: Vec::new(),
        is_expected,
    };
    let mut mean = line("mean, with 1st and 99th percentile", &|row| row.loads.mean(), false);
    let bar = |row: &&Row| {
        let [low, high] = [1, 99].map(|percent| row.loads.percentile(percent) as f64);
        (f64::from(row.keys), low, high)
    };
    mean.bars = plain.iter().map(bar).collect();
    let expected = |row: &Row| keys_on_arcs(1, row.loads.mean(), 99) as f64;
    Chart {
        title: format!("Keys per node, on {} nodes", count(load.nodes.into())),
        across: "keys".into(),
        up: "keys per node".into(),
        series: vec![mean, line("99th percentile expected", &expected, true)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::chord;

    #[test]
    fn keys_lie_on_the_node_that_owns_them() {
        for (nodes, virtual_nodes) in [(1, 1), (3, 1), (500, 4)] {
            let load = Load { nodes, keys: vec![], virtual_nodes: vec![], repeats: 1, seed: 3 };
            let ring = Ring::new(&load, 0, virtual_nodes);
            let identifiers: Vec<Sha1Id> = ring.points.iter().map(|&(id, _)| id).collect();
            for key in identifiers.iter().copied().chain(identifiers_of_keys(&load)) {
                let owner = chord::owner(&identifiers, key);
                let place = identifiers.iter().position(|&id| Some(id) == owner);
                assert_eq!(ring.owner(&key), place.map(|place| ring.points[place].1));
            }
        }
    }

    fn identifiers_of_keys(load: &Load) -> Vec<Sha1Id> {
        identifiers("key", load, 0, 2_000)
    }
}
