//! How other people's traces name a switch: its parameters, its actions, its states.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::trace::to_json;
use crate::engine::walk::Walker;
use crate::engine::{Specification, Traced, Unfit, Walk, schema};

use super::options::{Blast, Budget, Ejection, Policy};
use super::state::State;
use super::{Action, Switch, property};

/// The most of anything that a state can count.
const MOST: u8 = u8::MAX;

/// The most that a setting may be.
const LARGEST: u8 = 100;

/// How traces are held against this system.
pub(super) const TRACED: Traced = Traced {
    parameters: schema::parameters::<Parameters>,
    action: || schema::action(every_action()),
    state: schema::observed::<State>,
    with,
};

/// A switch, its servers and clients, and its environment.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// How many servers there are: from 1 to 3.
    servers: u32,
    /// How many connections a server has at most: from 1 to 2.
    capacity: u32,
    /// How many requests wait at most: from 0 to 2.
    queue: u32,
    /// How a server is picked.
    policy: Policy,
    /// How many clients are told apart: from 1 to 3 where the policy looks at who asks, else up to
    /// 16.
    #[serde(default = "three")]
    clients: u32,
    /// How many passed checks in a row make a server count as up: from 1 to 100.
    #[serde(default = "two")]
    rise: u32,
    /// How many failed checks in a row make it count as down: from 1 to 100.
    #[serde(default = "two")]
    fall: u32,
    /// How often a request is tried again: from 0 to 100.
    #[serde(default = "one")]
    retries: u32,
    /// How many units the slow start takes: from 0, which is none, to 100.
    #[serde(default)]
    window: u32,
    /// Whether setting up a connection is a step of its own.
    #[serde(default)]
    opens_slowly: bool,
    /// Below how many healthy servers in a hundred ready ones health is ignored: from 0 to 100.
    #[serde(default)]
    panic: u32,
    /// How many servers may be ejected.
    #[serde(default)]
    ejection: Ejection,
    /// Within which bounds servers are killed.
    #[serde(default)]
    blast: Blast,
    /// Whether it is open which server was picked last before the start; else it is the last one,
    /// so that turns begin with the first.
    #[serde(default)]
    every_rotation: bool,
    /// Whether states remember who was picked since whom, for claims about turns.
    #[serde(default)]
    watches_turns: bool,
    /// How often each thing may happen.
    #[serde(default)]
    budget: BudgetParameters,
}

const fn one() -> u32 {
    1
}

const fn two() -> u32 {
    2
}

const fn three() -> u32 {
    3
}

/// How often each thing may happen: up to 255 times, which is what is meant where nothing is said.
/// Reads and writes are 255 at most together; where one is not said, it is what is left, and where
/// neither is, they are 128 and 127.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Budget")]
struct BudgetParameters {
    /// Requests that may be tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    reads: Option<u32>,
    /// Requests that are not idempotent.
    #[serde(skip_serializing_if = "Option::is_none")]
    writes: Option<u32>,
    /// Crashes.
    crashes: u32,
    /// Recoveries.
    recoveries: u32,
    /// Kills.
    kills: u32,
    /// Checks that lie.
    lies: u32,
    /// Results that arrive late.
    late_results: u32,
    /// Orders to drain.
    drains: u32,
    /// Orders to go into maintenance at once.
    maintenances: u32,
    /// Servers that give too many errors.
    outliers: u32,
    /// Clients that give up.
    aborts: u32,
}

impl Default for BudgetParameters {
    fn default() -> Self {
        let most = u32::from(MOST);
        Self {
            reads: None,
            writes: None,
            crashes: most,
            recoveries: most,
            kills: most,
            lies: most,
            late_results: most,
            drains: most,
            maintenances: most,
            outliers: most,
            aborts: most,
        }
    }
}

impl BudgetParameters {
    fn budget(&self) -> Result<Budget, Unfit> {
        let within = |name, count| schema::within(name, count, 0..=MOST);
        let (reads, writes) = match (self.reads, self.writes) {
            (None, None) => (128, 127),
            (Some(reads), None) => (reads, u32::from(MOST).saturating_sub(reads)),
            (None, Some(writes)) => (u32::from(MOST).saturating_sub(writes), writes),
            (Some(reads), Some(writes)) => (reads, writes),
        };
        within("budget.reads + budget.writes", reads.saturating_add(writes))?;
        Ok(Budget {
            reads: within("budget.reads", reads)?,
            writes: within("budget.writes", writes)?,
            crashes: within("budget.crashes", self.crashes)?,
            recoveries: within("budget.recoveries", self.recoveries)?,
            kills: within("budget.kills", self.kills)?,
            lies: within("budget.lies", self.lies)?,
            late_results: within("budget.late_results", self.late_results)?,
            drains: within("budget.drains", self.drains)?,
            maintenances: within("budget.maintenances", self.maintenances)?,
            outliers: within("budget.outliers", self.outliers)?,
            aborts: within("budget.aborts", self.aborts)?,
        })
    }
}

impl From<Budget> for BudgetParameters {
    fn from(budget: Budget) -> Self {
        Self {
            reads: Some(budget.reads.into()),
            writes: Some(budget.writes.into()),
            crashes: budget.crashes.into(),
            recoveries: budget.recoveries.into(),
            kills: budget.kills.into(),
            lies: budget.lies.into(),
            late_results: budget.late_results.into(),
            drains: budget.drains.into(),
            maintenances: budget.maintenances.into(),
            outliers: budget.outliers.into(),
            aborts: budget.aborts.into(),
        }
    }
}

impl Parameters {
    /// The switch with these parameters.
    fn switch(&self) -> Result<Switch, Unfit> {
        let servers = schema::within("servers", self.servers, 1..=3)?;
        let capacity = schema::within("capacity", self.capacity, 1..=2)?;
        if let Policy::RoundRobinDns { uses } = self.policy {
            schema::within("policy.round_robin_dns.uses", uses.into(), 1..=LARGEST)?;
        }
        let remembers_clients = self.policy.is_by_hash() || !self.policy.is_managed();
        let clients = if remembers_clients { 3 } else { 16 };
        schema::within("ejection.percent", self.ejection.percent.into(), 0..=100)?;
        Ok(Switch {
            queue: schema::within("queue", self.queue, 0..=2)?,
            clients: schema::within("clients", self.clients, 1..=clients)?,
            rise: schema::within("rise", self.rise, 1..=LARGEST)?,
            fall: schema::within("fall", self.fall, 1..=LARGEST)?,
            retries: schema::within("retries", self.retries, 0..=LARGEST)?,
            window: schema::within("window", self.window, 0..=LARGEST)?,
            opens_slowly: self.opens_slowly,
            panic: schema::within("panic", self.panic, 0..=100)?,
            ejection: self.ejection,
            blast: self.blast,
            every_rotation: self.every_rotation,
            watches_turns: self.watches_turns,
            budget: self.budget.budget()?,
            ..Switch::new(self.policy, servers, capacity, 0)
        })
    }
}

/// The parameters of a switch.
pub(super) fn parameters(switch: &Switch) -> Value {
    to_json(&Parameters {
        servers: switch.servers.into(),
        capacity: switch.capacity.into(),
        queue: switch.queue.into(),
        policy: switch.policy,
        clients: switch.clients.into(),
        rise: switch.rise.into(),
        fall: switch.fall.into(),
        retries: switch.retries.into(),
        window: switch.window.into(),
        opens_slowly: switch.opens_slowly,
        panic: switch.panic.into(),
        ejection: switch.ejection,
        blast: switch.blast,
        every_rotation: switch.every_rotation,
        watches_turns: switch.watches_turns,
        budget: switch.budget.into(),
    })
}

fn with(parameters: &Value) -> Result<Box<dyn Walk>, Unfit> {
    let model = schema::read::<Parameters>(parameters)?.switch()?;
    let Switch { servers, capacity, queue, .. } = model;
    Ok(Box::new(Walker {
        system: "load_manager",
        instance: format!("servers_{servers}_capacity_{capacity}_queue_{queue}"),
        claims: property::claims(&model),
        model,
    }))
}

/// The actions of switches that together can take every step there is.
fn every_action() -> Vec<Action> {
    let drawing = [Policy::LeastConnectionsAnyTie, Policy::TwoChoices].map(|policy| {
        let parameters = Parameters {
            servers: 3,
            capacity: 2,
            queue: 2,
            policy,
            clients: 1,
            rise: 1,
            fall: 1,
            retries: 1,
            window: 1,
            opens_slowly: true,
            panic: 0,
            ejection: Ejection::default(),
            blast: Blast::default(),
            every_rotation: false,
            watches_turns: false,
            budget: BudgetParameters::default(),
        };
        parameters.switch().map(|switch| switch.alphabet())
    });
    drawing.into_iter().flatten().flatten().collect()
}
