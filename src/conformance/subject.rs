//! A network of machines as something that is driven, step by step (HARNESS-1).
//!
//! What is asked for is a step of the model, which takes machines several of their own: a timer
//! that runs out, a question, an answer. They take them by the shortest way, through steps of which
//! nothing is seen; what is seen is what the abstraction says of the network. Where machines leave
//! a choice, such as which of two tasks is handed out, the one that was asked for is made, if it is
//! to be had. What no step of the model explains is shown as soon as it is on the way: then the
//! machines do not do what the model does. Nothing is put together: the machines come to each state
//! by themselves, from their beginning on.

use serde_json::Value;
use stateright::Model;
use straightedge_evidence::subject::{Applied, Broken, SystemUnderTest};
use straightedge_models::engine::refinement::Refinement;
use straightedge_models::engine::{self, Label};

use super::environment::{Environment, StateOf};
use super::network::Network;
use super::record::{Recorder, shown};
use super::visited::Visited;
use super::world::ActionOf;

/// After so many networks no way is expected any more to what was asked for.
const ENOUGH: usize = 4000;

/// A network of machines that is driven.
pub struct Machines<E: Environment, A: Model, R> {
    recorder: Recorder<E, A, R>,
    at: StateOf<E>,
    seen: A::State,
    /// The network's own steps of the last step of the model.
    way: Vec<String>,
}

/// A step of the model out of the state at hand, and what it leads to.
struct Possible<A: Model> {
    step: A::Action,
    is_asked_for: bool,
    next: A::State,
}

/// A network, and how it was come to: the place of the one before, and the step.
type Reached<E> = (StateOf<E>, Option<(usize, ActionOf<<E as Environment>::Machine>)>);

impl<E, A, R> Machines<E, A, R>
where
    E: Environment,
    A: Model<State: engine::State, Action: engine::Action>,
    R: Refinement<Network<E>, A>,
{
    /// Machines as they are recorded.
    #[must_use]
    pub fn new(recorder: Recorder<E, A, R>) -> Self {
        let at = recorder.beginning();
        let seen = recorder.mapping.abstraction(&at);
        Self { recorder, at, seen, way: Vec::new() }
    }

    /// The steps that the model takes from what is seen.
    fn possible(&self, label: &Label) -> Vec<Possible<A>> {
        let model = &self.recorder.model;
        let mut steps = Vec::new();
        model.actions(&self.seen, &mut steps);
        let is_asked_for = |step: &A::Action| (self.recorder.label)(step).text == label.text;
        let possible = |step: A::Action| {
            let next = model.next_state(&self.seen, step.clone())?;
            Some(Possible { is_asked_for: is_asked_for(&step), step, next })
        };
        steps.into_iter().filter_map(possible).collect()
    }

    /// The shortest way to what was asked for, or to what the model does not explain.
    fn take(&mut self, possible: &[Possible<A>]) -> bool {
        let mut visited = Visited::default();
        visited.is_new(&self.at);
        let mut reached: Vec<Reached<E>> = vec![(self.at.clone(), None)];
        let mut place = 0;
        while place < reached.len().min(ENOUGH) {
            for (action, after) in self.recorder.network.successors(&reached[place].0) {
                let seen = self.recorder.mapping.abstraction(&after);
                let explains = |of: &&Possible<A>| {
                    of.next == seen && self.recorder.mapping.explains(&action, &of.step)
                };
                let is_asked_for = possible.iter().filter(explains).any(|of| of.is_asked_for);
                let is_other = seen == self.seen || possible.iter().any(|of| explains(&of));
                if is_asked_for || !is_other {
                    self.way = way::<E>(&reached, place, &action);
                    (self.at, self.seen) = (after, seen);
                    return true;
                }
                if seen == self.seen && visited.is_new(&after) {
                    reached.push((after, Some((place, action))));
                }
            }
            place += 1;
        }
        false
    }

    /// What is seen; what other states have, and this one has not, is seen not to be there.
    fn shown<'a>(&self, others: impl IntoIterator<Item = &'a A::State>) -> Value
    where
        A: 'a,
    {
        shown(&self.seen, others, self.recorder.unseen)
    }
}

/// The steps that led to a place, and one more.
fn way<E: Environment>(
    reached: &[Reached<E>],
    mut place: usize,
    last: &ActionOf<E::Machine>,
) -> Vec<String> {
    let mut steps = vec![last.to_string()];
    while let Some((before, action)) = &reached[place].1 {
        steps.push(action.to_string());
        place = *before;
    }
    steps.reverse();
    steps
}

impl<E, A, R> SystemUnderTest for Machines<E, A, R>
where
    E: Environment,
    A: Model<State: engine::State, Action: engine::Action>,
    R: Refinement<Network<E>, A>,
{
    /// Nothing is left to chance: whatever happens was asked for.
    fn reset(&mut self, _seed: u64) -> Result<Value, Broken> {
        self.way.clear();
        self.at = self.recorder.beginning();
        self.seen = self.recorder.mapping.abstraction(&self.at);
        let first = self.recorder.model.init_states();
        Ok(self.shown(&first))
    }

    fn apply(&mut self, action: &Label) -> Result<Applied, Broken> {
        let is_known = |step: &A::Action| (self.recorder.label)(step).text == action.text;
        if !self.recorder.alphabet.iter().any(is_known) {
            return Ok(Applied::Unsupported);
        }
        let before = self.seen.clone();
        let possible = self.possible(action);
        if !self.take(&possible) {
            return Ok(Applied::Refused("nothing that can happen here is that".into()));
        }
        let expected = possible.iter().filter(|of| of.is_asked_for).map(|of| &of.next);
        Ok(Applied::Done(self.shown(std::iter::once(&before).chain(expected))))
    }

    fn observe(&mut self) -> Result<Value, Broken> {
        Ok(self.shown([]))
    }

    /// The steps of the network that were the last step of the model.
    fn last_words(&self) -> Vec<String> {
        self.way.clone()
    }
}
