//! In one sentence, what is wrong with an event: for somebody who knows the protocol.

use serde_json::Value;

use super::line::Event;
use crate::outcome::{Misfit, Refused, Rejection};
use crate::pattern::{ActionPattern, Difference};

/// What is wrong, in one sentence.
pub(super) fn sentence(rejection: &Rejection, event: &Event, possible: usize) -> String {
    let told = match (&rejection.misfits[..], &rejection.refused[..]) {
        ([], []) => nothing_fits(rejection, event),
        ([], [only]) => format!("`{}` cannot happen here: {}", only.action, reason(only)),
        ([], [first, rest @ ..]) => format!(
            "none of the {} actions that {} may mean can happen here; `{}`, for one: {}",
            rest.len() + 1,
            written(event),
            first.action,
            reason(first)
        ),
        ([best, rest @ ..], _) => misfit(best, rest.len(), event),
    };
    if possible > 1 {
        format!("{told} (the best of {possible} states in which the system may be)")
    } else {
        told
    }
}

fn reason(refused: &Refused) -> String {
    format!("{}, but {}", refused.guard, refused.read)
}

fn misfit(best: &Misfit, others: usize, event: &Event) -> String {
    let before = if event.action.is_none() {
        "nothing happened, so".to_owned()
    } else if others > 0 || event.action == Some(ActionPattern::Any) {
        format!("no step leads to what was seen; after the nearest, `{}`,", best.action)
    } else {
        format!("after `{}`", best.action)
    };
    let (first, rest) = match &best.differences[..] {
        [] => return format!("{before} the state is as was seen"),
        [first, rest @ ..] => (difference(first), rest.len()),
    };
    match rest {
        0 => format!("{before} {first}"),
        1 => format!("{before} {first}, and one more field is otherwise"),
        _ => format!("{before} {first}, and {rest} more fields are otherwise"),
    }
}

fn difference(difference: &Difference) -> String {
    let Difference { path, expected, observed } = difference;
    let said = |value: &Option<Value>| value.as_ref().map(Value::to_string);
    match (said(expected), said(observed)) {
        (Some(expected), Some(observed)) => {
            format!("`{path}` must be {expected}, but {observed} was observed")
        }
        (Some(expected), None) => {
            format!("`{path}` must be {expected}, but it was observed that there is nothing")
        }
        (None, observed) => {
            let observed = observed.unwrap_or_else(|| "nothing".into());
            format!("there must be no `{path}`, but {observed} was observed")
        }
    }
}

/// An action that never happens in the model, or that it does not say why it refuses.
fn nothing_fits(rejection: &Rejection, event: &Event) -> String {
    let instead = match &rejection.nearest {
        Some(nearest) => format!("what is nearest and can happen is `{}`", nearest.action),
        None => "nothing can happen any more".into(),
    };
    format!("{} cannot happen here; {instead}", written(event))
}

/// The action as it was written, for a sentence.
fn written(event: &Event) -> String {
    match &event.action {
        None => "that nothing happens".into(),
        Some(ActionPattern::Any) => "an action".into(),
        Some(ActionPattern::Text(text)) => format!("`{text}`"),
        Some(ActionPattern::Named { name, fields }) => {
            let fields: Vec<String> =
                fields.iter().map(|(field, value)| format!("{field} {value}")).collect();
            format!("`{name}({})`", fields.join(", "))
        }
    }
}
