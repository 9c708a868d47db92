//! How evidence is held against the model: actions by name and field, the guards that refuse, and
//! the parameters of an instance.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use straightedge_models::chord::instance::models;
use straightedge_models::chord::upper::UNLIMITED;
use straightedge_models::chord::upper::instance::rows;
use straightedge_models::chord::{Chord, Pending, Set, system};
use straightedge_models::engine::{Label, Row, Specification, Unfit};

use crate::common::guards::SAMPLE;
use crate::common::{guards, written};

#[test]
fn an_action_is_refused_exactly_where_it_is_not_taken() {
    let refused = guards::assert_refused_exactly_in(&models(), 20, 5);
    assert!(refused.len() >= 23, "only these guards refuse anything: {refused:#?}");
}

/// Everything that there may be above the ring, at once; [`layered`] has each by itself, too.
fn everything() -> Chord {
    Chord::corrected(5, 2)
        .with_keys(Set::of(0).with(3))
        .with_lookup(Set::circle(5))
        .leave_with_handover()
        .prompt_acknowledgements()
        .answering_when_ready()
        .suspicions(UNLIMITED)
        .stale_notices(6)
        .with_refutation()
}

/// The same of members that do nothing in vain.
fn restrained() -> Chord {
    everything().with_restraint()
}

/// The instances of the ci tier of what is above the ring, and two with all of it.
fn layered() -> Vec<(&'static str, Chord)> {
    let mut layered: Vec<_> = rows().into_iter().filter_map(Row::of_ci).collect();
    layered.extend([("everything", everything()), ("restrained", restrained())]);
    layered
}

#[test]
fn an_action_above_the_ring_is_refused_exactly_where_it_is_not_taken() {
    let refused = guards::assert_refused_exactly_in_some(&layered(), 2_000, 15, 500);
    for guard in [
        "the member must take itself for the owner",
        "a new member must not answer",
        "the member must not hold a copy",
        "a member that is about to leave takes no more",
        "the member must hold a copy",
        "the one that takes the copy",
        "a member that answers for the key copies",
        "a member that does not answer for the key copies",
        "the member must have been released",
        "copies are handed over",
        "one identifier must be looked up",
        "a look-up must be under way",
        "a look-up goes on only from",
        "a look-up goes on to a live member",
        "a look-up goes on to a member between",
        "the member that answers must be",
        "a member names itself",
        "the live node must be the member's first successor",
        "a member with a candidate",
        "the live node must be the member's candidate",
        "a member asks its predecessor only",
        "the live node must be the member's predecessor",
        "the error must be about a live node",
        "a live node must not be taken for dead more often",
        "the notice must change",
        "there must not be more stale notices",
        "the live node must be the one that",
        "nobody fails where members go only",
        "nobody may fail or leave while",
        "a member that holds copies must hand",
        "a member that leaves, or was released, offers",
        "a member copies to its predecessor, or to one that its own",
        "a member hands over once",
        "a member hands over to the first of its list",
        "a look-up passes by no live entry",
    ] {
        assert!(refused.iter().any(|it| it.starts_with(guard)), "never refused: {guard}");
    }
}

#[test]
fn faults_above_the_ring_are_heard_before_the_guards() {
    guards::assert_mutants_too(&rows(), 500, 12);
}

#[test]
fn fields_tell_actions_apart() {
    for (name, model) in models().into_iter().chain(layered()) {
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
    let once = four.without_rejoin().pending(Pending::NotifierSet).with_leave();
    let original = models().into_iter().find(|(name, _)| *name == "original_four_nodes").unwrap();
    written::assert_schemas_of_some(
        &system(),
        &[
            ("without_rejoin", once, SAMPLE),
            ("original", original.1, SAMPLE),
            ("everything", everything(), 2_000),
            ("suspicions", four.suspicions(1), 2_000),
        ],
    );
}

#[test]
fn parameters_of_what_is_above_the_ring_lead_back() {
    written::assert_parameters_lead_back(&system(), &rows());
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
        (above(4, &json!({})), "upper: expected `keys`, `looked_up`, `suspicions` or"),
        (above(4, &json!({ "without_failures": true })), "upper: expected `keys`"),
        (above(4, &json!({ "key": [2] })), "upper.key: unknown field `key`"),
        (above(4, &json!({ "keys": [4] })), "upper.keys[0]: expected an identifier from 0 to 3"),
        (above(4, &json!({ "suspicions": "many" })), "upper.suspicions: expected a number, or"),
        (above(4, &json!({ "keys": [2], "handover": true })), "handover: expected `leave`"),
        (above(4, &json!({ "keys": [2], "refutation": true })), "refutation: expected"),
        (above(4, &json!({ "suspicions": 1, "answering_when_ready": true })), "when_ready: exp"),
        (above(4, &json!({ "suspicions": 1, "prompt_acknowledgements": true })), "ments: exp"),
        (above(4, &json!({ "suspicions": 1, "restraint": true })), "restraint: expected `keys`"),
        (json!([]), "parameters"),
        (json!("corrected"), "parameters"),
    ] {
        let line = malformed(&parameters);
        assert!(line.contains(part) && !line.contains('\n'), "{parameters}: {line}");
        assert!(line.starts_with("parameters"), "{line}");
    }
}

/// The parameters of a ring with that above it.
fn above(nodes: u32, upper: &Value) -> Value {
    json!({ "nodes": nodes, "successors": 2, "upper": upper })
}

#[test]
fn a_trace_may_name_what_is_above_the_ring() {
    let upper = json!({ "keys": [3], "looked_up": [1], "suspicions": "unlimited" });
    let walk = written::walk(&system(), &above(4, &upper));
    assert_eq!(walk.parameters()["upper"], upper);
    let place = walk.beginnings().remove(0);
    let takes = |text: &str| walk.steps(&place, &|label: &Label| label.text == text);
    let (_, after) = takes("put(0, key 3)").remove(0);
    let kept = json!({ "keys": [{ "holders": [0] }, {}] });
    assert_eq!(walk.observe(&after)["upper"], kept);
    assert_eq!(takes("put(1, key 3)").len() + takes("put(0, key 1)").len(), 0);
    assert_eq!(takes("suspect(0, successor 1)").len(), 1);
    let refused = walk.refusals(&place, &|label: &Label| label.text == "put(1, key 3)");
    let [(_, refusal)] = &refused[..] else { panic!("{refused:?}") };
    assert_eq!(refusal.read, "key 3, member 1, predecessor 0");
    let claims: BTreeSet<_> = walk.standings(&place).iter().map(|it| it.claim).collect();
    assert!(claims.contains("one_live_successor") && claims.contains("at_most_one_answers"));
}

#[test]
fn parameters_beyond_the_model_are_out_of_scope() {
    let mut original = above(4, &json!({ "keys": [2] }));
    original["protocol"] = json!("original");
    for (parameters, part) in [
        (json!({ "nodes": 9, "successors": 2 }), "parameters.nodes: the model reaches from 1 to 8"),
        (json!({ "identifier_bits": 160, "successors": 2 }), "parameters.identifier_bits"),
        (json!({ "nodes": 8, "successors": 4 }), "parameters.successors"),
        (json!({ "nodes": 8, "successors": 2, "members": [0] }), "at least 3 members"),
        (json!({ "nodes": 2, "successors": 2 }), "at least 3 members"),
        (json!({ "nodes": 8, "successors": 3, "protocol": "original" }), "from 2 to 2, not 3"),
        (
            above(6, &json!({ "keys": [2] })),
            "parameters.upper: the model reaches as far as circles",
        ),
        (above(4, &json!({ "keys": [1, 2, 3] })), "upper.keys: the model reaches as far as 2 keys"),
        (above(4, &json!({ "suspicions": 7 })), "upper.suspicions: the model reaches from 0 to 6"),
        (original, "parameters.upper: the model has only the corrected protocol below it"),
    ] {
        let line = out_of_scope(&parameters);
        assert!(line.contains(part), "{parameters}: {line}");
    }
}
