//! Rings that form, grow, lose members, and heal.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use crate::common::Network;
use straightedge_impl::chord::{Command, Config, Delivery, JoinFailure, Node, Phase};
use straightedge_impl::identifier::{Identifier, Sha1Id, SmallId};

type Id = SmallId<16>;

fn id(number: u8) -> Id {
    Id::new(number).unwrap()
}

fn ids(numbers: &[u8]) -> Vec<Id> {
    numbers.iter().map(|&number| id(number)).collect()
}

fn two() -> Config {
    Config { successors: 2, ..Config::default() }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn an_ideal_ring_stays_as_it_is() {
    let mut network = Network::ring(two(), &ids(&[0, 4, 8]));
    assert!(network.is_ideal());
    network.run(seconds(20));
    assert!(network.is_ideal());
    assert!(network.sent > 3 * 15 * 4, "they stabilized all the while");
}

#[test]
fn nodes_that_join_at_once_find_their_places() {
    let mut network = Network::ring(two(), &ids(&[0, 4, 8]));
    for number in [1, 2, 3, 9, 15] {
        network.join(two(), id(number), id(4));
    }
    network.run(seconds(30));
    assert_eq!(network.nodes.values().filter(|node| node.phase() == Phase::Member).count(), 8);
    assert!(network.is_ideal(), "{:#?}", network.nodes);
    let joined = |(_, delivery): &&_| matches!(delivery, Delivery::Joined { .. });
    assert_eq!(network.delivered.iter().filter(joined).count(), 5);
}

#[test]
fn crashed_members_are_forgotten() {
    let mut network = Network::ring(two(), &ids(&[0, 1, 2, 3, 4, 5, 6, 7]));
    network.run(seconds(3));
    for number in [2, 5, 6] {
        network.crash(id(number));
    }
    network.run(seconds(60));
    assert!(network.is_ideal(), "{:#?}", network.nodes);
}

#[test]
fn a_crashed_member_comes_back() {
    let mut network = Network::ring(two(), &ids(&[0, 4, 8, 12]));
    network.crash(id(8));
    network.join(two(), id(8), id(0));
    network.run(seconds(60));
    assert_eq!(network.nodes[&id(8)].phase(), Phase::Member);
    assert!(network.is_ideal(), "{:#?}", network.nodes);
}

#[test]
fn a_member_that_leaves_is_forgotten() {
    let mut network = Network::ring(two(), &ids(&[0, 4, 8, 12]));
    network.command(id(4), Command::Leave);
    network.run(seconds(60));
    assert_eq!(network.nodes[&id(4)].phase(), Phase::Outsider);
    assert!(network.is_ideal(), "{:#?}", network.nodes);
}

#[test]
fn a_join_by_way_of_a_dead_node_fails() {
    let mut network = Network::ring(two(), &ids(&[0, 4, 8]));
    network.join(two(), id(9), id(5));
    network.run(seconds(10));
    let why = JoinFailure::NoAnswer;
    let expected = (id(9), Delivery::JoinFailed { asked: id(5), why });
    assert_eq!(network.delivered, [expected]);
    assert_eq!(network.nodes[&id(9)], Node::outsider(two(), id(9)));
}

#[test]
fn a_ring_of_hashed_names_grows_and_heals() {
    let name = |number: u32| Sha1Id::of(&number.to_be_bytes());
    let config = Config::default();
    let first: Vec<Sha1Id> = (0..4).map(name).collect();
    let mut network = Network::ring(config, &first);
    for number in 4..40 {
        network.join(config, name(number), name(number % 4));
    }
    network.run(seconds(120));
    assert!(network.is_ideal());
    for number in [7, 17, 27, 37] {
        network.crash(name(number));
    }
    network.run(seconds(120));
    assert!(network.is_ideal());
    assert_eq!(network.nodes.len(), 36);
    assert_eq!(name(0).bits(), 160);
}
