//! Every look-up in small spaces ends at the closest node.

use straightedge_impl::coral::{Hop, Place, Policy, Table};
use straightedge_impl::identifier::{BitId, Xor};

const GREEDY: Policy = Policy::Greedy;
const SPLICE: Policy = Policy::Splice { bits: 1 };

/// The contacts of a node.
type Contacts<const W: u32> = Vec<BitId<W>>;

/// All ways to have one contact in each bucket for which there are nodes.
fn single_tables<const W: u32>(me: BitId<W>, nodes: &[BitId<W>]) -> Vec<Contacts<W>> {
    let all = Table::with(me, nodes.iter().copied());
    let mut tables: Vec<Contacts<W>> = vec![Vec::new()];
    for prefix in 0..W {
        let bucket = all.bucket(prefix);
        if !bucket.is_empty() {
            let with = |table: &Contacts<W>, id: BitId<W>| {
                table.iter().copied().chain([id]).collect::<Contacts<W>>()
            };
            let longer = tables.iter().flat_map(|table| bucket.iter().map(|&id| with(table, id)));
            tables = longer.collect();
        }
    }
    tables
}

/// The longest way from a place, over all tables along it; every one must end at the closest node.
struct Walk<'a, const W: u32> {
    policy: Policy,
    /// By the number of the node.
    tables: &'a [Vec<Contacts<W>>],
    closest: BitId<W>,
    /// By the numbers of the node and of the point that led there.
    known: [[Option<usize>; 16]; 16],
}

impl<const W: u32> Walk<'_, W> {
    fn longest(&mut self, place: Place<BitId<W>>) -> usize {
        let [at, target] = [place.at, place.target].map(|id| usize::from(id.number()));
        if let Some(known) = self.known[at][target] {
            return known;
        }
        let mut longest = 0;
        for table in &self.tables[at] {
            let Some(Hop { to, target }) = place.next(self.policy, table.iter().copied()) else {
                assert_eq!(place.at, self.closest, "{:?} is stuck", self.policy);
                continue;
            };
            assert!(to.xor(place.key) < place.at.xor(place.key), "a hop leads nearer");
            longest = longest.max(1 + self.longest(Place { at: to, target, key: place.key }));
        }
        self.known[at][target] = Some(longest);
        longest
    }
}

/// The longest ways to key 0 over all node sets, by policy: by symmetry that is every key.
fn longest<const W: u32, const N: usize>(policies: [Policy; N], is_full: bool) -> [usize; N] {
    let key = BitId::<W>::wrapped(0);
    let mut longest = [0; N];
    for set in 1..1_u32 << (1 << W) {
        let nodes: Contacts<W> = BitId::all().filter(|id| set >> id.number() & 1 == 1).collect();
        let others = |me| nodes.iter().copied().filter(|&id| id != me).collect();
        let of = |me| if is_full { vec![others(me)] } else { single_tables(me, &nodes) };
        let tables: Vec<Vec<Contacts<W>>> =
            BitId::all().map(|me| if nodes.contains(&me) { of(me) } else { vec![] }).collect();
        let closest = nodes.iter().copied().min_by_key(|id| id.xor(key)).unwrap();
        for (policy, longest) in policies.into_iter().zip(&mut longest) {
            let mut walk = Walk { policy, tables: &tables, closest, known: [[None; 16]; 16] };
            for &start in &nodes {
                *longest = walk.longest(Place::beginning(start, key)).max(*longest);
            }
        }
    }
    longest
}

#[test]
fn with_one_contact_a_bucket_every_way_ends_at_the_closest_node() {
    assert_eq!(longest::<3, 3>([GREEDY, SPLICE, Policy::Half], false), [3, 3, 6]);
    assert_eq!(longest::<4, 3>([GREEDY, SPLICE, Policy::Half], false), [4, 4, 10]);
    assert_eq!(longest::<3, 2>([2, 3].map(|bits| Policy::Splice { bits }), false), [3, 3]);
}

#[test]
fn with_full_tables_greedy_needs_one_hop_and_splice_as_many_as_there_are_bits() {
    assert_eq!(longest::<3, 3>([GREEDY, SPLICE, Policy::Half], true)[..2], [1, 3]);
    let [greedy, splice, half] = longest::<4, 3>([GREEDY, SPLICE, Policy::Half], true);
    assert!(greedy == 1 && splice == 4 && half > 4, "{half}");
}

/// With one contact a bucket greedy and splice choose the same one, if the bucket of the first bit
/// that is to change has one. A fault that is greedy instead of splice is hard to see there.
#[test]
fn greedy_and_splice_agree_where_the_next_bucket_has_one_contact() {
    let key = BitId::<3>::wrapped(0);
    let (mut agree, mut differ) = (0, Vec::new());
    for set in 1..256_u32 {
        let nodes: Vec<BitId<3>> = BitId::all().filter(|id| set >> id.number() & 1 == 1).collect();
        for &me in &nodes {
            for table in single_tables(me, &nodes) {
                let hop = |policy| {
                    let hop = Place::beginning(me, key).next(policy, table.iter().copied());
                    hop.map(|hop| hop.to)
                };
                let first_bit = me.common_prefix(key);
                let is_empty = table.iter().all(|id| me.common_prefix(*id) != first_bit);
                if hop(GREEDY) == hop(SPLICE) {
                    agree += 1;
                } else {
                    assert!(is_empty, "{me} of {nodes:?}");
                    differ.push((me.number(), set));
                }
            }
        }
    }
    // Among 4, 6 and 7 nobody has a first bit of 0: the point 3 that 7 looks for is nearer to 6,
    // and the key to 4.
    assert!(agree > 1000 && differ.contains(&(7, 0b1101_0000)), "{differ:?}");
    let full = Table::with(BitId::<3>::wrapped(7), BitId::all());
    let hop = |policy| Place::beginning(BitId::wrapped(7), key).next(policy, full.contacts());
    assert_eq!(hop(GREEDY).unwrap().to.number(), 0);
    assert_eq!(hop(SPLICE).unwrap().to.number(), 3);
}

fn path(policy: Policy, nodes: &[u16], from: u16, key: u16) -> Vec<u16> {
    let id = |number| BitId::<8>::new(number).unwrap();
    let mut place = Place::beginning(id(from), id(key));
    let mut path = vec![from];
    loop {
        let contacts = nodes.iter().copied().filter(|&node| id(node) != place.at).map(id);
        let Some(Hop { to, target }) = place.next(policy, contacts) else { return path };
        path.push(to.number());
        place = Place { at: to, target, key: place.key };
    }
}

#[test]
fn the_notes_ways_differ_by_policy() {
    let servers = [41, 50, 75, 100, 200];
    assert_eq!(path(GREEDY, &servers, 200, 42), [200, 41]);
    assert_eq!(path(SPLICE, &servers, 200, 42), [200, 75, 41]);
    assert_eq!(path(Policy::Half, &servers, 200, 42), [200, 75, 50, 41]);
    let nodes = [0, 4, 5, 7, 14];
    assert_eq!(path(Policy::Half, &nodes, 14, 4), [14, 0, 5, 4]);
    // Only if 14 knows of 0 alone, as on the slide, splice asks 0 first.
    assert_eq!(path(SPLICE, &nodes, 14, 4), [14, 7, 4]);
    assert_eq!(path(GREEDY, &nodes, 14, 4), [14, 4]);
}

/// In a complete space the closest node is asked by those that differ from the key in one digit.
#[test]
fn in_a_complete_space_the_closest_node_has_a_neighbour_for_each_digit() {
    fn neighbours(bits: u8) -> usize {
        let all: Vec<u16> = (0..256).collect();
        let last = |from: u16| {
            let path = path(Policy::Splice { bits }, &all, from, 0);
            path[path.len() - 2]
        };
        let mut last: Vec<u16> = (1..256).map(last).collect();
        last.sort_unstable();
        last.dedup();
        last.len()
    }
    assert_eq!([1, 2, 4].map(neighbours), [8, 3 * 4, 15 * 2]);
}
