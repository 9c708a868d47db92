//! Searches every interleaving of a network, and holds each step against a model.

use serde::Serialize;
use stateright::Model;
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::refinement::{self, Covered, Finding, Refinement};
use straightedge_models::engine::run::Limits;
use straightedge_models::engine::verdict::Bound;
use straightedge_models::engine::{self, Run, Verdict};

use super::environment::Environment;
use super::network::Network;

/// A run that the model does not explain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The names of the steps, in order; the last one is the one that is not explained.
    pub steps: Vec<String>,
    /// What it maps to, and what the model would have allowed.
    pub because: String,
}

/// What the search of one instance came to.
#[derive(Clone, Debug, Serialize)]
pub struct Searched {
    /// The instance's name.
    pub instance: &'static str,
    /// `Holds` if the model explains every step.
    pub verdict: Verdict,
    /// States of the network.
    pub states: u64,
    /// Steps between them.
    pub transitions: u64,
    /// The largest number of steps of a shortest path to a state.
    pub depth: usize,
    /// What stopped the search, or nothing.
    pub bound: Option<Bound>,
    /// States of the model that they stand for.
    pub abstract_states: u64,
    /// Steps that are none of the model.
    pub stutters: u64,
    /// Steps that are steps of the model.
    pub explained: u64,
    /// How many of the model's steps out of those states were taken, by name.
    pub coverage: Vec<Covered>,
    /// How often each kind of step of the network was taken, by name.
    pub taken: Vec<(&'static str, u64)>,
    /// A shortest run that is not explained.
    pub difference: Option<Difference>,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Bytes that the graph held.
    pub memory_bytes: u64,
}

/// How many states are looked at, one number after the other, before a hunt is given up.
pub const FAR: &[usize] = &[2_000, 40_000, 800_000];

/// The same for many hunts that need not all succeed.
pub const NEAR: &[usize] = &[2_000, 40_000];

/// Searches the whole network.
pub fn search<E, A, R>(
    instance: &'static str,
    network: &Network<E>,
    model: &A,
    mapping: &R,
    run: &Run<'_>,
) -> Searched
where
    E: Environment,
    A: Model<State: engine::State, Action: engine::Action>,
    R: Refinement<Network<E>, A>,
{
    let graph = Graph::build(network, Build { edges: true, ..Build::default() }, run);
    let finding = refinement::decide(network, &graph, model, mapping, run);
    let taken = graph.coverage(network).iter().map(|count| (count.action, count.taken)).collect();
    Searched {
        instance,
        difference: difference(&finding),
        verdict: finding.verdict,
        states: graph.len() as u64,
        transitions: graph.transitions(),
        depth: graph.depth(),
        bound: graph.bound().cloned(),
        abstract_states: finding.abstract_states,
        stutters: finding.stutters,
        explained: finding.explained,
        coverage: finding.coverage.into_iter().filter(|covered| covered.steps > 0).collect(),
        taken,
        seconds: run.started.elapsed().as_secs_f64(),
        memory_bytes: graph.bytes(),
    }
}

/// Looks for a step that is not explained, in ever larger parts of a network.
pub fn hunt(reach: &[usize], run: &Run<'_>, search: impl Fn(&Run<'_>) -> Searched) -> Searched {
    let mut searched = None;
    for &states in reach {
        let limits = Limits { states: Some(states), ..run.limits };
        let found = search(&Run { limits, listener: run.listener, stop: run.stop, ..*run });
        let is_settled = found.difference.is_some() || found.bound.is_none();
        let is_over = run.interruption().is_some();
        searched = Some(found);
        if is_settled || is_over {
            break;
        }
    }
    searched.unwrap_or_else(|| search(run))
}

fn difference<E: Environment>(finding: &Finding<Network<E>>) -> Option<Difference> {
    let trace = finding.trace.as_ref()?;
    let steps = trace.steps.iter().filter_map(|(action, _)| action.as_ref());
    let because = finding.because.clone().unwrap_or_default().replace('\n', "; ");
    Some(Difference { steps: steps.map(ToString::to_string).collect(), because })
}
