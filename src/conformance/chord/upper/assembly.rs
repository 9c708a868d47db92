//! Nodes that hold records, are about to leave, and wait for acknowledgements, put together from a
//! state of the model.
//!
//! A node cannot be told what it remembers above the ring. So it is led there: it is a member with
//! another predecessor first, is given what makes it offer, hand over and delete, and is then
//! notified by the predecessor that it is to have.

use std::collections::BTreeMap;

use straightedge_impl::chord::{Command, Config, Message, Node, Pointers, Question, Record, Timer};
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};

use super::super::super::environment::Started;
use super::super::super::world::{Packet, PacketOf};
use super::super::circle::CircleId;
use super::super::environment::Ring;
use super::super::observed::ObservedMember;
use super::options::first_record;

type NodeOf = Node<CircleId>;

/// What a member is to remember above the ring.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// Keys that it holds.
    pub(super) holds: Vec<CircleId>,
    /// The key that it has offered, and is about to be told that others keep.
    pub(super) released: Option<CircleId>,
    /// Whether it has handed everything over, and is about to leave.
    pub(super) is_leaving: bool,
    /// Its fingers, the farthest first.
    pub(super) fingers: Vec<Option<CircleId>>,
    /// Whether it has joined and is not counted yet.
    pub(super) is_unready: bool,
    /// Whom it has notified then, if that one is about to look at that.
    pub(super) notified: Option<CircleId>,
}

/// A node on its way to what it is to remember.
struct Apprentice {
    node: NodeOf,
    /// What the host has to do, but for what is sent.
    outputs: Vec<OutputOf<NodeOf>>,
    /// What it has sent last.
    sent: Vec<(CircleId, Message<CircleId>)>,
    nonces: u64,
}

/// The nonces of what an apprentice asks; none that a network uses.
const FIRST_NONCE: u64 = 1 << 20;

/// The member that remembers this, ready to run, and the acknowledgement that is on its way to it.
///
/// # Errors
///
/// Why there is no such member.
pub(super) fn assembled(
    config: Config,
    me: CircleId,
    member: &ObservedMember<CircleId>,
    part: &Part,
) -> Result<(Started<Ring>, Option<PacketOf<NodeOf>>), String> {
    let lost = part.is_leaving && part.holds.is_empty();
    let key = part.released.or(part.holds.first().copied());
    // Where what it is rid of was, if it is rid of it: anywhere that is not its own.
    let away = key.unwrap_or_else(|| me.after(1));
    let offered = part.released.or(lost.then_some(away));
    let mut records: BTreeMap<CircleId, Record> =
        part.holds.iter().map(|&key| (key, first_record())).collect();
    records.extend(offered.map(|key| (key, first_record())));
    // Whoever was not counted yet has offered what is its own, too.
    let is_uncounted = part.is_unready || offered == Some(me);
    let predecessor = offered.filter(|_| !is_uncounted).unwrap_or(member.predecessor);
    let pointers = Pointers {
        successors: member.successors.clone(),
        predecessor,
        candidate: member.candidate,
        notifiers: BTreeMap::new(),
    };
    let node = Node::restored(config, me, pointers).map_err(|error| error.to_string())?;
    let node = node.with_records(records);
    let node = if is_uncounted { node.uncounted(None) } else { node };
    let mut apprentice =
        Apprentice { node, outputs: Vec::new(), sent: Vec::new(), nonces: FIRST_NONCE };
    apprentice.node.start(&mut apprentice.outputs);
    let mut acknowledgement = None;
    if offered.is_some() {
        let (owner, nonce) = apprentice.offer()?;
        let keepers = vec![owner; member.successors.len()];
        let message = Message::Copied { nonce, keepers };
        acknowledgement = Some(Packet { to: me, from: owner, message });
    }
    if part.is_leaving {
        apprentice.hand_over(member)?;
    }
    if lost && let Some(packet) = acknowledgement.take() {
        apprentice.hear(packet.from, packet.message);
    }
    apprentice.come_to(member.predecessor)?;
    for &notifier in &member.notifiers {
        apprentice.hear(notifier, Message::Notify { nonce: Nonce(0) });
    }
    if is_uncounted && !part.is_unready {
        apprentice.be_counted();
    }
    if let Some(notified) = part.notified {
        apprentice.notify(notified);
    }
    let Apprentice { node, outputs, .. } = apprentice;
    Ok(((node.with_fingers(part.fingers.clone()), outputs), acknowledgement))
}

impl Apprentice {
    fn handle(&mut self, input: InputOf<NodeOf>) {
        let mut outputs = Vec::new();
        self.node.handle(Time::ORIGIN, input, &mut outputs);
        self.sent.clear();
        for output in outputs {
            match output {
                Output::Send { to, message } => self.sent.push((to, message)),
                Output::SetTimer { .. } | Output::CancelTimer { .. } => self.outputs.push(output),
                Output::Deliver(_) | Output::Ignored(_) => {}
            }
        }
    }

    fn hear(&mut self, from: CircleId, message: Message<CircleId>) {
        self.handle(Input::Message { from, message });
    }

    fn wake(&mut self, timer: Timer) {
        self.nonces += 1;
        let fresh = Nonce(self.nonces);
        self.outputs.push(Output::CancelTimer { timer });
        self.handle(Input::Timer { timer, fresh });
    }

    /// It has notified that one, and is not counted yet.
    fn notify(&mut self, notified: CircleId) {
        self.node = self.node.clone().uncounted(Some((notified, Nonce(0))));
    }

    /// Its successor counts it.
    fn be_counted(&mut self) {
        let by = self.node.me().after(1);
        self.notify(by);
        self.hear(by, Message::NotifyAck { nonce: Nonce(0), is_counted: true });
    }

    /// It offers what it holds to an owner: whom it names itself, or whom another names.
    fn offer(&mut self) -> Result<(CircleId, Nonce), String> {
        self.wake(Timer::Repair);
        if let Some((asked, Message::AskNext { nonce, .. })) = self.sent.first().cloned() {
            self.hear(asked, Message::Owner { nonce, owner: asked });
        }
        match self.sent.first() {
            Some((owner, Message::Copy { nonce, .. })) => Ok((*owner, *nonce)),
            _ => Err("it offers nothing".to_owned()),
        }
    }

    /// It hands over, and is told that that has come.
    fn hand_over(&mut self, member: &ObservedMember<CircleId>) -> Result<(), String> {
        self.nonces += 1;
        let fresh = Nonce(self.nonces);
        self.handle(Input::Command { command: Command::Leave, fresh });
        self.wake(Timer::HandOver);
        let head = member.successors.first().copied();
        match self.sent.first().cloned() {
            Some((to, Message::Copy { nonce, .. })) if Some(to) == head => {
                self.hear(to, Message::Copied { nonce, keepers: Vec::new() });
                Ok(())
            }
            _ => Err("it hands nothing over".to_owned()),
        }
    }

    /// It takes that one for its predecessor: the one that it had is found dead.
    fn come_to(&mut self, predecessor: CircleId) -> Result<(), String> {
        if self.node.predecessor() == Some(predecessor) {
            return Ok(());
        }
        self.hear(predecessor, Message::Notify { nonce: Nonce(0) });
        self.wake(Timer::Rectify);
        for _ in 0..=self.node.config().resends {
            if self.node.check().is_some() {
                self.wake(Timer::Timeout(Question::Check));
            }
        }
        let has_come = self.node.predecessor() == Some(predecessor);
        // What it hands over now it hands over when it is told to.
        self.outputs.push(Output::CancelTimer { timer: Timer::Rectify });
        has_come.then_some(()).ok_or_else(|| "it does not take its predecessor".to_owned())
    }
}
