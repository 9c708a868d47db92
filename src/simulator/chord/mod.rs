//! Chord in the simulator: how its nodes begin and come back, when they may crash, and what they
//! have to be at last.

mod kinds;
mod records;
mod ring;
mod watch;

use std::collections::BTreeMap;
use std::time::Duration;

use straightedge_impl::chord::{
    Command, Config, Delivery, Message, Node, Phase, Pointers, Record, Timer,
};
use straightedge_impl::identifier::Sha1Id;
use straightedge_impl::machine::Time;

use self::records::Writers;
use self::ring::{Ideal, Members};
pub use self::ring::{correct_fingers, owner};
pub use self::watch::LookUps;
use super::plan::NodeIndex;
use super::random::Random;
use super::system::{Begin, Difference, Nodes, Reaction, System};

/// How long the application waits before it asks anew for what failed.
const PATIENCE: Duration = Duration::from_secs(1);

/// A network of Chord nodes whose names a seed decides.
#[derive(Clone, Debug)]
pub struct Chord {
    config: Config,
    identifiers: Vec<Sha1Id>,
    /// The nodes that are there at the beginning, in the order of the circle.
    ring: Vec<Sha1Id>,
    /// Whether members keep the ring in order; without that nothing happens unless it is asked.
    is_maintained: bool,
    /// Whether the nodes of the beginning know their fingers.
    has_fingers: bool,
    /// What the nodes of the beginning hold.
    records: BTreeMap<Sha1Id, BTreeMap<Sha1Id, Record>>,
    writers: Writers,
}

/// Why there can be no such network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a ring with lists of {successors} begins with at least {} nodes, not {nodes}",
    successors + 1
)]
pub struct TooFewNodes {
    successors: u8,
    nodes: NodeIndex,
}

impl Chord {
    /// Room for that many nodes, the first of which are an ideal ring at the beginning.
    ///
    /// # Errors
    ///
    /// The ring has to have more nodes than a successor list has entries. Source: CHORD-4.
    pub fn new(
        config: Config,
        nodes: NodeIndex,
        room: NodeIndex,
        seed: u64,
    ) -> Result<Self, TooFewNodes> {
        let successors = config.successors;
        if nodes <= NodeIndex::from(successors) {
            return Err(TooFewNodes { successors, nodes });
        }
        let identifiers: Vec<Sha1Id> =
            (0..room.max(nodes)).map(|node| identifier(seed, node)).collect();
        let mut ring = identifiers[..nodes as usize].to_vec();
        ring.sort_unstable();
        Ok(Self {
            config,
            identifiers,
            ring,
            is_maintained: true,
            has_fingers: false,
            records: BTreeMap::new(),
            writers: Writers::none(seed),
        })
    }

    /// The same, but nothing is done to keep the ring in order.
    #[must_use]
    pub const fn without_maintenance(mut self) -> Self {
        self.is_maintained = false;
        self
    }

    /// The same, but at the beginning the nodes know their fingers.
    #[must_use]
    pub const fn with_fingers(mut self) -> Self {
        self.has_fingers = true;
        self
    }

    /// The same, but at the beginning the owner of each of these keys holds a record of it, and
    /// nobody else does.
    #[must_use]
    pub fn with_keys(mut self, keys: impl IntoIterator<Item = Sha1Id>) -> Self {
        for key in keys {
            if let Some(owner) = owner(&self.ring, key) {
                let record = Record { version: 1, value: Vec::new() };
                self.records.entry(owner).or_default().insert(key, record);
            }
        }
        self
    }

    /// The same, but on so many of the nodes of the beginning the application writes one record
    /// within that time. What it was told is kept has to be there at last.
    #[must_use]
    pub const fn with_writers(mut self, writers: NodeIndex, within: Duration) -> Self {
        self.writers.number = writers;
        self.writers.within = within;
        self
    }

    /// How many records are kept, as the application was told.
    #[must_use]
    pub const fn records_kept(&self) -> usize {
        self.writers.count()
    }

    /// The nodes of the beginning, in the order of the circle.
    #[must_use]
    pub fn ring(&self) -> &[Sha1Id] {
        &self.ring
    }

    /// What all nodes have in common.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    fn member(&self, node: NodeIndex) -> Node<Sha1Id> {
        let me = self.identifiers[node as usize];
        let ideal = Ideal::of(&self.ring, me, self.config.list_length());
        let pointers = Pointers {
            successors: ideal.successors,
            predecessor: ideal.predecessor,
            candidate: None,
            notifiers: BTreeMap::new(),
        };
        let fingers = if self.has_fingers {
            correct_fingers(&self.ring, me, self.config.fingers)
        } else {
            Vec::new()
        };
        let records = self.records.get(&me).cloned().unwrap_or_default();
        // The list has the length that the configuration says, so this is a member.
        Node::restored(self.config, me, pointers)
            .unwrap_or_else(|_| Node::outsider(self.config, me))
            .with_fingers(fingers)
            .with_records(records)
    }
}

/// How many fingers, the farthest first, reach beyond the next node on a ring of that many nodes:
/// one for each bit of their number, and a few for those that lie close together.
#[must_use]
pub fn useful_fingers(nodes: NodeIndex) -> u8 {
    (nodes.max(1).ilog2() + 9) as u8
}

/// The identifier of a node in the run of that seed.
#[must_use]
pub fn identifier(seed: u64, node: NodeIndex) -> Sha1Id {
    Sha1Id::of(format!("{seed}/{node}").as_bytes())
}

impl System for Chord {
    type Machine = Node<Sha1Id>;
    /// Ring pointers are never kept on disk.
    type Disk = BTreeMap<Sha1Id, Record>;

    fn kinds(&self) -> &'static [&'static str] {
        kinds::KINDS
    }

    fn kind(&self, message: &Message<Sha1Id>) -> usize {
        kinds::kind(message)
    }

    fn address(&self, node: NodeIndex) -> Sha1Id {
        self.identifiers[node as usize]
    }

    fn at_the_beginning(&mut self, node: NodeIndex, random: &mut Random) -> Begin<Node<Sha1Id>> {
        let mut begin = Begin::idle(self.member(node));
        if self.is_maintained {
            // Real nodes did not all start at the same moment.
            let timings = self.config.timings;
            let mut within = |period| random.duration(Duration::ZERO, period);
            begin.timers.push((Timer::Stabilize, within(timings.stabilize)));
            if self.config.fingers > 0 {
                begin.timers.push((Timer::FixFinger, within(timings.fix_finger)));
            }
            if !begin.machine.records().is_empty() {
                begin.timers.push((Timer::Repair, within(timings.repair)));
            }
        }
        begin.commands.extend(self.writers.first(node, random));
        begin
    }

    fn later(
        &mut self,
        node: NodeIndex,
        disk: Option<Self::Disk>,
        nodes: &Nodes<'_, Self>,
        random: &mut Random,
    ) -> Begin<Node<Sha1Id>> {
        let outsider = Node::outsider(self.config, self.identifiers[node as usize]);
        let mut begin = Begin::idle(outsider.with_records(disk.unwrap_or_default()));
        let via = self.some_member(nodes, node, random);
        begin.commands.extend(via.map(|via| (Command::Join { via }, Duration::ZERO)));
        begin
    }

    fn disk(&self, machine: &Node<Sha1Id>) -> Self::Disk {
        machine.records().clone()
    }

    fn may_crash(&self, nodes: &Nodes<'_, Self>, node: NodeIndex) -> bool {
        nodes.machine(node).is_none_or(|failing| {
            let members = Members::of(nodes);
            members.keep_a_live_successor(failing.me())
                && members.keep_enough_principals(failing.me(), self.config.list_length())
        })
    }

    fn leave(&self) -> Option<Command<Sha1Id>> {
        Some(Command::Leave)
    }

    fn told(
        &mut self,
        _now: Time,
        node: NodeIndex,
        delivery: Delivery<Sha1Id>,
        nodes: &Nodes<'_, Self>,
        random: &mut Random,
    ) -> Reaction<Command<Sha1Id>> {
        match delivery {
            Delivery::JoinFailed { .. } => {
                let via = self.some_member(nodes, node, random);
                via.map_or(Reaction::None, |via| Reaction::Command(Command::Join { via }, PATIENCE))
            }
            Delivery::Left => Reaction::Stop,
            Delivery::Stored { .. } => {
                self.writers.is_kept(node);
                Reaction::None
            }
            Delivery::RequestFailed { .. } if node < self.writers.number => {
                Reaction::Command(self.writers.write(node), PATIENCE)
            }
            Delivery::Joined { .. }
            | Delivery::Found { .. }
            | Delivery::Value { .. }
            | Delivery::RequestFailed { .. } => Reaction::None,
        }
    }

    /// Source: CHORD-19, CHORD-33.
    fn differences(&self, nodes: &Nodes<'_, Self>) -> Vec<Difference> {
        let mut ring: Vec<Sha1Id> = nodes.present().map(|(_, machine)| machine.me()).collect();
        ring.sort_unstable();
        let length = self.config.list_length();
        let missing = self.writers.missing(nodes, &ring, length);
        let differing = nodes.present().filter_map(|(node, machine)| {
            let me = machine.me();
            let in_the_ring = self.difference(machine, &Ideal::of(&ring, me, length));
            let how = in_the_ring.or_else(|| missing.get(&me).cloned())?;
            Some(Difference { node, how })
        });
        differing.collect()
    }
}

impl Chord {
    /// A member other than this node by way of which it may join.
    fn some_member(
        &self,
        nodes: &Nodes<'_, Self>,
        node: NodeIndex,
        random: &mut Random,
    ) -> Option<Sha1Id> {
        let fits = |other: NodeIndex, machine: &Node<Sha1Id>| {
            other != node && machine.phase() == Phase::Member
        };
        nodes.any(fits, random).map(|other| self.identifiers[other as usize])
    }

    fn difference(&self, machine: &Node<Sha1Id>, ideal: &Ideal<Sha1Id>) -> Option<String> {
        let (Some(successors), Some(predecessor)) = (machine.successors(), machine.predecessor())
        else {
            return Some(format!("is no member but {:?}", machine.phase()).to_lowercase());
        };
        let wrong = successors.iter().zip(&ideal.successors).position(|(is, &ought)| is != ought);
        if let Some(place) = wrong {
            let is =
                successors.iter().nth(place).map_or_else(|| "nobody".into(), |id| self.name(id));
            let ought = self.name(ideal.successors[place]);
            return Some(format!("has {is} for its successor {} instead of {ought}", place + 1));
        }
        let (is, ought) = (predecessor, ideal.predecessor);
        (is != ought).then(|| {
            format!("has {} for its predecessor instead of {}", self.name(is), self.name(ought))
        })
    }

    /// The node of that identifier, for people.
    fn name(&self, id: Sha1Id) -> String {
        let node = self.identifiers.iter().position(|&other| other == id);
        node.map_or_else(|| format!("the made-up {id}"), |node| format!("node {node}"))
    }
}
