//! How evidence is held against the model: actions by name and field, the guards that refuse, and
//! the parameters of an instance.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use straightedge_models::coral::instance::models;
use straightedge_models::coral::{Budget, Coral, Network, Operation, system};
use straightedge_models::engine::{Label, Specification, Unfit};

use crate::common::{guards, written};

#[test]
fn an_action_is_refused_exactly_where_it_is_not_taken() {
    let refused = guards::assert_refused_exactly_in(&models(), 20, 20);
    assert!(refused.len() >= 17, "only these guards refuse anything: {refused:#?}");
}

#[test]
fn fields_tell_actions_apart() {
    for (name, model) in models() {
        guards::assert_told_apart::<Coral>(name, &model.alphabet());
    }
}

/// A guard that has a fault is answered for by the model that has it.
#[test]
fn a_fault_is_heard_before_the_guards() {
    let model = |name: &str| models().into_iter().find(|(other, _)| *other == name).unwrap().1;
    for (fault, name) in [
        ("store_ignores_full", "three_puts"),
        ("counts_expired_values", "mixed_lives"),
        ("no_time_out", "lost_messages"),
    ] {
        let faulty = model(name).mutate(fault).unwrap();
        let states = guards::assert_refused_exactly(fault, &faulty, &mut BTreeSet::new());
        assert!(states > 100, "{fault}: {states} states");
    }
}

#[test]
fn states_and_actions_are_as_the_schemas_say() {
    let of_instance = |name: &str| models().into_iter().find(|(other, _)| *other == name).unwrap();
    let budget = Budget { losses: 1, copies: 1, crashes: 1, early_time_outs: 1 };
    let network = Network::full(3, [0, 2, 6]);
    let small = Coral::new(network, [Operation::put(6, 0, 4), Operation::get(2)]);
    written::assert_schemas(
        &system(),
        &[
            ("small", small.timed(1, 1).with_budget(budget)),
            of_instance("two_nodes"),
            of_instance("three_puts_in_sequence"),
        ],
    );
}

fn refused(parameters: &Value) -> Unfit {
    match (written::traced(&system()).with)(parameters) {
        Err(unfit) => unfit,
        Ok(_) => panic!("taken: {parameters}"),
    }
}

fn with(more: &Value) -> Value {
    let mut parameters = json!({
        "identifier_bits": 3, "nodes": [0, 2, 6],
        "operations": [{ "put": { "client": 6, "value": 1, "ttl": 4 } }],
    });
    for (name, value) in more.as_object().unwrap() {
        parameters[name] = value.clone();
    }
    parameters
}

#[test]
fn a_put_is_followed_by_its_fields() {
    let walk =
        (written::traced(&system()).with)(&with(&json!({ "contacts": { "6": [2] } }))).unwrap();
    let beginning = walk.beginnings().remove(0);
    let started = walk.steps(&beginning, &|label: &Label| label.name == "start_put");
    let [(label, place)] = &started[..] else { panic!("{started:?}") };
    assert_eq!(label.to_json(), json!({ "start_put": { "operation": 0 } }));
    let state = walk.observe(place);
    assert_eq!(state["operations"]["0"]["does"], "forward");
    assert_eq!(state["operations"]["0"]["asks"], 2);
    assert_eq!(state["nodes"]["6"]["lists"]["0"], json!({ "values": [], "passed": 1 }));
    let refusals = walk.refusals(place, &|label: &Label| label.text == "start_put(op 0)");
    let [(_, refusal)] = &refusals[..] else { panic!("{refusals:?}") };
    assert_eq!(refusal.guard, "the operation must not have begun");
    assert_eq!(refusal.read, "operation 0: asks 2 of itself");
}

#[test]
fn parameters_that_are_none_are_refused_in_one_line() {
    let put = |more: Value| {
        let mut put = json!({ "client": 6, "value": 1, "ttl": 4 });
        for (name, value) in more.as_object().unwrap() {
            put[name] = value.clone();
        }
        json!({ "operations": [{ "put": put }] })
    };
    for (more, part) in [
        (json!({ "node": 1 }), "unknown field `node`"),
        (json!({ "nodes": [0, 0] }), "nodes[1]: 0 is there already"),
        (json!({ "nodes": [0, 8] }), "nodes[1]: expected an identifier from 0 to 7, not 8"),
        (json!({ "contacts": { "5": [] } }), "contacts.5: expected one of `nodes`"),
        (json!({ "contacts": { "6": [1] } }), "contacts.6[0]: expected one of `nodes`, not 1"),
        (json!({ "fast_cluster": [7] }), "fast_cluster[0]: expected one of `nodes`"),
        (json!({ "policy": "random" }), "unknown variant `random`"),
        (json!({ "keys": [8] }), "keys[0]: expected an identifier"),
        (put(json!({ "client": 5 })), "operations[0].put.client: expected one of `nodes`, not 5"),
        (put(json!({ "key": 1 })), "operations[0].put.key: there are 1 `keys`"),
        (put(json!({ "after": 0 })), "expected the number of an operation before"),
        (json!({ "operations": [{ "delete": {} }] }), "unknown variant `delete`"),
        (json!({ "budget": { "loss": 1 } }), "unknown field `loss`"),
    ] {
        let parameters = with(&more);
        let Unfit::Malformed(line) = refused(&parameters) else { panic!("{parameters}") };
        assert!(line.contains(part) && !line.contains('\n'), "{parameters}: {line}");
        assert!(line.starts_with("parameters"), "{line}");
    }
    assert!(matches!(refused(&json!({})), Unfit::Malformed(_)));
}

#[test]
fn parameters_beyond_the_model_are_out_of_scope() {
    let put = |value: u8, ttl: u8| json!({ "put": { "client": 6, "value": value, "ttl": ttl } });
    for (more, part) in [
        (json!({ "identifier_bits": 160 }), "identifier_bits: the model reaches from 1 to 8"),
        (json!({ "nodes": [0, 1, 2, 3, 4, 5, 6] }), "parameters.nodes"),
        (json!({ "capacity": 4 }), "parameters.capacity"),
        (json!({ "keys": [0, 1, 2] }), "parameters.keys"),
        (json!({ "keys": [0, 1], "fast_cluster": [6] }), "parameters.keys"),
        (json!({ "operations": [] }), "parameters.operations"),
        (json!({ "operations": vec![put(0, 1); 7] }), "parameters.operations"),
        (json!({ "operations": [put(8, 1)] }), "operations[0].put.value"),
        (json!({ "operations": [put(0, 60)] }), "operations[0].put.ttl"),
        (json!({ "budget": { "copies": 5, "early_time_outs": 3 } }), "9 messages"),
    ] {
        let parameters = with(&more);
        let Unfit::OutOfScope(line) = refused(&parameters) else { panic!("{parameters}") };
        assert!(line.contains(part), "{parameters}: {line}");
    }
}
