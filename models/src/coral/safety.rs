//! The claims about states.

use crate::engine::{Claim, Form};

use super::message::Body;
use super::operation::Phase;
use super::state::State;
use super::store::List;
use super::{Coral, reason};

/// The claims about the states of this instance.
pub(super) fn claims(coral: &Coral) -> Vec<Claim<Coral>> {
    let mut claims = vec![
        CAPACITY_IS_KEPT,
        VALUES_ARE_LISTED_ONCE,
        VALUES_WERE_PUT_FOR_THE_KEY,
        ONE_COPY_OF_EACH_PUT,
        STORES_GO_TO_NODES_THAT_ANSWERED,
        NO_STORE_WHERE_THE_PATH_STOPPED,
        PATHS_ARE_SHORT,
    ];
    if coral.levels > 1 {
        claims.extend([REQUESTS_STAY_IN_THE_CLUSTER, POINTERS_STAY_IN_THE_CLUSTER]);
    }
    claims
}

/// Claims for stateright's explorer, which shows what is true of every state: these are true also
/// where no value is held yet. Without any its page stays empty.
pub(super) fn for_explorer() -> Vec<Claim<Coral>> {
    let claims = [CAPACITY_IS_KEPT, VALUES_ARE_LISTED_ONCE, VALUES_WERE_PUT_FOR_THE_KEY];
    let everywhere = claims.map(|claim| match claim.form {
        Form::Always { holds, .. } => Claim { form: Form::Always { when: None, holds }, ..claim },
        _ => claim,
    });
    everywhere.into()
}

type Holds = fn(&Coral, &State) -> bool;
const fn always(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    when: Option<Holds>,
    holds: Holds,
) -> Claim<Coral> {
    Claim::new(name, sentence, source, Form::Always { when, holds })
}

const CAPACITY_IS_KEPT: Claim<Coral> = always(
    "capacity_is_kept",
    "No node has more live values for a key than it takes.",
    "CORAL-9",
    Some(a_value_is_held),
    |coral, state| lists(coral, state).all(|(_, list)| list.count() <= coral.capacity),
)
.because(reason::overfull);

const VALUES_ARE_LISTED_ONCE: Claim<Coral> = always(
    "values_are_listed_once",
    "No node has a live value twice for a key.",
    "CORAL-8",
    Some(a_value_is_held),
    |coral, state| {
        lists(coral, state)
            .all(|(_, list)| list.live_values().count_ones() == u32::from(list.count()))
    },
);

const VALUES_WERE_PUT_FOR_THE_KEY: Claim<Coral> = always(
    "values_were_put_for_the_key",
    "Every value that a node has or returns was put for that key.",
    "CORAL-8",
    Some(a_value_is_held),
    |coral, state| {
        let was_put = |value: u8, list: usize| {
            coral.puts_of(value).any(|(put, _)| {
                let is_same = (0..coral.levels).any(|level| coral.list_of(put, level) == list);
                is_same && state.operation(put).phase != Phase::Idle
            })
        };
        let are_held = lists(coral, state)
            .all(|(number, list)| list.entries().all(|entry| was_put(entry.value, number)));
        let are_returned = state.messages.iter().all(|message| match message.body {
            Body::GetReply { values } => {
                let list = coral.list_of(message.operation, message.level);
                (0..8).all(|value| values >> value & 1 == 0 || was_put(value, list))
            }
            _ => true,
        });
        are_held && are_returned
    },
);

const ONE_COPY_OF_EACH_PUT: Claim<Coral> = always(
    "one_copy_of_each_put",
    "A value that is put once is alive at one node at most, at each level.",
    "CORAL-22",
    Some(a_value_is_held),
    |coral, state| {
        coral.puts().all(|(_, value, _)| {
            let is_put_once = coral.puts_of(value).count() == 1;
            !is_put_once || (0..coral.lists()).all(|list| copies(state, value, list) <= 1)
        })
    },
)
.because(reason::more_than_one_copy);

const STORES_GO_TO_NODES_THAT_ANSWERED: Claim<Coral> = always(
    "stores_go_to_nodes_that_answered",
    "A put asks only nodes to store that have answered it in the forward phase.",
    "CORAL-13",
    Some(a_put_retreats),
    |coral, state| {
        coral.puts().all(|(put, ..)| match state.operation(put).phase {
            Phase::Reverse(node) => state.operation(put).reached.has(coral.network.position(node)),
            _ => true,
        })
    },
);

const NO_STORE_WHERE_THE_PATH_STOPPED: Claim<Coral> = always(
    "no_store_where_the_path_stopped",
    "A put does not ask the node to store that ended its forward phase, being full and loaded.",
    "CORAL-13",
    Some(a_put_retreats),
    |coral, state| {
        coral.puts().all(|(put, ..)| match state.operation(put).phase {
            Phase::Reverse(node) => state.operation(put).stopped_at != Some(node),
            _ => true,
        })
    },
);

const PATHS_ARE_SHORT: Claim<Coral> = always(
    "paths_are_short",
    "No look-up hops more often than an identifier has bits.",
    "CORAL-7",
    Some(|coral, state| {
        coral.asked_for().any(|(number, _)| state.operation(number).reached.len() > 1)
    }),
    |coral, state| {
        let longest = u32::from(coral.network.width) + 1;
        coral.asked_for().all(|(number, _)| state.operation(number).reached.len() <= longest)
    },
);

const REQUESTS_STAY_IN_THE_CLUSTER: Claim<Coral> = always(
    "requests_stay_in_the_cluster",
    "Only nodes of a level's cluster are asked at that level.",
    "CORAL-21",
    None,
    |coral, state| {
        state
            .messages
            .iter()
            .all(|message| coral.cluster(message.level).has(coral.network.position(message.peer)))
    },
);

const POINTERS_STAY_IN_THE_CLUSTER: Claim<Coral> = always(
    "pointers_stay_in_the_cluster",
    "What a node has at a level was put there by a member of that level's cluster, as it is one.",
    "CORAL-21",
    Some(a_value_is_held),
    |coral, state| {
        (0..coral.levels).all(|level| {
            let cluster = coral.cluster(level);
            let is_member = |node| cluster.has(coral.network.position(node));
            state.nodes().all(|(_, peer)| {
                let mut entries = peer.lists[usize::from(level)].entries();
                entries.all(|entry| {
                    is_member(peer.identifier)
                        && coral.puts_of(entry.value).any(|(_, asked)| is_member(asked.client))
                })
            })
        })
    },
);

/// The lists of all nodes, each with its number.
pub(super) fn lists(coral: &Coral, state: &State) -> impl Iterator<Item = (usize, List)> {
    let (state, count) = (*state, coral.lists());
    let of_node = move |position: usize| (0..count).map(move |list| (position, list));
    (0..state.peers.len())
        .flat_map(of_node)
        .map(move |(position, list)| (list, state.peers[position].lists[list]))
}

fn a_value_is_held(coral: &Coral, state: &State) -> bool {
    lists(coral, state).any(|(_, list)| list.count() > 0)
}

fn a_put_retreats(coral: &Coral, state: &State) -> bool {
    coral.puts().any(|(put, ..)| matches!(state.operation(put).phase, Phase::Reverse(_)))
}

/// At how many nodes a value is alive, in the list of that number.
pub(super) fn copies(state: &State, value: u8, list: usize) -> usize {
    state.nodes().filter(|(_, peer)| peer.lists[list].live_entry(value).is_some()).count()
}
