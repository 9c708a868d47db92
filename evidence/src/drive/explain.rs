//! Why an implementation is rejected, in the words of the model.

use serde_json::{Value, json};
use straightedge_models::engine::{Label, Place, Walk};

use super::belief::Belief;
use super::session::Departure;
use crate::outcome::{Misfit, Nearest, Position, Refused, Rejection, Step};
use crate::pattern::{Difference, differences};

/// Lines of a file of actions before the first action: the header, and the beginning.
const LINES_BEFORE: u64 = 2;

/// So many of the model's states are shown.
const SHOWN: usize = 3;

/// Where the action of that number, from 0 on, stands in the file of actions.
#[must_use]
pub(super) fn position(file: &str, number: usize) -> Position {
    Position { file: file.to_owned(), line: number as u64 + LINES_BEFORE + 1, column: None }
}

/// The explanation of a departure at an action. Without a belief there was no beginning that fits.
#[must_use]
pub(super) fn explain(
    walk: &dyn Walk,
    belief: Option<&Belief<'_>>,
    labels: &[Label],
    departure: &Departure,
    file: &str,
) -> Rejection {
    let label = labels.last();
    let before: Vec<Place> =
        belief.map_or_else(|| walk.beginnings(), |belief| belief.places().cloned().collect());
    let seen = seen(departure);
    let misfits = misfits(walk, belief, label, departure);
    let refused = refused(walk, &before, label, departure);
    let nearest = belief.and_then(|_| nearest(walk, &before, label, seen));
    let at = match (belief, label) {
        (Some(_), Some(_)) => position(file, labels.len() - 1),
        _ => Position { file: file.to_owned(), line: LINES_BEFORE, column: None },
    };
    Rejection {
        event: event(label, departure),
        accepted: belief.map_or(0, |belief| belief.len() as u64),
        sentence: sentence(label, departure, &misfits, &refused),
        misfits,
        refused,
        nearest,
        possible: before.iter().take(SHOWN).map(|place| walk.observe(place)).collect(),
        path: belief.map_or_else(Vec::new, |belief| path(walk, belief, file)),
        at,
    }
}

/// What was seen, where anything was.
fn seen(departure: &Departure) -> Option<&Value> {
    match departure {
        Departure::Beginning(seen)
        | Departure::State(seen)
        | Departure::Taken(seen)
        | Departure::Changed(seen) => Some(seen),
        Departure::Refused(_) | Departure::Broken(_) => None,
    }
}

/// What happened, as an event.
fn event(label: Option<&Label>, departure: &Departure) -> Value {
    let action = label.map_or(Value::Null, Label::to_json);
    let text = label.map(ToString::to_string);
    match departure {
        Departure::Beginning(seen) => json!({"state": seen}),
        Departure::State(seen) | Departure::Taken(seen) => {
            json!({"action": action, "text": text, "state": seen})
        }
        Departure::Changed(seen) => {
            json!({"action": action, "text": text, "refused": true, "state": seen})
        }
        Departure::Refused(reason) => json!({"action": action, "text": text, "refused": reason}),
        Departure::Broken(broken) => json!({"action": action, "text": text, "broken": broken.why}),
    }
}

/// The states that the model may have there, and where they are not what was seen; the best first.
fn misfits(
    walk: &dyn Walk,
    belief: Option<&Belief<'_>>,
    label: Option<&Label>,
    departure: &Departure,
) -> Vec<Misfit> {
    let (action, places): (String, Vec<Place>) = match (departure, belief, label) {
        (Departure::Beginning(_), _, _) => ("the beginning".into(), walk.beginnings()),
        (Departure::State(_), Some(belief), Some(label)) => {
            (label.text.clone(), belief.after(label).into_iter().map(|(place, _)| place).collect())
        }
        (Departure::Changed(_), Some(belief), Some(label)) => {
            (format!("{label}, refused"), belief.places().cloned().collect())
        }
        _ => return Vec::new(),
    };
    let Some(seen) = seen(departure) else { return Vec::new() };
    let misfit = |place: &Place| Misfit {
        action: action.clone(),
        differences: differences(&walk.observe(place), seen),
    };
    let mut misfits: Vec<Misfit> = places.iter().map(misfit).collect();
    misfits.sort_by_key(|misfit| misfit.differences.len());
    misfits.dedup();
    misfits.truncate(SHOWN);
    misfits
}

/// The guard that refuses what the implementation took.
fn refused(
    walk: &dyn Walk,
    before: &[Place],
    label: Option<&Label>,
    departure: &Departure,
) -> Vec<Refused> {
    let (Departure::Taken(_), Some(label)) = (departure, label) else { return Vec::new() };
    let is_it = |other: &Label| other.text == label.text;
    let refusals = before.iter().flat_map(|place| walk.refusals(place, &is_it));
    let mut refused: Vec<Refused> = refusals
        .map(|(label, refusal)| Refused {
            action: label.text,
            guard: refusal.guard.to_owned(),
            read: refusal.read,
        })
        .collect();
    refused.dedup();
    refused.truncate(SHOWN);
    refused
}

/// The step that the model takes and that is most like what happened.
fn nearest(
    walk: &dyn Walk,
    before: &[Place],
    label: Option<&Label>,
    seen: Option<&Value>,
) -> Option<Nearest> {
    let label = label?;
    let steps = before.iter().flat_map(|place| walk.steps(place, &|_| true));
    let near = steps.map(|(other, place)| {
        let state = walk.observe(&place);
        let unlike = seen.map_or(0, |seen| differences(&state, seen).len() as u64);
        let renamed = u64::from(other.name != label.name);
        let fields = other.fields.iter().filter(|field| !label.fields.contains(field)).count();
        let distance = unlike + renamed + fields as u64;
        Nearest { json: other.to_json(), action: other.text, distance, state }
    });
    near.min_by_key(|near| near.distance)
}

fn path(walk: &dyn Walk, belief: &Belief<'_>, file: &str) -> Vec<Step> {
    let path = belief.path();
    let at = |number: usize| (number > 0).then(|| position(file, number - 1));
    (0..path.len()).map(|number| Step::of(walk, at(number), &path[..=number])).collect()
}

/// What is wrong, in one sentence.
fn sentence(
    label: Option<&Label>,
    departure: &Departure,
    misfits: &[Misfit],
    refused: &[Refused],
) -> String {
    let action = label.map_or("the beginning", |label| label.text.as_str());
    let first = misfits.first().and_then(|misfit| misfit.differences.first());
    let differs = first.map_or_else(|| "it is not the model's".to_owned(), difference);
    match departure {
        Departure::Beginning(_) => format!("it begins where the model does not: {differs}"),
        Departure::State(_) => format!("after {action}, {differs}"),
        Departure::Changed(_) => {
            format!("{action} is refused, as it must be, and yet the state changes: {differs}")
        }
        Departure::Taken(_) => match refused.first() {
            Some(Refused { guard, read, .. }) => {
                format!("it takes {action}, and must not: {guard}; there is {read}")
            }
            None => format!("it takes {action}, which the model does not take there"),
        },
        Departure::Refused(reason) => {
            format!("it refuses {action} (\u{201c}{}\u{201d}), and must take it", brief(reason))
        }
        Departure::Broken(broken) => format!("at {action}: {broken}"),
    }
}

fn difference(difference: &Difference) -> String {
    let tell = |value: &Option<Value>| {
        value.as_ref().map_or_else(|| "nothing".to_owned(), |value| brief(&value.to_string()))
    };
    let Difference { path, expected, observed } = difference;
    format!("`{path}` is {}, and must be {}", tell(observed), tell(expected))
}

/// As much of a text as a sentence can hold.
fn brief(text: &str) -> String {
    const LONGEST: usize = 200;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}
