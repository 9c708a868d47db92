//! The guards of the procedures once more, in words: which is the first that keeps a step from
//! being taken, and what it read. The steps have guards of their own; the tests hold them together.

use crate::engine::Refusal;

use super::identifier::{Id, Set, between};
use super::original::{Assembly, FailureRule};
use super::state::{Member, State};
use super::{Action, Chord, Pending, Protocol};

/// A guard that is met, or the first that is not.
pub(super) type Met = Result<(), Refusal>;

/// Every step that the protocol has on that circle.
pub(super) fn alphabet(chord: &Chord) -> Vec<Action> {
    let circle = Set::circle(chord.nodes);
    let mut alphabet = Vec::new();
    for node in circle {
        alphabet.extend(circle.without(node).iter().map(|via| Action::Join { node, via }));
        match chord.protocol {
            Protocol::Corrected(_) => {
                alphabet.extend([
                    Action::StabilizeFromSuccessor(node),
                    Action::StabilizeFromPredecessor(node),
                ]);
                alphabet.extend(circle.iter().map(|from| Action::Rectify { node, from }));
            }
            Protocol::Original(_) => alphabet.extend([
                Action::Stabilize(node),
                Action::Reconcile(node),
                Action::Update(node),
                Action::Flush(node),
            ]),
        }
        alphabet.push(Action::Fail(node));
        if chord.leave {
            alphabet.push(Action::Leave(node));
        }
    }
    alphabet
}

/// The first guard of the protocol that is not met; the protocol as it should be, whatever the
/// fault.
pub(super) fn check(chord: &Chord, state: &State, action: Action) -> Met {
    let is_leave = matches!(action, Action::Leave(_));
    Refusal::unless(
        !is_leave || chord.leave,
        "members leave only where the parameters say so",
        || "leave is false".to_owned(),
    )?;
    match (chord.protocol, action) {
        (_, Action::Join { node, via }) => join(chord, state, node, via),
        (Protocol::Corrected(_), Action::Fail(node) | Action::Leave(node)) => {
            fail(chord, state, node)
        }
        (Protocol::Original(assembly), Action::Fail(node) | Action::Leave(node)) => {
            fail_originally(chord, assembly, state, node)
        }
        (Protocol::Corrected(pending), Action::StabilizeFromSuccessor(node)) => {
            stabilize_from_successor(pending, state, node)
        }
        (Protocol::Corrected(_), Action::StabilizeFromPredecessor(node)) => {
            stabilize_from_predecessor(state, node)
        }
        (Protocol::Corrected(_), Action::Rectify { node, from }) => rectify(state, node, from),
        (Protocol::Original(_), Action::Stabilize(node)) => stabilize(state, node),
        (Protocol::Original(_), Action::Reconcile(node)) => reconcile(state, node),
        (Protocol::Original(_), Action::Update(node)) => update(state, node),
        (Protocol::Original(_), Action::Flush(node)) => flush(state, node),
        _ => Err(Refusal::new("the step must be one of this protocol", action.to_string())),
    }
}

/// Source: CHORD-3.
pub(super) fn member(state: &State, node: Id) -> Result<Member, Refusal> {
    let member = state.member(node);
    member.ok_or_else(|| {
        Refusal::new("the node that takes the step must be a member", is_no_member(state, node))
    })
}

pub(super) fn is_no_member(state: &State, node: Id) -> String {
    format!("node {node} is no member; members {}", state.members())
}

/// Source: CHORD-3.
fn head(member: Member, node: Id) -> Result<Id, Refusal> {
    let no_head =
        || Refusal::new("the member must have a successor", format!("node {node} has none"));
    member.successors.head().ok_or_else(no_head)
}

/// Source: CHORD-5, CHORD-21; CHORD-23 for FIX-J.
fn join(chord: &Chord, state: &State, node: Id, via: Id) -> Met {
    Refusal::unless(
        !state.is_member(node),
        "the node that joins must not be a member yet",
        || format!("node {node} is a member; members {}", state.members()),
    )?;
    Refusal::unless(
        !state.has_departed(node),
        "a node that has failed or left must not join again (rejoin is false)",
        || format!("node {node} has been a member"),
    )?;
    let contact = state.member(via).ok_or_else(|| {
        let guard = "the node through which another joins must be a member";
        Refusal::new(guard, is_no_member(state, via))
    })?;
    let head = head(contact, via)?;
    Refusal::unless(
        between(via, node, head),
        "the node that joins must lie between the member through which it joins and the head of \
         that member's list",
        || format!("node {node}, member {via}, head {head}"),
    )?;
    let asks_first = matches!(chord.protocol, Protocol::Original(assembly)
        if assembly.join_needs_live_successor);
    Refusal::unless(
        !asks_first || state.is_member(head),
        "the successor that the joining node takes over must be alive (FIX-J)",
        || format!("head {head} of member {via} is dead"),
    )
}

/// Source: CHORD-6.
fn fail(chord: &Chord, state: &State, node: Id) -> Met {
    member(state, node)?;
    may_ever_fail(chord, node)?;
    no_member_relies_on(state, node)?;
    let members = state.members();
    let principals = members.minus(state.skipped(chord.nodes));
    let least = chord.successors + 1;
    Refusal::unless(
        !principals.contains(node) || principals.len() > least,
        "a principal, a member that no list skips, may fail only while there are more principals \
         than a list has successors and one",
        || format!("node {node} is a principal; principals {principals}, at least {least} remain"),
    )
}

fn may_ever_fail(chord: &Chord, node: Id) -> Met {
    let guard = "the node must not be one of those that never fail";
    Refusal::unless(!chord.permanent.contains(node), guard, || {
        format!("node {node}, never failing {}", chord.permanent)
    })
}

/// Source: CHORD-6.
fn no_member_relies_on(state: &State, node: Id) -> Met {
    let members = state.members();
    let live = |list: super::List| list.set_of().intersection(members);
    let relying = state.lists().find(|&(id, list)| id != node && live(list) == Set::of(node));
    let guard = "every other member that lists the failing one must list another live member";
    relying.map_or(Ok(()), |(id, list)| {
        Err(Refusal::new(guard, format!("of list [{list}] of member {id} only {node} is alive")))
    })
}

/// Source: CHORD-7; CHORD-10 for the one slot.
fn stabilize_from_successor(pending: Pending, state: &State, node: Id) -> Met {
    let member = member(state, node)?;
    let candidate = member.candidate.map_or_else(String::new, |id| id.to_string());
    Refusal::unless(
        member.candidate.is_none(),
        "the member must not be in the middle of stabilizing: with a candidate it asks that next",
        || format!("member {node}, candidate {candidate}"),
    )?;
    Refusal::unless(
        pending != Pending::SharedSlot || member.notifiers.is_empty(),
        "nothing must wait in the member's one slot (pending is shared_slot)",
        || format!("member {node}, notifiers {}", member.notifiers),
    )?;
    head(member, node).map(drop)
}

/// Source: CHORD-8.
fn stabilize_from_predecessor(state: &State, node: Id) -> Met {
    let member = member(state, node)?;
    let candidate = member.candidate.ok_or_else(|| {
        let guard = "the member must have a candidate, which its successor has named";
        Refusal::new(guard, format!("member {node} has no candidate"))
    })?;
    let head = head(member, node)?;
    Refusal::unless(
        between(node, candidate, head),
        "the candidate must lie between the member and the head of its list",
        || format!("candidate {candidate}, member {node}, head {head}"),
    )
}

/// Source: CHORD-9.
fn rectify(state: &State, node: Id, from: Id) -> Met {
    let member = member(state, node)?;
    let guard = "the notifier must have notified the member, and wait to be looked at";
    Refusal::unless(member.notifiers.contains(from), guard, || {
        format!("notifier {from}, member {node}, notifiers {}", member.notifiers)
    })
}

/// The successor of a member of the original protocol, which must be alive.
fn live_successor(state: &State, node: Id) -> Result<(Member, Id, Member), Refusal> {
    let member = member(state, node)?;
    let first = head(member, node)?;
    let successor = state.member(first).ok_or_else(|| {
        let guard = "the member's successor must be alive";
        Refusal::new(guard, format!("successor {first} of member {node} is dead"))
    })?;
    Ok((member, first, successor))
}

/// Source: CHORD-21.
fn stabilize(state: &State, node: Id) -> Met {
    live_successor(state, node).map(drop)
}

/// Source: CHORD-22.
fn reconcile(state: &State, node: Id) -> Met {
    let (member, first, successor) = live_successor(state, node)?;
    let second = head(successor, first)?;
    Refusal::unless(
        member.successors.get(1) != Some(second),
        "the successor's successor must be news to the member",
        || format!("member {node} has {second} as its second successor already"),
    )?;
    Refusal::unless(
        second != first || first == node,
        "the successor's successor must not be that successor itself",
        || format!("member {node}, successor {first}, its successor {second}"),
    )
}

/// Source: CHORD-22.
fn update(state: &State, node: Id) -> Met {
    let member = member(state, node)?;
    let first = head(member, node)?;
    Refusal::unless(!state.is_member(first), "the member's successor must be dead", || {
        format!("successor {first} of member {node} is alive")
    })?;
    Refusal::unless(
        member.successors.get(1).is_some(),
        "the member must have a second successor to take its place",
        || format!("member {node} lists [{}]", member.successors),
    )
}

/// Source: CHORD-22.
fn flush(state: &State, node: Id) -> Met {
    let member = member(state, node)?;
    let predecessor = member.predecessor.ok_or_else(|| {
        let guard = "the member must have a predecessor to forget";
        Refusal::new(guard, format!("member {node} has no predecessor"))
    })?;
    Refusal::unless(!state.is_member(predecessor), "the member's predecessor must be dead", || {
        format!("predecessor {predecessor} of member {node} is alive")
    })
}

/// Source: CHORD-6, CHORD-21, CHORD-23.
fn fail_originally(chord: &Chord, assembly: Assembly, state: &State, node: Id) -> Met {
    member(state, node)?;
    may_ever_fail(chord, node)?;
    let others = state.members().without(node);
    if assembly.failure == FailureRule::Published && !assembly.best {
        return leaves_other_entries(state, node);
    }
    let guard = "the last member must not fail";
    Refusal::unless(!others.is_empty(), guard, || format!("members {}", state.members()))?;
    match assembly.failure {
        FailureRule::Strict => no_member_relies_on(state, node),
        FailureRule::Published => leaves_full_lists_alive(state, others),
    }
}

/// Source: CHORD-23.
fn leaves_other_entries(state: &State, node: Id) -> Met {
    let is_member = |entry: Option<Id>| entry.is_some_and(|id| state.is_member(id));
    for (id, list) in state.lists() {
        let (first, second) = (list.get(0), list.get(1));
        let will_do = (first != Some(node) || is_member(second))
            && (second != Some(node) || is_member(first));
        Refusal::unless(
            will_do,
            "of each member that lists the failing one the other entry must be a member",
            || format!("failing {node}, list [{list}] of member {id}"),
        )?;
    }
    let own = state.successors(node);
    let guard = "the two entries of the failing member must differ";
    Refusal::unless(own.get(0) != own.get(1), guard, || format!("member {node} lists [{own}]"))
}

/// Source: CHORD-23.
fn leaves_full_lists_alive(state: &State, others: Set) -> Met {
    let is_left_alone = |list: super::List| {
        list.get(1).is_some() && !list.iter().any(|entry| others.contains(entry))
    };
    let left_alone = state.lists().find(|&(id, list)| others.contains(id) && is_left_alone(list));
    let guard = "every other member that has two successors must keep a live one";
    left_alone.map_or(Ok(()), |(id, list)| {
        Err(Refusal::new(guard, format!("list [{list}] of member {id}, remaining {others}")))
    })
}
