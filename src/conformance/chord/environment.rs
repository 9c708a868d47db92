//! What is assumed of the world around the nodes, each assumption by itself.

use stateright::Model;
use straightedge_impl::chord::{
    Command, Config, Message, Node, Phase, Pointers, Question, StartError, Timer,
};
use straightedge_impl::machine::Nonce;
use straightedge_models::chord::{self, Chord};

use super::super::environment::{Cause, Environment, Started, StateOf};
use super::super::world::{Action, ActionOf, Budget, PacketOf};
use super::circle::CircleId;
use super::ghost::{Ghost, Unsent};
use super::observed::{
    self, MODELLED, Observed, ObservedMember, is_answer, is_member, place_of, to_model,
};
use super::rules;
use super::upper;
use super::upper::options::Options;

/// What is assumed. Each of them can be left out, to see what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one sentence, true or not")]
pub struct Assumptions {
    /// Nobody is taken for dead who is not. Source: CHORD-40.
    pub detection: bool,
    /// A notification of who is no member is lost. Source: CHORD-43.
    pub connection: bool,
    /// Questions and notifications come once: not twice by the network's doing, and a notification
    /// that was lost is not sent again later. Source: CHORD-43.
    pub once: bool,
    /// A node comes back when nothing of its former life is under way. Source: CHORD-44.
    pub quiet_time: bool,
    /// The abstraction knows of notifications that nobody will send any more. Source: CHORD-45.
    pub unsent: bool,
    /// Above the ring a member acts on pointers that are not about to change. Source: CHORD-81.
    pub settled: bool,
    /// A copy that its sender would not send any more is lost. Source: CHORD-81.
    pub copies_end: bool,
}

impl Assumptions {
    /// All of them.
    pub const ALL: Self = Self {
        detection: true,
        connection: true,
        once: true,
        quiet_time: true,
        unsent: true,
        settled: true,
        copies_end: true,
    };
}

/// A circle of identifiers, with a node at each that is up.
#[derive(Clone)]
pub struct Ring {
    addresses: Vec<CircleId>,
    config: Config,
    model: Chord,
    start: Observed<CircleId>,
    budget: Budget,
    assumptions: Assumptions,
    above: Option<Options>,
}

type NodeOf = Node<CircleId>;

impl Ring {
    /// Nodes of this configuration, which begin in that state of the model.
    #[must_use]
    pub fn new(
        config: Config,
        model: Chord,
        start: Observed<CircleId>,
        budget: Budget,
        assumptions: Assumptions,
    ) -> Self {
        let addresses = CircleId::all(model.nodes).collect();
        Self { addresses, config, model, start, budget, assumptions, above: None }
    }

    /// The same with that above the ring.
    #[must_use]
    pub fn with(self, above: Option<Options>) -> Self {
        Self { above, ..self }
    }

    /// What there is above the ring.
    #[must_use]
    pub const fn above(&self) -> Option<&Options> {
        self.above.as_ref()
    }

    /// What is assumed.
    #[must_use]
    pub const fn assumptions(&self) -> Assumptions {
        self.assumptions
    }

    /// The model that the nodes are held against.
    #[must_use]
    pub const fn model(&self) -> &Chord {
        &self.model
    }

    /// What all nodes have in common.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }
}

/// Whether something of a former life of that node is under way, or waits somewhere.
fn is_remembered(state: &StateOf<Ring>, node: CircleId) -> bool {
    let is_under_way = state.packets().any(|packet| {
        packet.from == node || packet.to == node || upper::environment::leaves_out(packet, node)
    });
    is_under_way || state.up().any(|(_, host)| waits_for(&host.machine, node))
}

/// Whether a node waits for an answer of this one, or has a notification of it.
fn waits_for(machine: &NodeOf, node: CircleId) -> bool {
    let is_notified = machine.notifiers().is_some_and(|pending| pending.contains_key(&node));
    let is_asked = QUESTIONS.iter().any(|&question| target(machine, question) == Some(node));
    is_notified || is_asked || upper::environment::waits_above(machine, node)
}

const QUESTIONS: [Question; 4] =
    [Question::Query, Question::Announcement, Question::Check, Question::Join];

/// The node that is asked, or notified.
fn target(machine: &NodeOf, question: Question) -> Option<CircleId> {
    match question {
        Question::Query => machine.query().map(|query| query.target),
        Question::Announcement => machine.announcement().map(|announced| announced.target),
        Question::Check => machine.check().map(|check| check.target),
        Question::Join => machine.joining().map(|joining| joining.asked),
        Question::Request(_) | Question::Copy(_) => None,
    }
}

/// The nonce of a question that waits for its answer.
fn nonce(machine: &NodeOf, question: Question) -> Option<Nonce> {
    match question {
        Question::Query => machine.query().map(|query| query.nonce),
        Question::Announcement => machine.announcement().map(|announced| announced.nonce),
        Question::Check => machine.check().map(|check| check.nonce),
        Question::Join => machine.joining().and_then(|joining| joining.question),
        Question::Request(_) | Question::Copy(_) => None,
    }
}

/// Whose nonce a message carries: that of the node which asked.
fn asker(packet: &PacketOf<NodeOf>) -> CircleId {
    if is_answer(&packet.message) { packet.to } else { packet.from }
}

/// Whether the question or notification of that nonce, or its answer, is under way between two
/// nodes, or the notification waits to be looked at.
pub(super) fn is_under_way(
    state: &StateOf<Ring>,
    asking: CircleId,
    asked: CircleId,
    nonce: Nonce,
) -> bool {
    let is_in_flight = state.packets().any(|packet| {
        let ends = [packet.from, packet.to];
        let is_between = ends == [asking, asked] || ends == [asked, asking];
        is_between && asker(packet) == asking && packet.message.nonce() == nonce
    });
    is_in_flight || pending_nonce(state, asked, asking) == Some(nonce)
}

/// The nonce under which a node's notification waits at another.
fn pending_nonce(state: &StateOf<Ring>, at: CircleId, notifier: CircleId) -> Option<Nonce> {
    let pending = state.host(place_of(at))?.machine.notifiers()?;
    pending.get(&notifier).copied()
}

/// A member that remembers this, and has that besides. Pending notifications have the least nonce.
pub(super) fn restored(
    config: Config,
    node: CircleId,
    member: &ObservedMember<CircleId>,
    above: Option<&Options>,
) -> Result<Started<Ring>, StartError> {
    let pointers = Pointers {
        successors: member.successors.clone(),
        predecessor: member.predecessor,
        candidate: member.candidate,
        notifiers: member.notifiers.iter().map(|&notifier| (notifier, Nonce(0))).collect(),
    };
    let node = Node::restored(config, node, pointers)?;
    let node = above.map_or(node.clone(), |above| above.equipped(node));
    let mut outputs = Vec::new();
    node.start(&mut outputs);
    Ok((node, outputs))
}

/// Questions for neighbours and for admission, and notifications, never wait at the same time
/// under nonces of their own; a check may wait beside them. So checks take the odd nonces, and
/// which of the two began first leaves no trace.
const fn parity(cause: &Cause<NodeOf>) -> u64 {
    match cause {
        Cause::Timer(Timer::Rectify) => 1,
        Cause::Timer(_) | Cause::Command(_) => 0,
    }
}

/// The node that is gone by this step: one that crashes, or one that leaves.
fn gone(action: &ActionOf<NodeOf>, after: &StateOf<Ring>) -> Option<CircleId> {
    match *action {
        Action::Crash(node) => Some(node),
        Action::Fire { node, timer: Timer::HandOver } => {
            after.host(place_of(node)).is_none().then_some(node)
        }
        _ => None,
    }
}

impl Environment for Ring {
    type Machine = NodeOf;
    type Ghost = Ghost;

    const REPEATS: bool = true;
    const TELLS: bool = true;

    fn addresses(&self) -> &[CircleId] {
        &self.addresses
    }

    fn start(&self) -> Vec<Option<Started<Self>>> {
        let started = |&node: &CircleId| {
            restored(self.config, node, self.start.get(&node)?, self.above()).ok()
        };
        self.addresses.iter().map(started).collect()
    }

    fn budget(&self) -> Budget {
        self.budget
    }

    fn newcomer(&self, node: CircleId) -> NodeOf {
        Node::outsider(self.config, node)
    }

    fn commands(&self, state: &StateOf<Self>, node: usize) -> Vec<Command<CircleId>> {
        if self.assumptions.quiet_time && is_remembered(state, self.addresses[node]) {
            return Vec::new();
        }
        let members = state.up().filter(|&(place, _)| is_member(state, place));
        members.map(|(place, _)| Command::Join { via: self.addresses[place] }).collect()
    }

    fn is_out(&self, machine: &NodeOf) -> bool {
        machine.phase() == Phase::Outsider
    }

    /// As the model has it, where the circle fits into its states; else as the rules do, which
    /// are held against it where it does.
    fn may_crash(&self, state: &StateOf<Self>) -> Vec<usize> {
        let observed = observed::observe(state);
        if self.model.nodes > MODELLED {
            let may_fail = rules::may_fail(&observed, usize::from(self.config.successors));
            let is_no_member = |place: &usize| !observed.contains_key(&self.addresses[*place]);
            let joining = state.up().map(|(place, _)| place).filter(is_no_member);
            return may_fail.into_iter().map(place_of).chain(joining).collect();
        }
        let seen = to_model(&observed);
        let may_fail = |&node: &usize| {
            let fail = chord::Action::Fail(node as u8);
            !seen.is_member(node as u8) || self.model.next_state(&seen, fail).is_some()
        };
        state.up().map(|(place, _)| place).filter(may_fail).collect()
    }

    fn may_fire(&self, state: &StateOf<Self>, node: usize, timer: &Timer) -> bool {
        if upper::environment::is_timer_above(*timer) {
            return self.may_fire_above(state, node, *timer);
        }
        let Timer::Timeout(question) = *timer else { return true };
        let Some(machine) = state.host(node).map(|host| &host.machine) else { return false };
        let (target, nonce) = (target(machine, question), nonce(machine, question));
        let (Some(asked), Some(nonce)) = (target, nonce) else { return true };
        if !self.assumptions.detection {
            return true;
        }
        // Nobody concludes from a notification without an answer that its addressee is dead.
        let concludes_death = question != Question::Announcement;
        let is_dead = !is_member(state, place_of(asked));
        let is_lost = !is_under_way(state, machine.me(), asked, nonce);
        is_lost && (is_dead || !concludes_death)
    }

    fn may_arrive(&self, state: &StateOf<Self>, packet: &PacketOf<NodeOf>) -> bool {
        self.may_arrive_above(state, packet)
    }

    fn is_lost_freely(&self, state: &StateOf<Self>, packet: &PacketOf<NodeOf>) -> bool {
        self.is_late(state, packet)
    }

    fn orders(&self, state: &StateOf<Self>, node: usize) -> Vec<Command<CircleId>> {
        self.orders_above(state, node)
    }

    fn comes_first(&self, state: &StateOf<Self>, actions: &mut Vec<ActionOf<NodeOf>>) -> bool {
        self.comes_first_above(state, actions)
    }

    fn may_repeat(&self, packet: &PacketOf<NodeOf>) -> bool {
        is_answer(&packet.message) || !self.assumptions.once
    }

    fn is_connected(&self, state: &StateOf<Self>, packet: &PacketOf<NodeOf>) -> bool {
        let is_for_a_member = is_member(state, place_of(packet.to));
        let is_heard = is_for_a_member || !self.assumptions.connection;
        if !matches!(packet.message, Message::Notify { .. }) {
            return is_heard || !upper::environment::is_above(&packet.message);
        }
        let sender = state.host(place_of(packet.from)).map(|host| &host.machine);
        let was_sent_before = sender.and_then(|sender| nonce(sender, Question::Announcement))
            == Some(packet.message.nonce());
        let is_copy = self.assumptions.once && was_sent_before;
        !is_copy && is_heard
    }

    fn fresh(&self, state: &StateOf<Self>, node: usize, cause: &Cause<NodeOf>) -> Nonce {
        let me = self.addresses[node];
        let machine = state.host(node).map(|host| &host.machine);
        let own = machine.into_iter().flat_map(|machine| {
            QUESTIONS.into_iter().filter_map(|question| nonce(machine, question))
        });
        let under_way = state
            .packets()
            .filter(|packet| asker(packet) == me)
            .map(|packet| packet.message.nonce());
        let pending = self.addresses.iter().filter_map(|&at| pending_nonce(state, at, me));
        let used: Vec<Nonce> = own.chain(under_way).chain(pending).collect();
        if let Some(machine) = machine
            && upper::environment::asks_above(cause)
        {
            return upper::environment::fresh(machine, &used);
        }
        let mut nonce = Nonce(parity(cause));
        while used.contains(&nonce) {
            nonce.0 += 2;
        }
        nonce
    }

    fn ghost(
        &self,
        before: &StateOf<Self>,
        action: &ActionOf<NodeOf>,
        after: &StateOf<Self>,
    ) -> Self::Ghost {
        let mut ghost = before.ghost.unsent.clone();
        let gone = gone(action, after);
        if let Some(from) = gone
            && self.assumptions.unsent
        {
            let crashed = observed::foreseen(before, place_of(from));
            let notified = crashed.into_iter().flat_map(|seen| seen.notified);
            ghost.extend(notified.map(|to| Unsent { from, to }));
            ghost.sort_unstable();
            ghost.dedup();
        }
        if !ghost.is_empty() {
            let (earlier, later) =
                (observed::without_unsent(before), observed::without_unsent(after));
            ghost.retain(|Unsent { from, to }| {
                let is_noted = |seen: &observed::Observed<CircleId>| {
                    seen.get(to).is_some_and(|member| member.notifiers.contains(from))
                };
                // What a node that crashes has not sent was not looked at either.
                let is_its_end = gone == Some(*from);
                let was_looked_at = is_noted(&earlier) && !is_noted(&later) && !is_its_end;
                later.contains_key(to) && !was_looked_at
            });
        }
        Ghost { unsent: ghost, above: self.remembered_above(before, action, after) }
    }
}
