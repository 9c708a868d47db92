//! The ring of libketama, whose placements many clients of memcached share.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

/// Points for each hash of a server: it has four of 32 bits.
const POINTS_OF_A_HASH: usize = 4;

/// Hashes for a server of average weight.
const HASHES: f32 = 40.0;

/// A server: what it is called, and how much it can hold beside others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its address, as the points are named after it.
    pub address: String,
    /// Its weight.
    pub weight: u32,
}

/// The points of servers on the ring of 32 bits.
///
/// Source: CORAL-67.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continuum {
    points: BTreeMap<u32, usize>,
}

impl Continuum {
    /// The points of these servers, in proportion to their weights. Of two at the same place the
    /// later one has it.
    ///
    /// Source: CORAL-67.
    #[must_use]
    pub fn new(servers: &[Server]) -> Self {
        let total: u32 = servers.iter().map(|server| server.weight).sum();
        let mut points = BTreeMap::new();
        for (index, server) in servers.iter().enumerate() {
            // In the precision of the original, whose rounding decides how many points there are.
            let share = server.weight as f32 / total as f32;
            #[expect(clippy::cast_sign_loss, reason = "weights are not negative")]
            let hashes = (share * HASHES * servers.len() as f32).floor() as u32;
            for number in 0..hashes {
                let name = format!("{}-{number}", server.address);
                for point in words(&Md5::digest(name.as_bytes()).into()) {
                    points.insert(point, index);
                }
            }
        }
        Self { points }
    }

    /// How many points each of so many servers has.
    #[must_use]
    pub fn points_of_each(&self, servers: usize) -> Vec<usize> {
        let count = |server| self.points.values().filter(|owner| **owner == server).count();
        (0..servers).map(count).collect()
    }

    /// The first point at the place of a key or after it, round the ring if need be, and the
    /// server whose it is.
    ///
    /// Source: CORAL-67.
    #[must_use]
    pub fn owner(&self, place: u32) -> Option<(u32, usize)> {
        let next = self.points.range(place..).next().or_else(|| self.points.iter().next());
        next.map(|(point, server)| (*point, *server))
    }
}

/// The place of a key: the first word of its hash.
///
/// Source: CORAL-67.
#[must_use]
pub fn place(key: &[u8]) -> u32 {
    words(&Md5::digest(key).into())[0]
}

/// The words of a hash, the least significant byte of each first.
fn words(hash: &[u8; 16]) -> [u32; POINTS_OF_A_HASH] {
    let (words, _) = hash.as_chunks::<4>();
    let mut read = [0; POINTS_OF_A_HASH];
    for (word, bytes) in read.iter_mut().zip(words) {
        *word = u32::from_le_bytes(*bytes);
    }
    read
}
