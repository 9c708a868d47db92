//! Puts and gets in small networks.

use std::time::Duration;

use straightedge_impl::coral::{Command, Config, Delivery, Goal, Message, Outcome, Phase, Policy};
use straightedge_impl::machine::{Input, Nonce, Time};

use super::network::{Id, Network, give, id, plain};

/// The course's five cache servers.
const SERVERS: [u16; 5] = [41, 50, 75, 100, 200];

#[test]
fn a_value_goes_to_the_closest_node_and_is_found_from_everywhere() {
    let mut network = Network::full(plain(), &SERVERS);
    assert_eq!(network.put(200, 42, 7, 60), Outcome::Stored(id(41)));
    assert_eq!(network.requests(), [75, 41]);
    for from in SERVERS {
        assert_eq!(network.get(from, 42), Some((41, vec![7])), "from {from}");
    }
    network.wait(Duration::from_mins(1));
    assert_eq!(network.get(200, 42), None, "its life is over");
}

#[test]
fn several_values_live_under_one_key_and_the_same_one_replaces_itself() {
    let config = Config { values: 2, ..plain() };
    let mut network = Network::full(config, &SERVERS);
    network.put(200, 42, 1, 60);
    network.put(100, 42, 2, 60);
    assert_eq!(network.get(50, 42), Some((41, vec![1, 2])));
    network.wait(Duration::from_secs(10));
    assert_eq!(network.put(75, 42, 2, 60), Outcome::Stored(id(41)), "though it is full");
    let held = network.held(41, 42);
    assert_eq!(held.len(), 2);
    assert!(held[0].1 < 50 && held[1].1 > 58, "{held:?}");
}

#[test]
fn a_full_node_sends_a_put_back_to_the_one_before() {
    let config = Config { values: 1, ..plain() };
    let mut network = Network::full(config, &SERVERS);
    assert_eq!(network.put(200, 42, 1, 60), Outcome::Stored(id(41)));
    assert_eq!(network.put(200, 42, 2, 60), Outcome::Stored(id(75)));
    assert_eq!(network.put(200, 42, 3, 60), Outcome::Stored(id(200)), "at its own node");
    assert_eq!(network.put(200, 42, 4, 60), Outcome::NotStored);
    assert_eq!(network.get(200, 42), Some((200, vec![3])), "without a message");
    assert_eq!(network.get(100, 42), Some((41, vec![1])));
}

#[test]
fn a_node_that_is_full_and_loaded_ends_the_way_and_is_not_asked_to_store() {
    let config = Config { values: 1, rate: 1, ..plain() };
    let mut network = Network::full(config, &SERVERS);
    network.put(200, 42, 1, 60);
    assert_eq!(network.put(200, 42, 2, 60), Outcome::Stored(id(75)));
    network.sent.clear();
    // 75 has one value and has let one put through: what comes by 75 goes back to its sender.
    let other = Config { policy: Policy::Splice { bits: 1 }, ..config };
    assert_eq!(other.rate, 1);
    assert_eq!(network.put(200, 42, 3, 60), Outcome::Stored(id(200)));
    assert_eq!(network.requests(), [75]);
    assert_eq!(network.put(200, 42, 4, 60), Outcome::NotStored);
    assert_eq!(network.requests(), [75], "its own node is full and loaded now");
}

/// The race that the two phases leave: both see room, and one is refused.
#[test]
fn of_two_puts_for_the_last_room_one_falls_back() {
    let config = Config { values: 1, ..plain() };
    let mut network = Network::full(config, &SERVERS);
    let ttl = Duration::from_mins(1);
    for (node, value) in [(200, 1), (100, 2)] {
        network.command(node, Command::Put { key: id(42), value: vec![value], ttl });
    }
    network.settle();
    let refused = network
        .sent
        .iter()
        .filter(|(_, _, message)| matches!(message, Message::StoreReply { accepted: false, .. }));
    assert_eq!(refused.count(), 1);
    let mut at: Vec<u16> = network
        .delivered
        .iter()
        .map(|(_, delivery)| match delivery {
            Delivery::PutEnded { outcomes, .. } => match outcomes[0].1 {
                Outcome::Stored(at) => at.number(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        })
        .collect();
    at.sort_unstable();
    assert_eq!((at[0], at.len()), (41, 2), "{at:?}");
    assert!(at[1] > 41, "{at:?}");
}

/// Four values of 20 seconds make room for an hour; four of an hour do not for 20 seconds.
#[test]
fn half_of_a_life_decides_whether_a_node_is_full() {
    let mut network = Network::full(plain(), &SERVERS);
    for value in 1..=4 {
        network.put(200, 42, value, 20 + u64::from(value));
    }
    assert_eq!(network.put(200, 42, 5, 3600), Outcome::Stored(id(41)));
    let held: Vec<u8> = network.held(41, 42).iter().map(|(value, _)| value[0]).collect();
    assert_eq!(held, [2, 3, 4, 5], "the shortest has made room");
    for value in 6..=9 {
        network.put(200, 42, value, 3600);
    }
    assert_eq!(network.put(200, 42, 10, 20), Outcome::Stored(id(75)));
}

/// Exactly half is enough to be full, and a nanosecond less is not.
#[test]
fn at_exactly_half_of_the_life_a_node_is_still_full() {
    let ttl = Duration::from_secs(100);
    let accepts_at = |nanoseconds: u64| {
        let config = Config { values: 1, ..plain() };
        let mut node = Network::full(config, &[41, 200]).nodes[&id(41)].clone().holding(
            (0, id(42)),
            vec![1],
            Time::from_nanoseconds(100_000_000_000),
        );
        let call = straightedge_impl::coral::Call { operation: Nonce(1), level: 0, key: id(42) };
        let message = Message::StoreRequest { call, cluster: 0, value: vec![2], ttl };
        let input = Input::Message { from: id(200), message };
        give(&mut node, Time::from_nanoseconds(nanoseconds), &input);
        node.store().slots()[&(0, id(42))].contains_key(&vec![2])
    };
    assert!(!accepts_at(50_000_000_000));
    assert!(accepts_at(50_000_000_001));
}

#[test]
fn a_node_that_does_not_answer_is_done_without() {
    let config = Config { resends: 1, ..plain() };
    let mut network = Network::full(config, &SERVERS);
    network.crash(75);
    assert_eq!(network.put(200, 42, 1, 60), Outcome::Stored(id(41)));
    assert_eq!(network.requests(), [75, 75, 41]);
    network.crash(41);
    assert_eq!(network.get(200, 42), None);
    assert_eq!(network.put(100, 42, 2, 60), Outcome::Stored(id(50)));
    let silent = network.node(200).levels()[0].table.contacts().any(|known| known == id(75));
    assert!(silent, "a fixed table forgets nobody");
}

#[test]
fn a_node_that_learns_forgets_who_does_not_answer() {
    let mut network = Network::full(Config { resends: 0, ..Config::default() }, &SERVERS);
    network.crash(75);
    network.put(200, 42, 1, 60);
    let known: Vec<u16> = network.node(200).levels()[0].table.contacts().map(Id::number).collect();
    assert_eq!(known, [41, 50, 100]);
}

fn is_store_reply(message: &Message<Id>) -> bool {
    matches!(message, Message::StoreReply { .. })
}

#[test]
fn a_store_that_is_not_answered_is_unsure_and_is_tried_nowhere_else() {
    let config = Config { resends: 2, ..plain() };
    let mut network = Network::full(config, &SERVERS);
    network.is_lost = is_store_reply;
    assert_eq!(network.put(200, 42, 1, 60), Outcome::Unsure(id(41)));
    let copies = SERVERS.iter().filter(|&&node| !network.held(node, 42).is_empty()).count();
    assert_eq!(copies, 1);
}

/// A copy of a question that was refused gets the same answer, though there would be room now.
#[test]
fn a_second_copy_of_a_store_gets_the_first_answer() {
    let late = |receipts| {
        let mut config = Config { values: 1, ..plain() };
        config.limits.receipts = receipts;
        let mut network = Network::full(config, &SERVERS);
        network.put(75, 42, 1, 10);
        network.put(200, 42, 2, 15);
        let refused = network.sent.iter().find(|(_, to, message)| {
            let is_second = matches!(message, Message::StoreRequest { value, .. } if value[0] == 2);
            *to == id(41) && is_second
        });
        let (from, to, message) = refused.unwrap().clone();
        network.wait(Duration::from_secs(11));
        let now = network.now;
        let input = Input::Message { from, message };
        give(network.nodes.get_mut(&to).unwrap(), now, &input);
        SERVERS.iter().filter(|&&node| !network.held(node, 42).is_empty()).count()
    };
    assert_eq!(late(16), 1);
    assert_eq!(late(0), 2, "without a memory of answers the put has two copies");
}

/// Coral does not promise that a get after a put finds something.
#[test]
fn a_get_may_miss_what_is_alive_elsewhere() {
    let config = Config { values: 1, rate: 1, ..plain() };
    let mut network = Network::full(config, &SERVERS);
    network.put(200, 42, 1, 10);
    network.put(200, 42, 2, 15);
    assert_eq!(network.put(200, 42, 3, 3600), Outcome::Stored(id(41)), "more than twice the life");
    let mut network = Network::full(config, &SERVERS);
    network.put(200, 42, 1, 10);
    assert_eq!(network.put(200, 42, 2, 19), Outcome::Stored(id(75)));
    network.wait(Duration::from_secs(11));
    assert_eq!(network.get(100, 42), None, "75 still has a value, and is not on the way");
    assert_eq!(network.get(200, 42), Some((75, vec![2])));
}

#[test]
fn several_nodes_are_asked_at_once_if_there_are_several_to_ask() {
    let config = Config { at_once: 3, ..plain() };
    let mut network = Network::full(config, &SERVERS);
    let ttl = Duration::from_mins(1);
    let nonce = network.command(200, Command::Put { key: id(42), value: vec![1], ttl });
    assert_eq!(network.requests(), [75, 41, 50][..network.requests().len()]);
    let operation = &network.node(200).operations()[&nonce];
    assert!(operation.waiting.len() > 1, "{operation:?}");
    assert!(matches!(operation.goal, Goal::Put { .. }) && operation.phase == Phase::Forward);
    network.settle();
    assert!(!network.held(41, 42).is_empty());
    assert_eq!(network.get(50, 42), Some((41, vec![1])));
}

#[test]
fn what_is_remembered_of_an_operation_is_what_nodes_have_said() {
    let config = Config { values: 1, ..plain() };
    let mut network = Network::full(config, &SERVERS);
    network.put(200, 42, 1, 60);
    let ttl = Duration::from_mins(1);
    let nonce = network.command(200, Command::Put { key: id(42), value: vec![2], ttl });
    while !matches!(network.node(200).operations()[&nonce].phase, Phase::Reverse { .. }) {
        assert!(network.step());
    }
    let operation = &network.node(200).operations()[&nonce];
    let contacted: Vec<(u16, bool, u8)> = operation
        .contacted
        .iter()
        .map(|(node, seen)| (node.number(), seen.full, seen.holding.count))
        .collect();
    assert_eq!(contacted, [(200, false, 0), (75, false, 0), (41, true, 1)]);
    assert_eq!(operation.stack, [id(200), id(75)], "41 is being asked");
}
