//! What is assumed of the world around the nodes above the ring.

use straightedge_impl::chord::{Command, Message, Node, Phase, Purpose, Question, Timer};
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Time};

use super::super::super::environment::{Cause, Environment, StateOf};
use super::super::super::world::{Action, ActionOf, PacketOf};
use super::super::circle::CircleId;
use super::super::environment::{Ring, is_under_way};
use super::super::observed::{
    Observed, foresee, is_answer, is_member, observe, observe_one, place_of,
};
use super::ghost::Orders;
use super::rules;

type NodeOf = Node<CircleId>;

/// Whether a message is one above the ring.
#[must_use]
pub const fn is_above<I>(message: &Message<I>) -> bool {
    matches!(
        message,
        Message::AskNext { .. }
            | Message::Next { .. }
            | Message::Owner { .. }
            | Message::Fetch { .. }
            | Message::Fetched { .. }
            | Message::Store { .. }
            | Message::Stored { .. }
            | Message::NotMine { .. }
            | Message::Copy { .. }
            | Message::Copied { .. }
    )
}

/// Whether a timer is one above the ring.
#[must_use]
pub const fn is_timer_above(timer: Timer) -> bool {
    matches!(
        timer,
        Timer::FixFinger
            | Timer::Repair
            | Timer::HandOver
            | Timer::Timeout(Question::Request(_) | Question::Copy(_))
    )
}

/// Whether no answer is on its way to the node at that place that changes its list or its
/// predecessor, or counts it.
#[must_use]
pub fn is_settled(state: &StateOf<Ring>, place: usize) -> bool {
    let Some(node) = state.host(place).map(|host| &host.machine) else { return true };
    let is_of_the_ring = |packet: &&PacketOf<NodeOf>| {
        let is_its = place_of(packet.to) == place;
        is_its && is_answer(&packet.message) && !is_above(&packet.message)
    };
    let mut answers = state.packets().filter(is_of_the_ring).peekable();
    if answers.peek().is_none() {
        return true;
    }
    let seen = foresee(node, answers).node;
    let pointers =
        |node: &NodeOf| (node.successors().cloned(), node.predecessor(), node.is_ready());
    pointers(&seen) == pointers(node)
}

/// Whether that node names, or still asks, another that is not to come back meanwhile.
pub(in super::super) fn waits_above(machine: &NodeOf, node: CircleId) -> bool {
    let is_asked = machine.asked().into_iter().any(|(asked, _)| asked == node);
    is_asked || machine.requests().any(|request| request.without.contains(&node))
}

/// Whether a look-up under way leaves that node out.
pub(in super::super) fn leaves_out(packet: &PacketOf<NodeOf>, node: CircleId) -> bool {
    matches!(&packet.message, Message::AskNext { without, .. } if without.contains(&node))
}

/// Whether what a node may then ask is above the ring.
pub(in super::super) const fn asks_above(cause: &Cause<NodeOf>) -> bool {
    match cause {
        Cause::Timer(timer) => is_timer_above(*timer),
        Cause::Command(command) => !matches!(command, Command::Join { .. }),
    }
}

/// Nonces above the ring are not those of the ring, nor those of other nodes.
pub(in super::super) fn fresh(machine: &NodeOf, used: &[Nonce]) -> Nonce {
    const FIRST: u64 = 1 << 10;
    const EACH: u64 = 1 << 5;
    let own = machine.nonces();
    let is_free = |nonce: &u64| !own.contains(&Nonce(*nonce)) && !used.contains(&Nonce(*nonce));
    let first = FIRST + EACH * u64::from(machine.me().number());
    Nonce((first..first + EACH).find(is_free).unwrap_or(first))
}

impl Ring {
    /// Whether a message may arrive now: above the ring a member acts on the pointers that it has,
    /// and on none that are about to change.
    ///
    /// Source: CHORD-81.
    pub(in super::super) fn may_arrive_above(
        &self,
        state: &StateOf<Ring>,
        packet: &PacketOf<NodeOf>,
    ) -> bool {
        let is_assumed = self.assumptions().settled && is_above(&packet.message);
        !is_assumed || is_settled(state, place_of(packet.to))
    }

    /// What happens before anything else can: copies that are late are lost; messages of the ring
    /// arrive, where those are prompt.
    pub(in super::super) fn comes_first_above(
        &self,
        state: &StateOf<Ring>,
        actions: &mut Vec<ActionOf<NodeOf>>,
    ) -> bool {
        let Some(options) = self.above() else { return false };
        let late = state.flight.iter().find(|packet| self.is_late(state, packet));
        if let Some(packet) = late {
            actions.push(Action::Lose(packet.clone()));
            return true;
        }
        let mut prompt = state.flight.iter().filter(|packet| options.is_prompt(&packet.message));
        let first = prompt.next();
        actions.extend(first.map(|packet| Action::Deliver(packet.clone())));
        first.is_some()
    }

    /// Whether a copy under way comes to nothing: whether its sender is gone, or does not hold it
    /// any more, or would not send it there any more.
    ///
    /// Source: CHORD-81.
    pub(in super::super) fn is_late(
        &self,
        state: &StateOf<Ring>,
        packet: &PacketOf<NodeOf>,
    ) -> bool {
        let Message::Copy { nonce, records } = &packet.message else { return false };
        if !self.assumptions().copies_end {
            return false;
        }
        let Some(sender) = state.host(place_of(packet.from)) else { return true };
        let Some(transfer) = sender.machine.transfer(*nonce) else { return true };
        let holds_all = records.iter().all(|(key, _)| sender.machine.records().contains_key(key));
        let is_for = |&(key, _): &(CircleId, _)| {
            is_still_for(state, transfer.purpose, packet.from, packet.to, key)
        };
        !holds_all || !records.iter().all(is_for)
    }

    /// Whether a timer above the ring may run out now.
    ///
    /// Source: CHORD-40 for those of questions, CHORD-81 for the others.
    pub(in super::super) fn may_fire_above(
        &self,
        state: &StateOf<Ring>,
        place: usize,
        timer: Timer,
    ) -> bool {
        let Some(machine) = state.host(place).map(|host| &host.machine) else { return false };
        if self.assumptions().settled && !is_settled(state, place) {
            return false;
        }
        match timer {
            Timer::FixFinger => self.above().is_some_and(|options| options.fixes_fingers),
            Timer::Repair => {
                let told = state.ghost.above.as_deref().map_or(0, |above| above.told.repairs);
                let most = self.above().map_or(0, |options| options.orders.repairs);
                Orders::may(most, told)
            }
            Timer::HandOver => !leaves_now(machine) || self.may_crash(state).contains(&place),
            Timer::Timeout(Question::Request(nonce)) => may_ask_again(state, machine, nonce),
            Timer::Timeout(Question::Copy(nonce)) => {
                let waiting = machine.transfer(nonce).map(|transfer| transfer.waiting);
                let is_lost = |to: &CircleId| !is_under_way(state, machine.me(), *to, nonce);
                waiting.is_some_and(|waiting| waiting.iter().all(is_lost))
            }
            _ => true,
        }
    }

    /// What the member at that place may be told.
    pub(in super::super) fn orders_above(
        &self,
        state: &StateOf<Ring>,
        place: usize,
    ) -> Vec<Command<CircleId>> {
        let (Some(options), Some(host)) = (self.above(), state.host(place)) else {
            return Vec::new();
        };
        let (machine, above) = (&host.machine, state.ghost.above.as_deref());
        let is_ready = machine.phase() == Phase::Member
            && (!self.assumptions().settled || is_settled(state, place));
        if !is_ready {
            return Vec::new();
        }
        let told = above.map_or(Orders::NONE, |above| above.told);
        let mut commands = Vec::new();
        let is_client = options.is_client(machine.me()) && !machine.is_leaving();
        if is_client && Orders::may(options.orders.puts, told.puts) {
            let value = vec![told.puts];
            commands
                .extend(options.keys.iter().map(|&key| Command::Put { key, value: value.clone() }));
        }
        let reads = above.is_some_and(|above| above.read.is_some());
        if is_client && !reads && Orders::may(options.orders.gets, told.gets) {
            commands.extend(options.keys.iter().map(|&key| Command::Get { key }));
        }
        let looks_up = above.is_some_and(|above| above.lookup.is_some());
        if is_client && !looks_up && Orders::may(options.orders.lookups, told.lookups) {
            commands.extend(options.looked_up.iter().map(|&key| Command::Lookup { key }));
        }
        if !machine.is_leaving() && Orders::may(options.orders.leaves, told.leaves) {
            commands.push(Command::Leave);
        }
        commands
    }
}

/// Whether a member would send records of that key to that one now. What is to be known of the
/// whole ring is looked at last.
fn is_still_for(
    state: &StateOf<Ring>,
    purpose: Purpose,
    from: CircleId,
    to: CircleId,
    key: CircleId,
) -> bool {
    let alone = |id: CircleId| -> Observed<CircleId> {
        let member = observe_one(state, id);
        member.map(|member| (id, member)).into_iter().collect()
    };
    let sender = alone(from);
    let Some(member) = sender.get(&from) else { return false };
    let is_owner = rules::answers(&sender, from, key);
    match purpose {
        Purpose::ToSuccessor => {
            let is_live = |id: &&CircleId| **id != from && is_member(state, place_of(**id));
            member.successors.iter().find(is_live) == Some(&to)
        }
        Purpose::ToReplicas => is_owner && member.successors.contains(&to),
        Purpose::ToPredecessor | Purpose::ToOwner => {
            let is_taker = || {
                member.predecessor == to
                    || rules::answers(&alone(to), to, key)
                    || rules::may_be_named(&observe(state), to, key)
            };
            !is_owner && is_taker()
        }
    }
}

/// Whether a member that is about to leave is gone once it goes on handing over.
fn leaves_now(machine: &NodeOf) -> bool {
    if !machine.is_leaving() {
        return false;
    }
    let mut later = machine.clone();
    let input: InputOf<NodeOf> = Input::Timer { timer: Timer::HandOver, fresh: Nonce(u64::MAX) };
    later.handle(Time::ORIGIN, input, &mut Vec::new());
    later.phase() == Phase::Outsider
}

/// Whether a request has waited long enough: its question and the answer are lost, and the node
/// that was asked is gone, or the question is only asked again. One that is about to come back is
/// waited for: it is not left out.
fn may_ask_again(state: &StateOf<Ring>, machine: &NodeOf, nonce: Nonce) -> bool {
    let Some(request) = machine.requests().find(|request| request.nonce == nonce) else {
        return true;
    };
    let asked = state.host(place_of(request.asked));
    let stores = asked.is_some_and(|host| host.machine.transfer(nonce).is_some());
    let is_lost = !is_under_way(state, machine.me(), request.asked, nonce) && !stores;
    is_lost && (asked.is_none() || !request.was_asked_again)
}
