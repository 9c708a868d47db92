//! Look-ups, fingers, and records that outlive the members that hold them.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::time::Duration;

use crate::common::Network;
use straightedge_impl::chord::{Command, Config, Delivery, Node, Record};
use straightedge_impl::identifier::{Identifier, Sha1Id, SmallId};
use straightedge_impl::machine::Nonce;

type Id = SmallId<64>;

fn id(number: u8) -> Id {
    Id::new(number).unwrap()
}

fn ids(numbers: impl IntoIterator<Item = u8>) -> Vec<Id> {
    numbers.into_iter().map(id).collect()
}

fn two() -> Config {
    Config { successors: 2, ..Config::default() }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Puts a value under a key by way of a member, and waits until it is kept.
fn put(network: &mut Network<Id>, by: u8, key: u8, value: &[u8]) {
    let request = network.command(id(by), Command::Put { key: id(key), value: value.to_vec() });
    network.run(seconds(10));
    assert!(network.delivered.contains(&(id(by), Delivery::Stored { request })), "{key}");
}

fn get(network: &mut Network<Id>, by: u8, key: u8) -> Option<Vec<u8>> {
    let request = network.command(id(by), Command::Get { key: id(key) });
    network.run(seconds(10));
    outcome(network, by, request)
}

fn outcome(network: &Network<Id>, by: u8, request: Nonce) -> Option<Vec<u8>> {
    let of_request = network.delivered.iter().find_map(|(to, delivery)| match delivery {
        Delivery::Value { request: answered, value } => {
            (*to == id(by) && *answered == request).then(|| value.clone())
        }
        _ => None,
    });
    of_request.unwrap()
}

/// The members that hold something under a key, in order.
fn holders(network: &Network<Id>, key: u8) -> Vec<u8> {
    let holds = |node: &&Node<Id>| node.records().contains_key(&id(key));
    network.nodes.values().filter(holds).map(|node| node.me().number()).collect()
}

#[test]
fn every_look_up_from_everywhere_finds_the_first_member_at_the_key_or_after_it() {
    let members = [0, 10, 20, 30, 40, 50];
    let mut network = Network::ring(two(), &ids(members));
    for by in members {
        for key in Id::circle() {
            let request = network.command(id(by), Command::Lookup { key });
            network.run(Duration::from_millis(100));
            let at_or_after = members.into_iter().find(|member| *member >= key.number());
            let owner = id(at_or_after.unwrap_or(0));
            let (to, found) = network.delivered.last().unwrap();
            assert_eq!(*to, id(by));
            let Delivery::Found { request: answered, owner: named, .. } = found else {
                panic!("{found:?}");
            };
            assert_eq!((*answered, *named), (request, owner), "{key} by {by}");
        }
    }
}

#[test]
fn fingers_make_the_way_short() {
    let name = |number: u32| Sha1Id::of(&number.to_be_bytes());
    let members: Vec<Sha1Id> = (0..64).map(name).collect();
    let longest = |fingers: u8, wait: u64| {
        let config = Config { fingers, ..Config::default() };
        let mut network = Network::ring(config, &members);
        network.run(seconds(wait));
        for number in 0..64 {
            network.command(name(number), Command::Lookup { key: name(number + 1000) });
        }
        network.run(seconds(5));
        let hops = network.delivered.iter().filter_map(|(_, delivery)| match delivery {
            Delivery::Found { hops, .. } => Some(*hops),
            _ => None,
        });
        let hops: Vec<u16> = hops.collect();
        assert_eq!(hops.len(), 64);
        hops.into_iter().max().unwrap()
    };
    assert!(longest(0, 1) > 12, "along successors, three at a time");
    assert!(longest(16, 40) <= 7, "by halves");
    assert_eq!(name(0).bits(), 160);
}

#[test]
fn a_look_up_goes_round_dead_nodes() {
    let mut network = Network::ring(two(), &ids([0, 10, 20, 30, 40, 50]));
    network.crash(id(20));
    let request = network.command(id(0), Command::Lookup { key: id(38) });
    network.run(seconds(4));
    let found = network.delivered.iter().find(|(to, _)| *to == id(0)).unwrap();
    let Delivery::Found { request: answered, owner, .. } = found.1 else { panic!("{found:?}") };
    assert_eq!((answered, owner), (request, id(40)));
}

#[test]
fn a_value_is_kept_by_its_owner_and_the_owners_successors() {
    let mut network = Network::ring(two(), &ids([0, 10, 20, 30, 40, 50]));
    put(&mut network, 50, 15, b"x");
    assert_eq!(holders(&network, 15), [20, 30, 40]);
    for by in [0, 10, 20, 30, 40, 50] {
        assert_eq!(get(&mut network, by, 15), Some(b"x".to_vec()));
    }
    assert_eq!(get(&mut network, 0, 16), None);
}

#[test]
fn a_later_value_takes_the_place_of_an_earlier_one() {
    let mut network = Network::ring(two(), &ids([0, 10, 20, 30]));
    put(&mut network, 0, 15, b"first");
    put(&mut network, 30, 15, b"later");
    put(&mut network, 20, 15, b"last");
    let expected = Record { version: 3, value: b"last".to_vec() };
    for (_, node) in network.nodes.iter().filter(|(key, _)| **key != id(10)) {
        assert_eq!(node.records().get(&id(15)), Some(&expected));
    }
}

#[test]
fn a_new_owner_is_handed_its_records_and_the_farthest_copy_is_deleted() {
    let mut network = Network::ring(two(), &ids([0, 10, 20, 30, 40, 50]));
    put(&mut network, 0, 15, b"x");
    network.join(two(), id(17), id(40));
    network.run(seconds(30));
    assert!(network.is_ideal());
    assert_eq!(holders(&network, 15), [17, 20, 30]);
    assert_eq!(get(&mut network, 0, 15), Some(b"x".to_vec()));
}

#[test]
fn a_value_outlives_the_crash_of_its_owner_and_is_copied_again() {
    let mut network = Network::ring(two(), &ids([0, 10, 20, 30, 40, 50]));
    put(&mut network, 0, 15, b"x");
    network.crash(id(20));
    network.run(seconds(60));
    assert!(network.is_ideal());
    assert_eq!(holders(&network, 15), [30, 40, 50]);
    assert_eq!(get(&mut network, 0, 15), Some(b"x".to_vec()));
}

#[test]
fn a_member_hands_its_records_over_before_it_leaves() {
    let mut network = Network::ring(two(), &ids([0, 10, 20, 30, 40]));
    for key in 11..=19 {
        put(&mut network, 0, key, &[key]);
    }
    network.crash(id(30));
    network.command(id(20), Command::Leave);
    network.run(seconds(60));
    assert!(network.delivered.contains(&(id(20), Delivery::Left)));
    assert!(network.nodes[&id(20)].records().is_empty());
    for key in 11..=19 {
        assert_eq!(get(&mut network, 10, key), Some(vec![key]), "{key}");
    }
}

#[test]
fn a_node_that_comes_back_offers_what_it_has_kept() {
    let mut network = Network::ring(two(), &ids([0, 10, 20, 30, 40]));
    put(&mut network, 0, 15, b"new");
    put(&mut network, 0, 15, b"newer");
    let record = |version, value: &[u8]| Record { version, value: value.to_vec() };
    let kept =
        BTreeMap::from([(id(15), record(1, b"new")), (id(33), record(7, b"known to nobody"))]);
    network.add(Node::outsider(two(), id(50)).with_records(kept));
    network.command(id(50), Command::Join { via: id(0) });
    network.run(seconds(60));
    assert_eq!(get(&mut network, 0, 15), Some(b"newer".to_vec()));
    assert_eq!(get(&mut network, 0, 33), Some(b"known to nobody".to_vec()));
    assert_eq!((holders(&network, 15), holders(&network, 33)), (vec![20, 30, 40], vec![0, 40, 50]));
}

#[test]
fn without_fingers_and_records_there_is_the_ring_alone() {
    let mut network = Network::ring(two(), &ids([0, 10, 20, 30]));
    network.run(seconds(20));
    let is_idle = |node: &Node<Id>| node.fingers().is_empty() && node.under_way() == 0;
    assert!(network.nodes.values().all(is_idle));
    assert!(network.has_no_timers_above_the_ring());
}
