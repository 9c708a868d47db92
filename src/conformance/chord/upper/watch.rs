//! What each step means for what the comparison remembers above the ring.
//!
//! A node decides for itself to whom a look-up goes and to whom records go; what it decides takes
//! effect elsewhere, and later. So each decision is held against the rules when it is made, by what
//! the node sends, and what is wrong is remembered.

use straightedge_impl::chord::{Command, Delivery, Message, Node, Purpose, Timer};
use straightedge_impl::machine::{Input, Machine, Nonce, Output, OutputOf, Time};

use super::super::super::environment::{Cause, Environment, StateOf};
use super::super::super::world::{Action, ActionOf};
use super::super::circle::CircleId;
use super::super::environment::Ring;
use super::super::observed::{Observed, is_member, observe, place_of};
use super::environment::{is_above, is_timer_above};
use super::ghost::{Above, Lookup, Orders, Read, Wrong};
use super::options::Options;
use super::rules;

type NodeOf = Node<CircleId>;
type Step = ActionOf<NodeOf>;

/// What a node makes of an input.
struct Occasion {
    node: CircleId,
    /// The nonce for what the node may ask.
    fresh: Option<Nonce>,
    before: NodeOf,
    after: NodeOf,
    outputs: Vec<OutputOf<NodeOf>>,
}

impl Ring {
    /// What is remembered after a step; nothing, where there is nothing above the ring.
    pub(in super::super) fn remembered_above(
        &self,
        before: &StateOf<Self>,
        action: &Step,
        after: &StateOf<Self>,
    ) -> Option<Box<Above>> {
        self.above()?;
        let mut above = before.ghost.above.as_deref().cloned().unwrap_or_default();
        if let Action::Crash(node) = action {
            above.forget_promises(before, *node);
        }
        if let Some(occasion) = self.occasion(before, action) {
            let ring = observe(before);
            above.told.count(action);
            let wrong = occasion.wrong(&ring, action);
            above.wrong = above.wrong.or(wrong);
            above.follow_promises(&occasion, action, self.above()?);
            above.follow_lookup(&occasion, action, before);
        }
        above.find_lookup(after);
        if self.above()?.reads_of_one_owner {
            above.forget_disputed(after);
        }
        (above != Above::default()).then(|| Box::new(above))
    }

    /// What the node makes of it that acts in that step, if it is one above the ring.
    fn occasion(&self, state: &StateOf<Self>, action: &Step) -> Option<Occasion> {
        let (node, fresh, input) = match action {
            Action::Deliver(packet) | Action::DeliverAndKeep(packet) => {
                let message = packet.message.clone();
                let input = Input::Message { from: packet.from, message };
                (packet.to, None, is_above(&packet.message).then_some(input)?)
            }
            Action::Fire { node, timer } => {
                let fresh = self.fresh(state, place_of(*node), &Cause::Timer(*timer));
                let input = Input::Timer { timer: *timer, fresh };
                (*node, Some(fresh), is_timer_above(*timer).then_some(input)?)
            }
            Action::Tell { node, command } => {
                let cause = Cause::Command(command.clone());
                let fresh = self.fresh(state, place_of(*node), &cause);
                (*node, Some(fresh), Input::Command { command: command.clone(), fresh })
            }
            _ => return None,
        };
        let before = state.host(place_of(node))?.machine.clone();
        let (mut after, mut outputs) = (before.clone(), Vec::new());
        after.handle(Time::ORIGIN, input, &mut outputs);
        Some(Occasion { node, fresh, before, after, outputs })
    }
}

impl Orders {
    fn count(&mut self, action: &Step) {
        let told = match action {
            Action::Fire { timer: Timer::Repair, .. } => &mut self.repairs,
            Action::Tell { command, .. } => match command {
                Command::Put { .. } => &mut self.puts,
                Command::Get { .. } => &mut self.gets,
                Command::Lookup { .. } => &mut self.lookups,
                Command::Leave => &mut self.leaves,
                Command::Join { .. } => return,
            },
            _ => return,
        };
        *told = told.saturating_add(1);
    }
}

impl Occasion {
    /// What the node decides that it must not.
    fn wrong(&self, ring: &Observed<CircleId>, action: &Step) -> Option<Wrong> {
        self.outputs.iter().find_map(|output| match output {
            Output::Send { to, message } => self.wrongly_sent(ring, action, *to, message),
            Output::Deliver(Delivery::Found { request, owner, .. }) => {
                let key = self.key(*request, action).filter(|_| is_own_decision(action))?;
                (!rules::may_name(ring, self.node, key, *owner)).then_some(Wrong::Misnamed)
            }
            _ => None,
        })
    }

    fn wrongly_sent(
        &self,
        ring: &Observed<CircleId>,
        action: &Step,
        to: CircleId,
        message: &Message<CircleId>,
    ) -> Option<Wrong> {
        let node = self.node;
        match message {
            Message::Next { closer, .. } => {
                let key = asked(action)?;
                let is_right = rules::may_lead_to(ring, node, key, *closer);
                (!is_right).then_some(Wrong::LedAstray)
            }
            Message::Owner { owner, .. } => {
                let is_right = rules::may_name(ring, node, asked(action)?, *owner);
                (!is_right).then_some(Wrong::Misnamed)
            }
            Message::AskNext { key, nonce, .. } => {
                let asks_again = self
                    .before
                    .requests()
                    .any(|request| (request.nonce, request.asked) == (*nonce, to));
                let is_right = !is_own_decision(action)
                    || asks_again
                    || rules::may_lead_to(ring, node, *key, to);
                (!is_right).then_some(Wrong::LedAstray)
            }
            Message::Fetch { key, .. } if matches!(action, Action::Tell { .. }) => {
                // An owner without a record asks its successors.
                let is_right =
                    rules::answers(ring, node, *key) || rules::may_name(ring, node, *key, to);
                (!is_right).then_some(Wrong::Misnamed)
            }
            Message::Copy { nonce, records } => {
                let sends_again = self.before.transfer(*nonce).is_some();
                let purpose = self.after.transfer(*nonce)?.purpose;
                let is_right =
                    records.iter().all(|&(key, _)| self.is_for(ring, action, purpose, to, key));
                (!sends_again && !is_right).then_some(Wrong::Misdirected)
            }
            _ => None,
        }
    }

    /// Whether records of that key are sent to one that is to have them.
    fn is_for(
        &self,
        ring: &Observed<CircleId>,
        action: &Step,
        purpose: Purpose,
        to: CircleId,
        key: CircleId,
    ) -> bool {
        let node = self.node;
        let Some(member) = ring.get(&node) else { return false };
        let is_owner = rules::answers(ring, node, key);
        match purpose {
            Purpose::ToReplicas => is_owner && member.successors.contains(&to),
            Purpose::ToPredecessor => !is_owner && member.predecessor == to,
            Purpose::ToSuccessor => member.successors.first() == Some(&to),
            // Who was named by another was held against the rules when it was; by now the key may
            // be the member's own.
            Purpose::ToOwner => {
                let is_named = !is_owner && rules::may_name(ring, node, key, to);
                !is_own_decision(action) || is_named
            }
        }
    }

    /// What is looked up, put or read under that nonce.
    fn key(&self, nonce: Nonce, action: &Step) -> Option<CircleId> {
        let told = match action {
            Action::Tell {
                command: Command::Put { key, .. } | Command::Get { key } | Command::Lookup { key },
                ..
            } => Some(*key),
            _ => None,
        };
        let request = || self.before.requests().find(|request| request.nonce == nonce);
        let transfer = || self.before.transfer(nonce).and_then(|it| it.keys.first().copied());
        told.or_else(|| request().map(|request| request.key)).or_else(transfer)
    }
}

/// Whether the node decides by itself, and not by the answer of another.
const fn is_own_decision(action: &Step) -> bool {
    matches!(action, Action::Tell { .. } | Action::Fire { .. })
}

/// What another node looks up that asks for the way in this step.
fn asked(action: &Step) -> Option<CircleId> {
    let (Action::Deliver(packet) | Action::DeliverAndKeep(packet)) = action else { return None };
    match packet.message {
        Message::AskNext { key, .. } => Some(key),
        _ => None,
    }
}

impl Above {
    /// A holder fails: nothing is promised of what it held.
    fn forget_promises(&mut self, before: &StateOf<Ring>, failed: CircleId) {
        let Some(host) = before.host(place_of(failed)) else { return };
        let held = host.machine.records();
        self.kept.retain(|key| !held.contains_key(key));
        self.broken.extend(held.keys());
        self.read = self.read.filter(|read| !held.contains_key(&read.key));
        self.read = self.read.filter(|read| read.reader != failed);
    }

    /// Of a key of which no look-up names an owner, or one this and another that, a read need not
    /// find anything; nor if all have joined just now that the owner's list names, and itself.
    ///
    /// Source: CHORD-83.
    fn forget_disputed(&mut self, after: &StateOf<Ring>) {
        let Some(read) = self.read else { return };
        let ring = observe(after);
        let holds = |node: &CircleId| {
            let host = after.host(place_of(*node));
            host.is_some_and(|host| host.machine.records().contains_key(&read.key))
        };
        let named = ring.iter().filter(|(node, _)| rules::may_be_named(&ring, **node, read.key));
        let named: Vec<_> = named.collect();
        let is_to_be_found = match named[..] {
            [(owner, member)] => holds(owner) || member.successors.iter().any(holds),
            _ => false,
        };
        self.read = self.read.filter(|_| is_to_be_found);
    }

    /// Puts that are acknowledged, and reads that begin and end.
    ///
    /// Source: CHORD-83.
    fn follow_promises(&mut self, occasion: &Occasion, action: &Step, options: &Options) {
        let is_refused = matches!(occasion.outputs[..], [Output::Ignored(_)]);
        if let Action::Tell { command: Command::Get { key }, .. } = action
            && let Some(nonce) = occasion.fresh.filter(|_| !is_refused)
            && self.is_kept(*key, options)
        {
            self.read = Some(Read { reader: occasion.node, nonce, key: *key });
        }
        for output in &occasion.outputs {
            let Output::Deliver(delivery) = output else { continue };
            let is_read = |request: Nonce| {
                self.read.is_some_and(|it| (it.reader, it.nonce) == (occasion.node, request))
            };
            match delivery {
                Delivery::Stored { request } => {
                    let key = occasion.key(*request, action);
                    self.broken.retain(|broken| Some(*broken) != key);
                    self.kept.extend(key);
                }
                Delivery::Value { request, value } if is_read(*request) => {
                    let is_missed = value.is_none();
                    self.read = None;
                    self.wrong = self.wrong.or(is_missed.then_some(Wrong::Missed));
                }
                Delivery::RequestFailed { request } if is_read(*request) => self.read = None,
                _ => {}
            }
        }
    }

    /// Whether a key has been kept, since the beginning or since a put was acknowledged.
    fn is_kept(&self, key: CircleId, options: &Options) -> bool {
        let is_given = options.equipment.values().any(|it| it.records.contains_key(&key));
        self.kept.contains(&key) || is_given && !self.broken.contains(&key)
    }

    /// The look-up that is told to begin, and where it is led.
    ///
    /// Source: CHORD-82.
    fn follow_lookup(&mut self, occasion: &Occasion, action: &Step, before: &StateOf<Ring>) {
        if let Action::Tell { command: Command::Lookup { key }, node } = action
            && self.lookup.is_none()
        {
            let asked = occasion.outputs.iter().find_map(|output| match output {
                Output::Send { message: Message::AskNext { nonce, .. }, .. } => Some(*nonce),
                _ => None,
            });
            self.lookup = asked.map(|nonce| Lookup { asker: *node, nonce, key: *key, at: None });
        }
        let Some(lookup) = &mut self.lookup else { return };
        let (Action::Deliver(packet) | Action::DeliverAndKeep(packet)) = action else { return };
        let is_its = packet.from == lookup.asker && packet.message.nonce() == lookup.nonce;
        if !is_its || !matches!(packet.message, Message::AskNext { .. }) {
            return;
        }
        for output in &occasion.outputs {
            let Output::Send { message, .. } = output else { continue };
            lookup.at = match message {
                Message::Next { closer, .. } if is_member(before, place_of(*closer)) => {
                    Some(*closer)
                }
                Message::Next { .. } | Message::Owner { .. } => None,
                _ => lookup.at,
            };
        }
    }

    /// A look-up that is nowhere is where its question is under way to; it is forgotten once its
    /// asker has forgotten it. One that waits for a member that is gone comes to nothing.
    fn find_lookup(&mut self, after: &StateOf<Ring>) {
        let Some(mut lookup) = self.lookup else { return };
        lookup.at = lookup.at.filter(|at| is_member(after, place_of(*at)));
        if lookup.at.is_none() {
            let question = after.packets().find(|packet| {
                let is_its = packet.from == lookup.asker && packet.message.nonce() == lookup.nonce;
                is_its && matches!(packet.message, Message::AskNext { .. })
            });
            lookup.at = question.map(|packet| packet.to);
        }
        let asker = after.host(place_of(lookup.asker));
        let is_awaited = asker.is_some_and(|host| {
            host.machine.requests().any(|request| request.nonce == lookup.nonce)
        });
        self.lookup = (lookup.at.is_some() || is_awaited).then_some(lookup);
    }
}
