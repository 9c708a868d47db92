//! Does every step of one model map to a step, or to a stutter, of another?
//!
//! The concrete graph is walked edge by edge. Each state is mapped once; of each abstract state
//! the steps are asked for once, and each of them is counted when a concrete step maps to it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt::Debug;

use serde::Serialize;
use stateright::Model;

use super::decision::as_far_as_looked;
use super::graph::Graph;
use super::property::{Action, Specification, State};
use super::run::Run;
use super::trace::Trace;
use super::verdict::Verdict;
use super::watch::Watch;

/// How a concrete model is seen as an abstract one.
pub trait Refinement<C: Specification, A: Model> {
    /// The abstract state that a concrete state stands for.
    fn abstraction(&self, state: &C::State) -> A::State;

    /// Whether a concrete step of this action may be explained by this abstract action; any may,
    /// unless the mapping says more.
    fn explains(&self, _concrete: &C::Action, _abstract: &A::Action) -> bool {
        true
    }
}

/// How often the abstract actions of one name explain a concrete step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// The abstract action's name.
    pub action: &'static str,
    /// State-changing abstract steps of that name, out of abstract states that were reached.
    pub steps: u64,
    /// How many of them a concrete step maps to.
    pub covered: u64,
}

/// What the comparison of two models comes to.
pub struct Finding<C: Model> {
    /// `Holds` if every initial state and every step maps; `Vacuous` if every step maps to a
    /// stutter.
    pub verdict: Verdict,
    /// A shortest path whose last step, or only state, does not map.
    pub trace: Option<Trace<C::State, C::Action>>,
    /// What the last step maps to, and what the abstract model would have allowed.
    pub because: Option<String>,
    /// Abstract states that concrete states map to.
    pub abstract_states: u64,
    /// Concrete steps that map to a stutter.
    pub stutters: u64,
    /// Concrete steps that map to an abstract step.
    pub explained: u64,
    /// One entry for each name of an abstract action.
    pub coverage: Vec<Covered>,
}

/// Decides whether the concrete graph, whose edges were kept, refines the abstract model.
///
/// The abstract model's boundary bounds its own search only: steps beyond it are steps.
#[must_use]
pub fn decide<C, A, R>(
    concrete: &C,
    graph: &Graph<C>,
    abstract_model: &A,
    mapping: &R,
    run: &Run<'_>,
) -> Finding<C>
where
    C: Specification,
    A: Model<State: State, Action: Action>,
    R: Refinement<C, A>,
{
    let mut comparison = Comparison {
        concrete,
        graph,
        abstract_model,
        mapping,
        numbers: BTreeMap::new(),
        abstract_states: Vec::new(),
        images: Vec::new(),
        stutters: 0,
        explained: 0,
    };
    let answer = comparison.answer(run);
    let (verdict, trace, because) = match answer {
        Err(why) => (Verdict::Inconclusive(why), None, None),
        Ok(Some((trace, because))) => (Verdict::Violated, Some(trace), Some(because)),
        Ok(None) => (comparison.not_broken(), None, None),
    };
    Finding {
        verdict,
        trace,
        because,
        abstract_states: comparison.abstract_states.len() as u64,
        stutters: comparison.stutters,
        explained: comparison.explained,
        coverage: comparison.coverage(),
    }
}

/// A state-changing step of the abstract model.
struct AbstractStep<A: Model> {
    action: A::Action,
    /// The state it leads to.
    next: A::State,
    is_covered: bool,
}

/// An abstract state that some concrete state maps to.
struct Image<A: Model> {
    state: A::State,
    /// Asked for when the first concrete step leaves the state.
    steps: Option<Vec<AbstractStep<A>>>,
}

struct Comparison<'a, C: Specification, A: Model, R> {
    concrete: &'a C,
    graph: &'a Graph<C>,
    abstract_model: &'a A,
    mapping: &'a R,
    numbers: BTreeMap<A::State, u32>,
    abstract_states: Vec<Image<A>>,
    /// For each concrete state, the number of its abstract state.
    images: Vec<u32>,
    stutters: u64,
    explained: u64,
}

/// A path that does not map, and why.
type Broken<C> = (Trace<<C as Model>::State, <C as Model>::Action>, String);

impl<C, A, R> Comparison<'_, C, A, R>
where
    C: Specification,
    A: Model<State: State, Action: Action>,
    R: Refinement<C, A>,
{
    fn answer(&mut self, run: &Run<'_>) -> Result<Option<Broken<C>>, String> {
        if self.graph.is_quotient() {
            return Err("symmetry is on, and its audit does not cover the mapping".into());
        }
        if self.graph.edge_count() as u64 != self.graph.transitions() {
            return Err("the graph was built without its edges".into());
        }
        let watch = &mut Watch::new(run);
        watch.afford(self.graph.bytes(), (self.graph.len() * size_of::<u32>()) as u64)?;
        for number in 0..self.graph.len() as u32 {
            watch.tick()?;
            let image = self.image(number);
            self.images.push(image);
            watch.afford(self.graph.bytes(), self.bytes())?;
        }
        if let Some(broken) = self.wrong_start() {
            return Ok(Some(broken));
        }
        for number in 0..self.graph.expanded() as u32 {
            watch.tick()?;
            if let Some(broken) = self.wrong_step(number) {
                return Ok(Some(broken));
            }
            watch.afford(self.graph.bytes(), self.bytes())?;
        }
        Ok(None)
    }

    /// Bytes held, but for what states hold outside themselves.
    fn bytes(&self) -> u64 {
        let an_image = size_of::<Image<A>>() + size_of::<A::State>() + 2 * size_of::<u32>();
        (self.images.len() * size_of::<u32>() + self.abstract_states.len() * an_image) as u64
    }

    fn image(&mut self, number: u32) -> u32 {
        let state = self.mapping.abstraction(self.graph.state(number));
        let fresh = self.abstract_states.len() as u32;
        match self.numbers.entry(state) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let image = Image { state: entry.key().clone(), steps: None };
                self.abstract_states.push(image);
                *entry.insert(fresh)
            }
        }
    }

    fn wrong_start(&self) -> Option<Broken<C>> {
        let initial = self.abstract_model.init_states();
        let is_wrong = |&number: &u32| !initial.contains(self.abstract_state(number));
        let number = (0..self.graph.initial_count() as u32).find(is_wrong)?;
        let allowed: Vec<_> = initial.iter().map(|state| format!("{state:?}")).collect();
        let because = format!(
            "the initial state maps to {:?}, and the abstract model starts in {}",
            self.abstract_state(number),
            either(&allowed),
        );
        Some((self.graph.path_to(self.concrete, number), because))
    }

    fn abstract_state(&self, number: u32) -> &A::State {
        &self.abstract_states[self.images[number as usize] as usize].state
    }

    /// The first step of a concrete state that does not map, with the path to it.
    fn wrong_step(&mut self, number: u32) -> Option<Broken<C>> {
        let image = self.images[number as usize];
        let mut actions = None;
        for edge in self.graph.edges(number) {
            let next_image = self.images[edge.target as usize];
            if next_image == image {
                self.stutters += 1;
                continue;
            }
            let actions = actions.get_or_insert_with(|| {
                let mut actions = Vec::new();
                self.concrete.actions(self.graph.state(number), &mut actions);
                actions
            });
            let action = &actions[usize::from(edge.position)];
            if self.explain(image, action, next_image) {
                self.explained += 1;
                continue;
            }
            let mut trace = self.graph.path_to(self.concrete, number);
            let because = self.because(image, action, next_image);
            trace.steps.push((Some(action.clone()), self.graph.state(edge.target).clone()));
            return Some((trace, because));
        }
        None
    }

    /// Whether an abstract step explains the concrete one; every one that does is covered.
    fn explain(&mut self, image: u32, action: &C::Action, next_image: u32) -> bool {
        let next = self.abstract_states[next_image as usize].state.clone();
        let mut is_explained = false;
        let mapping = self.mapping;
        for step in self.steps(image) {
            if step.next == next && mapping.explains(action, &step.action) {
                step.is_covered = true;
                is_explained = true;
            }
        }
        is_explained
    }

    fn steps(&mut self, image: u32) -> &mut [AbstractStep<A>] {
        let model = self.abstract_model;
        let Image { state, steps } = &mut self.abstract_states[image as usize];
        steps.get_or_insert_with(|| {
            let mut actions = Vec::new();
            model.actions(state, &mut actions);
            let step = |action: A::Action| {
                let next = model.next_state(state, action.clone())?;
                (next != *state).then_some(AbstractStep { action, next, is_covered: false })
            };
            actions.into_iter().filter_map(step).collect()
        })
    }

    fn because(&mut self, image: u32, action: &C::Action, next_image: u32) -> String {
        let from = format!("{:?}", self.abstract_states[image as usize].state);
        let to = format!("{:?}", self.abstract_states[next_image as usize].state);
        let mapping = self.mapping;
        let allowed: Vec<_> = self
            .steps(image)
            .iter()
            .map(|step| {
                let excluded = !mapping.explains(action, &step.action);
                let note = if excluded { ", which does not explain this action" } else { "" };
                format!("{} to {:?}{note}", step.action, step.next)
            })
            .collect();
        format!(
            "{action} maps to {from} → {to}; from {from} the abstract model allows {}",
            either(&allowed)
        )
    }

    fn not_broken(&self) -> Verdict {
        match as_far_as_looked(self.graph.bound()) {
            Verdict::Holds if self.explained == 0 => Verdict::Vacuous,
            Verdict::HoldsWithin(bound) if self.explained == 0 => {
                Verdict::Inconclusive(format!("nothing but stutters before the {bound}"))
            }
            verdict => verdict,
        }
    }

    fn coverage(&mut self) -> Vec<Covered> {
        let entry = |&action: &&'static str| Covered { action, steps: 0, covered: 0 };
        let mut coverage: Vec<_> = A::Action::NAMES.iter().map(entry).collect();
        for image in 0..self.abstract_states.len() as u32 {
            for step in self.steps(image) {
                let entry = &mut coverage[step.action.name_index()];
                entry.steps += 1;
                entry.covered += u64::from(step.is_covered);
            }
        }
        coverage
    }
}

/// The alternatives as one phrase.
fn either(alternatives: &[String]) -> String {
    match alternatives {
        [] => "nothing".into(),
        [only] => only.clone(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}
