//! How often each step happens, and the rest of what the engine asks of the model.

use std::fmt;

use serde_json::Value;

use crate::engine::{Fairness, Mutant, Refusal, Specification};

use super::identifier::Id;
use super::{Action, Coral, Fault, State, guard, mutant, picture, traced};

/// The steps that count as one for fairness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Constraint {
    /// That operation begins.
    Start(u8),
    /// That node answers what that operation asks.
    Answer(u8, Id),
    /// That operation's client takes in replies.
    Hear(u8),
    /// That operation's client waits no longer.
    TimeOut(u8),
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(operation) => write!(f, "start of op {operation}"),
            Self::Answer(operation, node) => write!(f, "answer of {node} to op {operation}"),
            Self::Hear(operation) => write!(f, "hearing of op {operation}"),
            Self::TimeOut(operation) => write!(f, "time-out of op {operation}"),
        }
    }
}

impl Specification for Coral {
    type Constraint = Constraint;

    /// Clients and nodes are fair; time need not pass, and the environment grows quiet.
    ///
    /// Source: CORAL-28.
    fn fairness(&self, action: &Action) -> Fairness<Constraint> {
        match *action {
            Action::StartPut(operation) | Action::StartGet(operation) => {
                Fairness::Weak(Constraint::Start(operation))
            }
            Action::Answer(request) => {
                Fairness::Weak(Constraint::Answer(request.operation, request.peer))
            }
            Action::Hear(reply) => Fairness::Weak(Constraint::Hear(reply.operation)),
            Action::TimeOut(operation) => Fairness::Weak(Constraint::TimeOut(operation)),
            Action::Tick | Action::Purge(_) => Fairness::Unfair,
            Action::Lose(_) | Action::Duplicate(_) | Action::Crash(_) => Fairness::Finite,
        }
    }

    fn assumptions(&self) -> String {
        "faults end; clients, nodes and time-outs without a message under way are weakly fair"
            .into()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        let (has_puts, has_gets) = (self.begins_puts() > 0, self.gets().next().is_some());
        let expires = self.puts().any(|(_, _, ttl)| ttl <= self.horizon);
        let steps = [
            ("start_put", has_puts),
            ("start_get", has_gets),
            ("answer_forward", has_puts),
            ("answer_store", has_puts),
            ("answer_get", has_gets),
            ("hear_forward", has_puts),
            ("hear_store", has_puts),
            ("hear_get", has_gets),
            ("time_out", self.budget.has_silence()),
            ("tick", self.horizon > 0),
            ("purge", expires),
            ("lose_request", self.budget.losses > 0),
            ("lose_reply", self.budget.losses > 0),
            ("duplicate_request", self.budget.copies > 0),
            ("crash", self.budget.crashes > 0),
        ];
        steps.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
    }

    fn parameters(&self) -> Value {
        traced::parameters(self)
    }

    fn alphabet(&self) -> Vec<Action> {
        guard::alphabet(self)
    }

    fn refusal(&self, state: &State, action: &Action) -> Option<Refusal> {
        let by_faithful = || guard::check(self, state, *action).err();
        match self.fault {
            None => by_faithful(),
            Some(_) => Refusal::by_faulty(self, state, action, by_faithful),
        }
    }

    /// What is alike, where the instance says so.
    fn generators(&self, state: &State) -> Vec<State> {
        self.swaps.iter().flatten().map(|swap| swap.image(self, state)).collect()
    }

    fn picture(&self, path: &[(Option<Action>, State)]) -> Option<String> {
        Some(picture::picture(self, path))
    }

    fn mutants() -> &'static [Mutant] {
        mutant::MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        Fault::named(mutant)?.put_into(self)
    }
}
