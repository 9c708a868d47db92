//! `run`: a concrete system, at work.

mod load_manager;
mod mapreduce;
mod order;
mod size;

use clap::{Args, Subcommand};
use straightedge_models::engine::Outcome;

use super::Console;
use crate::error::Error;

/// What `run` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    system: System,
}

#[derive(Debug, Subcommand)]
enum System {
    /// A proxy of requests or connections before servers that may fail, until Ctrl-C
    LoadManager(load_manager::Arguments),
    /// A job on threads over a directory, with a master and workers
    Mapreduce(mapreduce::Arguments),
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Error> {
    match &arguments.system {
        System::LoadManager(arguments) => load_manager::run(arguments, console),
        System::Mapreduce(arguments) => mapreduce::run(arguments, console),
    }
}
