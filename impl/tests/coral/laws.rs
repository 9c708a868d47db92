//! Laws of small functions, against dumb versions of them.

use std::time::Duration;

use quickcheck::quickcheck;
use straightedge_impl::coral::{Config, Holding, Policy, Table, advanced};
use straightedge_impl::identifier::{BitId, Sha1Id, Xor, is_nearer};

type Small = BitId<16>;

fn small(number: u16) -> Small {
    Small::new(number).unwrap()
}

/// The number as the last two bytes of 160 bits.
fn padded(number: u16) -> Sha1Id {
    let mut bytes = [0; 20];
    bytes[18..].copy_from_slice(&number.to_be_bytes());
    Sha1Id(bytes)
}

fn sha(bytes: &[u8]) -> Sha1Id {
    Sha1Id::of(bytes)
}

quickcheck! {
    fn the_distance_is_a_metric(a: u16, b: u16, c: u16) -> bool {
        let distance = |one: u16, other: u16| small(one).xor(small(other)).number();
        let sum = u32::from(distance(a, b)) + u32::from(distance(b, c));
        (distance(a, b) == 0) == (a == b)
            && distance(a, b) == distance(b, a)
            && u32::from(distance(a, c)) <= sum
    }

    fn for_each_distance_there_is_one_identifier(key: u16, a: u16, b: u16) -> bool {
        let same = small(a).xor(small(key)) == small(b).xor(small(key));
        same == (a == b) && small(a).xor(small(a).xor(small(key))) == small(key)
    }

    fn large_identifiers_are_as_near_as_small_ones(a: u16, b: u16, key: u16) -> bool {
        is_nearer(padded(a), padded(b), padded(key)) == is_nearer(small(a), small(b), small(key))
            && padded(a).xor(padded(b)) == padded(a ^ b)
            && padded(a).common_prefix(padded(b)) == 144 + small(a).common_prefix(small(b))
            && padded(a).half() == padded(a / 2)
            && padded(a).apart(padded(b)) == padded(a.abs_diff(b))
    }

    fn a_splice_has_the_first_bits_of_one_and_the_rest_of_the_other(
        key: u16, other: u16, bits: u32
    ) -> bool {
        let bits = bits % 20;
        let spliced = small(key).spliced(small(other), bits);
        let expected = (0..16).fold(0, |number, bit| {
            let from = if bit < bits { key } else { other };
            number << 1 | (from >> (15 - bit) & 1)
        });
        let large = padded(key).spliced(padded(other), 144 + bits);
        spliced.number() == expected && large == padded(expected)
    }

    fn a_long_splice_agrees_with_both_parts(a: Vec<u8>, b: Vec<u8>, bits: u32) -> bool {
        let (key, other, bits) = (sha(&a), sha(&b), bits % 161);
        let spliced = key.spliced(other, bits);
        let bit = |id: Sha1Id, place: u32| id.0[place as usize / 8] >> (7 - place % 8) & 1;
        (0..160).all(|place| {
            bit(spliced, place) == bit(if place < bits { key } else { other }, place)
        })
    }

    fn the_difference_of_long_numbers_added_again_is_the_greater(a: Vec<u8>, b: Vec<u8>) -> bool {
        let (a, b) = (sha(&a), sha(&b));
        let (mut sum, mut carry) = (a.min(b).0, 0_u16);
        for (byte, more) in sum.iter_mut().zip(a.apart(b).0).rev() {
            let total = u16::from(*byte) + u16::from(more) + carry;
            (*byte, carry) = (total as u8, total >> 8);
        }
        Sha1Id(sum) == a.max(b) && carry == 0
    }

    /// With one bit a hop the distance of the point loses its first bit, so that less than half is
    /// left.
    fn the_point_comes_nearer_by_more_than_half(target: u16, key: u16, bits: u32) -> bool {
        let bits = bits % 5 + 1;
        let (target, key) = (small(target), small(key));
        let next = advanced(target, key, bits);
        let (before, after) = (target.xor(key).number(), next.xor(key).number());
        let shares_a_whole_number = next == key || next.common_prefix(key) >= bits;
        before == 0 && after == 0 || shares_a_whole_number && after <= before / 2 && after < before
    }

    fn full_is_what_a_dumb_reading_says(lives: Vec<u8>, ttl: u8, l: u8) -> bool {
        let config = Config { values: l % 4 + 1, ..Config::default() };
        let lives: Vec<u64> = lives.into_iter().take(4).map(|life| u64::from(life) + 1).collect();
        let l = usize::from(config.values);
        let lives = &lives[..lives.len().min(l)];
        let enough = lives.iter().filter(|&&life| 2 * life >= u64::from(ttl)).count();
        let holding = Holding {
            count: lives.len() as u8,
            least: Duration::from_secs(lives.iter().copied().min().unwrap_or_default()),
        };
        holding.is_full_for(Duration::from_secs(ttl.into()), &config) == (enough >= l)
    }

    /// Alternatives are distinct, and each leads nearer.
    fn ways_are_alternatives(me: u16, key: u16, contacts: Vec<u16>, bits: u8) -> bool {
        let table = Table::with(small(me), contacts.into_iter().map(small));
        let place = straightedge_impl::coral::Place::beginning(small(me), small(key));
        [Policy::Greedy, Policy::Splice { bits: bits % 4 }, Policy::Half].iter().all(|policy| {
            let ways = table.ways(place, *policy, 4);
            let mut names: Vec<Small> = ways.iter().map(|hop| hop.to).collect();
            names.sort_unstable();
            names.dedup();
            names.len() == ways.len() && ways.iter().all(|hop| place.can_lead_to(*hop))
        })
    }
}

#[test]
fn the_notes_distances_are_corrected() {
    let distance = |number: u16| small(number).xor(small(42)).number();
    assert_eq!([41, 50, 100, 75, 200].map(distance), [3, 24, 78, 97, 226]);
}

#[test]
fn urls_and_addresses_have_the_published_digests() {
    for (name, digest) in [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("http://example.com/cat.jpg", "2da06196119614bacbc9ef1b3b7eb8aee07eeac8"),
        ("http://example.com/image.jpg", "6163f09ac470dd7d34061aa26f24eaafc263a44b"),
        ("192.168.1.1", "90aa44756bd2f4fc2390f903a6f25f43216b0790"),
        ("192.168.1.5:8080", "c7a59fbf367a304f97dd94dc4bb1397d19addf62"),
    ] {
        assert_eq!(Sha1Id::of(name.as_bytes()).to_string(), digest, "{name}");
    }
}
