//! The DQ principle: what servers can read in a unit of time, how the data lie on them, what is
//! given up when one fails or too much is asked.
//!
//! Source: LOAD_MANAGER-21, LOAD_MANAGER-22, LOAD_MANAGER-23.

pub mod claims;
pub mod picture;
pub mod ratio;
pub mod serve;

use std::fmt;

use stateright::{Model, Path, Property};

use crate::engine::property::explorer_properties;
use crate::engine::{Fairness, Mutant, Specification};

use super::Fault;
use super::mutant::MUTANTS;
use super::picture::steps;
use ratio::Ratio;
use serve::{Query, Report};

/// How the data lie on the servers.
///
/// Source: LOAD_MANAGER-22.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Each server has all of them.
    Replicated,
    /// Each server has its part.
    Partitioned,
}

/// What is given up when it is too much.
///
/// Source: LOAD_MANAGER-23.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lever {
    /// Queries are refused, the rest get whole answers.
    Admission,
    /// All queries are answered, with less data each.
    Database,
    /// Expensive queries are refused first.
    Cost,
    /// Queries of low priority are refused first.
    Priority,
    /// Queries beyond capacity are answered from what was read before.
    Freshness,
}

/// Servers with data, and what is asked of them in a unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// How many servers there are, and how many shards the data have.
    pub servers: u8,
    /// How the data lie on them.
    pub layout: Layout,
    /// How many whole answers a replica can read in a unit.
    pub answers: u64,
    /// How many queries come in a unit.
    pub load: u64,
    /// How many come at a peak.
    pub peak: u64,
    /// Whether every other query needs one shard only.
    pub has_cheap_queries: bool,
    /// What is given up.
    pub lever: Lever,
    /// How many servers may be down at a time.
    pub failures: u8,
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

impl Capacity {
    /// So many servers under a load that takes all they have, of which all but one may fail: whole
    /// queries, refused when it is too much. The load divides evenly by every number of survivors.
    #[must_use]
    pub const fn full(servers: u8, layout: Layout) -> Self {
        let multiple = [1, 1, 2, 6, 12, 60, 60, 420, 840][servers as usize];
        Self {
            servers,
            layout,
            answers: multiple / servers as u64,
            load: multiple,
            peak: multiple * 2,
            has_cheap_queries: false,
            lever: Lever::Admission,
            failures: servers - 1,
            fault: None,
        }
    }

    /// How many shards the data have.
    #[must_use]
    pub const fn shards(&self) -> u64 {
        self.servers as u64
    }

    /// How many shards a server can read in a unit of time.
    #[must_use]
    pub const fn shards_a_server(&self) -> u64 {
        self.answers * self.shards()
    }

    /// The query of that number: every third is of high priority.
    fn query(&self, number: u64) -> Query {
        let is_cheap = self.has_cheap_queries && number % 2 == 1;
        let shards = if is_cheap { 1 } else { self.shards() };
        Query { shards, is_high: number.is_multiple_of(3) }
    }
}

impl Report {
    /// Queries completed by queries offered.
    ///
    /// Source: LOAD_MANAGER-21.
    #[must_use]
    pub const fn r#yield(&self) -> Ratio {
        Ratio::share(self.answered, self.offered)
    }

    /// Data in the answers by complete data.
    ///
    /// Source: LOAD_MANAGER-21.
    #[must_use]
    pub const fn harvest(&self) -> Ratio {
        Ratio::share(self.read, self.complete)
    }
}

/// Which servers are down, and what the last unit of time came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Standing {
    /// The servers that are down, one bit each.
    pub down: u8,
    /// Whether it is a peak.
    pub is_peak: bool,
    /// What the unit came to, once it is over.
    pub report: Option<Report>,
}

/// A server fails or is repaired, load rises or falls, a unit of time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// A server fails.
    Fail(u8),
    /// It is repaired.
    Repair(u8),
    /// Load rises to its peak.
    Rise,
    /// Load is as usual again.
    Calm,
    /// A unit of time is served.
    Serve,
}

impl crate::engine::Action for Event {
    const NAMES: &'static [&'static str] = &["fail", "repair", "rise", "calm", "serve"];

    fn name_index(&self) -> usize {
        match self {
            Self::Fail(_) => 0,
            Self::Repair(_) => 1,
            Self::Rise => 2,
            Self::Calm => 3,
            Self::Serve => 4,
        }
    }
}

/// `fail(s0)`, `serve`.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::engine::Action::name(self);
        match self {
            Self::Fail(server) | Self::Repair(server) => write!(f, "{name}(s{server})"),
            Self::Rise | Self::Calm | Self::Serve => write!(f, "{name}"),
        }
    }
}

impl Model for Capacity {
    type State = Standing;
    type Action = Event;

    fn init_states(&self) -> Vec<Standing> {
        vec![Standing::default()]
    }

    fn actions(&self, _: &Standing, actions: &mut Vec<Event>) {
        actions.extend((0..self.servers).flat_map(|s| [Event::Fail(s), Event::Repair(s)]));
        actions.extend([Event::Rise, Event::Calm, Event::Serve]);
    }

    fn next_state(&self, state: &Standing, action: Event) -> Option<Standing> {
        let anew = Standing { report: None, ..*state };
        let is_down = |server: u8| state.down >> server & 1 != 0;
        let may_fail = state.down.count_ones() < u32::from(self.failures);
        match action {
            Event::Fail(server) => (!is_down(server) && may_fail)
                .then_some(Standing { down: state.down | 1 << server, ..anew }),
            Event::Repair(server) => {
                is_down(server).then_some(Standing { down: state.down & !(1 << server), ..anew })
            }
            Event::Rise => {
                (!state.is_peak && self.peak > 0).then_some(Standing { is_peak: true, ..anew })
            }
            Event::Calm => state.is_peak.then_some(Standing { is_peak: false, ..anew }),
            Event::Serve => state.report.is_none().then(|| Standing {
                report: Some(self.serve(state.down, state.is_peak)),
                ..*state
            }),
        }
    }

    fn as_svg(&self, path: Path<Standing, Event>) -> Option<String> {
        Some(picture::picture(self, &steps(path)))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        explorer_properties(&claims::claims(self))
    }
}

impl Specification for Capacity {
    type Constraint = u8;

    fn fairness(&self, _: &Event) -> Fairness<u8> {
        Fairness::Unfair
    }

    fn assumptions(&self) -> String {
        "nothing".to_owned()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        vec!["fail", "repair", "rise", "calm", "serve"]
    }

    /// Replicas are alike; partitions are, if every query needs all of them.
    fn generators(&self, state: &Standing) -> Vec<Standing> {
        if self.layout == Layout::Partitioned && self.has_cheap_queries {
            return Vec::new();
        }
        let swap = |server: u8| {
            let (one, other) = (state.down >> (server - 1) & 1, state.down >> server & 1);
            let rest = state.down & !(0b11 << (server - 1));
            Standing { down: rest | one << server | other << (server - 1), ..*state }
        };
        (1..self.servers).map(swap).collect()
    }

    fn picture(&self, path: &[(Option<Event>, Standing)]) -> Option<String> {
        Some(picture::picture(self, path))
    }

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        let fault = Fault::named(mutant)?;
        let has_procedure = match fault {
            Fault::HarvestCountsDownShard => self.layout == Layout::Partitioned,
            Fault::HedgedReadsCountTwice | Fault::NeighbourTakesAll | Fault::NoRedirection => {
                self.layout == Layout::Replicated
            }
            Fault::ShedsAndCuts => self.lever == Lever::Database,
            Fault::CostBlind => self.lever == Lever::Cost,
            Fault::PriorityInverted => self.lever == Lever::Priority,
            Fault::StaleCountsAsFresh => self.lever == Lever::Freshness,
            _ => false,
        };
        has_procedure.then_some(Self { fault: Some(fault), ..*self })
    }
}
