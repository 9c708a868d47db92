//! Whatever a node is given, it keeps its word.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use straightedge_impl::coral::{
    Call, Command, Config, Hop, Limits, Membership, Message, Node, Reason, Table,
};
use straightedge_impl::machine::{Input, Machine, Nonce, Output, Time};

use super::arbitrary::Bytes;
use super::network::{Id, give, id, ids, plain};

/// A node that can hold little, so that every limit is met.
pub(crate) fn small_node(config: Config) -> Node<Id> {
    let me = id(75);
    let limits =
        Limits { keys: 3, counters: 3, receipts: 4, operations: 3, hops: 6, ..Limits::default() };
    let config = Config { values: 2, rate: 2, at_once: 2, resends: 1, limits, ..config };
    let table = Table::with_buckets(me, ids(&[41, 50, 100, 104, 200]), 2);
    let level = |cluster| Membership { cluster, table: table.clone() };
    Node::in_clusters(config, me, vec![level(0), level(0)]).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// What `give` checks: assertions hold, and a refusal changes nothing and says nothing else.
    #[test]
    fn whatever_a_node_is_given_it_keeps_its_assertions(
        bytes in proptest::collection::vec(any::<u8>(), 0..1500),
        at_once in 1_u8..4,
    ) {
        let mut bytes = Bytes(&bytes);
        let mut node = small_node(Config { at_once, ..Config::default() });
        let mut now = Time::ORIGIN;
        while !bytes.is_empty() {
            let input = bytes.input(&node);
            now = now.after(Duration::from_millis(u64::from(bytes.next()) * 40));
            give(&mut node, now, &input);
        }
    }

    /// What time has made void can be forgotten at any moment.
    #[test]
    fn a_settled_node_behaves_as_it_did(
        bytes in proptest::collection::vec(any::<u8>(), 0..1500),
    ) {
        let mut bytes = Bytes(&bytes);
        let mut node = small_node(Config::default());
        let mut now = Time::ORIGIN;
        while !bytes.is_empty() {
            let input = bytes.input(&node);
            now = now.after(Duration::from_millis(u64::from(bytes.next()) * 80));
            let mut settled = node.clone().settled(now);
            let [mut outputs, mut others] = [Vec::new(), Vec::new()];
            node.handle(now, input.clone(), &mut outputs);
            settled.handle(now, input, &mut others);
            prop_assert_eq!(&outputs, &others);
            prop_assert_eq!(node.clone().settled(now), settled.settled(now));
        }
    }
}

/// Random inputs reach all reasons but the one that takes a node of its own: else they would prove
/// nothing.
#[test]
fn every_reason_is_given() {
    let mut runner = TestRunner::new_with_rng(
        ProptestConfig::default(),
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let any_bytes = proptest::collection::vec(any::<u8>(), 3000);
    let mut reasons: BTreeMap<Reason, u32> = BTreeMap::new();
    let mut acted_on = 0;
    for _ in 0..200 {
        let bytes = any_bytes.new_tree(&mut runner).unwrap().current();
        let mut bytes = Bytes(&bytes);
        let mut node = small_node(Config::default());
        while !bytes.is_empty() {
            let input = bytes.input(&node);
            match give(&mut node, Time::ORIGIN, &input).first() {
                Some(Output::Ignored(reason)) => *reasons.entry(*reason).or_default() += 1,
                _ => acted_on += 1,
            }
        }
    }
    assert_eq!(reasons.len(), 11, "{reasons:?}");
    assert!(reasons.values().all(|&times| times > 10) && acted_on > 10_000, "{reasons:?}");
}

/// One put that waits for 41, which is nearest to 42, by way of 50.
fn waiting() -> (Node<Id>, Call<Id>) {
    let me = id(200);
    let config = Config { values: 2, ..plain() };
    let mut node = Node::new(config, me, Table::with(me, ids(&[50, 100]))).unwrap();
    let ttl = Duration::from_mins(1);
    let command = Command::Put { key: id(42), value: vec![1], ttl };
    give(&mut node, Time::ORIGIN, &Input::Command { command, fresh: Nonce(9) });
    (node, Call { operation: Nonce(9), level: 0, key: id(42) })
}

fn reply(call: Call<Id>, ways: &[u16]) -> Message<Id> {
    let ways = ways.iter().map(|&to| Hop { to: id(to), target: id(42) }).collect();
    let (count, least) = (1, Duration::from_secs(1));
    Message::ForwardReply { call, loaded: false, count, least, ways }
}

#[test]
fn each_lie_is_refused_by_its_name() {
    let (node, call) = waiting();
    let asked = *node.operations()[&Nonce(9)].waiting.keys().next().unwrap();
    let honest = reply(call, &[41]);
    let changed = |change: fn(&mut Message<Id>)| {
        let mut message = honest.clone();
        change(&mut message);
        message
    };
    let cases = [
        (id(41), honest.clone(), Reason::Unasked),
        (id(200), honest.clone(), Reason::Itself),
        (asked, reply(Call { key: id(43), ..call }, &[41]), Reason::AnotherSlot),
        (asked, reply(Call { operation: Nonce(8), ..call }, &[41]), Reason::Unasked),
        (asked, reply(call, &[201]), Reason::WrongPlace),
        (asked, reply(call, &[41, 41]), Reason::WrongPlace),
        (asked, reply(call, &[40, 41, 42, 43]), Reason::TooMany),
        (
            asked,
            changed(|message| {
                if let Message::ForwardReply { count, .. } = message {
                    *count = 3;
                }
            }),
            Reason::TooMany,
        ),
        (
            asked,
            changed(|message| {
                if let Message::ForwardReply { least, .. } = message {
                    *least = Duration::ZERO;
                }
            }),
            Reason::WrongLife,
        ),
        (asked, Message::StoreReply { call, accepted: true }, Reason::Unasked),
        (asked, Message::GetReply { call, values: vec![], ways: vec![] }, Reason::Unasked),
    ];
    for (from, message, reason) in cases {
        let input = Input::Message { from, message };
        let outputs = give(&mut node.clone(), Time::ORIGIN, &input);
        assert_eq!(outputs, [Output::Ignored(reason)], "{input:?}");
    }
    let (mut node, _) = waiting();
    let input = Input::Message { from: asked, message: honest };
    assert!(matches!(give(&mut node, Time::ORIGIN, &input).last(), Some(Output::SetTimer { .. })));
    let again = give(&mut node, Time::ORIGIN, &input);
    assert_eq!(again, [Output::Ignored(Reason::Unasked)], "a replay");
}

#[test]
fn a_value_that_cannot_be_is_not_stored_and_not_believed() {
    let (mut node, call) = waiting();
    let store = |value: Vec<u8>, ttl| Message::StoreRequest { call, cluster: 0, value, ttl };
    let minute = Duration::from_mins(1);
    for (message, reason) in [
        (store(vec![0; 257], minute), Reason::WrongValue),
        (store(vec![0], Duration::ZERO), Reason::WrongLife),
        (store(vec![0], Duration::from_hours(25)), Reason::WrongLife),
        (
            Message::StoreRequest { call, cluster: 1, value: vec![0], ttl: minute },
            Reason::AnotherCluster,
        ),
    ] {
        let input = Input::Message { from: id(50), message };
        assert_eq!(give(&mut node, Time::ORIGIN, &input), [Output::Ignored(reason)]);
    }
    let fresh = Nonce(10);
    let command = Command::Get { key: id(42) };
    give(&mut node, Time::ORIGIN, &Input::Command { command, fresh });
    let asked = *node.operations()[&fresh].waiting.keys().next().unwrap();
    let call = Call { operation: fresh, ..call };
    for (values, reason) in [
        (vec![(vec![1], Duration::ZERO)], Reason::WrongLife),
        (vec![(vec![1; 257], minute)], Reason::WrongValue),
        (vec![(vec![1], minute); 2], Reason::WrongValue),
        (vec![(vec![1], minute); 3], Reason::TooMany),
    ] {
        let message = Message::GetReply { call, values, ways: Vec::new() };
        let input = Input::Message { from: asked, message };
        assert_eq!(give(&mut node, Time::ORIGIN, &input), [Output::Ignored(reason)]);
    }
}
