//! A small network of machines, every interleaving of which can be searched.
//!
//! Messages under way are a multiset, and any of them may arrive next; a timer that is set may run
//! out at any moment; a machine may crash. What the [`Environment`] knows of the protocol narrows
//! this down to what is assumed of the world, and of nothing else: the machines are run as they
//! are, through [`Machine::handle`] alone.

use std::sync::Arc;

use straightedge_impl::machine::{Input, InputOf, Machine, Output, OutputOf, Time};

use super::environment::{AddressOf, Cause, CommandOf, Environment, Started, StateOf, TimerOf};
use super::intern::{Memo, Pool, Shared};
use super::world::{Action, ActionOf, Budget, Flight, Host, Hosts, Packet, PacketOf, State};

/// A machine that is up, shared by states.
type Up<E> = Shared<Host<<E as Environment>::Machine>>;

/// At which place, which machine, which input.
type Occasion<E> = (usize, Up<E>, InputOf<<E as Environment>::Machine>);

/// What a machine makes of an input.
#[derive(Clone)]
struct Reaction<E: Environment> {
    /// The machine and its timers; `None` if it is as good as down.
    host: Option<Up<E>>,
    /// What it sends, in order.
    sent: Vec<Shared<PacketOf<E::Machine>>>,
}

/// The network, with one copy of each value that its states share.
#[derive(Clone)]
pub struct Network<E: Environment> {
    /// What is assumed of the world.
    pub environment: E,
    machines: Pool<Host<E::Machine>>,
    hosts: Pool<Hosts<E::Machine>>,
    packets: Pool<PacketOf<E::Machine>>,
    flights: Pool<Flight<E::Machine>>,
    /// A machine is a function: what it made of an input it will make of it again.
    reactions: Memo<Occasion<E>, Arc<Reaction<E>>>,
}

impl<E: Environment> Network<E> {
    /// A network in that environment.
    #[must_use]
    pub fn new(environment: E) -> Self {
        Self {
            environment,
            machines: Pool::default(),
            hosts: Pool::default(),
            packets: Pool::default(),
            flights: Pool::default(),
            reactions: Memo::default(),
        }
    }

    /// The network in which these machines are up, these messages under way, and nothing else.
    #[must_use]
    pub fn assembled(
        &self,
        machines: Vec<Option<Started<E>>>,
        packets: Vec<PacketOf<E::Machine>>,
    ) -> StateOf<E> {
        let mut flight: Flight<E::Machine> =
            packets.into_iter().map(|packet| self.packets.share(packet)).collect();
        let mut hosts = Vec::with_capacity(machines.len());
        for (node, started) in machines.into_iter().enumerate() {
            hosts.push(started.and_then(|(machine, outputs)| {
                let Reaction { host, sent } =
                    self.carried_out(node, Host { machine, timers: Vec::new() }, outputs);
                flight.extend(sent);
                host
            }));
        }
        flight.sort();
        State {
            hosts: self.hosts.share(hosts),
            flight: self.flights.share(flight),
            budget: self.environment.budget(),
            ghost: E::Ghost::default(),
        }
    }

    fn index(&self, address: AddressOf<E>) -> Option<usize> {
        self.environment.addresses().binary_search(&address).ok()
    }

    /// The state after an action, or `None` if the action cannot be taken.
    #[must_use]
    pub fn after(&self, state: &StateOf<E>, action: &ActionOf<E::Machine>) -> Option<StateOf<E>> {
        let mut work = Work::begin(self, state);
        match action {
            Action::Deliver(packet) => {
                work.take(packet)?;
                work.arrive(packet)?;
            }
            Action::DeliverAndKeep(packet) => {
                work.budget.duplicates = state.budget.duplicates.spent()?;
                work.arrive(packet)?;
            }
            Action::Double(packet) => {
                work.budget.duplicates = state.budget.duplicates.spent()?;
                work.double(packet)?;
            }
            Action::Lose(packet) => {
                if !self.environment.is_lost_freely(state, packet) {
                    work.budget.losses = state.budget.losses.spent()?;
                }
                work.take(packet)?;
            }
            Action::Fire { node, timer } => work.fire(self.index(*node)?, *timer)?,
            Action::Enter { node, command } => {
                work.budget.entries = state.budget.entries.spent()?;
                work.enter(self.index(*node)?, *node, command.clone());
            }
            Action::Tell { node, command } => work.tell(self.index(*node)?, command.clone())?,
            Action::Crash(node) => {
                work.budget.crashes = state.budget.crashes.spent()?;
                work.crash(self.index(*node)?);
            }
        }
        let mut after = work.done();
        after.ghost = self.environment.ghost(state, action, &after);
        Some(after)
    }

    /// What would become of the network if the machine at that place got this input now.
    #[must_use]
    pub fn provoked(
        &self,
        state: &StateOf<E>,
        node: usize,
        input: InputOf<E::Machine>,
    ) -> Option<StateOf<E>> {
        let host = state.hosts.get(node)?.clone()?;
        let mut work = Work::begin(self, state);
        work.handle(node, host, input);
        Some(State { ghost: state.ghost.clone(), ..work.done() })
    }

    fn reaction(&self, node: usize, host: Up<E>, input: InputOf<E::Machine>) -> Arc<Reaction<E>> {
        self.reactions.of((node, host, input), |(node, host, input)| {
            let mut host = (**host).clone();
            let mut outputs = Vec::new();
            host.machine.handle(Time::ORIGIN, input.clone(), &mut outputs);
            Arc::new(self.carried_out(*node, host, outputs))
        })
    }

    /// What the machine wants done: timers are its host's own, messages are sent.
    fn carried_out(
        &self,
        node: usize,
        mut host: Host<E::Machine>,
        outputs: Vec<OutputOf<E::Machine>>,
    ) -> Reaction<E> {
        let from = self.environment.addresses()[node];
        let mut sent = Vec::new();
        for output in outputs {
            match output {
                Output::Send { to, message } => {
                    sent.push(self.packets.share(Packet { to, from, message }));
                }
                Output::SetTimer { timer, .. } => {
                    if let Err(position) = host.timers.binary_search(&timer) {
                        host.timers.insert(position, timer);
                    }
                }
                Output::CancelTimer { timer } => host.timers.retain(|set| *set != timer),
                Output::Deliver(_) | Output::Ignored(_) => {}
            }
        }
        let is_up = !self.environment.is_out(&host.machine);
        Reaction { host: is_up.then(|| self.machines.share(host)), sent }
    }
}

/// A state that is being worked on.
struct Work<'a, E: Environment> {
    network: &'a Network<E>,
    before: &'a StateOf<E>,
    hosts: Hosts<E::Machine>,
    flight: Flight<E::Machine>,
    budget: Budget,
}

impl<'a, E: Environment> Work<'a, E> {
    fn begin(network: &'a Network<E>, before: &'a StateOf<E>) -> Self {
        let (hosts, flight) = ((*before.hosts).clone(), (*before.flight).clone());
        Self { network, before, hosts, flight, budget: before.budget }
    }

    fn done(self) -> StateOf<E> {
        State {
            hosts: self.network.hosts.share(self.hosts),
            flight: self.network.flights.share(self.flight),
            budget: self.budget,
            ghost: E::Ghost::default(),
        }
    }

    fn take(&mut self, packet: &Shared<PacketOf<E::Machine>>) -> Option<()> {
        self.flight.remove(self.flight.binary_search(packet).ok()?);
        Some(())
    }

    fn arrive(&mut self, packet: &PacketOf<E::Machine>) -> Option<()> {
        let node = self.network.index(packet.to)?;
        let host = self.hosts[node].clone()?;
        let message = packet.message.clone();
        self.handle(node, host, Input::Message { from: packet.from, message });
        Some(())
    }

    fn fire(&mut self, node: usize, timer: TimerOf<E>) -> Option<()> {
        let fresh = self.network.environment.fresh(self.before, node, &Cause::Timer(timer));
        let mut host = self.before.host(node)?.clone();
        host.timers.remove(host.timers.binary_search(&timer).ok()?);
        let host = self.network.machines.share(host);
        self.handle(node, host, Input::Timer { timer, fresh });
        Some(())
    }

    fn enter(&mut self, node: usize, address: AddressOf<E>, command: CommandOf<E>) {
        let environment = &self.network.environment;
        let fresh = environment.fresh(self.before, node, &Cause::Command(command.clone()));
        let machine = environment.newcomer(address);
        let host = self.network.machines.share(Host { machine, timers: Vec::new() });
        self.handle(node, host, Input::Command { command, fresh });
    }

    fn tell(&mut self, node: usize, command: CommandOf<E>) -> Option<()> {
        let environment = &self.network.environment;
        let fresh = environment.fresh(self.before, node, &Cause::Command(command.clone()));
        let host = self.hosts[node].clone()?;
        self.handle(node, host, Input::Command { command, fresh });
        Some(())
    }

    fn double(&mut self, packet: &Shared<PacketOf<E::Machine>>) -> Option<()> {
        let position = self.flight.binary_search(packet).ok()?;
        self.flight.insert(position, packet.clone());
        Some(())
    }

    /// Whatever was on its way to the machine is lost with it.
    fn end(&mut self, node: usize) {
        let address = self.network.environment.addresses()[node];
        self.hosts[node] = None;
        self.flight.retain(|packet| packet.to != address);
    }

    /// Some of what the machine has sent may be lost with it too.
    fn crash(&mut self, node: usize) {
        let environment = &self.network.environment;
        let address = environment.addresses()[node];
        self.end(node);
        self.flight.retain(|packet| packet.from != address || environment.outlives(packet));
    }

    fn handle(&mut self, node: usize, host: Up<E>, input: InputOf<E::Machine>) {
        let reaction = self.network.reaction(node, host, input);
        self.hosts[node].clone_from(&reaction.host);
        for packet in &reaction.sent {
            self.send(packet);
        }
        if reaction.host.is_none() {
            self.end(node);
        }
    }

    /// Whom a message reaches does not depend on what its sender has become by this step.
    fn send(&mut self, packet: &Shared<PacketOf<E::Machine>>) {
        let addressee = self.network.index(packet.to);
        let is_up = addressee.is_some_and(|node| self.hosts[node].is_some());
        if is_up && self.network.environment.is_connected(self.before, packet) {
            let (Ok(position) | Err(position)) = self.flight.binary_search(packet);
            self.flight.insert(position, packet.clone());
        }
    }
}
