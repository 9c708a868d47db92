//! Servers are alike: any two of them where the policy has no pointer, all of them in turn where it
//! has one, and none where identifiers mean something.

use super::options::Policy;
use super::state::{Server, State};
use super::{List, Switch};

/// The images of the state under the generators of its symmetry.
pub(super) fn images(switch: &Switch, state: &State) -> Vec<State> {
    let servers = switch.servers;
    match switch.policy {
        Policy::LeastConnectionsAnyTie | Policy::TwoChoices => {
            let swap = |server: u8| renamed(state, |name| swapped(name, server - 1, server));
            (1..servers).map(swap).collect()
        }
        policy if policy.has_pointer() && switch.every_rotation => {
            let image = renamed(state, |name| (name + 1) % servers);
            vec![State { last: (state.last + 1) % servers, ..image }]
        }
        _ => Vec::new(),
    }
}

const fn swapped(name: u8, one: u8, other: u8) -> u8 {
    match name {
        name if name == one => other,
        name if name == other => one,
        name => name,
    }
}

/// The state in which each server has another name; the pointer is left as it is.
fn renamed(state: &State, name: impl Fn(u8) -> u8) -> State {
    let mut image = *state;
    let of_set = |set: u8| {
        let is_in = |&server: &u8| set >> server & 1 != 0;
        state.identifiers().filter(is_in).fold(0, |set, server| set | 1 << name(server))
    };
    for identifier in state.identifiers() {
        let server = state.server(identifier);
        let moved = Server { passed_by: of_set(server.passed_by), ..server };
        image = image.with_server(name(identifier), moved);
    }
    let mut clients = List::default();
    for client in &state.clients {
        let address = client.address.map(&name);
        clients = clients.with(super::Client { address, home: client.home.map(&name), ..*client });
    }
    State { clients, ..image }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_rotations_as_servers_change_nothing() {
        let switch = Switch::new(Policy::RoundRobin, 3, 1, 3).every_rotation();
        let marked = Server { passed_by: 0b101, health: 1, ..Server::default() };
        let start = switch.initial_state().with_server(1, marked);
        let mut state = start;
        for turn in 1..=3 {
            let images = images(&switch, &state);
            assert_eq!(images.len(), 1);
            state = images[0];
            assert_eq!(state == start, turn == 3);
        }
    }

    #[test]
    fn identifiers_mean_something_to_a_hash() {
        let switch = Switch::new(Policy::Rendezvous, 3, 1, 3).every_rotation();
        assert!(images(&switch, &switch.initial_state()).is_empty());
        let switch = Switch::new(Policy::RoundRobin, 3, 1, 3);
        assert!(images(&switch, &switch.initial_state()).is_empty());
    }
}
