//! The world of a run: the nodes, what is going to happen, and the clock.

use std::time::Duration;

use foldhash::fast::FixedState;
use std::hash::BuildHasher;
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};

use super::directory::Directory;
use super::network::{Network, Weather, carry};
use super::plan::{NodeIndex, Plan};
use super::queue::Queue;
use super::random::{Random, Stream};
use super::system::{Begin, Nodes, Observer, Place, Reaction, System};
use super::tally::{Happening, Tally};

/// Something that is going to happen.
pub(crate) struct Event<M: Machine> {
    pub(crate) node: NodeIndex,
    /// The node's life for which it is meant.
    pub(crate) life: u32,
    /// Whether it has waited at a slow node already.
    pub(crate) has_waited: bool,
    pub(crate) what: What<M>,
}

pub(crate) enum What<M: Machine> {
    Message { from: NodeIndex, message: M::Message },
    Timer { timer: M::Timer, setting: u32 },
    Command(M::Command),
    FaultBegins(usize),
    FaultEnds(usize),
}

/// A simulated network of machines.
pub struct World<S: System, O = ()> {
    pub(crate) system: S,
    pub(crate) plan: Plan,
    pub(crate) places: Vec<Place<S>>,
    pub(crate) weather: Weather,
    pub(crate) tally: Tally,
    pub(crate) now: Time,
    pub(crate) queue: Queue<Event<S::Machine>>,
    pub(crate) application: Random,
    observer: O,
    network: Network,
    random: Random,
    directory: Directory<<S::Machine as Machine>::Address>,
    nonce: u64,
    digest: u64,
    events: u64,
    outputs: Vec<OutputOf<S::Machine>>,
}

impl<S: System, O: Observer<S::Machine>> World<S, O> {
    /// The world in which this plan is carried out, at the beginning.
    pub fn new(system: S, network: Network, plan: Plan, seed: u64, observer: O) -> Self {
        let room = plan.room();
        let places: Vec<Place<S>> = (0..room).map(|node| absent(system.address(node))).collect();
        let addresses: Vec<_> = places.iter().map(|place| place.address).collect();
        let mut world = Self {
            tally: Tally::new(system.kinds()),
            system,
            places,
            weather: Weather::default(),
            now: Time::ORIGIN,
            queue: Queue::new(),
            application: Random::new(seed, Stream::Application),
            observer,
            network,
            random: Random::new(seed, Stream::Network),
            directory: Directory::new(&addresses),
            nonce: 0,
            digest: 0,
            events: 0,
            outputs: Vec::new(),
            plan,
        };
        for node in 0..world.plan.nodes {
            let begin = world.system.at_the_beginning(node, &mut world.application);
            world.begin(node, begin);
        }
        world.schedule_faults();
        world
    }

    /// The time now.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.now
    }

    /// How often each thing happened so far.
    #[must_use]
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// A number that stands for every input of every machine so far, with its time and in order.
    #[must_use]
    pub const fn digest(&self) -> u64 {
        self.digest
    }

    /// How many events there were so far: inputs, and what came to nothing.
    #[must_use]
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// How many events are still to come.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.queue.len()
    }

    /// All nodes.
    #[must_use]
    pub fn nodes(&self) -> Nodes<'_, S> {
        Nodes(&self.places)
    }

    /// The kind of machine, with the application's memory.
    #[must_use]
    pub const fn system(&self) -> &S {
        &self.system
    }

    /// The same, to change the application's memory.
    pub const fn system_mut(&mut self) -> &mut S {
        &mut self.system
    }

    /// Whoever watches.
    pub const fn observer(&self) -> &O {
        &self.observer
    }

    /// The same, to tell it what it cannot see.
    pub const fn observer_mut(&mut self) -> &mut O {
        &mut self.observer
    }

    /// The application on a node asks for something, after that long; nothing comes of it if the
    /// node is not there then.
    pub fn command(
        &mut self,
        node: NodeIndex,
        after: Duration,
        command: <S::Machine as Machine>::Command,
    ) {
        if let Some(place) = self.places.get(node as usize) {
            let (life, what) = (place.life, What::Command(command));
            let event = Event { node, life, has_waited: false, what };
            self.queue.push(self.now.after(after), event);
        }
    }

    /// A node stops at once, and for good unless the plan says otherwise.
    pub fn stop(&mut self, node: NodeIndex) {
        let place = &mut self.places[node as usize];
        let address = place.address;
        let (life, disk) = (place.life + 1, place.disk.take());
        *place = Place { life, disk, settings: place.settings, ..absent(address) };
    }

    /// Goes on until nothing is left to happen up to that moment, or that many events have
    /// happened; whether the moment was reached.
    pub fn run_until(&mut self, end: Time, events: u64) -> bool {
        let last = self.events.saturating_add(events);
        while self.queue.next_time().is_some_and(|time| time <= end) {
            if self.events >= last {
                return false;
            }
            self.step();
        }
        self.now = self.now.max(end);
        true
    }

    /// One event, if there is one.
    pub fn step(&mut self) -> bool {
        let Some((time, event)) = self.queue.pop() else { return false };
        self.now = time;
        self.events += 1;
        match event.what {
            What::FaultBegins(fault) => self.fault_begins(fault),
            What::FaultEnds(fault) => self.fault_ends(fault),
            _ => self.reach(event),
        }
        true
    }

    /// Starts a node.
    pub(crate) fn begin(&mut self, node: NodeIndex, begin: Begin<S::Machine>) {
        let place = &mut self.places[node as usize];
        place.machine = Some(begin.machine);
        place.life += 1;
        for (timer, after) in begin.timers {
            self.set_timer(node, timer, after);
        }
        for (command, after) in begin.commands {
            self.command(node, after, command);
        }
    }

    /// An event reaches a node.
    fn reach(&mut self, event: Event<S::Machine>) {
        let place = &mut self.places[event.node as usize];
        let is_message = matches!(event.what, What::Message { .. });
        let is_meant = event.life == place.life || (is_message && !self.network.connections);
        if place.machine.is_none() || !is_meant {
            if is_message {
                self.tally.count(Happening::Undeliverable);
            }
            return;
        }
        let has_to_wait = place.slow_by > Duration::ZERO || place.free_at > self.now;
        if has_to_wait && !event.has_waited {
            place.free_at = place.free_at.max(self.now).after(place.slow_by);
            self.tally.count(Happening::Waited);
            self.queue.push(place.free_at, Event { has_waited: true, ..event });
            return;
        }
        if let Some(input) = self.input(event.node, event.what) {
            self.give(event.node, input);
        }
    }

    /// The event as the machine sees it; nothing if it is a timer that was set anew or cancelled.
    fn input(&mut self, node: NodeIndex, what: What<S::Machine>) -> Option<InputOf<S::Machine>> {
        match what {
            What::Message { from, message } => {
                self.tally.count(Happening::Delivered);
                self.tally.count_kind(self.system.kind(&message));
                Some(Input::Message { from: self.places[from as usize].address, message })
            }
            What::Timer { timer, setting } => {
                let timers = &mut self.places[node as usize].timers;
                let set = timers.iter().position(|&set| set == (timer, setting))?;
                timers.swap_remove(set);
                self.tally.count(Happening::TimerFired);
                Some(Input::Timer { timer, fresh: self.fresh() })
            }
            What::Command(command) => {
                self.tally.count(Happening::Commanded);
                Some(Input::Command { command, fresh: self.fresh() })
            }
            What::FaultBegins(_) | What::FaultEnds(_) => None,
        }
    }

    const fn fresh(&mut self) -> Nonce {
        self.nonce += 1;
        Nonce(self.nonce)
    }

    /// The machine takes its input, and the world does what it says.
    fn give(&mut self, node: NodeIndex, input: InputOf<S::Machine>) {
        let Some(machine) = &mut self.places[node as usize].machine else { return };
        let seen = (self.now, node, &input);
        self.digest = FixedState::with_seed(self.digest).hash_one(seen);
        self.observer.takes(self.now, node, machine, &input);
        let mut outputs = std::mem::take(&mut self.outputs);
        machine.handle(self.now, input, &mut outputs);
        self.observer.did(self.now, node, machine, &outputs);
        for output in outputs.drain(..) {
            self.carry_out(node, output);
        }
        self.outputs = outputs;
    }

    fn carry_out(&mut self, node: NodeIndex, output: OutputOf<S::Machine>) {
        match output {
            Output::Send { to, message } => self.send(node, to, message),
            Output::SetTimer { timer, after } => self.set_timer(node, timer, after),
            Output::CancelTimer { timer } => {
                self.places[node as usize].timers.retain(|&(set, _)| set != timer);
            }
            Output::Deliver(delivery) => {
                self.tally.count(Happening::Told);
                let nodes = Nodes(&self.places);
                let random = &mut self.application;
                match self.system.told(self.now, node, delivery, &nodes, random) {
                    Reaction::None => {}
                    Reaction::Command(command, after) => self.command(node, after, command),
                    Reaction::Stop => self.stop(node),
                }
            }
            Output::Ignored(_) => self.tally.count(Happening::Ignored),
        }
    }

    fn send(
        &mut self,
        from: NodeIndex,
        to: <S::Machine as Machine>::Address,
        message: <S::Machine as Machine>::Message,
    ) {
        self.tally.count(Happening::Sent);
        let Some(node) = self.directory.find(to) else {
            self.tally.count(Happening::Undeliverable);
            return;
        };
        let link = (from, node);
        let arrivals = carry(&self.network, &self.weather, link, &mut self.random, &mut self.tally);
        let life = self.places[node as usize].life;
        let event = |message| Event {
            node,
            life,
            has_waited: false,
            what: What::Message { from, message },
        };
        if let Some(again) = arrivals[1] {
            self.queue.push(self.now.after(again), event(message.clone()));
        }
        if let Some(after) = arrivals[0] {
            self.queue.push(self.now.after(after), event(message));
        }
    }

    fn set_timer(
        &mut self,
        node: NodeIndex,
        timer: <S::Machine as Machine>::Timer,
        after: Duration,
    ) {
        let place = &mut self.places[node as usize];
        // What stopped in the middle of its outputs waits for nothing any more.
        if place.machine.is_none() {
            return;
        }
        place.settings = place.settings.wrapping_add(1);
        let setting = place.settings;
        match place.timers.iter_mut().find(|(set, _)| *set == timer) {
            Some(set) => set.1 = setting,
            None => place.timers.push((timer, setting)),
        }
        let what = What::Timer { timer, setting };
        let event = Event { node, life: place.life, has_waited: false, what };
        self.queue.push(self.now.after(after), event);
    }
}

fn absent<S: System>(address: <S::Machine as Machine>::Address) -> Place<S> {
    Place {
        address,
        machine: None,
        life: 0,
        timers: Vec::new(),
        settings: 0,
        disk: None,
        slow_by: Duration::ZERO,
        free_at: Time::ORIGIN,
    }
}
