//! The guards of the steps above the ring once more, in words: which is the first that keeps a step
//! from being taken, and what it read; and what what is above the ring asks of the ring's steps.

use crate::chord::action::Role;
use crate::chord::guard::{Met, is_no_member, member};
use crate::chord::{Action, Chord, Id, Set, State, between, guard};
use crate::engine::Refusal;

use super::options::{Layers, UNLIMITED};
use super::state::{Copies, Lookup};
use super::{detector, keys, lookup, restraint};

/// Every step above the ring that there is on that circle.
pub(in crate::chord) fn alphabet(chord: &Chord) -> Vec<Action> {
    let circle = Set::circle(chord.nodes);
    let pairs = || circle.iter().flat_map(move |node| circle.iter().map(move |to| (node, to)));
    let others = || pairs().filter(|(node, to)| node != to);
    let layers = &chord.layers;
    let mut alphabet = Vec::new();
    for key in layers.keys {
        alphabet.extend(circle.iter().map(|node| Action::Put { node, key }));
        alphabet.extend(others().map(|(node, to)| Action::Copy { node, to, key }));
        alphabet.extend(circle.iter().map(|node| Action::Delete { node, key }));
    }
    if layers.handover && !layers.keys.is_empty() {
        alphabet.extend(others().map(|(node, to)| Action::HandOver { node, to }));
    }
    for key in layers.looked_up {
        alphabet.extend(circle.iter().map(|node| Action::Lookup { node, key }));
    }
    if !layers.looked_up.is_empty() {
        alphabet.extend(circle.iter().map(|to| Action::Hop { to }));
        alphabet.extend(pairs().map(|(node, owner)| Action::Answer { node, owner }));
    }
    if layers.suspicions > 0 {
        for role in [Role::Successor, Role::Candidate, Role::Predecessor] {
            let suspect = |(node, target)| Action::Suspect { node, target, role };
            alphabet.extend(others().map(suspect));
        }
    }
    if layers.stale_notices > 0 {
        alphabet.extend(others().map(|(node, target)| Action::StaleNotice { node, target }));
    }
    if layers.refutation && layers.may_err() {
        alphabet.extend(others().map(|(node, target)| Action::Refute { node, target }));
    }
    alphabet
}

/// The first guard that is not met, of the ring or above it; as it should be, whatever the fault.
pub(in crate::chord) fn check(chord: &Chord, state: &State, action: Action) -> Met {
    match action {
        Action::Put { node, key } => put(chord, state, node, key),
        Action::Copy { node, to, key } => copy(chord, state, node, to, key),
        Action::Delete { node, key } => delete(chord, state, node, key),
        Action::HandOver { node, to } => hand_over(chord, state, node, to),
        Action::Lookup { node, .. } => begin(state, node),
        Action::Hop { to } => hop(chord, state, to),
        Action::Answer { node, owner } => answer(chord, state, node, owner),
        Action::Suspect { node, target, role } => suspect(chord, state, node, target, role),
        Action::StaleNotice { node, target } => stale_notice(chord, state, node, target),
        Action::Refute { node, target } => refute(state, node, target),
        Action::Fail(_) => {
            guard::check(chord, state, action)?;
            let guard = "nobody fails where members go only by leaving (without_failures is true)";
            let read = || "without_failures is true".to_owned();
            Refusal::unless(!chord.layers.without_failures, guard, read)?;
            no_acknowledgement_is_waited_for(chord, state)
        }
        Action::Leave(node) => {
            guard::check(chord, state, action)?;
            has_handed_over(chord, state, node)?;
            no_acknowledgement_is_waited_for(chord, state)
        }
        _ => guard::check(chord, state, action),
    }
}

/// Source: CHORD-62.
fn no_acknowledgement_is_waited_for(chord: &Chord, state: &State) -> Met {
    let is_prompt = chord.layers.prompt_acknowledgements;
    let upper = state.upper();
    let mut copies = chord.keys().map(|(place, key)| (key, upper.keys[place].released));
    let waited_for = copies.find(|(_, released)| is_prompt && !released.is_empty());
    let guard = "nobody may fail or leave while an acknowledgement is under way \
                 (prompt_acknowledgements is true)";
    waited_for.map_or(Ok(()), |(key, released)| {
        Err(Refusal::new(guard, format!("released {released} of key {key}")))
    })
}

/// Source: CHORD-64.
fn has_handed_over(chord: &Chord, state: &State, node: Id) -> Met {
    let upper = state.upper();
    let is_held = |&(place, _): &(usize, Id)| upper.keys[place].holders.contains(node);
    let held: Set = chord.keys().filter(is_held).map(|(_, key)| key).collect();
    let is_bound = chord.layers.handover && !held.is_empty() && !upper.leaving.contains(node);
    let guard =
        "a member that holds copies must hand them over before it leaves (handover is true)";
    Refusal::unless(!is_bound, guard, || {
        format!("member {node} holds copies of the keys {held}; leaving {}", upper.leaving)
    })
}

/// The copies of a key.
fn copies_of(chord: &Chord, state: &State, key: Id) -> Result<Copies, Refusal> {
    let place = chord.keys().find(|&(_, id)| id == key).map(|(place, _)| place);
    let guard = "the key must be one that is kept";
    let unknown = || Refusal::new(guard, format!("key {key}, kept {}", chord.layers.keys));
    place.map(|place| state.upper().keys[place]).ok_or_else(unknown)
}

/// Source: CHORD-61, CHORD-63.
fn put(chord: &Chord, state: &State, node: Id, key: Id) -> Met {
    let copies = copies_of(chord, state, key)?;
    let predecessor = member(state, node)?.predecessor;
    let predecessor = predecessor.map_or_else(|| "none".to_owned(), |id| id.to_string());
    let upper = state.upper();
    Refusal::unless(
        keys::owns(state, node, key),
        "the member must take itself for the owner of the key: the key must be its identifier, or \
         lie between its predecessor and itself",
        || format!("key {key}, member {node}, predecessor {predecessor}"),
    )?;
    Refusal::unless(
        !upper.unready.contains(node),
        "a new member must not answer for keys before it is counted as a predecessor \
         (answering_when_ready is true)",
        || format!("member {node}, not ready {}", upper.unready),
    )?;
    Refusal::unless(
        !copies.holders.contains(node),
        "the member must not hold a copy of the key already",
        || format!("member {node}, holders {} of key {key}", copies.holders),
    )?;
    takes_copies(state, node)
}

/// Source: CHORD-64.
fn takes_copies(state: &State, node: Id) -> Met {
    let leaving = state.upper().leaving;
    let guard = "a member that is about to leave takes no more copies";
    Refusal::unless(!leaving.contains(node), guard, || format!("member {node}, leaving {leaving}"))
}

fn holds_a_copy(copies: Copies, node: Id, key: Id) -> Met {
    let guard = "the member must hold a copy of the key";
    let read = || format!("member {node}, holders {} of key {key}", copies.holders);
    Refusal::unless(copies.holders.contains(node), guard, read)
}

/// Source: CHORD-62.
fn copy(chord: &Chord, state: &State, node: Id, to: Id, key: Id) -> Met {
    let copies = copies_of(chord, state, key)?;
    let holder = member(state, node)?;
    holds_a_copy(copies, node, key)?;
    let guard = "the one that takes the copy must be a member";
    Refusal::unless(state.is_member(to), guard, || is_no_member(state, to))?;
    takes_copies(state, to)?;
    if keys::answers(state, node, key) {
        let list = holder.successors;
        let guard = "a member that answers for the key copies it to its successors alone";
        return Refusal::unless(list.contains(to), guard, || {
            format!("to {to}, list [{list}] of member {node}")
        });
    }
    let is_named = |&id: &Id| keys::may_be_named(state, id, key);
    let named: Set = state.members().iter().filter(is_named).collect();
    Refusal::unless(
        holder.predecessor == Some(to) || named.contains(to),
        "a member that does not answer for the key copies it to its predecessor, or to one that a \
         look-up of the key may name",
        || {
            let predecessor = holder.predecessor.map_or_else(String::new, |id| id.to_string());
            format!("to {to}, predecessor {predecessor} of member {node}, {named} may be named")
        },
    )?;
    if chord.layers.restraint { offer(state, copies, [node, to, key]) } else { Ok(()) }
}

/// Source: CHORD-74.
fn offer(state: &State, copies: Copies, [node, to, key]: [Id; 3]) -> Met {
    let (leaving, released) = (state.upper().leaving, copies.released);
    let guard = "a member that leaves, or was released, offers its copy to nobody (restraint is \
                 true)";
    Refusal::unless(!leaving.contains(node) && !released.contains(node), guard, || {
        format!("member {node}, leaving {leaving}, released {released} of key {key}")
    })?;
    let guard = "a member copies to its predecessor, or to one that its own look-up names \
                 (restraint is true)";
    Refusal::unless(restraint::knows_taker(state, node, to, key), guard, || {
        let found = restraint::found(state, node, key);
        format!("to {to}, look-ups of {key} by member {node} name {found}")
    })
}

/// Source: CHORD-62.
fn delete(chord: &Chord, state: &State, node: Id, key: Id) -> Met {
    let copies = copies_of(chord, state, key)?;
    member(state, node)?;
    holds_a_copy(copies, node, key)?;
    let guard = "the member must have been released: an owner that does not count on it has \
                 acknowledged its copy";
    Refusal::unless(copies.released.contains(node), guard, || {
        format!("member {node}, released {} of key {key}", copies.released)
    })
}

/// Source: CHORD-64.
fn hand_over(chord: &Chord, state: &State, node: Id, to: Id) -> Met {
    member(state, node)?;
    let successor = keys::best_successor(state, node);
    let guard = "copies are handed over to the first live successor";
    Refusal::unless(successor == Some(to), guard, || {
        let successor = successor.map_or_else(|| "none".to_owned(), |id| id.to_string());
        format!("to {to}, first live successor {successor} of member {node}")
    })?;
    takes_copies(state, to)?;
    if chord.layers.restraint { once(state, node, to) } else { Ok(()) }
}

/// Source: CHORD-74.
fn once(state: &State, node: Id, to: Id) -> Met {
    let (leaving, list) = (state.upper().leaving, state.successors(node));
    let is_new = !leaving.contains(node) && keys::holds_some(state, node);
    let guard = "a member hands over once, and something (restraint is true)";
    Refusal::unless(is_new, guard, || {
        format!("member {node} holds copies: {}; leaving {leaving}", keys::holds_some(state, node))
    })?;
    let guard = "a member hands over to the first of its list, and while that is dead to nobody \
                 (restraint is true)";
    let read = || format!("to {to}, list [{list}] of member {node}");
    Refusal::unless(list.head() == Some(to), guard, read)
}

/// Source: CHORD-65.
fn begin(state: &State, node: Id) -> Met {
    member(state, node)?;
    let guard = "one identifier must be looked up at a time";
    state.upper().lookup.map_or(Ok(()), |Lookup { key, at }| {
        Err(Refusal::new(guard, format!("a look-up of {key} is at {at}")))
    })
}

/// The look-up that goes on or ends.
fn under_way(state: &State) -> Result<Lookup, Refusal> {
    let guard = "a look-up must be under way";
    state.upper().lookup.ok_or_else(|| Refusal::new(guard, "there is none"))
}

/// The model without the fault above the ring, if it has one.
const fn faithful(chord: &Chord) -> Chord {
    Chord { layers: Layers { fault: None, ..chord.layers }, ..*chord }
}

/// Source: CHORD-65.
fn hop(chord: &Chord, state: &State, to: Id) -> Met {
    let Lookup { at, key } = under_way(state)?;
    let named = lookup::named(&faithful(chord), state, at, key);
    let guard = "a look-up goes on only from a member that names no owner";
    named.map_or(Ok(()), |owner| {
        Err(Refusal::new(guard, format!("member {at} names {owner} as the owner of {key}")))
    })?;
    let guard = "a look-up goes on to a live member";
    Refusal::unless(state.is_member(to), guard, || is_no_member(state, to))?;
    Refusal::unless(
        between(at, to, key),
        "a look-up goes on to a member between the one that is asked and the identifier",
        || format!("to {to}, asked {at}, identifier {key}"),
    )?;
    let skipped = restraint::skipped(state, to).filter(|_| chord.layers.restraint);
    let guard = "a look-up passes by no live entry of the list of the member that is asked \
                 (restraint is true)";
    skipped.map_or(Ok(()), |entry| {
        Err(Refusal::new(guard, format!("to {to}, asked {at}, identifier {key}, entry {entry}")))
    })
}

/// Source: CHORD-66.
fn answer(chord: &Chord, state: &State, node: Id, owner: Id) -> Met {
    let Lookup { at, key } = under_way(state)?;
    let guard = "the member that answers must be the one that is asked";
    Refusal::unless(at == node, guard, || format!("member {node}, asked {at}"))?;
    let named = lookup::named(&faithful(chord), state, at, key);
    Refusal::unless(
        named == Some(owner),
        "a member names itself if it answers for the identifier, and otherwise its first live \
         successor if that is at the identifier or after it",
        || {
            let named = named.map_or_else(|| "nobody".to_owned(), |id| id.to_string());
            format!("member {node} names {named} for {key}, not {owner}")
        },
    )
}

/// Source: CHORD-70.
fn suspect(chord: &Chord, state: &State, node: Id, target: Id, role: Role) -> Met {
    let asking = member(state, node)?;
    let (guard, asked) = match role {
        Role::Successor if asking.candidate.is_none() => {
            ("the live node must be the member's first successor", asking.successors.head())
        }
        Role::Successor => {
            let guard = "a member with a candidate asks that next, and not its successor";
            let candidate = asking.candidate.map_or_else(String::new, |id| id.to_string());
            return Err(Refusal::new(guard, format!("member {node}, candidate {candidate}")));
        }
        Role::Candidate => ("the live node must be the member's candidate", asking.candidate),
        Role::Predecessor => {
            let guard = "a member asks its predecessor only while it looks at a notification";
            let has_notifier = !asking.notifiers.is_empty();
            Refusal::unless(has_notifier, guard, || format!("nobody has notified member {node}"))?;
            ("the live node must be the member's predecessor", asking.predecessor)
        }
    };
    Refusal::unless(asked == Some(target), guard, || {
        let asked = asked.map_or_else(|| "none".to_owned(), |id| id.to_string());
        format!("node {target}, {role} {asked} of member {node}")
    })?;
    is_alive(state, target)?;
    let (count, most) = (state.upper().suspicions, chord.layers.suspicions);
    let guard = "a live node must not be taken for dead more often than the parameters say";
    Refusal::unless(most == UNLIMITED || count < most, guard, || {
        format!("{count} suspicions so far, {most} at most")
    })
}

/// Source: CHORD-70.
fn is_alive(state: &State, target: Id) -> Met {
    let guard = "the error must be about a live node";
    Refusal::unless(state.is_member(target), guard, || is_no_member(state, target))
}

/// Source: CHORD-70.
fn stale_notice(chord: &Chord, state: &State, node: Id, target: Id) -> Met {
    let told = member(state, node)?;
    is_alive(state, target)?;
    let guard = "the notice must change what the member remembers: the live node must be in its \
                 list and not come back as a made-up entry, or wait there, or be one that \
                 a notifier replaces as predecessor";
    let is_news = detector::without_dead(told, target, chord.nodes) != told;
    Refusal::unless(is_news, guard, || format!("node {target}, member {node} {told}"))?;
    let (count, most) = (state.upper().stale_notices, chord.layers.stale_notices);
    let guard = "there must not be more stale notices than the parameters say";
    Refusal::unless(most == UNLIMITED || count < most, guard, || {
        format!("{count} stale notices so far, {most} at most")
    })
}

/// Source: CHORD-72.
fn refute(state: &State, node: Id, target: Id) -> Met {
    member(state, node)?;
    let suspected = state.upper().suspected.get(usize::from(node)).copied().flatten();
    let guard = "the live node must be the one that the member took for dead last, and must not \
                 have refuted it yet";
    Refusal::unless(suspected == Some(target), guard, || {
        let suspected = suspected.map_or_else(|| "nobody".to_owned(), |id| id.to_string());
        format!("node {target}, member {node} takes {suspected} for dead")
    })
}
