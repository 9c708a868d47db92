//! Clusters: a fast one of few nodes inside the slow one of all.

use std::time::Duration;

use straightedge_impl::coral::{
    Command, Config, Delivery, Membership, Message, Node, Outcome, Table,
};

use super::network::{Id, Network, id, ids, plain};

/// The nodes of the fast cluster; the others are in one of their own.
const FAST: [u16; 3] = [50, 100, 200];
const ALL: [u16; 6] = [41, 43, 50, 75, 100, 200];

fn network(config: Config) -> Network {
    let node = |&number: &u16| {
        let me = id(number);
        let is_fast = FAST.contains(&number);
        let near: Vec<u16> =
            ALL.iter().copied().filter(|other| FAST.contains(other) == is_fast).collect();
        let level =
            |cluster, nodes: &[u16]| Membership { cluster, table: Table::with(me, ids(nodes)) };
        let levels = vec![level(0, &ALL), level(1 + u64::from(is_fast), &near)];
        Node::in_clusters(config, me, levels).unwrap()
    };
    Network::of(ALL.iter().map(node).collect::<Vec<_>>())
}

fn outcomes(network: &Network) -> Vec<(u8, Outcome<Id>)> {
    match &network.delivered.last().unwrap().1 {
        Delivery::PutEnded { outcomes, .. } => outcomes.clone(),
        other => panic!("{other:?}"),
    }
}

/// Level and addressee of each request that was sent on the way to a key.
fn asked(network: &Network) -> Vec<(u8, u16)> {
    let questions = network.sent.iter().filter(|(_, _, message)| {
        matches!(message, Message::ForwardRequest { .. } | Message::GetRequest { .. })
    });
    questions.map(|(_, to, message)| (message.call().level, to.number())).collect()
}

#[test]
fn a_put_stores_in_the_fast_cluster_first_and_goes_on_from_there() {
    let mut network = network(plain());
    network.put(200, 42, 1, 60);
    assert_eq!(outcomes(&network), [(1, Outcome::Stored(id(50))), (0, Outcome::Stored(id(43)))]);
    let asked = asked(&network);
    assert_eq!(asked.last(), Some(&(0, 43)));
    let switch = asked.iter().position(|&(level, _)| level == 0).unwrap();
    assert_eq!(asked[switch], (0, 50), "from where it was stored");
    assert!(asked[..switch].iter().all(|(_, to)| FAST.contains(to)));
}

#[test]
fn a_hit_in_the_fast_cluster_ends_a_get_and_a_miss_goes_on_from_the_place_reached() {
    let mut network = network(plain());
    network.put(200, 42, 1, 60);
    network.sent.clear();
    assert_eq!(network.get(100, 42), Some((50, vec![1])));
    assert!(asked(&network).iter().all(|&(level, _)| level == 1));
    network.sent.clear();
    assert_eq!(network.get(75, 42), Some((43, vec![1])), "in the other cluster");
    let key = 46;
    network.put(75, key, 2, 60);
    network.sent.clear();
    assert_eq!(network.get(200, key).map(|(_, values)| values), Some(vec![2]));
    let distances: Vec<u16> = asked(&network).iter().map(|(_, to)| to ^ key).collect();
    assert!(distances.is_sorted_by(|one, next| one >= next), "{distances:?}");
    let levels: Vec<u8> = asked(&network).iter().map(|(level, _)| *level).collect();
    assert!(levels.contains(&1) && levels.ends_with(&[0]), "{levels:?}");
}

#[test]
fn a_key_that_is_loaded_in_the_fast_cluster_goes_no_farther() {
    let mut network = network(Config { values: 1, rate: 1, ..plain() });
    network.put(200, 42, 1, 60);
    assert_eq!(outcomes(&network).len(), 2);
    network.put(100, 42, 2, 60);
    let outcomes = outcomes(&network);
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    assert_eq!(outcomes[0].0, 1);
}

#[test]
fn who_is_in_another_cluster_is_not_served() {
    let mut network = network(plain());
    let ttl = Duration::from_mins(1);
    network.command(41, Command::Put { key: id(200), value: vec![1], ttl });
    network.settle();
    let by_level = |level| {
        let asked = asked(&network);
        asked.iter().filter(|(at, _)| *at == level).map(|(_, to)| *to).collect::<Vec<_>>()
    };
    assert!(by_level(1).iter().all(|to| !FAST.contains(to)), "{:?}", by_level(1));
    assert_eq!(by_level(0).last(), Some(&200));
}
