//! Overload that outlives its cause: clients that give up and ask again, while what they asked
//! before is still in the queue.
//!
//! Source: LOAD_MANAGER-31.

use std::fmt;

use stateright::{Model, Property};

use crate::engine::property::explorer_properties;
use crate::engine::{Claim, Fairness, Form, Mutant, Specification};

use super::Fault;
use super::mutant::MUTANTS;

/// After so many units of waiting a client gives up.
const PATIENCE: usize = 2;

/// The most tries of a request that are told apart.
const TRIES: usize = 2;

/// Servers behind one queue, and clients that are not patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overload {
    /// How many requests come in a unit of time.
    pub load: u8,
    /// How many are served in one.
    pub capacity: u8,
    /// How many wait at most; what comes beyond is refused, and not tried again.
    pub queue: u8,
    /// How often a client asks again; `None` for ever.
    pub retries: Option<u8>,
    /// For how many units of time the servers may stand still.
    pub stalls: u8,
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

/// Who waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Backlog {
    /// Requests whose client has given up: they are served all the same, and before the others.
    pub stale: u8,
    /// Requests that somebody waits for, by the units that they have waited and by their tries.
    pub waiting: [[u8; TRIES + 1]; PATIENCE],
    /// Units for which the servers may still stand still.
    pub stalls_left: u8,
}

/// A unit of time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// The servers serve.
    Serve,
    /// They stand still.
    Stall,
}

impl crate::engine::Action for Unit {
    const NAMES: &'static [&'static str] = &["serve_unit", "stall"];

    fn name_index(&self) -> usize {
        usize::from(matches!(self, Self::Stall))
    }
}

/// `serve_unit`, `stall`.
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(crate::engine::Action::name(self))
    }
}

impl Backlog {
    /// How many requests are in the queue.
    #[must_use]
    pub fn length(&self) -> u8 {
        self.stale + self.waiting.iter().flatten().sum::<u8>()
    }

    /// This backlog with one more request, if there is room.
    fn with_request(mut self, tries: usize, room: u8) -> Self {
        if self.length() < room {
            self.waiting[0][tries] += 1;
        }
        self
    }

    /// This backlog after so many requests were served, the oldest first.
    fn served(mut self, mut capacity: u8) -> Self {
        let stale = self.stale.min(capacity);
        self.stale -= stale;
        capacity -= stale;
        for cohort in self.waiting.iter_mut().rev().flatten() {
            let served = capacity.min(*cohort);
            *cohort -= served;
            capacity -= served;
        }
        self
    }
}

impl Overload {
    /// Whether a client that has asked again so often asks once more, and how often it has then.
    fn next_try(&self, tries: usize) -> Option<usize> {
        let is_unlimited = self.fault == Some(Fault::OverloadRetriesForEver);
        match self.retries {
            Some(retries) if !is_unlimited => (tries < usize::from(retries)).then_some(tries + 1),
            _ => Some(tries),
        }
    }

    /// A unit of time: the oldest are served, those who have waited too long give up and ask again,
    /// and new requests come.
    ///
    /// Source: LOAD_MANAGER-31.
    #[must_use]
    pub fn unit(&self, state: &Backlog, capacity: u8) -> Backlog {
        let served = state.served(capacity);
        let mut next = Backlog { waiting: Default::default(), ..served };
        for age in 1..PATIENCE {
            next.waiting[age] = served.waiting[age - 1];
        }
        let given_up = served.waiting[PATIENCE - 1];
        next.stale += given_up.iter().sum::<u8>();
        for (tries, count) in given_up.into_iter().enumerate() {
            for _ in 0..count {
                if let Some(tries) = self.next_try(tries) {
                    next = next.with_request(tries, self.queue);
                }
            }
        }
        (0..self.load).fold(next, |state, _| state.with_request(0, self.queue))
    }
}

impl Model for Overload {
    type State = Backlog;
    type Action = Unit;

    fn init_states(&self) -> Vec<Backlog> {
        vec![Backlog { stalls_left: self.stalls, ..Backlog::default() }]
    }

    fn actions(&self, _: &Backlog, actions: &mut Vec<Unit>) {
        actions.extend([Unit::Serve, Unit::Stall]);
    }

    fn next_state(&self, state: &Backlog, action: Unit) -> Option<Backlog> {
        match action {
            Unit::Serve => Some(self.unit(state, self.capacity)),
            Unit::Stall => {
                let stalls_left = state.stalls_left.checked_sub(1)?;
                Some(Backlog { stalls_left, ..self.unit(state, 0) })
            }
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        explorer_properties(&claims(self))
    }
}

impl Specification for Overload {
    type Constraint = &'static str;

    fn fairness(&self, action: &Unit) -> Fairness<&'static str> {
        match action {
            Unit::Serve => Fairness::Weak("serve"),
            Unit::Stall => Fairness::Finite,
        }
    }

    fn assumptions(&self) -> String {
        "the servers stand still finitely often, and time passes".to_owned()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        vec!["serve_unit", "stall"]
    }

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        let fault = Fault::named(mutant)?;
        let has_procedure = match fault {
            Fault::OverloadRetriesForEver => self.retries.is_some(),
            Fault::OverloadNeverHappens => true,
            _ => false,
        };
        let stalls = if fault == Fault::OverloadNeverHappens { 1 } else { self.stalls };
        has_procedure.then_some(Self { fault: Some(fault), stalls, ..*self })
    }
}

/// What is claimed of this queue.
#[must_use]
pub fn claims(_: &Overload) -> Vec<Claim<Overload>> {
    vec![THE_OVERLOAD_PASSES, STALE_WORK_IS_DONE, NOBODY_WAITS_IN_VAIN_AT_LAST]
}

const THE_OVERLOAD_PASSES: Claim<Overload> = Claim::new(
    "the_overload_passes",
    "Once the servers serve again, a moment comes from which on the queue holds at most what one \
     unit brings.",
    "LOAD_MANAGER-31",
    Form::EventuallyAlways(|overload: &Overload, state: &Backlog| state.length() <= overload.load),
);

const NOBODY_WAITS_IN_VAIN_AT_LAST: Claim<Overload> = Claim::new(
    "nobody_waits_in_vain_at_last",
    "At last no request is served that nobody waits for any more.",
    "LOAD_MANAGER-31",
    Form::EventuallyAlways(|_: &Overload, state: &Backlog| state.stale == 0),
);

const STALE_WORK_IS_DONE: Claim<Overload> = Claim::new(
    "stale_work_is_done",
    "For a while the servers have nothing to serve but requests that were given up.",
    "LOAD_MANAGER-31",
    Form::Sometimes(|overload: &Overload, state: &Backlog| state.stale >= overload.capacity),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_served_first_and_who_gives_up_asks_again() {
        let overload =
            Overload { load: 1, capacity: 2, queue: 9, retries: Some(1), stalls: 0, fault: None };
        let waits = Backlog { stale: 1, waiting: [[1, 0, 0], [3, 0, 0]], stalls_left: 0 };
        // One stale and one old request are served; two old ones are given up and asked again.
        let next = overload.unit(&waits, 2);
        assert_eq!(next, Backlog { stale: 2, waiting: [[1, 2, 0], [1, 0, 0]], stalls_left: 0 });
        let again = Backlog { stale: 0, waiting: [[0; 3], [0, 2, 0]], stalls_left: 0 };
        assert_eq!(overload.unit(&again, 0).waiting, [[1, 0, 0], [0; 3]], "and not a third time");
    }
}
