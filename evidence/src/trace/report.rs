//! What became of traces.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::coverage::Coverage;
use crate::config::{Config, Day, Deviation};
use crate::outcome::{Outcome, worst};

/// The version of this report.
const VERSION: u32 = 1;

/// What became of all traces of a command.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The version of this report.
    pub straightedge_trace: u32,
    /// The system's name.
    pub system: String,
    /// Each trace, in the order in which they were read.
    pub traces: Vec<TraceReport>,
    /// What all of them exercised.
    pub coverage: Coverage,
    /// The departures that are known, and how many events each of them was.
    pub deviations: Vec<Used>,
    /// What the configuration asks for and the traces do not come to.
    pub failures: Vec<Failure>,
}

/// What became of one trace.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TraceReport {
    /// Its file, or the files that were merged.
    pub files: Vec<String>,
    /// The line of its header in the first of them.
    pub line: u64,
    /// The name or the parameters of its instance.
    pub instance: Value,
    /// How many events were accepted.
    pub events: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// What it exercised.
    pub coverage: Coverage,
    /// How many events each known departure was.
    pub deviations: BTreeMap<String, u64>,
}

/// A known departure, and how often it was met.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Used {
    /// The departure.
    pub deviation: Deviation,
    /// How many events it was.
    pub events: u64,
}

/// What was asked for and not come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum Failure {
    /// Something happened less often than it must.
    BelowFloor {
        /// What: `events`, `action join`, `claim ideal`.
        of: String,
        /// How often it must happen.
        floor: u64,
        /// How often it did.
        happened: u64,
    },
    /// A departure is known that no trace has.
    Unused {
        /// Its name.
        id: String,
    },
    /// A departure was accepted until a day that is over.
    Expired {
        /// Its name.
        id: String,
        /// The last day.
        expires: String,
    },
}

/// In one line.
impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BelowFloor { of, floor, happened } => {
                write!(f, "{of}: {happened}, and at least {floor} are asked for")
            }
            Self::Unused { id } => write!(f, "deviation {id}: it is met nowhere any more"),
            Self::Expired { id, expires } => write!(f, "deviation {id}: it expired on {expires}"),
        }
    }
}

impl Report {
    /// The report of these traces, held against a configuration.
    pub(super) fn new(
        system: &str,
        traces: Vec<TraceReport>,
        config: &Config,
        today: &Day,
    ) -> Self {
        let mut coverage = Coverage::default();
        for trace in &traces {
            coverage.add(&trace.coverage);
        }
        let times = |id: &str| traces.iter().filter_map(|trace| trace.deviations.get(id)).sum();
        let (deviations, failures) = held_against(config, today, system, &coverage, &times);
        let (straightedge_trace, system) = (VERSION, system.to_owned());
        Self { straightedge_trace, system, traces, coverage, deviations, failures }
    }

    /// The exit code. Something malformed comes before something rejected, that before a floor that
    /// is not come to, and that before something inconclusive or out of scope.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let codes = self.traces.iter().map(|trace| trace.outcome.exit_code());
        let of_failures = u8::from(!self.failures.is_empty());
        worst(codes.chain([of_failures]))
    }
}

/// How often each known departure was met, and what is asked for and not come to.
pub(crate) fn held_against(
    config: &Config,
    today: &Day,
    system: &str,
    coverage: &Coverage,
    times: &dyn Fn(&str) -> u64,
) -> (Vec<Used>, Vec<Failure>) {
    let known = config.deviations.iter().filter(|known| known.is_of(system));
    let used = |known: &Deviation| Used { deviation: known.clone(), events: times(&known.id) };
    let deviations: Vec<Used> = known.map(used).collect();
    let failures = failures(coverage, &deviations, config, today);
    (deviations, failures)
}

fn failures(
    coverage: &Coverage,
    deviations: &[Used],
    config: &Config,
    today: &Day,
) -> Vec<Failure> {
    let of_action = |(name, &floor): (&String, &u64)| {
        let happened = coverage.actions.get(name).copied().unwrap_or(0);
        (format!("action {name}"), floor, happened)
    };
    let of_claim = |(name, &floor): (&String, &u64)| {
        let happened = coverage.claims.get(name).map_or(0, |claim| claim.occurred);
        (format!("claim {name}"), floor, happened)
    };
    let events = ("events".to_owned(), config.floors.events, coverage.events);
    let floors = std::iter::once(events)
        .chain(config.floors.actions.iter().map(of_action))
        .chain(config.floors.claims.iter().map(of_claim));
    let below = floors
        .filter(|(_, floor, happened)| happened < floor)
        .map(|(of, floor, happened)| Failure::BelowFloor { of, floor, happened });
    let unused = deviations.iter().filter(|used| used.events == 0);
    let unused = unused.map(|used| Failure::Unused { id: used.deviation.id.clone() });
    let expired = deviations.iter().map(|used| &used.deviation);
    let expired = expired
        .filter(|known| known.expires < *today)
        .map(|known| Failure::Expired { id: known.id.clone(), expires: known.expires.to_string() });
    below.chain(unused).chain(expired).collect()
}
