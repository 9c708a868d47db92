//! A small network of machines, every interleaving of which can be searched.
//!
//! Messages under way are a multiset, and any of them may arrive next; a timer that is set may run
//! out at any moment; a machine may crash. What the [`Environment`] knows of the protocol narrows
//! this down to what is assumed of the world, and of nothing else: the machines are run as they
//! are, through [`Machine::handle`] alone.

use std::sync::Arc;

use stateright::{Model, Property};
use straightedge_impl::machine::{Input, InputOf, Machine, Output, OutputOf, Time};
use straightedge_models::engine::{Fairness, Mutant, Specification};

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

impl<E: Environment> Network<E> {
    /// What can happen to the messages under way.
    pub fn deliveries(&self, state: &StateOf<E>, actions: &mut Vec<ActionOf<E::Machine>>) {
        let mut last = None;
        for packet in state.flight.iter() {
            if last == Some(packet) {
                continue;
            }
            last = Some(packet);
            actions.push(Action::Deliver(packet.clone()));
            if state.budget.duplicates.is_left() && self.environment.may_repeat(packet) {
                actions.push(Action::DeliverAndKeep(packet.clone()));
            }
            if state.budget.duplicates.is_left() && self.environment.may_double(state, packet) {
                actions.push(Action::Double(packet.clone()));
            }
            let may_lose = state.budget.losses.is_left() && self.environment.may_lose(packet);
            if may_lose || self.environment.is_lost_freely(state, packet) {
                actions.push(Action::Lose(packet.clone()));
            }
        }
    }

    /// Which timers can run out.
    pub fn expiries(&self, state: &StateOf<E>, actions: &mut Vec<ActionOf<E::Machine>>) {
        for (index, host) in state.up() {
            let node = self.environment.addresses()[index];
            let timers = host.timers.iter();
            let may_fire = timers.filter(|timer| self.environment.may_fire(state, index, timer));
            actions.extend(may_fire.map(|&timer| Action::Fire { node, timer }));
        }
    }

    /// How the node at that place can come up.
    pub fn entries(
        &self,
        state: &StateOf<E>,
        index: usize,
        actions: &mut Vec<ActionOf<E::Machine>>,
    ) {
        if state.budget.entries.is_left() && state.host(index).is_none() {
            let node = self.environment.addresses()[index];
            let commands = self.environment.commands(state, index).into_iter();
            actions.extend(commands.map(|command| Action::Enter { node, command }));
        }
    }

    /// What the machine at that place can be told.
    pub fn orders(
        &self,
        state: &StateOf<E>,
        index: usize,
        actions: &mut Vec<ActionOf<E::Machine>>,
    ) {
        if state.host(index).is_some() {
            let node = self.environment.addresses()[index];
            let orders = self.environment.orders(state, index).into_iter();
            actions.extend(orders.map(|command| Action::Tell { node, command }));
        }
    }

    /// Which machines can crash.
    pub fn crashes(&self, state: &StateOf<E>, actions: &mut Vec<ActionOf<E::Machine>>) {
        if state.budget.crashes.is_left() {
            let crashes = self.environment.may_crash(state).into_iter();
            actions.extend(crashes.map(|node| Action::Crash(self.environment.addresses()[node])));
        }
    }
}

impl<E: Environment> Network<E> {
    /// The step of that name, if it is possible.
    #[must_use]
    pub fn named(&self, state: &StateOf<E>, name: &str) -> Option<ActionOf<E::Machine>> {
        let mut actions = Vec::new();
        let kind = name.split('(').next()?;
        let of_node = |node: &AddressOf<E>| name.starts_with(&format!("{kind}({node}, "));
        let places = || self.environment.addresses().iter().position(of_node);
        match kind {
            "fire" => self.expiries(state, &mut actions),
            "crash" => self.crashes(state, &mut actions),
            "enter" => self.entries(state, places()?, &mut actions),
            "tell" => self.orders(state, places()?, &mut actions),
            _ => self.deliveries(state, &mut actions),
        }
        actions.into_iter().find(|action| action.to_string() == name)
    }
}

impl<E: Environment> Model for Network<E> {
    type State = StateOf<E>;
    type Action = ActionOf<E::Machine>;

    fn init_states(&self) -> Vec<Self::State> {
        vec![self.assembled(self.environment.start(), Vec::new())]
    }

    fn actions(&self, state: &Self::State, actions: &mut Vec<Self::Action>) {
        if self.environment.comes_first(state, actions) {
            return;
        }
        self.deliveries(state, actions);
        self.expiries(state, actions);
        for index in 0..self.environment.addresses().len() {
            self.entries(state, index, actions);
            self.orders(state, index, actions);
        }
        self.crashes(state, actions);
    }

    fn next_state(&self, state: &Self::State, action: Self::Action) -> Option<Self::State> {
        self.after(state, &action)
    }

    fn format_action(&self, action: &Self::Action) -> String {
        action.to_string()
    }

    fn properties(&self) -> Vec<Property<Self>> {
        Vec::new()
    }
}

/// What is decided of a network is that it refines a model, which is no claim of its own: there is
/// no fairness and no mutant here.
impl<E: Environment> Specification for Network<E> {
    type Constraint = u8;

    fn fairness(&self, _: &Self::Action) -> Fairness<u8> {
        Fairness::Unfair
    }

    fn assumptions(&self) -> String {
        "nothing is fair".into()
    }

    fn repertoire(&self) -> Vec<&'static str> {
        let budget = self.environment.budget();
        let wanted = [
            ("deliver", true),
            ("deliver_and_keep", E::REPEATS && budget.duplicates.is_left()),
            ("double", !E::REPEATS && budget.duplicates.is_left()),
            ("lose", budget.losses.is_left()),
            ("fire", true),
            ("enter", budget.entries.is_left()),
            ("tell", E::TELLS),
            ("crash", budget.crashes.is_left()),
        ];
        wanted.into_iter().filter(|(_, occurs)| *occurs).map(|(name, _)| name).collect()
    }

    fn mutants() -> &'static [Mutant] {
        &[]
    }

    fn mutate(&self, _: &str) -> Option<Self> {
        None
    }
}
