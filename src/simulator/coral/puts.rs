//! A complete identifier space in which every node puts one key again and again.

use std::time::Duration;

use straightedge_impl::coral::{Command, Config, Delivery, Message, Node, Table};
use straightedge_impl::machine::{Input, InputOf, Time};

use super::SmallId;
use crate::simulator::plan::NodeIndex;
use crate::simulator::random::Random;
use crate::simulator::system::{Begin, Difference, Nodes, Observer, Reaction, System};

/// The kinds of messages.
const KINDS: [&str; 6] = [
    "forward request",
    "forward reply",
    "store request",
    "store reply",
    "get request",
    "get reply",
];

/// How long the values live that are there from the beginning: much longer than those that are put.
const FULL_FOR: Duration = Duration::from_hours(23);

/// How long the values live that are put.
const TTL: Duration = Duration::from_hours(1);

/// Nodes `0..2^m` that all know each other, are full for key 0, and put it without pause.
#[derive(Clone, Debug)]
pub struct Puts {
    config: Config,
    nodes: NodeIndex,
    /// How long a node waits after a put before the next one.
    pause: Duration,
    /// How many puts have ended.
    ended: u64,
}

impl Puts {
    /// That many nodes.
    #[must_use]
    pub const fn new(config: Config, nodes: NodeIndex, pause: Duration) -> Self {
        Self { config, nodes, pause, ended: 0 }
    }

    /// The key, which is the identifier of the node closest to it.
    #[must_use]
    pub const fn key() -> SmallId {
        SmallId::wrapped(0)
    }

    /// How many puts have ended so far.
    #[must_use]
    pub const fn ended(&self) -> u64 {
        self.ended
    }

    fn next_put(random: &mut Random) -> Command<SmallId> {
        let value = random.number().to_be_bytes().to_vec();
        Command::Put { key: Self::key(), value, ttl: TTL }
    }

    fn node(&self, node: NodeIndex) -> Option<Node<SmallId>> {
        let me = self.address(node);
        let all = (0..self.nodes).map(|other| self.address(other));
        let mut machine = Node::new(self.config, me, Table::with(me, all)).ok()?;
        for value in 0..self.config.values {
            let end = Time::ORIGIN.after(FULL_FOR);
            machine = machine.holding((0, Self::key()), vec![value], end);
        }
        Some(machine)
    }
}

impl System for Puts {
    type Machine = Node<SmallId>;
    type Disk = ();

    fn kinds(&self) -> &'static [&'static str] {
        &KINDS
    }

    fn kind(&self, message: &Message<SmallId>) -> usize {
        match message {
            Message::ForwardRequest { .. } => 0,
            Message::ForwardReply { .. } => 1,
            Message::StoreRequest { .. } => 2,
            Message::StoreReply { .. } => 3,
            Message::GetRequest { .. } => 4,
            Message::GetReply { .. } => 5,
        }
    }

    fn address(&self, node: NodeIndex) -> SmallId {
        SmallId::wrapped(node.into())
    }

    fn at_the_beginning(&mut self, node: NodeIndex, random: &mut Random) -> Begin<Self::Machine> {
        let machine = self.node(node).unwrap_or_else(|| {
            unreachable!("the experiment's configuration has no zeros");
        });
        let first = random.duration(Duration::ZERO, self.pause);
        let commands = vec![(Self::next_put(random), first)];
        Begin { commands, ..Begin::idle(machine) }
    }

    fn later(
        &mut self,
        node: NodeIndex,
        _disk: Option<()>,
        _nodes: &Nodes<'_, Self>,
        random: &mut Random,
    ) -> Begin<Self::Machine> {
        self.at_the_beginning(node, random)
    }

    fn disk(&self, _machine: &Self::Machine) {}

    fn told(
        &mut self,
        _now: Time,
        _node: NodeIndex,
        delivery: Delivery<SmallId>,
        _nodes: &Nodes<'_, Self>,
        random: &mut Random,
    ) -> Reaction<Command<SmallId>> {
        match delivery {
            Delivery::PutEnded { .. } => {
                self.ended += 1;
                let pause = random.duration(self.pause / 2, self.pause * 3 / 2);
                Reaction::Command(Self::next_put(random), pause)
            }
            Delivery::Found { .. } | Delivery::Missed { .. } => Reaction::None,
        }
    }

    fn differences(&self, _nodes: &Nodes<'_, Self>) -> Vec<Difference> {
        Vec::new()
    }
}

/// Notes when forward requests reach the closest node.
#[derive(Clone, Debug, Default)]
pub struct AtTheClosest {
    /// The moments, in order.
    pub requests: Vec<Time>,
}

impl Observer<Node<SmallId>> for AtTheClosest {
    fn takes(
        &mut self,
        now: Time,
        node: NodeIndex,
        _machine: &Node<SmallId>,
        input: &InputOf<Node<SmallId>>,
    ) {
        let is_forward =
            matches!(input, Input::Message { message: Message::ForwardRequest { .. }, .. });
        if node == 0 && is_forward {
            self.requests.push(now);
        }
    }
}

impl AtTheClosest {
    /// The most requests in any window of that length.
    #[must_use]
    pub fn most_within(&self, window: Duration) -> usize {
        let mut first = 0;
        let mut most = 0;
        for (last, moment) in self.requests.iter().enumerate() {
            while self.requests[first].after(window) <= *moment {
                first += 1;
            }
            most = most.max(last + 1 - first);
        }
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_open_at_its_end() {
        let at = |seconds| Time::ORIGIN.after(Duration::from_secs(seconds));
        let seen = AtTheClosest { requests: [0, 1, 10, 11, 12, 20].map(at).to_vec() };
        let most = |seconds| seen.most_within(Duration::from_secs(seconds));
        assert_eq!([most(1), most(2), most(3), most(12), most(21)], [1, 2, 3, 4, 6]);
        assert_eq!(AtTheClosest::default().most_within(Duration::from_secs(1)), 0);
    }
}
