//! `suite`: a cover of a model as JSON lines, for tests in any language.

use std::path::PathBuf;

use clap::Args;
use straightedge_evidence::suite::{Size, suite};
use straightedge_models::engine::System;

use super::Console;
use super::drive::model;
use super::output::Destination;
use crate::error::Error;

/// What `suite` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The instance, or a system for its first one
    #[arg(value_name = "SYSTEM[/INSTANCE]")]
    target: String,
    /// Actions that the suite has at most, those that must be refused included
    #[arg(long, value_name = "N", default_value_t = 300_000)]
    size: u64,
    /// Actions that must be refused, in each state when it is first come to
    #[arg(long, value_name = "N", default_value_t = 2)]
    #[arg(value_parser = clap::value_parser!(u32).range(0..=1000))]
    refusals: u32,
    /// States of the model that are explored at most
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    states: u32,
    /// Where it goes instead of the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes a suite; the exit code.
pub(super) fn run(
    systems: &'static [System],
    arguments: &Arguments,
    console: &mut Console,
) -> Result<u8, Error> {
    let walk = model(systems, &arguments.target)?;
    let destination = arguments.out.as_deref().map(Destination::prepare).transpose()?;
    let size = Size {
        actions: arguments.size,
        refusals: arguments.refusals as usize,
        places: arguments.states as usize,
    };
    let suite = suite(walk.as_ref(), size);
    let header = &suite.header;
    console.note(&format!(
        "{} cases with {} actions take {} of the model's {} steps, {} per cent",
        header.cases, header.actions, header.covered, header.transitions, header.percent
    ));
    match destination {
        Some(destination) => destination.write(&suite.to_string())?,
        None => console.print(&suite.to_string())?,
    }
    Ok(0)
}
