//! Long random runs of large networks, each step held against rules that are plain and slow.
//!
//! Which step comes next is drawn at random, with the weights of the system. A run with a step that
//! is not explained is shortened: whatever can be left out without losing the difference is left
//! out.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config as Proptest, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use serde::Serialize;
use stateright::Model;
use straightedge_models::engine::{Progress, Run};

use super::environment::{Environment, StateOf};
use super::network::Network;
use super::search::Difference;
use super::shorten::shorten;
use super::world::ActionOf;

/// How often each step of the model, and each thing that goes wrong, happened.
pub type Tally = BTreeMap<&'static str, u64>;

/// The steps of a network, in an environment.
pub type StepOf<E> = ActionOf<<E as Environment>::Machine>;

/// What random runs have to know of a system.
pub trait World {
    /// What is assumed of the world around the machines.
    type Environment: Environment;
    /// What the network stands for, whatever its size.
    type Observed: PartialEq;

    /// The network in which a run takes place.
    fn network(&self) -> &Network<Self::Environment>;

    /// What the network stands for in that state.
    fn observe(&self, state: &StateOf<Self::Environment>) -> Self::Observed;

    /// A step that is possible, by a number that was drawn; none, if none of its kind is.
    fn pick(
        &self,
        state: &StateOf<Self::Environment>,
        drawn: u32,
    ) -> Option<StepOf<Self::Environment>>;

    /// The name of the step of the model that leads from one to the other, if one does that may
    /// be this step of the network. They are not equal.
    fn explanation(
        &self,
        before: &Self::Observed,
        step: &StepOf<Self::Environment>,
        after: &Self::Observed,
    ) -> Option<&'static str>;

    /// What is different, for people.
    fn change(&self, before: &Self::Observed, after: &Self::Observed) -> String;

    /// What else happened in a step that must not be too rare.
    fn note(
        &self,
        before: &StateOf<Self::Environment>,
        step: &StepOf<Self::Environment>,
        tally: &mut Tally,
    );
}

/// What random runs are of, and how many there are.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The setting's name.
    pub setting: &'static str,
    /// Steps of a run at most.
    pub steps: usize,
    /// What must have happened at least so often in every thousand steps, or the runs show
    /// nothing.
    pub floors: &'static [(&'static str, u64)],
    /// What the runs are drawn from.
    pub seed: u64,
    /// Runs.
    pub cases: u32,
}

/// What the random runs of one setting came to.
#[derive(Clone, Debug, Serialize)]
pub struct Tried {
    /// The setting's name.
    pub setting: &'static str,
    /// What the runs were drawn from.
    pub seed: u64,
    /// Runs.
    pub cases: u32,
    /// Steps of all of them.
    pub steps: u64,
    /// The most machines that were up at once.
    pub nodes: usize,
    /// What happened how often.
    pub tally: Tally,
    /// What must have happened how often in every thousand steps.
    pub floors: &'static [(&'static str, u64)],
    /// A run that is not explained, shortened.
    pub difference: Option<Difference>,
    /// Whether the runs were cut short.
    pub is_interrupted: bool,
}

impl Tried {
    /// What happened less often than it must for the runs to mean something.
    #[must_use]
    pub fn below_floor(&self) -> Vec<&'static str> {
        let is_below = |&&(name, per_thousand): &&(&'static str, u64)| {
            let happened = self.tally.get(name).copied().unwrap_or(0);
            happened * 1000 < per_thousand * self.steps
        };
        self.floors.iter().filter(is_below).map(|&(name, _)| name).collect()
    }
}

/// Runs as many cases as planned. Each has a world of its own.
pub fn try_out<W: World>(plan: Plan, world: impl Fn() -> W, run: &Run<'_>) -> Tried {
    let Plan { setting, steps, floors, seed, cases } = plan;
    let tried = RefCell::new(Tried {
        setting,
        seed,
        cases: 0,
        steps: 0,
        nodes: 0,
        tally: Tally::new(),
        floors,
        difference: None,
        is_interrupted: false,
    });
    // The runs are shortened here, by what they do and not by what they were drawn from.
    let config =
        Proptest { cases, max_shrink_iters: 0, failure_persistence: None, ..Proptest::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let generator = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let draws = vec(any::<u32>(), steps / 2..=steps);
    let outcome = TestRunner::new_with_rng(config, generator).run(&draws, |draws| {
        let mut tried = tried.borrow_mut();
        if run.interruption().is_some() {
            tried.is_interrupted = true;
            return Ok(());
        }
        (run.listener)(&progress(&tried, cases, run));
        tried.cases += 1;
        let difference = Course::new(world()).draw(&draws, &mut tried);
        tried.difference = difference;
        match &tried.difference {
            None => Ok(()),
            Some(difference) => Err(TestCaseError::fail(difference.because.clone())),
        }
    });
    let mut tried = tried.into_inner();
    if let (Err(_), Some(found)) = (outcome, &tried.difference) {
        let again = |names: &[String]| replay(world(), names);
        tried.difference = Some(shorten(found.clone(), again));
    }
    tried
}

/// Takes the steps of these names that are possible, one after the other; the run up to the first
/// one that is not explained, if there is one.
pub fn replay<W: World>(world: W, names: &[String]) -> Option<Difference> {
    Course::new(world).follow(names)
}

fn progress(tried: &Tried, cases: u32, run: &Run<'_>) -> Progress {
    Progress {
        phase: "random runs",
        states: tried.steps,
        transitions: tried.steps,
        depth: 0,
        queue: u64::from(cases.saturating_sub(tried.cases)),
        memory_bytes: 0,
        elapsed: run.started.elapsed(),
    }
}

/// One run.
struct Course<W: World> {
    world: W,
    state: StateOf<W::Environment>,
    seen: W::Observed,
    names: Vec<String>,
}

impl<W: World> Course<W> {
    fn new(world: W) -> Self {
        let network = world.network();
        let first = network.init_states().into_iter().next();
        let state = first.unwrap_or_else(|| network.assembled(vec![], vec![]));
        let seen = world.observe(&state);
        Self { world, state, seen, names: Vec::new() }
    }

    fn draw(&mut self, draws: &[u32], tried: &mut Tried) -> Option<Difference> {
        for &drawn in draws {
            let Some(step) = self.world.pick(&self.state, drawn) else { continue };
            tried.steps += 1;
            if let Err(difference) = self.step(&step, &mut tried.tally) {
                return Some(difference);
            }
            tried.nodes = tried.nodes.max(self.state.up().count());
        }
        None
    }

    /// Takes a step, and counts which one of the model it is.
    fn step(&mut self, step: &StepOf<W::Environment>, tally: &mut Tally) -> Result<(), Difference> {
        let after = self.world.network().after(&self.state, step);
        let mut name = "stutter";
        if let Some(after) = after {
            self.names.push(step.to_string());
            let seen = self.world.observe(&after);
            if seen != self.seen {
                let explanation = self.world.explanation(&self.seen, step, &seen);
                name = explanation.ok_or_else(|| self.difference(step, &seen))?;
            }
            self.world.note(&self.state, step, tally);
            self.state = after;
            self.seen = seen;
        }
        *tally.entry(name).or_default() += 1;
        Ok(())
    }

    fn difference(&self, step: &StepOf<W::Environment>, seen: &W::Observed) -> Difference {
        let change = self.world.change(&self.seen, seen);
        let because = format!("{step} maps to {change}, which no rule explains");
        Difference { steps: self.names.clone(), because }
    }

    fn follow(mut self, names: &[String]) -> Option<Difference> {
        for name in names {
            let Some(step) = self.world.network().named(&self.state, name) else { continue };
            if let Err(difference) = self.step(&step, &mut Tally::new()) {
                return Some(difference);
            }
        }
        None
    }
}
