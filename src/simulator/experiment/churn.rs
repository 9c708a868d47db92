//! Real nodes under faults, which then have to find their order again.

use std::time::Duration;

use straightedge_impl::chord::Config;

use super::chart::{Chart, Series};
use super::study::{Cell, Study};
use crate::simulator::chord::{Chord, TooFewNodes};
use crate::simulator::run::{Course, Watch};
use crate::simulator::shrink::{Shrunk, shrink};
use crate::simulator::{Happening, Healing, Network, Plan, Tally, World, run};

/// What is run.
#[derive(Clone, Debug)]
pub struct Churn {
    /// What all nodes have in common.
    pub config: Config,
    /// The network without faults.
    pub network: Network,
    /// When the ring has to be in order again.
    pub healing: Healing,
    /// On how many nodes the application writes a record.
    pub writers: u32,
    /// What decides everything but the plan.
    pub seed: u64,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its course.
    pub course: Course,
    /// How often each thing happened.
    pub tally: Tally,
    /// How many records are kept, as the application was told.
    pub records_kept: usize,
    /// How many events there were.
    pub events: u64,
    /// Stands for every input of every node, in order.
    pub digest: u64,
    /// When it ended, in the run's time.
    pub end: Duration,
}

/// How many plans are tried at most to make a failing one smaller.
const RUNS_MAX: u32 = 400;

impl Churn {
    /// Carries out a plan.
    ///
    /// # Errors
    ///
    /// There have to be more nodes than a successor list has entries.
    pub fn run(&self, plan: &Plan, watch: &mut Watch<'_>) -> Result<Run, TooFewNodes> {
        // Look-ups begin with correct fingers: what a network has that was there for a while.
        let within = Duration::from_millis(plan.until_ms);
        let system = Chord::new(self.config, plan.nodes, plan.room(), self.seed)?
            .with_fingers()
            .with_writers(self.writers.min(plan.nodes), within);
        let mut world = World::new(system, self.network, plan.clone(), self.seed, ());
        let course = run(&mut world, &self.healing, watch);
        Ok(Run {
            course,
            tally: world.tally().clone(),
            records_kept: world.system().records_kept(),
            events: world.events(),
            digest: world.digest(),
            end: Duration::from_nanos(world.now().nanoseconds()),
        })
    }

    /// Looks for a smaller plan that fails as well.
    pub fn shrink(&self, plan: &Plan, watch: &mut Watch<'_>) -> Shrunk {
        let fewest = u32::from(self.config.successors) + 1;
        shrink(plan, fewest, RUNS_MAX, &mut |plan| {
            self.run(plan, watch).is_ok_and(|run| run.course.ending.is_failure())
        })
    }
}

/// The table of what happened, and the chart of how many nodes were out of place when.
#[must_use]
pub fn study(plan: &Plan, run: &Run) -> Study {
    let mut rows: Vec<Vec<Cell>> = Happening::ALL
        .into_iter()
        .map(|happening| row(happening.name(), run.tally.of(happening)))
        .collect();
    rows.push(row("records kept", run.records_kept as u64));
    let kinds = run.tally.kinds().iter();
    rows.extend(kinds.map(|(kind, count)| row(&format!("delivered: {kind}"), *count)));
    Study {
        title: format!("Chord under faults: {} nodes at first, {} in all", plan.nodes, plan.room()),
        columns: vec!["what", "how often"],
        rows,
        notes: Vec::new(),
        chart: chart(plan, run),
    }
}

fn row(what: &str, count: u64) -> Vec<Cell> {
    vec![Cell::Text(what.to_owned()), Cell::Count(count)]
}

fn chart(plan: &Plan, run: &Run) -> Chart {
    let seconds = |nanoseconds: u64| nanoseconds as f64 / 1e9;
    let looks = &run.course.looks;
    let points: Vec<(f64, f64)> =
        looks.iter().map(|look| (seconds(look.at.nanoseconds()), look.differing as f64)).collect();
    let highest = points.iter().map(|&(_, differing)| differing).fold(1.0, f64::max);
    let end = seconds(run.course.healing_begins.nanoseconds());
    let out_of_place = Series { name: "nodes out of place".into(), points, ..Series::default() };
    let faults_end = Series {
        name: "faults end".into(),
        points: vec![(end, 0.0), (end, highest)],
        bars: Vec::new(),
        is_expected: true,
    };
    Chart {
        title: format!("Chord under faults: {} nodes at first", plan.nodes),
        across: "seconds".into(),
        up: "nodes that are not as in the ideal state".into(),
        series: vec![out_of_place, faults_end],
    }
}
