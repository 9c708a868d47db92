//! Searches every interleaving of an instance, and holds each step against the model.

use serde::Serialize;
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::refinement::{self, Covered, Finding};
use straightedge_models::engine::run::Limits;
use straightedge_models::engine::verdict::Bound;
use straightedge_models::engine::{Run, Verdict};

use super::super::network::Network;
use super::environment::Ring;
use super::instances::{Instance, Variation};
use super::refinement::{Begun, Mapping};

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

/// Calls a function for a circle whose size is known when it runs only: from three to six.
macro_rules! on_circle {
    ($size:expr, $function:ident ( $($argument:expr),* )) => {
        match $size {
            ..=3 => $function::<3>($($argument),*),
            4 => $function::<4>($($argument),*),
            5 => $function::<5>($($argument),*),
            _ => $function::<6>($($argument),*),
        }
    };
}
pub(super) use on_circle;

/// How many states are looked at, one number after the other, before a hunt is given up.
pub const FAR: &[usize] = &[2_000, 40_000, 800_000];

/// The same for many hunts that need not all succeed.
pub const NEAR: &[usize] = &[2_000, 40_000];

impl Instance {
    /// Searches all of it.
    #[must_use]
    pub fn search(&self, run: &Run<'_>) -> Searched {
        let instance = *self;
        on_circle!(self.circle, search(instance, Variation::NONE, run))
    }

    /// Looks for a step that is not explained, in ever larger parts of the graph.
    #[must_use]
    pub fn hunt(&self, variation: Variation, reach: &[usize], run: &Run<'_>) -> Searched {
        let instance = *self;
        let mut searched = None;
        for &states in reach {
            let limits = Limits { states: Some(states), ..run.limits };
            let part = Run { limits, listener: run.listener, stop: run.stop, ..*run };
            let found = on_circle!(self.circle, search(instance, variation, &part));
            let is_settled = found.difference.is_some() || found.bound.is_none();
            let is_over = run.interruption().is_some();
            searched = Some(found);
            if is_settled || is_over {
                break;
            }
        }
        searched.unwrap_or_else(|| self.search(run))
    }
}

fn search<const N: u8>(instance: Instance, variation: Variation, run: &Run<'_>) -> Searched {
    let network = Network::new(instance.ring::<N>(variation));
    let begun = Begun { model: instance.model(), start: instance.start() };
    let graph = Graph::build(&network, Build { edges: true, ..Build::default() }, run);
    let finding = refinement::decide(&network, &graph, &begun, &Mapping, run);
    let taken = graph.coverage(&network).iter().map(|count| (count.action, count.taken)).collect();
    Searched {
        instance: instance.name,
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

fn difference<const N: u8>(finding: &Finding<Network<Ring<N>>>) -> Option<Difference> {
    let trace = finding.trace.as_ref()?;
    let steps = trace.steps.iter().filter_map(|(action, _)| action.as_ref());
    let because = finding.because.clone().unwrap_or_default().replace('\n', "; ");
    Some(Difference { steps: steps.map(ToString::to_string).collect(), because })
}
