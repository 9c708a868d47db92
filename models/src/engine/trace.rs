//! Paths and lassos, and their text and JSON forms.

use serde::Serialize;
use serde_json::Value;
use stateright::Model;

use super::property::Specification;

/// A finite path, or a lasso: a path whose last step returns to an earlier state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace<S, A> {
    /// The state it starts in.
    pub initial: S,
    /// Each step: the action, and the state after it. A lasso may stutter: `None` is a step that
    /// takes no action and leaves the state as it is.
    pub steps: Vec<(Option<A>, S)>,
    /// For a lasso, how many steps come before the loop: the last state equals the state after
    /// that many steps.
    pub loop_start: Option<usize>,
}

impl<S, A> Trace<S, A> {
    /// The state after the given number of steps.
    #[must_use]
    pub fn state(&self, steps: usize) -> Option<&S> {
        match steps.checked_sub(1) {
            None => Some(&self.initial),
            Some(index) => self.steps.get(index).map(|(_, state)| state),
        }
    }

    /// The state in which the path ends.
    #[must_use]
    pub fn last(&self) -> &S {
        self.steps.last().map_or(&self.initial, |(_, state)| state)
    }
}

/// A trace as people and other programs read it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// The state it starts in.
    pub initial: Value,
    /// The steps in order.
    pub steps: Vec<EvidenceStep>,
    /// For a lasso, how many steps come before the loop.
    pub loop_start: Option<usize>,
    /// For a lasso, why the loop is fair: one line a constraint.
    pub fair_because: Vec<String>,
    /// Why the evidence decides the claim.
    pub because: String,
    /// The path as stateright's explorer addresses it; only where it has an address.
    pub explorer_path: Option<String>,
}

/// One step of [`Evidence`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvidenceStep {
    /// The action's textual name, or `stutter`.
    pub action: String,
    /// What the step changed, one line a field: `members.3.predecessor: 1 → 2`.
    pub changes: Vec<String>,
    /// The state after the step.
    pub state: Value,
}

impl Evidence {
    /// Renders a trace.
    #[must_use]
    pub fn new<M: Specification>(
        model: &M,
        trace: &Trace<M::State, M::Action>,
        because: String,
        fair_because: Vec<String>,
    ) -> Self {
        let initial = to_json(&trace.initial);
        let mut before = initial.clone();
        let mut steps = Vec::with_capacity(trace.steps.len());
        for (action, state) in &trace.steps {
            let after = to_json(state);
            steps.push(EvidenceStep {
                action: action.as_ref().map_or_else(|| "stutter".into(), ToString::to_string),
                changes: differences(&before, &after),
                state: after.clone(),
            });
            before = after;
        }
        Self {
            initial,
            steps,
            loop_start: trace.loop_start,
            fair_because,
            because,
            explorer_path: explorer_path(model, trace),
        }
    }

    /// The actions in order, as text: what snapshots pin.
    #[must_use]
    pub fn actions(&self) -> Vec<&str> {
        self.steps.iter().map(|step| step.action.as_str()).collect()
    }
}

/// A state as JSON. A state that cannot be written shows why in its place.
pub(crate) fn to_json(state: &impl Serialize) -> Value {
    serde_json::to_value(state)
        .unwrap_or_else(|error| Value::String(format!("not serialisable: {error}")))
}

/// The fields in which two values differ, one line each.
#[must_use]
pub fn differences(before: &Value, after: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    collect_differences("", before, after, &mut lines);
    lines
}

fn collect_differences(path: &str, before: &Value, after: &Value, lines: &mut Vec<String>) {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        if before != after {
            lines.push(format!("{path}: {before} → {after}"));
        }
        return;
    };
    let at = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    for (key, value) in old {
        match new.get(key) {
            Some(other) => collect_differences(&at(key), value, other, lines),
            None => lines.push(format!("{}: {value} → gone", at(key))),
        }
    }
    for (key, value) in new {
        if !old.contains_key(key) {
            lines.push(format!("{}: new, {value}", at(key)));
        }
    }
}

/// The path as indices into `init_states` and `actions`, which is how the explorer addresses it.
fn explorer_path<M: Model>(model: &M, trace: &Trace<M::State, M::Action>) -> Option<String>
where
    M::State: PartialEq,
    M::Action: PartialEq,
{
    let initial = model.init_states().iter().position(|state| *state == trace.initial)?;
    let mut path = initial.to_string();
    let mut state = &trace.initial;
    for (action, next) in &trace.steps {
        if let Some(action) = action {
            let mut actions = Vec::new();
            model.actions(state, &mut actions);
            let index = actions.iter().position(|candidate| candidate == action)?;
            path = format!("{path}/{index}");
        }
        state = next;
    }
    Some(path)
}
