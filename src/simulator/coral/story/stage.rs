//! The network of a story, in the simulator.

use std::collections::BTreeMap;
use std::time::Duration;

use straightedge_impl::coral::{
    Command, Config, Delivery, Learning, Message, Node, Policy, StartError, Table,
};
use straightedge_impl::machine::{Input, InputOf, Output, OutputOf, Time};

use super::parse::Id;
use crate::simulator::plan::NodeIndex;
use crate::simulator::random::Random;
use crate::simulator::system::{Begin, Difference, Nodes, Observer, System};
use crate::simulator::{Network, Plan, World};

/// What a story says of its network, before it begins.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    pub(super) policy: Policy,
    pub(super) capacity: u8,
    pub(super) rate: u16,
    pub(super) nodes: Vec<Id>,
    pub(super) tables: BTreeMap<Id, Vec<Id>>,
    pub(super) names: BTreeMap<Id, String>,
    pub(super) held: Vec<(Id, Id, String, Duration)>,
}

impl Default for Cast {
    fn default() -> Self {
        let Config { policy, values: capacity, rate, .. } = Config::default();
        Self {
            policy,
            capacity,
            rate,
            nodes: Vec::new(),
            tables: BTreeMap::new(),
            names: BTreeMap::new(),
            held: Vec::new(),
        }
    }
}

impl Cast {
    fn config(&self) -> Config {
        Config {
            policy: self.policy,
            values: self.capacity,
            rate: self.rate,
            learning: Learning::Fixed,
            resends: 1,
            ..Config::default()
        }
    }

    fn machines(&self) -> Result<Vec<Node<Id>>, StartError> {
        let machine = |&me: &Id| {
            let known = self.tables.get(&me).unwrap_or(&self.nodes);
            let node = Node::new(self.config(), me, Table::with(me, known.iter().copied()))?;
            let held = self.held.iter().filter(|(node, ..)| *node == me);
            Ok(held.fold(node, |node, (_, key, value, life)| {
                node.holding((0, *key), value.clone().into_bytes(), Time::ORIGIN.after(*life))
            }))
        };
        self.nodes.iter().map(machine).collect()
    }
}

/// The machines of a story, and what they have told their applications.
pub(super) struct Ensemble {
    machines: Vec<Node<Id>>,
    pub(super) told: Vec<(Id, Delivery<Id>)>,
}

impl System for Ensemble {
    type Machine = Node<Id>;
    type Disk = ();

    fn kinds(&self) -> &'static [&'static str] {
        &["message"]
    }

    fn kind(&self, _message: &Message<Id>) -> usize {
        0
    }

    fn address(&self, node: NodeIndex) -> Id {
        self.machines[node as usize].me()
    }

    fn at_the_beginning(&mut self, node: NodeIndex, _random: &mut Random) -> Begin<Node<Id>> {
        Begin::idle(self.machines[node as usize].clone())
    }

    fn later(
        &mut self,
        node: NodeIndex,
        _disk: Option<()>,
        _nodes: &Nodes<'_, Self>,
        random: &mut Random,
    ) -> Begin<Node<Id>> {
        self.at_the_beginning(node, random)
    }

    fn disk(&self, _machine: &Node<Id>) {}

    fn told(
        &mut self,
        _now: Time,
        node: NodeIndex,
        delivery: Delivery<Id>,
        _nodes: &Nodes<'_, Self>,
        _random: &mut Random,
    ) -> crate::simulator::Reaction<Command<Id>> {
        self.told.push((self.address(node), delivery));
        crate::simulator::Reaction::None
    }

    fn differences(&self, _nodes: &Nodes<'_, Self>) -> Vec<Difference> {
        Vec::new()
    }
}

/// What was to be seen on the way.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// The nodes that were asked on the way to a key, in order.
    pub(super) asked: Vec<Id>,
    /// How many such requests each node has had.
    pub(super) handled: BTreeMap<Id, u64>,
    /// How many stores were refused.
    pub(super) refused: u64,
}

impl Observer<Node<Id>> for Seen {
    fn takes(&mut self, _now: Time, _node: u32, machine: &Node<Id>, input: &InputOf<Node<Id>>) {
        if let Input::Message {
            message: Message::ForwardRequest { .. } | Message::GetRequest { .. },
            ..
        } = input
        {
            *self.handled.entry(machine.me()).or_default() += 1;
        }
    }

    fn did(&mut self, _now: Time, _node: u32, _machine: &Node<Id>, outputs: &[OutputOf<Node<Id>>]) {
        for output in outputs {
            let Output::Send { to, message } = output else { continue };
            match message {
                Message::ForwardRequest { .. } | Message::GetRequest { .. } => self.asked.push(*to),
                Message::StoreReply { accepted: false, .. } => self.refused += 1,
                _ => {}
            }
        }
    }
}

/// How long a message takes in a story.
const DELAY: Duration = Duration::from_millis(10);

/// More events than this between two steps are a story that does not go on.
const EVENTS_MAX: u64 = 1_000_000;

/// A story's network at work.
pub(super) struct Stage {
    pub(super) world: World<Ensemble, Seen>,
    pub(super) nodes: Vec<Id>,
}

impl Stage {
    pub(super) fn set(cast: &Cast) -> Result<Self, String> {
        let machines = cast.machines().map_err(|error| error.to_string())?;
        let nodes: Vec<Id> = machines.iter().map(Node::me).collect();
        let plan = Plan { nodes: nodes.len() as NodeIndex, ..Plan::default() };
        let network = Network {
            delay_min: DELAY,
            delay_max: DELAY,
            detours_per_million: 0,
            ..Network::default()
        };
        let ensemble = Ensemble { machines, told: Vec::new() };
        Ok(Self { world: World::new(ensemble, network, plan, 1, Seen::default()), nodes })
    }

    fn index(&self, node: Id) -> Result<NodeIndex, String> {
        let place = self.nodes.iter().position(|&id| id == node);
        place.map(|place| place as NodeIndex).ok_or_else(|| format!("there is no node {node}"))
    }

    /// The machine of a node, if it has not crashed.
    pub(super) fn machine(&self, node: Id) -> Result<Node<Id>, String> {
        let index = self.index(node)?;
        let machine = self.world.nodes().machine(index).cloned();
        machine.ok_or_else(|| format!("node {node} has crashed"))
    }

    pub(super) fn command(&mut self, node: Id, command: Command<Id>) -> Result<(), String> {
        let index = self.index(node)?;
        self.world.command(index, Duration::ZERO, command);
        Ok(())
    }

    /// Goes on until so many operations have ended since the story began.
    pub(super) fn until_told(&mut self, times: usize) -> Result<(), String> {
        for _ in 0..EVENTS_MAX {
            if self.world.system().told.len() >= times {
                return Ok(());
            }
            if !self.world.step() {
                break;
            }
        }
        Err("the operation does not come to its end".into())
    }

    pub(super) fn wait(&mut self, time: Duration) -> Result<(), String> {
        let end = self.world.now().after(time);
        if self.world.run_until(end, EVENTS_MAX) {
            Ok(())
        } else {
            Err("too much happens meanwhile".into())
        }
    }

    pub(super) fn crash(&mut self, node: Id) -> Result<(), String> {
        let index = self.index(node)?;
        self.world.stop(index);
        Ok(())
    }
}
