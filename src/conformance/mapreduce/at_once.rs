//! What happens before anything else does (MAPREDUCE-25).

use straightedge_impl::mapreduce::{
    Address, MasterTimer, Message, WorkerCommand, WorkerId, WorkerTimer,
};

use super::super::environment::{Environment, StateOf};
use super::super::world::{Action, ActionOf, PacketOf};
use super::environment::{Cluster, Order};
use super::history::Fate;
use super::process::{Command, Process, Timer};

type State = StateOf<Cluster>;
type Step = ActionOf<Process>;

/// What is done at once.
impl Cluster {
    /// A step that commutes with all others and that the model does not see; then nothing is lost
    /// if it is taken first. If what the master says comes first, also that.
    pub(super) fn unseen(&self, state: &State) -> Option<Step> {
        if self.is_hasty {
            return None;
        }
        let is_said_again = self.budget.losses.is_left() || self.budget.duplicates.is_left();
        let is_done = self.is_done(state);
        let is_unseen = |packet: &PacketOf<Process>| match packet.from {
            Address::Master if matches!(packet.message, Message::Ack { .. }) => !is_said_again,
            Address::Master => self.order == Order::MasterFirst,
            // Nobody is there to hear the answer, and nothing else comes of it.
            Address::Worker(worker) => match state.ghost.fate(worker) {
                Fate::Up => false,
                Fate::Ended => is_done || !matches!(packet.message, Message::Complete { .. }),
                Fate::Crashed => is_done,
            },
        };
        let message = state.flight.iter().find(|packet| is_unseen(packet));
        let own = || self.present(state).find_map(|worker| self.unseen_of(state, worker));
        message.map(|packet| Action::Deliver(packet.clone())).or_else(own)
    }

    /// The same of a worker: its user code comes to an end, a region is looked for where nobody is,
    /// and who has nothing to do asks.
    fn unseen_of(&self, state: &State, worker: WorkerId) -> Option<Step> {
        let node = Address::Worker(worker);
        let is_unseen = |order: &WorkerCommand| match order {
            WorkerCommand::Reduced { .. } => true,
            WorkerCommand::Unreadable { from, .. } => {
                !self.is_shared() && self.worker(state, from.worker).is_none()
            }
            _ => false,
        };
        if let Some(order) = self.orders_of_worker(state, worker).into_iter().find(is_unseen) {
            return Some(Action::Tell { node, command: Command::Worker(order) });
        }
        let timer = Timer::Worker(WorkerTimer::Ask);
        let place = self.addresses.binary_search(&node).ok()?;
        let may_ask = self.order == Order::MasterFirst
            && state.host(place)?.timers.contains(&timer)
            && self.may_fire(state, place, &timer);
        may_ask.then_some(Action::Fire { node, timer })
    }

    /// What the operator's choice is for.
    pub(super) fn choices(&self, state: &State) -> Vec<Step> {
        let asks = state.flight.iter().filter(|packet| is_question(packet));
        let mut choices: Vec<Step> = asks.map(|packet| Action::Deliver(packet.clone())).collect();
        if self.may_preempt(state) {
            let timer = Timer::Master(MasterTimer::Preempt);
            choices.push(Action::Fire { node: Address::Master, timer });
        }
        choices.dedup();
        choices
    }

    pub(super) fn may_preempt(&self, state: &State) -> bool {
        let timer = Timer::Master(MasterTimer::Preempt);
        let is_set = state.host(0).is_some_and(|host| host.timers.contains(&timer));
        is_set && self.may_fire(state, 0, &timer)
    }
}

pub(super) fn is_question(packet: &PacketOf<Process>) -> bool {
    matches!(packet.message, Message::Ask { .. })
}
