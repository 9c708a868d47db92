//! Every step of the model's graph, taken by nodes that have come to the state by themselves.
//!
//! Of each state of the model one network that stands for it is kept: the first to which the walk
//! has come. From it all steps that the model does not see are taken, which are ticks of single
//! clocks and answers that nobody waits for, until each of the model's steps was taken. Nothing is
//! put together.

use std::collections::BTreeMap;
use std::time::Duration;

use stateright::Model;
use straightedge_impl::coral::{Call, Message, Timer};
use straightedge_impl::machine::{Input, InputOf, Nonce};
use straightedge_models::coral::{Coral, Id as Number, Phase, State};
use straightedge_models::engine::{Run, Tier};

use super::super::cover::{self, Covered, Replay, StepOf, Taken, Until, one_line};
use super::super::environment::StateOf;
use super::super::network::Network;
use super::abstraction::{Abstraction, Id, id, plain};
use super::environment::Nodes;
use super::instances::{INSTANCES, Instance, Variation};
use super::process::Process;

/// The instances of that tier whose steps are taken.
pub fn subjects(tier: Tier) -> impl Iterator<Item = &'static Instance> {
    let is_of_it = move |instance: &&Instance| instance.covered.is_some_and(|when| when <= tier);
    INSTANCES.iter().filter(is_of_it)
}

impl Instance {
    /// Takes every step of the model's graph.
    #[must_use]
    pub fn cover(&self, variation: Variation, until: Until, run: &Run<'_>) -> Covered {
        let abstraction = self.abstraction(variation);
        let network = Network::new(abstraction.nodes.clone());
        let mut kept = BTreeMap::new();
        for first in network.init_states() {
            kept.insert(abstraction.seen(&first), first);
        }
        let walk = Walk { abstraction, network, kept, wrong: Vec::new() };
        cover::cover(self.name, walk, until, run)
    }
}

struct Walk {
    abstraction: Abstraction,
    network: Network<Nodes<Id>>,
    kept: BTreeMap<State, StateOf<Nodes<Id>>>,
    /// What the nodes did that the model refuses, in the state at hand.
    wrong: Vec<(String, bool)>,
}

impl Replay for Walk {
    type Model = Coral;

    fn model(&self) -> &Coral {
        &self.abstraction.coral
    }

    fn steps(&mut self, state: &State, steps: &[StepOf<Coral>]) -> Vec<Taken> {
        self.wrong.clear();
        let Some(start) = self.kept.get(&plain(*state)).cloned() else {
            let instead = || "the nodes have not come to this state".to_owned();
            return steps.iter().map(|_| Taken::Missing { instead: instead(), after: 0 }).collect();
        };
        let (are_taken, networks) = self.explore(&plain(*state), steps, start);
        let taken = |is_taken| {
            let instead = "nothing that the nodes do from here is that".to_owned();
            if is_taken { Taken::Taken } else { Taken::Missing { instead, after: networks } }
        };
        are_taken.into_iter().map(taken).collect()
    }

    fn refusals(&mut self, state: &State) -> Vec<(String, bool)> {
        let mut refusals = std::mem::take(&mut self.wrong);
        let seen = plain(*state);
        let Some(start) = self.kept.get(&seen).cloned() else { return refusals };
        for (name, node, input) in self.provocations(state) {
            let Some(after) = self.network.provoked(&start, node, input) else { continue };
            refusals.push((name, self.abstraction.seen(&after) == seen));
        }
        refusals
    }
}

impl Walk {
    /// Which steps were taken, and how many networks that stand for the state were looked at.
    fn explore(
        &mut self,
        state: &State,
        steps: &[StepOf<Coral>],
        start: StateOf<Nodes<Id>>,
    ) -> (Vec<bool>, usize) {
        let mut are_taken = vec![false; steps.len()];
        let mut networks = vec![start];
        let mut next = 0;
        while let Some(at) = networks.get(next).cloned() {
            next += 1;
            let mut actions = Vec::new();
            self.network.actions(&at, &mut actions);
            for action in actions {
                let Some(after) = self.network.after(&at, &action) else { continue };
                let seen = self.abstraction.seen(&after);
                let mut is_explained = seen == *state;
                for ((step, to), is_taken) in steps.iter().zip(&mut are_taken) {
                    let is_it = plain(*to) == seen && self.abstraction.may_be(&action, step);
                    *is_taken |= is_it;
                    is_explained |= is_it;
                }
                if seen == *state {
                    if !networks.contains(&after) {
                        networks.push(after);
                    }
                } else if is_explained {
                    self.kept.entry(seen).or_insert(after);
                } else {
                    self.wrong.push((format!("{action} to {}", one_line(&seen)), false));
                }
            }
            if are_taken.iter().all(|is_taken| *is_taken) {
                break;
            }
        }
        (are_taken, next)
    }

    /// Answers that are not waited for, and timers of nodes that were not asked.
    fn provocations(&self, state: &State) -> Vec<(String, usize, InputOf<Process<Id>>)> {
        let coral = self.abstraction.coral;
        let mut inputs = Vec::new();
        for (operation, asked) in coral.asked_for() {
            let Ok(place) = self.abstraction.nodes.addresses.binary_search(&id(asked.client))
            else {
                continue;
            };
            let progress = state.operation(operation);
            let nonce = Nonce(u64::from(operation));
            let call =
                Call { operation: nonce, level: progress.level, key: id(coral.key(operation)) };
            for &node in coral.network.nodes().iter().filter(|&&node| node != asked.client) {
                for (name, message) in unasked(progress.phase, node, call) {
                    let name = format!("{name}(op {operation} from {node})");
                    inputs.push((name, place, Input::Message { from: id(node), message }));
                }
                if progress.asks() != Some(node) {
                    let timer = Timer::Answer { operation: nonce, of: id(node) };
                    let name = format!("time_out(op {operation} at {node})");
                    inputs.push((name, place, Input::Timer { timer, fresh: Nonce(0) }));
                }
            }
        }
        inputs
    }
}

/// The answers of a node that an operation in that phase does not wait for.
fn unasked(
    phase: Phase,
    node: Number,
    call: Call<Id>,
) -> impl Iterator<Item = (&'static str, Message<Id>)> {
    let stored = Message::StoreReply { call, accepted: true };
    let values = vec![(vec![0], Duration::from_secs(1))];
    let found = Message::GetReply { call, values, ways: Vec::new() };
    let (count, least) = (0, Duration::ZERO);
    let told = Message::ForwardReply { call, loaded: false, count, least, ways: Vec::new() };
    let answers = [
        ("hear_store", stored, Phase::Reverse(node)),
        ("hear_get", found, Phase::Look(node)),
        ("hear_forward", told, Phase::Forward(node)),
    ];
    let is_unasked = move |(name, message, asked)| (asked != phase).then_some((name, message));
    answers.into_iter().filter_map(is_unasked)
}
