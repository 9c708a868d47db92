//! Which steps a network has, and the network as a model that can be searched.

use stateright::{Model, Property};
use straightedge_models::engine::{Fairness, Mutant, Specification};

use super::environment::{AddressOf, Environment, StateOf};
use super::network::Network;
use super::world::{Action, ActionOf};

impl<E: Environment> Network<E> {
    /// What can happen to the messages under way.
    pub fn deliveries(&self, state: &StateOf<E>, actions: &mut Vec<ActionOf<E::Machine>>) {
        let mut last = None;
        for packet in state.flight.iter() {
            if last == Some(packet) {
                continue;
            }
            last = Some(packet);
            if !self.environment.may_arrive(state, packet) {
                continue;
            }
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
    /// Every step, and the network after it.
    #[must_use]
    pub fn successors(&self, state: &StateOf<E>) -> Vec<(ActionOf<E::Machine>, StateOf<E>)> {
        let mut actions = Vec::new();
        self.actions(state, &mut actions);
        let after = |action| {
            let after = self.after(state, &action)?;
            Some((action, after))
        };
        actions.into_iter().filter_map(after).collect()
    }

    /// The step of that name, if it is possible.
    #[must_use]
    pub fn named(&self, state: &StateOf<E>, name: &str) -> Option<ActionOf<E::Machine>> {
        let mut actions = Vec::new();
        if self.environment.comes_first(state, &mut actions) {
            return actions.into_iter().find(|action| action.to_string() == name);
        }
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
