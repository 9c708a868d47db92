//! `record`: what our implementation does, as a trace.

use std::path::PathBuf;

use clap::Args;
use straightedge_models::engine::{Outcome, System};

use super::Console;
use super::output::Destination;
use crate::conformance::SYSTEMS;
use crate::error::Error;
use crate::system;

/// What `record` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Whose implementation is recorded
    #[arg(value_name = "SYSTEM")]
    system: String,
    /// The network that is recorded; with `?`, their names [default: the first of them]
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
    /// How many events there are, in as many traces as it takes
    #[arg(long, value_name = "N", default_value_t = 1000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    events: u64,
    /// What the steps are drawn from; the same seed gives the same traces
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// A fault that is planted first; with `?`, their names
    #[arg(long, value_name = "NAME")]
    fault: Option<String>,
    /// Where the traces go [default: the standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(
    systems: &'static [System],
    arguments: &Arguments,
    console: &mut Console,
) -> Result<Outcome, Error> {
    let name = system::find(systems, &arguments.system)?.system.name;
    let found = SYSTEMS.iter().find(|system| system.name == name);
    let Some(recorded) = found.map(|system| system.recorded) else {
        return Err(Error::Usage(format!("no implementation of `{name}`")));
    };
    let known = |kind: &str, asked: Option<&str>, names: Vec<&'static str>| match asked {
        Some(asked) if !names.contains(&asked) => {
            Err(Error::Usage(format!("no {kind} `{asked}`; there are {}", names.join(", "))))
        }
        asked => Ok(asked.map(str::to_owned)),
    };
    let names = (recorded.instances)();
    let first = names.first().map(|first| (*first).to_owned());
    let instance = known("instance", arguments.instance.as_deref(), names)?.or(first);
    let fault = known("fault", arguments.fault.as_deref(), (recorded.faults)())?;
    let destination = arguments.out.as_deref().map(Destination::prepare).transpose()?;
    let instance = instance.unwrap_or_default();
    let traces = (recorded.record)(&instance, fault.as_deref(), arguments.events, arguments.seed);
    let traces = traces.ok_or_else(|| Error::Usage(format!("no instance `{instance}`")))?;
    match destination {
        Some(destination) => destination.write(&traces)?,
        None => console.print(&traces)?,
    }
    Ok(Outcome::AsDeclared)
}
