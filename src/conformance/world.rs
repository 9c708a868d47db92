//! What a modelled network is at one moment, and what can happen in it.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};
use straightedge_impl::machine::Machine;
use straightedge_models::engine;

use super::intern::Shared;

/// How a message, a timer or a command is called in the names of actions.
pub trait Told {
    /// In `snake_case`, with what tells it from others of its kind.
    fn told(&self) -> String;
}

/// A message under way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Packet<A, M> {
    /// Whom it is for.
    pub to: A,
    /// Who sent it.
    pub from: A,
    /// What it says.
    pub message: M,
}

/// A message under way between machines of this kind.
pub type PacketOf<M> = Packet<<M as Machine>::Address, <M as Machine>::Message>;

/// A machine that is up, and what may wake it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host<M: Machine> {
    /// The machine.
    pub machine: M,
    /// The timers that are set, in order. When they run out is nobody's to say: a timer that is
    /// set may run out at any moment.
    pub timers: Vec<M::Timer>,
}

/// How often something may still happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Allowance {
    /// So many times.
    Times(u8),
    /// Again and again.
    Unlimited,
}

impl Allowance {
    /// Never.
    pub const NONE: Self = Self::Times(0);

    /// Whether it may still happen.
    #[must_use]
    pub fn is_left(self) -> bool {
        self != Self::NONE
    }

    /// What is left once it has happened, if it may.
    #[must_use]
    pub fn spent(self) -> Option<Self> {
        match self {
            Self::Times(times) => times.checked_sub(1).map(Self::Times),
            Self::Unlimited => Some(Self::Unlimited),
        }
    }
}

/// What the environment may still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Budget {
    /// Machines that crash.
    pub crashes: Allowance,
    /// Messages that come twice.
    pub duplicates: Allowance,
    /// Messages that are lost though their addressee is up.
    pub losses: Allowance,
    /// Nodes that come in.
    pub entries: Allowance,
}

/// The machines, in the order of their addresses; `None` where none is up.
pub type Hosts<M> = Vec<Option<Shared<Host<M>>>>;

/// The messages under way, in order.
pub type Flight<M> = Vec<Shared<PacketOf<M>>>;

/// The network at one moment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State<M: Machine, G> {
    /// The machines.
    pub hosts: Shared<Hosts<M>>,
    /// The messages under way: a multiset, in order.
    pub flight: Shared<Flight<M>>,
    /// What may still go wrong.
    pub budget: Budget,
    /// What no machine and no message shows any more, but the abstraction has to know.
    pub ghost: G,
}

impl<M: Machine, G> State<M, G> {
    /// The machines that are up, with their positions among the addresses.
    pub fn up(&self) -> impl Iterator<Item = (usize, &Host<M>)> {
        let hosts = self.hosts.iter().enumerate();
        hosts.filter_map(|(index, host)| host.as_ref().map(|host| (index, &**host)))
    }

    /// The machine at that position, if it is up.
    #[must_use]
    pub fn host(&self, index: usize) -> Option<&Host<M>> {
        self.hosts.get(index).and_then(Option::as_ref).map(|host| &**host)
    }

    /// The messages under way.
    pub fn packets(&self) -> impl Iterator<Item = &PacketOf<M>> {
        self.flight.iter().map(|packet| &**packet)
    }
}

impl<A: fmt::Display, M: Told> fmt::Display for Packet<A, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {} to {}", self.message.told(), self.from, self.to)
    }
}

/// Each machine that is up on a line, and what is under way.
impl<M: Machine, G: fmt::Debug> fmt::Debug for State<M, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, host) in self.up() {
            writeln!(f, "{index}: {:?}, set: {:?}", host.machine, host.timers)?;
        }
        for packet in self.packets() {
            writeln!(f, "{packet:?}")?;
        }
        write!(f, "{:?}, {:?}", self.budget, self.ghost)
    }
}

/// `{"machines": {"0": "…", …}, "in_flight": ["…", …]}`.
impl<M, G: fmt::Debug> Serialize for State<M, G>
where
    M: Machine<Address: fmt::Display, Message: Told>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Machines<'a, M: Machine, G>(&'a State<M, G>);
        impl<M: Machine, G> Serialize for Machines<'_, M, G> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                for (index, host) in self.0.up() {
                    map.serialize_entry(&index.to_string(), &format!("{:?}", host.machine))?;
                }
                map.end()
            }
        }
        let packets: Vec<String> = self.packets().map(ToString::to_string).collect();
        let mut state = serializer.serialize_struct("State", 3)?;
        state.serialize_field("machines", &Machines(self))?;
        state.serialize_field("in_flight", &packets)?;
        state.serialize_field("ghost", &format!("{:?}", self.ghost))?;
        state.end()
    }
}

/// What can happen in a network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action<A, M, T, C> {
    /// A message arrives.
    Deliver(Shared<Packet<A, M>>),
    /// A message arrives, and will arrive once more.
    DeliverAndKeep(Shared<Packet<A, M>>),
    /// A message is under way once more.
    Double(Shared<Packet<A, M>>),
    /// A message is lost.
    Lose(Shared<Packet<A, M>>),
    /// A timer runs out.
    Fire {
        /// Whose it is.
        node: A,
        /// Which one.
        timer: T,
    },
    /// A node that was down comes up, and is told this.
    Enter {
        /// The node.
        node: A,
        /// What it is told.
        command: C,
    },
    /// A machine that is up is told this.
    Tell {
        /// Which one.
        node: A,
        /// What it is told.
        command: C,
    },
    /// A machine stops, and all that it remembers is gone.
    Crash(A),
}

/// What can happen in a network of machines of this kind.
pub type ActionOf<M> = Action<
    <M as Machine>::Address,
    <M as Machine>::Message,
    <M as Machine>::Timer,
    <M as Machine>::Command,
>;

/// The stable textual name: `deliver(pong from 1 to 0)`, `fire(stabilize at 2)`, `crash(3)`.
impl<A: fmt::Display, M: Told, T: Told, C: Told> fmt::Display for Action<A, M, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deliver(packet) => write!(f, "deliver({packet})"),
            Self::DeliverAndKeep(packet) => write!(f, "deliver_and_keep({packet})"),
            Self::Double(packet) => write!(f, "double({packet})"),
            Self::Lose(packet) => write!(f, "lose({packet})"),
            Self::Fire { node, timer } => write!(f, "fire({} at {node})", timer.told()),
            Self::Enter { node, command } => write!(f, "enter({node}, {})", command.told()),
            Self::Tell { node, command } => write!(f, "tell({node}, {})", command.told()),
            Self::Crash(node) => write!(f, "crash({node})"),
        }
    }
}

impl<A, M, T, C> engine::Action for Action<A, M, T, C>
where
    A: engine::State + fmt::Display,
    M: engine::State + Told,
    T: engine::State + Told,
    C: engine::State + Told,
{
    const NAMES: &'static [&'static str] =
        &["deliver", "deliver_and_keep", "double", "lose", "fire", "enter", "tell", "crash"];

    fn name_index(&self) -> usize {
        match self {
            Self::Deliver(_) => 0,
            Self::DeliverAndKeep(_) => 1,
            Self::Double(_) => 2,
            Self::Lose(_) => 3,
            Self::Fire { .. } => 4,
            Self::Enter { .. } => 5,
            Self::Tell { .. } => 6,
            Self::Crash(_) => 7,
        }
    }
}
