//! What there is to see of a state, as JSON: field by field, so that a part of it can be observed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::ser::{Serialize, Serializer};

use super::identifier::Id;
use super::message::{Body, Message};
use super::operation::{Outcome, Phase, Progress};
use super::options::Budget;
use super::peers::Peers;
use super::state::{Peer, State};
use super::store::List;

/// The system after an event.
#[derive(serde::Serialize, JsonSchema)]
#[serde(rename = "State")]
pub(super) struct Observed {
    /// How many ticks have passed.
    now: u8,
    /// The nodes, by identifier.
    nodes: BTreeMap<String, Node>,
    /// The operations, by number.
    operations: BTreeMap<String, Doing>,
    /// What is under way, in the order of operation, node, level and what it says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<UnderWay>,
    /// What the environment may still do.
    left: Budget,
}

/// What there is of a node.
#[derive(serde::Serialize, JsonSchema)]
struct Node {
    /// Whether it runs.
    runs: bool,
    /// What it holds, for each key, or for each level where there are two.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    lists: BTreeMap<String, Held>,
    /// How many forward requests have come in this tick; counted only with the literal window.
    asked_now: u8,
    /// The same in the tick before.
    asked_before: u8,
}

/// What a node holds for a key.
#[derive(serde::Serialize, JsonSchema)]
struct Held {
    /// The values, in ascending order.
    values: Vec<Entry>,
    /// How many forward requests it has let through in this window.
    passed: u8,
}

/// A value that a node holds.
#[derive(serde::Serialize, JsonSchema)]
struct Entry {
    /// Which value.
    value: u8,
    /// How many ticks are left of its life; 0 once it has expired.
    left: u8,
}

/// What an operation waits for.
#[derive(serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Does {
    /// It has not begun.
    NotBegun,
    /// What a node tells of itself, in the forward phase of a put.
    Forward,
    /// Whether a node has stored, in the reverse phase of a put.
    Store,
    /// A node's values.
    Get,
    /// Nothing: it is over.
    Ended,
}

/// How far an operation has come.
#[derive(serde::Serialize, JsonSchema)]
#[serde(rename = "Operation")]
struct Doing {
    /// What it waits for.
    does: Does,
    /// The node that is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    asks: Option<Id>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    way: Option<Way>,
    /// What it has come to, by level.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    outcomes: BTreeMap<String, CameTo>,
}

/// The way of an operation that is under way. Nodes are in the order of the parameters.
#[derive(serde::Serialize, JsonSchema)]
struct Way {
    /// The level.
    level: u8,
    /// How often the request was sent again.
    asked_again: u8,
    /// The last node that has answered at this level, at first the client.
    has_reached: Id,
    /// Where splice would like to be.
    target: Id,
    /// The nodes that have answered at this level, the client included.
    path: Vec<Id>,
    /// The nodes where the value may still be stored.
    stack: Vec<Id>,
    /// The nodes that have not answered.
    silent: Vec<Id>,
    /// The nodes that were full when they answered in the forward phase.
    found_full: Vec<Id>,
    /// The nodes that were full when they were asked to store.
    refused: Vec<Id>,
    /// The node, full and loaded, that ended the forward phase.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_at: Option<Id>,
}

/// What an operation has come to at a level.
#[derive(serde::Serialize, JsonSchema)]
#[serde(rename = "Outcome")]
struct CameTo {
    /// What.
    result: CameToWhat,
    /// The node where the value was stored, or may be; the node that had values.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<Id>,
}

#[derive(serde::Serialize, JsonSchema)]
#[serde(rename = "Result", rename_all = "snake_case")]
enum CameToWhat {
    /// The value was stored.
    Stored,
    /// No node has taken the value.
    NotStored,
    /// The node that was asked to store has not answered.
    Unsure,
    /// A node had values.
    Hit,
    /// No node had any.
    Miss,
}

/// A message under way.
#[derive(serde::Serialize, JsonSchema)]
#[serde(rename = "Message")]
struct UnderWay {
    /// Which question, and whether it is asked or answered.
    kind: MessageKind,
    /// The operation.
    operation: u8,
    /// The node that is asked, or answers.
    node: Id,
    /// The level.
    level: u8,
    /// Of a `forward_reply`: whether the node is loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    loaded: Option<bool>,
    /// Of a `forward_reply`: how many live values the node has.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u8>,
    /// Of a `forward_reply`: the least remaining life among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    least: Option<u8>,
    /// Of a `store_reply`: whether the node has stored the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored: Option<bool>,
    /// Of a `get_reply`: the values.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<u8>>,
}

#[derive(serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum MessageKind {
    /// Are you loaded, and what have you got?
    ForwardRequest,
    /// What a node tells of itself and of the key.
    ForwardReply,
    /// Store this value.
    StoreRequest,
    /// Whether it was stored.
    StoreReply,
    /// What values have you got?
    GetRequest,
    /// The live values.
    GetReply,
}

impl From<&Peer> for Node {
    fn from(peer: &Peer) -> Self {
        let held = |(number, list): (usize, &List)| {
            let entries = list.entries();
            let values = entries.map(|entry| Entry { value: entry.value, left: entry.left });
            (number.to_string(), Held { values: values.collect(), passed: peer.passed[number] })
        };
        let lists = peer.lists.iter().enumerate().filter(|_| peer.is_up()).map(held).collect();
        let [asked_now, asked_before] = peer.seen;
        Self { runs: peer.is_up(), lists, asked_now, asked_before }
    }
}

impl Doing {
    fn of(state: &State, progress: &Progress) -> Option<Self> {
        let does = match progress.phase {
            Phase::Absent => return None,
            Phase::Idle => Does::NotBegun,
            Phase::Forward(_) => Does::Forward,
            Phase::Reverse(_) => Does::Store,
            Phase::Look(_) => Does::Get,
            Phase::Ended => Does::Ended,
        };
        let way = progress.is_under_way().then(|| Way::of(state, progress));
        let outcomes = progress.outcomes.iter().enumerate();
        let outcomes = outcomes
            .filter_map(|(level, &came_to)| Some((level.to_string(), CameTo::of(came_to)?)));
        Some(Self { does, asks: progress.asks(), way, outcomes: outcomes.collect() })
    }
}

impl Way {
    fn of(state: &State, progress: &Progress) -> Self {
        let ids = |set: Peers| set.iter().map(|place| state.peers[place].identifier).collect();
        Self {
            level: progress.level,
            asked_again: progress.repeats,
            has_reached: progress.at,
            target: progress.target,
            path: ids(progress.reached),
            stack: ids(progress.stack),
            silent: ids(progress.unreached),
            found_full: ids(progress.found_full),
            refused: ids(progress.refused),
            stopped_at: progress.stopped_at,
        }
    }
}

impl CameTo {
    fn of(outcome: Outcome) -> Option<Self> {
        let (result, node) = match outcome {
            Outcome::None => return None,
            Outcome::Stored(node) => (CameToWhat::Stored, Some(node)),
            Outcome::NotStored => (CameToWhat::NotStored, None),
            Outcome::Unsure(node) => (CameToWhat::Unsure, Some(node)),
            Outcome::Hit(node) => (CameToWhat::Hit, Some(node)),
            Outcome::Miss => (CameToWhat::Miss, None),
        };
        Some(Self { result, node })
    }
}

impl From<Message> for UnderWay {
    fn from(message: Message) -> Self {
        let Message { operation, peer: node, level, body } = message;
        let kind = match body {
            Body::ForwardRequest => MessageKind::ForwardRequest,
            Body::ForwardReply { .. } => MessageKind::ForwardReply,
            Body::StoreRequest => MessageKind::StoreRequest,
            Body::StoreReply { .. } => MessageKind::StoreReply,
            Body::GetRequest => MessageKind::GetRequest,
            Body::GetReply { .. } => MessageKind::GetReply,
        };
        let (mut loaded, mut count, mut least, mut stored, mut values) =
            (None, None, None, None, None);
        match body {
            Body::ForwardReply { loaded: l, count: c, least: s } => {
                (loaded, count, least) = (Some(l), Some(c), Some(s));
            }
            Body::StoreReply { stored: s } => stored = Some(s),
            Body::GetReply { values: v } => values = Some(super::message::values_of(v)),
            Body::ForwardRequest | Body::StoreRequest | Body::GetRequest => {}
        }
        Self { kind, operation, node, level, loaded, count, least, stored, values }
    }
}

impl From<&State> for Observed {
    fn from(state: &State) -> Self {
        let nodes = state.nodes().map(|(_, peer)| (peer.identifier.to_string(), peer.into()));
        let operations = state.operations.iter().enumerate().filter_map(|(number, progress)| {
            Some((number.to_string(), Doing::of(state, progress)?))
        });
        Self {
            now: state.now,
            nodes: nodes.collect(),
            operations: operations.collect(),
            messages: state.messages.iter().map(UnderWay::from).collect(),
            left: state.left,
        }
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Observed::from(self).serialize(serializer)
    }
}
