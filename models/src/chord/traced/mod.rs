//! How traces name what there is of Chord: parameters, actions and states.

mod upper;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::walk::Walker;
use crate::engine::{Specification, Traced, Unfit, Walk, schema};

use super::identifier::{Id, Set};
use super::options::Pending;
use super::original::{Assembly, FailureRule};
use super::state::{MAXIMUM_NODES, MAXIMUM_SUCCESSORS};
use super::{Chord, Protocol, property};
use upper::{ChordUpper, UpperParameters};

/// How evidence is held against Chord.
pub(super) const TRACED: Traced = Traced {
    parameters: schema::parameters::<Parameters>,
    action: || schema::action(every_action()),
    state: schema::observed::<ChordState>,
    with,
};

/// The parameters of a Chord network.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// How many identifiers the circle has; they are 0 and on. Instead of `identifier_bits`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nodes: Option<u32>,
    /// How many bits an identifier has. Instead of `nodes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identifier_bits: Option<u32>,
    /// How many entries a successor list has.
    successors: u32,
    /// The members of the first ring, each of which knows the others as it should. If left out:
    /// with the corrected protocol the identifiers from 0 on, one more than a list has entries;
    /// with the original one 0 alone.
    #[serde(default)]
    members: Option<Vec<u32>>,
    /// Which protocol the members follow.
    #[serde(default)]
    protocol: ProtocolName,
    /// What may wait at a member to be worked on; of the corrected protocol.
    #[serde(default)]
    pending: PendingName,
    /// Whether a node that has failed or left may join again.
    #[serde(default = "yes")]
    rejoin: bool,
    /// Whether members also leave of their own will.
    #[serde(default)]
    leave: bool,
    /// The members that never fail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    permanent: Vec<u32>,
    /// Whether the first ring may be turned on the circle.
    #[serde(default, skip_serializing_if = "is_no")]
    rotations: bool,
    /// What a failure must leave behind; of the original protocol.
    #[serde(default, skip_serializing_if = "FailuresName::is_default")]
    failures: FailuresName,
    /// What there is above the ring, of the corrected protocol, on a circle of at most five.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upper: Option<UpperParameters>,
}

const fn yes() -> bool {
    true
}

const fn is_no(answer: &bool) -> bool {
    !*answer
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ProtocolName {
    /// The protocol of 2017, which keeps one ordered ring.
    #[default]
    Corrected,
    /// The protocol of 2001 and 2002 as it was published.
    Original,
    /// The same with two of its steps repaired: who joins, and who stabilizes, asks first whether
    /// the successor is alive.
    OriginalFixed,
    /// The best that can be put together from the published procedures.
    OriginalBest,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PendingName {
    /// A candidate, and every notifier until it is looked at, in any order, as messages are.
    #[default]
    NotifierSet,
    /// A candidate, and the closest notifier.
    BestNotifier,
    /// A candidate, and the latest notifier.
    OverwrittenSlot,
    /// A candidate or a notifier, whichever came last.
    SharedSlot,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum FailuresName {
    /// Another member, and for each that lists the failing one another live entry.
    #[default]
    Strict,
    /// What the published models ask for, which is less.
    Published,
}

impl FailuresName {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl From<FailureRule> for FailuresName {
    fn from(rule: FailureRule) -> Self {
        match rule {
            FailureRule::Strict => Self::Strict,
            FailureRule::Published => Self::Published,
        }
    }
}

impl From<Assembly> for ProtocolName {
    fn from(assembly: Assembly) -> Self {
        let has_fixes = assembly.join_needs_live_successor && assembly.stabilize_asks_candidate;
        match (assembly.best, has_fixes) {
            (true, _) => Self::OriginalBest,
            (false, true) => Self::OriginalFixed,
            (false, false) => Self::Original,
        }
    }
}

impl From<Pending> for PendingName {
    fn from(pending: Pending) -> Self {
        match pending {
            Pending::NotifierSet => Self::NotifierSet,
            Pending::BestNotifier => Self::BestNotifier,
            Pending::OverwrittenSlot => Self::OverwrittenSlot,
            Pending::SharedSlot => Self::SharedSlot,
        }
    }
}

impl From<PendingName> for Pending {
    fn from(name: PendingName) -> Self {
        match name {
            PendingName::NotifierSet => Self::NotifierSet,
            PendingName::BestNotifier => Self::BestNotifier,
            PendingName::OverwrittenSlot => Self::OverwrittenSlot,
            PendingName::SharedSlot => Self::SharedSlot,
        }
    }
}

/// The parameters of a model; fairness is none of them, since no trace shows it.
pub(super) fn parameters(chord: &Chord) -> Value {
    crate::engine::trace::to_json(&Parameters::of(chord))
}

/// The model with those parameters.
fn with(parameters: &Value) -> Result<Box<dyn Walk>, Unfit> {
    let model = schema::read::<Parameters>(parameters)?.model()?;
    let mut claims = property::claims(&model);
    claims.extend(super::upper::property::claims(&model));
    let instance = parameters.to_string();
    Ok(Box::new(Walker { system: "chord", instance, model, claims }))
}

impl Parameters {
    fn of(chord: &Chord) -> Self {
        let ring: Set = chord.places.iter().take(usize::from(chord.initial_ring)).collect();
        let (protocol, pending, failures) = match chord.protocol {
            Protocol::Corrected(pending) => {
                (ProtocolName::Corrected, pending.into(), FailuresName::Strict)
            }
            Protocol::Original(assembly) => {
                (assembly.into(), PendingName::default(), assembly.failure.into())
            }
        };
        Self {
            nodes: Some(chord.nodes.into()),
            identifier_bits: None,
            successors: chord.successors as u32,
            members: Some(wide(ring)),
            protocol,
            pending,
            rejoin: chord.rejoin,
            leave: chord.leave,
            permanent: wide(chord.permanent),
            rotations: chord.rotations,
            failures,
            upper: UpperParameters::of(chord),
        }
    }

    fn model(&self) -> Result<Chord, Unfit> {
        let nodes = self.circle()?;
        let chord = match self.protocol {
            ProtocolName::Corrected => {
                let most = MAXIMUM_SUCCESSORS as u8;
                let r = schema::within("successors", self.successors, 1..=most)?;
                if !self.failures.is_default() {
                    let why = "expected nothing here: the corrected protocol has one rule";
                    return Err(Unfit::Malformed(format!("parameters.failures: {why}")));
                }
                Chord::corrected(nodes, usize::from(r)).pending(self.pending.into())
            }
            ProtocolName::Original => self.original(nodes, Assembly::RAW)?,
            ProtocolName::OriginalFixed => self.original(nodes, Assembly::FIXED)?,
            ProtocolName::OriginalBest => self.original(nodes, Assembly::BEST)?,
        };
        let permanent = on_circle("permanent", nodes, &self.permanent)?;
        let rejoin = self.rejoin;
        let chord =
            Chord { rejoin, leave: self.leave, permanent, rotations: self.rotations, ..chord };
        let ring = match &self.members {
            Some(members) => on_circle("members", nodes, members)?,
            None => Set::circle(chord.initial_ring.min(nodes)),
        };
        if ring.len() < usize::from(chord.initial_ring) {
            return Err(too_few(&chord, ring.len()));
        }
        let chord = chord.members(ring);
        self.upper.as_ref().map_or(Ok(chord), |upper| upper.above(chord))
    }

    fn circle(&self) -> Result<Id, Unfit> {
        match (self.nodes, self.identifier_bits) {
            (Some(nodes), None) => schema::within("nodes", nodes, 1..=MAXIMUM_NODES),
            (None, Some(bits)) => {
                let most = MAXIMUM_NODES.ilog2() as u8;
                Ok(1 << schema::within("identifier_bits", bits, 1..=most)?)
            }
            (Some(_), Some(_)) => Err(Unfit::Malformed(
                "parameters: expected either `nodes` or `identifier_bits`, not both".to_owned(),
            )),
            (None, None) => Err(Unfit::Malformed(
                "parameters: expected `nodes` or `identifier_bits`, the size of the circle"
                    .to_owned(),
            )),
        }
    }

    fn original(&self, nodes: Id, assembly: Assembly) -> Result<Chord, Unfit> {
        schema::within("successors", self.successors, 2..=2)?;
        if self.pending != PendingName::default() {
            let why = "expected nothing here: nothing waits at members of the original protocol";
            return Err(Unfit::Malformed(format!("parameters.pending: {why}")));
        }
        let failure = match self.failures {
            FailuresName::Strict => FailureRule::Strict,
            FailuresName::Published => FailureRule::Published,
        };
        Ok(Chord::original(nodes, Assembly { failure, ..assembly }))
    }
}

/// Identifiers as numbers.
fn wide(ids: Set) -> Vec<u32> {
    ids.iter().map(u32::from).collect()
}

/// The identifiers as a set, each of which must be on the circle and there once.
fn on_circle(name: &str, nodes: Id, ids: &[u32]) -> Result<Set, Unfit> {
    let mut set = Set::EMPTY;
    for (index, &id) in ids.iter().enumerate() {
        let wrong = |why: String| Unfit::Malformed(format!("parameters.{name}[{index}]: {why}"));
        if id >= u32::from(nodes) {
            let last = nodes - 1;
            return Err(wrong(format!("expected an identifier from 0 to {last}, not {id}")));
        }
        if set.contains(id as Id) {
            return Err(wrong(format!("{id} is there already")));
        }
        set = set.with(id as Id);
    }
    Ok(set)
}

/// Source: CHORD-4.
fn too_few(chord: &Chord, members: usize) -> Unfit {
    let least = chord.initial_ring;
    let why = match chord.protocol {
        Protocol::Corrected(_) => "one more than a list has successors",
        Protocol::Original(_) => "since somebody must be there",
    };
    Unfit::OutOfScope(format!(
        "parameters.members: the protocol starts from a ring of at least {least} members, {why}, \
         not {members}"
    ))
}

/// The steps of both protocols on the largest circle, and all that there are above the ring.
fn every_action() -> Vec<super::Action> {
    let corrected = Chord::corrected(MAXIMUM_NODES, MAXIMUM_SUCCESSORS).with_leave();
    let original = Chord::original(MAXIMUM_NODES, Assembly::RAW);
    [corrected.alphabet(), original.alphabet(), upper::everything().alphabet()].concat()
}

/// The network after an event: the members, by identifier, and what each remembers.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "State")]
struct ChordState {
    /// The members; `null` for a node that is none.
    #[schemars(extend("propertyNames" = { "pattern": "^[0-7]$" }))]
    members: BTreeMap<String, ChordMember>,
    /// The nodes that have been members and may not join again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    departed: Vec<Id>,
    /// What there is above the ring.
    #[serde(skip_serializing_if = "Option::is_none")]
    upper: Option<ChordUpper>,
}

/// What a member remembers.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "Member")]
struct ChordMember {
    /// Its successor list, nearest first.
    successors: Vec<Id>,
    /// Its predecessor.
    #[serde(skip_serializing_if = "Option::is_none")]
    predecessor: Option<Id>,
    /// Its successor's predecessor, which it will ask next.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate: Option<Id>,
    /// Who has notified it and has not been looked at yet, in ascending order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notifiers: Vec<Id>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chord::instance::models;
    use crate::chord::upper::instance::rows;
    use crate::engine::Row;

    #[test]
    fn a_model_is_read_as_its_parameters_were_written() {
        let mut read = 0;
        let layered = rows().into_iter().filter_map(Row::of_ci);
        let everything = ("everything", upper::everything());
        for (name, model) in models().into_iter().chain(layered).chain([everything]) {
            let parameters = parameters(&model);
            let again = schema::read::<Parameters>(&parameters).and_then(|again| again.model());
            let again = again.map(|again| Chord { repair: model.repair, ..again });
            let initial = again.as_ref().map(Chord::initial_state);
            assert_eq!(initial, Ok(model.initial_state()), "{name}");
            let again = again.map(|again| Chord { places: model.places, ..again });
            assert_eq!(again, Ok(model), "{name}: {parameters}");
            read += 1;
        }
        assert!(read > 35, "only {read} models");
    }
}
