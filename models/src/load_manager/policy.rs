//! How a server is picked among candidates.

use super::action::Draw;
use super::hash::{Set, maglev, members, modulo, rendezvous};
use super::options::Policy;
use super::state::State;
use super::{Switch, hash};

/// How many entries Maglev's table has here.
const ENTRIES: u32 = 7;

/// What a policy makes of the candidates and the draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// That server.
    Server(u8),
    /// There is no candidate.
    Nobody,
    /// This cannot be drawn here.
    OtherDraw,
}

/// The first of the set after that server, in cyclic order of identifiers.
///
/// Source: LOAD_MANAGER-12.
#[must_use]
pub fn next_after(last: u8, servers: u8, set: Set) -> Option<u8> {
    (1..=servers).map(|step| (last + step) % servers).find(|server| set >> server & 1 != 0)
}

impl Switch {
    /// Where a client is at home among those servers.
    ///
    /// Source: LOAD_MANAGER-15, LOAD_MANAGER-16, LOAD_MANAGER-17.
    #[must_use]
    pub fn home(&self, client: u8, servers: Set) -> Option<u8> {
        match self.policy {
            Policy::Rendezvous => rendezvous(u32::from(client), servers),
            Policy::Maglev => {
                let entry = hash::mixed(u64::from(client)) % u64::from(ENTRIES);
                maglev(servers, ENTRIES).get(entry as usize).copied()
            }
            _ => modulo(u32::from(client), servers),
        }
    }

    /// Picks one of the candidates.
    ///
    /// Source: LOAD_MANAGER-12, LOAD_MANAGER-13, LOAD_MANAGER-14.
    #[must_use]
    pub fn pick(&self, state: &State, candidates: Set, draw: Draw) -> Pick {
        if candidates == 0 {
            return if draw == Draw::None { Pick::Nobody } else { Pick::OtherDraw };
        }
        let count = |server: u8| state.server(server).count;
        match self.policy {
            Policy::TwoChoices => two_choices(candidates, draw, count),
            Policy::LeastConnectionsAnyTie => any_of(fewest(candidates, count), draw),
            Policy::LeastConnections => self.in_turn(state, fewest(candidates, count), draw),
            _ => self.in_turn(state, candidates, draw),
        }
    }

    fn in_turn(&self, state: &State, candidates: Set, draw: Draw) -> Pick {
        match (draw, next_after(state.last, self.servers, candidates)) {
            (Draw::None, Some(server)) => Pick::Server(server),
            (Draw::None, None) => Pick::Nobody,
            _ => Pick::OtherDraw,
        }
    }
}

/// Those with the fewest connections.
///
/// Source: LOAD_MANAGER-13.
#[must_use]
pub fn fewest(candidates: Set, count: impl Fn(u8) -> i8) -> Set {
    let least = members(candidates).map(&count).min();
    members(candidates)
        .filter(|&server| Some(count(server)) == least)
        .fold(0, |set, server| set | 1 << server)
}

fn any_of(equals: Set, draw: Draw) -> Pick {
    let only = equals.is_power_of_two().then(|| equals.trailing_zeros() as u8);
    match (draw, only) {
        (Draw::None, Some(server)) => Pick::Server(server),
        (Draw::One(server), None) if equals >> server & 1 != 0 => Pick::Server(server),
        _ => Pick::OtherDraw,
    }
}

fn two_choices(candidates: Set, draw: Draw, count: impl Fn(u8) -> i8) -> Pick {
    let only = candidates.is_power_of_two().then(|| candidates.trailing_zeros() as u8);
    let has = |server: u8| candidates >> server & 1 != 0;
    match (draw, only) {
        (Draw::None, Some(server)) => Pick::Server(server),
        (Draw::Two(first, second), None) if first != second && has(first) && has(second) => {
            Pick::Server(if count(second) < count(first) { second } else { first })
        }
        _ => Pick::OtherDraw,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_go_round() {
        assert_eq!(next_after(0, 3, 0b111), Some(1));
        assert_eq!(next_after(2, 3, 0b110), Some(1));
        assert_eq!(next_after(1, 3, 0b010), Some(1));
        assert_eq!(next_after(1, 3, 0), None);
    }

    #[test]
    fn the_first_draw_wins_a_tie() {
        let counts = [1, 1, 0];
        let pick = |draw| two_choices(0b111, draw, |server| counts[usize::from(server)]);
        assert_eq!(pick(Draw::Two(1, 0)), Pick::Server(1));
        assert_eq!(pick(Draw::Two(1, 2)), Pick::Server(2));
        assert_eq!(pick(Draw::Two(1, 1)), Pick::OtherDraw);
        assert_eq!(pick(Draw::None), Pick::OtherDraw);
    }
}
