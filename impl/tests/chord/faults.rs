//! Every planted fault shows in what a node does: the same inputs, another outcome.
#![cfg(feature = "faults")]
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use crate::common::Network;
use crate::common::arbitrary::Bytes;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use straightedge_impl::chord::{
    Command, Config, Delivery, FAULTS, Fault, Message, Node, Reason, Record, Timer,
};
use straightedge_impl::identifier::SmallId;
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};

type Id = SmallId<8>;

fn node(fault: Option<Fault>, is_member: bool) -> Node<Id> {
    let config = Config {
        successors: 2,
        fingers: 3,
        resends: 0,
        answers_when_ready: true,
        fault,
        ..Config::default()
    };
    let ids: Vec<Id> = Id::circle().step_by(2).collect();
    if is_member {
        Node::member_of(config, ids[1], &ids).unwrap()
    } else {
        Node::outsider(config, ids[1])
    }
}

fn outputs(node: &mut Node<Id>, input: &InputOf<Node<Id>>) -> Vec<OutputOf<Node<Id>>> {
    let mut outputs = Vec::new();
    node.handle(Time::ORIGIN, input.clone(), &mut outputs);
    outputs
}

/// Whether a faulty node and a faultless one ever say something different.
fn differ(fault: Fault, bytes: &[u8]) -> bool {
    let mut bytes = Bytes(bytes);
    let is_member = !bytes.next().is_multiple_of(4);
    let (mut faultless, mut faulty) = (node(None, is_member), node(Some(fault), is_member));
    while !bytes.is_empty() {
        let input = bytes.input(&faultless);
        if outputs(&mut faultless, &input) != outputs(&mut faulty, &input) {
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
    let any_bytes = proptest::collection::vec(any::<u8>(), 2000);
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
    let of_the_ring = FAULTS.iter().filter(|planted| planted.is_of_the_ring).count();
    assert!(twins >= 12 && of_the_ring > twins && of_the_ring < FAULTS.len());
    assert!(FAULTS.iter().all(|planted| planted.twin.is_none_or(|twin| twin == planted.name)));
}

/// Puts a value at its owner, and looks who holds it: once when the owner was told that it is kept,
/// after which the owner crashes, and once in the end.
fn holders_after_a_crash(fault: Option<Fault>) -> (usize, usize) {
    let config = Config { successors: 2, fault, ..Config::default() };
    let members: Vec<Id> = Id::circle().step_by(2).chain([Id::wrapped(5)]).collect();
    let mut network = Network::ring(config, &members);
    let (key, owner) = (Id::wrapped(3), members[2]);
    let request = network.command(owner, Command::Put { key, value: vec![1] });
    let is_told = (owner, Delivery::Stored { request });
    while !network.delivered.contains(&is_told) {
        network.run(Duration::from_micros(500));
    }
    let holders = |network: &Network<Id>| {
        network.nodes.values().filter(|node| node.records().contains_key(&key)).count()
    };
    let at_first = holders(&network);
    network.crash(owner);
    network.run(Duration::from_mins(1));
    (at_first, holders(&network))
}

#[test]
fn a_value_that_is_said_to_be_kept_has_copies_and_has_as_many_after_a_crash() {
    assert_eq!(holders_after_a_crash(None), (3, 3));
    assert_eq!(holders_after_a_crash(Some(Fault::AnswerBeforeCopied)).0, 1);
    assert_eq!(holders_after_a_crash(Some(Fault::DoNotRepair)), (3, 2));
}

/// Who is sent the records when a member has a new predecessor, and when it leaves.
#[test]
fn records_go_to_the_predecessor_of_a_member_that_stays_and_to_the_successor_of_one_that_leaves() {
    let handed = |fault, leaves: bool| {
        let mut node = node(fault, true);
        let (before, after) = (Id::wrapped(0), Id::wrapped(4));
        let record = Record { version: 1, value: vec![1] };
        let records = vec![(Id::wrapped(5), record)];
        let copy = Message::Copy { nonce: Nonce(1), records };
        outputs(&mut node, &Input::Message { from: after, message: copy.clone() });
        let notify = Message::Notify { nonce: Nonce(2) };
        outputs(&mut node, &Input::Message { from: Id::wrapped(1), message: notify });
        outputs(&mut node, &Input::Timer { timer: Timer::Rectify, fresh: Nonce(3) });
        if leaves {
            outputs(&mut node, &Input::Command { command: Command::Leave, fresh: Nonce(4) });
        }
        let sent = outputs(&mut node, &Input::Timer { timer: Timer::HandOver, fresh: Nonce(1) });
        let to = |to| sent.contains(&Output::Send { to, message: copy.clone() });
        (to(before), to(Id::wrapped(1)), to(after))
    };
    assert_eq!(handed(None, false), (false, true, false));
    assert_eq!(handed(None, true), (false, false, true));
    let wrong = Some(Fault::TransferToWrongNeighbour);
    assert_eq!(handed(wrong, false), (false, false, true));
    assert_eq!(handed(wrong, true), (false, true, false));
}

#[test]
fn a_stale_finger_past_the_key_is_not_followed_and_not_heeded() {
    let goes = |fault| {
        let config = Config { successors: 2, fingers: 3, fault, ..Config::default() };
        let ids: Vec<Id> = Id::circle().step_by(2).collect();
        let stale = vec![Some(Id::wrapped(0))];
        let mut node = Node::member_of(config, ids[1], &ids).unwrap().with_fingers(stale);
        let (key, nonce) = (Id::wrapped(7), Nonce(1));
        let ask = Message::AskNext { nonce, key, without: Vec::new() };
        let said = outputs(&mut node, &Input::Message { from: ids[2], message: ask });
        let lookup = Command::Lookup { key };
        let asked = outputs(&mut node, &Input::Command { command: lookup, fresh: nonce });
        let Output::Send { to, .. } = asked[0] else { panic!("{asked:?}") };
        let past = Message::Next { nonce, closer: Id::wrapped(1) };
        let heeded = outputs(&mut node, &Input::Message { from: to, message: past });
        (said, to, heeded == [Output::Ignored(Reason::WrongPlace)])
    };
    let next = |closer| {
        let message = Message::Next { nonce: Nonce(1), closer: Id::wrapped(closer) };
        vec![Output::Send { to: Id::wrapped(4), message }]
    };
    assert_eq!(goes(None), (next(6), Id::wrapped(6), true));
    let past = Some(Fault::FollowFingersPastTheKey);
    assert_eq!(goes(past), (next(0), Id::wrapped(0), false));
}
