//! The rules for many servers are the model's, where the model is large enough.

use stateright::Model;
use straightedge::conformance::load_manager::instances::Instance;
use straightedge::conformance::load_manager::observed::{
    Abstract, forgetful, from_model, to_model,
};
use straightedge::conformance::load_manager::refinement::Forgetful;
use straightedge::conformance::load_manager::rules;
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::load_manager::{Action, Budget, Draw, State, Switch};

use crate::limits;

/// Every step that anyone could think of.
fn candidates(switch: &Switch) -> Vec<Action> {
    let servers = 0..switch.servers;
    let pairs = servers.clone().flat_map(|a| (0..switch.servers).map(move |b| Draw::Two(a, b)));
    let draws: Vec<Draw> = std::iter::once(Draw::None).chain(pairs).collect();
    let mut actions: Vec<Action> = (0..2).map(Action::Abandon).collect();
    for &draw in &draws {
        for client in 0..switch.clients {
            let arrive = |is_write| Action::Arrive { client, is_write, draw };
            actions.extend([false, true].map(arrive));
        }
    }
    for server in servers {
        for connection in 0..switch.capacity {
            actions.extend([
                Action::Establish(server, connection),
                Action::Complete(server, connection),
                Action::Abort(server, connection),
            ]);
            let reset = |&draw: &Draw| Action::Reset { server, connection, draw };
            actions.extend(draws.iter().map(reset));
        }
        let kinds: [fn(u8) -> Action; 13] = [
            Action::Check,
            Action::Lie,
            Action::Probe,
            Action::HearProbe,
            Action::Warm,
            Action::Outlier,
            Action::Reinstate,
            Action::Drain,
            Action::Retire,
            Action::Maintain,
            Action::MakeReady,
            Action::Crash,
            Action::Recover,
        ];
        actions.extend(kinds.map(|kind| kind(server)));
    }
    actions
}

/// So much of everything is left that nothing is refused for want of it.
const PLENTY: Budget = Budget {
    reads: 1,
    writes: 1,
    crashes: 1,
    recoveries: 1,
    kills: 1,
    lies: 1,
    late_results: 1,
    drains: 1,
    maintenances: 1,
    outliers: 1,
    aborts: 1,
};

/// How many steps both take, and how many both refuse.
fn agreement(switch: &Switch) -> (usize, usize) {
    let model = Forgetful(*switch);
    let build = Build { edges: false, ..Build::default() };
    let graph = unattended(limits(), |run| Graph::build(&model, build, run));
    let candidates = candidates(switch);
    let (mut taken, mut refused) = (0, 0);
    for Abstract(state) in graph.states().iter().step_by(3) {
        let observed = from_model(switch, state);
        assert_eq!(to_model(switch, &observed, state.left), *state);
        let able = State { left: PLENTY, ..*state };
        for &action in &candidates {
            let by_rules = rules::next(switch, &observed, action);
            let by_rules = by_rules.map(|next| to_model(switch, &next, PLENTY));
            let by_model = switch.next_state(&able, action);
            let by_model = by_model.map(|next| forgetful(State { left: PLENTY, ..next }).0);
            assert_eq!(by_rules, by_model, "{action} in {state:?}");
            *(if by_model.is_some() { &mut taken } else { &mut refused }) += 1;
        }
    }
    (taken, refused)
}

#[test]
fn the_rules_are_those_of_the_model() {
    for name in [
        "round_robin",
        "two_choices_one_crash",
        "slow_connections",
        "late_results_two_arrivals",
        "asymmetric_thresholds",
        "slow_start",
        "panic_one_crash",
        "writes",
        "outliers_half",
        "outliers_at_least_one",
        "round_robin_dns",
        "modulo_one_crash",
        "rendezvous_one_crash",
        "content_aware",
    ] {
        let (taken, refused) = agreement(&Instance::named(name).unwrap().switch);
        assert!(taken > 500 && refused > 500, "{name}: {taken} taken, {refused} refused");
    }
}

#[test]
fn a_wrong_rule_would_be_seen() {
    let switch = Instance::named("round_robin").unwrap().switch;
    let start = from_model(&switch, &switch.initial_state());
    let arrive = Action::Arrive { client: 0, is_write: false, draw: Draw::None };
    let next = rules::next(&switch, &start, arrive).unwrap();
    assert_ne!(to_model(&switch, &next, switch.budget), switch.initial_state());
    assert_eq!(rules::next(&switch, &next, Action::Complete(1, 0)), None, "it went to s0");
}
