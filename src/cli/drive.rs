//! `drive`: an implementation in any language, driven along a model.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use straightedge_evidence::drive::{Drive, Options};
use straightedge_evidence::process::{self, Limits};
use straightedge_evidence::report::Account;
use straightedge_evidence::suite::{self, Run};
use straightedge_models::engine::{System, Walk};

use super::Console;
use super::evidence_report::Reports;
use super::output::Destination;
use crate::error::Error;
use crate::system::{self, Place};

/// What `drive` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The system, or one of its instances; without one the first
    #[arg(value_name = "SYSTEM[/INSTANCE]")]
    target: String,
    /// The command that is started, and its arguments
    #[arg(value_name = "COMMAND", last = true, required = true)]
    command: Vec<String>,
    /// What chance hangs on
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Actions that are asked for at most
    #[arg(long, value_name = "N", default_value_t = 300_000)]
    steps: u64,
    /// Walks at random, after the cover
    #[arg(long, value_name = "N", default_value_t = 20)]
    walks: u32,
    /// Actions in a walk at random
    #[arg(long, value_name = "N", default_value_t = 60)]
    length: u32,
    /// Actions that must be refused, tried in each state when it is first come to
    #[arg(long, value_name = "N", default_value_t = 4)]
    refusals: u32,
    /// Steps of the model in per cent that must be taken for anything to be accepted
    #[arg(long, value_name = "PERCENT", default_value_t = 50)]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=100))]
    floor: u8,
    /// States of the model that are explored at most
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    states: u32,
    /// Runs that are tried to shrink one that fails
    #[arg(long, value_name = "N", default_value_t = 500)]
    tries: u64,
    /// Milliseconds within which the process must answer
    #[arg(long, value_name = "MS", default_value_t = 5000)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    answer: u64,
    /// Seconds for the whole run
    #[arg(long, value_name = "S", default_value_t = 600)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=86_400))]
    time: u64,
    /// Bytes that a line of the process may have
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    #[arg(value_parser = clap::value_parser!(u32).range(64..))]
    longest_line: u32,
    /// Run these actions, and nothing else
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Where a run that fails goes
    #[arg(long, value_name = "FILE", default_value = "straightedge-replay.jsonl")]
    save: PathBuf,
    #[command(flatten)]
    reports: Reports,
}

impl Arguments {
    fn options(&self) -> Options {
        Options {
            seed: self.seed,
            steps: self.steps,
            walks: self.walks,
            length: self.length,
            refusals: self.refusals,
            floor: f64::from(self.floor),
            places: self.states as usize,
            tries: self.tries,
            time: Duration::from_secs(self.time),
            ..Options::default()
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            line: self.longest_line as usize,
            answer: Duration::from_millis(self.answer),
            ..Limits::default()
        }
    }
}

/// Drives a command; the exit code.
pub(super) fn run(
    systems: &'static [System],
    arguments: &Arguments,
    console: &mut Console,
) -> Result<u8, Error> {
    let mut options = arguments.options();
    let (walk, runs) = match &arguments.replay {
        None => (model(systems, &arguments.target)?, None),
        Some(path) => {
            let (walk, runs, seed) = replayed(systems, &arguments.target, path)?;
            options.seed = seed;
            (walk, Some(runs))
        }
    };
    let destination = Destination::prepare(&arguments.save)?;
    let reports = arguments.reports.prepare()?;
    console.listen();
    let file = arguments.save.display().to_string();
    let (command, limits) = (&arguments.command, arguments.limits());
    let runs = runs.as_deref();
    let mut drive =
        process::drive(walk.as_ref(), command, &options, limits, runs, &file, &console.stop);
    if let Some(failing) = &drive.failing {
        destination.write(&failing.file)?;
        drive.replay = Some(again(&drive, &arguments.target, &file));
    }
    let account = Account::from(&drive);
    reports.write(&account, console)?;
    Ok(account.exit_code())
}

/// The command that runs what failed again.
fn again(drive: &Drive, target: &str, file: &str) -> String {
    format!("straightedge drive {target} --replay {file} -- {}", drive.subject)
}

/// The model of an instance, or of the first of a system.
pub(super) fn model(systems: &'static [System], target: &str) -> Result<Box<dyn Walk>, Error> {
    let Place { system, instance, variation } = system::find(systems, target)?;
    if variation.is_some() {
        let why = "an implementation is held against the faithful model: leave out `@\u{2026}`";
        return Err(Error::Usage(why.to_owned()));
    }
    let first = || system.instances.first().map(AsRef::as_ref);
    let walk = instance.or_else(first).map(|instance| instance.walk(None)).transpose()?;
    walk.flatten().ok_or_else(|| Error::Usage(format!("{target} has no states to walk along")))
}

/// A model, runs of it, and what chance hangs on.
type Replayed = (Box<dyn Walk>, Vec<Run>, u64);

/// What a file of actions is about.
fn replayed(systems: &'static [System], target: &str, path: &Path) -> Result<Replayed, Error> {
    let text = fs::read_to_string(path)
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })?;
    let name = path.display().to_string();
    let malformed = |malformed: suite::Malformed| Error::Usage(malformed.to_string());
    let header = suite::read_header(&name, &text).map_err(malformed)?;
    let own = format!("{}/{}", header.system, header.instance);
    if target != own && target != header.system {
        return Err(Error::Usage(format!("{name} is about {own}, and not about {target}")));
    }
    let walk = model(systems, &own)?;
    let runs = suite::read(walk.as_ref(), &name, &text).map_err(malformed)?;
    Ok((walk, runs, header.seed))
}
