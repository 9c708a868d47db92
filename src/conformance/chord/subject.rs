//! Nodes as something that is driven (CHORD-46).
//!
//! For each step they are put together from what is seen of them, as for the cover: nodes that run
//! on have a notification under way until it is looked at, and wait with the next one until then,
//! so that some steps of the model are theirs only when nobody waits. What was seen after a step is
//! what the next one begins with.

use serde_json::Value;
use stateright::Model;
use straightedge_evidence::subject::{Applied, Broken, Label, SystemUnderTest};
use straightedge_impl::chord::Fault;
use straightedge_models::chord::{self, Action as Step, Chord};
use straightedge_models::engine::Specification;

use super::cover::members_of;
use super::instances::Variation;
use super::replay::{Bench, acts_on};
use crate::conformance::record::shown;

/// States of the network until one question has come: before, begun, asked.
const ONE_QUESTION: usize = 3;

/// The nodes of a circle.
pub struct Members {
    bench: Bench,
    model: Chord,
    at: chord::State,
}

impl Members {
    /// The first members of a ring, with that fault if there is one.
    #[must_use]
    pub fn new(model: Chord, fault: Option<Fault>) -> Self {
        let bench = Bench::new(&model, Variation { fault, ..Variation::NONE });
        Self { bench, model, at: members_of(&model.initial_state()) }
    }

    /// What is seen after a step; why nobody takes it, if that is so.
    fn after(&self, step: Step) -> Result<chord::State, String> {
        let start = self.bench.assemble(&self.at, step).map_err(|error| error.to_string())?;
        let is_begun_by_timer = !matches!(step, Step::Join { .. } | Step::Fail(_) | Step::Leave(_));
        let is_acted_on = || acts_on(&start, step.node(), self.bench.input(step));
        if is_begun_by_timer && !is_acted_on() {
            return Err("the node is not about to do that".into());
        }
        let (states, stuck) = self.bench.drive(&start, step);
        let seen = states.last().map_or(self.at, |last| self.bench.seen(last));
        let has_begun = states.len() > 1;
        // Who is sent on asks the next one by itself, and that is another join.
        let is_unmoved = |at| self.bench.seen(at) == self.at;
        let is_join = matches!(step, Step::Join { .. });
        let is_sent_away = is_join && states.iter().take(ONE_QUESTION).all(is_unmoved);
        match stuck {
            Some(why) if !has_begun => Err(why),
            _ if is_sent_away => Err("nobody admits it".into()),
            _ => Ok(seen),
        }
    }

    /// What is seen; what other states have, and this one has not, is seen not to be there.
    fn shown(&self, others: &[chord::State]) -> Value {
        shown(&self.at, others, &["departed"])
    }
}

impl SystemUnderTest for Members {
    /// Nothing is left to chance: whatever happens was asked for.
    fn reset(&mut self, _seed: u64) -> Result<Value, Broken> {
        self.at = members_of(&self.model.initial_state());
        self.observe()
    }

    fn apply(&mut self, action: &Label) -> Result<Applied, Broken> {
        let alphabet = self.model.alphabet();
        let Some(&step) = alphabet.iter().find(|step| step.to_string() == action.text) else {
            return Ok(Applied::Unsupported);
        };
        match self.after(step) {
            Err(why) => Ok(Applied::Refused(why)),
            Ok(seen) => {
                let before = std::mem::replace(&mut self.at, seen);
                let expected = self.model.next_state(&before, step);
                let others: Vec<_> = expected.into_iter().chain([before]).collect();
                Ok(Applied::Done(self.shown(&others)))
            }
        }
    }

    fn observe(&mut self) -> Result<Value, Broken> {
        Ok(self.shown(&[]))
    }
}
