//! Records, look-ups and leaving: the rules are the model's, and runs of large rings.

use std::collections::BTreeSet;

use stateright::Model;
use straightedge::conformance::chord::circle::CircleId;
use straightedge::conformance::chord::instances::Variation;
use straightedge::conformance::chord::rules as ring;
use straightedge::conformance::chord::upper::abstraction::{from_model, in_model};
use straightedge::conformance::chord::upper::cover::{SUBJECTS, cover_above};
use straightedge::conformance::chord::upper::instances::INSTANCES;
use straightedge::conformance::chord::upper::model;
use straightedge::conformance::chord::upper::random::{SETTINGS, try_out};
use straightedge::conformance::chord::upper::rules::{self, Step};
use straightedge::conformance::cover::Until;
use straightedge_impl::chord::{FAULTS, Fault};
use straightedge_models::chord::{self, Action, Chord, Layers, Pending};
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::{Limits, Tier};

use crate::limits;

/// The rule of each action, and whether there is one.
fn rule(circle: u8, action: Action) -> Option<Step> {
    let id = |number: u8| CircleId::wrapped(circle, u64::from(number));
    let of_the_ring = |step| Some(Step::OfTheRing(step));
    match action {
        Action::Join { node, via } => {
            of_the_ring(ring::Step::Join { node: id(node), via: id(via) })
        }
        Action::StabilizeFromSuccessor(node) => {
            of_the_ring(ring::Step::StabilizeFromSuccessor(id(node)))
        }
        Action::StabilizeFromPredecessor(node) => {
            of_the_ring(ring::Step::StabilizeFromPredecessor(id(node)))
        }
        Action::Rectify { node, from } => {
            of_the_ring(ring::Step::Rectify { node: id(node), from: id(from) })
        }
        Action::Fail(node) => of_the_ring(ring::Step::Fail(id(node))),
        Action::Leave(node) => Some(Step::Leave(id(node))),
        Action::Put { node, key } => Some(Step::Put { node: id(node), key: id(key) }),
        Action::Copy { node, to, key } => {
            Some(Step::Copy { node: id(node), to: id(to), keys: vec![id(key)] })
        }
        Action::Delete { node, key } => Some(Step::Delete { node: id(node), keys: vec![id(key)] }),
        Action::HandOver { node, to } => Some(Step::HandOver { node: id(node), to: id(to) }),
        Action::Lookup { node, key } => Some(Step::Lookup { node: id(node), key: id(key) }),
        Action::Hop { to } => Some(Step::Hop(id(to))),
        Action::Answer { owner, .. } => Some(Step::Answer(id(owner))),
        _ => None,
    }
}

/// Every step above the ring that anyone could think of in that state.
fn candidates(chord: &Chord, state: &chord::State) -> Vec<Action> {
    let circle = 0..chord.nodes;
    let mut candidates = Vec::new();
    for key in chord.layers.keys {
        for node in circle.clone() {
            candidates.extend([Action::Put { node, key }, Action::Delete { node, key }]);
            candidates.extend(circle.clone().map(|to| Action::Copy { node, to, key }));
        }
    }
    for node in circle.clone() {
        candidates.extend([Action::Fail(node), Action::Leave(node)]);
        candidates.extend(circle.clone().map(|to| Action::HandOver { node, to }));
        let looked_up = chord.layers.looked_up.iter();
        candidates.extend(looked_up.map(|key| Action::Lookup { node, key }));
        candidates.push(Action::Hop { to: node });
        let at = state.upper().lookup.map(|lookup| lookup.at);
        candidates.extend(at.map(|at| Action::Answer { node: at, owner: node }));
    }
    candidates
}

#[test]
fn the_rules_take_and_refuse_the_steps_of_the_model_above_the_ring() {
    let subjects = SUBJECTS.iter().filter(|subject| subject.tier == Tier::Ci);
    let models = subjects.map(|subject| subject.model);
    let ready = models.clone().find(|model| !model.layers.keys.is_empty()).unwrap();
    for chord in models.chain([ready.answering_when_ready()]) {
        let chord = chord.pending(Pending::NotifierSet);
        let layers = Layers { prompt_acknowledgements: false, handover: true, ..chord.layers };
        let chord = Chord { rejoin: true, leave: true, layers, ..chord };
        // With all of that one graph has millions of states: those near its beginning do.
        let near = Limits { states: Some(100_000), ..limits() };
        let graph = unattended(near, |run| Graph::build(&chord, Build::default(), run));
        let mut taken = BTreeSet::new();
        for state in graph.states().iter().step_by(29) {
            let state = model::uncounted(state);
            let layered = from_model(&chord, &state);
            assert_eq!(in_model(&chord, &layered), state);
            let mut steps = Vec::new();
            chord.actions(&state, &mut steps);
            for action in steps.into_iter().chain(candidates(&chord, &state)) {
                let expected = model::next(&chord, &state, action);
                let step = rule(chord.nodes, action).unwrap();
                let next = rules::next(&layered, &step, chord.successors);
                let seen = next.map(|next| in_model(&chord, &next));
                assert_eq!(seen, expected, "{action} in {state:?}");
                taken.extend(expected.map(|_| step.name()));
            }
        }
        assert!(taken.len() >= 8, "{taken:?}");
    }
}

#[test]
fn random_runs_of_records_are_explained_by_the_rules_and_show_everything() {
    for setting in SETTINGS {
        let tried = unattended(limits(), |run| try_out(setting, Variation::NONE, 7, 20, run));
        assert_eq!(tried.difference, None, "{}", setting.name);
        assert_eq!(tried.below_floor(), Vec::<&str>::new(), "{:?}", tried.tally);
    }
}

#[test]
fn a_transfer_that_goes_wrong_is_found_in_a_large_ring() {
    for fault in [Fault::DeleteBeforeAcknowledged, Fault::TransferToWrongNeighbour] {
        let variation = Variation { fault: Some(fault), ..Variation::NONE };
        let tried = unattended(limits(), |run| try_out(&SETTINGS[0], variation, 7, 20, run));
        assert!(tried.difference.is_some(), "{fault:?}");
    }
}

/// Who follows any finger goes past those in its list, where members with restraint do not.
#[test]
fn a_step_that_nodes_are_not_to_take_is_noticed() {
    let subject = SUBJECTS.iter().find(|it| it.name == "lookup_four_nodes_without_rejoin").unwrap();
    let fault = Some(Fault::FollowFingersPastTheKey);
    let variation = Variation { fault, ..Variation::NONE };
    let covered = unattended(limits(), |run| cover_above(subject, variation, Until::TheEnd, run));
    assert!(!covered.is_whole() && covered.declined == 0, "{} declined", covered.declined);
    let is_taken = |instead: &str| instead.starts_with("with restraint the model refuses it");
    assert!(covered.missing.iter().any(|it| is_taken(&it.instead)), "{:#?}", covered.missing);
}

#[test]
fn all_graphs_but_three_small_ones_are_instances_of_the_model() {
    let system = chord::system();
    let is_none = |name: &&str| system.instance(name).is_none();
    let own: Vec<_> = SUBJECTS.iter().map(|subject| subject.name).filter(is_none).collect();
    let small = [
        "keys_three_nodes_leave_with_handover",
        "lookup_three_nodes_one_successor",
        "lookup_four_nodes_without_rejoin",
    ];
    assert_eq!(own, small);
}

#[test]
fn names_are_given_once() {
    let names: BTreeSet<_> = INSTANCES.iter().map(|instance| instance.name).collect();
    assert_eq!(names.len(), INSTANCES.len());
    let ring = straightedge::conformance::chord::instances::INSTANCES;
    assert!(ring.iter().all(|instance| !names.contains(instance.name)));
    assert!(FAULTS.iter().any(|planted| planted.name == "do_not_repair"));
}
