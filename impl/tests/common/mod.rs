//! A network for the tests: every message takes one millisecond, none is lost, and a crashed
//! node's are.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

pub(crate) mod alone;
pub(crate) mod arbitrary;
pub(crate) mod fuzz;

use std::collections::BTreeMap;
use std::time::Duration;

use straightedge_impl::chord::{
    Command, Config, Delivery, Message, Node, Question, Timer, invariant,
};
use straightedge_impl::identifier::Identifier;
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};

/// Gives one input to a node, and checks what every node promises of every input.
pub(crate) fn give<I: Identifier>(
    node: &mut Node<I>,
    now: Time,
    input: &InputOf<Node<I>>,
) -> Vec<OutputOf<Node<I>>> {
    let before = node.clone();
    let mut outputs = Vec::new();
    node.handle(now, input.clone(), &mut outputs);
    assert_eq!(invariant::holds(node), Ok(()), "{before:?} was given {input:?}");
    let is_refused = outputs.iter().any(|output| matches!(output, Output::Ignored(_)));
    if is_refused {
        assert_eq!(outputs.len(), 1, "{before:?} refused {input:?}, and did something");
        assert_eq!(*node, before, "{input:?} was refused, and changed the node");
    }
    outputs
}

/// What will happen at a moment.
#[derive(Debug)]
enum Event<I> {
    Arrives { from: I, to: I, message: Message<I> },
    RunsOut { node: I, timer: Timer, setting: u64 },
}

/// Nodes, and what is on its way between them.
#[derive(Debug)]
pub(crate) struct Network<I: Identifier> {
    pub(crate) nodes: BTreeMap<I, Node<I>>,
    /// What each node has told its application, in order.
    pub(crate) delivered: Vec<(I, Delivery<I>)>,
    /// How many messages were sent.
    pub(crate) sent: u64,
    now: Time,
    count: u64,
    events: BTreeMap<(Time, u64), Event<I>>,
    settings: BTreeMap<(I, Timer), u64>,
}

impl<I: Identifier> Network<I> {
    /// An ideal ring of these members.
    pub(crate) fn ring(config: Config, members: &[I]) -> Self {
        let mut network = Self {
            nodes: BTreeMap::new(),
            delivered: Vec::new(),
            sent: 0,
            now: Time::ORIGIN,
            count: 0,
            events: BTreeMap::new(),
            settings: BTreeMap::new(),
        };
        for &id in members {
            network.add(Node::member_of(config, id, members).unwrap());
        }
        network
    }

    pub(crate) fn add(&mut self, node: Node<I>) {
        let mut outputs = Vec::new();
        node.start(&mut outputs);
        let me = node.me();
        self.nodes.insert(me, node);
        self.carry_out(me, outputs);
    }

    /// Adds a node and lets it join by way of another.
    pub(crate) fn join(&mut self, config: Config, node: I, via: I) {
        self.add(Node::outsider(config, node));
        self.command(node, Command::Join { via });
    }

    pub(crate) fn crash(&mut self, node: I) {
        self.nodes.remove(&node);
        self.settings.retain(|&(owner, _), _| owner != node);
    }

    /// Gives a command, and the nonce under which the node knows it.
    pub(crate) fn command(&mut self, node: I, command: Command<I>) -> Nonce {
        let fresh = self.fresh();
        self.input(node, &Input::Command { command, fresh });
        fresh
    }

    /// Lets that much time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now.after(time);
        while let Some(entry) = self.events.first_entry()
            && entry.key().0 <= end
        {
            let ((now, _), event) = entry.remove_entry();
            self.now = now;
            match event {
                Event::Arrives { from, to, message } => {
                    self.input(to, &Input::Message { from, message });
                }
                Event::RunsOut { node, timer, setting } => {
                    if self.settings.get(&(node, timer)) == Some(&setting) {
                        self.settings.remove(&(node, timer));
                        let fresh = self.fresh();
                        self.input(node, &Input::Timer { timer, fresh });
                    }
                }
            }
        }
        self.now = end;
    }

    fn fresh(&mut self) -> Nonce {
        self.count += 1;
        Nonce(self.count)
    }

    fn input(&mut self, node: I, input: &InputOf<Node<I>>) {
        let Some(machine) = self.nodes.get_mut(&node) else { return };
        let outputs = give(machine, self.now, input);
        self.carry_out(node, outputs);
    }

    fn carry_out(&mut self, node: I, outputs: Vec<OutputOf<Node<I>>>) {
        for output in outputs {
            self.count += 1;
            match output {
                Output::Send { to, message } => {
                    self.sent += 1;
                    let at = self.now.after(Duration::from_millis(1));
                    let event = Event::Arrives { from: node, to, message };
                    self.events.insert((at, self.count), event);
                }
                Output::SetTimer { timer, after } => {
                    self.settings.insert((node, timer), self.count);
                    let event = Event::RunsOut { node, timer, setting: self.count };
                    self.events.insert((self.now.after(after), self.count), event);
                }
                Output::CancelTimer { timer } => {
                    self.settings.remove(&(node, timer));
                }
                Output::Deliver(delivery) => self.delivered.push((node, delivery)),
                Output::Ignored(_) => {}
            }
        }
    }

    /// Whether nobody waits for anything but the repair of the ring.
    pub(crate) fn has_no_timers_above_the_ring(&self) -> bool {
        let is_of_the_ring = |timer: &Timer| {
            use Question::{Announcement, Check, Query};
            matches!(
                timer,
                Timer::Stabilize
                    | Timer::AskCandidate
                    | Timer::Rectify
                    | Timer::Timeout(Query | Announcement | Check)
            )
        };
        self.settings.keys().all(|(_, timer)| is_of_the_ring(timer))
    }

    /// Whether every member's pointers are those of the ideal ring of all members.
    pub(crate) fn is_ideal(&self) -> bool {
        let members: Vec<I> =
            self.nodes.values().filter(|node| node.successors().is_some()).map(Node::me).collect();
        members.iter().enumerate().all(|(place, id)| {
            let node = &self.nodes[id];
            let after = members.iter().cycle().skip(place + 1);
            let expected: Vec<I> = after.take(node.config().list_length()).copied().collect();
            let behind = members[(place + members.len() - 1) % members.len()];
            node.successors().is_some_and(|list| list.to_vec() == expected)
                && node.predecessor() == Some(behind)
        })
    }
}
