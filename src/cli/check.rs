//! `check`: model-check, and say what each answer is about.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use straightedge_models::engine::{Outcome, Report, System};

use super::Console;
use super::budget::Budget;
use super::output::Destination;
use super::plan::{self, Selection};
use super::session::{self, Job, Ran};
use crate::error::Error;
use crate::report::figure::{duration, plural};
use crate::report::kill::{KillMatrix, KillRow};
use crate::report::{self, Account, Format, text};
use crate::system::address;

/// Which instances are checked.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Tier {
    /// Those that are checked at every change
    #[default]
    Ci,
    /// Those, and the large ones that are checked once a day
    Nightly,
}

impl From<Tier> for straightedge_models::engine::Tier {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Ci => Self::Ci,
            Tier::Nightly => Self::Nightly,
        }
    }
}

/// What `check` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What is checked; an instance that is named is checked whatever its tier
    #[arg(value_name = "SYSTEM[/INSTANCE]")]
    target: Option<String>,
    /// Which instances are checked; nightly includes ci
    #[arg(long, value_enum, default_value = "ci")]
    tier: Tier,
    /// Check that each mutant is killed by the claim it names, and that each claim kills one
    #[arg(long)]
    mutants: bool,
    /// Look for states that differ but are taken for one, too
    #[arg(long)]
    audit: bool,
    #[command(flatten)]
    budget: Budget,
    /// The form of the report
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Where the report goes; the text then goes to the standard output all the same
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Arguments {
    /// Everything at the ci tier, as text.
    pub(super) fn bare() -> Self {
        Self {
            target: None,
            tier: Tier::Ci,
            mutants: false,
            audit: false,
            budget: Budget::default(),
            format: Format::Text,
            out: None,
        }
    }

    /// Whether text is written as instances finish; otherwise the standard output is for programs.
    fn tells_people(&self) -> bool {
        self.format == Format::Text || self.out.is_some()
    }
}

pub(super) fn run(
    systems: &'static [System],
    arguments: &Arguments,
    console: &mut Console,
) -> Result<Outcome, Error> {
    let selections = plan::select(systems, arguments.target.as_deref(), arguments.tier.into())?;
    let destination = arguments.out.as_deref().map(Destination::prepare).transpose()?;
    let account = if arguments.mutants {
        with_mutants(&selections, arguments, console)?
    } else {
        let jobs = plan::faithful(&selections);
        let ran = carry_out(&jobs, arguments, console)?;
        account(&jobs, ran)
    };
    if arguments.tells_people() {
        console.print(&text::summary(&account))?;
    }
    match destination {
        Some(destination) => destination.write(&report::render(&account, arguments.format)?)?,
        None if arguments.tells_people() => {}
        None => console.print(&report::render(&account, arguments.format)?)?,
    }
    Ok(account.outcome())
}

fn carry_out(jobs: &[Job], arguments: &Arguments, console: &mut Console) -> Result<Ran, Error> {
    let tells_people = arguments.tells_people();
    let quiet = arguments.budget.quiet;
    let mut finished = |report: &Report, console: &mut Console| {
        match (tells_people, report.mutant) {
            (true, None) => console.print(&text::instance(report))?,
            _ if quiet => {}
            _ => console.note(&line(report)),
        }
        Ok(())
    };
    session::run(jobs, &arguments.budget, arguments.audit, console, &mut finished)
}

/// One instance, or one mutant, in one line for a log.
fn line(report: &Report) -> String {
    let violated = report.claims.iter().filter(|claim| report::is_violated(claim)).count();
    format!(
        "{}: {} of {} violated, {}, {}",
        report::address(report),
        violated,
        plural(report.claims.len(), "claim"),
        plural(report.states as usize, "state"),
        duration(report.seconds),
    )
}

fn account(jobs: &[Job], ran: Ran) -> Account {
    let unchecked = jobs.iter().skip(ran.reports.len());
    Account {
        unchecked: unchecked.map(|job| address(job.instance, job.mutant)).collect(),
        reports: ran.reports,
        interrupted: ran.interrupted,
        kills: None,
    }
}

/// Every mutant of the selection, and the faithful model of each instance that they name.
fn with_mutants(
    selections: &[Selection],
    arguments: &Arguments,
    console: &mut Console,
) -> Result<Account, Error> {
    let plan = plan::mutants(selections);
    let mut jobs = plan.faithful.clone();
    jobs.extend(plan.mutants.iter().map(|(_, job)| *job));
    let mut account = account(&jobs, carry_out(&jobs, arguments, console)?);
    let faithful_done = account.reports.len().min(plan.faithful.len());
    let mutated = account.reports.split_off(faithful_done);
    let mut matrix = KillMatrix {
        claims: plan.claims,
        rows: Vec::new(),
        defects: plan.defects,
        is_whole: selections.iter().all(|selection| selection.is_whole) && !account.interrupted,
    };
    for ((mutant, _), report) in plan.mutants.iter().zip(&mutated) {
        let is_same =
            |own: &&Report| (own.system, own.instance) == (report.system, report.instance);
        if let Some(faithful) = account.reports.iter().find(is_same) {
            matrix.rows.push(KillRow::new(*mutant, faithful, report));
        }
    }
    account.kills = Some(matrix);
    Ok(account)
}
