//! How evidence is held against the model: actions by name and field, the guards that refuse, and
//! the parameters of an instance.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use straightedge_models::chord::instance::models;
use straightedge_models::chord::{Chord, Pending, system};
use straightedge_models::engine::{Label, Specification, Unfit};

use crate::common::{guards, written};

#[test]
fn an_action_is_refused_exactly_where_it_is_not_taken() {
    let refused = guards::assert_refused_exactly_in(&models(), 20, 5);
    assert!(refused.len() >= 23, "only these guards refuse anything: {refused:#?}");
}

#[test]
fn fields_tell_actions_apart() {
    for (name, model) in models() {
        guards::assert_told_apart::<Chord>(name, &model.alphabet());
    }
}

/// A guard that has a fault is answered for by the model that has it.
#[test]
fn a_fault_is_heard_before_the_guards() {
    for (fault, least) in [("fail_without_principal_guard", 100), ("pad_without_wrap", 100)] {
        let model = Chord::corrected(4, 2).without_rejoin().mutate(fault).unwrap();
        let states = guards::assert_refused_exactly(fault, &model, &mut BTreeSet::new());
        assert!(states > least, "{fault}: {states} states");
    }
}

#[test]
fn states_and_actions_are_as_the_schemas_say() {
    let four = Chord::corrected(4, 2);
    written::assert_schemas(
        &system(),
        &[
            ("without_rejoin", four.without_rejoin().pending(Pending::NotifierSet).with_leave()),
            (
                "original",
                models().into_iter().find(|(name, _)| *name == "original_four_nodes").unwrap().1,
            ),
        ],
    );
}

/// The line with which parameters are not taken.
fn malformed(parameters: &Value) -> String {
    match (written::traced(&system()).with)(parameters) {
        Err(Unfit::Malformed(line)) => line,
        Err(Unfit::OutOfScope(line)) => panic!("out of scope: {line}"),
        Ok(_) => panic!("taken: {parameters}"),
    }
}

fn out_of_scope(parameters: &Value) -> String {
    match (written::traced(&system()).with)(parameters) {
        Err(Unfit::OutOfScope(line)) => line,
        Err(Unfit::Malformed(line)) => panic!("malformed: {line}"),
        Ok(_) => panic!("taken: {parameters}"),
    }
}

#[test]
fn a_ring_may_have_gaps() {
    let parameters = json!({ "identifier_bits": 3, "successors": 2, "members": [5, 1, 3] });
    let walk = (written::traced(&system()).with)(&parameters).unwrap();
    let beginnings = walk.beginnings();
    let expected = json!({ "members": {
        "1": { "successors": [3, 5], "predecessor": 5 },
        "3": { "successors": [5, 1], "predecessor": 1 },
        "5": { "successors": [1, 3], "predecessor": 3 },
    }});
    assert_eq!(walk.observe(&beginnings[0]), expected);
    let joins = walk.steps(&beginnings[0], &|label: &Label| label.name == "join");
    assert_eq!(joins.len(), 5, "each gap has one member before it");
    let refusals = walk.refusals(&beginnings[0], &|label: &Label| label.text == "join(2, via 5)");
    let [(_, refusal)] = &refusals[..] else { panic!("{refusals:?}") };
    assert_eq!(refusal.read, "node 2, member 5, head 1");
}

#[test]
fn parameters_that_are_none_are_refused_in_one_line() {
    let size = json!({ "successors": 2 });
    let expected = "parameters: expected `nodes` or `identifier_bits`, the size of the circle";
    assert_eq!(malformed(&size), expected);
    for (parameters, part) in [
        (json!({ "nodes": 4, "identifier_bits": 2, "successors": 2 }), "not both"),
        (json!({ "nodes": 4 }), "missing field `successors`"),
        (json!({ "nodes": 4, "successors": "two" }), "expected u32"),
        (json!({ "nodes": 4, "successors": 2, "node": 1 }), "unknown field `node`"),
        (json!({ "nodes": 4, "successors": 2, "members": [0, 1, 4] }), "members[2]: expected an"),
        (json!({ "nodes": 4, "successors": 2, "members": [0, 1, 1] }), "1 is there already"),
        (json!({ "nodes": 4, "successors": 2, "pending": "all" }), "unknown variant `all`"),
        (json!([]), "parameters"),
        (json!("corrected"), "parameters"),
    ] {
        let line = malformed(&parameters);
        assert!(line.contains(part) && !line.contains('\n'), "{parameters}: {line}");
        assert!(line.starts_with("parameters"), "{line}");
    }
}

#[test]
fn parameters_beyond_the_model_are_out_of_scope() {
    for (parameters, part) in [
        (json!({ "nodes": 9, "successors": 2 }), "parameters.nodes: the model reaches from 1 to 8"),
        (json!({ "identifier_bits": 160, "successors": 2 }), "parameters.identifier_bits"),
        (json!({ "nodes": 8, "successors": 4 }), "parameters.successors"),
        (json!({ "nodes": 8, "successors": 2, "members": [0] }), "at least 3 members"),
        (json!({ "nodes": 2, "successors": 2 }), "at least 3 members"),
        (json!({ "nodes": 8, "successors": 3, "protocol": "original" }), "from 2 to 2, not 3"),
    ] {
        let line = out_of_scope(&parameters);
        assert!(line.contains(part), "{parameters}: {line}");
    }
}
