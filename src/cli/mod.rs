//! The commands: parse, carry out one, end with its exit code.
//!
//! | code | means |
//! |---|---|
//! | 0 | every answer is the declared one |
//! | 1 | some claim is false, some control is true, or some mutant survives |
//! | 2 | not established: a limit, an interrupt, nothing checked |
//! | 3 | the command could not be carried out: bad usage, unknown name, unwritable file |

mod budget;
mod check;
mod conform;
mod drive;
mod evidence_report;
mod explore;
mod list;
mod output;
mod plan;
mod progress;
mod record;
mod run;
mod session;
mod show;
mod simulate;
mod suite;
mod trace;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Parser, Subcommand};
use straightedge_models::engine::{Outcome, System};

use crate::error::Error;

/// The exit code of a command that could not be carried out.
pub const NOT_CARRIED_OUT: u8 = 3;

/// The exit code of a process that a second Ctrl-C ends, as shells have it.
const KILLED: i32 = 130;

/// Checks models of giant-scale services, and says what each answer is about.
///
/// Without a command: check every instance of every system at the ci tier.
///
/// Exit code: 0 every answer is the declared one, 1 some claim is violated or some mutant
/// survives, 2 not established (a limit, an interrupt), 3 the command could not be carried out.
#[derive(Debug, Parser)]
#[command(name = "straightedge", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Model-check; each verdict states its scope
    Check(check::Arguments),
    /// Hold our implementation against the model: every interleaving, every step, random runs
    Conform(conform::Arguments),
    /// Serve the web explorer, opened at a counterexample if there is one
    Explore(explore::Arguments),
    /// Name systems, instances, claims with their source, mutants with the bug each stands for
    List(list::Arguments),
    /// Tell a counterexample as prose, and with --html as a page with pictures
    Show(show::Arguments),
    /// Hold other people's logs against the model
    Trace(trace::Arguments),
    /// Drive an implementation in any language along a model, and shrink what fails
    Drive(drive::Arguments),
    /// Write a cover of a model as JSON lines, for tests in any language
    Suite(suite::Arguments),
    /// Record what our implementation does, as a trace
    Record(record::Arguments),
    /// Run a concrete system
    Run(run::Arguments),
    /// Carry out an experiment of the sources by simulation, or look for a fault with a seed
    Simulate(simulate::Arguments),
}

/// Where a command writes, and how it is told to stop.
pub struct Console {
    /// The standard output.
    pub out: Box<dyn Write>,
    /// The standard error.
    pub err: Box<dyn Write>,
    /// Whether a person watches the standard error.
    pub is_terminal: bool,
    /// Set to end a check at once.
    pub stop: Arc<AtomicBool>,
    /// Whether Ctrl-C is to set `stop`.
    pub listens: bool,
}

impl Console {
    /// The console of this process.
    #[must_use]
    pub fn of_the_process() -> Self {
        Self {
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            is_terminal: io::stderr().is_terminal(),
            stop: Arc::new(AtomicBool::new(false)),
            listens: true,
        }
    }

    /// Writes to the standard output, at once.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Error> {
        self.out.write_all(text.as_bytes())?;
        Ok(self.out.flush()?)
    }

    /// Writes a line to the standard error. Nobody can be told that this fails.
    pub(crate) fn note(&mut self, line: &str) {
        let _ = writeln!(self.err, "{line}");
    }

    /// From now on the first Ctrl-C sets `stop`, and the second ends the process.
    fn listen(&mut self) {
        if !self.listens {
            return;
        }
        let stop = Arc::clone(&self.stop);
        let heard = move || {
            if stop.swap(true, Ordering::Relaxed) {
                std::process::exit(KILLED);
            }
        };
        if let Err(error) = ctrlc::set_handler(heard) {
            self.note(&format!("Ctrl-C will end without a report: {error}"));
        }
    }
}

/// Carries out a command line on these systems, and returns the exit code.
pub fn main(
    systems: &'static [System],
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    console: &mut Console,
) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(usage) => return tell_usage(&usage, console),
    };
    match carry_out(systems, cli, console) {
        Ok(code) => code,
        Err(error) if error.is_broken_pipe() => NOT_CARRIED_OUT,
        Err(error) => {
            console.note(&format!("straightedge: {error}"));
            NOT_CARRIED_OUT
        }
    }
}

/// Help and version are answers; everything else is an error.
fn tell_usage(usage: &clap::Error, console: &mut Console) -> u8 {
    let text = usage.render().to_string();
    if usage.use_stderr() {
        console.note(&format!("straightedge: {}; see --help", complaint(&text)));
        return NOT_CARRIED_OUT;
    }
    match console.print(&text) {
        Ok(()) => exit_code(Outcome::AsDeclared),
        Err(_) => NOT_CARRIED_OUT,
    }
}

/// What is wrong with the command line, in one line: what the parser says before it repeats how
/// the command is used.
fn complaint(text: &str) -> String {
    let is_usage = |line: &&str| line.starts_with("Usage:") || line.starts_with("For more");
    let lines = text.lines().map(str::trim).take_while(|line| !is_usage(line));
    let said: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    said.join(" ").trim_start_matches("error: ").to_owned()
}

fn carry_out(systems: &'static [System], cli: Cli, console: &mut Console) -> Result<u8, Error> {
    let outcome = match cli.command {
        None => check::run(systems, &check::Arguments::bare(), console),
        Some(Command::Check(arguments)) => check::run(systems, &arguments, console),
        Some(Command::Conform(arguments)) => conform::run(systems, &arguments, console),
        Some(Command::Explore(arguments)) => explore::run(systems, &arguments, console),
        Some(Command::List(arguments)) => list::run(systems, &arguments, console),
        Some(Command::Show(arguments)) => show::run(systems, &arguments, console),
        Some(Command::Trace(arguments)) => return trace::run(systems, &arguments, console),
        Some(Command::Drive(arguments)) => return drive::run(systems, &arguments, console),
        Some(Command::Suite(arguments)) => return suite::run(systems, &arguments, console),
        Some(Command::Record(arguments)) => record::run(systems, &arguments, console),
        Some(Command::Run(arguments)) => run::run(&arguments, console),
        Some(Command::Simulate(arguments)) => simulate::run(&arguments, console),
    };
    outcome.map(exit_code)
}

/// The exit code of a command that was carried out.
#[must_use]
pub fn exit_code(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::AsDeclared => 0,
        Outcome::Violated => 1,
        Outcome::Inconclusive => 2,
    }
}
