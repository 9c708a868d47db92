//! Flooding, as old Gnutella does: a query goes to all neighbours, and from them to theirs.

use std::collections::{BTreeMap, BTreeSet};

/// Neighbours, and what each peer has.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// For each peer and neighbour, how long a message takes.
    links: BTreeMap<String, BTreeMap<String, u32>>,
    files: BTreeMap<String, BTreeSet<String>>,
}

/// What a flood came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flooded {
    /// The way back from each peer that has the file, itself first, in the order of arrival.
    pub hits: Vec<Vec<String>>,
    /// How many queries were sent.
    pub queries: usize,
}

impl Overlay {
    /// Two peers become neighbours; a message between them takes so long.
    pub fn link(&mut self, one: &str, other: &str, delay: u32) {
        for (one, other) in [(one, other), (other, one)] {
            let neighbours = self.links.entry(one.to_owned()).or_default();
            neighbours.insert(other.to_owned(), delay);
        }
    }

    /// A peer has a file.
    pub fn share(&mut self, peer: &str, file: &str) {
        self.files.entry(peer.to_owned()).or_default().insert(file.to_owned());
    }

    /// A peer asks for a file, so many hops far. A peer answers, and passes on, the first copy of a
    /// query that it gets, and drops the others; an answer goes back the way of that copy.
    ///
    /// Source: CORAL-33.
    #[must_use]
    pub fn flood(&self, origin: &str, file: &str, hops: u32) -> Flooded {
        let mut flooded = Flooded::default();
        // Each peer that was reached, and from whom.
        let mut reached = BTreeMap::from([(origin, None)]);
        // Queries under way: when one arrives, the how-manieth it is, from, to, hops that are left.
        let mut under_way = BTreeSet::new();
        let mut send = |under_way: &mut BTreeSet<_>, now: u32, from, but, left: u32| {
            let neighbours = self.links.get(from).into_iter().flatten();
            for (to, delay) in neighbours.filter(|(to, _)| left > 0 && Some(to.as_str()) != but) {
                under_way.insert((now + delay, flooded.queries, from, to.as_str(), left - 1));
                flooded.queries += 1;
            }
        };
        let mut hits = Vec::new();
        send(&mut under_way, 0, origin, None, hops);
        while let Some((now, _, from, to, left)) = under_way.pop_first() {
            if reached.contains_key(to) {
                continue;
            }
            reached.insert(to, Some(from));
            if self.files.get(to).is_some_and(|files| files.contains(file)) {
                let back = std::iter::successors(Some(to), |peer| reached[peer]);
                hits.push(back.map(str::to_owned).collect());
            }
            send(&mut under_way, now, to, Some(from), left);
        }
        flooded.hits = hits;
        flooded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ring of six: both ways round meet at the other end.
    #[test]
    fn each_peer_passes_a_query_on_once() {
        let mut ring = Overlay::default();
        let names = ["a", "b", "c", "d", "e", "f"];
        for (place, name) in names.iter().enumerate() {
            ring.link(name, names[(place + 1) % 6], 1);
        }
        ring.share("d", "E");
        let flooded = ring.flood("a", "E", 9);
        assert_eq!((flooded.hits.len(), flooded.queries), (1, 7), "d sends one on, too");
        assert_eq!(flooded.hits[0].len(), 4);
        assert!(ring.flood("a", "E", 2).hits.is_empty());
        assert_eq!(ring.flood("a", "E", 3).queries, 6);
        assert_eq!(ring.flood("z", "E", 3), Flooded::default());
    }
}
