//! The original protocol of 2001 and 2002, with two successors: each of its procedures, and the
//! repairs of it that were proposed.

use super::identifier::{Id, Set, between};
use super::list::List;
use super::state::{Member, State};
use super::{Action, Chord, step};

/// What a failure must leave behind.
///
/// Source: CHORD-23.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureRule {
    /// Another member remains, and every other member that lists the failing one lists another
    /// live member.
    Strict,
    /// As the published models have it, which lets through what they meant to keep out.
    ///
    /// Where it is not the best assembly: of any member that lists the failing one, the other
    /// entry is a member, be it the failing one itself; and the failing one's two entries differ.
    /// In the best assembly: members without a second successor are not looked at.
    Published,
}

/// Which procedures the original protocol is put together from.
///
/// Source: CHORD-23.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assembly {
    /// A node joins only where the successor that it copies is alive (FIX-J).
    pub join_needs_live_successor: bool,
    /// A member asks the candidate before it adopts it (FIX-S).
    pub stabilize_asks_candidate: bool,
    /// Join and stabilize fill in the second successor too, and update and reconcile are one.
    pub best: bool,
    /// What a failure must leave behind.
    pub failure: FailureRule,
}

impl Assembly {
    /// The procedures as they were published.
    pub const RAW: Self = Self {
        join_needs_live_successor: false,
        stabilize_asks_candidate: false,
        best: false,
        failure: FailureRule::Strict,
    };

    /// With FIX-J and FIX-S.
    pub const FIXED: Self =
        Self { join_needs_live_successor: true, stabilize_asks_candidate: true, ..Self::RAW };

    /// The best that can be put together from the published procedures.
    pub const BEST: Self = Self { best: true, ..Self::FIXED };

    /// The same under the failure rule of the published models.
    #[must_use]
    pub const fn published_failures(mut self) -> Self {
        self.failure = FailureRule::Published;
        self
    }
}

/// The step as the original protocol has it, or `None` where it is disabled.
#[must_use]
pub fn step(chord: &Chord, assembly: Assembly, state: &State, action: Action) -> Option<State> {
    match action {
        Action::Join { node, via } => join(chord, assembly, state, node, via),
        Action::Stabilize(node) => stabilize(assembly, state, node),
        Action::Reconcile(node) => reconcile(state, node),
        Action::Update(node) => update(assembly, state, node),
        Action::Flush(node) => flush(state, node),
        Action::Fail(node) | Action::Leave(node) => fail(chord, assembly, state, node),
        _ => None,
    }
}

/// The second successor that a member takes from its first: the first's own first.
fn second(state: &State, first: Id) -> Option<Id> {
    state.successors(first).head()
}

/// The list of a first successor and perhaps a second.
fn list(first: Id, second: Option<Id>) -> List {
    let list = List::EMPTY.push(first);
    second.map_or(list, |second| list.push(second))
}

/// A node becomes a member: it takes the successor of the member behind it, and nothing else.
///
/// Source: CHORD-21; CHORD-23 for FIX-J and the best assembly.
#[must_use]
pub fn join(chord: &Chord, assembly: Assembly, state: &State, node: Id, via: Id) -> Option<State> {
    if !chord.may_join(state, node) {
        return None;
    }
    let successor = state.member(via)?.successors.head()?;
    let is_its_place = between(via, node, successor);
    let successor_will_do = !assembly.join_needs_live_successor || state.is_member(successor);
    if !is_its_place || !successor_will_do {
        return None;
    }
    let second = if assembly.best { second(state, successor) } else { None };
    Some(state.with(node, Member::new(list(successor, second), None)))
}

/// A member asks its successor for its predecessor, takes it as its successor if it is closer,
/// and notifies its successor, all in one step.
///
/// Source: CHORD-21; CHORD-23 for FIX-S and the best assembly.
#[must_use]
pub fn stabilize(assembly: Assembly, state: &State, node: Id) -> Option<State> {
    let mut member = state.member(node)?;
    let successor = member.successors.head()?;
    let candidate = state.member(successor)?.predecessor;

    let will_do = |id: &Id| {
        let is_closer = between(node, *id, successor);
        is_closer && (!assembly.stabilize_asks_candidate || state.is_member(*id))
    };
    let next = candidate.filter(will_do).unwrap_or(successor);
    let second = if assembly.best { second(state, next) } else { member.successors.get(1) };
    member.successors = list(next, second);
    Some(notified(state.with(node, member), next, node))
}

/// A member hears that another believes to be its predecessor, and adopts it if it is closer.
///
/// Source: CHORD-21.
#[must_use]
pub fn notified(state: State, node: Id, by: Id) -> State {
    let Some(mut member) = state.member(node) else { return state };
    let is_closer = member.predecessor.is_none_or(|old| between(old, by, node));
    if is_closer {
        member.predecessor = Some(by);
    }
    state.with(node, member)
}

/// A member takes its successor's successor as its second, if that is news and is not the
/// successor itself. (The only member of a ring may list itself twice.)
///
/// Source: CHORD-22.
#[must_use]
pub fn reconcile(state: &State, node: Id) -> Option<State> {
    let mut member = state.member(node)?;
    let successor = member.successors.head()?;
    let second = state.member(successor)?.successors.head()?;
    let is_news = member.successors.get(1) != Some(second);
    let is_another = second != successor || successor == node;
    if !is_news || !is_another {
        return None;
    }
    member.successors = list(successor, Some(second));
    Some(state.with(node, member))
}

/// A member replaces its dead successor by its second, without asking the second.
///
/// Source: CHORD-22; CHORD-23 for the best assembly, which fills in the second at once.
#[must_use]
pub fn update(assembly: Assembly, state: &State, node: Id) -> Option<State> {
    let mut member = state.member(node)?;
    let successor = member.successors.head()?;
    let next = member.successors.get(1)?;
    if state.is_member(successor) {
        return None;
    }
    let second = if assembly.best { second(state, next) } else { None };
    member.successors = list(next, second);
    Some(state.with(node, member))
}

/// A member forgets its dead predecessor.
///
/// Source: CHORD-22.
#[must_use]
pub fn flush(state: &State, node: Id) -> Option<State> {
    let mut member = state.member(node)?;
    let is_dead = member.predecessor.is_some_and(|id| !state.is_member(id));
    member.predecessor = None;
    is_dead.then(|| state.with(node, member))
}

/// A member fails, as far as the rule allows.
///
/// Source: CHORD-6, CHORD-23.
#[must_use]
pub fn fail(chord: &Chord, assembly: Assembly, state: &State, node: Id) -> Option<State> {
    let others = state.members().without(node);
    let allowed = match (assembly.failure, assembly.best) {
        (FailureRule::Strict, _) => !others.is_empty() && !step::relied_on(state).contains(node),
        (FailureRule::Published, false) => leaves_other_entries(state, node),
        (FailureRule::Published, true) => {
            !others.is_empty() && leaves_full_lists_alive(state, others)
        }
    };
    let may_fail = state.is_member(node) && !chord.permanent.contains(node) && allowed;
    may_fail.then(|| chord.without(state, node))
}

/// Whether each member that lists this one has a member for its other entry, and this one's own
/// two entries differ.
fn leaves_other_entries(state: &State, node: Id) -> bool {
    let is_member = |entry: Option<Id>| entry.is_some_and(|id| state.is_member(id));
    let own = state.successors(node);
    let every_list_will_do = state.members().iter().all(|id| {
        let list = state.successors(id);
        let (first, second) = (list.get(0), list.get(1));
        (first != Some(node) || is_member(second)) && (second != Some(node) || is_member(first))
    });
    every_list_will_do && own.get(0) != own.get(1)
}

/// Whether each of these members that has two successors keeps one among them.
fn leaves_full_lists_alive(state: &State, others: Set) -> bool {
    others.iter().all(|id| {
        let list = state.successors(id);
        let is_full = list.get(1).is_some();
        !is_full || list.iter().any(|entry| others.contains(entry))
    })
}
