//! The counterexamples of mutants, as traces of the faithful model.

use std::time::Duration;

use serde_json::{Value, json};
use straightedge_evidence::outcome::Outcome;
use straightedge_evidence::pattern::{fits, say_what_is_gone};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::trace::Evidence;
use straightedge_models::engine::{Checkable, Label, Limits, Mutant, Place, System, Walk};

use super::manifest::{Manifest, told};

/// One mutant is not looked at for longer.
const LONGEST: Duration = Duration::from_mins(1);

pub(crate) fn write(manifest: &mut Manifest<'_>, system: &System) -> Result<(), String> {
    for mutant in &system.mutants {
        match trace(system, mutant) {
            Err(why) => manifest.absent(mutant.name, &why),
            Ok(text) => {
                let file = (format!("mutant-{}.jsonl", mutant.name), text);
                let provenance = format!(
                    "the shortest counterexample of the mutant {} on {}, which breaks {}: {}",
                    mutant.name, mutant.instance, mutant.killed_by, mutant.stands_for
                );
                let outcome = manifest.rejected(&file, None, &provenance)?;
                match outcome {
                    Outcome::Rejected(_) => {}
                    Outcome::Accepted => manifest.absent(mutant.name, &accepted(system, mutant)),
                    other => manifest.absent(mutant.name, &told(&other)),
                }
            }
        }
    }
    Ok(())
}

/// Why a counterexample of a mutant is a behaviour of the faithful model, too.
fn accepted(system: &System, mutant: &Mutant) -> String {
    let claims = system.instance(mutant.instance).map(Checkable::claims).unwrap_or_default();
    let form = claims.iter().find(|claim| claim.name == mutant.killed_by).map(|claim| claim.form);
    let form = form.unwrap_or("claim");
    let why = match form {
        "always" | "step" => "what makes it false is not to be seen in them",
        _ => "what makes it false is what does not happen after them, or cannot",
    };
    format!(
        "every state and step of its counterexample is one of the faithful model, too; {} \
         ({form}): {why}",
        mutant.killed_by,
    )
}

/// Leaves out what all the others have, too.
fn keep_differences(seen: &mut Value, others: &[Option<&Value>]) {
    let Value::Object(fields) = seen else { return };
    fields.retain(|name, value| {
        let of_others: Vec<Option<&Value>> =
            others.iter().map(|other| other.and_then(|other| other.get(name))).collect();
        let mut values = of_others.iter().map(|other| other.unwrap_or(&Value::Null));
        let is_known = values.all(|other| *other == *value);
        if !is_known {
            keep_differences(value, &of_others);
        }
        !is_known
    });
}

fn trace(system: &System, mutant: &Mutant) -> Result<String, String> {
    let instance = system.instance(mutant.instance).ok_or("its instance is gone")?;
    let is_walked = |mutant| instance.walk(mutant).ok().flatten();
    let faithful =
        is_walked(None).ok_or("its instance is counted and not walked: there are no steps")?;
    let walk = is_walked(Some(mutant.name)).ok_or("the mutant is gone")?;
    let limits = Limits { time: Some(LONGEST), ..Limits::default() };
    let report = unattended(limits, |run| instance.check(Some(mutant.name), run));
    let report = report.map_err(|error| error.to_string())?;
    let claim = report.claim(mutant.killed_by).ok_or("its claim is gone")?;
    let evidence = claim.evidence.as_ref().ok_or_else(|| {
        let Mutant { killed_by, .. } = mutant;
        format!(
            "what breaks {killed_by} ({}) is that it never happens: no path shows it",
            claim.form
        )
    })?;
    events(walk.as_ref(), faithful.as_ref(), evidence, instance)
}

/// Follows the counterexample, so that each action has its fields. An event tells what has changed,
/// and what is otherwise than the faithful model would have it.
fn events(
    walk: &dyn Walk,
    faithful: &dyn Walk,
    evidence: &Evidence,
    instance: &dyn Checkable,
) -> Result<String, String> {
    let header = json!({"straightedge": 1, "system": walk.system(), "instance": instance.name()});
    let mut text = format!("{header}\n");
    let is_there = |place: &Place, state: &Value| walk.observe(place) == *state;
    let beginnings = walk.beginnings().into_iter();
    let mut at: Vec<Place> =
        beginnings.filter(|place| is_there(place, &evidence.initial)).collect();
    let mut expected = faithful.beginnings();
    let mut before = json!({});
    let mut say = |action: Value, state: &Value, expected: &mut Vec<Place>| {
        let mut seen = state.clone();
        let mut others: Vec<Value> = expected.iter().map(|place| faithful.observe(place)).collect();
        others.push(std::mem::replace(&mut before, state.clone()));
        for other in &others {
            say_what_is_gone(&mut seen, other);
        }
        keep_differences(&mut seen, &others.iter().map(Some).collect::<Vec<_>>());
        expected.retain(|place| fits(&faithful.observe(place), &seen));
        text += &format!("{}\n", json!({"action": action, "state": seen}));
    };
    say(Value::Null, &evidence.initial, &mut expected);
    for step in evidence.steps.iter().filter(|step| step.action != "stutter") {
        let is_it = |label: &Label| label.text == step.action;
        let all = at.iter().flat_map(|from| walk.steps(from, &is_it));
        let steps: Vec<_> = all.filter(|(_, to)| is_there(to, &step.state)).collect();
        let (label, _) =
            steps.first().ok_or_else(|| format!("{} cannot be followed", step.action))?;
        let after = expected.iter().flat_map(|from| faithful.steps(from, &is_it));
        expected = after.map(|(_, place)| place).collect();
        say(label.to_json(), &step.state, &mut expected);
        at = steps.into_iter().map(|(_, place)| place).collect();
    }
    Ok(text)
}
