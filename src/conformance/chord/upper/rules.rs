//! The model's steps above the ring once more, on a circle of any size: slow, plain, and sharing
//! no code with the model or the nodes. Where a circle fits into the model's states, a test holds
//! the two against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::super::circle::CircleId;
use super::super::observed::{Observed, ObservedMember};
use super::super::rules::{self, is_met};
use super::ghost::Wrong;

/// Who has copies of one key.
///
/// Source: CHORD-61.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// The members that hold a copy.
    pub holders: BTreeSet<CircleId>,
    /// Those of them to which the acknowledgement of an owner is on its way that does not count on
    /// them.
    pub released: BTreeSet<CircleId>,
}

/// The members, and what there is above the ring.
///
/// Source: CHORD-60.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layered {
    /// The ring.
    pub ring: Observed<CircleId>,
    /// The copies of each key that somebody holds.
    pub keys: BTreeMap<CircleId, Copies>,
    /// Who has handed its copies over, and is about to leave.
    pub leaving: BTreeSet<CircleId>,
    /// What is looked up, and who is asked.
    pub lookup: Option<(CircleId, CircleId)>,
    /// Whether a new member answers for keys only once it is counted as a predecessor.
    pub answers_when_ready: bool,
    /// What was done that is no step of anything.
    pub wrong: Option<Wrong>,
}

/// A step above the ring, or one of the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// One of the ring.
    OfTheRing(rules::Step),
    /// Source: CHORD-61.
    Put {
        /// The member.
        node: CircleId,
        /// The key.
        key: CircleId,
    },
    /// Copies of some keys reach another member. Source: CHORD-62.
    Copy {
        /// The member that holds them.
        node: CircleId,
        /// The member that is to hold them too.
        to: CircleId,
        /// The keys.
        keys: Vec<CircleId>,
    },
    /// Source: CHORD-62.
    Delete {
        /// The member.
        node: CircleId,
        /// The keys.
        keys: Vec<CircleId>,
    },
    /// Source: CHORD-64.
    HandOver {
        /// The member that is about to leave.
        node: CircleId,
        /// Its successor.
        to: CircleId,
    },
    /// Source: CHORD-64.
    Leave(CircleId),
    /// A look-up is at that member for the first time. Source: CHORD-65.
    Lookup {
        /// The member.
        node: CircleId,
        /// What is looked up.
        key: CircleId,
    },
    /// Source: CHORD-65.
    Hop(CircleId),
    /// The look-up ends: its member names the owner, or is led to one that is gone.
    /// Source: CHORD-66.
    Answer(CircleId),
}

impl Step {
    /// What kind of step it is.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OfTheRing(step) => step.name(),
            Self::Put { .. } => "put",
            Self::Copy { .. } => "copy",
            Self::Delete { .. } => "delete",
            Self::HandOver { .. } => "hand_over",
            Self::Leave(_) => "leave",
            Self::Lookup { .. } => "lookup",
            Self::Hop(_) => "hop",
            Self::Answer(_) => "answer",
        }
    }
}

/// Whether the member takes itself for the owner of a key.
///
/// Source: CHORD-34.
#[must_use]
pub fn owns(ring: &Observed<CircleId>, node: CircleId, key: CircleId) -> bool {
    ring.get(&node).is_some_and(|member| key == node || is_met(member.predecessor, key, node))
}

/// Whether the member answers for a key.
///
/// Source: CHORD-63.
#[must_use]
pub fn answers(ring: &Observed<CircleId>, node: CircleId, key: CircleId) -> bool {
    ring.get(&node).is_some_and(|member| !member.is_unready) && owns(ring, node, key)
}

/// The first live entry of the member's list, itself left out.
#[must_use]
pub fn best_successor(ring: &Observed<CircleId>, node: CircleId) -> Option<CircleId> {
    let list = &ring.get(&node)?.successors;
    list.iter().copied().find(|entry| *entry != node && ring.contains_key(entry))
}

/// Whether an identifier is at a node or between another one and it.
#[must_use]
pub fn is_just_ahead(node: CircleId, key: CircleId, successor: CircleId) -> bool {
    key == successor || is_met(node, key, successor)
}

/// Whom the member names as the owner of an identifier.
///
/// Source: CHORD-66.
#[must_use]
pub fn named(ring: &Observed<CircleId>, node: CircleId, key: CircleId) -> Option<CircleId> {
    if answers(ring, node, key) {
        return Some(node);
    }
    best_successor(ring, node).filter(|successor| is_just_ahead(node, key, *successor))
}

/// Whether a member may say that this node owns the identifier. Who is gone may be named by whoever
/// has not noticed, as long as it would be the owner.
///
/// Source: CHORD-66.
#[must_use]
pub fn may_name(ring: &Observed<CircleId>, node: CircleId, key: CircleId, owner: CircleId) -> bool {
    if ring.contains_key(&owner) {
        return named(ring, node, key) == Some(owner);
    }
    !answers(ring, node, key) && is_just_ahead(node, key, owner)
}

/// Whether a member may lead a look-up on to this node. Who is gone may be named by whoever has not
/// noticed, as long as it lies on the way.
///
/// Source: CHORD-65.
#[must_use]
pub fn may_lead_to(
    ring: &Observed<CircleId>,
    node: CircleId,
    key: CircleId,
    closer: CircleId,
) -> bool {
    // It names the first of its list, if that lives as far as it knows.
    let first = ring.get(&node).and_then(|member| member.successors.first());
    let is_first_alive = first.is_some_and(|first| ring.contains_key(first));
    let is_live = ring.contains_key(&closer);
    let names_someone =
        answers(ring, node, key) || is_first_alive && is_live && named(ring, node, key).is_some();
    !names_someone && is_met(node, closer, key)
}

/// Whether a look-up of the key may name that member.
///
/// Source: CHORD-67.
#[must_use]
pub fn may_be_named(ring: &Observed<CircleId>, owner: CircleId, key: CircleId) -> bool {
    let names = |node: CircleId| {
        is_just_ahead(node, key, owner) && best_successor(ring, node) == Some(owner)
    };
    answers(ring, owner, key) || ring.keys().any(|&node| names(node))
}

/// Whether a member copies records of that key to that one, while it stays.
///
/// Source: CHORD-62.
#[must_use]
pub fn is_destination(
    ring: &Observed<CircleId>,
    node: CircleId,
    to: CircleId,
    key: CircleId,
) -> bool {
    let Some(member) = ring.get(&node) else { return false };
    if answers(ring, node, key) {
        return member.successors.contains(&to);
    }
    member.predecessor == to || may_be_named(ring, to, key)
}

/// The state after a step, or nothing if it cannot be taken. `r` is the length of a list.
#[must_use]
pub fn next(state: &Layered, step: &Step, r: usize) -> Option<Layered> {
    let mut after = state.clone();
    match step {
        Step::OfTheRing(of_ring) => {
            after.ring = rules::next(&state.ring, *of_ring, r)?;
            match *of_ring {
                rules::Step::Fail(node) => forget(&mut after, node),
                rules::Step::Join { node, .. } => wait(&mut after, node),
                rules::Step::Rectify { node, from } => count(&mut after, node, from),
                _ => {}
            }
        }
        Step::Leave(node) => {
            let holds_some = state.keys.values().any(|copies| copies.holders.contains(node));
            if holds_some && !state.leaving.contains(node) {
                return None;
            }
            after.ring = rules::next(&state.ring, rules::Step::Fail(*node), r)?;
            forget(&mut after, *node);
        }
        Step::Put { node, key } => put(&mut after, *node, *key)?,
        Step::Copy { node, to, keys } => copy(&mut after, *node, *to, keys)?,
        Step::Delete { node, keys } => delete(&mut after, *node, keys)?,
        Step::HandOver { node, to } => hand_over(&mut after, *node, *to)?,
        Step::Lookup { node, key } => {
            if state.lookup.is_some() || !state.ring.contains_key(node) {
                return None;
            }
            after.lookup = Some((*key, *node));
        }
        Step::Hop(to) => {
            let (key, at) = state.lookup?;
            let is_live = state.ring.contains_key(to);
            if !may_lead_to(&state.ring, at, key, *to) {
                return None;
            }
            after.lookup = is_live.then_some((key, *to));
        }
        Step::Answer(owner) => {
            let (key, at) = state.lookup?;
            if !may_name(&state.ring, at, key, *owner) {
                return None;
            }
            after.lookup = None;
        }
    }
    Some(after)
}

/// Who is gone has forgotten everything, and a look-up that waits for it comes to nothing.
fn forget(state: &mut Layered, gone: CircleId) {
    for copies in state.keys.values_mut() {
        copies.holders.remove(&gone);
        copies.released.remove(&gone);
    }
    state.keys.retain(|_, copies| *copies != Copies::default());
    state.leaving.remove(&gone);
    state.lookup = state.lookup.filter(|&(_, at)| at != gone);
}

/// Who has joined waits until it is counted, where new members do.
fn wait(state: &mut Layered, node: CircleId) {
    if let Some(member) = state.ring.get_mut(&node) {
        member.is_unready = state.answers_when_ready;
    }
}

/// Who is taken for the predecessor is counted.
fn count(state: &mut Layered, node: CircleId, from: CircleId) {
    let is_counted = state.ring.get(&node).is_some_and(|member| member.predecessor == from);
    if let Some(member) = state.ring.get_mut(&from).filter(|_| is_counted) {
        member.is_unready = false;
    }
}

fn put(state: &mut Layered, node: CircleId, key: CircleId) -> Option<()> {
    let is_taken = answers(&state.ring, node, key) && !state.leaving.contains(&node);
    let is_new = state.keys.entry(key).or_default().holders.insert(node);
    (is_taken && is_new).then_some(())
}

fn copy(state: &mut Layered, node: CircleId, to: CircleId, keys: &[CircleId]) -> Option<()> {
    let taker = state.ring.get(&to).filter(|_| to != node && !state.leaving.contains(&to))?;
    let is_counted_on = taker.successors.contains(&node);
    // Who does not answer for all of them acknowledges none as its own.
    let is_owner = keys.iter().all(|&key| answers(&state.ring, to, key));
    for &key in keys {
        let copies = state.keys.get_mut(&key)?;
        if !copies.holders.contains(&node) || !is_destination(&state.ring, node, to, key) {
            return None;
        }
        copies.holders.insert(to);
        if is_owner && !is_counted_on && !answers(&state.ring, node, key) {
            copies.released.insert(node);
        }
    }
    Some(())
}

fn delete(state: &mut Layered, node: CircleId, keys: &[CircleId]) -> Option<()> {
    for &key in keys {
        let copies = state.keys.get_mut(&key)?;
        if !copies.released.remove(&node) {
            return None;
        }
        if !owns(&state.ring, node, key) {
            copies.holders.remove(&node);
        }
    }
    state.keys.retain(|_, copies| *copies != Copies::default());
    Some(())
}

fn hand_over(state: &mut Layered, node: CircleId, to: CircleId) -> Option<()> {
    if best_successor(&state.ring, node) != Some(to) || state.leaving.contains(&to) {
        return None;
    }
    for copies in state.keys.values_mut() {
        if copies.holders.contains(&node) {
            copies.holders.insert(to);
        }
    }
    state.leaving.insert(node);
    Some(())
}

/// What is different, for people.
#[must_use]
pub fn change(before: &Layered, after: &Layered) -> String {
    let ids: BTreeSet<_> = before.ring.keys().chain(after.ring.keys()).collect();
    let told = |member: Option<&ObservedMember<_>>| {
        member.map_or("no member".to_owned(), ToString::to_string)
    };
    let changed = ids.into_iter().filter(|id| before.ring.get(id) != after.ring.get(id));
    let change = |id| format!("{id}: {} → {}", told(before.ring.get(id)), told(after.ring.get(id)));
    let mut changes: Vec<String> = changed.map(change).collect();
    let above = |state: &Layered| {
        let Layered { keys, leaving, lookup, wrong, .. } = state;
        let wrong = wrong.map_or("nothing", |wrong| wrong.sentence());
        format!("keys {keys:?}, leaving {leaving:?}, lookup {lookup:?}, wrong: {wrong}")
    };
    let (earlier, later) = (above(before), above(after));
    if earlier != later {
        changes.push(format!("{earlier} → {later}"));
    }
    changes.join("; ")
}
