//! The lattice of answers, and the scope each answer states.

use serde::Serialize;

use super::trace::Evidence;

/// What stopped a search before the whole graph was built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// No state beyond this many steps was expanded.
    Depth(usize),
    /// No more than this many states were numbered.
    States(usize),
    /// The time budget, in milliseconds, ran out.
    Time(u64),
    /// The memory budget, in bytes, ran out.
    Memory(u64),
    /// The model's own boundary kept this many states from being complete, or from being initial.
    Boundary(usize),
    /// The user stopped the run.
    Interrupted,
    /// Two to the power 32 states or edges are more than this engine numbers.
    Capacity,
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Depth(steps) => write!(f, "depth limit of {steps} steps"),
            Self::States(states) => write!(f, "limit of {states} states"),
            Self::Time(milliseconds) => write!(f, "time limit of {milliseconds} ms"),
            Self::Memory(bytes) => write!(f, "memory limit of {} MiB", bytes >> 20),
            Self::Boundary(states) => write!(f, "boundary that cuts steps of {states} states"),
            Self::Interrupted => write!(f, "interrupt"),
            Self::Capacity => write!(f, "capacity of 2^32 states or edges"),
        }
    }
}

/// The answer to one claim on one instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The whole graph was built, and the claim is true in it.
    Holds,
    /// True as far as was looked.
    HoldsWithin(Bound),
    /// False, with evidence that was replayed by code that shares nothing with the search.
    Violated,
    /// True, but what would trigger it never occurs.
    Vacuous,
    /// Not decided.
    Inconclusive(String),
}

impl Verdict {
    /// The kind of answer, without its scope.
    #[must_use]
    pub fn kind(&self) -> Expected {
        match self {
            Self::Holds => Expected::Holds,
            Self::HoldsWithin(_) => Expected::HoldsWithin,
            Self::Violated => Expected::Violated,
            Self::Vacuous => Expected::Vacuous,
            Self::Inconclusive(_) => Expected::Inconclusive,
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Holds => write!(f, "holds"),
            Self::HoldsWithin(bound) => write!(f, "holds within the {bound}"),
            Self::Violated => write!(f, "violated"),
            Self::Vacuous => write!(f, "vacuous"),
            Self::Inconclusive(why) => write!(f, "inconclusive: {why}"),
        }
    }
}

/// The kind of answer that an instance declares for a claim; without a declaration, `Holds`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The claim is true in the whole graph.
    Holds,
    /// The claim is true within the bound that the instance itself sets.
    HoldsWithin,
    /// A control: the claim is false here, and its counterexample is on show.
    Violated,
    /// The trigger cannot occur here.
    Vacuous,
    /// Not decided: never to be declared, always a failure.
    Inconclusive,
}

/// One claim's answer on one instance.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimReport {
    /// The claim's name.
    pub claim: &'static str,
    /// What is true, in one plain sentence.
    pub sentence: &'static str,
    /// The passage it comes from.
    pub source: &'static str,
    /// The claim's form, such as `always`.
    pub form: &'static str,
    /// The answer.
    pub verdict: Verdict,
    /// What the instance declares.
    pub expected: Expected,
    /// A counterexample of a violated claim, or the witness of a `sometimes` that holds.
    pub evidence: Option<Evidence>,
    /// The fairness assumed, for a liveness claim.
    pub fairness: Option<String>,
}

impl ClaimReport {
    /// Whether the answer is the declared one.
    #[must_use]
    pub fn is_as_declared(&self) -> bool {
        self.expected != Expected::Inconclusive && self.verdict.kind() == self.expected
    }
}

/// How often the actions of one name were taken in the graph that was built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The action's name.
    pub action: &'static str,
    /// How often it was taken.
    pub taken: u64,
    /// How often it changed the state.
    pub changed: u64,
    /// Whether the instance says that it occurs.
    pub in_repertoire: bool,
}

impl Coverage {
    /// What is wrong with this count, if anything is.
    #[must_use]
    pub fn complaint(&self) -> Option<String> {
        let name = self.action;
        match (self.in_repertoire, self.taken, self.changed) {
            (true, 0, _) => Some(format!("action {name} was never taken")),
            (true, _, 0) => Some(format!("action {name} never changed the state")),
            (false, 1.., _) => {
                Some(format!("action {name} was taken but is not in the repertoire"))
            }
            _ => None,
        }
    }
}

/// What one run of one instance established.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The system's name.
    pub system: &'static str,
    /// The instance's name.
    pub instance: &'static str,
    /// The mutant that was checked instead of the faithful model.
    pub mutant: Option<&'static str>,
    /// What the answers are about, such as `every reachable state`.
    pub scope: String,
    /// How many states were numbered.
    pub states: u64,
    /// How many steps between them were generated.
    pub transitions: u64,
    /// The largest number of steps of a shortest path to a state.
    pub depth: usize,
    /// What stopped the search, or `None` if it was exhausted.
    pub bound: Option<Bound>,
    /// Whether states stand for their orbits.
    pub symmetry: bool,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// The most bytes that the graph and the deciding of its claims held.
    pub memory_bytes: u64,
    /// One answer for each claim.
    pub claims: Vec<ClaimReport>,
    /// One count for each action name.
    pub coverage: Vec<Coverage>,
    /// What else is wrong: lossy identity, broken symmetry, evidence that failed its replay,
    /// nothing checked.
    pub complaints: Vec<String>,
}

/// What a run comes to, in the order in which one outweighs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every answer is the declared one (exit code 0).
    AsDeclared,
    /// Some answer was not established (exit code 2).
    Inconclusive,
    /// Some claim is false, or some control is true (exit code 1).
    Violated,
}

impl Report {
    /// Whether the whole graph was built.
    #[must_use]
    pub fn exhausted(&self) -> bool {
        self.bound.is_none()
    }

    /// What the run comes to. A report without claims establishes nothing.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let of_claims = self.claims.iter().map(|claim| match (&claim.verdict, claim.expected) {
            _ if claim.is_as_declared() => Outcome::AsDeclared,
            (Verdict::Violated, _) | (Verdict::Holds, Expected::Violated) => Outcome::Violated,
            _ => Outcome::Inconclusive,
        });
        let uncovered =
            self.mutant.is_none() && self.coverage.iter().any(|c| c.complaint().is_some());
        let established_nothing = self.claims.is_empty();
        let of_run = if uncovered || established_nothing || !self.complaints.is_empty() {
            Outcome::Inconclusive
        } else {
            Outcome::AsDeclared
        };
        of_claims.max().unwrap_or(of_run).max(of_run)
    }

    /// The report of one claim.
    #[must_use]
    pub fn claim(&self, name: &str) -> Option<&ClaimReport> {
        self.claims.iter().find(|report| report.claim == name)
    }
}
