//! `simulate coral-…`: experiments with Coral's nodes and proxies.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use straightedge_models::engine::Outcome;

use super::{Common, measure};
use crate::cli::Console;
use crate::cli::output::Destination;
use crate::error::Error;
use crate::simulator::coral::story::{NAOMI, picture, play};
use crate::simulator::experiment::root_rate::{self, RootRate};
use crate::simulator::experiment::slashdot::{self, Slashdot};

/// What `coral-root-rate` is asked for.
#[derive(Debug, Args)]
pub(super) struct RootRateArguments {
    /// The smallest identifier space has two to this power nodes
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=12))]
    from: u32,
    /// The largest identifier space has two to this power nodes
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=12))]
    to: u32,
    /// How many requests to put one key a node lets through in a minute
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..))]
    rate: u16,
    /// For how many minutes requests are counted, in the run's time
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1440))]
    minutes: u32,
    /// How long a node waits between two puts on average, in milliseconds
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..))]
    pause: u64,
    #[command(flatten)]
    common: Common,
}

/// What `coral-slashdot` is asked for.
#[derive(Debug, Args)]
pub(super) struct SlashdotArguments {
    /// How many proxies there are; several numbers are separated by commas
    #[arg(long, value_delimiter = ',', default_values_t = [10, 30, 100, 300, 1000],
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    proxies: Vec<u32>,
    /// How many users each proxy has
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1000))]
    users: u32,
    /// Within how many seconds users come in a rush
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=3600))]
    rush: u32,
    #[command(flatten)]
    common: Common,
}

/// What `coral-naomi` is asked for.
#[derive(Debug, Args)]
pub(super) struct NaomiArguments {
    /// Write the picture of the story, too
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// What `coral-story` is asked for.
#[derive(Debug, Args)]
pub(super) struct StoryArguments {
    /// The file that tells it
    file: PathBuf,
    /// Write the picture of the story, too
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

pub(super) fn naomi(arguments: &NaomiArguments, console: &mut Console) -> Result<Outcome, Error> {
    let (file, text) = NAOMI;
    tell(file, text, arguments.svg.as_ref(), console)
}

pub(super) fn story(arguments: &StoryArguments, console: &mut Console) -> Result<Outcome, Error> {
    let file = arguments.file.display().to_string();
    let text = std::fs::read_to_string(&arguments.file)
        .map_err(|why| Error::Usage(format!("cannot read {file}: {why}")))?;
    tell(&file, &text, arguments.svg.as_ref(), console)
}

fn tell(
    file: &str,
    text: &str,
    svg: Option<&PathBuf>,
    console: &mut Console,
) -> Result<Outcome, Error> {
    let svg = svg.map(|path| Destination::prepare(path)).transpose()?;
    let told = play(file, text).map_err(|error| Error::Usage(error.to_string()))?;
    let lines: String = told.lines.iter().map(|line| format!("{line}\n")).collect();
    console.print(&format!("{lines}{} expectations are met.\n", told.met))?;
    if let Some(svg) = svg {
        svg.write(&picture(&told.panels))?;
    }
    Ok(Outcome::AsDeclared)
}

pub(super) fn root_rate(
    arguments: &RootRateArguments,
    console: &mut Console,
) -> Result<Outcome, Error> {
    if arguments.from > arguments.to {
        return Err(Error::Usage("--from is at most --to".into()));
    }
    let experiment = RootRate {
        exponents: arguments.from..=arguments.to,
        rate: arguments.rate,
        minutes: arguments.minutes,
        pause: Duration::from_millis(arguments.pause),
        seed: arguments.common.seed,
    };
    measure("coral-root-rate", "events", &arguments.common, console, &|watch| {
        root_rate::carry_out(&experiment, watch)
    })
}

pub(super) fn slashdot(
    arguments: &SlashdotArguments,
    console: &mut Console,
) -> Result<Outcome, Error> {
    let experiment = Slashdot {
        proxies: arguments.proxies.clone(),
        users: arguments.users,
        rush: arguments.rush,
        seed: arguments.common.seed,
    };
    measure("coral-slashdot", "events", &arguments.common, console, &|watch| {
        slashdot::carry_out(&experiment, watch)
    })
}
