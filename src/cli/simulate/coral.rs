//! `simulate coral-…`: experiments with Coral's nodes and proxies.

use std::time::Duration;

use clap::Args;
use straightedge_models::engine::Outcome;

use super::{Common, measure};
use crate::cli::Console;
use crate::error::Error;
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
