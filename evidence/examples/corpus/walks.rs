//! Walks of the model itself, for what nobody has recorded yet: what is above Chord's ring.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use straightedge_evidence::pattern::say_what_is_gone;
use straightedge_models::engine::{System, Walk};

use super::derived;
use super::manifest::Manifest;

/// How long a walk is.
const STEPS: usize = 36;

/// The instances that are walked, each with a name.
fn instances(system: &System) -> Vec<(&'static str, Value)> {
    if system.name != "chord" {
        return Vec::new();
    }
    let of = |nodes: u32, leave: bool, upper: Value| {
        let mut parameters = json!({"nodes": nodes, "successors": 2, "leave": leave});
        parameters["upper"] = upper;
        parameters
    };
    vec![
        ("keys", of(5, true, json!({"keys": [0, 3], "handover": true}))),
        ("ready", of(4, false, json!({"keys": [3], "answering_when_ready": true}))),
        ("lookups", of(5, false, json!({"looked_up": [0, 1, 2, 3, 4]}))),
        (
            "errors",
            of(
                4,
                false,
                json!({"suspicions": "unlimited", "stale_notices": 2, "refutation": true}),
            ),
        ),
    ]
}

pub(crate) fn write(manifest: &mut Manifest<'_>, system: &System) -> Result<(), String> {
    for (name, parameters) in instances(system) {
        let traced = system.traced.ok_or("it has no parameters")?;
        let walk = (traced.with)(&parameters).map_err(|unfit| format!("{name}: {unfit}"))?;
        let header = json!({"straightedge": 1, "system": system.name, "instance": parameters});
        let text = format!("{header}\n{}", events(walk.as_ref())?);
        let provenance = format!("a walk of the model, which takes every action in turn: {header}");
        derived::write(manifest, name, (&format!("walk-{name}.jsonl"), &text), &provenance)?;
    }
    Ok(())
}

/// A walk that takes, wherever it is, one of the actions whose name it has taken least often; which
/// of them, is decided by numbers that look as if by chance.
fn events(walk: &dyn Walk) -> Result<String, String> {
    let mut place = walk.beginnings().into_iter().next().ok_or("it begins nowhere")?;
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    let mut chance: u64 = 1;
    let mut text = String::new();
    for _ in 0..STEPS {
        let mut steps = walk.steps(&place, &|_| true);
        let count = |name: &str| taken.get(name).copied().unwrap_or(0);
        let Some(least) = steps.iter().map(|(label, _)| count(label.name)).min() else { break };
        steps.retain(|(label, _)| count(label.name) == least);
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let (label, after) = steps.swap_remove((chance >> 33) as usize % steps.len());
        let mut seen = walk.observe(&after);
        say_what_is_gone(&mut seen, &walk.observe(&place));
        text += &format!("{}\n", json!({"action": label.to_json(), "state": seen}));
        *taken.entry(label.name).or_default() += 1;
        place = after;
    }
    Ok(text)
}
