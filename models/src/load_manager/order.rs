//! The claims about steps. What a step sent is read off the step itself, taken once more; where it
//! should have gone is said here anew.

use crate::engine::{Claim, Form};

use super::hash::members;
use super::options::Policy;
use super::state::{Administration, Machine, State};
use super::{Action, Draw, Send, Server, Switch};

/// The claims about the steps of this switch.
pub(super) fn claims(switch: &Switch) -> Vec<Claim<Switch>> {
    let budget = switch.budget;
    let mut claims = vec![ELIGIBLE_SERVERS_ONLY];
    if switch.may_refuse() {
        claims.push(REFUSALS_HAVE_A_REASON);
    }
    if budget.drains > 0 {
        claims.extend([DRAINING_SERVERS_ONLY_FINISH, CONNECTIONS_OUTLIVE_ORDERS]);
    }
    if budget.stops() > 0 || budget.lies > 0 {
        claims.push(BELIEFS_CHANGE_AFTER_RESULTS_IN_A_ROW);
    }
    if budget.late_results > 0 {
        claims.push(RESULTS_NEVER_OVERRIDE_ORDERS);
    }
    if switch.window > 0 {
        claims.push(SLOW_START_IS_SLOW);
    }
    if switch.panic > 0 {
        claims.push(PANIC_IGNORES_HEALTH);
    }
    if budget.kills > 0 {
        claims.push(THE_BLAST_RADIUS_IS_KEPT);
    }
    claims.extend(of_policy(switch));
    claims
}

/// What is claimed of one policy and no other.
fn of_policy(switch: &Switch) -> Vec<Claim<Switch>> {
    match switch.policy {
        Policy::RoundRobin if switch.watches_turns => vec![TURNS_ARE_TAKEN],
        Policy::LeastConnections | Policy::LeastConnectionsAnyTie => {
            vec![THE_LEAST_LOADED_IS_PICKED]
        }
        Policy::TwoChoices => vec![THE_BETTER_OF_TWO_IS_PICKED],
        Policy::Modulo | Policy::Rendezvous => {
            vec![CLIENTS_KEEP_THEIR_SERVER, ONLY_THE_LEAVERS_CLIENTS_MOVE]
        }
        Policy::Maglev => vec![CLIENTS_KEEP_THEIR_SERVER],
        Policy::ContentAware => vec![REQUESTS_GO_TO_THEIR_PARTITION],
        Policy::RoundRobin | Policy::RoundRobinDns { .. } => Vec::new(),
    }
}

type HoldsOfStep = fn(&Switch, &State, &Action, &State) -> bool;

const fn step(
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    when: HoldsOfStep,
    holds: HoldsOfStep,
) -> Claim<Switch> {
    Claim::new(name, sentence, source, Form::Step { when, holds })
}

/// Whether every request that the step sent was sent as it should be.
fn each_send(
    switch: &Switch,
    state: &State,
    action: &Action,
    is_right: impl Fn(&Send) -> bool,
) -> bool {
    switch.turn(state, *action).is_none_or(|turn| turn.sends.iter().all(is_right))
}

fn sends(switch: &Switch, state: &State, action: &Action, _: &State) -> bool {
    switch.turn(state, *action).is_some_and(|turn| !turn.sends.is_empty())
}

const ELIGIBLE_SERVERS_ONLY: Claim<Switch> = step(
    "eligible_servers_only",
    "New traffic goes only to servers that are ready and believed to be sound.",
    "LOAD_MANAGER-6",
    sends,
    |switch, state, action, _| {
        each_send(switch, state, action, |send| {
            let server = send.before.server(send.server);
            let is_sound = server.health >= switch.rise && !server.is_ejected;
            let is_ready = server.administration == Administration::Ready;
            is_ready && (is_sound || too_few_are_healthy(switch, &send.before))
        })
    },
);

/// Whether there are too few healthy servers to care for health.
fn too_few_are_healthy(switch: &Switch, state: &State) -> bool {
    let ready: Vec<&Server> = state.servers.iter().filter(|server| server.is_ready()).collect();
    let is_healthy = |server: &&&Server| server.health >= switch.rise && !server.is_ejected;
    let healthy = ready.iter().filter(is_healthy).count();
    healthy * 100 < usize::from(switch.panic) * ready.len()
}

const REFUSALS_HAVE_A_REASON: Claim<Switch> = step(
    "refusals_have_a_reason",
    "A request is refused only if no server may take it, or all that may and the queue are full.",
    "LOAD_MANAGER-7",
    |_, state, action, next| {
        matches!(action, Action::Arrive { .. }) && next.refused > state.refused
    },
    |switch, state, action, _| {
        let Action::Arrive { client, is_write, .. } = *action else { return true };
        let request = super::Request { client, is_write, tries: 0 };
        if let Policy::RoundRobinDns { .. } = switch.policy {
            return state.servers.iter().any(|s| s.connections.len() >= switch.capacity);
        }
        let is_full = state.queue.len() >= switch.queue;
        let has_server = switch.eligible_for(state, request) != 0;
        let has_candidate = switch.candidates_for(state, request) != 0;
        !has_server || (is_full && !has_candidate)
    },
);

const DRAINING_SERVERS_ONLY_FINISH: Claim<Switch> = step(
    "draining_servers_only_finish",
    "A server that drains gets nothing new.",
    "LOAD_MANAGER-4",
    |_, state, _, next| drains_throughout(state, next).next().is_some(),
    |switch, state, action, next| {
        each_send(switch, state, action, |send| {
            drains_throughout(state, next).all(|server| server != send.server)
        })
    },
);

fn drains_throughout<'a>(state: &'a State, next: &'a State) -> impl Iterator<Item = u8> + 'a {
    let drains =
        |state: &State, server: u8| state.server(server).administration == Administration::Draining;
    state.identifiers().filter(move |&server| drains(state, server) && drains(next, server))
}

const CONNECTIONS_OUTLIVE_ORDERS: Claim<Switch> = step(
    "connections_outlive_orders",
    "A connection ends by its answer, its breaking, its client, or maintenance at once; by no \
     order to drain, no check and no ejection.",
    "LOAD_MANAGER-4",
    |_, state, action, _| !action.ends_connections() && !state.is_quiet(),
    |_, state, _, next| {
        state.identifiers().all(|server| {
            next.server(server).connections.len() >= state.server(server).connections.len()
        })
    },
);

const BELIEFS_CHANGE_AFTER_RESULTS_IN_A_ROW: Claim<Switch> = step(
    "beliefs_change_after_results_in_a_row",
    "A server counts as up after exactly rise passed checks in a row, as down after exactly fall \
     failed ones.",
    "LOAD_MANAGER-2",
    |switch, state, action, next| {
        let changes = |server: u8| {
            let (before, after) = (state.server(server), next.server(server));
            switch.is_believed_up(&before) != switch.is_believed_up(&after)
        };
        action.result_of().is_some_and(changes)
    },
    |switch, state, action, _| {
        action.result_of().is_none_or(|server| {
            let before = state.server(server);
            let needed = if switch.is_believed_up(&before) { switch.fall } else { switch.rise };
            before.against + 1 == needed
        })
    },
);

const RESULTS_NEVER_OVERRIDE_ORDERS: Claim<Switch> = step(
    "results_never_override_orders",
    "No result of a check changes what the administrator ordered.",
    "LOAD_MANAGER-3",
    |_, state, action, _| action.result_of().is_some_and(|server| !state.server(server).is_ready()),
    |_, state, action, next| {
        action.result_of().is_none_or(|server| {
            next.server(server).administration == state.server(server).administration
        })
    },
);

const SLOW_START_IS_SLOW: Claim<Switch> = step(
    "slow_start_is_slow",
    "A server that came back up begins with one connection, and gets more in step with the time \
     since.",
    "LOAD_MANAGER-5",
    |switch, state, action, next| {
        sends(switch, state, action, next) || comes_back(switch, state, action, next).is_some()
    },
    |switch, state, action, next| {
        let begins = comes_back(switch, state, action, next);
        let begins_at_one = begins.is_none_or(|server| {
            let before = state.server(server).connections.len();
            let after = next.server(server).connections.len();
            next.server(server).warmth == 0 && after <= before.max(1)
        });
        begins_at_one
            && each_send(switch, state, action, |send| {
                let server = send.before.server(send.server);
                let share = switch.capacity * server.warmth.min(switch.window) / switch.window;
                server.connections.len() < share.max(1)
            })
    },
);

/// The server that a result makes count as up in this step.
fn comes_back(switch: &Switch, state: &State, action: &Action, next: &State) -> Option<u8> {
    action.result_of().filter(|&server| {
        let was_up = switch.is_believed_up(&state.server(server));
        !was_up && switch.is_believed_up(&next.server(server))
    })
}

const PANIC_IGNORES_HEALTH: Claim<Switch> = step(
    "panic_ignores_health",
    "If too few servers are healthy, a request is sent to any that is ready and has room.",
    "LOAD_MANAGER-20",
    |switch, state, action, _| {
        matches!(action, Action::Arrive { .. })
            && too_few_are_healthy(switch, state)
            && state.servers.iter().any(|server| has_room(switch, server))
    },
    sends,
);

fn has_room(switch: &Switch, server: &Server) -> bool {
    server.is_ready() && server.connections.len() < switch.admits(server)
}

const THE_BLAST_RADIUS_IS_KEPT: Claim<Switch> = step(
    "the_blast_radius_is_kept",
    "A kill leaves enough servers, and not too many killed ones are down at a time.",
    "LOAD_MANAGER-26",
    |_, _, action, _| matches!(action, Action::Kill(_)),
    |switch, _, _, next| {
        let live = next.servers.iter().filter(|server| server.is_up()).count();
        let killed = next.servers.iter().filter(|s| s.machine == Machine::Killed).count();
        live >= usize::from(switch.blast.least_live) && killed <= usize::from(switch.blast.radius)
    },
);

const TURNS_ARE_TAKEN: Claim<Switch> = step(
    "turns_are_taken",
    "Between two picks of one server, every other that was a candidate all the time is picked.",
    "LOAD_MANAGER-12",
    sends,
    |switch, state, action, _| {
        each_send(switch, state, action, |send| {
            let was_passed = |other: u8| send.before.server(other).passed_by >> send.server & 1;
            let mut others = members(switch.candidates(&send.before));
            others.all(|other| other == send.server || was_passed(other) == 0)
        })
    },
);

const THE_LEAST_LOADED_IS_PICKED: Claim<Switch> = step(
    "the_least_loaded_is_picked",
    "No candidate has fewer connections than the picked one, those being set up included.",
    "LOAD_MANAGER-13",
    sends,
    |switch, state, action, _| {
        each_send(switch, state, action, |send| {
            let load = |server: u8| send.before.server(server).connections.len();
            let mut others = members(switch.candidates(&send.before));
            others.all(|other| load(send.server) <= load(other))
        })
    },
);

const THE_BETTER_OF_TWO_IS_PICKED: Claim<Switch> = step(
    "the_better_of_two_is_picked",
    "Of the two drawn servers the picked one has no more connections than the other.",
    "LOAD_MANAGER-14",
    |_, _, action, _| drawn(action).is_some(),
    |switch, state, action, _| {
        let Some((first, second)) = drawn(action) else { return true };
        let Some(turn) = switch.turn(state, *action) else { return true };
        let Some(send) = turn.sends.first() else { return false };
        let load = |server: u8| send.before.server(server).connections.len();
        let other = if send.server == first { second } else { first };
        let is_drawn = send.server == first || send.server == second;
        is_drawn && load(send.server) <= load(other)
    },
);

const fn drawn(action: &Action) -> Option<(u8, u8)> {
    match action {
        Action::Arrive { draw: Draw::Two(first, second), .. }
        | Action::Reset { draw: Draw::Two(first, second), .. } => Some((*first, *second)),
        _ => None,
    }
}

const CLIENTS_KEEP_THEIR_SERVER: Claim<Switch> = step(
    "clients_keep_their_server",
    "While the eligible servers stay the same, a client's requests go to the same one.",
    "LOAD_MANAGER-15",
    |switch, state, action, _| !each_send(switch, state, action, |send| home(send).is_none()),
    |switch, state, action, _| {
        each_send(switch, state, action, |send| home(send).is_none_or(|s| s == send.server))
    },
);

/// Where the client's last request went, as the claims remember it.
fn home(send: &Send) -> Option<u8> {
    send.before.clients.get(send.request.client)?.home
}

const ONLY_THE_LEAVERS_CLIENTS_MOVE: Claim<Switch> = step(
    "only_the_leavers_clients_move",
    "When servers become eligible or cease to be, the clients of all others stay where they are.",
    "LOAD_MANAGER-16",
    |switch, state, _, next| {
        let (before, after) = (switch.eligible(state), switch.eligible(next));
        before != after && before & after != 0
    },
    |switch, state, _, next| {
        let (before, after) = (switch.eligible(state), switch.eligible(next));
        (0..switch.clients).all(|client| {
            let (Some(was), Some(is)) = (switch.home(client, before), switch.home(client, after))
            else {
                return true;
            };
            let has_left = after >> was & 1 == 0;
            let has_come = before >> is & 1 == 0;
            was == is || has_left || has_come
        })
    },
);

const REQUESTS_GO_TO_THEIR_PARTITION: Claim<Switch> = step(
    "requests_go_to_their_partition",
    "A request goes to the server that holds its client's partition, and to no other.",
    "LOAD_MANAGER-18",
    sends,
    |switch, state, action, _| {
        each_send(switch, state, action, |send| send.server == send.request.client % switch.servers)
    },
);
