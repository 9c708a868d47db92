//! `list`: systems, instances, claims with their source, mutants with the bug each stands for.

use clap::{Args, ValueEnum};
use serde::Serialize;
use straightedge_evidence::report::json::pretty;
use straightedge_models::engine::instance::ClaimInfo;
use straightedge_models::engine::{Checkable, Expected, Mutant, Outcome, System, Tier};

use super::Console;
use crate::error::Error;
use crate::report::figure::{expected, wrap};

use crate::system;

/// The version of the JSON list; it grows when a field changes its meaning or goes away.
const VERSION: u32 = 1;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For other programs; versioned
    Json,
}

/// What `list` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What is listed; without it, everything
    #[arg(value_name = "SYSTEM[/INSTANCE]")]
    target: Option<String>,
    /// The form of the list
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Serialize)]
struct Document {
    straightedge_list: u32,
    systems: Vec<SystemDocument>,
}

#[derive(Serialize)]
struct SystemDocument {
    name: &'static str,
    summary: &'static str,
    instances: Vec<InstanceDocument>,
    mutants: Vec<Mutant>,
}

#[derive(Serialize)]
struct InstanceDocument {
    name: &'static str,
    tier: Tier,
    reason: &'static str,
    claims: Vec<ClaimInfo>,
}

pub(super) fn run(
    systems: &'static [System],
    arguments: &Arguments,
    console: &mut Console,
) -> Result<Outcome, Error> {
    let place = arguments.target.as_deref().map(|name| system::find(systems, name)).transpose()?;
    let is_listed = |system: &&System| place.is_none_or(|place| place.system.name == system.name);
    let named = place.and_then(|place| place.instance).map(Checkable::name);
    let listed = systems.iter().filter(is_listed).map(|system| describe(system, named)).collect();
    let document = Document { straightedge_list: VERSION, systems: listed };
    let text = match arguments.format {
        Format::Text => document.systems.iter().map(text).collect(),
        Format::Json => pretty(&document)?,
    };
    console.print(&text)?;
    Ok(Outcome::AsDeclared)
}

/// A system, with all its instances or the one that is named.
fn describe(system: &System, named: Option<&str>) -> SystemDocument {
    let is_listed = |name: &str| named.is_none_or(|named| named == name);
    let instances = system.instances.iter().filter(|instance| is_listed(instance.name()));
    let mutants = system.mutants.iter().filter(|mutant| is_listed(mutant.instance));
    SystemDocument {
        name: system.name,
        summary: system.summary,
        instances: instances.map(|instance| describe_instance(instance.as_ref())).collect(),
        mutants: mutants.copied().collect(),
    }
}

fn describe_instance(instance: &dyn Checkable) -> InstanceDocument {
    InstanceDocument {
        name: instance.name(),
        tier: instance.tier(),
        reason: instance.reason(),
        claims: instance.claims(),
    }
}

fn text(system: &SystemDocument) -> String {
    let mut text = format!("{}\n{}", system.name, wrap(system.summary, 2));
    text += &section("instances", system.instances.iter().map(|i| instance(system.name, i)));
    text += &section("claims", claims(system).iter().map(|info| claim(system, info)));
    text += &section("mutants", system.mutants.iter().map(|m| mutant(system.name, m)));
    text + "\n"
}

fn section(title: &str, entries: impl Iterator<Item = String>) -> String {
    let entries: String = entries.collect();
    let entries = if entries.is_empty() { "    none\n".to_owned() } else { entries };
    format!("\n  {title}\n{entries}")
}

fn instance(system: &str, instance: &InstanceDocument) -> String {
    let tier = match instance.tier {
        Tier::Ci => "ci",
        Tier::Nightly => "nightly",
    };
    format!("    {system}/{} ({tier})\n{}", instance.name, wrap(instance.reason, 8))
}

/// The claims of all listed instances, each once, in order.
fn claims(system: &SystemDocument) -> Vec<ClaimInfo> {
    let mut claims: Vec<ClaimInfo> = Vec::new();
    for info in system.instances.iter().flat_map(|instance| &instance.claims) {
        if claims.iter().all(|known| known.name != info.name) {
            claims.push(*info);
        }
    }
    claims
}

fn claim(system: &SystemDocument, info: &ClaimInfo) -> String {
    let mut text = format!("    {} ({}, {})\n", info.name, info.form, info.source);
    text += &wrap(info.sentence, 8);
    let others = [Expected::Violated, Expected::Vacuous, Expected::HoldsWithin];
    for other in others {
        let is_declared = |instance: &&InstanceDocument| {
            instance.claims.iter().any(|own| own.name == info.name && own.expected == other)
        };
        let declaring = system.instances.iter().filter(is_declared);
        let names: Vec<&str> = declaring.map(|instance| instance.name).collect();
        if !names.is_empty() {
            text += &wrap(&format!("declared {} on {}", expected(other), names.join(", ")), 8);
        }
    }
    text
}

fn mutant(system: &str, mutant: &Mutant) -> String {
    let Mutant { name, stands_for, instance, killed_by, interleaving_only } = mutant;
    let only = if *interleaving_only { "; shown by interleaving alone" } else { "" };
    let fate = format!("breaks {killed_by}{only}");
    format!("    {system}/{instance}@{name}\n{}{}", wrap(stands_for, 8), wrap(&fate, 8))
}
