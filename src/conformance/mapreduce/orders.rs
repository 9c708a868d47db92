//! What hosts report to their workers, and the file system and the operator to the master.

use straightedge_impl::machine::{Input, Machine as _, Nonce, Time};
use straightedge_impl::mapreduce::{
    Activity, AttemptId, Counters, Lock, Master, MasterCommand, Message, Reduce, Region, Stage,
    Task, WorkerCommand, WorkerId,
};

use super::super::environment::StateOf;
use super::super::world::PacketOf;
use super::environment::{Cluster, at_least, left};
use super::process::Process;

type State = StateOf<Cluster>;

impl Cluster {
    pub(super) fn orders_of_worker(&self, state: &State, worker: WorkerId) -> Vec<WorkerCommand> {
        let Some(machine) = self.worker(state, worker) else { return Vec::new() };
        match machine.activity() {
            Activity::Idle => Vec::new(),
            Activity::Map { number, map } => self.orders_of_map(state, worker, *number, *map),
            Activity::Reduce(reduce) => self.orders_of_reduce(state, worker, reduce),
        }
    }

    fn orders_of_map(
        &self,
        state: &State,
        worker: WorkerId,
        number: u32,
        map: u32,
    ) -> Vec<WorkerCommand> {
        let given = state.ghost.given(worker).filter(|given| given.number == number);
        let skips = given.is_some_and(|given| given.skips);
        let stumbles = self.faults.first_is_bad && map == 0 && !skips;
        let failing =
            |packet: &&PacketOf<Process>| matches!(packet.message, Message::Failed { .. });
        let failing = state.packets().filter(failing).count() as u8;
        let failures = left(self.faults.failures, state.ghost.spent.failures);
        let may_fail = map == 0 && !skips && given.is_some() && at_least(failures, failing + 1);
        let mut orders = Vec::new();
        if !stumbles {
            orders.push(WorkerCommand::Mapped { number, counters: Counters::default() });
        }
        if stumbles || may_fail {
            orders.push(WorkerCommand::Failed { number, record: Some(0) });
        }
        orders
    }

    fn orders_of_reduce(
        &self,
        state: &State,
        worker: WorkerId,
        reduce: &Reduce,
    ) -> Vec<WorkerCommand> {
        let number = reduce.number;
        match &reduce.stage {
            Stage::Fetching => {
                let fetching = reduce.regions.iter().filter_map(|(map, region)| match region {
                    Region::Fetching(from) => Some((*map, *from)),
                    _ => None,
                });
                fetching.flat_map(|(map, from)| self.fetches(state, number, map, from)).collect()
            }
            Stage::Reducing => {
                vec![WorkerCommand::Reduced { number, counters: Counters::default() }]
            }
            Stage::Asking(_) => Vec::new(),
            Stage::Publishing(_) => {
                let attempt = AttemptId { worker, number };
                let is_permitted = self.is_permitted(state, reduce.reduce, attempt);
                vec![if is_permitted {
                    WorkerCommand::Published { number }
                } else {
                    WorkerCommand::Refused { number }
                }]
            }
        }
    }

    /// Who is suspected may be out of reach, though it is up.
    fn fetches(&self, state: &State, number: u32, map: u32, from: AttemptId) -> Vec<WorkerCommand> {
        let is_readable = self.is_readable(state, map, from);
        let is_trusted =
            self.master(state).is_some_and(|master| self.is_trusted(master, from.worker));
        let mut orders = Vec::new();
        if is_readable {
            orders.push(WorkerCommand::Fetched { number, map, from });
        }
        if !is_readable || !is_trusted && !self.is_shared() {
            orders.push(WorkerCommand::Unreadable { number, map, from });
        }
        orders
    }

    /// The operator may choose as long as there is something to choose.
    pub(super) fn orders_of_master(&self, master: &Master) -> Vec<MasterCommand> {
        let may_choose =
            self.has_operator && master.preferred().is_none() && master.end().is_none();
        let tasks = (0..self.config.maps).map(Task::Map);
        let tasks = tasks.chain((0..self.config.reduces).map(Task::Reduce));
        let is_open = |task: &Task| {
            master.record(*task).is_some_and(|record| {
                !record.status.is_completed() || record.live().next().is_some()
            })
        };
        let open: Vec<Task> = tasks.filter(is_open).collect();
        if may_choose && open.len() > 1 {
            open.into_iter().map(MasterCommand::Prefer).collect()
        } else {
            Vec::new()
        }
    }

    /// What the file system says of permissions that were taken back.
    pub(super) fn settlements(&self, state: &State, master: &Master) -> Vec<MasterCommand> {
        let reduces = (0..self.config.reduces)
            .filter(|reduce| matches!(master.lock(*reduce), Some(Lock::Revoked(_))));
        let settled = |reduce| {
            let is_published = state.ghost.outputs.contains_key(&reduce);
            MasterCommand::Settled { reduce, is_published }
        };
        reduces.map(settled).collect()
    }

    /// The master as it is once the file system has said whether permissions were used.
    pub(super) fn settled(&self, state: &State) -> Option<Master> {
        let mut master = self.master(state)?.clone();
        for command in self.settlements(state, &master) {
            let input = Input::Command { command, fresh: Nonce(0) };
            master.handle(Time::ORIGIN, input, &mut Vec::new());
        }
        Some(master)
    }
}
