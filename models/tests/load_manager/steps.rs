//! What happens step by step: the rules of health, queue, retries, orders and policies.

#![allow(clippy::unwrap_used)]

use serde_json::json;
use stateright::Model;
use straightedge_models::load_manager::step::health::on_check;
use straightedge_models::load_manager::{
    Action, Administration, Blast, Budget, Ejection, Machine, Policy, Server, State, Switch,
};

/// Takes the steps of those names, one after another.
fn replay(switch: &Switch, steps: &[&str]) -> State {
    steps.iter().fold(switch.initial_state(), |state, step| {
        let next = take(switch, &state, step);
        next.unwrap_or_else(|| panic!("{step} is disabled in\n{state:?}"))
    })
}

fn take(switch: &Switch, state: &State, step: &str) -> Option<State> {
    let mut actions: Vec<Action> = Vec::new();
    switch.actions(state, &mut actions);
    let action = actions.into_iter().find(|action| action.to_string() == step)?;
    switch.next_state(state, action)
}

/// How many connections each server has.
fn loads(state: &State) -> Vec<u8> {
    state.servers.iter().map(|server| server.connections.len()).collect()
}

const ARRIVE: &str = "arrive(c0)";

fn two() -> Switch {
    Switch::new(Policy::RoundRobin, 2, 1, 4).with_crashes(2)
}

/// HAProxy's counter, for every counter and result: a dumb version that keeps the last results.
#[test]
fn the_counter_is_a_memory_of_results_in_a_row() {
    for (rise, fall) in [(1, 1), (2, 2), (1, 3), (3, 2), (2, 3)] {
        let switch = Switch { rise, fall, ..two() };
        for results in 0_u32..1 << 10 {
            let (mut server, mut is_up, mut row) = (switch.initial_state().server(0), true, 0);
            for bit in 0..10 {
                let passed = results >> bit & 1 != 0;
                row = if passed == is_up { 0 } else { row + 1 };
                if row == if is_up { fall } else { rise } {
                    (is_up, row) = (!is_up, 0);
                }
                server = on_check(&switch, &server, passed);
                assert_eq!(switch.is_believed_up(&server), is_up, "{results:b} up to {bit}");
                assert_eq!(server.against, row);
                assert!(server.health <= switch.top());
            }
        }
    }
}

#[test]
fn requests_go_round_wait_and_are_shed() {
    let switch = Switch { queue: 1, ..two() };
    let state = replay(&switch, &[ARRIVE, ARRIVE]);
    assert_eq!((loads(&state), state.last), (vec![1, 1], 1));
    let state = replay(&switch, &[ARRIVE; 4]);
    assert_eq!((state.queue.len(), state.refused), (1, 1));
    let after = take(&switch, &state, "complete(s1, 0)").unwrap();
    assert_eq!((loads(&after), after.queue.len(), after.done), (vec![1, 1], 0, 1));
}

#[test]
fn a_broken_request_is_tried_again_within_its_budget() {
    let state = replay(&two(), &[ARRIVE, "crash(s0)", "reset(s0, 0)"]);
    assert_eq!(loads(&state), [0, 1]);
    assert_eq!(state.server(1).connections.get(0).unwrap().request.to_string(), "c0 again");
    let state = replay(&two(), &[ARRIVE, "crash(s0)", "reset(s0, 0)", "crash(s1)", "reset(s1, 0)"]);
    assert_eq!((loads(&state), state.failed), (vec![0, 0], 1));
}

#[test]
fn a_retry_goes_in_front_of_those_who_wait() {
    let steps = [ARRIVE, ARRIVE, "arrive(c0)", "crash(s0)", "check(s0)", "check(s0)"];
    let state = replay(&two(), &[&steps[..], &["reset(s0, 0)"]].concat());
    let waiting: Vec<String> = state.queue.iter().map(ToString::to_string).collect();
    assert_eq!(waiting, ["c0 again", "c0"]);
}

#[test]
fn a_dead_server_is_used_until_checks_have_found_out() {
    let state = replay(&two(), &["crash(s0)", "check(s0)", ARRIVE]);
    assert_eq!(state.server(0).connections.get(0).unwrap().to_string(), "cut c0");
    let state = replay(&two(), &["crash(s0)", "check(s0)", "check(s0)", ARRIVE]);
    assert_eq!(loads(&state), [0, 1]);
    let gone = ["crash(s0)", "crash(s1)", "check(s0)", "check(s0)", "check(s1)", "check(s1)"];
    let state = replay(&two(), &[&gone[..], &[ARRIVE]].concat());
    assert_eq!((state.refused, state.queue.len()), (1, 0), "no server: an answer at once");
}

#[test]
fn a_drained_server_finishes_and_one_in_maintenance_ends_at_once() {
    let budget = Budget { drains: 1, maintenances: 1, ..two().budget };
    let switch = Switch { budget, ..two() };
    let state = replay(&switch, &[ARRIVE, "drain(s0)", ARRIVE, ARRIVE]);
    assert_eq!((loads(&state), state.queue.len()), (vec![1, 1], 1));
    assert_eq!(take(&switch, &state, "retire(s0)"), None, "it has a request");
    let state = take(&switch, &state, "complete(s0, 0)").unwrap();
    assert_eq!(loads(&state), [0, 1], "it does not take what waits");
    let retired = take(&switch, &state, "retire(s0)").unwrap();
    assert_eq!(retired.server(0).administration, Administration::Maintenance);
    let back = take(&switch, &retired, "make_ready(s0)").unwrap();
    assert_eq!((loads(&back), back.queue.len()), (vec![1, 1], 0), "now it does");
    let ended = take(&switch, &retired, "maintain(s1)").unwrap();
    assert_eq!((ended.failed, ended.refused, ended.queue.len()), (1, 1, 0));
}

#[test]
fn a_late_result_moves_the_counter_and_no_order() {
    let budget = Budget { maintenances: 1, late_results: 1, ..two().budget };
    let switch = Switch { budget, ..two() };
    let steps = ["crash(s0)", "check(s0)", "check(s0)", "recover(s0)", "probe(s0)", "maintain(s0)"];
    let state = replay(&switch, &[&steps[..], &["hear_probe(s0)"]].concat());
    let server = state.server(0);
    assert_eq!((server.health, server.administration), (1, Administration::Maintenance));
    assert_eq!(switch.eligible(&state), 0b10);
}

#[test]
fn slow_start_admits_one_and_then_more() {
    let slow = Switch { window: 2, ..Switch::new(Policy::RoundRobin, 2, 2, 4).with_crashes(1) };
    let down = ["crash(s0)", "check(s0)", "check(s0)", "recover(s0)", "check(s0)", "check(s0)"];
    let state = replay(&slow, &[&down[..], &[ARRIVE; 4]].concat());
    assert_eq!((loads(&state), state.queue.len()), (vec![1, 2], 1));
    let state = take(&slow, &state, "warm(s0)").unwrap();
    assert_eq!(loads(&state), [1, 2], "half of two is one");
    let state = take(&slow, &state, "warm(s0)").unwrap();
    assert_eq!((loads(&state), state.queue.len()), (vec![2, 2], 0));
}

#[test]
fn in_panic_health_is_ignored_and_orders_are_not() {
    let budget = Budget { maintenances: 1, lies: 4, ..two().budget };
    let switch = Switch { panic: 50, budget, ..two() };
    let lies = ["lie(s0)", "lie(s0)", "lie(s1)", "lie(s1)"];
    let state = replay(&switch, &[&lies[..], &[ARRIVE]].concat());
    assert!(switch.is_in_panic(&state));
    assert_eq!(loads(&state), [1, 0]);
    let state = replay(&switch, &[&lies[..], &["maintain(s0)", ARRIVE]].concat());
    assert_eq!(loads(&state), [0, 1]);
    let calm = Switch { panic: 0, ..switch };
    assert_eq!(replay(&calm, &[&lies[..], &[ARRIVE]].concat()).refused, 1);
}

/// The arithmetic of Envoy's bug: of three servers one at 50 %, two at 67 %, and one at least.
#[test]
fn the_ceiling_holds_after_the_ejection() {
    let errors = ["outlier(s0)", "outlier(s1)", "outlier(s2)"];
    for (percent, always_one, ejected) in [(50, false, 1), (67, false, 2), (10, true, 1)] {
        let three = Switch::new(Policy::RoundRobin, 3, 1, 0);
        let budget = Budget { outliers: 3, ..three.budget };
        let switch = Switch { ejection: Ejection { percent, always_one }, budget, ..three };
        let state = replay(&switch, &errors);
        let count = state.servers.iter().filter(|server| server.is_ejected).count();
        assert_eq!(count, ejected, "{percent} %");
        assert_eq!(
            take(&switch, &state, "reinstate(s0)").map(|s| switch.eligible(&s).count_ones()),
            Some(4 - ejected as u32)
        );
    }
}

#[test]
fn kills_keep_to_their_radius() {
    let three = Switch::new(Policy::RoundRobin, 3, 1, 0);
    let budget = Budget { kills: 2, recoveries: 1, ..three.budget };
    let switch = Switch { blast: Blast { least_live: 2, radius: 1 }, budget, ..three };
    let state = replay(&switch, &["kill(s1)"]);
    assert_eq!(state.server(1).machine, Machine::Killed);
    assert_eq!(take(&switch, &state, "kill(s0)"), None);
    let state = take(&switch, &state, "recover(s1)").unwrap();
    assert!(take(&switch, &state, "kill(s0)").is_some());
}

#[test]
fn an_address_is_kept_for_its_uses_whatever_becomes_of_the_server() {
    let policy = Policy::RoundRobinDns { uses: 2 };
    let dns = Switch { clients: 2, ..Switch::new(policy, 2, 2, 4).with_crashes(1) };
    let state = replay(&dns, &["arrive(c0)", "arrive(c1)", "arrive(c0)"]);
    assert_eq!(loads(&state), [2, 1]);
    let dead = ["arrive(c0)", "crash(s0)", "check(s0)", "check(s0)", "arrive(c0)"];
    let state = replay(&dns, &dead);
    assert_eq!((loads(&state), dns.eligible(&state)), (vec![2, 0], 0b10));
    let state = replay(&dns, &[&dead[..], &["reset(s0, 0)", "arrive(c0)"]].concat());
    assert_eq!((state.failed, loads(&state)), (1, vec![1, 1]), "the next address, and no retry");
}

#[test]
fn the_better_of_two_and_the_least_of_all() {
    let two_choices = Switch::new(Policy::TwoChoices, 3, 2, 3);
    let state = replay(&two_choices, &["arrive(c0, draw s1 s0)", "arrive(c0, draw s1 s0)"]);
    assert_eq!(loads(&state), [1, 1, 0]);
    assert_eq!(take(&two_choices, &state, ARRIVE), None, "there is something to draw");
    let least = Switch::new(Policy::LeastConnections, 3, 2, 4);
    let state = replay(&least, &[ARRIVE, ARRIVE, "complete(s0, 0)", ARRIVE, ARRIVE]);
    assert_eq!(loads(&state), [1, 1, 1], "the next of the least loaded after s1, then s0");
    let any = Switch::new(Policy::LeastConnectionsAnyTie, 2, 1, 2);
    let state = replay(&any, &["arrive(c0, draw s1)", ARRIVE]);
    assert_eq!(loads(&state), [1, 1]);
}

#[test]
fn a_query_for_a_lost_partition_is_answered_at_once() {
    let aware = Switch { clients: 2, ..Switch::new(Policy::ContentAware, 2, 1, 3).with_crashes(1) };
    let lost = ["crash(s1)", "check(s1)", "check(s1)", "arrive(c1)", "arrive(c0)", "arrive(c0)"];
    let state = replay(&aware, &lost);
    assert_eq!((loads(&state), state.refused, state.queue.len()), (vec![1, 0], 1, 1));
}

#[test]
fn a_state_reads_well() {
    let state = replay(&two(), &[ARRIVE, ARRIVE, ARRIVE, "crash(s0)"]);
    let text = serde_json::to_value(state).unwrap();
    assert_eq!(text["servers"][0]["connections"], json!(["cut c0"]));
    assert_eq!(text["servers"][0]["machine"], json!("down"));
    assert_eq!(text["servers"][1]["connections"], json!(["open c0"]));
    assert_eq!((&text["queue"], &text["done"]), (&json!(["c0"]), &json!(0)));
    let server = Server::default();
    assert_eq!(serde_json::to_value(server).unwrap()["administration"], json!("ready"));
}
