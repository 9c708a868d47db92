//! Numbering, counts, verdicts and evidence are the same at every number of threads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::trivially_copy_pass_by_ref)]

use crate::common::machine::Machine;
use crate::common::{decide_on, limits};
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::{Fairness, Form, Limits};

/// Seed and node of a random graph.
type Node = (u32, u32);

/// Nodes of each random graph: enough for levels wider than what one thread expands alone.
const NODES: u64 = 30_000;

fn mixed(seed: u32, node: u32, salt: u32) -> u64 {
    let key = u64::from(seed) << 40 ^ u64::from(node) << 8 ^ u64::from(salt);
    let mixed = key.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

fn random_model(seed: u32) -> Machine<Node> {
    let next = |&(seed, node): &Node, step: u8| {
        let chance = mixed(seed, node, u32::from(step));
        // Fewer steps under some seeds, so that components are small or many.
        let one_in = 2 + u64::from(seed % 4);
        let is_offered = !chance.is_multiple_of(one_in) || step == 0 && !chance.is_multiple_of(64);
        let target = (chance >> 16) % NODES;
        // Steps back are rare under some seeds, so that few nodes lie on a cycle.
        let target = match seed % 3 {
            0 => target as u32,
            1 => (u64::from(node) + 1 + target % 4000).min(NODES - 1) as u32,
            _ => node ^ (target as u32 & 0x3f3),
        };
        is_offered.then_some((seed, target))
    };
    let mut model = Machine::new((seed, 0), &["a", "b", "c", "d"], next);
    model.initial = vec![(seed, 0), (seed, 77), (seed, 5)];
    model.fairness = |step| match step {
        0 => Fairness::Weak(0),
        1 => Fairness::Strong(1),
        2 => Fairness::Unfair,
        _ => Fairness::Finite,
    };
    model.is_inside = |&(seed, node)| seed % 5 != 4 || !mixed(seed, node, 9).is_multiple_of(200);
    model
}

fn is_rare(_: &Machine<Node>, &(seed, node): &Node) -> bool {
    mixed(seed, node, 11).is_multiple_of(500)
}

fn is_common(_: &Machine<Node>, &(seed, node): &Node) -> bool {
    !mixed(seed, node, 12).is_multiple_of(4)
}

fn forms() -> Vec<Form<Machine<Node>>> {
    vec![
        Form::Always { when: None, holds: |model, node| !is_rare(model, node) },
        Form::Sometimes(|model, node| is_rare(model, node) && !is_common(model, node)),
        Form::Step {
            when: |_, _, _, _| true,
            holds: |m, from, _, to| !is_rare(m, from) || is_common(m, to),
        },
        Form::NoDeadlock { terminal: is_rare },
        Form::Eventually(is_common),
        Form::LeadsTo(is_rare, is_common),
        Form::InfinitelyOften(is_common),
        Form::EventuallyAlways(is_common),
        Form::Recoverable { goal: is_rare, using: |go| go.0 < 2 },
    ]
}

/// All that a run establishes about one model, as text.
fn established(seed: u32, limits: Limits) -> (usize, String) {
    let model = random_model(seed);
    unattended(limits, |run| {
        let graph = Graph::build(&model, Build { edges: true, ..Build::default() }, run);
        let mut text = format!(
            "{:?} {:?} {} {} {:?} {}",
            graph.bound(),
            graph.states(),
            graph.expanded(),
            graph.transitions(),
            graph.coverage(&model),
            graph.depth(),
        );
        for number in 0..graph.len() as u32 {
            text += &format!("{:?}", graph.edges(number));
        }
        for number in (0..graph.len() as u32).step_by(997) {
            text += &format!("{:?}", graph.path_to(&model, number));
        }
        for form in forms() {
            let decision = decide_on(&model, &graph, form, run);
            let evidence = (&decision.trace, &decision.fair_because);
            text += &format!("{} {:?} {evidence:?}", form.name(), decision.verdict);
        }
        (graph.len(), text)
    })
}

fn assert_alike(seed: u32, at: impl Fn(usize) -> Limits) -> usize {
    let (states, alone) = established(seed, at(1));
    for threads in [2, 4] {
        let (_, together) = established(seed, at(threads));
        assert!(alone == together, "seed {seed} differs at {threads} threads");
    }
    states
}

#[test]
fn nothing_depends_on_the_number_of_threads() {
    let sizes: Vec<usize> = (0..12).map(|seed| assert_alike(seed, limits)).collect();
    let is_wide = |&&states: &&usize| states > 10_000;
    assert!(sizes.iter().filter(is_wide).count() >= 6, "too few wide graphs: {sizes:?}");
}

#[test]
fn nothing_depends_on_the_number_of_threads_where_a_limit_ends_the_search() {
    for seed in [0, 3, 6] {
        assert_alike(seed, |threads| Limits { states: Some(9000), ..limits(threads) });
        assert_alike(seed, |threads| Limits { depth: Some(8), ..limits(threads) });
        assert_alike(seed, |threads| Limits { memory_bytes: 900_000, ..limits(threads) });
    }
}
