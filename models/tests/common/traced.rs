//! What is checked of every model that traces are held against.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Value, json};
use straightedge_models::engine::{Action, Label, Specification, Traced};

/// How many states are looked at in a graph that has more.
pub const SAMPLE: usize = 100_000;

/// About how many times an action is put to a model; where a graph has more states than that allows
/// for, each so many of them is asked.
const QUESTIONS: usize = 400_000;

/// The states of a model, in the order of a breadth-first search; of a graph with more than
/// [`SAMPLE`] those, and then as many on long walks from the last of them.
pub fn states<M: Specification>(model: &M) -> Vec<M::State> {
    let mut known: BTreeSet<M::State> = model.init_states().into_iter().collect();
    let mut waiting: VecDeque<M::State> = model.init_states().into();
    let mut states = Vec::new();
    while let Some(state) = waiting.pop_front() {
        for next in model.next_states(&state) {
            if known.len() < SAMPLE && known.insert(next.clone()) {
                waiting.push_back(next);
            }
        }
        states.push(state);
    }
    if states.len() >= SAMPLE {
        let beginnings: Vec<_> = states[states.len() - 100..].to_vec();
        for (number, beginning) in beginnings.into_iter().enumerate() {
            states.extend(walk(model, beginning, number as u64 + 1));
        }
    }
    states
}

/// A hundred steps that look random and are the same each time.
fn walk<M: Specification>(model: &M, mut state: M::State, seed: u64) -> Vec<M::State> {
    let mut chance = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut met = Vec::new();
    for _ in 0..100 {
        chance =
            chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut next = model.next_states(&state);
        if next.is_empty() {
            break;
        }
        let chosen = (chance >> 33) as usize % next.len();
        state = next.swap_remove(chosen);
        met.push(state.clone());
    }
    met
}

/// Every offered action is in the alphabet, and an action of the alphabet is refused exactly where
/// it is not taken. Gives the number of states, and the guards that have refused.
pub fn assert_refusals<M: Specification>(name: &str, model: &M) -> (usize, BTreeSet<&'static str>) {
    let alphabet = model.alphabet();
    let known: BTreeSet<&M::Action> = alphabet.iter().collect();
    assert_eq!(known.len(), alphabet.len(), "{name}: an action is in the alphabet twice");
    let mut guards = BTreeSet::new();
    let states = states(model);
    let mut offered = Vec::new();
    let stride = (states.len() * alphabet.len()).div_ceil(QUESTIONS);
    for (number, state) in states.iter().enumerate() {
        offered.clear();
        model.actions(state, &mut offered);
        for action in &offered {
            assert!(known.contains(action), "{name}: {action} is not in the alphabet");
        }
        if number % stride != 0 {
            continue;
        }
        let taken: BTreeSet<&M::Action> = offered
            .iter()
            .filter(|action| model.next_state(state, (*action).clone()).is_some())
            .collect();
        for action in &alphabet {
            let refusal = model.refusal(state, action);
            let is_taken = taken.contains(action);
            assert_eq!(refusal.is_none(), is_taken, "{name}: {action}: {refusal:?} in\n{state:?}");
            if let Some(refusal) = refusal {
                assert!(!refusal.read.is_empty(), "{name}: {action}: nothing was read");
                guards.insert(refusal.guard);
            }
        }
    }
    (states.len() / stride, guards)
}

/// Two different actions of a model differ in their name or in a field.
pub fn assert_fields_tell_actions_apart<M: Specification>(name: &str, model: &M) {
    let mut told = BTreeSet::new();
    let alphabet = model.alphabet();
    assert!(!alphabet.is_empty(), "{name}: no alphabet");
    for action in alphabet {
        let text = action.to_string();
        let label = Label::of(&action);
        let names: BTreeSet<_> = label.fields.iter().map(|(field, _)| *field).collect();
        assert_eq!(names.len(), label.fields.len(), "{text}: a field is there twice");
        assert!(told.insert(label.to_json().to_string()), "{name}: {text} is told like another");
        assert!(M::Action::NAMES.contains(&label.name), "{text}");
    }
}

/// Every property that a schema names, with the names above it.
fn properties(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::Object(named)) = fields.get("properties") {
                found.extend(named.keys().cloned());
            }
            fields.values().for_each(|below| properties(below, found));
        }
        Value::Array(entries) => entries.iter().for_each(|below| properties(below, found)),
        _ => {}
    }
}

/// Every name of a field in a value.
fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.keys().cloned());
            fields.values().for_each(|below| names(below, found));
        }
        Value::Array(entries) => entries.iter().for_each(|below| names(below, found)),
        _ => {}
    }
}

/// Every state and every action of these models is as the schemas say, so are parts of them; all
/// that the schemas name comes up in some; and what they do not name is not allowed.
pub fn assert_schemas<M: Specification>(of: &Traced, models: &[(&str, M)]) {
    let (state_schema, action_schema) = ((of.state)(), (of.action)());
    let states_are = jsonschema::draft202012::new(&state_schema).unwrap();
    let actions_are = jsonschema::draft202012::new(&action_schema).unwrap();
    let parameters_are = jsonschema::draft202012::new(&(of.parameters)()).unwrap();
    let (mut seen, mut promised) = (BTreeSet::new(), BTreeSet::new());
    for (name, model) in models {
        for state in states(model) {
            let mut json = serde_json::to_value(&state).unwrap();
            let error = states_are.validate(&json).err().map(|error| error.to_string());
            assert_eq!(error, None, "{name}: {json}");
            names(&json, &mut seen);
            json["no_such_field"] = json!(1);
            assert!(!states_are.is_valid(&json), "{name}: an unknown field is allowed");
        }
        for action in model.alphabet() {
            let label = Label::of(&action);
            let whole = label.to_json();
            for json in [whole.clone(), json!({ label.name: {} }), json!(label.text)] {
                let error = actions_are.validate(&json).err().map(|error| error.to_string());
                assert_eq!(error, None, "{name}: {json}");
            }
            let mut unknown = whole;
            unknown[label.name]["no_such_field"] = json!(1);
            assert!(!actions_are.is_valid(&unknown), "{name}: {unknown}");
        }
        let parameters = model.parameters();
        let error = parameters_are.validate(&parameters).err().map(|error| error.to_string());
        assert_eq!(error, None, "{name}: {parameters}");
        assert!((of.with)(&parameters).is_ok(), "{name}: {parameters}");
    }
    properties(&state_schema, &mut promised);
    let never: Vec<_> = promised.difference(&seen).collect();
    assert!(never.is_empty(), "no state has {never:?}");
    for wrong in [json!({ "no_such_action": {} }), json!({}), json!(3)] {
        assert!(!actions_are.is_valid(&wrong), "{wrong}");
    }
    assert!(states_are.is_valid(&json!({})), "nothing is required of what is seen");
    assert!(!states_are.is_valid(&json!([])));
}
