//! What a simulator must know of a kind of machine, besides how any machine is driven.

use std::fmt;
use std::time::Duration;

use straightedge_impl::machine::{InputOf, Machine, OutputOf, Time};

use super::plan::NodeIndex;
use super::random::Random;

/// A kind of machine, and the application on top of it.
pub trait System: Sized {
    /// The machine that each node runs.
    type Machine: Machine;
    /// What a crash leaves behind if it leaves the disk.
    type Disk;

    /// The names of the kinds of messages.
    fn kinds(&self) -> &'static [&'static str];

    /// The kind of a message: a place in [`Self::kinds`].
    fn kind(&self, message: &<Self::Machine as Machine>::Message) -> usize;

    /// How a node is named. Different nodes have different names.
    fn address(&self, node: NodeIndex) -> <Self::Machine as Machine>::Address;

    /// A node that is there at the beginning.
    fn at_the_beginning(&mut self, node: NodeIndex, random: &mut Random) -> Begin<Self::Machine>;

    /// A node that comes later: for the first time, or after a crash, with its disk if that was
    /// left.
    fn later(
        &mut self,
        node: NodeIndex,
        disk: Option<Self::Disk>,
        nodes: &Nodes<'_, Self>,
        random: &mut Random,
    ) -> Begin<Self::Machine>;

    /// What is on the machine's disk now.
    fn disk(&self, machine: &Self::Machine) -> Self::Disk;

    /// Whether the system's assumptions on failures let this node crash now.
    fn may_crash(&self, _nodes: &Nodes<'_, Self>, _node: NodeIndex) -> bool {
        true
    }

    /// What makes a node leave in good order, if there is such a thing.
    fn leave(&self) -> Option<<Self::Machine as Machine>::Command> {
        None
    }

    /// What the application does with what it is told.
    fn told(
        &mut self,
        _now: Time,
        _node: NodeIndex,
        _delivery: <Self::Machine as Machine>::Delivery,
        _nodes: &Nodes<'_, Self>,
        _random: &mut Random,
    ) -> Reaction<<Self::Machine as Machine>::Command> {
        Reaction::None
    }

    /// Which nodes are not as they must be at last, and how they differ; none of them if the
    /// system has converged.
    fn differences(&self, nodes: &Nodes<'_, Self>) -> Vec<Difference>;
}

/// A machine, and what happens to it first.
pub struct Begin<M: Machine> {
    /// As it is before its first input.
    pub machine: M,
    /// The timers that are set.
    pub timers: Vec<(M::Timer, Duration)>,
    /// What the application asks for, and after how long.
    pub commands: Vec<(M::Command, Duration)>,
}

impl<M: Machine> Begin<M> {
    /// A machine that nobody asks for anything, without timers.
    pub const fn idle(machine: M) -> Self {
        Self { machine, timers: Vec::new(), commands: Vec::new() }
    }
}

/// What an application does with what it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction<C> {
    /// Nothing.
    None,
    /// It asks the same machine for something, after that long.
    Command(C, Duration),
    /// It ends the node's process.
    Stop,
}

/// How a node is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Which node.
    pub node: NodeIndex,
    /// What is, and what should be.
    pub how: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {}: {}", self.node, self.how)
    }
}

/// A node's place in the world.
pub(crate) struct Place<S: System> {
    pub(crate) address: <S::Machine as Machine>::Address,
    /// Nothing while the node is not there.
    pub(crate) machine: Option<S::Machine>,
    /// Goes up whenever the node comes or goes.
    pub(crate) life: u32,
    /// The timers that are set, each with the number of its setting.
    pub(crate) timers: Vec<(<S::Machine as Machine>::Timer, u32)>,
    /// How many timers were set so far.
    pub(crate) settings: u32,
    /// What the last crash left.
    pub(crate) disk: Option<S::Disk>,
    /// How much time an input takes.
    pub(crate) slow_by: Duration,
    /// When the inputs that wait have been looked at.
    pub(crate) free_at: Time,
}

/// All nodes, to look at.
pub struct Nodes<'a, S: System>(pub(crate) &'a [Place<S>]);

impl<S: System> Nodes<'_, S> {
    /// How many nodes there are, whether they are there now or not.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The machine of a node, if it is there.
    #[must_use]
    pub fn machine(&self, node: NodeIndex) -> Option<&S::Machine> {
        self.0.get(node as usize)?.machine.as_ref()
    }

    /// The nodes that are there.
    pub fn present(&self) -> impl Iterator<Item = (NodeIndex, &S::Machine)> {
        let numbered = self.0.iter().enumerate();
        numbered.filter_map(|(node, place)| Some((node as NodeIndex, place.machine.as_ref()?)))
    }

    /// One of the nodes that are there and fit, each as likely as any other.
    pub fn any(
        &self,
        fits: impl Fn(NodeIndex, &S::Machine) -> bool,
        random: &mut Random,
    ) -> Option<NodeIndex> {
        let start = random.below(self.0.len() as u32);
        // Going on from where nothing fits would favour those behind gaps, so draw again first.
        let draws = std::iter::once(start).chain((0..32).map(|_| random.below(self.len() as u32)));
        let fitting =
            |node: &NodeIndex| self.machine(*node).is_some_and(|machine| fits(*node, machine));
        draws.collect::<Vec<_>>().into_iter().find(fitting).or_else(|| {
            let size = self.0.len() as u32;
            (0..size).map(|step| (start + step) % size).find(fitting)
        })
    }
}

/// Somebody who watches every step of a run, and does not take part in it.
pub trait Observer<M: Machine> {
    /// A machine is about to take an input.
    fn takes(&mut self, _now: Time, _node: NodeIndex, _machine: &M, _input: &InputOf<M>) {}

    /// A machine has taken it, and this is what it wants done.
    fn did(&mut self, _now: Time, _node: NodeIndex, _machine: &M, _outputs: &[OutputOf<M>]) {}
}

/// Nobody watches.
impl<M: Machine> Observer<M> for () {}
