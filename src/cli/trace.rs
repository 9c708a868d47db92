//! `trace`: other people's logs, held against a model.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use straightedge_evidence::config::Config;
use straightedge_evidence::report::Account;
use straightedge_evidence::trace::{self, LONGEST_LINE, Options, Source};
use straightedge_models::engine::System;

use super::Console;
use super::evidence_report::Reports;
use crate::error::Error;
use crate::system;

/// What `trace` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The system of which the traces are
    #[arg(value_name = "SYSTEM")]
    system: String,
    /// Traces; several files are parts of one run and merged by cause; `-` is the standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Every file is a run of its own
    #[arg(long)]
    each: bool,
    /// Floors, and departures that are known
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// States that may be looked at before one more event is accepted
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    budget: u64,
    /// Bytes that a line may have
    #[arg(long, value_name = "BYTES", default_value_t = LONGEST_LINE as u32)]
    #[arg(value_parser = clap::value_parser!(u32).range(64..))]
    longest_line: u32,
    #[command(flatten)]
    reports: Reports,
}

/// Checks traces; the exit code.
pub(super) fn run(
    systems: &'static [System],
    arguments: &Arguments,
    console: &mut Console,
) -> Result<u8, Error> {
    let place = system::find(systems, &arguments.system)?;
    if place.instance.is_some() || place.variation.is_some() {
        let name = place.system.name;
        return Err(Error::Usage(format!("traces name their instance themselves; say `{name}`")));
    }
    let config = arguments.config.as_ref().map_or_else(
        || Ok(Config::default()),
        |path| {
            let text = fs::read_to_string(path).map_err(|source| unreadable(path, source))?;
            let name = path.display().to_string();
            Config::read(&text, &name, place.system).map_err(Error::Usage)
        },
    )?;
    let reports = arguments.reports.prepare()?;
    let sources = arguments.files.iter().map(|path| open(path)).collect::<Result<Vec<_>, _>>()?;
    let (budget, longest_line) = (arguments.budget, arguments.longest_line as usize);
    let options = Options { config, budget, longest_line, ..Options::default() };
    let check = if arguments.each { trace::check_each } else { trace::check };
    let report = check(place.system, sources, &options);
    reports.write(&Account::from(&report), console)?;
    Ok(report.exit_code())
}

fn open(path: &Path) -> Result<Source, Error> {
    if path.as_os_str() == "-" {
        return Ok(Source::new("standard input", std::io::BufReader::new(std::io::stdin())));
    }
    Source::open(path).map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: std::io::Error) -> Error {
    Error::Unreadable { path: path.to_owned(), source }
}
