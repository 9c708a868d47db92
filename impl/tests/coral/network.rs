//! A network for the tests: every message takes one millisecond, and is lost if the test says so.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use straightedge_impl::coral::{
    Command, Config, Delivery, Learning, Message, Node, Outcome, Table, Timer, invariant,
};
use straightedge_impl::identifier::{BitId, Xor};
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};

pub(crate) type Id = BitId<8>;

pub(crate) fn id(number: u16) -> Id {
    Id::new(number).unwrap()
}

pub(crate) fn ids(numbers: &[u16]) -> Vec<Id> {
    numbers.iter().copied().map(id).collect()
}

/// Tables that stay as they are, and nothing sent again: the smallest configuration.
pub(crate) fn plain() -> Config {
    Config { learning: Learning::Fixed, resends: 0, ..Config::default() }
}

/// Gives one input to a node, and checks what every node promises of every input.
pub(crate) fn give<I: Xor>(
    node: &mut Node<I>,
    now: Time,
    input: &InputOf<Node<I>>,
) -> Vec<OutputOf<Node<I>>> {
    let before = node.clone();
    let mut outputs = Vec::new();
    node.handle(now, input.clone(), &mut outputs);
    assert_eq!(invariant::holds(node, now), Ok(()), "{before:?} was given {input:?}");
    let is_refused = outputs.iter().any(|output| matches!(output, Output::Ignored(_)));
    if is_refused {
        assert_eq!(outputs.len(), 1, "{before:?} refused {input:?}, and did something");
        assert_eq!(*node, before, "{input:?} was refused, and changed the node");
    }
    outputs
}

#[derive(Clone, Debug)]
enum Event {
    Arrives { from: Id, to: Id, message: Message<Id> },
    RunsOut { node: Id, timer: Timer<Id>, setting: u64 },
}

/// Nodes, and what is on its way between them.
pub(crate) struct Network {
    pub(crate) nodes: BTreeMap<Id, Node<Id>>,
    pub(crate) delivered: Vec<(Id, Delivery<Id>)>,
    /// What was sent, with sender and addressee, in order.
    pub(crate) sent: Vec<(Id, Id, Message<Id>)>,
    /// Which messages are lost.
    pub(crate) is_lost: fn(&Message<Id>) -> bool,
    pub(crate) now: Time,
    dead: BTreeSet<Id>,
    count: u64,
    events: BTreeMap<(Time, u64), Event>,
    settings: BTreeMap<(Id, Timer<Id>), u64>,
}

impl Network {
    pub(crate) fn of(nodes: impl IntoIterator<Item = Node<Id>>) -> Self {
        Self {
            nodes: nodes.into_iter().map(|node| (node.me(), node)).collect(),
            delivered: Vec::new(),
            sent: Vec::new(),
            is_lost: |_| false,
            now: Time::ORIGIN,
            dead: BTreeSet::new(),
            count: 0,
            events: BTreeMap::new(),
            settings: BTreeMap::new(),
        }
    }

    /// Nodes that all know each other.
    pub(crate) fn full(config: Config, members: &[u16]) -> Self {
        let all = ids(members);
        let node = |&me: &Id| Node::new(config, me, Table::with(me, all.clone())).unwrap();
        Self::of(all.iter().map(node).collect::<Vec<_>>())
    }

    pub(crate) fn node(&self, number: u16) -> &Node<Id> {
        &self.nodes[&id(number)]
    }

    pub(crate) fn crash(&mut self, number: u16) {
        self.dead.insert(id(number));
    }

    fn at(&mut self, after: Duration, event: Event) {
        self.count += 1;
        self.events.insert((self.now.after(after), self.count), event);
    }

    fn give(&mut self, to: Id, input: &InputOf<Node<Id>>) {
        if self.dead.contains(&to) {
            return;
        }
        let Some(node) = self.nodes.get_mut(&to) else { return };
        for output in give(node, self.now, input) {
            self.carry_out(to, output);
        }
    }

    fn carry_out(&mut self, from: Id, output: OutputOf<Node<Id>>) {
        match output {
            Output::Send { to, message } => {
                self.sent.push((from, to, message.clone()));
                if !(self.is_lost)(&message) {
                    self.at(Duration::from_millis(1), Event::Arrives { from, to, message });
                }
            }
            Output::SetTimer { timer, after } => {
                self.count += 1;
                let setting = self.count;
                self.settings.insert((from, timer), setting);
                self.at(after, Event::RunsOut { node: from, timer, setting });
            }
            Output::CancelTimer { timer } => {
                self.settings.remove(&(from, timer));
            }
            Output::Deliver(delivery) => self.delivered.push((from, delivery)),
            Output::Ignored(_) => {}
        }
    }

    /// Asks a node for something, and says under which number.
    pub(crate) fn command(&mut self, node: u16, command: Command<Id>) -> Nonce {
        self.count += 1;
        let fresh = Nonce(self.count);
        self.give(id(node), &Input::Command { command, fresh });
        fresh
    }

    /// One event, if there is one.
    pub(crate) fn step(&mut self) -> bool {
        let Some(((time, _), event)) = self.events.pop_first() else { return false };
        match event {
            Event::Arrives { from, to, message } => {
                self.now = time;
                self.give(to, &Input::Message { from, message });
            }
            Event::RunsOut { node, timer, setting } => {
                if self.settings.get(&(node, timer)) == Some(&setting) {
                    self.now = time;
                    self.settings.remove(&(node, timer));
                    self.count += 1;
                    let fresh = Nonce(self.count);
                    self.give(node, &Input::Timer { timer, fresh });
                }
            }
        }
        true
    }

    pub(crate) fn settle(&mut self) {
        for _ in 0..100_000 {
            if !self.step() {
                return;
            }
        }
        panic!("the network does not come to rest");
    }

    pub(crate) fn wait(&mut self, long: Duration) {
        self.settle();
        self.now = self.now.after(long);
    }

    /// What a node holds under the key of a number at level 0, with seconds left.
    pub(crate) fn held(&self, node: u16, key: u16) -> Vec<(Vec<u8>, u64)> {
        let live = self.node(node).store().live((0, id(key)), self.now);
        live.map(|(value, left)| (value.clone(), left.as_secs())).collect()
    }

    /// Puts, and says how that ended at level 0.
    pub(crate) fn put(&mut self, node: u16, key: u16, value: u8, ttl: u64) -> Outcome<Id> {
        let ttl = Duration::from_secs(ttl);
        self.command(node, Command::Put { key: id(key), value: vec![value], ttl });
        self.settle();
        match self.delivered.last() {
            Some((_, Delivery::PutEnded { outcomes, .. })) => outcomes.last().unwrap().1,
            other => panic!("the put has not ended: {other:?}"),
        }
    }

    /// Gets; where values were found, and which.
    pub(crate) fn get(&mut self, node: u16, key: u16) -> Option<(u16, Vec<u8>)> {
        self.command(node, Command::Get { key: id(key) });
        self.settle();
        match self.delivered.last() {
            Some((_, Delivery::Found { at, values, .. })) => {
                Some((at.number(), values.iter().map(|(value, _)| value[0]).collect()))
            }
            Some((_, Delivery::Missed { .. })) => None,
            other => panic!("the get has not ended: {other:?}"),
        }
    }

    /// Whom requests were sent to so far, in order.
    pub(crate) fn requests(&self) -> Vec<u16> {
        let is_question = |message: &Message<Id>| {
            matches!(message, Message::ForwardRequest { .. } | Message::GetRequest { .. })
        };
        let asked = self.sent.iter().filter(|(_, _, message)| is_question(message));
        asked.map(|(_, to, _)| to.number()).collect()
    }
}
