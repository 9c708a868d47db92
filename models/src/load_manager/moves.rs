//! Which steps a state offers: candidates, which their guards then let through or not.

use super::options::Policy;
use super::{Action, Draw, State, Switch};

/// The steps that may be enabled in this state.
pub(super) fn candidates(switch: &Switch, state: &State, actions: &mut Vec<Action>) {
    let draws = draws(switch);
    for client in 0..switch.clients {
        for (is_write, left) in [(false, state.left.reads), (true, state.left.writes)] {
            if left > 0 {
                let arrive = |&draw: &Draw| Action::Arrive { client, is_write, draw };
                actions.extend(draws.iter().map(arrive));
            }
        }
    }
    if state.left.aborts > 0 {
        actions.extend((0..state.queue.len()).map(Action::Abandon));
    }
    for server in state.identifiers() {
        of_a_server(switch, state, server, &draws, actions);
    }
}

/// What may be drawn.
fn draws(switch: &Switch) -> Vec<Draw> {
    let mut draws = vec![Draw::None];
    match switch.policy {
        Policy::LeastConnectionsAnyTie => draws.extend((0..switch.servers).map(Draw::One)),
        Policy::TwoChoices => {
            for first in 0..switch.servers {
                let others = (0..switch.servers).filter(|&second| second != first);
                draws.extend(others.map(|second| Draw::Two(first, second)));
            }
        }
        _ => {}
    }
    draws
}

fn of_a_server(
    switch: &Switch,
    state: &State,
    server: u8,
    draws: &[Draw],
    actions: &mut Vec<Action>,
) {
    let at = state.server(server);
    let left = state.left;
    for connection in 0..at.connections.len() {
        // Equal connections are one.
        let previous = connection.checked_sub(1).and_then(|place| at.connections.get(place));
        if previous == at.connections.get(connection) {
            continue;
        }
        actions.push(Action::Establish(server, connection));
        actions.push(Action::Complete(server, connection));
        actions.extend(draws.iter().map(|&draw| Action::Reset { server, connection, draw }));
        if left.aborts > 0 {
            actions.push(Action::Abort(server, connection));
        }
    }
    if switch.has_checks() {
        actions.push(Action::Check(server));
    }
    actions.extend([
        Action::HearProbe(server),
        Action::Warm(server),
        Action::Reinstate(server),
        Action::Retire(server),
        Action::MakeReady(server),
    ]);
    let of_environment = [
        (left.lies, Action::Lie(server)),
        (left.late_results, Action::Probe(server)),
        (left.outliers, Action::Outlier(server)),
        (left.drains, Action::Drain(server)),
        (left.maintenances, Action::Maintain(server)),
        (left.crashes, Action::Crash(server)),
        (left.kills, Action::Kill(server)),
        (left.recoveries, Action::Recover(server)),
    ];
    let offered = of_environment.into_iter().filter(|(left, _)| *left > 0);
    actions.extend(offered.map(|(_, action)| action));
}
