//! `simulate`: experiments of the sources, and machines under faults that a seed decides.

mod churn;
mod coral;
mod dq;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use straightedge_impl::machine::Time;
use straightedge_models::engine::Outcome;

use super::Console;
use super::output::Destination;
use super::progress::Display;
use crate::error::Error;
use crate::report::figure::count;
use crate::simulator::experiment::failures::{self, Failures};
use crate::simulator::experiment::load::{self, Load};
use crate::simulator::experiment::paths::{self, Paths};
use crate::simulator::experiment::{Interrupted, Study};
use crate::simulator::run::Watch;

/// What `simulate` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    experiment: Experiment,
}

#[derive(Debug, Subcommand)]
enum Experiment {
    /// Chord nodes under crashes, partitions, slowness and a bad network, which then must heal
    #[command(name = "chord-churn")]
    Churn(churn::Arguments),
    /// Keys per node, with and without virtual nodes, beside the figures of SIGCOMM 2001
    #[command(name = "chord-load")]
    Load(LoadArguments),
    /// Path lengths of look-ups by real nodes, beside the figures of SIGCOMM 2001
    #[command(name = "chord-paths")]
    Paths(PathsArguments),
    /// Look-ups after many nodes failed at the same moment, beside the figures of SIGCOMM 2001
    #[command(name = "chord-failures")]
    Failures(FailuresArguments),
    /// Harvest, yield and overload when servers fail: replicated data against partitioned
    #[command(name = "dq-failures")]
    DqFailures(dq::Arguments),
    /// Loss, least capacity and mixed versions of a fast, a rolling and a big-flip upgrade
    #[command(name = "dq-upgrades")]
    DqUpgrades(dq::UpgradeArguments),
    /// Requests at the closest node of Coral when everybody puts one key, beside greedy routing
    #[command(name = "coral-root-rate")]
    RootRate(coral::RootRateArguments),
    /// Fetches from the origin of a page that everybody wants, with and without Coral
    #[command(name = "coral-slashdot")]
    Slashdot(coral::SlashdotArguments),
    /// Naomi, Jacques, Kamal and David: who holds whose address, step by step
    #[command(name = "coral-naomi")]
    Naomi(coral::NaomiArguments),
    /// A story of Coral's nodes that a file tells, with what it expects
    #[command(name = "coral-story")]
    Story(coral::StoryArguments),
}

/// What all experiments are asked for.
#[derive(Debug, Args)]
struct Common {
    /// What decides the run: the same seed gives the same figures
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the table for programs, too
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a chart, too
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// No progress, and nothing but the table
    #[arg(long)]
    quiet: bool,
}

/// Where the figures of an experiment go besides the standard output.
struct Destinations {
    csv: Option<Destination>,
    svg: Option<Destination>,
}

impl Destinations {
    /// Finds out whether the files can be written, before hours of work.
    fn prepare(common: &Common) -> Result<Self, Error> {
        let prepare =
            |path: &Option<PathBuf>| path.as_deref().map(Destination::prepare).transpose();
        Ok(Self { csv: prepare(&common.csv)?, svg: prepare(&common.svg)? })
    }

    fn write(&self, study: &Study) -> Result<(), Error> {
        if let Some(csv) = &self.csv {
            csv.write(&study.csv().map_err(|why| Error::Render { format: "CSV", why })?)?;
        }
        if let Some(svg) = &self.svg {
            svg.write(&study.chart.svg().map_err(|why| Error::Render { format: "SVG", why })?)?;
        }
        Ok(())
    }
}

#[derive(Debug, Args)]
struct LoadArguments {
    /// How many nodes there are
    #[arg(long, default_value_t = 10_000,
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    nodes: u32,
    /// How many keys there are at most; ten rows lead up to it
    #[arg(long, default_value_t = 1_000_000,
          value_parser = clap::value_parser!(u32).range(10..=10_000_000))]
    keys: u32,
    /// How many virtual nodes each node has; several numbers are separated by commas
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2, 5, 10, 20],
          value_parser = clap::value_parser!(u32).range(1..=100))]
    virtual_nodes: Vec<u32>,
    /// How many rings with other identifiers each figure is about
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: u32,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct PathsArguments {
    /// The smallest ring has two to this power nodes
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=16))]
    from: u32,
    /// The largest ring has two to this power nodes
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=16))]
    to: u32,
    /// How many look-ups there are for each node
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    look_ups: u32,
    /// How many rings with other identifiers each figure is about
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: u32,
    /// Up to which power of two the nodes find their fingers themselves
    #[arg(long, default_value_t = 9)]
    fixed_up_to: u32,
    /// How many entries a successor list has; SIGCOMM 2001 had one successor
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    successors: u8,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct FailuresArguments {
    /// How many nodes there are
    #[arg(long, default_value_t = 10_000,
          value_parser = clap::value_parser!(u32).range(50..=100_000))]
    nodes: u32,
    /// How many nodes in a hundred fail; several numbers are separated by commas
    #[arg(long, value_delimiter = ',', default_values_t = [5, 10, 20, 30, 40, 50],
          value_parser = clap::value_parser!(u32).range(0..=80))]
    percentages: Vec<u32>,
    /// How many keys are looked up
    #[arg(long, default_value_t = 10_000,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    keys: u32,
    /// How many rings with other identifiers each figure is about
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: u32,
    /// How many entries a successor list has
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u8).range(2..=40))]
    successors: u8,
    #[command(flatten)]
    common: Common,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Error> {
    console.listen();
    match &arguments.experiment {
        Experiment::Churn(arguments) => churn::run(arguments, console),
        Experiment::DqFailures(arguments) => dq::failures(arguments, console),
        Experiment::DqUpgrades(arguments) => dq::upgrades(arguments, console),
        Experiment::RootRate(arguments) => coral::root_rate(arguments, console),
        Experiment::Slashdot(arguments) => coral::slashdot(arguments, console),
        Experiment::Naomi(arguments) => coral::naomi(arguments, console),
        Experiment::Story(arguments) => coral::story(arguments, console),
        Experiment::Load(arguments) => {
            let load = Load {
                nodes: arguments.nodes,
                keys: (1..=10).map(|tenth| arguments.keys / 10 * tenth).collect(),
                virtual_nodes: arguments.virtual_nodes.clone(),
                repeats: arguments.repeats,
                seed: arguments.common.seed,
            };
            measure("chord-load", "keys", &arguments.common, console, &|watch| {
                load::carry_out(&load, watch)
            })
        }
        Experiment::Failures(arguments) => {
            let failures = Failures {
                nodes: arguments.nodes,
                percentages: arguments.percentages.clone(),
                keys: arguments.keys,
                repeats: arguments.repeats,
                successors: arguments.successors,
                seed: arguments.common.seed,
            };
            measure("chord-failures", "events", &arguments.common, console, &|watch| {
                failures::carry_out(&failures, watch)
            })
        }
        Experiment::Paths(arguments) => {
            let fewest = 1u64 << arguments.from;
            if arguments.from > arguments.to || fewest <= u64::from(arguments.successors) {
                let rule = "--from is at most --to, and two to its power more than --successors";
                return Err(Error::Usage(rule.into()));
            }
            let paths = Paths {
                exponents: arguments.from..=arguments.to,
                look_ups: arguments.look_ups,
                repeats: arguments.repeats,
                fixed_up_to: arguments.fixed_up_to,
                successors: arguments.successors,
                seed: arguments.common.seed,
            };
            measure("chord-paths", "events", &arguments.common, console, &|watch| {
                paths::carry_out(&paths, watch)
            })
        }
    }
}

/// Carries out an experiment that measures something, and says what it came to.
fn measure(
    label: &str,
    unit: &str,
    common: &Common,
    console: &mut Console,
    experiment: &dyn Fn(&mut Watch<'_>) -> Result<Study, Interrupted>,
) -> Result<Outcome, Error> {
    let destinations = Destinations::prepare(common)?;
    let measured = watched(label, unit, common.quiet, console, &mut |watch| experiment(watch));
    let Ok(study) = measured else {
        console.print("Interrupted: nothing was established.\n")?;
        return Ok(Outcome::Inconclusive);
    };
    console.print(&study.text())?;
    destinations.write(&study)?;
    Ok(Outcome::AsDeclared)
}

/// Does something that is watched: with progress, and until the console says stop.
fn watched<T>(
    label: &str,
    unit: &str,
    quiet: bool,
    console: &mut Console,
    work: &mut dyn FnMut(&mut Watch<'_>) -> T,
) -> T {
    let mut display = Display::new(console, quiet);
    display.begin(label);
    let mut last = 0;
    let result = work(&mut |done, now: Time| {
        let is_shown = display.tell(label, console, &|since| {
            let more = u64::saturating_sub(done, last);
            let rate = more * 1000 / (since.as_millis() as u64).max(1);
            let clock = Duration::from_nanos(now.nanoseconds()).as_secs();
            let clock = if clock > 0 { format!(", {clock} s in the run") } else { String::new() };
            format!("{} {unit}, {}/s{clock}", count(done), count(rate))
        });
        if is_shown {
            last = done;
        }
        !console.stop.load(std::sync::atomic::Ordering::Relaxed)
    });
    display.clear();
    result
}
