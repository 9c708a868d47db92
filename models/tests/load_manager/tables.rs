//! The arithmetic: hash tables, the DQ principle, waves. What the sub-models come to, beside what
//! their sources say.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use stateright::Model;
use straightedge_models::load_manager::capacity::ratio::Ratio;
use straightedge_models::load_manager::capacity::{Capacity, Event, Layout, Lever, Standing};
use straightedge_models::load_manager::hash::{maglev, modulo, rendezvous};
use straightedge_models::load_manager::placement::{Hash, Placement};
use straightedge_models::load_manager::upgrade::{Strategy as Waves, Upgrade};

/// Moves besides the leaver's share, in tenths of a per cent, at worst over all leavers.
fn worst(hash: Hash, servers: u8, clients: u32) -> u32 {
    let table = Placement { hash, servers, clients, tolerance: 0, fault: None };
    let all = (1 << servers) - 1;
    (0..servers).map(|leaver| table.moved(all, all & !(1 << leaver))).max().unwrap() * 1000
        / clients
}

#[test]
fn a_table_is_spread_and_disrupted_as_its_kind_promises() {
    for (servers, clients) in [(3, 101), (3, 307), (5, 503), (7, 1009)] {
        let table = Placement { hash: Hash::Maglev, servers, clients, tolerance: 0, fault: None };
        let (least, most) = table.spread((1 << servers) - 1);
        assert!(most - least <= 1, "{servers} servers, {clients} entries");
        assert!(
            worst(Hash::Maglev, servers, clients) <= 100,
            "{servers} servers, {clients} entries"
        );
        assert_eq!(worst(Hash::Rendezvous, servers, clients), 0);
        // Of the clients of servers that stay, most move.
        assert!(worst(Hash::Modulo, servers, clients) > 300);
    }
}

proptest! {
    #[test]
    fn a_leaver_moves_its_own_clients_only(client: u32, servers: u8, leaver in 0_u8..8) {
        let left = servers & !(1 << leaver);
        match (rendezvous(client, servers), rendezvous(client, left)) {
            (None, after) => prop_assert_eq!((servers, after), (0, None)),
            (Some(home), after) if home != leaver => prop_assert_eq!(after, Some(home)),
            (Some(_), after) => prop_assert_eq!(after.is_none(), left == 0),
        }
        for home in [rendezvous(client, servers), modulo(client, servers)].into_iter().flatten() {
            prop_assert!(servers >> home & 1 != 0);
        }
    }

    #[test]
    fn a_table_gives_each_server_its_turns(servers in 1_u8.., prime in 0_usize..4) {
        let entries = [7, 13, 101, 257][prime];
        let table = maglev(servers, entries);
        prop_assert_eq!(table.len(), entries as usize);
        let mut homes = [0_usize; 8];
        for &home in &table {
            homes[usize::from(home)] += 1;
        }
        let is_there = |&(server, _): &(usize, &usize)| servers >> server & 1 != 0;
        let counts: Vec<usize> =
            homes.iter().enumerate().filter(is_there).map(|(_, &count)| count).collect();
        prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
        prop_assert_eq!(counts.iter().sum::<usize>(), entries as usize);
    }
}

/// The servers whose bits are set fail, and a unit of time is served.
fn served(servers: &Capacity, down: u8) -> Standing {
    let fails = (0..servers.servers).filter(|server| down >> server & 1 != 0).map(Event::Fail);
    fails
        .chain([Event::Serve])
        .fold(Standing::default(), |state, event| servers.next_state(&state, event).unwrap())
}

/// Brewer's example: of two servers one is down.
#[test]
fn half_the_yield_or_half_the_harvest() {
    let half = Ratio::share(1, 2);
    let report = |layout| served(&Capacity::full(2, layout), 1).report.unwrap();
    let replicas = report(Layout::Replicated);
    assert_eq!((replicas.harvest(), replicas.r#yield()), (Ratio::ONE, half));
    let partitions = report(Layout::Partitioned);
    assert_eq!((partitions.harvest(), partitions.r#yield()), (half, Ratio::ONE));
    assert_eq!(replicas.read, partitions.read, "the same DQ is left");
}

/// The cells of the table of overload, of which the printed ones could not be read.
#[test]
fn survivors_carry_more() {
    for (servers, failed, overload) in
        [(5, 1, (5, 4)), (5, 2, (5, 3)), (2, 1, (2, 1)), (3, 1, (3, 2))]
    {
        let full = Capacity::full(servers, Layout::Replicated);
        let report = served(&full, (1 << failed) - 1).report.unwrap();
        assert_eq!(
            Ratio::share(report.busiest, full.answers),
            Ratio::share(overload.0, overload.1)
        );
    }
}

/// One of three sites is lost: two thirds of the data for all queries, or all data for two thirds.
#[test]
fn two_thirds_of_one_or_of_the_other() {
    let three = Capacity::full(3, Layout::Replicated);
    let cut = Capacity { lever: Lever::Database, ..three };
    let report = served(&cut, 1).report.unwrap();
    assert_eq!((report.harvest(), report.r#yield()), (Ratio::share(2, 3), Ratio::ONE));
    let report = served(&three, 1).report.unwrap();
    assert_eq!((report.harvest(), report.r#yield()), (Ratio::ONE, Ratio::share(2, 3)));
}

#[test]
fn every_strategy_loses_the_same_and_leaves_another_least() {
    for servers in 2..=8 {
        for units in 1..=3 {
            let end = |strategy| {
                Upgrade { units, ..Upgrade::new(servers, strategy) }.carried_out().unwrap()
            };
            let [fast, rolling, flip] = [Waves::Fast, Waves::Rolling, Waves::BigFlip].map(end);
            for over in [fast, rolling, flip] {
                assert!(over.is_over());
                assert_eq!(over.lost, u16::from(servers * units));
            }
            assert_eq!((fast.least, rolling.least, flip.least), (0, servers - 1, servers / 2));
            assert_eq!((fast.mixed, flip.mixed), (0, 0));
            assert_eq!(rolling.mixed, (servers - 2) * units);
            assert_eq!(
                (fast.elapsed, rolling.elapsed, flip.elapsed),
                (units, servers * units, 2 * units)
            );
        }
    }
}

#[test]
fn an_upgrade_that_leaves_a_choice_has_no_one_course() {
    assert_eq!(Upgrade::new(4, Waves::AnyWaves).carried_out(), None);
}
