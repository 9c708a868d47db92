//! `simulate chord-churn`: a run, its course, and the smallest plan that fails if it failed.

use std::time::{Duration, Instant};

use clap::Args;
use straightedge_impl::chord::{Config, FAULTS, Fault, Timings};
use straightedge_models::engine::Outcome;

use super::{Common, Destinations, watched};
use crate::cli::Console;
use crate::error::Error;
use crate::report::figure::{count, duration, wrap};
use crate::simulator::experiment::churn::{Churn, Run, study};
use crate::simulator::{Budget, Ending, Healing, Network, Plan, Tally};

/// How many nodes that differ are told one by one.
const DIFFERENCES_TOLD: usize = 10;

/// What `chord-churn` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How many nodes there are at the beginning
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    nodes: u32,
    /// For how long faults occur, in seconds of the run's time
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// How long the ring may take to heal, in seconds of the run's time
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    healing: u64,
    /// How many entries a successor list has
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=64))]
    successors: u8,
    /// How many fingers a node has, the farthest first
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u8).range(0..=160))]
    fingers: u8,
    /// On how many nodes the application writes a record, which must be there at last; at most one
    /// on each node
    #[arg(long, default_value_t = 1_000_000, hide_default_value = true, value_name = "N")]
    writers: u32,
    /// How many runs, with this seed and those after it; the first that fails ends them
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    runs: u64,
    /// Carry out this plan, as JSON, instead of one that the seed decides
    #[arg(long, value_name = "JSON", conflicts_with_all = ["nodes", "seconds", "runs"])]
    plan: Option<String>,
    /// Let every node do one of its procedures wrong
    #[arg(long, value_name = "NAME")]
    fault: Option<String>,
    #[command(flatten)]
    amounts: Amounts,
    #[command(flatten)]
    common: Common,
}

/// How much goes wrong, where it is not to be in proportion to the number of nodes.
#[derive(Debug, Args)]
struct Amounts {
    /// How many nodes crash [default: a fifth]
    #[arg(long, value_name = "N")]
    crashes: Option<u32>,
    /// How many nodes come that were not there at the beginning [default: a tenth]
    #[arg(long, value_name = "N")]
    arrivals: Option<u32>,
    /// How many nodes leave [default: a twentieth]
    #[arg(long, value_name = "N")]
    leaves: Option<u32>,
    /// How many one-way partitions there are [default: a twentieth of the nodes]
    #[arg(long, value_name = "N")]
    partitions: Option<u32>,
    /// How long a partition lasts at most, in milliseconds [default: 1000]
    #[arg(long, value_name = "MS")]
    partition_ms: Option<u64>,
    /// How many nodes are slow for a while [default: a twentieth]
    #[arg(long, value_name = "N")]
    slow: Option<u32>,
    /// How many messages in a million are lost [default: 5000]
    #[arg(long, value_name = "N")]
    loss: Option<u32>,
    /// How many messages in a million come twice [default: 5000]
    #[arg(long, value_name = "N")]
    duplication: Option<u32>,
    /// How many messages in a million are held back [default: 10000]
    #[arg(long, value_name = "N")]
    reordering: Option<u32>,
}

impl Amounts {
    fn budget(&self, nodes: u32) -> Budget {
        let usual = Budget::moderate(nodes);
        Budget {
            crashes: self.crashes.unwrap_or(usual.crashes),
            arrivals: self.arrivals.unwrap_or(usual.arrivals),
            leaves: self.leaves.unwrap_or(usual.leaves),
            partitions: self.partitions.unwrap_or(usual.partitions),
            partition_ms_max: self.partition_ms.unwrap_or(usual.partition_ms_max),
            slow: self.slow.unwrap_or(usual.slow),
            loss_per_million: self.loss.unwrap_or(usual.loss_per_million),
            duplication_per_million: self.duplication.unwrap_or(usual.duplication_per_million),
            reordering_per_million: self.reordering.unwrap_or(usual.reordering_per_million),
            ..usual
        }
    }
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Error> {
    let destinations = Destinations::prepare(&arguments.common)?;
    let fault = arguments.fault.as_deref().map(fault).transpose()?;
    let given: Option<Plan> = arguments.plan.as_deref().map(parse).transpose()?;
    let mut so_far: Option<Tally> = None;
    let mut floors = Vec::new();
    for seed in (arguments.common.seed..).take(arguments.runs as usize) {
        let churn = churn(arguments, fault, seed);
        let plan = given.clone().unwrap_or_else(|| {
            let budget = arguments.amounts.budget(arguments.nodes);
            budget.plan(arguments.nodes, arguments.seconds * 1000, seed)
        });
        let run = one(arguments, &churn, &plan, &destinations, console)?;
        match run.course.ending {
            Ending::Converged { .. } => {}
            Ending::Interrupted => return Ok(Outcome::Inconclusive),
            Ending::NotConverged { .. } | Ending::Runaway { .. } => {
                smallest(arguments, &churn, &plan, console)?;
                return Ok(Outcome::Violated);
            }
        }
        floors = plan.floors();
        match &mut so_far {
            None => so_far = Some(run.tally),
            Some(so_far) => so_far.merge(&run.tally),
        }
    }
    // Whoever gives a plan knows what is in it; other runs prove something together.
    let missed = match (&so_far, &given) {
        (Some(tally), None) => tally.below(&floors),
        _ => Vec::new(),
    };
    for floor in &missed {
        console.print(&format!("Not established: {floor}\n"))?;
    }
    Ok(if missed.is_empty() { Outcome::AsDeclared } else { Outcome::Inconclusive })
}

fn fault(name: &str) -> Result<Fault, Error> {
    Fault::named(name).ok_or_else(|| {
        let names: Vec<&str> = FAULTS.iter().map(|planted| planted.name).collect();
        Error::Usage(format!("no fault `{name}`; there are {}", names.join(", ")))
    })
}

/// More nodes than this need more memory than any machine has.
const NODES_MAX: u32 = 1_000_000;

fn parse(text: &str) -> Result<Plan, Error> {
    let unusable = |why: String| Error::Usage(format!("the plan cannot be carried out: {why}"));
    let plan: Plan = serde_json::from_str(text).map_err(|error| unusable(error.to_string()))?;
    let is_too_large = plan.room() > NODES_MAX;
    if is_too_large {
        return Err(unusable(format!("it needs room for {} nodes", count(plan.room().into()))));
    }
    Ok(plan)
}

fn churn(arguments: &Arguments, fault: Option<Fault>, seed: u64) -> Churn {
    let timings = Timings { repair: Duration::from_secs(5), ..Timings::default() };
    let (successors, fingers) = (arguments.successors, arguments.fingers);
    let config = Config { successors, fingers, timings, fault, ..Config::default() };
    let healing = Healing { within: Duration::from_secs(arguments.healing), ..Healing::default() };
    let writers = arguments.writers;
    Churn { config, network: Network::default(), healing, writers, seed }
}

/// One run, and what it came to.
fn one(
    arguments: &Arguments,
    churn: &Churn,
    plan: &Plan,
    destinations: &Destinations,
    console: &mut Console,
) -> Result<Run, Error> {
    let began = Instant::now();
    let label = format!("chord-churn, seed {}", churn.seed);
    let quiet = arguments.common.quiet;
    let ran = watched(&label, "events", quiet, console, &mut |watch| churn.run(plan, watch));
    let run = ran.map_err(|error| Error::Usage(error.to_string()))?;
    let took = began.elapsed().as_secs_f64();
    if run.course.ending != Ending::Interrupted {
        let study = study(plan, &run);
        if arguments.runs == 1 {
            console.print(&study.text())?;
        }
        console.print(&speed(churn, &run, took))?;
        destinations.write(&study)?;
    }
    console.print(&ending(&run))?;
    Ok(run)
}

/// Looks for a smaller plan that fails, and prints how to replay it.
fn smallest(
    arguments: &Arguments,
    churn: &Churn,
    plan: &Plan,
    console: &mut Console,
) -> Result<(), Error> {
    let quiet = arguments.common.quiet;
    let shrunk = watched("shrinking the plan", "events", quiet, console, &mut |watch| {
        churn.shrink(plan, watch)
    });
    let how = if shrunk.is_cut { "as far as it got" } else { "nothing can be left out" };
    console.print(&format!(
        "\nThe smallest plan found that fails ({how}; {} runs). To replay it:\n{}\n",
        shrunk.runs,
        command(arguments, churn.seed, &shrunk.plan)?,
    ))
}

fn speed(churn: &Churn, run: &Run, took: f64) -> String {
    let rate = run.events as f64 / took.max(f64::MIN_POSITIVE);
    format!(
        "seed {}: {} events, {} in the run, in {}: {:.0} events/s; digest {:016x}\n",
        churn.seed,
        count(run.events),
        duration(run.end.as_secs_f64()),
        duration(took),
        rate,
        run.digest,
    )
}

fn ending(run: &Run) -> String {
    match &run.course.ending {
        Ending::Converged { after } => {
            let after = duration(after.as_secs_f64());
            format!(
                "Converged: {after} after the last fault the ring was ideal and held what is to be \
                 kept, and stayed so.\n"
            )
        }
        Ending::NotConverged { differences } => {
            let told = differences.iter().take(DIFFERENCES_TOLD);
            let lines: String = told.map(|difference| wrap(&difference.to_string(), 2)).collect();
            let more = differences.len().saturating_sub(DIFFERENCES_TOLD);
            let more = if more > 0 {
                format!("  and {} more\n", count(more as u64))
            } else {
                String::new()
            };
            format!("Not converged: {} differ.\n{lines}{more}", differences.len())
        }
        Ending::Runaway { at } => {
            let at = Duration::from_nanos(at.nanoseconds()).as_secs_f64();
            format!("Not converged: the events never end; stopped {} in.\n", duration(at))
        }
        Ending::Interrupted => "Interrupted: nothing was established.\n".into(),
    }
}

/// The command line that carries out this plan with this seed.
fn command(arguments: &Arguments, seed: u64, plan: &Plan) -> Result<String, Error> {
    let plan = plan.to_json().map_err(|error| Error::Usage(error.to_string()))?;
    let fault = arguments.fault.as_ref().map(|name| format!(" --fault {name}"));
    Ok(format!(
        "straightedge simulate chord-churn --seed {seed} --successors {} --fingers {} --healing {} \
         --writers {}{} --plan '{plan}'",
        arguments.successors,
        arguments.fingers,
        arguments.healing,
        arguments.writers,
        fault.unwrap_or_default(),
    ))
}
