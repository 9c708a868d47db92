//! Policies that send one client always to the same server.

use super::request::Server;

/// A number that looks like chance and depends on every bit: the finish of `SplitMix64`.
#[must_use]
pub const fn mix(number: u64) -> u64 {
    let sum = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (sum ^ sum >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

/// A number below that one, of which every value is as likely; 0 below 0.
#[must_use]
pub(super) const fn below(chance: u64, limit: u32) -> u32 {
    ((chance as u128 * limit as u128) >> 64) as u32
}

/// How much a client is drawn to a server. Of the client's number the lower 32 bits count.
///
/// Source: LOAD_MANAGER-16.
#[must_use]
pub const fn attraction(client: u64, server: Server) -> u64 {
    mix(client << 32 | server.0 as u64)
}

/// The server that attracts the client most; of equals, the first.
///
/// Takes a time that grows with the number of servers.
///
/// Source: LOAD_MANAGER-16.
pub fn rendezvous(client: u64, servers: impl IntoIterator<Item = Server>) -> Option<Server> {
    let by_attraction = servers.into_iter().map(|server| (attraction(client, server), server));
    let best = by_attraction.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, server)| server)
}

/// The place of a client among so many servers; `None` if there are none.
///
/// Source: LOAD_MANAGER-15.
#[must_use]
pub const fn modulo(client: u64, servers: u32) -> Option<u32> {
    if servers == 0 { None } else { Some((client % servers as u64) as u32) }
}

/// Maglev's table: which server each remainder of a hash belongs to. Empty if there are none.
///
/// The servers take turns; each takes the first entry of its own order that is free. So no server
/// has more than one entry more than another.
///
/// Source: LOAD_MANAGER-17.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Maglev {
    entries: Vec<Server>,
}

impl Maglev {
    /// The table of these servers with so many entries, which should be a prime number and not
    /// fewer than there are servers; servers beyond that have no entry.
    ///
    /// Each server looks at each entry at most once.
    pub fn new(size: u32, servers: impl IntoIterator<Item = Server>) -> Self {
        let mut orders: Vec<Order> = servers.into_iter().map(|s| Order::new(s, size)).collect();
        if orders.is_empty() {
            return Self::default();
        }
        let mut entries: Vec<Option<Server>> = vec![None; size as usize];
        let mut free = size;
        while free > 0 {
            let before = free;
            for order in &mut orders {
                if free > 0 && order.take(&mut entries) {
                    free -= 1;
                }
            }
            let is_stuck = free == before;
            if is_stuck {
                break;
            }
        }
        // With a prime size every order holds every entry, and nothing is left over.
        Self { entries: entries.into_iter().flatten().collect() }
    }

    /// The server of a client.
    ///
    /// Source: LOAD_MANAGER-17.
    #[must_use]
    pub fn pick(&self, client: u64) -> Option<Server> {
        self.from(client).next()
    }

    /// The client's entry and those after it, once round.
    pub(super) fn from(&self, client: u64) -> impl Iterator<Item = Server> {
        let at = mix(client).checked_rem(self.entries.len() as u64).unwrap_or(0) as usize;
        self.entries[at..].iter().chain(&self.entries[..at]).copied()
    }

    /// Every entry, in order.
    #[must_use]
    pub fn entries(&self) -> &[Server] {
        &self.entries
    }
}

/// The order in which a server looks at the entries.
#[derive(Clone, Copy, Debug)]
struct Order {
    server: Server,
    at: u64,
    step: u64,
    size: u64,
    left: u64,
}

impl Order {
    const fn new(server: Server, size: u32) -> Self {
        let number = (server.0 as u64) << 1;
        let size = size as u64;
        let steps = if size > 1 { size - 1 } else { 1 };
        let at = if size > 0 { mix(number) % size } else { 0 };
        Self { server, at, step: mix(number | 1) % steps + 1, size, left: size }
    }

    /// Takes the next entry that is free, if there is one in this order.
    fn take(&mut self, entries: &mut [Option<Server>]) -> bool {
        while self.left > 0 {
            let at = self.at as usize;
            self.at = (self.at + self.step) % self.size;
            self.left -= 1;
            if let Some(entry @ None) = entries.get_mut(at) {
                *entry = Some(self.server);
                return true;
            }
        }
        false
    }
}

/// Whether a number is prime. Takes a time that grows with its root.
#[must_use]
pub const fn is_prime(number: u32) -> bool {
    let number = number as u64;
    let mut divisor = 2;
    while divisor * divisor <= number {
        if number.is_multiple_of(divisor) {
            return false;
        }
        divisor += 1;
    }
    number > 1
}
