//! What a model covers: its instance, its names, the values that its actions have. Source: TRACE-5.

use serde_json::Value;
use straightedge_models::engine::{Label, System, Unfit, Walk};

use super::line::{Event, Header};
use crate::outcome::{Outcome, Position};
use crate::pattern::ActionPattern;

/// The model that a header names.
pub(super) fn walk(
    system: &System,
    header: &Header,
    at: &Position,
) -> Result<Box<dyn Walk>, Outcome> {
    if header.system != system.name {
        let why = format!("a trace of `{}`; one of `{}` was expected", header.system, system.name);
        return Err(malformed(why, at));
    }
    walk_of(system, &header.instance).map_err(|unfit| match unfit {
        Unfit::Malformed(why) => malformed(why, at),
        Unfit::OutOfScope(why) => out_of_scope(why, at),
    })
}

/// The model of that name, or with those parameters.
pub(crate) fn walk_of(system: &System, instance: &Value) -> Result<Box<dyn Walk>, Unfit> {
    let Value::String(name) = instance else {
        let Some(traced) = system.traced else {
            let why = format!("instances of {} have no parameters, but names", system.name);
            return Err(Unfit::Malformed(why));
        };
        return (traced.with)(instance).map_err(|unfit| match unfit {
            Unfit::Malformed(why) => Unfit::Malformed(format!("instance: {why}")),
            Unfit::OutOfScope(why) => Unfit::OutOfScope(format!("instance: {why}")),
        });
    };
    let Some(instance) = system.instance(name) else {
        let why = format!("no instance `{name}` of {0}; `straightedge list {0}`", system.name);
        return Err(Unfit::Malformed(format!("{why} names them")));
    };
    let walk = instance.walk(None).ok().flatten();
    walk.ok_or_else(|| Unfit::OutOfScope(format!("instance `{name}` has no states to walk")))
}

/// Whether the procedures exist that may be silent.
pub(super) fn silence(walk: &dyn Walk, header: &Header, at: &Position) -> Result<(), Outcome> {
    let names = walk.names();
    let unknown = header.silent.iter().find(|name| !names.contains(&name.as_str()));
    unknown.map_or(Ok(()), |name| {
        Err(malformed(format!("silent: no action `{name}`; there are {}", names.join(", ")), at))
    })
}

/// A trace without events shows nothing.
pub(super) fn nothing(at: &Position) -> Outcome {
    Outcome::Inconclusive { why: "the trace has no event: it shows nothing".into(), at: at.clone() }
}

/// The budget ran out.
pub(super) fn ran_out(budget: u64, at: Position) -> Outcome {
    let why = format!("{budget} states were looked at, and whether one more event fits is open");
    Outcome::Inconclusive { why, at }
}

/// What an event that no behaviour fits has to do with this model: nothing, if an action or a field
/// of that name does not exist, or if the model has it for other values alone.
pub(super) fn beyond(walk: &dyn Walk, event: &Event, at: &Position) -> Option<Outcome> {
    let pattern = event.action.as_ref()?;
    let name = pattern.name()?;
    if !walk.names().contains(&name) {
        let there_are = walk.names().join(", ");
        return Some(malformed(format!("no action `{name}`; there are {there_are}"), at));
    }
    if !walk.repertoire().contains(&name) {
        let there_are = walk.repertoire().join(", ");
        let why = format!("the instance has no `{name}`; it has {there_are}");
        return Some(out_of_scope(why, at));
    }
    let alphabet = walk.alphabet();
    let of_name: Vec<&Label> = alphabet.iter().filter(|label| label.name == name).collect();
    let is_meant = of_name.iter().any(|label| pattern.fits(label));
    // A model that does not say what it can do cannot be gone beyond.
    if is_meant || of_name.is_empty() {
        return None;
    }
    match pattern {
        ActionPattern::Named { fields, .. } => {
            fields.iter().find_map(|(field, value)| field_beyond(name, &of_name, field, value, at))
        }
        ActionPattern::Text(text) => {
            let such_as = &of_name[0].text;
            let why = format!("the instance has no action `{text}`, though such as `{such_as}`");
            Some(out_of_scope(why, at))
        }
        ActionPattern::Any => None,
    }
}

fn field_beyond(
    action: &str,
    of_name: &[&Label],
    field: &str,
    value: &Value,
    at: &Position,
) -> Option<Outcome> {
    let own = |label: &&Label| {
        label.fields.iter().find(|(name, _)| *name == field).map(|(_, value)| value.clone())
    };
    let mut known: Vec<Value> = of_name.iter().filter_map(own).collect();
    if known.is_empty() {
        let names = of_name[0].fields.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let there_are =
            if names.is_empty() { "it has none".into() } else { format!("it has {names}") };
        let why = format!("action.{action}: no field `{field}`; {there_are}");
        return Some(malformed(why, at));
    }
    if known.contains(value) {
        return None;
    }
    known.dedup();
    known.sort_by_key(Value::to_string);
    known.dedup();
    let is_of_kind =
        known.iter().any(|own| std::mem::discriminant(own) == std::mem::discriminant(value));
    let some: Vec<String> = known.iter().take(12).map(Value::to_string).collect();
    let dots = if known.len() > some.len() { ", .." } else { "" };
    let there_are = format!("{}{dots}", some.join(", "));
    let why = format!("action.{action}.{field}: {value}; the instance has {there_are}");
    Some(if is_of_kind { out_of_scope(why, at) } else { malformed(why, at) })
}

fn malformed(why: String, at: &Position) -> Outcome {
    Outcome::Malformed { why, at: at.clone() }
}

fn out_of_scope(why: String, at: &Position) -> Outcome {
    Outcome::OutOfScope { why, at: at.clone() }
}
