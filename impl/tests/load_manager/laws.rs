//! What hashing and waves promise, over many clients.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use quickcheck::quickcheck;
use straightedge_impl::load_manager::{Maglev, Server, Strategy, mix, modulo, rendezvous};

const CLIENTS: u64 = 4_000;

fn clients(seed: u64) -> impl Iterator<Item = u64> {
    (0..CLIENTS).map(move |client| mix(seed ^ client))
}

fn all_but(servers: u32, gone: u32) -> impl Iterator<Item = Server> + Clone {
    (0..servers).filter(move |server| *server != gone).map(Server)
}

/// The work that is not done while waves of servers are down one after another, each for so long.
fn lost(waves: &[u32], time: u64, work: u64) -> u64 {
    waves.iter().map(|wave| u64::from(*wave) * time * work).sum()
}

quickcheck! {
    fn rendezvous_moves_the_clients_of_who_leaves_and_no_other(seed: u64, n: u8, gone: u8) -> bool {
        let servers = u32::from(n % 30) + 2;
        let gone = u32::from(gone) % servers;
        clients(seed).all(|client| {
            let before = rendezvous(client, (0..servers).map(Server));
            let after = rendezvous(client, all_but(servers, gone));
            before == after || before == Some(Server(gone))
        })
    }

    fn modulo_moves_nearly_all(seed: u64, n: u8) -> bool {
        // The last of n leaves: only those stay whose number leaves the same remainder by n and by
        // n - 1, one of n.
        let servers = u32::from(n % 18) + 3;
        let moved = clients(seed)
            .filter(|client| modulo(*client, servers) != modulo(*client, servers - 1))
            .count() as f64;
        let expected = f64::from(servers - 1) / f64::from(servers);
        (moved / CLIENTS as f64 - expected).abs() < 0.05
    }

    fn maglev_is_even_and_moves_little(n: u8, gone: u8) -> bool {
        // At most a tenth of the table moves besides what the leaver had.
        let (servers, size) = (u32::from(n % 4) + 2, 1009);
        let gone = u32::from(gone) % servers;
        let before = Maglev::new(size, (0..servers).map(Server));
        let after = Maglev::new(size, all_but(servers, gone));
        let of = |table: &Maglev, server| {
            table.entries().iter().filter(|entry| entry.0 == server).count()
        };
        let shares: Vec<usize> = (0..servers).map(|server| of(&before, server)).collect();
        let is_even = shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1;
        let entries = before.entries().iter().zip(after.entries());
        let moved = entries.filter(|(old, new)| old != new && old.0 != gone).count();
        is_even && moved * 10 <= size as usize && before.entries().len() == size as usize
    }

    fn every_order_of_upgrading_loses_the_same(n: u8, at_once: u8, time: u8, work: u8) -> bool {
        let (time, work) = (u64::from(time), u64::from(work));
        let servers = u32::from(n) + 1;
        let rolling = Strategy::Rolling { at_once: u32::from(at_once) + 1 };
        [Strategy::Fast, Strategy::BigFlip, rolling].iter().all(|strategy| {
            lost(&strategy.waves(servers), time, work) == u64::from(servers) * time * work
        })
    }
}

#[test]
fn orders_of_upgrading_differ_in_what_is_left() {
    for servers in 2..=8 {
        let least =
            |strategy: Strategy| servers - strategy.waves(servers).into_iter().max().unwrap();
        assert_eq!(least(Strategy::Fast), 0);
        assert_eq!(least(Strategy::Rolling { at_once: 1 }), servers - 1);
        assert_eq!(least(Strategy::BigFlip), servers / 2);
        assert!(!Strategy::BigFlip.mixes_versions(servers));
        assert!(Strategy::Rolling { at_once: 1 }.mixes_versions(servers));
    }
}

#[test]
fn rendezvous_spreads_clients() {
    let mut counts = [0_u64; 10];
    for client in clients(7) {
        counts[rendezvous(client, (0..10).map(Server)).unwrap().0 as usize] += 1;
    }
    // 400 each, and a deviation of 19.
    assert!(counts.iter().all(|count| count.abs_diff(400) < 80), "{counts:?}");
}
