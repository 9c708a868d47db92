//! What an enumeration has found: counts, and for each claim the first counterexample.

use serde_json::{Value, json};

use super::rules::Step;
use crate::chord::enumerable::Answered;
use crate::chord::shape::Shape;
use crate::engine::trace::{Evidence, EvidenceStep, differences};

/// A state that breaks a claim, or a step that does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// The state, or the state before the step.
    pub before: Shape,
    /// The step, as text, and the state after it.
    pub step: Option<(String, Shape)>,
    /// Why the claim is broken, in one sentence.
    pub because: String,
}

impl Counterexample {
    pub(super) fn step(before: Shape, step: Step, after: Shape, because: String) -> Self {
        Self { before, step: Some((step.to_string(), after)), because }
    }

    fn evidence(&self) -> Evidence {
        let initial = to_json(&self.before);
        let steps = self.step.iter().map(|(action, after)| {
            let state = to_json(after);
            let changes = differences(&initial, &state);
            EvidenceStep { action: action.clone(), changes, state }
        });
        let steps = steps.collect();
        Evidence {
            initial,
            steps,
            loop_start: None,
            fair_because: Vec::new(),
            because: self.because.clone(),
            explorer_path: None,
        }
    }
}

/// A shape as people read it, in the form of a state of the model.
fn to_json(shape: &Shape) -> Value {
    let member = |id| (format!("{id}"), json!({ "successors": shape.list(id) }));
    let members: serde_json::Map<String, Value> = shape.members().iter().map(member).collect();
    json!({
        "identifiers": shape.n(),
        "members": members,
        "principals": shape.principals(),
    })
}

/// How often an operation was checked, and how often it changed lists or members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Steps.
    pub taken: u64,
    /// Steps that changed something.
    pub changed: u64,
}

/// What is known of one claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// How many states, lists or steps it was asked of.
    pub asked: u64,
    /// The first of them that breaks it.
    pub broken_by: Option<Box<Counterexample>>,
}

impl Answer {
    pub(super) fn answered(&self) -> Answered {
        let broken_by = self.broken_by.as_deref().map(Counterexample::evidence);
        Answered { asked: self.asked, broken_by }
    }
}

/// What an enumeration, or a part of it, has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// States, or lists, that were enumerated.
    pub states: u64,
    /// Steps by operation, or by the model's action, in the order of their numbers.
    pub steps: Vec<Tally>,
    /// One answer for each claim, in the order of the claims.
    pub answers: Vec<Answer>,
}

impl Findings {
    pub(super) fn new(claims: usize, operations: usize) -> Self {
        let steps = vec![Tally::default(); operations];
        Self { states: 0, steps, answers: vec![Answer::default(); claims] }
    }

    pub(super) fn answered(&self) -> Vec<Answered> {
        self.answers.iter().map(Answer::answered).collect()
    }

    /// How many steps were checked.
    #[must_use]
    pub fn transitions(&self) -> u64 {
        self.steps.iter().map(|tally| tally.taken).sum()
    }

    pub(super) fn count(&mut self, operation: usize, changed: bool) {
        let tally = &mut self.steps[operation];
        tally.taken += 1;
        tally.changed += u64::from(changed);
    }

    /// Asks a claim once more. The counterexample is made only for the first breach.
    pub(super) fn ask(
        &mut self,
        claim: usize,
        holds: bool,
        counterexample: impl FnOnce() -> Counterexample,
    ) {
        let answer = &mut self.answers[claim];
        answer.asked += 1;
        if !holds && answer.broken_by.is_none() {
            answer.broken_by = Some(Box::new(counterexample()));
        }
    }

    /// Adds what a later part has found.
    pub(super) fn merge(&mut self, later: Self) {
        self.states += later.states;
        for (mine, its) in self.steps.iter_mut().zip(later.steps) {
            mine.taken += its.taken;
            mine.changed += its.changed;
        }
        for (mine, its) in self.answers.iter_mut().zip(later.answers) {
            mine.asked += its.asked;
            mine.broken_by = mine.broken_by.take().or(its.broken_by);
        }
    }
}
