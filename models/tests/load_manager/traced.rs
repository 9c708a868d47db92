//! What other people's traces say of a switch, and why a step is refused.

use serde_json::{Value, json};
use straightedge_models::engine::{Action as _, Specification, Unfit};
use straightedge_models::load_manager::instance::rows;
use straightedge_models::load_manager::{Action, Blast, Budget, Draw, Policy, Switch, system};

use crate::common::{guards, written};

#[test]
fn a_step_is_refused_exactly_where_it_is_not_taken() {
    let refused = guards::assert_refused_exactly_if_not_taken(&rows(), 25);
    assert_eq!(refused.len(), 25, "every guard but the radius refuses: {refused:#?}");
}

#[test]
fn a_refusal_says_what_was_read() {
    let budget = Budget { kills: 2, reads: 2, ..Budget::default() };
    let blast = Blast { least_live: 1, radius: 1 };
    let switch = Switch { budget, blast, ..Switch::new(Policy::TwoChoices, 3, 1, 1) };
    assert_eq!(
        guards::refusal(&switch, &[Action::Kill(0), Action::Kill(1)]),
        "fewer servers must be killed than the radius allows: 1 killed of 1",
    );
    let arrive = |draw| Action::Arrive { client: 0, is_write: false, draw };
    assert_eq!(
        guards::refusal(&switch, &[arrive(Draw::Two(1, 0)), arrive(Draw::Two(1, 2))]),
        "two candidates must be drawn, and nothing where there are not two: candidates: \
         [s0 with 0, s2 with 0]; drawn: [s1, s2]",
    );
    assert_eq!(
        guards::refusal(&switch, &[arrive(Draw::Two(1, 0)), Action::Complete(0, 0)]),
        "the server must have a connection at that place: servers.0.connections: []",
    );
    assert_eq!(
        guards::refusal(
            &switch,
            &[arrive(Draw::Two(1, 0)), Action::Kill(1), Action::Complete(1, 0)]
        ),
        "the connection must be open, and the request on it be served: \
         servers.1.connections.0: cut c0",
    );
}

#[test]
fn a_faulty_switch_says_of_its_own_steps_when_they_are_refused() {
    guards::assert_mutants_too(&rows(), 300, 30);
}

#[test]
fn no_two_actions_are_said_alike() {
    for row in rows() {
        guards::assert_told_apart::<Switch>(row.name, &row.model.alphabet());
    }
}

#[test]
fn what_a_switch_writes_fits_its_schema() {
    let parameters = json!({ "servers": 2, "capacity": 1, "queue": 1, "policy": "round_robin" });
    written::assert_fits(&system(), &parameters, 400);
    let by_name = json!({ "round_robin_dns": { "uses": 2 } });
    let parameters = json!({
        "servers": 2, "capacity": 2, "queue": 0, "policy": by_name, "budget": { "reads": 7 },
    });
    written::assert_fits(&system(), &parameters, 200);
    written::assert_action_schema_is_whole(&system(), Action::NAMES);
    written::assert_parameters_lead_back(&system(), &rows());
}

#[test]
fn a_part_of_a_state_may_be_said() {
    let parts = [
        json!({}),
        json!({ "servers": [{}, { "machine": "down", "connections": ["cut c0 write again"] }] }),
        json!({ "queue": ["c0", "c12 again 2"], "left": { "crashes": 1 } }),
        json!({ "servers": [{ "late_result": null }, { "late_result": true }], "done": 3 }),
    ];
    for part in parts {
        assert!(written::is_observable(&system(), &part), "{part}");
    }
    let others = [
        json!({ "server": [] }),
        json!({ "servers": [{ "machine": "asleep" }] }),
        json!({ "servers": [{}, {}, {}, {}] }),
        json!({ "queue": ["0"] }),
        json!({ "servers": [{ "connections": ["open"] }] }),
        json!({ "left": { "crash": 1 } }),
        json!({ "done": -1 }),
    ];
    for other in others {
        assert!(!written::is_observable(&system(), &other), "{other}");
    }
}

#[test]
fn parameters_that_do_not_fit_are_refused_in_one_line() {
    let with = |field: &str, value: Value| {
        let mut parameters =
            json!({ "servers": 2, "capacity": 1, "queue": 1, "policy": "two_choices" });
        parameters[field] = value;
        written::unfit(&system(), &parameters)
    };
    let malformed = |line: &str| Unfit::Malformed(line.to_owned());
    let beyond = |line: &str| Unfit::OutOfScope(line.to_owned());
    assert_eq!(
        with("servers", json!(4)),
        beyond("parameters.servers: the model reaches from 1 to 3, not 4"),
    );
    assert_eq!(
        with("budget", json!({ "reads": 200, "writes": 56 })),
        beyond(
            "parameters.budget.reads + budget.writes: the model reaches from 0 to 255, not \
             256",
        ),
    );
    assert_eq!(
        with("policy", json!({ "round_robin_dns": { "uses": 0 } })),
        beyond("parameters.policy.round_robin_dns.uses: the model reaches from 1 to 100, not 0"),
    );
    assert_eq!(
        with("policy", json!({ "round_robin_dns": { "use": 1 } })),
        malformed("parameters.policy.round_robin_dns.use: unknown field `use`, expected `uses`",),
    );
    assert_eq!(
        with("clients", json!(17)),
        beyond("parameters.clients: the model reaches from 1 to 16, not 17"),
    );
    assert_eq!(
        with("queues", json!(1)),
        malformed(
            "parameters.queues: unknown field `queues`, expected one of `servers`, `capacity`, \
             `queue`, `policy`, `clients`, `rise`, `fall`, `retries`, `window`, \
             `opens_slowly`, `panic`, `ejection`, `blast`, `every_rotation`, \
             `watches_turns`, `budget`",
        ),
    );
    assert_eq!(
        with("ejection", json!({ "percent": -1 })),
        malformed("parameters.ejection.percent: invalid value: integer `-1`, expected u8",),
    );
}

/// Every policy, with all that may happen and settings at their limits.
#[test]
fn every_policy_can_be_said_and_its_switch_walked() {
    let by_name = json!({ "round_robin_dns": { "uses": 100 } });
    let policies = [
        "round_robin",
        "least_connections",
        "least_connections_any_tie",
        "two_choices",
        "modulo",
        "rendezvous",
        "maglev",
        "content_aware",
    ];
    for (seed, policy) in policies.map(Value::from).into_iter().chain([by_name]).enumerate() {
        for limit in [1, 100] {
            let parameters = json!({
                "servers": 3, "capacity": 2, "queue": 2, "policy": policy, "rise": limit,
                "fall": limit, "retries": limit, "window": limit, "panic": limit,
                "ejection": { "percent": limit, "always_one": true },
                "blast": { "least_live": 0, "radius": 255 },
            });
            let walk = written::walk(&system(), &parameters);
            guards::assert_walk(walk.as_ref(), 300, seed as u64);
        }
    }
}
