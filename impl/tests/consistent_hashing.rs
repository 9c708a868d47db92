//! Placements against Karger's measures, and against published tables.
#![allow(clippy::unwrap_used)]

use straightedge_impl::consistent_hashing::ketama::{Continuum, Server, place};
use straightedge_impl::consistent_hashing::measure::{
    follows_preference, load, loads, monotonicity, moved, spread, views,
};
use straightedge_impl::consistent_hashing::ring::{Ring, Rule, VirtualNodes};
use straightedge_impl::consistent_hashing::scored::{Modulo, Rendezvous, jump};
use straightedge_impl::consistent_hashing::{Placement, mixed};

/// Jump as a placement: the buckets that are there are numbered anew, in order.
struct Renumbered;

impl Placement for Renumbered {
    fn place(&self, view: &[u32], item: u64) -> Option<u32> {
        let mut buckets = view.to_vec();
        buckets.sort_unstable();
        buckets.get(jump(item, buckets.len() as u32)? as usize).copied()
    }
}

fn items(number: u64) -> Vec<u64> {
    (0..number).map(mixed).collect()
}

fn rings() -> Vec<VirtualNodes> {
    let kinds = [Rule::Closest, Rule::Successor].into_iter();
    let points = kinds.flat_map(|rule| [1, 5, 40].map(|points| (rule, points)));
    points.map(|(rule, points)| VirtualNodes { points, rule, seed: 7 }).collect()
}

/// Every pair of views of six buckets of which one is part of the other: three to the sixth.
#[test]
fn monotone_placements_move_nothing_without_need() {
    let items = items(200);
    for ring in rings() {
        assert_eq!(monotonicity(&ring, 6, &items), (None, 729), "{ring:?}");
    }
    assert_eq!(monotonicity(&Rendezvous { seed: 1 }, 6, &items), (None, 729));
}

#[test]
fn modulo_and_renumbered_buckets_move_items_without_need() {
    let items = items(200);
    let (found, _) = monotonicity(&Modulo, 6, &items);
    let found = found.unwrap();
    let [before, after] =
        [&found.smaller, &found.larger].map(|view| Modulo.place(view, found.item).unwrap());
    assert!(before != after && found.smaller.contains(&after), "{found:?}");
    assert!(monotonicity(&Renumbered, 6, &items).0.is_some());
    // Two buckets, of which the first can only go last: there jump is monotone.
    assert!((0..20).all(|buckets| {
        items.iter().all(|&item| {
            let (before, after) = (jump(item, buckets), jump(item, buckets + 1));
            before == after || after == Some(buckets)
        })
    }));
}

/// Theorem 4.3: monotone, if and only if each item has an order of preference.
#[test]
fn a_placement_is_monotone_exactly_if_items_have_an_order_of_preference() {
    let items = items(60);
    let follow = |placement: &dyn Fn(u64) -> bool| items.iter().all(|item| placement(*item));
    for ring in rings() {
        assert!(follow(&|item| follows_preference(&ring, 6, item)), "{ring:?}");
    }
    assert!(follow(&|item| follows_preference(&Rendezvous { seed: 3 }, 6, item)));
    assert!(!follow(&|item| follows_preference(&Modulo, 6, item)));
    assert!(!follow(&|item| follows_preference(&Renumbered, 6, item)));
}

/// Theorem 4.4: a monotone and universal placement agrees on as many items as the views have
/// buckets in common, of those that either has.
#[test]
fn views_agree_on_as_many_items_as_buckets() {
    let items = items(20_000);
    let placement = Rendezvous { seed: 11 };
    for (one, other, common, either) in
        [(0..10, 0..9, 9.0, 10.0), (0..10, 5..15, 5.0, 15.0), (0..4, 2..6, 2.0, 6.0)]
    {
        let [one, other]: [Vec<u32>; 2] = [one.collect(), other.collect()];
        let agree = 1.0 - moved(&placement, &one, &other, &items);
        // Four standard deviations of 20,000 draws are less than 0.0142.
        assert!((agree - common / either).abs() < 0.0142, "{one:?} {other:?}: {agree}");
    }
}

#[test]
fn modulo_moves_all_but_a_share_and_a_ring_moves_the_share() {
    for buckets in [4_u32, 10, 100] {
        let all: Vec<u32> = (0..buckets).collect();
        let fewer = &all[..all.len() - 1];
        let period: Vec<u64> = (0..u64::from(buckets) * u64::from(buckets - 1)).collect();
        let share = 1.0 / f64::from(buckets);
        let of_modulo = moved(&Modulo, &all, fewer, &period);
        assert!((of_modulo - (1.0 - share)).abs() < 1e-9, "{buckets}: {of_modulo}");
        let of_rendezvous = moved(&Rendezvous { seed: 5 }, &all, fewer, &items(20_000));
        assert!((of_rendezvous - share).abs() < 0.0142, "{buckets}: {of_rendezvous}");
    }
}

/// The more points a bucket has, the more evenly items are spread; that is balance.
#[test]
fn virtual_nodes_even_out_the_loads() {
    let view: Vec<u32> = (0..20).collect();
    let items = items(40_000);
    let spread_of = |points| {
        let ring = VirtualNodes { points, rule: Rule::Successor, seed: 2 }.ring(&view);
        let hashing = VirtualNodes { points, rule: Rule::Successor, seed: 2 };
        let mut loads = vec![0_usize; view.len()];
        for &item in &items {
            let owner = ring.owner(hashing.place_of(item), Rule::Successor).unwrap();
            loads[owner as usize] += 1;
        }
        *loads.iter().max().unwrap() as f64 / *loads.iter().min().unwrap().max(&1) as f64
    };
    let (one, many) = (spread_of(1), spread_of(200));
    assert!(one > 5.0 && many < 1.5, "largest to smallest: {one} with one point, {many} with 200");
    let rendezvous = loads(&Rendezvous { seed: 9 }, &view, &items);
    assert!(rendezvous.iter().all(|load| (1_800..2_200).contains(load)), "{rendezvous:?}");
}

/// With all views of at least half of eight buckets an item goes to few of them, and a bucket gets
/// few more items than its share.
#[test]
fn spread_and_load_stay_small_where_every_view_has_half_of_the_buckets() {
    let half: Vec<Vec<u32>> = views(8).into_iter().filter(|view| view.len() >= 4).collect();
    assert_eq!(half.len(), 163);
    let items = items(400);
    let placement = Rendezvous { seed: 4 };
    // An item's first bucket in a view of at least four of eight is one of its first five.
    let spreads: Vec<usize> = items.iter().map(|item| spread(&placement, &half, *item)).collect();
    assert!(spreads.iter().all(|&spread| spread == 5), "{spreads:?}");
    assert!(items.iter().any(|item| spread(&Modulo, &half, *item) > 5));
    for bucket in 0..8 {
        // Five of eight items have the bucket among their first five.
        let load = load(&placement, &half, &items, bucket);
        assert!((200..300).contains(&load), "{bucket}: {load}");
    }
}

#[test]
fn the_slides_rings_and_their_corrections() {
    let ring = |size, places: &[u64]| {
        places.iter().fold(Ring::new(size), |ring, &place| ring.with(place, place as u32))
    };
    let small = ring(128, &[32, 90, 105]);
    let successors = [5, 20, 80, 106].map(|item| small.owner(item, Rule::Successor));
    assert_eq!(successors, [Some(32), Some(32), Some(90), Some(32)]);
    let larger = ring(128, &[10, 32, 60, 90, 105, 120]);
    let successors = [5, 80].map(|item| larger.owner(item, Rule::Successor));
    assert_eq!(successors, [Some(10), Some(90)]);
    // Between 12 and 0 item 14 is equally far from both: clockwise decides.
    let quarters = ring(16, &[0, 4, 8, 12]);
    assert_eq!(quarters.owner(14, Rule::Closest), Some(0));
    assert_eq!([13, 15].map(|item| quarters.owner(item, Rule::Closest)), [Some(12), Some(0)]);
    assert_eq!(Ring::new(16).owner(3, Rule::Closest), None);
}

/// Lamping and Veach's function, as its reference and two libraries have it.
#[test]
fn jump_gives_the_published_buckets() {
    let table = |item| (1..20).map(|buckets| jump(item, buckets).unwrap()).collect::<Vec<_>>();
    let runs = |runs: &[(u32, usize)]| -> Vec<u32> {
        runs.iter().flat_map(|&(bucket, times)| std::iter::repeat_n(bucket, times)).collect()
    };
    assert_eq!(table(1), runs(&[(0, 6), (6, 11), (17, 2)]));
    assert_eq!(table(0xdead_beef), runs(&[(0, 1), (1, 1), (2, 1), (3, 2), (5, 11), (16, 3)]));
    assert_eq!(table(0x0ddc_0ffe_ebad_f00d), runs(&[(0, 1), (1, 1), (2, 13), (15, 4)]));
    assert_eq!(table(0), runs(&[(0, 19)]));
    let of_a_hundred: Vec<u32> = (0..20).map(|item| jump(item, 100).unwrap()).collect();
    assert_eq!(
        of_a_hundred,
        [0, 55, 62, 8, 45, 59, 86, 97, 82, 59, 73, 37, 17, 56, 86, 21, 90, 37, 38, 83]
    );
    for (item, buckets, bucket) in [
        (10_863_919_174_838_991, 11, 6),
        (2_016_238_256_797_177_309, 11, 3),
        (1_673_758_223_894_951_030, 11, 5),
        (2, 100_001, 80_343),
        (2201, 100_001, 22_152),
        (2202, 100_001, 15_018),
    ] {
        assert_eq!(jump(item, buckets), Some(bucket), "{item} of {buckets}");
    }
    let moved: Vec<u32> = (0..100_000)
        .filter(|&item| jump(item, 10) != jump(item, 11))
        .map(|item| jump(item, 11).unwrap())
        .collect();
    assert_eq!(moved.len(), 9042);
    assert!(moved.iter().all(|&bucket| bucket == 10));
    assert_eq!(jump(1, 0), None);
}

fn ketama() -> (Vec<Server>, Continuum) {
    let weights = [600, 300, 200, 350, 1000, 800, 950, 100];
    let server = |(number, weight)| Server { address: format!("10.0.1.{number}:11211"), weight };
    let servers: Vec<Server> = (1..).zip(weights).map(server).collect();
    let continuum = Continuum::new(&servers);
    (servers, continuum)
}

/// What libketama's own test prints for so many keys, as the digest of the text.
fn digest_of_owners(keys: u32) -> String {
    use md5::{Digest, Md5};
    let (servers, continuum) = ketama();
    let mut digest = Md5::new();
    digest.update(b"\n");
    for key in 0..keys {
        let place = place(key.to_string().as_bytes());
        let (point, owner) = continuum.owner(place).unwrap();
        digest.update(format!("{place} {point} {}\n", servers[owner].address).as_bytes());
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn ketama_gives_the_published_owners_of_a_million_keys() {
    let (servers, continuum) = ketama();
    let points = continuum.points_of_each(servers.len());
    assert_eq!(points, [176, 88, 56, 104, 296, 236, 280, 28]);
    for (key, expected) in [
        ("0", (2_216_742_351, 2_217_271_743, 0)),
        ("1", (943_901_380, 949_045_552, 4)),
        ("2", (2_373_066_440, 2_374_693_370, 5)),
    ] {
        let at = place(key.as_bytes());
        let (point, owner) = continuum.owner(at).unwrap();
        assert_eq!((at, point, owner), expected, "{key}");
    }
    assert_eq!(digest_of_owners(1_000), "d1a4912a80e4654ec2e4e462c8b911c6");
    assert_eq!(digest_of_owners(1_000_000), "5672b131391f5aa2b280936aec1eea74");
}

#[test]
fn a_key_after_the_last_point_goes_to_the_first() {
    let (_, continuum) = ketama();
    assert_eq!(place(b"VDEAAAAA"), 0xfffc_d1b5);
    let first = continuum.owner(0);
    assert_eq!(continuum.owner(u32::MAX), first);
}
