//! What traces may say of a system, held against what its models write.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};
use straightedge_models::engine::{Label, Place, Row, Specification, System, Traced, Unfit, Walk};

/// How a system is traced.
pub fn traced(system: &System) -> Traced {
    system.traced.expect("the system is traced")
}

/// The model with those parameters.
pub fn walk(system: &System, parameters: &Value) -> Box<dyn Walk> {
    (traced(system).with)(parameters).expect("there is such a model")
}

fn validator(schema: &Value) -> Validator {
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    jsonschema::draft202012::meta::validate(schema).expect("the schema is one");
    jsonschema::draft202012::new(schema).expect("the schema is one")
}

/// The places of a model, breadth first, so many at most.
fn places(walk: &dyn Walk, most: usize) -> Vec<Place> {
    let mut places = walk.beginnings();
    let mut next = 0;
    while let Some(place) = places.get(next).cloned() {
        next += 1;
        for (_, after) in walk.steps(&place, &|_| true) {
            if places.len() < most && !places.contains(&after) {
                places.push(after);
            }
        }
    }
    places
}

/// Everything that the model of those parameters writes fits its schema.
pub fn assert_fits(system: &System, parameters: &Value, states: usize) {
    let traced = traced(system);
    assert!(validator(&(traced.parameters)()).is_valid(parameters), "{parameters}");
    let walk = walk(system, parameters);
    let state = validator(&(traced.state)());
    let mut seen = 0;
    for place in places(walk.as_ref(), states) {
        let written = walk.observe(&place);
        let complaint = state.validate(&written).err().map(|error| error.to_string());
        assert_eq!(complaint, None, "{written}");
        seen += 1;
    }
    assert_eq!(seen, states, "there are as many states as that");
    let action = validator(&(traced.action)());
    let alphabet = walk.alphabet();
    assert!(!alphabet.is_empty(), "there is no action");
    for label in alphabet {
        let written = label.to_json();
        let complaint = action.validate(&written).err().map(|error| error.to_string());
        assert_eq!(complaint, None, "{written}");
        assert!(action.is_valid(&json!(label.text)), "{label}");
        assert!(action.is_valid(&json!({ label.name: {} })), "no field of {label} is required");
        assert!(!action.is_valid(&json!({ label.name: { "colour": 1 } })), "{label}");
    }
}

/// Every procedure has a schema, and nothing else has.
pub fn assert_action_schema_is_whole(system: &System, names: &[&str]) {
    let action = validator(&(traced(system).action)());
    for name in names {
        assert!(action.is_valid(&json!({ *name: {} })), "{name}");
        assert!(action.is_valid(&json!(name)), "{name}");
    }
    for other in [json!("fly(w0)"), json!({ "fly": {} }), json!({}), json!(1), json!(null)] {
        assert!(!action.is_valid(&other), "{other}");
    }
    let two = json!({ names[0]: {}, names[1]: {} });
    assert!(!action.is_valid(&two), "{two}");
}

/// Whether such a part of a state may be said.
pub fn is_observable(system: &System, part: &Value) -> bool {
    validator(&(traced(system).state)()).is_valid(part)
}

/// Why there is no model of those parameters. What is malformed fits no schema either, and what is
/// beyond the model does.
pub fn unfit(system: &System, parameters: &Value) -> Unfit {
    let traced = traced(system);
    let Err(unfit) = (traced.with)(parameters) else { panic!("{parameters} fit") };
    let is_valid = validator(&(traced.parameters)()).is_valid(parameters);
    assert_eq!(is_valid, matches!(unfit, Unfit::OutOfScope(_)), "{parameters}: {unfit}");
    assert_eq!(unfit.to_string().lines().count(), 1, "{unfit}");
    unfit
}

/// The parameters that a model says it has lead to a model that begins in the same way, and says
/// the same.
pub fn assert_parameters_lead_back<M: Specification>(system: &System, rows: &[Row<M>]) {
    assert!(!rows.is_empty(), "there is no instance");
    for row in rows {
        let parameters = row.model.parameters();
        let again = (traced(system).with)(&parameters);
        let again = again.unwrap_or_else(|unfit| panic!("{}: {unfit}", row.name));
        assert_eq!(again.parameters(), parameters, "{}", row.name);
        let instance = system.instance(row.name).expect("it is one of the system's");
        let walk = instance.walk(None).expect("no mutant is meant").expect("it can be walked");
        let steps = |walk: &dyn Walk| {
            let begin = walk.beginnings();
            let steps = walk.steps(&begin[0], &|_| true);
            steps.into_iter().map(|(label, place)| (label.text, walk.observe(&place))).collect()
        };
        let (own, others): (Vec<_>, Vec<_>) = (steps(walk.as_ref()), steps(again.as_ref()));
        assert_eq!(own, others, "{}", row.name);
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
pub fn assert_schemas<M: Specification>(system: &System, models: &[(&str, M)]) {
    let all: Vec<_> =
        models.iter().map(|(name, model)| (*name, model.clone(), super::guards::SAMPLE)).collect();
    assert_schemas_of_some(system, &all);
}

/// The same, but of each model so many states are looked at, and some on long walks from there.
pub fn assert_schemas_of_some<M: Specification>(system: &System, models: &[(&str, M, usize)]) {
    let of = traced(system);
    let (state_schema, action_schema) = ((of.state)(), (of.action)());
    let states_are = validator(&state_schema);
    let actions_are = validator(&action_schema);
    let parameters_are = validator(&(of.parameters)());
    let (mut seen, mut promised) = (BTreeSet::new(), BTreeSet::new());
    for (name, model, most) in models {
        for state in super::guards::sample(model, *most) {
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
