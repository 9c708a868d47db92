//! From every reachable state the goal can be reached (`AG EF goal`).

use super::bits::Bits;
use super::decision::{Decision, as_far_as_looked};
use super::graph::Graph;
use super::property::{Predicate, Specification};
use super::run::Run;
use super::verdict::Verdict;
use super::watch::Watch;

/// Decides a `recoverable` claim on a graph whose edges were kept.
///
/// A state is broken for certain if it reaches neither the goal nor a state with an unknown step
/// that may be used.
#[must_use]
pub fn decide<M: Specification>(
    model: &M,
    graph: &Graph<M>,
    goal: Predicate<M>,
    using: fn(&M::Action) -> bool,
    run: &Run<'_>,
) -> Decision<M> {
    let decided = attempt(model, graph, goal, using, run);
    decided.unwrap_or_else(|why| Decision::bare(Verdict::Inconclusive(why)))
}

/// The answer, or why there is none.
fn attempt<M: Specification>(
    model: &M,
    graph: &Graph<M>,
    goal: Predicate<M>,
    using: fn(&M::Action) -> bool,
    run: &Run<'_>,
) -> Result<Decision<M>, String> {
    if graph.is_quotient() {
        return Err("symmetry is on, and its audit does not cover which actions are used".into());
    }
    if graph.edge_count() as u64 != graph.transitions() {
        return Err("the graph was built without its edges".into());
    }
    let watch = &mut Watch::new(run);
    watch.afford(graph.bytes(), bytes(graph))?;
    let ways = Ways::new(model, graph, using, watch)?;
    let mut saved = Bits::new(graph.len());
    for number in 0..graph.len() as u32 {
        watch.tick()?;
        if goal(model, graph.state(number)) {
            ways.save(number, &mut saved, watch)?;
        }
    }
    let lost = |saved: &Bits| (0..graph.len() as u32).find(|&number| !saved.get(number));
    let Some(unsaved) = lost(&saved) else {
        let verdict = as_far_as_looked(graph.bound());
        let is_vacuous = graph.is_empty() && verdict == Verdict::Holds;
        return Ok(Decision::bare(if is_vacuous { Verdict::Vacuous } else { verdict }));
    };
    for number in ways.open.iter() {
        ways.save(number, &mut saved, watch)?;
    }
    match lost(&saved) {
        Some(number) => Ok(Decision::violated(graph.path_to(model, number))),
        None => Err(format!(
            "state {unsaved} reaches the goal only, if at all, through steps that are unknown"
        )),
    }
}

/// The most bytes that deciding holds beside the graph.
pub(super) fn bytes<M: Specification>(graph: &Graph<M>) -> u64 {
    let (states, edges) = (graph.len(), graph.edge_count());
    let reversed = (states + 1 + edges) * size_of::<u32>();
    // A state waits at most once to be explored.
    let waiting = states * size_of::<u32>();
    (reversed + waiting) as u64 + Bits::bytes(edges) + 2 * Bits::bytes(states)
}

/// The steps that may be used, reversed.
struct Ways {
    /// Where the sources of each state begin, and one entry more.
    begin: Vec<u32>,
    sources: Vec<u32>,
    /// The states with a step that may be used and leads to where the graph does not say.
    open: Bits,
}

impl Ways {
    fn new<M: Specification>(
        model: &M,
        graph: &Graph<M>,
        using: fn(&M::Action) -> bool,
        watch: &mut Watch<'_>,
    ) -> Result<Self, String> {
        let mut begin = vec![0; graph.len() + 1];
        let mut usable = Bits::new(graph.edge_count());
        let mut open = Bits::new(graph.len());
        let mut actions = Vec::new();
        let mut serial = 0;
        for number in 0..graph.len() as u32 {
            watch.tick()?;
            actions.clear();
            model.actions(graph.state(number), &mut actions);
            for edge in graph.edges(number) {
                let action = actions.get(usize::from(edge.position));
                if using(action.ok_or("the model offers other actions than before")?) {
                    usable.set(serial);
                    begin[edge.target as usize] += 1;
                }
                serial += 1;
            }
            if !graph.is_complete(number) && has_unknown_way(model, graph, using, number, &actions)
            {
                open.set(number);
            }
        }
        let mut end = 0;
        for entry in &mut begin {
            end += *entry;
            *entry = end;
        }
        // Filling from the back moves each end to where its entries begin.
        let mut sources = vec![0; end as usize];
        serial = 0;
        for number in 0..graph.len() as u32 {
            watch.tick()?;
            for edge in graph.edges(number) {
                if usable.get(serial) {
                    let at = &mut begin[edge.target as usize];
                    *at -= 1;
                    sources[*at as usize] = number;
                }
                serial += 1;
            }
        }
        Ok(Self { begin, sources, open })
    }

    /// Adds a state and all that can reach it.
    fn save(&self, number: u32, saved: &mut Bits, watch: &mut Watch<'_>) -> Result<(), String> {
        if !saved.set(number) {
            return Ok(());
        }
        let mut unexplored = vec![number];
        while let Some(number) = unexplored.pop() {
            watch.tick()?;
            let (begin, end) = (self.begin[number as usize], self.begin[number as usize + 1]);
            for &source in &self.sources[begin as usize..end as usize] {
                if saved.set(source) {
                    unexplored.push(source);
                }
            }
        }
        Ok(())
    }
}

/// Whether a step that may be used leaves the state for one that the graph does not show.
fn has_unknown_way<M: Specification>(
    model: &M,
    graph: &Graph<M>,
    using: fn(&M::Action) -> bool,
    number: u32,
    actions: &[M::Action],
) -> bool {
    let state = graph.state(number);
    let was_expanded = (number as usize) < graph.expanded();
    actions.iter().filter(|action| using(action)).any(|action| {
        let next = model.next_state(state, action.clone()).filter(|next| next != state);
        next.is_some_and(|next| !was_expanded || !model.within_boundary(&next))
    })
}
