//! What keeps a model from a step, held against the steps that it takes.

use std::collections::{BTreeSet, VecDeque};

use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::{Action, Limits, Refusal, Row, Specification, Tier, Walk};

/// In how many states of an instance every action is tried.
const STATES: usize = 4_000;

/// Of a generator of numbers that look as if by chance.
const MULTIPLIER: u64 = 6_364_136_223_846_793_005;

/// In every instance of the ci tier, of which there are so many at least: whatever is offered is in
/// the alphabet, and an action of the alphabet is refused exactly where it is not taken. Gives the
/// guards that refused.
pub fn assert_refused_exactly_if_not_taken<M: Specification>(
    rows: &[Row<M>],
    at_least: usize,
) -> BTreeSet<&'static str> {
    let mut guards = BTreeSet::new();
    let rows: Vec<_> = rows.iter().filter(|row| row.tier == Tier::Ci).collect();
    assert!(rows.len() >= at_least, "only {} instances", rows.len());
    for row in rows {
        let limits = Limits { threads: 2, ..Limits::default() };
        unattended(limits, |run| {
            let build = Build { symmetry: row.symmetry, ..Build::default() };
            let graph = Graph::build(&row.model, build, run);
            assert_eq!(graph.bound(), None, "the whole graph is built");
            // Where there are more states, as many as that from the first to the deepest.
            let stride = graph.len().div_ceil(STATES);
            let sample = graph.states().iter().step_by(stride);
            let (mut taken, mut refused) = (0, 0);
            for state in sample {
                let (some, others) = assert_guards(row.name, &row.model, state, &mut guards);
                taken += some;
                refused += others;
            }
            assert!(taken > 0 && refused > 0, "{}: {taken} taken, {refused} refused", row.name);
        });
    }
    guards
}

/// In the first so many states of every mutant of the model, of which there are so many at least.
pub fn assert_mutants_too<M: Specification>(rows: &[Row<M>], states: usize, at_least: usize) {
    let mut mutants = 0;
    for mutant in M::mutants() {
        let Some(row) = rows.iter().find(|row| row.name == mutant.instance) else { continue };
        let model = row.model.mutate(mutant.name).expect("its instance has its procedure");
        let mut seen: BTreeSet<_> = model.init_states().into_iter().collect();
        let mut next: VecDeque<_> = seen.iter().cloned().collect();
        while let Some(state) = next.pop_front() {
            assert_guards(mutant.name, &model, &state, &mut BTreeSet::new());
            let after = model.next_states(&state).into_iter();
            for state in after.take(states.saturating_sub(seen.len())) {
                if seen.insert(state.clone()) {
                    next.push_back(state);
                }
            }
        }
        assert!(seen.len() > 10, "{}: only {} states", mutant.name, seen.len());
        mutants += 1;
    }
    assert!(mutants >= at_least, "only {mutants} mutants");
}

/// In one state. How many actions are taken, and how many refused.
pub fn assert_guards<M: Specification>(
    name: &str,
    model: &M,
    state: &M::State,
    guards: &mut BTreeSet<&'static str>,
) -> (usize, usize) {
    let mut offered = Vec::new();
    model.actions(state, &mut offered);
    let alphabet = model.alphabet();
    for action in &offered {
        assert!(alphabet.contains(action), "{name}: {action} is offered, and in no alphabet");
    }
    let mut counts = (0, 0);
    for action in &alphabet {
        let is_taken =
            offered.contains(action) && model.next_state(state, action.clone()).is_some();
        match model.refusal(state, action) {
            None => {
                assert!(is_taken, "{name}: nothing is said against {action} in\n{state:?}");
                counts.0 += 1;
            }
            Some(Refusal { guard, read }) => {
                assert!(!is_taken, "{name}: {action}: {guard} ({read}) in\n{state:?}");
                assert!(!read.is_empty(), "{name}: {action}: {guard}");
                guards.insert(guard);
                counts.1 += 1;
            }
        }
    }
    counts
}

/// Two actions of an instance differ in what traces say of them.
pub fn assert_told_apart<M: Specification>(rows: &[Row<M>]) {
    let mut told = 0;
    for row in rows {
        let mut seen = BTreeSet::new();
        for action in row.model.alphabet() {
            let said = format!("{} {:?}", action.name(), action.fields());
            assert!(seen.insert(said.clone()), "{}: {said} twice", row.name);
            told += 1;
        }
    }
    assert!(told > 0, "there is no action");
}

/// Along a walk of so many steps at most, chosen by a number: whatever is not refused is a step,
/// and every claim about states has an answer.
pub fn assert_walk(walk: &dyn Walk, steps: usize, seed: u64) {
    let mut place = walk.beginnings().remove(0);
    let mut chance = seed;
    let mut taken = 0;
    let alphabet: BTreeSet<String> = walk.alphabet().into_iter().map(|label| label.text).collect();
    while taken < steps {
        assert!(!walk.standings(&place).is_empty(), "nothing is claimed");
        let next = walk.steps(&place, &|_| true);
        let refused = walk.refusals(&place, &|_| true);
        let mut said: BTreeSet<String> = refused.into_iter().map(|(label, _)| label.text).collect();
        for (label, _) in &next {
            assert!(said.insert(label.text.clone()), "{label} is refused and taken");
        }
        assert_eq!(said, alphabet, "{:?}", walk.parameters());
        if next.is_empty() {
            break;
        }
        chance = chance.wrapping_mul(MULTIPLIER).wrapping_add(1);
        place = next[(chance >> 33) as usize % next.len()].1.clone();
        taken += 1;
    }
    assert!(taken > 3, "a walk of {taken} steps");
}

/// Why the last of these steps is refused after the others.
pub fn refusal<M: Specification>(model: &M, actions: &[M::Action]) -> String {
    let (last, before) = actions.split_last().expect("there is a step");
    let start = model.init_states().remove(0);
    let state = before.iter().fold(start, |state, action| {
        model.next_state(&state, action.clone()).expect("the step is taken")
    });
    let refusal = model.refusal(&state, last).expect("the last step is refused");
    format!("{}: {}", refusal.guard, refusal.read)
}
