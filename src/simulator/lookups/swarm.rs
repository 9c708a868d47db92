//! A swarm, as `BitTorrent` has: peers trade the pieces of one file, each with those that give it
//! most, and now and then with somebody else.

use std::collections::BTreeMap;

/// Rounds for which somebody is unchoked optimistically: 30 seconds of 10 each.
const OPTIMISTIC_ROUNDS: u32 = 3;

/// The most pieces of a file.
pub const MAXIMUM_PIECES: u8 = 32;

/// The peers that trade one file.
#[derive(Clone, Debug)]
pub struct Swarm {
    pieces: u8,
    slots: usize,
    is_optimistic: bool,
    peers: Vec<Peer>,
    round: u32,
}

#[derive(Clone, Debug)]
struct Peer {
    name: String,
    /// One bit a piece.
    has: u32,
    gives: bool,
    /// From whom it got pieces in the last round, and how many.
    got: BTreeMap<usize, u32>,
    /// To whom it gives without having got anything.
    favours: Option<usize>,
}

impl Swarm {
    /// Nobody yet, and a file of so many pieces. A peer gives to so many of those that give it
    /// most, and, if it is optimistic, to one more that has given it nothing.
    #[must_use]
    pub const fn new(pieces: u8, slots: usize, is_optimistic: bool) -> Self {
        Self { pieces, slots, is_optimistic, peers: Vec::new(), round: 0 }
    }

    fn whole(&self) -> u32 {
        u32::MAX.checked_shr(u32::from(MAXIMUM_PIECES - self.pieces)).unwrap_or_default()
    }

    /// A peer joins, with all pieces or none; one that gives nothing is a freeloader.
    pub fn join(&mut self, name: &str, has_all: bool, gives: bool) {
        let has = if has_all { self.whole() } else { 0 };
        let (name, got) = (name.to_owned(), BTreeMap::new());
        self.peers.push(Peer { name, has, gives, got, favours: None });
    }

    /// How many pieces each peer has, in the order of joining.
    #[must_use]
    pub fn pieces_of(&self) -> Vec<(&str, u32)> {
        self.peers.iter().map(|peer| (peer.name.as_str(), peer.has.count_ones())).collect()
    }

    /// One round: everybody chooses whom it gives to, then each of these gets one piece.
    ///
    /// Source: CORAL-33.
    pub fn round(&mut self) {
        let gifts: Vec<(usize, usize)> = (0..self.peers.len())
            .flat_map(|giver| self.unchoked(giver).into_iter().map(move |taker| (giver, taker)))
            .collect();
        let before = self.peers.clone();
        let rarity = |piece: &u8| before.iter().filter(|peer| peer.has >> piece & 1 != 0).count();
        self.peers.iter_mut().for_each(|peer| peer.got.clear());
        for (giver, taker) in gifts {
            let taking = &mut self.peers[taker];
            let missing = before[giver].has & !taking.has;
            let pieces = (0..self.pieces).filter(|piece| missing >> piece & 1 != 0);
            if let Some(piece) = pieces.min_by_key(|piece| (rarity(piece), *piece)) {
                taking.has |= 1 << piece;
                *taking.got.entry(giver).or_default() += 1;
            }
        }
        self.round += 1;
    }

    /// To whom a peer gives in this round: of those that lack what it has, the ones that gave it
    /// most, and one more in turn.
    ///
    /// Source: CORAL-33.
    fn unchoked(&mut self, giver: usize) -> Vec<usize> {
        let me = &self.peers[giver];
        let lacks = |other: &usize| me.has & !self.peers[*other].has != 0;
        let interested: Vec<usize> =
            (0..self.peers.len()).filter(|other| me.gives && lacks(other)).collect();
        let got_from = |other: &usize| me.got.get(other).copied().unwrap_or_default();
        let mut unchoked: Vec<usize> =
            interested.iter().copied().filter(|other| got_from(other) > 0).collect();
        unchoked.sort_by_key(|other| std::cmp::Reverse(got_from(other)));
        unchoked.truncate(self.slots);
        if !self.is_optimistic {
            return unchoked;
        }
        let choked: Vec<usize> =
            interested.into_iter().filter(|other| !unchoked.contains(other)).collect();
        let stays = me.favours.filter(|favoured| {
            let is_time = self.round.is_multiple_of(OPTIMISTIC_ROUNDS);
            !is_time && choked.contains(favoured)
        });
        let is_later = |other: &&usize| me.favours.is_none_or(|last| **other > last);
        let next = choked.iter().find(is_later).or(choked.first()).copied();
        let favoured = stays.or(next);
        self.peers[giver].favours = favoured.or(self.peers[giver].favours);
        unchoked.extend(favoured);
        unchoked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swarm(is_optimistic: bool) -> Swarm {
        let mut swarm = Swarm::new(6, 1, is_optimistic);
        swarm.join("s", true, true);
        swarm.join("a", false, true);
        swarm.join("b", false, true);
        swarm
    }

    #[test]
    fn nobody_ever_starts_without_optimism() {
        let mut swarm = swarm(false);
        (0..100).for_each(|_| swarm.round());
        assert_eq!(swarm.pieces_of(), [("s", 6), ("a", 0), ("b", 0)]);
    }

    #[test]
    fn have_sets_only_grow_and_everybody_ends_with_all() {
        let mut swarm = swarm(true);
        for _ in 0..20 {
            let before: Vec<u32> = swarm.peers.iter().map(|peer| peer.has).collect();
            swarm.round();
            assert!(swarm.peers.iter().zip(before).all(|(peer, had)| peer.has & had == had));
        }
        assert_eq!(swarm.pieces_of(), [("s", 6), ("a", 6), ("b", 6)]);
    }

    #[test]
    fn one_that_is_fast_is_given_to_first() {
        let mut swarm = swarm(false);
        swarm.peers[1].has = 0b11;
        swarm.peers[2].has = 0b100;
        swarm.peers[1].got = BTreeMap::from([(2, 1)]);
        assert_eq!(swarm.unchoked(1), [2]);
        assert!(swarm.unchoked(0).is_empty(), "nobody has given the seed anything");
        swarm.peers[1].gives = false;
        assert!(swarm.unchoked(1).is_empty(), "a freeloader gives nothing");
    }
}
