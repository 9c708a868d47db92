//! What traces say of what is above the ring.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::chord::identifier::{Id, Set};
use crate::chord::upper::{Layers, MAXIMUM_KEYS, MAXIMUM_UPPER_NODES, UNLIMITED};
use crate::chord::{Chord, Protocol};
use crate::engine::{Unfit, schema};

use super::{is_no, on_circle, wide};

/// What there is above the ring: keys, look-ups, or errors of the failure detector.
// Each is an option by itself: no combination is without meaning.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct UpperParameters {
    /// The keys that are kept, at most two.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<u32>,
    /// The identifiers that are looked up, one at a time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    looked_up: Vec<u32>,
    /// Whether members go only by leaving.
    #[serde(skip_serializing_if = "is_no")]
    without_failures: bool,
    /// Whether nobody goes while the acknowledgement of a copy is under way.
    #[serde(skip_serializing_if = "is_no")]
    prompt_acknowledgements: bool,
    /// Whether a member that leaves hands its copies to its successor first.
    #[serde(skip_serializing_if = "is_no")]
    handover: bool,
    /// Whether a new member answers for keys only once a member counts it as its predecessor.
    #[serde(skip_serializing_if = "is_no")]
    answering_when_ready: bool,
    /// How often a member may take a live one that it asks for dead.
    #[serde(skip_serializing_if = "Errors::is_none")]
    suspicions: Errors,
    /// How often a member may be told of a live one that it is dead.
    #[serde(skip_serializing_if = "Errors::is_none")]
    stale_notices: Errors,
    /// Whether the live one that is taken for dead says that it is alive.
    #[serde(skip_serializing_if = "is_no")]
    refutation: bool,
    /// Whether members do nothing in vain: offer and hand over once, to whom they know of, and lead
    /// look-ups on to the nearest that they know.
    #[serde(skip_serializing_if = "is_no")]
    restraint: bool,
}

/// How many errors there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a number, or `unlimited`")]
enum Errors {
    /// So many at most.
    AtMost(u32),
    /// Any number.
    Any(AnyNumber),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum AnyNumber {
    /// As many as there are.
    Unlimited,
}

impl Default for Errors {
    fn default() -> Self {
        Self::AtMost(0)
    }
}

impl Errors {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }

    fn of(most: u8) -> Self {
        if most == UNLIMITED { Self::Any(AnyNumber::Unlimited) } else { Self::AtMost(most.into()) }
    }

    fn most(self, name: &str) -> Result<u8, Unfit> {
        match self {
            Self::Any(AnyNumber::Unlimited) => Ok(UNLIMITED),
            Self::AtMost(most) => schema::within(name, most, 0..=UNLIMITED - 1),
        }
    }
}

impl UpperParameters {
    /// The parameters of what is above that ring; none where there is nothing.
    pub(super) fn of(chord: &Chord) -> Option<Self> {
        let layers = &chord.layers;
        (!layers.is_none()).then(|| Self {
            keys: wide(layers.keys),
            looked_up: wide(layers.looked_up),
            without_failures: layers.without_failures,
            prompt_acknowledgements: layers.prompt_acknowledgements,
            handover: layers.handover,
            answering_when_ready: layers.answering_when_ready,
            suspicions: Errors::of(layers.suspicions),
            stale_notices: Errors::of(layers.stale_notices),
            refutation: layers.refutation,
            restraint: layers.restraint,
        })
    }

    /// That ring, with it.
    pub(super) fn above(&self, chord: Chord) -> Result<Chord, Unfit> {
        if matches!(chord.protocol, Protocol::Original(_)) {
            let why = "parameters.upper: the model has only the corrected protocol below it";
            return Err(Unfit::OutOfScope(why.to_owned()));
        }
        if chord.nodes > MAXIMUM_UPPER_NODES {
            return Err(Unfit::OutOfScope(format!(
                "parameters.upper: the model reaches as far as circles of {MAXIMUM_UPPER_NODES} \
                 with it, not {}",
                chord.nodes
            )));
        }
        let keys = on_circle("upper.keys", chord.nodes, &self.keys)?;
        if keys.len() > MAXIMUM_KEYS {
            return Err(Unfit::OutOfScope(format!(
                "parameters.upper.keys: the model reaches as far as {MAXIMUM_KEYS} keys, not {}",
                keys.len()
            )));
        }
        let layers = Layers {
            keys,
            looked_up: on_circle("upper.looked_up", chord.nodes, &self.looked_up)?,
            without_failures: self.without_failures,
            prompt_acknowledgements: self.prompt_acknowledgements,
            handover: self.handover,
            answering_when_ready: self.answering_when_ready,
            suspicions: self.suspicions.most("upper.suspicions")?,
            stale_notices: self.stale_notices.most("upper.stale_notices")?,
            refutation: self.refutation,
            restraint: self.restraint,
            fault: None,
        };
        has_what_it_needs(&layers, chord.leave)?;
        Ok(Chord { layers, ..chord })
    }
}

/// What would say nothing is an error, and not passed over.
fn has_what_it_needs(layers: &Layers, leave: bool) -> Result<(), Unfit> {
    let needs = |name: &str, is_there: bool, has_it: bool, what: &str| {
        let is_missing = is_there && !has_it;
        let why = || Unfit::Malformed(format!("parameters.upper{name}: expected {what}"));
        if is_missing { Err(why()) } else { Ok(()) }
    };
    let some = "`keys`, `looked_up`, `suspicions` or `stale_notices`";
    needs("", layers.is_none(), false, some)?;
    let has_keys = !layers.keys.is_empty();
    let acknowledged = layers.prompt_acknowledgements;
    needs(".prompt_acknowledgements", acknowledged, has_keys, "`keys`, too")?;
    needs(".handover", layers.handover, has_keys, "`keys`, too")?;
    needs(".handover", layers.handover, leave, "`leave` of the ring, too")?;
    let is_asked = has_keys || !layers.looked_up.is_empty();
    let when_ready = layers.answering_when_ready;
    needs(".answering_when_ready", when_ready, is_asked, "`keys` or `looked_up`, too")?;
    needs(".restraint", layers.restraint, is_asked, "`keys` or `looked_up`, too")?;
    let errors = "`suspicions` or `stale_notices`, too";
    needs(".refutation", layers.refutation, layers.may_err(), errors)
}

/// What the network remembers above the ring; left out where that is nothing.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "Upper")]
pub(super) struct ChordUpper {
    /// The copies of each of two keys, in the order of the circle; the second is empty where there
    /// is one key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keys: Vec<ChordCopies>,
    /// The members that have handed their copies over and are about to leave.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    leaving: Vec<Id>,
    /// The members that have joined and do not answer for keys yet, where they wait for that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unready: Vec<Id>,
    /// The look-up under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    lookup: Option<ChordLookup>,
    /// How many false suspicions there were, where that is limited.
    #[serde(skip_serializing_if = "is_zero")]
    suspicions: u32,
    /// How many stale notices there were, where that is limited.
    #[serde(skip_serializing_if = "is_zero")]
    stale_notices: u32,
    /// For each of five nodes the live one that it took for dead last and that has not refuted it
    /// yet, where that is done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suspected: Vec<Option<Id>>,
}

// Serde passes every field by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Who has copies of one key.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "Copies")]
struct ChordCopies {
    /// The members that hold a copy, in ascending order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    holders: Vec<Id>,
    /// Those of them that an owner does not count on, and whose copies it has acknowledged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    released: Vec<Id>,
    /// How many have failed with a copy since all that are to hold one did. No member knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<u32>,
}

/// A look-up under way.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "Lookup")]
struct ChordLookup {
    /// What is looked up.
    key: Id,
    /// The member that is asked now.
    at: Id,
}

/// All of it, for the schema of actions.
pub(super) fn everything() -> Chord {
    Chord::corrected(MAXIMUM_UPPER_NODES, 2)
        .with_keys(Set::of(0))
        .with_lookup(Set::of(0))
        .leave_with_handover()
        .suspicions(UNLIMITED)
        .stale_notices(UNLIMITED)
        .with_refutation()
}
