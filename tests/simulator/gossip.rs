//! A machine made for these tests: nodes tell each other the highest number they know.

use std::time::Duration;

use straightedge::simulator::{
    Begin, Difference, Network, NodeIndex, Nodes, Plan, Random, Reaction, System, World,
};
use straightedge_impl::machine::{Input, InputOf, Machine, Output, OutputOf, Time};

/// How often a node tells another its number.
pub(crate) const PERIOD: Duration = Duration::from_millis(100);

/// A planted fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Bug {
    /// A node that comes back without its disk hears nothing.
    DeafWithoutDisk,
    /// A node that hears the same message twice hears nothing from then on.
    DeafAfterTwin,
    /// A node sets its timer again and again without any time passing.
    Restless,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Node {
    me: NodeIndex,
    peers: NodeIndex,
    pub(crate) number: u64,
    round: u64,
    is_deaf: bool,
    last_heard: Option<(NodeIndex, u64)>,
    bug: Option<Bug>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Tell {
    pub(crate) round: u64,
    pub(crate) number: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Tick;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Ask {
    Raise(u64),
    Leave,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Heard {
    From { from: NodeIndex, round: u64 },
    Goodbye,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Deaf;

impl Machine for Node {
    type Address = NodeIndex;
    type Message = Tell;
    type Timer = Tick;
    type Command = Ask;
    type Delivery = Heard;
    type Reason = Deaf;

    fn handle(&mut self, _: Time, input: InputOf<Self>, outputs: &mut Vec<OutputOf<Self>>) {
        match input {
            Input::Message { from, message } => self.hear(from, &message, outputs),
            Input::Timer { .. } => {
                self.round += 1;
                // Each round another peer, and never the node itself.
                let step = 1 + self.round as NodeIndex % (self.peers - 1);
                let to = (self.me + step) % self.peers;
                let message = Tell { round: self.round, number: self.number };
                outputs.push(Output::Send { to, message });
                let is_restless = self.bug == Some(Bug::Restless);
                let after = if is_restless { Duration::ZERO } else { PERIOD };
                outputs.push(Output::SetTimer { timer: Tick, after });
            }
            Input::Command { command: Ask::Raise(number), .. } => {
                self.number = self.number.max(number);
            }
            Input::Command { command: Ask::Leave, .. } => {
                outputs.push(Output::CancelTimer { timer: Tick });
                outputs.push(Output::Deliver(Heard::Goodbye));
            }
        }
    }
}

impl Node {
    fn hear(&mut self, from: NodeIndex, message: &Tell, outputs: &mut Vec<OutputOf<Self>>) {
        let twin = self.last_heard == Some((from, message.round));
        if twin && self.bug == Some(Bug::DeafAfterTwin) {
            self.is_deaf = true;
        }
        if self.is_deaf {
            outputs.push(Output::Ignored(Deaf));
            return;
        }
        self.last_heard = Some((from, message.round));
        self.number = self.number.max(message.number);
        outputs.push(Output::Deliver(Heard::From { from, round: message.round }));
    }
}

/// One message as the application heard of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) at: Time,
    pub(crate) node: NodeIndex,
    pub(crate) from: NodeIndex,
    pub(crate) round: u64,
}

/// Gossiping nodes, the first of which is told the number that all must know at last.
#[derive(Default)]
pub(crate) struct Gossip {
    pub(crate) room: NodeIndex,
    pub(crate) bug: Option<Bug>,
    pub(crate) notes: Vec<Note>,
}

pub(crate) const NUMBER: u64 = 42;

impl Gossip {
    fn node(&self, me: NodeIndex) -> Node {
        Node {
            me,
            peers: self.room,
            number: 0,
            round: 0,
            is_deaf: false,
            last_heard: None,
            bug: self.bug,
        }
    }
}

impl System for Gossip {
    type Machine = Node;
    type Disk = u64;

    fn kinds(&self) -> &'static [&'static str] {
        &["tell"]
    }

    fn kind(&self, _: &Tell) -> usize {
        0
    }

    fn address(&self, node: NodeIndex) -> NodeIndex {
        node
    }

    fn at_the_beginning(&mut self, node: NodeIndex, random: &mut Random) -> Begin<Node> {
        let commands = if node == 0 { vec![(Ask::Raise(NUMBER), Duration::ZERO)] } else { vec![] };
        let timers = vec![(Tick, random.duration(Duration::ZERO, PERIOD))];
        Begin { machine: self.node(node), timers, commands }
    }

    fn later(
        &mut self,
        node: NodeIndex,
        disk: Option<u64>,
        _: &Nodes<'_, Self>,
        _: &mut Random,
    ) -> Begin<Node> {
        let mut machine = self.node(node);
        machine.is_deaf = disk.is_none() && self.bug == Some(Bug::DeafWithoutDisk);
        machine.number = disk.unwrap_or_default();
        Begin { machine, timers: vec![(Tick, PERIOD)], commands: vec![] }
    }

    fn disk(&self, machine: &Node) -> u64 {
        machine.number
    }

    fn leave(&self) -> Option<Ask> {
        Some(Ask::Leave)
    }

    fn told(
        &mut self,
        at: Time,
        node: NodeIndex,
        delivery: Heard,
        _: &Nodes<'_, Self>,
        _: &mut Random,
    ) -> Reaction<Ask> {
        match delivery {
            Heard::From { from, round } => {
                self.notes.push(Note { at, node, from, round });
                Reaction::None
            }
            Heard::Goodbye => Reaction::Stop,
        }
    }

    fn differences(&self, nodes: &Nodes<'_, Self>) -> Vec<Difference> {
        let wrong = nodes.present().filter(|(_, machine)| machine.number != NUMBER);
        wrong
            .map(|(node, machine)| {
                let how = format!("knows {} instead of {NUMBER}", machine.number);
                Difference { node, how }
            })
            .collect()
    }
}

/// A network on which messages stay in order, and take 10 milliseconds.
pub(crate) fn orderly() -> Network {
    let delay = Duration::from_millis(10);
    Network { delay_min: delay, delay_max: delay, detours_per_million: 0, ..Network::default() }
}

/// The world of this plan.
pub(crate) fn world(plan: &Plan, bug: Option<Bug>, seed: u64) -> World<Gossip> {
    let system = Gossip { room: plan.room(), bug, notes: Vec::new() };
    World::new(system, orderly(), plan.clone(), seed, ())
}
