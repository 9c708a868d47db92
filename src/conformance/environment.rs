//! What is assumed of the world around the machines, and what is known of them there.

use std::fmt::Display;

use straightedge_impl::machine::{Machine, Nonce, OutputOf};
use straightedge_models::engine;

use super::world::{ActionOf, Budget, PacketOf, State, Told};

/// What is assumed of the world around the machines of one protocol.
pub trait Environment: Clone + Send + Sync + 'static {
    /// The machines.
    type Machine: Machine<
            Address: engine::State + Display,
            Message: engine::State + Told,
            Timer: engine::State + Told,
            Command: engine::State + Told,
        > + Send
        + Sync
        + 'static;

    /// What neither machines nor messages show any more, but the abstraction has to know.
    type Ghost: engine::State + Default;

    /// Whether a message that comes twice is delivered and kept; else it is doubled on its way.
    const REPEATS: bool;

    /// Whether machines that are up are told anything.
    const TELLS: bool;

    /// Every address that a message can be for, in order.
    fn addresses(&self) -> &[AddressOf<Self>];

    /// The machines that are up at first, each with what it wants done; in the order of addresses.
    fn start(&self) -> Vec<Option<Started<Self>>>;

    /// What may go wrong.
    fn budget(&self) -> Budget;

    /// The machine of a node that comes up.
    fn newcomer(&self, node: AddressOf<Self>) -> Self::Machine;

    /// What a node that is down may be told when it comes up now; nothing, if it may not.
    fn commands(&self, state: &StateOf<Self>, node: usize) -> Vec<CommandOf<Self>>;

    /// Whether a machine is as good as down: nothing of it is kept then.
    fn is_out(&self, machine: &Self::Machine) -> bool;

    /// Which of the machines that are up may crash now.
    fn may_crash(&self, state: &StateOf<Self>) -> Vec<usize>;

    /// Whether a timer that is set may run out now.
    fn may_fire(&self, state: &StateOf<Self>, node: usize, timer: &TimerOf<Self>) -> bool;

    /// Whether a message that is under way may arrive now.
    fn may_arrive(&self, _: &StateOf<Self>, _: &PacketOf<Self::Machine>) -> bool {
        true
    }

    /// Whether a message may come twice.
    fn may_repeat(&self, packet: &PacketOf<Self::Machine>) -> bool;

    /// Whether a message may be doubled on its way now.
    fn may_double(&self, _: &StateOf<Self>, _: &PacketOf<Self::Machine>) -> bool {
        false
    }

    /// Whether a message may be lost, if any may.
    fn may_lose(&self, _: &PacketOf<Self::Machine>) -> bool {
        true
    }

    /// Whether a message may be lost now at no cost.
    fn is_lost_freely(&self, _: &StateOf<Self>, _: &PacketOf<Self::Machine>) -> bool {
        false
    }

    /// Whether a message still arrives when its sender has crashed.
    fn outlives(&self, _: &PacketOf<Self::Machine>) -> bool {
        true
    }

    /// What the machine at that place, which is up, may be told now.
    fn orders(&self, _: &StateOf<Self>, _: usize) -> Vec<CommandOf<Self>> {
        Vec::new()
    }

    /// Adds what happens before anything else can, and says whether something does.
    fn comes_first(&self, _: &StateOf<Self>, _: &mut Vec<ActionOf<Self::Machine>>) -> bool {
        false
    }

    /// Whether a message that is sent now reaches its addressee, which is up, unless that crashes.
    fn is_connected(&self, state: &StateOf<Self>, packet: &PacketOf<Self::Machine>) -> bool;

    /// The nonce for what the machine may ask now. It is not in use: no answer to an older
    /// question of this machine under that nonce can come any more. Another machine may use the
    /// same, which no network would do: it is only harder for machines to tell answers apart.
    fn fresh(&self, state: &StateOf<Self>, node: usize, cause: &Cause<Self::Machine>) -> Nonce;

    /// The ghost after a step.
    fn ghost(
        &self,
        before: &StateOf<Self>,
        action: &ActionOf<Self::Machine>,
        after: &StateOf<Self>,
    ) -> Self::Ghost;
}

/// How peers of that environment are named.
pub type AddressOf<E> = <<E as Environment>::Machine as Machine>::Address;
/// What machines of that environment wait for.
pub type TimerOf<E> = <<E as Environment>::Machine as Machine>::Timer;
/// What machines of that environment are told.
pub type CommandOf<E> = <<E as Environment>::Machine as Machine>::Command;
/// A network of that environment at one moment.
pub type StateOf<E> = State<<E as Environment>::Machine, <E as Environment>::Ghost>;
/// A machine, and what it wants done first.
pub type Started<E> = (<E as Environment>::Machine, Vec<OutputOf<<E as Environment>::Machine>>);

/// What wakes a machine that may then ask something.
#[derive(Clone, Debug)]
pub enum Cause<M: Machine> {
    /// A timer.
    Timer(M::Timer),
    /// A command.
    Command(M::Command),
}
