//! What a network of nodes stands for: the abstraction function.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use straightedge_impl::chord::{Message, Node, Phase};
use straightedge_impl::identifier::Identifier;
use straightedge_impl::machine::{Input, Machine, Output, Time};
use straightedge_models::chord::{self, Id, List};

use super::super::environment::StateOf;
use super::super::world::Packet;
use super::circle::CircleId;
use super::environment::Ring;
use super::ghost::Unsent;

/// What one member remembers, as the model has it, on a circle of any size.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObservedMember<I> {
    /// The successor list.
    pub successors: Vec<I>,
    /// The predecessor.
    pub predecessor: I,
    /// The node that is asked next.
    pub candidate: Option<I>,
    /// Who has notified the member and has not been looked at.
    pub notifiers: BTreeSet<I>,
    /// Whether it does not answer for keys yet. Nothing of the ring depends on it.
    ///
    /// Source: CHORD-63.
    pub is_unready: bool,
}

/// As the model's members are told: `[1 2|p3] asks 2, notified by {1}`.
impl<I: fmt::Display> fmt::Display for ObservedMember<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |ids: &mut dyn Iterator<Item = &I>, separator: &str| {
            ids.map(ToString::to_string).collect::<Vec<_>>().join(separator)
        };
        let successors = joined(&mut self.successors.iter(), " ");
        write!(f, "[{successors}|p{}]", self.predecessor)?;
        if let Some(candidate) = &self.candidate {
            write!(f, " asks {candidate}")?;
        }
        if !self.notifiers.is_empty() {
            let comma = if self.candidate.is_some() { "," } else { "" };
            let notifiers = joined(&mut self.notifiers.iter(), ", ");
            write!(f, "{comma} notified by {{{notifiers}}}")?;
        }
        if self.is_unready { write!(f, ", not ready") } else { Ok(()) }
    }
}

/// The members, and what each remembers.
pub type Observed<I> = BTreeMap<I, ObservedMember<I>>;

/// Whether a message answers a question.
#[must_use]
pub const fn is_answer<I>(message: &Message<I>) -> bool {
    match message {
        Message::Neighbours { .. }
        | Message::Busy { .. }
        | Message::Admitted { .. }
        | Message::Redirect { .. }
        | Message::NotifyAck { .. }
        | Message::Pong { .. }
        | Message::Next { .. }
        | Message::Owner { .. }
        | Message::Fetched { .. }
        | Message::Stored { .. }
        | Message::NotMine { .. }
        | Message::Copied { .. } => true,
        Message::AskNeighbours { .. }
        | Message::AskToJoin { .. }
        | Message::Notify { .. }
        | Message::Ping { .. }
        | Message::AskNext { .. }
        | Message::Fetch { .. }
        | Message::Store { .. }
        | Message::Copy { .. } => false,
    }
}

/// A node as it will be once the answers that are on their way to it have come, and whom it will
/// have notified by then.
pub(super) struct Foreseen<I> {
    pub(super) node: Node<I>,
    pub(super) notified: Vec<I>,
}

/// A question takes effect when it is answered: so every answer that is on its way is delivered in
/// thought. A node that does not wait for it ignores it.
pub(super) fn foresee<'a, I: Identifier>(
    node: &Node<I>,
    answers: impl Iterator<Item = &'a Packet<I, Message<I>>>,
) -> Foreseen<I> {
    let mut foreseen = Foreseen { node: node.clone(), notified: Vec::new() };
    let mut outputs = Vec::new();
    for answer in answers {
        let message = answer.message.clone();
        let input = Input::Message { from: answer.from, message };
        foreseen.node.handle(Time::ORIGIN, input, &mut outputs);
    }
    for output in outputs {
        if let Output::Send { to, message: Message::Notify { .. } } = output {
            foreseen.notified.push(to);
        }
    }
    foreseen
}

/// Where the machine of that identifier is among the hosts of a ring.
#[must_use]
pub fn place_of(id: CircleId) -> usize {
    usize::from(id.number())
}

/// The node at that place as it will be.
pub(super) fn foreseen(state: &StateOf<Ring>, place: usize) -> Option<Foreseen<CircleId>> {
    let node = &state.host(place)?.machine;
    let answers =
        state.packets().filter(|packet| place_of(packet.to) == place && is_answer(&packet.message));
    Some(foresee(node, answers))
}

/// What the network stands for.
#[must_use]
pub fn observe(state: &StateOf<Ring>) -> Observed<CircleId> {
    let mut observed = without_unsent(state);
    for Unsent { from, to } in &state.ghost.unsent {
        notify(&mut observed, *to, *from);
    }
    observed
}

/// The same without the ghost: what machines and messages show.
pub(super) fn without_unsent(state: &StateOf<Ring>) -> Observed<CircleId> {
    let mut observed = Observed::new();
    let mut notifications = Vec::new();
    for (place, _) in state.up() {
        let Some(Foreseen { node, notified }) = foreseen(state, place) else { continue };
        notifications.extend(notified.into_iter().map(|to| (to, node.me())));
        if let Some(member) = member(&node) {
            observed.insert(node.me(), member);
        }
    }
    let under_way =
        state.packets().filter(|packet| matches!(packet.message, Message::Notify { .. }));
    notifications.extend(under_way.map(|packet| (packet.to, packet.from)));
    for (to, from) in notifications {
        notify(&mut observed, to, from);
    }
    observed
}

/// What one member remembers, but for notifications that are on their way.
pub(super) fn observe_one(state: &StateOf<Ring>, id: CircleId) -> Option<ObservedMember<CircleId>> {
    member(&foreseen(state, place_of(id))?.node)
}

/// What is said to a node that is no member is lost.
fn notify<I: Identifier>(observed: &mut Observed<I>, to: I, from: I) {
    if let Some(member) = observed.get_mut(&to) {
        member.notifiers.insert(from);
    }
}

fn member<I: Identifier>(node: &Node<I>) -> Option<ObservedMember<I>> {
    Some(ObservedMember {
        successors: node.successors()?.to_vec(),
        predecessor: node.predecessor()?,
        candidate: node.candidate(),
        notifiers: node.notifiers()?.keys().copied().collect(),
        is_unready: !node.is_ready(),
    })
}

/// Whether the node at that place is a member, or will be once the answer that is on its way to it
/// has come.
#[must_use]
pub fn is_member(state: &StateOf<Ring>, place: usize) -> bool {
    let phase = state.host(place).map(|host| host.machine.phase());
    match phase {
        Some(Phase::Member) => true,
        Some(Phase::Joining) => {
            foreseen(state, place).is_some_and(|seen| seen.node.phase() == Phase::Member)
        }
        Some(Phase::Outsider) | None => false,
    }
}

/// The largest circle that fits into a state of the model.
pub(super) const MODELLED: u8 = chord::state::MAXIMUM_NODES;

/// What would be observed in that state of the model, on a circle of that size.
#[must_use]
pub fn from_model(circle: Id, state: &chord::State) -> Observed<CircleId> {
    let node = |id: Id| CircleId::wrapped(circle, u64::from(id));
    let observed = |id: Id, member: &chord::Member| ObservedMember {
        successors: member.successors.iter().map(node).collect(),
        predecessor: node(member.predecessor.unwrap_or(id)),
        candidate: member.candidate.map(node),
        notifiers: member.notifiers.iter().map(node).collect(),
        is_unready: state.upper().unready.contains(id),
    };
    state.iter().map(|(id, member)| (node(id), observed(id, &member))).collect()
}

/// What was observed, as a state of the model.
#[must_use]
pub fn to_model(observed: &Observed<CircleId>) -> chord::State {
    let id = |id: &CircleId| Id::from(id.number());
    let member = |member: &ObservedMember<CircleId>| {
        let successors = member.successors.iter().map(id).fold(List::EMPTY, List::push);
        chord::Member {
            candidate: member.candidate.as_ref().map(id),
            notifiers: member.notifiers.iter().map(id).collect(),
            ..chord::Member::new(successors, Some(id(&member.predecessor)))
        }
    };
    observed.iter().map(|(node, remembered)| (id(node), member(remembered))).collect()
}
