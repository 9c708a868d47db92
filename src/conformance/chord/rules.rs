//! The model's steps once more, on a circle of any size: slow, plain, and sharing no code with
//! the model or the nodes. Where a circle fits into the model's states, a test holds the two
//! against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::circle::CircleId;
use super::observed::{Observed, ObservedMember};
use super::refinement::Effect;

/// A step of the corrected protocol, or of its environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Source: CHORD-5.
    Join {
        /// The new member.
        node: CircleId,
        /// The member behind it.
        via: CircleId,
    },
    /// Source: CHORD-7.
    StabilizeFromSuccessor(CircleId),
    /// Source: CHORD-8.
    StabilizeFromPredecessor(CircleId),
    /// Source: CHORD-9.
    Rectify {
        /// The member.
        node: CircleId,
        /// Who has notified it.
        from: CircleId,
    },
    /// Source: CHORD-6.
    Fail(CircleId),
}

impl Step {
    /// What kind of step it is.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Join { .. } => "join",
            Self::StabilizeFromSuccessor(_) => "stabilize_from_successor",
            Self::StabilizeFromPredecessor(_) => "stabilize_from_predecessor",
            Self::Rectify { .. } => "rectify",
            Self::Fail(_) => "fail",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Join { node, via } => write!(f, "join({node}, via {via})"),
            Self::Rectify { node, from } => write!(f, "rectify({node}, from {from})"),
            Self::StabilizeFromSuccessor(node)
            | Self::StabilizeFromPredecessor(node)
            | Self::Fail(node) => write!(f, "{}({node})", self.name()),
        }
    }
}

/// The step that leads from one state to the other, if one does that may have this effect.
#[must_use]
pub fn explanation(
    before: &Observed<CircleId>,
    effect: Effect<CircleId>,
    later: &Observed<CircleId>,
    r: usize,
) -> Option<Step> {
    let next = |&step: &Step| next(before, step, r).as_ref() == Some(later);
    candidates(before, effect).into_iter().find(next)
}

/// The steps that may have this effect.
#[must_use]
pub fn candidates(before: &Observed<CircleId>, effect: Effect<CircleId>) -> Vec<Step> {
    match effect {
        Effect::Nothing => Vec::new(),
        Effect::Join { node, via } => vec![Step::Join { node, via }],
        Effect::Stabilization(node) => {
            vec![Step::StabilizeFromSuccessor(node), Step::StabilizeFromPredecessor(node)]
        }
        Effect::Rectification(node) => {
            let notifiers = before.get(&node).into_iter().flat_map(|member| &member.notifiers);
            notifiers.map(|&from| Step::Rectify { node, from }).collect()
        }
        Effect::Failure(node) => vec![Step::Fail(node)],
    }
}

/// Walks from `a` clockwise until it meets `c`, and looks for `b` on the way.
///
/// Source: CHORD-1.
#[must_use]
pub fn is_met(a: CircleId, b: CircleId, c: CircleId) -> bool {
    let others = (1..=u64::from(a.circle())).map(|steps| a.after(steps));
    others.take_while(|&met| met != c && met != a).any(|met| met == b)
}

/// The state after a step, or nothing if it cannot be taken. `r` is the length of a list.
#[must_use]
pub fn next(state: &Observed<CircleId>, step: Step, r: usize) -> Option<Observed<CircleId>> {
    let mut state = state.clone();
    match step {
        Step::Join { node, via } => {
            let behind = state.get(&via)?;
            let has_place = is_met(via, node, *behind.successors.first()?);
            if state.contains_key(&node) || !has_place {
                return None;
            }
            let successors = behind.successors.clone();
            let member = ObservedMember {
                successors,
                predecessor: via,
                candidate: None,
                notifiers: BTreeSet::new(),
                is_unready: false,
            };
            state.insert(node, member);
        }
        Step::StabilizeFromSuccessor(node) => stabilize_from_successor(&mut state, node)?,
        Step::StabilizeFromPredecessor(node) => stabilize_from_predecessor(&mut state, node)?,
        Step::Rectify { node, from } => rectify(&mut state, node, from)?,
        Step::Fail(node) => {
            if !may_fail(&state, r).contains(&node) {
                return None;
            }
            state.remove(&node);
        }
    }
    Some(state)
}

fn stabilize_from_successor(state: &mut Observed<CircleId>, node: CircleId) -> Option<()> {
    let mut member = state.get(&node)?.clone();
    if member.candidate.is_some() {
        return None;
    }
    let head = *member.successors.first()?;
    let mut notified = Some(head);
    if let Some(asked) = state.get(&head) {
        take_over(&mut member.successors, head, &asked.successors);
        if is_met(node, asked.predecessor, head) {
            member.candidate = Some(asked.predecessor);
            notified = None;
        }
    } else {
        member.successors.remove(0);
        let last = member.successors.last().copied().unwrap_or(head);
        member.successors.push(last.after(1));
        notified = member.successors.first().copied();
    }
    state.insert(node, member);
    notify(state, notified, node);
    Some(())
}

fn stabilize_from_predecessor(state: &mut Observed<CircleId>, node: CircleId) -> Option<()> {
    let mut member = state.get(&node)?.clone();
    let candidate = member.candidate.take()?;
    if let Some(asked) = state.get(&candidate) {
        take_over(&mut member.successors, candidate, &asked.successors);
    }
    // The new one if it is alive, and the old one if not.
    let head = member.successors.first().copied();
    state.insert(node, member);
    notify(state, head, node);
    Some(())
}

fn take_over(own: &mut Vec<CircleId>, head: CircleId, its_list: &[CircleId]) {
    own.clear();
    own.push(head);
    own.extend(its_list);
    own.pop();
}

/// Source: CHORD-10.
fn notify(state: &mut Observed<CircleId>, notified: Option<CircleId>, notifier: CircleId) {
    if let Some(member) = notified.and_then(|id| state.get_mut(&id)) {
        member.notifiers.insert(notifier);
    }
}

fn rectify(state: &mut Observed<CircleId>, node: CircleId, from: CircleId) -> Option<()> {
    let live: BTreeSet<CircleId> = state.keys().copied().collect();
    let member = state.get_mut(&node)?;
    if !member.notifiers.remove(&from) {
        return None;
    }
    let is_closer = is_met(member.predecessor, from, node);
    if is_closer || !live.contains(&member.predecessor) {
        member.predecessor = from;
    }
    Some(())
}

/// Whose failure leaves every other member that lists it another one that lives, and the ring
/// enough principals.
///
/// Source: CHORD-6, CHORD-3.
#[must_use]
pub fn may_fail(state: &Observed<CircleId>, r: usize) -> BTreeSet<CircleId> {
    let principals = principals(state);
    let is_missed = |failing: CircleId| {
        state.iter().any(|(&id, member)| {
            let lists_it = id != failing && member.successors.contains(&failing);
            let lists_another = member
                .successors
                .iter()
                .any(|entry| *entry != failing && state.contains_key(entry));
            lists_it && !lists_another
        })
    };
    let enough = |failing: &CircleId| !principals.contains(failing) || principals.len() > r + 1;
    state.keys().copied().filter(enough).filter(|&failing| !is_missed(failing)).collect()
}

/// Members that no list passes over.
fn principals(state: &Observed<CircleId>) -> BTreeSet<CircleId> {
    let mut passed_over: BTreeMap<CircleId, bool> = state.keys().map(|&id| (id, false)).collect();
    for (&id, member) in state {
        let mut from = id;
        for &to in &member.successors {
            for (&other, is_passed) in &mut passed_over {
                *is_passed |= is_met(from, other, to);
            }
            from = to;
        }
    }
    passed_over.into_iter().filter(|(_, is_passed)| !is_passed).map(|(id, _)| id).collect()
}
