//! Whole puts and ticks without end: what reaches the closest node, and whether it stays fresh.
//!
//! A put is one step: nothing interleaves, and no message is lost. What is kept of a value is its
//! remaining life.

mod property;
mod step;

use std::fmt;

use serde::Serialize;
use stateright::{Model, Property};

use crate::engine::{Fairness, Mutant, Row, Specification, faults};

use super::identifier::Id;
use super::options::Counting;
use super::routing::Policy;

/// The most nodes.
pub const MAXIMUM_NODES: usize = 16;

/// The most values that a node holds.
const PLACES: usize = 2;

/// One complete space or a chain, flooded with puts for key 0, which is the identifier of the
/// closest node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flood {
    /// How many bits an identifier has.
    pub width: u8,
    /// How the next hop is chosen.
    pub policy: Policy,
    /// How many values a node takes (`l`).
    pub capacity: u8,
    /// How many forward requests are let through in a window (`β`).
    pub leakage: u8,
    /// Which requests make a node loaded.
    pub counting: Counting,
    /// How many ticks a window has.
    pub window: u8,
    /// The life of every value in ticks; zero if every node is full and stays so.
    pub ttl: u8,
    /// How many ticks may pass without a put.
    pub pause: u8,
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

/// The counters and lives of all nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Load {
    /// How much is left of each value's life, by node, the least first.
    pub lives: [[u8; PLACES]; MAXIMUM_NODES],
    /// How many forward requests each node has let through in this window.
    pub passed: [u8; MAXIMUM_NODES],
    /// How many have come to each in this window and the one before; kept only where they count.
    pub seen: [[u8; 2]; MAXIMUM_NODES],
    /// How many forward requests have come to the closest node from others, in this window.
    pub at_the_root: u8,
    /// How many ticks of the window have passed.
    pub tick: u8,
    /// How many ticks have passed since the last put.
    pub quiet: u8,
    /// Whether the closest node has had a value.
    pub has_begun: bool,
}

/// A put, or a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// That node puts a new value.
    Put(Id),
    /// A tick passes.
    Tick,
}

impl crate::engine::Action for Event {
    const NAMES: &'static [&'static str] = &["put", "tick"];

    fn name_index(&self) -> usize {
        match self {
            Self::Put(_) => 0,
            Self::Tick => 1,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put(client) => write!(f, "put(by {client})"),
            Self::Tick => write!(f, "tick"),
        }
    }
}

faults! {
    GreedyInsteadOfSplice, "greedy_instead_of_splice",
        "flood_of_eight", "the_root_gets_what_its_neighbours_leak", false,
        "The closest node known is asked next: every node is a neighbour of the root.";
    InitiatorIsNotCounted, "initiator_is_not_counted",
        "flood_of_eight", "the_root_gets_what_its_neighbours_leak", false,
        "A node that does not look at its own counter when it puts: neighbours of the root do not \
         throttle themselves.";
    LeaksNothing, "leaks_nothing",
        "flood_of_eight", "the_root_gets_that_many", false,
        "A full node that stops every put, with the counter left out.";
    CountersAreNeverReset, "counters_are_never_reset",
        "stream", "a_window_lets_some_through", false,
        "A counter of all times instead of one of a window: a key that was popular once takes no \
         new value any more.";
    NoHalfLifeAtAll, "no_half_life_at_all",
        "stream", "the_root_stays_fresh", false,
        "A node with values is full whatever their lives: the root takes no new value before its \
         own has died.";
    LiteralWindowAndNoHalfLife, "literal_window_and_no_half_life",
        "stream", "the_root_stays_fresh", false,
        "Two readings together: everything counts, and a node with values is full whatever their \
         lives. The nodes on the way hold values, stop every put, and the root runs dry.";
}

impl Flood {
    /// A complete space of `2^width` nodes, all of them full for ever, one bit a hop.
    #[must_use]
    pub const fn complete(width: u8, leakage: u8) -> Self {
        Self {
            width,
            policy: Policy::Splice(1),
            capacity: 1,
            leakage,
            counting: Counting::Leaky,
            window: 1,
            ttl: 0,
            pause: 1,
            fault: None,
        }
    }

    /// Two nodes, of which the farther one puts values of that life, at least one in so many ticks.
    #[must_use]
    pub const fn chain(ttl: u8, window: u8, pause: u8) -> Self {
        Self { window, ttl, pause, ..Self::complete(1, 1) }
    }

    /// How many nodes there are.
    #[must_use]
    pub const fn nodes(&self) -> u8 {
        1 << self.width
    }

    /// Whether values age.
    #[must_use]
    pub const fn is_aging(&self) -> bool {
        self.ttl > 0
    }
}

impl Model for Flood {
    type State = Load;
    type Action = Event;

    fn init_states(&self) -> Vec<Load> {
        vec![Load::default()]
    }

    fn actions(&self, load: &Load, actions: &mut Vec<Event>) {
        let first = u8::from(self.is_aging());
        actions.extend((first..self.nodes()).map(Event::Put));
        if load.quiet < self.pause {
            actions.push(Event::Tick);
        }
    }

    fn next_state(&self, load: &Load, event: Event) -> Option<Load> {
        Some(match event {
            Event::Put(client) => step::put(self, *load, client),
            Event::Tick => step::tick(self, *load),
        })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        crate::engine::property::explorer_properties(&property::claims(self))
    }
}

impl Specification for Flood {
    type Constraint = u8;

    /// Nothing about fairness is claimed.
    fn fairness(&self, _: &Event) -> Fairness<u8> {
        Fairness::Unfair
    }

    fn assumptions(&self) -> String {
        "nothing".into()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        vec!["put", "tick"]
    }

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        let fault = Fault::named(mutant)?;
        let is_of_streams = !matches!(
            fault,
            Fault::GreedyInsteadOfSplice | Fault::InitiatorIsNotCounted | Fault::LeaksNothing
        );
        if is_of_streams != self.is_aging() {
            return None;
        }
        let (policy, counting) = match fault {
            Fault::GreedyInsteadOfSplice => (Policy::Greedy, self.counting),
            Fault::LiteralWindowAndNoHalfLife => (self.policy, Counting::Literal),
            _ => (self.policy, self.counting),
        };
        Some(Self { policy, counting, fault: Some(fault), ..*self })
    }
}

/// The instances: rates (CORAL-23), and streams of puts (CORAL-29).
pub(super) fn rows() -> Vec<Row<Flood>> {
    let row = |name, flood, reason| Row::new("coral", name, flood, property::claims, reason);
    vec![
        row(
            "flood_of_eight",
            Flood::complete(3, 1),
            "A complete space of eight nodes, all full, any number of puts in a window.",
        ),
        row(
            "flood_of_eight_two_let_through",
            Flood::complete(3, 2),
            "The same with a leakage of two.",
        ),
        row(
            "flood_of_sixteen",
            Flood::complete(4, 1),
            "Sixteen nodes: the rate grows by one neighbour, not by eight nodes.",
        ),
        row(
            "flood_of_eight_greedily",
            Flood { policy: Policy::Greedy, ..Flood::complete(3, 1) },
            "A control: greedy look-ups with full tables saturate the root.",
        )
        .violating(&["the_root_gets_what_its_neighbours_leak"]),
        row(
            "stream",
            Flood::chain(8, 1, 2),
            "A window that is short against half a life, and a put in every other tick at least.",
        ),
        row(
            "stream_with_two_places",
            Flood { capacity: 2, ..Flood::chain(8, 1, 2) },
            "The same with two values a node.",
        ),
        row(
            "stream_with_a_literal_window",
            Flood { counting: Counting::Literal, ..Flood::chain(8, 1, 2) },
            "A control: a literal window lets nothing through under permanent overload, and the \
             root runs dry.",
        )
        .violating(&["a_window_lets_some_through", "the_root_stays_fresh"]),
        row(
            "stream_with_a_long_window",
            Flood::chain(4, 8, 1),
            "A control: a window as long as two lives. A node on the way has let its one put \
             through, and the root runs dry before the next.",
        )
        .violating(&["the_root_stays_fresh"]),
    ]
}
