//! Hash tables alone: which clients move when a server leaves or joins.
//!
//! The switch has too few clients to tell a good hash from a bad one; here is a whole table of them
//! and nothing else.

use std::fmt;

use stateright::{Model, Property};

use crate::engine::property::explorer_properties;
use crate::engine::{Claim, Fairness, Form, Mutant, Specification};

use super::Fault;
use super::hash::{Set, maglev, members, modulo, rendezvous};
use super::mutant::MUTANTS;

/// How a client's home is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// Source: LOAD_MANAGER-15.
    Modulo,
    /// Source: LOAD_MANAGER-16.
    Rendezvous,
    /// Source: LOAD_MANAGER-17.
    Maglev,
}

/// A table of clients, and servers that come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// How a home is found.
    pub hash: Hash,
    /// How many servers there are.
    pub servers: u8,
    /// How many clients; for Maglev the entries of its table, a prime.
    pub clients: u32,
    /// How many clients in a hundred may move besides those of a server that leaves.
    pub tolerance: u32,
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

/// The servers that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Present {
    /// One bit each.
    pub servers: Set,
}

/// A server leaves or joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It leaves.
    Leave(u8),
    /// It joins.
    Join(u8),
}

impl crate::engine::Action for Change {
    const NAMES: &'static [&'static str] = &["leave", "join"];

    fn name_index(&self) -> usize {
        usize::from(matches!(self, Self::Join(_)))
    }
}

/// `leave(s0)`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Leave(server) | Self::Join(server)) = self;
        write!(f, "{}(s{server})", crate::engine::Action::name(self))
    }
}

impl Placement {
    /// Each client's home.
    ///
    /// Source: LOAD_MANAGER-15, LOAD_MANAGER-16, LOAD_MANAGER-17.
    #[must_use]
    pub fn table(&self, servers: Set) -> Vec<u8> {
        let clients = 0..self.clients;
        match (self.hash, self.fault) {
            (Hash::Rendezvous, Some(Fault::TableByModulo)) | (Hash::Modulo, _) => {
                clients.filter_map(|client| modulo(client, servers)).collect()
            }
            (Hash::Rendezvous, Some(Fault::HomeOfNobody)) => {
                clients.skip(1).filter_map(|client| rendezvous(client, servers)).collect()
            }
            (Hash::Rendezvous, _) => {
                clients.filter_map(|client| rendezvous(client, servers)).collect()
            }
            (Hash::Maglev, Some(Fault::MaglevWithoutTurns)) => {
                clients.filter_map(|client| rendezvous(client, servers)).collect()
            }
            (Hash::Maglev, Some(Fault::MaglevInOrder)) => {
                clients.filter_map(|client| modulo(client, servers)).collect()
            }
            (Hash::Maglev, _) => maglev(servers, self.clients),
        }
    }

    /// How many clients of servers that stay move between two sets of servers.
    #[must_use]
    pub fn moved(&self, before: Set, after: Set) -> u32 {
        let homes = self.table(before).into_iter().zip(self.table(after));
        let is_needless = |&(was, is): &(u8, u8)| {
            let has_left = after >> was & 1 == 0;
            let has_come = before >> is & 1 == 0;
            was != is && !has_left && !has_come
        };
        homes.filter(is_needless).count() as u32
    }

    /// The fewest and the most clients of a server that is there.
    #[must_use]
    pub fn spread(&self, servers: Set) -> (u32, u32) {
        let table = self.table(servers);
        let mut homes = [0_u32; 8];
        for &home in &table {
            homes[usize::from(home)] += 1;
        }
        let of = |server: u8| homes[usize::from(server)];
        members(servers)
            .map(of)
            .fold((u32::MAX, 0), |(least, most), clients| (least.min(clients), most.max(clients)))
    }
}

impl Model for Placement {
    type State = Present;
    type Action = Change;

    fn init_states(&self) -> Vec<Present> {
        vec![Present { servers: (1 << self.servers) - 1 }]
    }

    fn actions(&self, state: &Present, actions: &mut Vec<Change>) {
        for server in 0..self.servers {
            let is_there = state.servers >> server & 1 != 0;
            actions.push(if is_there { Change::Leave(server) } else { Change::Join(server) });
        }
    }

    fn next_state(&self, state: &Present, action: Change) -> Option<Present> {
        let (Change::Leave(server) | Change::Join(server)) = action;
        let servers = state.servers ^ 1 << server;
        (servers != 0).then_some(Present { servers })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        explorer_properties(&claims(self))
    }
}

impl Specification for Placement {
    type Constraint = u8;

    fn fairness(&self, _: &Change) -> Fairness<u8> {
        Fairness::Unfair
    }

    fn assumptions(&self) -> String {
        "nothing".to_owned()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        vec!["leave", "join"]
    }

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        let fault = Fault::named(mutant)?;
        let has_procedure = match fault {
            Fault::TableByModulo | Fault::HomeOfNobody => self.hash == Hash::Rendezvous,
            Fault::MaglevWithoutTurns | Fault::MaglevInOrder => self.hash == Hash::Maglev,
            _ => false,
        };
        has_procedure.then_some(Self { fault: Some(fault), ..*self })
    }
}

/// What is claimed of this table.
#[must_use]
pub fn claims(placement: &Placement) -> Vec<Claim<Placement>> {
    let mut claims = vec![EVERY_CLIENT_HAS_A_HOME, CLIENTS_OF_OTHERS_STAY];
    if placement.hash == Hash::Maglev {
        claims.extend([SPREAD_OF_ONE, MOVES_WITHIN_TOLERANCE]);
    }
    claims
}

const EVERY_CLIENT_HAS_A_HOME: Claim<Placement> = Claim::new(
    "every_client_has_a_home",
    "Each client is at home at a server that is there.",
    "LOAD_MANAGER-16",
    Form::Always {
        when: None,
        holds: |placement, state: &Present| {
            let table = placement.table(state.servers);
            let is_there = |home: &u8| state.servers >> home & 1 != 0;
            table.len() == placement.clients as usize && table.iter().all(is_there)
        },
    },
);

const CLIENTS_OF_OTHERS_STAY: Claim<Placement> = Claim::new(
    "clients_of_others_stay",
    "A server that leaves moves its own clients and no other; one that joins takes some and moves \
     no other.",
    "LOAD_MANAGER-16",
    Form::Step {
        when: |_, _, _, _| true,
        holds: |placement, state, _, next| placement.moved(state.servers, next.servers) == 0,
    },
);

const SPREAD_OF_ONE: Claim<Placement> = Claim::new(
    "spread_of_one",
    "No server has more than one entry more than another.",
    "LOAD_MANAGER-17",
    Form::Always {
        when: None,
        holds: |placement, state: &Present| {
            let (least, most) = placement.spread(state.servers);
            most - least <= 1
        },
    },
);

const MOVES_WITHIN_TOLERANCE: Claim<Placement> = Claim::new(
    "moves_within_tolerance",
    "What moves without need is within the tolerance.",
    "LOAD_MANAGER-17",
    Form::Step {
        when: |_, _, _, _| true,
        holds: |placement, state, _, next| {
            let moved = placement.moved(state.servers, next.servers);
            moved * 100 <= placement.tolerance * placement.clients
        },
    },
);
