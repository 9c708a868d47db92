//! The one list of the systems, and how a command line names what is in it.

use straightedge_models::engine::instance::ClaimInfo;
use straightedge_models::engine::{Checkable, Mutant, System};

use crate::error::Error;

/// Every system, in the order in which they are reported.
#[must_use]
pub fn systems() -> Vec<System> {
    straightedge_models::systems()
}

/// What `@NAME` asks for: a faulty model, or a claim that is declared false.
#[derive(Clone, Copy, Debug)]
pub enum Variation {
    /// The model with this fault.
    Mutant(Mutant),
    /// The faithful model, and this claim of it.
    Claim(&'static str),
}

/// What `SYSTEM[/INSTANCE][@NAME]` names.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The system.
    pub system: &'a System,
    /// The instance, where one is named, or where the mutant names one.
    pub instance: Option<&'a dyn Checkable>,
    /// The mutant or the claim, where one is named.
    pub variation: Option<Variation>,
}

/// Finds what `SYSTEM[/INSTANCE][@NAME]` names.
///
/// # Errors
///
/// A name that nothing has, with the closest name that something has.
pub fn find<'a>(systems: &'a [System], text: &str) -> Result<Place<'a>, Error> {
    let (place, variation) = match text.split_once('@') {
        Some((place, name)) => (place, Some(name)),
        None => (text, None),
    };
    let (system, instance) = match place.split_once('/') {
        Some((system, instance)) => (system, Some(instance)),
        None => (place, None),
    };
    let system = find_system(systems, system)?;
    let instance = instance.map(|name| find_instance(system, name)).transpose()?;
    let variation = variation.map(|name| find_variation(system, instance, name)).transpose()?;
    let instance = match (instance, variation) {
        (None, Some(Variation::Mutant(mutant))) => Some(find_instance(system, mutant.instance)?),
        _ => instance,
    };
    Ok(Place { system, instance, variation })
}

fn find_system<'a>(systems: &'a [System], name: &str) -> Result<&'a System, Error> {
    systems
        .iter()
        .find(|system| system.name == name)
        .ok_or_else(|| unknown("system", name, systems.iter().map(|system| system.name)))
}

fn find_instance<'a>(system: &'a System, name: &str) -> Result<&'a dyn Checkable, Error> {
    system.instance(name).ok_or_else(|| {
        let kind = "instance";
        unknown(kind, name, system.instances.iter().map(|instance| instance.name()))
    })
}

fn find_variation(
    system: &System,
    instance: Option<&dyn Checkable>,
    name: &str,
) -> Result<Variation, Error> {
    if let Some(mutant) = system.mutants.iter().find(|mutant| mutant.name == name) {
        return Ok(Variation::Mutant(*mutant));
    }
    let claims = instance.map(Checkable::claims).unwrap_or_default();
    if let Some(claim) = claims.iter().find(|claim| claim.name == name) {
        return Ok(Variation::Claim(claim.name));
    }
    let mutants = system.mutants.iter().map(|mutant| mutant.name);
    let known = mutants.chain(claims.iter().map(|claim| claim.name));
    Err(unknown("mutant or claim", name, known))
}

/// Finds a claim of an instance.
///
/// # Errors
///
/// A name that no claim has, with the closest name that one has.
pub fn find_claim(instance: &dyn Checkable, name: &str) -> Result<ClaimInfo, Error> {
    let claims = instance.claims();
    claims
        .iter()
        .find(|claim| claim.name == name)
        .copied()
        .ok_or_else(|| unknown("claim", name, claims.iter().map(|claim| claim.name)))
}

fn unknown<'a>(kind: &'static str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let closest = known
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .min_by_key(|(distance, _)| *distance);
    let hint = closest.map_or_else(String::new, |(_, name)| format!(" (did you mean `{name}`?)"));
    Error::Unknown { kind, name: name.to_owned(), hint }
}

/// `system/instance`, or `system/instance@mutant`.
#[must_use]
pub fn address(instance: &dyn Checkable, mutant: Option<&str>) -> String {
    let place = format!("{}/{}", instance.system(), instance.name());
    mutant.map_or_else(|| place.clone(), |mutant| format!("{place}@{mutant}"))
}
