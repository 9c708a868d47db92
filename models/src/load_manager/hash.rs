//! Where a client's requests are at home, by a function of the client and the eligible servers.

/// A set of servers, one bit each.
pub type Set = u8;

/// The servers of a set, by identifier.
pub fn members(set: Set) -> impl Iterator<Item = u8> {
    (0..8).filter(move |server| set >> server & 1 != 0)
}

/// The `client mod m`-th of the `m` servers.
///
/// Source: LOAD_MANAGER-15.
#[must_use]
pub fn modulo(client: u32, servers: Set) -> Option<u8> {
    let count = servers.count_ones();
    if count == 0 {
        return None;
    }
    members(servers).nth((client % count) as usize)
}

/// The server with the greatest hash of client and server; the least at a tie.
///
/// Source: LOAD_MANAGER-16.
#[must_use]
pub fn rendezvous(client: u32, servers: Set) -> Option<u8> {
    let weight = |server: &u8| mixed(u64::from(client) << 32 | u64::from(*server));
    members(servers).max_by_key(|server| (weight(server), std::cmp::Reverse(*server)))
}

/// Maglev's table of so many entries, a prime: servers in turn take the next entry of their own
/// permutation that is free. Empty without servers.
///
/// Source: LOAD_MANAGER-17.
#[must_use]
pub fn maglev(servers: Set, entries: u32) -> Vec<u8> {
    if servers == 0 || entries < 2 {
        return Vec::new();
    }
    let mut table: Vec<Option<u8>> = vec![None; entries as usize];
    let mut next = [0_u32; 8];
    let mut filled = 0;
    'turns: loop {
        for server in members(servers) {
            let place = &mut next[usize::from(server)];
            let entry = loop {
                let entry = permuted(server, *place, entries);
                *place += 1;
                if table[entry as usize].is_none() {
                    break entry;
                }
            };
            table[entry as usize] = Some(server);
            filled += 1;
            if filled == entries {
                break 'turns;
            }
        }
    }
    table.into_iter().flatten().collect()
}

/// The entry that stands at that place of the server's permutation.
///
/// Source: LOAD_MANAGER-17.
fn permuted(server: u8, place: u32, entries: u32) -> u32 {
    let offset = mixed(u64::from(server) << 1) % u64::from(entries);
    let skip = mixed(u64::from(server) << 1 | 1) % u64::from(entries - 1) + 1;
    ((offset + skip * u64::from(place)) % u64::from(entries)) as u32
}

/// A 64-bit mix whose every output bit depends on every input bit.
///
/// Source: LOAD_MANAGER-16.
#[must_use]
pub const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_at_home_without_servers() {
        assert_eq!((modulo(3, 0), rendezvous(3, 0), maglev(0, 7)), (None, None, Vec::new()));
    }

    #[test]
    fn everybody_is_at_home_at_the_only_server() {
        for client in 0..50 {
            assert_eq!((modulo(client, 4), rendezvous(client, 4)), (Some(2), Some(2)));
        }
        assert_eq!(maglev(4, 7), [2; 7]);
    }

    #[test]
    fn a_permutation_meets_every_entry_once() {
        for server in 0..8 {
            let mut met: Vec<_> = (0..101).map(|place| permuted(server, place, 101)).collect();
            met.sort_unstable();
            assert!(met.into_iter().eq(0..101));
        }
    }
}
