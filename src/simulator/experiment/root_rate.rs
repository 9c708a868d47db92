//! How many requests reach the node closest to a key that everybody puts.

use std::ops::RangeInclusive;
use std::time::Duration;

use straightedge_impl::coral::{Config, Learning, Policy};

use super::chart::{Chart, Series};
use super::study::{Cell, Study};
use super::{Interrupted, experiment_network};
use crate::simulator::coral::puts::{AtTheClosest, Puts};
use crate::simulator::run::Watch;
use crate::simulator::{Network, Plan, World};

/// How long a message takes: always the same, so that none lags behind the window that it is of.
const DELAY: Duration = Duration::from_millis(25);

/// The longest way of a request from the child that lets it through to the closest node, and more.
const LAG: Duration = Duration::from_millis(100);

/// How many events happen between two glances at the outside.
const GLANCE: u64 = 1 << 16;

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootRate {
    /// The identifier spaces have two to these powers nodes.
    pub exponents: RangeInclusive<u32>,
    /// How many requests a node lets through in a minute.
    pub rate: u16,
    /// For how many minutes requests are counted.
    pub minutes: u32,
    /// How long a node waits after a put before its next one.
    pub pause: Duration,
    /// What decides the run.
    pub seed: u64,
}

/// How the nodes of one run find their way, and whether they hold requests back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// As Coral has it.
    Splice,
    /// The nearest node at once, with Coral's counters.
    Greedy,
    /// The nearest node at once, without counters: as any other distributed hash table.
    Unthrottled,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Splice, Self::Greedy, Self::Unthrottled];

    fn config(self, rate: u16) -> Config {
        let policy = match self {
            Self::Splice => Policy::Splice { bits: 1 },
            Self::Greedy | Self::Unthrottled => Policy::Greedy,
        };
        let rate = if self == Self::Unthrottled { u16::MAX } else { rate };
        Config { policy, rate, learning: Learning::Fixed, ways: 1, ..Config::default() }
    }
}

/// What was counted in one run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counted {
    /// Forward requests at the closest node, a minute.
    a_minute: f64,
    /// The most in any window.
    most: usize,
    /// Puts of all nodes, a minute.
    puts: f64,
}

/// The runs with one number of nodes.
struct Row {
    exponent: u32,
    counted: [Counted; 3],
}

/// Carries out the experiment.
///
/// Source: CORAL-23, CORAL-52.
///
/// # Errors
///
/// Whoever watches puts an end to it.
pub fn carry_out(experiment: &RootRate, watch: &mut Watch<'_>) -> Result<Study, Interrupted> {
    let mut rows = Vec::new();
    for exponent in experiment.exponents.clone() {
        let mut counted = [Counted::default(); 3];
        for (kind, counted) in Kind::ALL.into_iter().zip(&mut counted) {
            *counted = count_requests(experiment, kind, exponent, watch)?;
        }
        rows.push(Row { exponent, counted });
    }
    Ok(study(experiment, &rows))
}

/// Requests at the closest node of that many nodes, a minute, as Coral has it: over three minutes.
///
/// Source: CORAL-52.
#[must_use]
pub fn usual(exponent: u32) -> f64 {
    let experiment = RootRate {
        exponents: exponent..=exponent,
        rate: Config::default().rate,
        minutes: 3,
        pause: Duration::from_millis(200),
        seed: 1,
    };
    let counted = count_requests(&experiment, Kind::Splice, exponent, &mut |_, _| true);
    counted.map_or(0.0, |counted| counted.a_minute)
}

fn count_requests(
    experiment: &RootRate,
    kind: Kind,
    exponent: u32,
    watch: &mut Watch<'_>,
) -> Result<Counted, Interrupted> {
    let nodes = 1 << exponent;
    let puts = Puts::new(kind.config(experiment.rate), nodes, experiment.pause);
    let network = Network { delay_min: DELAY, delay_max: DELAY, ..experiment_network() };
    let plan = Plan { nodes, ..Plan::default() };
    let mut world = World::new(puts, network, plan, experiment.seed, AtTheClosest::default());
    let minutes = experiment.minutes.max(1);
    let end = world.now().after(Duration::from_mins(minutes.into()));
    while !world.run_until(end, GLANCE) {
        if !watch(world.events(), world.now()) {
            return Err(Interrupted);
        }
    }
    let minutes = f64::from(minutes);
    let seen = world.observer();
    Ok(Counted {
        a_minute: seen.requests.len() as f64 / minutes,
        most: seen.most_within(Config::default().window.saturating_sub(LAG)),
        puts: world.system().ended() as f64 / minutes,
    })
}

fn study(experiment: &RootRate, rows: &[Row]) -> Study {
    let title = "Requests at the closest node, with all nodes full and putting".to_owned();
    Study {
        title: title.clone(),
        columns: vec![
            "nodes",
            "puts a minute",
            "splice a minute",
            "splice most",
            "beta m",
            "greedy a minute",
            "greedy most",
            "beta (n-1)",
            "unthrottled puts",
            "unthrottled a minute",
        ],
        rows: rows.iter().map(|row| cells(experiment, row)).collect(),
        notes: vec![
            format!(
                "Complete identifier spaces; every node knows all others, has {} values that live \
                 long, and puts the same key again {} ms after its last put has ended, on \
                 average, for {} minutes; beta is {}. \"Most\" is in any window of a minute, less \
                 {} ms: the time from when a neighbour of the closest node lets a request through \
                 to when it arrives.",
                Config::default().values,
                experiment.pause.as_millis(),
                experiment.minutes,
                experiment.rate,
                LAG.as_millis(),
            ),
            "Greedy: the nearest node at once, with Coral's counters. Unthrottled: the same \
             without counters, as in other distributed hash tables; every put of another node \
             reaches the closest one. CORAL-23."
                .into(),
        ],
        chart: chart(title, experiment, rows),
    }
}

fn cells(experiment: &RootRate, row: &Row) -> Vec<Cell> {
    let [splice, greedy, unthrottled] = row.counted;
    let rate = u64::from(experiment.rate);
    let nodes = 1_u64 << row.exponent;
    let figure = |number: f64| Cell::Figure(number, 1);
    vec![
        Cell::Count(nodes),
        figure(splice.puts),
        figure(splice.a_minute),
        Cell::Count(splice.most as u64),
        Cell::Count(rate * u64::from(row.exponent)),
        figure(greedy.a_minute),
        Cell::Count(greedy.most as u64),
        Cell::Count(rate * (nodes - 1)),
        figure(unthrottled.puts),
        figure(unthrottled.a_minute),
    ]
}

fn chart(title: String, experiment: &RootRate, rows: &[Row]) -> Chart {
    let rate = f64::from(experiment.rate);
    let line = |name: &str, is_expected, of: &dyn Fn(&Row) -> f64| Series {
        name: name.into(),
        points: rows.iter().map(|row| (f64::from(row.exponent), of(row).log10())).collect(),
        bars: Vec::new(),
        is_expected,
    };
    Chart {
        title,
        across: "log2 of the number of nodes".into(),
        up: "log10 of requests a minute".into(),
        series: vec![
            line("splice", false, &|row| row.counted[0].a_minute),
            line("greedy", false, &|row| row.counted[1].a_minute),
            line("greedy, unthrottled", false, &|row| row.counted[2].a_minute),
            line("beta m", true, &|row| rate * f64::from(row.exponent)),
            line("beta (n-1)", true, &|row| rate * (f64::from(row.exponent).exp2() - 1.0)),
        ],
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_closest_node_gets_beta_a_minute_from_each_neighbour_and_greedy_from_each_node() {
        let experiment = RootRate {
            exponents: 3..=6,
            rate: 12,
            minutes: 3,
            pause: Duration::from_millis(200),
            seed: 1,
        };
        for exponent in experiment.exponents.clone() {
            let counted =
                |kind| count_requests(&experiment, kind, exponent, &mut |_, _| true).unwrap();
            let [splice, greedy, unthrottled] = Kind::ALL.map(counted);
            let (neighbours, nodes) = (exponent as usize, 1 << exponent);
            assert_eq!(splice.most, 12 * neighbours);
            assert!((splice.a_minute - 12.0 * neighbours as f64).abs() < 1.0, "{splice:?}");
            assert_eq!(greedy.most, 12 * (nodes - 1));
            assert!(unthrottled.a_minute > 100.0 * (nodes - 1) as f64, "{unthrottled:?}");
        }
    }
}
