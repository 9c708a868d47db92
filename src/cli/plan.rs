//! Which instances and mutants a command line selects.

use std::collections::BTreeSet;

use straightedge_models::engine::{Checkable, Expected, Mutant, System, Tier};

use super::session::Job;
use crate::error::Error;
use crate::report::kill::Target;
use crate::system;

/// The instances of one system that are to be checked.
pub(crate) struct Selection {
    /// The system.
    pub(crate) system: &'static System,
    /// Its selected instances in order.
    pub(crate) instances: Vec<&'static dyn Checkable>,
    /// Whether the tier selected them, and not a name.
    pub(crate) is_whole: bool,
}

/// The instances that `[SYSTEM[/INSTANCE]]` and the tier select. Nightly includes ci, and an
/// instance that is named is selected whatever its tier.
pub(crate) fn select(
    systems: &'static [System],
    target: Option<&str>,
    tier: Tier,
) -> Result<Vec<Selection>, Error> {
    let place = target.map(|target| system::find(systems, target)).transpose()?;
    if place.is_some_and(|place| place.variation.is_some()) {
        let hint = "`check` takes no @NAME: use `check --mutants`, or `show` for one mutant";
        return Err(Error::Usage(hint.into()));
    }
    let of_tier = |system: &'static System| Selection {
        system,
        instances: instances(system).filter(|instance| instance.tier() <= tier).collect(),
        is_whole: true,
    };
    Ok(match place {
        None => systems.iter().map(of_tier).collect(),
        Some(place) => match place.instance {
            None => systems.iter().filter(|s| s.name == place.system.name).map(of_tier).collect(),
            Some(named) => systems
                .iter()
                .filter(|system| system.name == place.system.name)
                .map(|system| Selection {
                    system,
                    instances: instances(system).filter(|i| i.name() == named.name()).collect(),
                    is_whole: false,
                })
                .collect(),
        },
    })
}

fn instances(system: &'static System) -> impl Iterator<Item = &'static dyn Checkable> {
    system.instances.iter().map(AsRef::as_ref)
}

/// The checks of the selected instances.
pub(crate) fn faithful(selections: &[Selection]) -> Vec<Job> {
    let instances = selections.iter().flat_map(|selection| &selection.instances);
    instances.map(|instance| Job { instance: *instance, mutant: None }).collect()
}

/// What a kill matrix takes.
#[derive(Default)]
pub(crate) struct KillPlan {
    /// The faithful model of every instance that a mutant names, each once.
    pub(crate) faithful: Vec<Job>,
    /// Each mutant with its check.
    pub(crate) mutants: Vec<(Mutant, Job)>,
    /// The claims that are to be broken.
    pub(crate) claims: Vec<Target>,
    /// Mutants that cannot be checked at all.
    pub(crate) defects: Vec<String>,
}

/// The checks of the mutants whose instance is selected.
pub(crate) fn mutants(selections: &[Selection]) -> KillPlan {
    let mut plan = KillPlan::default();
    for selection in selections {
        let system = selection.system;
        let mut named = BTreeSet::new();
        for mutant in &system.mutants {
            if system.instance(mutant.instance).is_none() {
                let Mutant { name, instance, .. } = mutant;
                plan.defects.push(format!("{}@{name} names no instance `{instance}`", system.name));
                continue;
            }
            let mut selected = selection.instances.iter();
            if let Some(instance) = selected.find(|i| i.name() == mutant.instance) {
                named.insert(mutant.instance);
                let job = Job { instance: *instance, mutant: Some(mutant.name) };
                plan.mutants.push((*mutant, job));
            }
        }
        let is_named = |job: &Job| named.contains(job.instance.name());
        plan.faithful
            .extend(faithful(std::slice::from_ref(selection)).into_iter().filter(is_named));
        plan.claims.extend(claims(selection));
    }
    plan
}

/// The claims that some selected instance makes, other than to show that they are false. A claim
/// that is a control everywhere needs no mutant: the control breaks it.
fn claims(selection: &Selection) -> Vec<Target> {
    let mut claims = Vec::new();
    for claim in selection.instances.iter().flat_map(|instance| instance.claims()) {
        let target = Target { system: selection.system.name, claim: claim.name };
        let is_made = matches!(claim.expected, Expected::Holds | Expected::HoldsWithin);
        if is_made && !claims.contains(&target) {
            claims.push(target);
        }
    }
    claims
}
