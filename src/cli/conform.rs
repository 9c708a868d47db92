//! `conform`: hold our implementation against the model.

use clap::{Args, ValueEnum};
use serde::Serialize;
use straightedge_models::engine::{Outcome, Run, System};

use super::Console;
use super::budget::Budget;
use super::check::Tier;
use super::session::{self, Work};
use crate::conformance::SYSTEMS;
use crate::conformance::part::{self, Part, Piece};
use crate::error::Error;
use crate::report::figure::plural;
use crate::system;

/// The form of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// What `conform` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Whose implementation is held against the model; without it, every one that there is
    #[arg(value_name = "SYSTEM")]
    system: Option<String>,
    /// Which instances are searched; nightly includes ci
    #[arg(long, value_enum, default_value = "ci")]
    tier: Tier,
    /// What the random runs are drawn from; the same seed gives the same runs
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// How many random runs there are in each setting [default: 200, nightly 20000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    cases: Option<u32>,
    /// Check that each fault that can be planted in the implementation is found
    #[arg(long)]
    mutants: bool,
    #[command(flatten)]
    budget: Budget,
    /// The form of the report
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
}

/// A part, and whose it is.
#[derive(Clone)]
struct Named {
    system: &'static str,
    part: Part,
}

impl Work for Named {
    type Report = Piece;

    fn label(&self) -> String {
        format!("{}: {}", self.system, self.part.label())
    }

    fn carry_out(&self, run: &Run<'_>) -> Result<Piece, Error> {
        Ok(self.part.carry_out(run))
    }

    /// What a part came to says by itself how far it came.
    fn is_interrupted(_: &Piece) -> bool {
        false
    }
}

/// The report for programs: one for each system.
#[derive(Serialize)]
struct Report<'a> {
    system: &'static str,
    outcome: Outcome,
    parts: &'a [Piece],
    /// What was not begun.
    unchecked: Vec<String>,
}

pub(super) fn run(
    systems: &'static [System],
    arguments: &Arguments,
    console: &mut Console,
) -> Result<Outcome, Error> {
    let mut outcome = Outcome::AsDeclared;
    for system in chosen(systems, arguments)? {
        outcome = outcome.max(hold(system, arguments, console)?);
    }
    Ok(outcome)
}

/// The systems that are named: one, or all of them.
fn chosen(systems: &'static [System], arguments: &Arguments) -> Result<Vec<part::System>, Error> {
    let Some(asked) = &arguments.system else { return Ok(SYSTEMS.to_vec()) };
    let place = system::find(systems, asked)?;
    let is_whole = place.instance.is_none() && place.variation.is_none();
    let found = SYSTEMS.iter().find(|system| is_whole && system.name == place.system.name);
    let found = found.ok_or_else(|| {
        let names: Vec<&str> = SYSTEMS.iter().map(|system| system.name).collect();
        let there_are = names.join(", ");
        Error::Usage(format!("no implementation of `{asked}`; there is one of: {there_are}"))
    })?;
    Ok(vec![*found])
}

fn hold(
    system: part::System,
    arguments: &Arguments,
    console: &mut Console,
) -> Result<Outcome, Error> {
    let named = |part| Named { system: system.name, part };
    let parts: Vec<Named> = parts(system, arguments).into_iter().map(named).collect();
    let tells_people = arguments.format == Form::Text;
    let mut finished = |piece: &Piece, console: &mut Console| {
        if tells_people { console.print(&piece.text()) } else { Ok(()) }
    };
    let ran = session::run_side_by_side(&parts, &arguments.budget, console, &mut finished)?;
    let rest = parts.iter().skip(ran.reports.len());
    let unchecked: Vec<String> = rest.map(|named| named.part.label().to_owned()).collect();
    let of_parts = ran.reports.iter().map(Piece::outcome).max();
    let of_rest = if unchecked.is_empty() { Outcome::AsDeclared } else { Outcome::Inconclusive };
    let outcome = of_parts.unwrap_or(of_rest).max(of_rest);
    if tells_people {
        console.print(&summary(system.name, &ran.reports, &unchecked, outcome))?;
    } else {
        let report = Report { system: system.name, outcome, parts: &ran.reports, unchecked };
        let text = serde_json::to_string_pretty(&report)
            .map_err(|error| Error::Render { format: "json", why: error.to_string() })?;
        console.print(&format!("{text}\n"))?;
    }
    Ok(outcome)
}

fn parts(system: part::System, arguments: &Arguments) -> Vec<Part> {
    if arguments.mutants {
        return (system.faults)();
    }
    let few = match arguments.tier {
        Tier::Ci => 200,
        Tier::Nightly => 20_000,
    };
    (system.parts)(arguments.tier.into(), arguments.seed, arguments.cases.unwrap_or(few))
}

fn summary(system: &str, pieces: &[Piece], unchecked: &[String], outcome: Outcome) -> String {
    let number = |wanted| pieces.iter().filter(|piece| piece.outcome() == wanted).count();
    let mut text = format!(
        "\n{system}: {}: {} as declared, {} violated, {} not established\n",
        plural(pieces.len(), "part"),
        number(Outcome::AsDeclared),
        number(Outcome::Violated),
        number(Outcome::Inconclusive),
    );
    for label in unchecked {
        text += &format!("not begun: {label}\n");
    }
    text + match outcome {
        Outcome::AsDeclared => "The implementation does what the model does.\n",
        Outcome::Violated => "The implementation and the model differ, or a check is blind.\n",
        Outcome::Inconclusive => "Not established.\n",
    }
}
