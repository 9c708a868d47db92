//! What a network of machines does, written as a trace (TRACE-1).
//!
//! Steps of the network are drawn at random. Each that changes what the network stands for is an
//! event: the state is what the machines show, seen through the abstraction; the action is what
//! the mapping says of the step, as far as that is one name.

use serde::Serialize;
use serde_json::{Map, Value, json};
use stateright::Model;
use straightedge_evidence::pattern::say_what_is_gone;
use straightedge_models::engine::refinement::Refinement;
use straightedge_models::engine::{self, Label};

use super::environment::{Environment, StateOf};
use super::network::Network;
use super::visited::Visited;
use super::world::{Action, ActionOf};
use crate::simulator::random::{Random, Stream};

/// A network that is recorded, and what it stands for.
pub struct Recorder<E: Environment, A: Model, R> {
    /// The system's name.
    pub system: &'static str,
    /// The name or the parameters of the model's instance.
    pub instance: Value,
    /// The procedures that happen within an event of another name.
    pub silent: &'static [&'static str],
    /// What the model notes for its claims alone, and no machine shows.
    pub unseen: &'static [&'static str],
    /// The network.
    pub network: Network<E>,
    /// What it is seen as.
    pub model: A,
    /// How.
    pub mapping: R,
    /// Every action of the model.
    pub alphabet: Vec<A::Action>,
    /// How a trace names an action.
    pub label: fn(&A::Action) -> Label,
}

/// Steps of the network without an event after which a trace ends.
const IDLE: u32 = 10_000;

/// Steps without an event after which it is looked whether any can come, in so many networks.
const SUSPICIOUS: u32 = 50;
const LOOKED_AT: u32 = 100;

impl<E, A, R> Recorder<E, A, R>
where
    E: Environment,
    A: Model<State: engine::State, Action: engine::Action>,
    R: Refinement<Network<E>, A>,
{
    /// One trace of at most so many events; how many it has.
    pub fn record(&self, events: u64, random: &mut Random, out: &mut String) -> u64 {
        *out += &line(&self.header());
        let network = &self.network;
        let mut state = self.beginning();
        let mut seen = self.mapping.abstraction(&state);
        let (mut recorded, mut idle) = (0, 0);
        while recorded < events && idle < IDLE {
            let Some(step) = pick(network, &state, random) else { break };
            let Some(next) = network.after(&state, &step) else { break };
            let after = self.mapping.abstraction(&next);
            idle += 1;
            if after != seen {
                *out += &line(&self.event(&seen, &step, &after));
                (recorded, idle) = (recorded + 1, 0);
            }
            (state, seen) = (next, after);
            if idle == SUSPICIOUS && self.is_over(&state, &seen) {
                break;
            }
        }
        recorded
    }

    /// The network before anything has happened.
    #[must_use]
    pub fn beginning(&self) -> StateOf<E> {
        self.network.assembled(self.network.environment.start(), Vec::new())
    }

    /// Whether nothing that can still happen is ever seen.
    fn is_over(&self, state: &StateOf<E>, seen: &A::State) -> bool {
        let mut visited = Visited::default();
        visited.is_new(state);
        let (mut open, mut looked_at) = (vec![state.clone()], 0);
        while let Some(at) = open.pop() {
            looked_at += 1;
            if looked_at > LOOKED_AT {
                return false;
            }
            for (_, next) in self.network.successors(&at) {
                if self.mapping.abstraction(&next) != *seen {
                    return false;
                }
                if visited.is_new(&next) {
                    open.push(next);
                }
            }
        }
        true
    }

    fn header(&self) -> Value {
        let mut header = json!({
            "straightedge": 1, "system": self.system, "instance": self.instance,
        });
        if !self.silent.is_empty() {
            header["silent"] = json!(self.silent);
        }
        header
    }

    fn event(&self, before: &A::State, step: &ActionOf<E::Machine>, after: &A::State) -> Value {
        let mut event = Map::new();
        if let Some(action) = self.action(before, step) {
            event.insert("action".into(), action);
        }
        event.insert("state".into(), shown(after, [before], self.unseen));
        Value::Object(event)
    }

    /// What the mapping says of a step: its name if that is one, and the fields that all have.
    fn action(&self, before: &A::State, step: &ActionOf<E::Machine>) -> Option<Value> {
        let may_be = |action: &&A::Action| self.mapping.explains(step, action);
        let mut named: Vec<Label> = self.alphabet.iter().filter(may_be).map(self.label).collect();
        let is_one = |named: &[Label]| named.windows(2).all(|pair| pair[0].name == pair[1].name);
        if named.is_empty() || !is_one(&named) {
            let mut enabled = Vec::new();
            self.model.actions(before, &mut enabled);
            named = enabled.iter().filter(may_be).map(self.label).collect();
        }
        let first = named.first().filter(|_| is_one(&named))?;
        let is_common =
            |field: &&(&'static str, Value)| named.iter().all(|label| label.fields.contains(field));
        let fields = first.fields.iter().filter(is_common);
        let fields: Map<String, Value> =
            fields.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Some(Value::Object(Map::from_iter([(first.name.to_owned(), Value::Object(fields))])))
    }
}

/// Records traces until all of them together have so many events.
pub fn record<E, A, R>(recorder: &Recorder<E, A, R>, events: u64, seed: u64) -> String
where
    E: Environment,
    A: Model<State: engine::State, Action: engine::Action>,
    R: Refinement<Network<E>, A>,
{
    let (mut random, mut out) = (Random::new(seed, Stream::Network), String::new());
    let mut left = events;
    while left > 0 {
        let recorded = recorder.record(left, &mut random, &mut out);
        // A network in which nothing can happen will not do anything the next time either.
        if recorded == 0 {
            break;
        }
        left = left.saturating_sub(recorded);
    }
    out
}

/// A step that is possible: a kind by its weight, then any of that kind.
fn pick<E: Environment>(
    network: &Network<E>,
    state: &StateOf<E>,
    random: &mut Random,
) -> Option<ActionOf<E::Machine>> {
    let mut steps = Vec::new();
    network.actions(state, &mut steps);
    let mut kinds: [Vec<ActionOf<E::Machine>>; WEIGHTS.len()] = Default::default();
    for step in steps {
        kinds[kind(&step)].push(step);
    }
    let weight = |number: usize| if kinds[number].is_empty() { 0 } else { WEIGHTS[number] };
    let mut drawn = random.below((0..WEIGHTS.len()).map(weight).sum());
    for (number, of_kind) in kinds.iter().enumerate() {
        if drawn < weight(number) {
            return of_kind.get(random.below(of_kind.len() as u32) as usize).cloned();
        }
        drawn -= weight(number);
    }
    None
}

/// How likely each kind of step is, among those that are possible.
const WEIGHTS: [u32; 7] = [20, 8, 8, 3, 1, 1, 1];

const fn kind<A, M, T, C>(step: &Action<A, M, T, C>) -> usize {
    match step {
        Action::Deliver(_) => 0,
        Action::Fire { .. } => 1,
        Action::Tell { .. } => 2,
        Action::Enter { .. } => 3,
        Action::Crash(_) => 4,
        Action::Lose(_) => 5,
        Action::DeliverAndKeep(_) | Action::Double(_) => 6,
    }
}

/// A state as it is seen, without the fields of these names; what others have, and it has not, is
/// seen not to be there.
pub(super) fn shown<'a, S: Serialize + 'a>(
    state: &S,
    others: impl IntoIterator<Item = &'a S>,
    unseen: &[&str],
) -> Value {
    let json = |state: &S| serde_json::to_value(state).unwrap_or_default();
    let mut shown = json(state);
    for other in others {
        say_what_is_gone(&mut shown, &json(other));
    }
    forget(&mut shown, unseen);
    shown
}

/// Leaves out the fields of these names, wherever they are.
fn forget(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !names.contains(&name.as_str()));
            fields.values_mut().for_each(|value| forget(value, names));
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| forget(entry, names)),
        _ => {}
    }
}

fn line(value: &Value) -> String {
    format!("{value}\n")
}
