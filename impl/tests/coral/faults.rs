//! Every planted fault shows.

use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use straightedge_impl::coral::{Config, FAULTS, Fault, Message, Needs, Node, Outcome, invariant};
use straightedge_impl::machine::{InputOf, Machine, OutputOf, Time};

use super::arbitrary::Bytes;
use super::crowd::run;
use super::hostile::small_node;
use super::network::{Id, Network, id, plain};

fn outputs(node: &mut Node<Id>, now: Time, input: &InputOf<Node<Id>>) -> Vec<OutputOf<Node<Id>>> {
    let mut outputs = Vec::new();
    node.handle(now, input.clone(), &mut outputs);
    outputs
}

/// Whether a faulty node and a faultless one ever say something different, or hold something else.
fn differ(fault: Fault, bytes: &[u8]) -> bool {
    let mut bytes = Bytes(bytes);
    let mut faultless = small_node(Config::default());
    let mut faulty = small_node(Config { fault: Some(fault), ..Config::default() });
    let mut now = Time::ORIGIN;
    while !bytes.is_empty() {
        let input = bytes.input(&faultless);
        now = now.after(Duration::from_millis(u64::from(bytes.next()) * 40));
        let same = outputs(&mut faultless, now, &input) == outputs(&mut faulty, now, &input);
        if !same || faultless.store() != faulty.store() {
            return true;
        }
    }
    false
}

#[test]
fn every_fault_shows() {
    let mut runner = TestRunner::new_with_rng(
        ProptestConfig::default(),
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let any_bytes = proptest::collection::vec(any::<u8>(), 3000);
    let inputs: Vec<Vec<u8>> =
        (0..400).map(|_| any_bytes.new_tree(&mut runner).unwrap().current()).collect();
    for planted in FAULTS {
        let shows = inputs.iter().any(|bytes| differ(planted.fault, bytes));
        assert!(shows, "{} changes nothing", planted.name);
    }
}

#[test]
fn there_are_twins_and_others() {
    let twins = FAULTS.iter().filter(|planted| planted.twin.is_some()).count();
    let lies = FAULTS.iter().filter(|planted| planted.needs == Needs::Lies).count();
    assert!(twins >= 12 && lies >= 2 && twins + lies <= FAULTS.len());
}

fn network(fault: Option<Fault>, config: Config) -> Network {
    Network::full(Config { fault, ..config }, &[41, 50, 75, 100, 200])
}

#[test]
fn a_store_whose_answer_is_lost_leaves_one_copy_and_with_the_faults_two_or_a_false_word() {
    let ends = |fault| {
        let mut network = network(fault, plain());
        network.is_lost = |message| matches!(message, Message::StoreReply { .. });
        let outcome = network.put(200, 42, 1, 60);
        let copies = [41, 50, 75, 100, 200].map(|node| network.held(node, 42).len());
        (outcome, copies.iter().sum::<usize>())
    };
    assert_eq!(ends(None), (Outcome::Unsure(id(41)), 1));
    assert_eq!(ends(Some(Fault::SilenceIsSuccess)), (Outcome::Stored(id(41)), 1));
    let (_, copies) = ends(Some(Fault::SilenceIsRefusal));
    assert!(copies > 1);
}

#[test]
fn the_assertions_of_a_node_see_what_one_node_can_see() {
    for fault in [Fault::StacksTheFullAndLoaded, Fault::FarthestFirst, Fault::StoreIgnoresFull] {
        let config = Config { values: 1, rate: 2, fault: Some(fault), ..plain() };
        let mut nodes = Network::full(config, &[41, 50, 75, 100, 200]).nodes;
        let mut is_seen = false;
        for (number, value) in (1..).zip(1..6_u8) {
            is_seen |= breaks(&mut nodes, number, value);
        }
        assert!(is_seen, "{fault:?}");
    }
}

/// A put by 200, whose messages arrive at once; whether an assertion is broken on the way.
fn breaks(nodes: &mut std::collections::BTreeMap<Id, Node<Id>>, number: u64, value: u8) -> bool {
    use straightedge_impl::coral::Command;
    use straightedge_impl::machine::{Input, Nonce, Output};
    let ttl = Duration::from_mins(1);
    let command = Command::Put { key: id(42), value: vec![value], ttl };
    let mut inputs = vec![(id(200), Input::Command { command, fresh: Nonce(number) })];
    let mut is_broken = false;
    while let Some((to, input)) = inputs.pop() {
        let node = nodes.get_mut(&to).unwrap();
        for output in outputs(node, Time::ORIGIN, &input) {
            if let Output::Send { to: next, message } = output {
                inputs.push((next, Input::Message { from: to, message }));
            }
        }
        is_broken |= invariant::holds(node, Time::ORIGIN).is_err();
    }
    is_broken
}

/// Which faults the checks of crowds, and the assertions of a node, find in honest crowds.
#[test]
fn crowds_find_faults() {
    let is_found = |fault| {
        [(0, 150), (30, 150)].into_iter().any(|(loss, courses)| {
            std::panic::catch_unwind(|| run(loss, courses, Some(fault))).is_err()
        })
    };
    let found: Vec<&str> = FAULTS
        .iter()
        .filter(|planted| is_found(planted.fault))
        .map(|planted| planted.name)
        .collect();
    // The others need several levels, a lie, the same value put twice, or many steps to tell.
    assert_eq!(
        found,
        [
            "store_ignores_full",
            "client_checks_alone",
            "no_reverse_phase",
            "stacks_the_full_and_loaded",
            "farthest_first",
            "full_is_more_than_capacity",
            "no_half_life_rule",
            "full_never_evicts",
            "evicts_the_longest_lived",
            "evict_any_shorter",
            "returns_expired_values",
            "never_loaded",
            "silence_is_refusal",
            "silence_is_success",
            "get_stops_at_the_first_node",
            "get_skips_the_middle",
            "one_too_many_passes",
            "refuses_when_loaded",
            "counts_expired_values",
            "stacks_the_silent",
        ]
    );
}
