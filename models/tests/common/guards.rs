//! What keeps a model from a step, held against the steps that it takes.

use std::collections::{BTreeSet, VecDeque};

use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::{Action, Label, Limits, Refusal, Row, Specification, Tier, Walk};

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
        let seen = some_states(&model, states);
        for state in &seen {
            assert_guards(mutant.name, &model, state, &mut BTreeSet::new());
        }
        assert!(seen.len() > 10, "{}: only {} states", mutant.name, seen.len());
        mutants += 1;
    }
    assert!(mutants >= at_least, "only {mutants} mutants");
}

/// How many states are looked at in a graph that has more.
pub const SAMPLE: usize = 100_000;

/// About how many times an action is put to a model; where a graph has more states than that allows
/// for, each so many of them is asked.
const QUESTIONS: usize = 400_000;

/// The states of a model, in the order of a breadth-first search; of a graph with more than
/// [`SAMPLE`] those, and then some on long walks from the last of them.
pub fn states<M: Specification>(model: &M) -> Vec<M::State> {
    sample(model, SAMPLE)
}

/// The same of a graph with more than so many states.
pub fn sample<M: Specification>(model: &M, most: usize) -> Vec<M::State> {
    let mut states = some_states(model, most);
    if states.len() >= most {
        let beginnings: Vec<_> = states[states.len() - 100..].to_vec();
        for (number, beginning) in beginnings.into_iter().enumerate() {
            states.extend(walk(model, beginning, number as u64 + 1));
        }
    }
    states
}

/// The first so many states of a model, breadth first.
pub fn some_states<M: Specification>(model: &M, most: usize) -> Vec<M::State> {
    let mut known: BTreeSet<M::State> = model.init_states().into_iter().collect();
    let mut waiting: VecDeque<M::State> = model.init_states().into();
    let mut states = Vec::new();
    while let Some(state) = waiting.pop_front() {
        for next in model.next_states(&state) {
            if known.len() < most && known.insert(next.clone()) {
                waiting.push_back(next);
            }
        }
        states.push(state);
    }
    states
}

/// A hundred steps that look random and are the same each time.
fn walk<M: Specification>(model: &M, mut state: M::State, seed: u64) -> Vec<M::State> {
    let mut chance = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut met = Vec::new();
    for _ in 0..100 {
        chance = chance.wrapping_mul(MULTIPLIER).wrapping_add(1_442_695_040_888_963_407);
        let mut next = model.next_states(&state);
        if next.is_empty() {
            break;
        }
        let chosen = (chance >> 33) as usize % next.len();
        state = next.swap_remove(chosen);
        met.push(state.clone());
    }
    met
}

/// In these models, of which there are so many at least, each with more than so many states:
/// whatever is offered is in the alphabet, and an action of the alphabet is refused exactly where
/// it is not taken. Gives the guards that refused.
pub fn assert_refused_exactly_in<M: Specification>(
    models: &[(&'static str, M)],
    at_least: usize,
    more_than: usize,
) -> BTreeSet<&'static str> {
    assert_refused_exactly_in_some(models, SAMPLE, at_least, more_than)
}

/// The same, but only so many states of each are looked at, and some on long walks from there.
pub fn assert_refused_exactly_in_some<M: Specification>(
    models: &[(&'static str, M)],
    most: usize,
    at_least: usize,
    more_than: usize,
) -> BTreeSet<&'static str> {
    assert!(models.len() >= at_least, "only {} models", models.len());
    let mut guards = BTreeSet::new();
    for (name, model) in models {
        let asked = assert_refused_exactly_among(name, model, &sample(model, most), &mut guards);
        assert!(asked > more_than, "{name}: only {asked} states");
    }
    guards
}

/// The same of one model; in how many states every action was tried.
pub fn assert_refused_exactly<M: Specification>(
    name: &str,
    model: &M,
    guards: &mut BTreeSet<&'static str>,
) -> usize {
    assert_refused_exactly_among(name, model, &states(model), guards)
}

fn assert_refused_exactly_among<M: Specification>(
    name: &str,
    model: &M,
    states: &[M::State],
    guards: &mut BTreeSet<&'static str>,
) -> usize {
    let alphabet: BTreeSet<M::Action> = model.alphabet().into_iter().collect();
    let stride = (states.len() * alphabet.len()).div_ceil(QUESTIONS);
    let mut offered = Vec::new();
    for (number, state) in states.iter().enumerate() {
        if number % stride == 0 {
            assert_guards(name, model, state, guards);
            continue;
        }
        offered.clear();
        model.actions(state, &mut offered);
        for action in &offered {
            assert!(alphabet.contains(action), "{name}: {action} is not in the alphabet");
        }
    }
    states.len() / stride
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
    let known: BTreeSet<_> = alphabet.iter().collect();
    assert_eq!(known.len(), alphabet.len(), "{name}: an action is in the alphabet twice");
    for action in &offered {
        assert!(known.contains(action), "{name}: {action} is offered, and in no alphabet");
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

/// Two actions differ in what traces say of them, and each says every field once.
pub fn assert_told_apart<M: Specification>(name: &str, actions: &[M::Action]) {
    assert!(!actions.is_empty(), "{name}: there is no action");
    let mut told = BTreeSet::new();
    for action in actions {
        let label = Label::of(action);
        let names: BTreeSet<_> = label.fields.iter().map(|(field, _)| *field).collect();
        assert_eq!(names.len(), label.fields.len(), "{name}: {label} says a field twice");
        assert!(told.insert(label.to_json().to_string()), "{name}: {label} is told like another");
        assert!(M::Action::NAMES.contains(&label.name), "{name}: {label}");
    }
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
