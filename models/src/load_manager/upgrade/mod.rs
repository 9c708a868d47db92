//! An upgrade of all servers, wave by wave: what it costs, and which versions serve together.
//!
//! Source: LOAD_MANAGER-24, LOAD_MANAGER-25.

pub mod picture;

use std::fmt;

use stateright::{Model, Path, Property};

use crate::engine::property::explorer_properties;
use crate::engine::{Claim, Fairness, Form, Mutant, Specification};

use super::Fault;
use super::mutant::MUTANTS;
use super::picture::steps;

/// How the servers are divided into waves.
///
/// Source: LOAD_MANAGER-24.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// All at once.
    Fast,
    /// One at a time.
    Rolling,
    /// One half, then the other.
    BigFlip,
    /// Any way.
    AnyWaves,
}

/// Servers that are to be upgraded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// How many there are.
    pub servers: u8,
    /// How many units of time one server's upgrade takes.
    pub units: u8,
    /// How they are divided into waves.
    pub strategy: Strategy,
    /// Whether the two versions may serve together.
    pub is_compatible: bool,
    /// The procedure that is done wrong, if any is.
    pub fault: Option<Fault>,
}

/// How far the upgrade is, and what it has cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Progress {
    /// Servers that serve with the old version.
    pub old: u8,
    /// Servers that are being upgraded.
    pub down: u8,
    /// Units of time until those are up.
    pub units_left: u8,
    /// Servers with the new version that wait for the switch of all traffic.
    pub staged: u8,
    /// Servers that serve with the new version.
    pub new: u8,
    /// What was lost: units of time for which a server did not serve.
    pub lost: u16,
    /// The fewest servers that served.
    pub least: u8,
    /// The largest wave so far.
    pub largest: u8,
    /// Units of time for which both versions took new requests.
    pub mixed: u8,
    /// Units of time since the beginning.
    pub elapsed: u8,
}

impl Progress {
    /// Whether every server serves with the new version.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.old == 0 && self.down == 0 && self.staged == 0 && self.new > 0
    }

    /// How many servers serve.
    #[must_use]
    pub const fn serving(&self) -> u8 {
        self.old + self.new
    }
}

/// A wave begins, or a unit of time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// So many servers are taken down.
    Begin(u8),
    /// A unit of time passes.
    Tick,
}

impl crate::engine::Action for Step {
    const NAMES: &'static [&'static str] = &["begin_wave", "tick"];

    fn name_index(&self) -> usize {
        usize::from(matches!(self, Self::Tick))
    }
}

/// `begin_wave(2)`, `tick`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::engine::Action::name(self);
        match self {
            Self::Begin(size) => write!(f, "{name}({size})"),
            Self::Tick => write!(f, "{name}"),
        }
    }
}

impl Upgrade {
    /// So many servers, one unit for each, versions that may serve together.
    #[must_use]
    pub const fn new(servers: u8, strategy: Strategy) -> Self {
        Self { servers, units: 1, strategy, is_compatible: true, fault: None }
    }

    /// All servers serve with the old version.
    #[must_use]
    pub const fn start(&self) -> Progress {
        Progress {
            old: self.servers,
            down: 0,
            units_left: 0,
            staged: 0,
            new: 0,
            lost: 0,
            least: self.servers,
            largest: 0,
            mixed: 0,
            elapsed: 0,
        }
    }

    /// How the upgrade ends, step by step; `None` if it leaves a choice, or does not end.
    #[must_use]
    pub fn carried_out(&self) -> Option<Progress> {
        let mut state = self.start();
        while !state.is_over() {
            let mut nexts = self.next_states(&state);
            state = nexts.pop()?;
            if !nexts.is_empty() {
                return None;
            }
        }
        Some(state)
    }

    /// Whether the next wave may have so many servers.
    ///
    /// Source: LOAD_MANAGER-24.
    #[must_use]
    pub fn is_wave(&self, state: &Progress, size: u8) -> bool {
        let next = match self.strategy {
            Strategy::Fast => self.servers,
            Strategy::Rolling if self.fault == Some(Fault::RollingTakesTwo) => 2.min(state.old),
            Strategy::Rolling => 1,
            Strategy::BigFlip if state.old == self.servers => self.servers.div_ceil(2),
            Strategy::BigFlip => state.old,
            Strategy::AnyWaves => size,
        };
        size == next && size > 0 && size <= state.old
    }

    /// A wave is taken down. The second half of a flip goes down in the step that gives all traffic
    /// to the first.
    ///
    /// Source: LOAD_MANAGER-24, LOAD_MANAGER-25.
    #[must_use]
    pub fn begin(&self, state: &Progress, size: u8) -> Option<Progress> {
        let is_free = state.down == 0 && self.is_wave(state, size);
        let keeps_out = self.fault == Some(Fault::RollingKeptApart);
        let is_forgotten = self.fault == Some(Fault::LastServerForgotten) && state.old == size;
        if !is_free || is_forgotten {
            return None;
        }
        let begun = Progress {
            old: state.old - size,
            down: size,
            units_left: self.units,
            staged: if keeps_out { state.staged } else { 0 },
            new: if keeps_out { 0 } else { state.new + state.staged },
            largest: state.largest.max(size),
            ..*state
        };
        Some(Progress { least: begun.least.min(begun.serving()), ..begun })
    }

    /// A unit of time passes; at its end a wave may be up.
    ///
    /// Source: LOAD_MANAGER-24.
    #[must_use]
    pub fn tick(&self, state: &Progress) -> Option<Progress> {
        if state.down == 0 {
            return None;
        }
        let lost = state.lost + u16::from(self.servers - state.serving());
        let is_mixed = state.old > 0 && state.new > 0;
        let passed = Progress {
            lost,
            mixed: state.mixed + u8::from(is_mixed),
            elapsed: state.elapsed + 1,
            units_left: state.units_left - 1,
            ..*state
        };
        Some(if passed.units_left > 0 { passed } else { self.up(&passed) })
    }

    /// The wave is up with the new version.
    fn up(&self, state: &Progress) -> Progress {
        let is_last = state.old == 0;
        let reboots = self.fault == Some(Fault::ServerRebootedTwice);
        if reboots && is_last && state.elapsed <= self.units * self.servers {
            return Progress { units_left: 1, ..*state };
        }
        let keeps_out = self.fault == Some(Fault::RollingKeptApart);
        let waits = (self.strategy == Strategy::BigFlip || keeps_out) && !is_last;
        let mixes = self.fault == Some(Fault::FlipServesBothVersions);
        if waits && !mixes {
            return Progress { down: 0, staged: state.staged + state.down, ..*state };
        }
        let new = state.new + state.down + state.staged;
        Progress { down: 0, staged: 0, new, ..*state }
    }
}

impl Model for Upgrade {
    type State = Progress;
    type Action = Step;

    fn init_states(&self) -> Vec<Progress> {
        vec![self.start()]
    }

    fn actions(&self, state: &Progress, actions: &mut Vec<Step>) {
        actions.extend((1..=state.old).map(Step::Begin));
        actions.push(Step::Tick);
    }

    fn next_state(&self, state: &Progress, action: Step) -> Option<Progress> {
        match action {
            Step::Begin(size) => self.begin(state, size),
            Step::Tick => self.tick(state),
        }
    }

    fn as_svg(&self, path: Path<Progress, Step>) -> Option<String> {
        Some(picture::picture(self, &steps(path)))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        explorer_properties(&claims(self))
    }
}

impl Specification for Upgrade {
    type Constraint = &'static str;

    /// The upgrade goes on.
    ///
    /// Source: LOAD_MANAGER-27.
    fn fairness(&self, action: &Step) -> Fairness<&'static str> {
        Fairness::Weak(match action {
            Step::Begin(_) => "begin the next wave",
            Step::Tick => "tick",
        })
    }

    fn assumptions(&self) -> String {
        "time passes, and the next wave begins at last".to_owned()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        vec!["begin_wave", "tick"]
    }

    fn picture(&self, path: &[(Option<Step>, Progress)]) -> Option<String> {
        Some(picture::picture(self, path))
    }

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn mutate(&self, mutant: &str) -> Option<Self> {
        let fault = Fault::named(mutant)?;
        let has_procedure = match fault {
            Fault::ServerRebootedTwice | Fault::LastServerForgotten => true,
            Fault::RollingTakesTwo | Fault::RollingKeptApart => self.strategy == Strategy::Rolling,
            Fault::FlipServesBothVersions => self.strategy == Strategy::BigFlip,
            _ => false,
        };
        has_procedure.then_some(Self { fault: Some(fault), ..*self })
    }
}

/// What is claimed of this upgrade.
#[must_use]
pub fn claims(upgrade: &Upgrade) -> Vec<Claim<Upgrade>> {
    let mut claims =
        vec![EVERY_DIVISION_LOSES_THE_SAME, LEAST_CAPACITY_IS_AS_TOLD, THE_UPGRADE_ENDS];
    claims.push(VERSIONS_THAT_SERVE_TOGETHER_ARE_COMPATIBLE);
    match upgrade.strategy {
        Strategy::Rolling | Strategy::AnyWaves => claims.push(BOTH_VERSIONS_SERVE),
        Strategy::Fast | Strategy::BigFlip => claims.push(VERSIONS_ARE_NEVER_MIXED),
    }
    claims
}

const EVERY_DIVISION_LOSES_THE_SAME: Claim<Upgrade> = Claim::new(
    "every_division_loses_the_same",
    "When the upgrade is over, each server's work was lost for the time of one upgrade.",
    "LOAD_MANAGER-24",
    Form::Always {
        when: Some(|_: &Upgrade, state: &Progress| state.is_over()),
        holds: |upgrade: &Upgrade, state: &Progress| {
            u32::from(state.lost) == u32::from(upgrade.servers) * u32::from(upgrade.units)
        },
    },
)
.because(|upgrade, state: &Progress| {
    let (servers, units) = (upgrade.servers, upgrade.units);
    format!("{servers} servers of {units} units each have lost {}", state.lost)
});

const LEAST_CAPACITY_IS_AS_TOLD: Claim<Upgrade> = Claim::new(
    "least_capacity_is_as_told",
    "The fewest servers that served are all but the largest wave: none, all but one, or the \
     smaller half.",
    "LOAD_MANAGER-24",
    Form::Always {
        when: Some(|_, state: &Progress| state.is_over()),
        holds: |upgrade, state: &Progress| {
            let least = match upgrade.strategy {
                Strategy::Fast => 0,
                Strategy::Rolling => upgrade.servers - 1,
                Strategy::BigFlip => upgrade.servers / 2,
                Strategy::AnyWaves => upgrade.servers - state.largest,
            };
            state.least == least
        },
    },
);

const THE_UPGRADE_ENDS: Claim<Upgrade> = Claim::new(
    "the_upgrade_ends",
    "At last every server serves with the new version.",
    "LOAD_MANAGER-27",
    Form::Eventually(|_, state: &Progress| state.is_over()),
);

const VERSIONS_THAT_SERVE_TOGETHER_ARE_COMPATIBLE: Claim<Upgrade> = Claim::new(
    "versions_that_serve_together_are_compatible",
    "Two versions take new requests at the same time only if they are compatible.",
    "LOAD_MANAGER-25",
    Form::Always {
        when: None,
        holds: |upgrade, state: &Progress| {
            upgrade.is_compatible || state.old == 0 || state.new == 0
        },
    },
);

const VERSIONS_ARE_NEVER_MIXED: Claim<Upgrade> = Claim::new(
    "versions_are_never_mixed",
    "There is no moment at which both versions take new requests.",
    "LOAD_MANAGER-25",
    Form::Always {
        when: None,
        holds: |_, state: &Progress| state.mixed == 0 && (state.old == 0 || state.new == 0),
    },
);

const BOTH_VERSIONS_SERVE: Claim<Upgrade> = Claim::new(
    "both_versions_serve",
    "For a while servers of both versions take new requests.",
    "LOAD_MANAGER-25",
    Form::Sometimes(|_, state: &Progress| state.mixed > 0),
);
