//! How traces name what there is of Coral: parameters, actions and states; and which parameters the
//! model can have.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::walk::Walker;
use crate::engine::{Specification, Traced, Unfit, Walk, schema};

use crate::coral::identifier::Id;
use crate::coral::message::MAXIMUM_MESSAGES;
use crate::coral::operation::{Kind, MAXIMUM_OPERATIONS, Operation};
use crate::coral::options::{Budget, Counting, Order};
use crate::coral::peers::{MAXIMUM_PEERS, Network, Peers};
use crate::coral::routing::Policy;
use crate::coral::store::MAXIMUM_ENTRIES;
use crate::coral::{Action, Coral, observed, property};

/// How evidence is held against Coral.
pub(in crate::coral) const TRACED: Traced = Traced {
    parameters: schema::parameters::<Parameters>,
    action: || schema::action(every_action()),
    state: schema::observed::<observed::Observed>,
    with,
};

/// The parameters of a Coral network.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// How many bits an identifier has.
    identifier_bits: u32,
    /// The identifiers of the nodes.
    nodes: Vec<u32>,
    /// Whom each node knows; a node that is not named knows all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    contacts: BTreeMap<String, Vec<u32>>,
    /// How a look-up chooses its next hop.
    #[serde(default)]
    policy: PolicyName,
    /// How many bits of the key splice corrects in a hop.
    #[serde(default = "one")]
    bits_a_hop: u32,
    /// The keys: one, or two where there is one level.
    #[serde(default = "key_0")]
    keys: Vec<u32>,
    /// The nodes of the fast cluster, level 1; without it there is level 0 alone, with all nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fast_cluster: Option<Vec<u32>>,
    /// How many values a node takes for a key.
    #[serde(default = "one")]
    capacity: u32,
    /// How many forward requests a loaded node lets through in a window.
    #[serde(default = "one")]
    leakage: u32,
    /// Which requests make a node loaded.
    #[serde(default = "leaky")]
    counting: Counting,
    /// How many ticks a window has.
    #[serde(default = "one")]
    window: u32,
    /// How many ticks pass at most.
    #[serde(default)]
    horizon: u32,
    /// The puts and gets, each of which begins once.
    operations: Vec<Asked>,
    /// Whether an operation begins only when no other is under way.
    #[serde(default)]
    one_at_a_time: bool,
    /// How often a client asks a silent node again.
    #[serde(default = "one")]
    repeats: u32,
    /// What goes wrong at most.
    #[serde(default)]
    budget: Budget,
}

const fn one() -> u32 {
    1
}

fn key_0() -> Vec<u32> {
    vec![0]
}

const fn leaky() -> Counting {
    Counting::Leaky
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PolicyName {
    /// The contact that is closest to a target with a few more bits of the key.
    #[default]
    Splice,
    /// The contact that is closest to the key.
    Greedy,
    /// The contact whose distance to the key differs least from half of this node's.
    Half,
}

/// An operation.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Asked {
    /// Store a value.
    Put(Put),
    /// Find values.
    Get(Get),
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Put {
    /// The node that asks.
    client: u32,
    /// Which value.
    value: u32,
    /// Its life in ticks, from when it is stored.
    ttl: u32,
    /// For which of the keys: 0 or 1.
    #[serde(default)]
    key: u32,
    /// The number of the operation that must have ended before this one begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<u32>,
    /// The node where the value lies at the beginning: the put is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stored_at: Option<u32>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Get {
    /// The node that asks.
    client: u32,
    /// For which of the keys: 0 or 1.
    #[serde(default)]
    key: u32,
    /// The number of the operation that must have ended before this one begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<u32>,
}

/// The parameters of a model.
pub(in crate::coral) fn parameters(coral: &Coral) -> Value {
    crate::engine::trace::to_json(&Parameters::of(coral))
}

/// The model with those parameters.
fn with(parameters: &Value) -> Result<Box<dyn Walk>, Unfit> {
    let model = schema::read::<Parameters>(parameters)?.model()?;
    let claims = property::claims(&model);
    let instance = parameters.to_string();
    Ok(Box::new(Walker { system: "coral", instance, model, claims }))
}

/// Every kind of step, for their names and fields.
fn every_action() -> Vec<Action> {
    let operations = [Operation::put(0, 0, 1), Operation::get(1)];
    Coral { levels: 2, ..Coral::new(Network::full(1, [0, 1]), operations) }.alphabet()
}

fn malformed(at: &str, expected: &str) -> Unfit {
    Unfit::Malformed(format!("parameters.{at}: {expected}"))
}

impl Parameters {
    fn of(coral: &Coral) -> Self {
        let network = &coral.network;
        let ids = |set: Peers| network.ids(set).map(u32::from).collect::<Vec<_>>();
        let all = Peers::first(network.count);
        let mut contacts = BTreeMap::new();
        for (place, node) in network.nodes().iter().enumerate() {
            if network.contacts[place] != all.without(place) {
                contacts.insert(node.to_string(), ids(network.contacts[place]));
            }
        }
        let (policy, bits_a_hop) = match coral.policy {
            Policy::Splice(bits) => (PolicyName::Splice, bits),
            Policy::Greedy => (PolicyName::Greedy, 1),
            Policy::Half => (PolicyName::Half, 1),
        };
        let has_two_keys = coral.asked_for().any(|(_, operation)| operation.key > 0);
        let keys = &coral.keys[..if has_two_keys { 2 } else { 1 }];
        Self {
            identifier_bits: network.width.into(),
            nodes: ids(all),
            contacts,
            policy,
            bits_a_hop: bits_a_hop.into(),
            keys: keys.iter().copied().map(u32::from).collect(),
            fast_cluster: (coral.levels > 1).then(|| ids(coral.clusters[1])),
            capacity: coral.capacity.into(),
            leakage: coral.leakage.into(),
            counting: coral.counting,
            window: coral.window.into(),
            horizon: coral.horizon.into(),
            operations: coral.asked_for().map(|(_, operation)| Asked::of(operation)).collect(),
            one_at_a_time: coral.order == Order::Sequential,
            repeats: coral.repeats.into(),
            budget: coral.budget,
        }
    }

    fn model(&self) -> Result<Coral, Unfit> {
        let network = self.network()?;
        let width = network.width;
        let policy = match self.policy {
            PolicyName::Splice => {
                Policy::Splice(schema::within("bits_a_hop", self.bits_a_hop, 1..=width)?)
            }
            PolicyName::Greedy => Policy::Greedy,
            PolicyName::Half => Policy::Half,
        };
        let mut coral = Coral::new::<0>(network, []);
        coral = Coral {
            policy,
            keys: self.keys(width)?,
            // One place more is kept for faults.
            capacity: schema::within("capacity", self.capacity, 1..=MAXIMUM_ENTRIES as u8 - 1)?,
            leakage: schema::within("leakage", self.leakage, 1..=100)?,
            counting: self.counting,
            window: schema::within("window", self.window, 1..=200)?,
            horizon: schema::within("horizon", self.horizon, 0..=200)?,
            order: if self.one_at_a_time { Order::Sequential } else { Order::Any },
            repeats: schema::within("repeats", self.repeats, 0..=8)?,
            budget: self.budget,
            ..coral
        };
        if let Some(fast) = &self.fast_cluster {
            coral.levels = 2;
            coral.clusters[1] = set_of(&network, "fast_cluster", fast)?;
        }
        self.operations(&mut coral)?;
        self.fits(&coral)?;
        Ok(coral)
    }

    fn network(&self) -> Result<Network, Unfit> {
        let width = schema::within("identifier_bits", self.identifier_bits, 1..=8)?;
        let count = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let count = schema::within("nodes", count, 1..=MAXIMUM_PEERS as u8)?;
        let mut network = Network::full::<0>(width, []);
        network.count = count;
        for (place, &node) in self.nodes.iter().enumerate() {
            let at = format!("nodes[{place}]");
            let node = identifier(&at, node, width)?;
            if network.identifiers[..place].contains(&node) {
                return Err(malformed(&at, &format!("{node} is there already")));
            }
            network.identifiers[place] = node;
            network.contacts[place] = Peers::first(count).without(place);
        }
        for (node, known) in &self.contacts {
            let at = format!("contacts.{node}");
            let place = network.nodes().iter().position(|id| id.to_string() == *node);
            let place = place.ok_or_else(|| malformed(&at, "expected one of `nodes`"))?;
            network.contacts[place] = set_of(&network, &at, known)?.without(place);
        }
        Ok(network)
    }

    fn keys(&self, width: u8) -> Result<[Id; 2], Unfit> {
        let most = if self.fast_cluster.is_some() { 1 } else { 2 };
        let count = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        schema::within("keys", count, 1..=most)?;
        let mut keys = [0; 2];
        for (index, &key) in self.keys.iter().enumerate() {
            keys[index] = identifier(&format!("keys[{index}]"), key, width)?;
            if index == 0 {
                keys[1] = keys[0];
            }
        }
        Ok(keys)
    }

    fn operations(&self, coral: &mut Coral) -> Result<(), Unfit> {
        let count = u32::try_from(self.operations.len()).unwrap_or(u32::MAX);
        schema::within("operations", count, 1..=MAXIMUM_OPERATIONS as u8)?;
        for (number, asked) in self.operations.iter().enumerate() {
            let operation = asked.operation(number, &coral.network, self.keys.len())?;
            if let (Some(node), Some(value)) = (operation.stored, operation.value()) {
                let is_there = |(_, other): &(u8, Operation)| {
                    other.stored == Some(node) && other.key == operation.key
                };
                let there: Vec<_> = coral.asked_for().filter(is_there).collect();
                let at = format!("operations[{number}].put.stored_at");
                if there.len() >= usize::from(coral.capacity) {
                    return Err(malformed(&at, &format!("node {node} is full already")));
                }
                if there.iter().any(|(_, other)| other.value() == Some(value)) {
                    return Err(malformed(&at, &format!("node {node} has value {value} already")));
                }
            }
            coral.operations[number] = Some(operation);
        }
        Ok(())
    }

    /// Each operation has a message under way, besides copies and late ones.
    fn fits(&self, coral: &Coral) -> Result<(), Unfit> {
        let begin = coral.asked_for().filter(|(_, operation)| operation.stored.is_none()).count();
        let begin = if self.one_at_a_time { begin.min(1) } else { begin };
        let more = usize::from(self.budget.copies) + usize::from(self.budget.early_time_outs);
        if begin + more <= MAXIMUM_MESSAGES {
            return Ok(());
        }
        Err(Unfit::OutOfScope(format!(
            "parameters.budget: with {begin} operations, the copies and the early time-outs there \
             may be {} messages under way; the model reaches to {MAXIMUM_MESSAGES}",
            begin + more
        )))
    }
}

impl Asked {
    fn of(operation: Operation) -> Self {
        let (client, key) = (operation.client.into(), operation.key.into());
        let after = operation.after.map(u32::from);
        match operation.kind {
            Kind::Put { value, ttl } => Self::Put(Put {
                client,
                value: value.into(),
                ttl: ttl.into(),
                key,
                after,
                stored_at: operation.stored.map(u32::from),
            }),
            Kind::Get => Self::Get(Get { client, key, after }),
        }
    }

    fn operation(&self, number: usize, network: &Network, keys: usize) -> Result<Operation, Unfit> {
        let (name, client, key, after) = match self {
            Self::Put(put) => ("put", put.client, put.key, put.after),
            Self::Get(get) => ("get", get.client, get.key, get.after),
        };
        let at = |field: &str| format!("operations[{number}].{name}.{field}");
        let client = node_of(network, &at("client"), client)?;
        let mut operation = match self {
            Self::Put(put) => {
                // A set of values is eight bits, and a life four.
                let value = schema::within(&at("value"), put.value, 0..=7)?;
                Operation::put(client, value, schema::within(&at("ttl"), put.ttl, 1..=15)?)
            }
            Self::Get(_) => Operation::get(client),
        };
        if key as usize >= keys {
            return Err(malformed(&at("key"), &format!("there are {keys} `keys`, from 0 on")));
        }
        operation.key = key as u8;
        if let Some(after) = after {
            if after as usize >= number {
                return Err(malformed(&at("after"), "expected the number of an operation before"));
            }
            operation.after = Some(after as u8);
        }
        if let Self::Put(Put { stored_at: Some(node), .. }) = self {
            operation.stored = Some(node_of(network, &at("stored_at"), *node)?);
        }
        Ok(operation)
    }
}

fn identifier(at: &str, id: u32, width: u8) -> Result<Id, Unfit> {
    let last = u32::from(u8::MAX >> (8 - width));
    let expected = || malformed(at, &format!("expected an identifier from 0 to {last}, not {id}"));
    if id > last { Err(expected()) } else { Ok(id as Id) }
}

fn node_of(network: &Network, at: &str, id: u32) -> Result<Id, Unfit> {
    let found = network.nodes().iter().copied().find(|&node| u32::from(node) == id);
    found.ok_or_else(|| malformed(at, &format!("expected one of `nodes`, not {id}")))
}

fn set_of(network: &Network, at: &str, ids: &[u32]) -> Result<Peers, Unfit> {
    ids.iter().enumerate().try_fold(Peers::NONE, |set, (index, &id)| {
        let node = node_of(network, &format!("{at}[{index}]"), id)?;
        Ok(set.with(network.position(node)))
    })
}
