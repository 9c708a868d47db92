//! How other people's traces name a job: its parameters, its actions, its states.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::trace::to_json;
use crate::engine::walk::Walker;
use crate::engine::{Specification, Traced, Unfit, Walk, schema};

use super::options::{Barrier, Budget, Commit, Launch, MapOutput, Records};
use super::state::{MAXIMUM_MAPS, MAXIMUM_REDUCES, MAXIMUM_WORKERS};
use super::view::StateView;
use super::{MapReduce, property};

/// The most that a state can hold of anything that the environment does.
const MOST: u8 = 3;

/// How traces are held against this system.
pub(super) const TRACED: Traced = Traced {
    parameters: schema::parameters::<Parameters>,
    action: || schema::action(largest().alphabet()),
    state: schema::observed::<StateView>,
    with,
};

/// One job, its cluster, and its environment.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Parameters")]
struct Parameters {
    /// How many map tasks there are: from 1 to 3.
    maps: u32,
    /// How many reduce tasks there are: from 1 to 2.
    reduces: u32,
    /// How many workers start with the job: from 1 to 4.
    workers: u32,
    /// Where a map leaves its regions.
    #[serde(default)]
    map_output: MapOutput,
    /// What waits for the last map.
    #[serde(default)]
    barrier: Barrier,
    /// How an output comes to its final name.
    #[serde(default)]
    commit: Commit,
    /// How an assignment comes to its worker.
    #[serde(default)]
    launch: Launch,
    /// Whether every execution of a map writes the same.
    #[serde(default = "yes")]
    deterministic: bool,
    /// Whether tasks are handed out a second time near the end of a phase.
    #[serde(default = "yes")]
    backups: bool,
    /// Whether user code can read every record.
    #[serde(default)]
    records: Records,
    /// How often the environment may do each thing.
    #[serde(default)]
    budget: BudgetParameters,
}

/// How often the environment may do each thing: up to 3 times, which is what is meant where nothing
/// is said.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Budget")]
struct BudgetParameters {
    /// Workers that crash.
    crashes: u32,
    /// Workers that are suspected though they are up.
    false_suspicions: u32,
    /// Messages of living workers that are lost.
    losses: u32,
    /// Messages that arrive twice.
    duplicates: u32,
    /// Suspected workers that come back as new incarnations. Together with the workers that start
    /// they are 4 at most; as many are meant where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejoins: Option<u32>,
    /// Restarts of the master from its checkpoint.
    restarts: u32,
    /// Failures of user code on a record that is good.
    failures: u32,
}

impl Default for BudgetParameters {
    fn default() -> Self {
        let most = u32::from(MOST);
        Self {
            crashes: most,
            false_suspicions: most,
            losses: most,
            duplicates: most,
            rejoins: None,
            restarts: most,
            failures: most,
        }
    }
}

const fn yes() -> bool {
    true
}

impl Parameters {
    /// The job with these parameters.
    fn job(&self) -> Result<MapReduce, Unfit> {
        let maps = schema::within("maps", self.maps, 1..=MAXIMUM_MAPS)?;
        let reduces = schema::within("reduces", self.reduces, 1..=MAXIMUM_REDUCES)?;
        let workers = schema::within("workers", self.workers, 1..=MAXIMUM_WORKERS)?;
        let Self { map_output, barrier, commit, launch, deterministic, backups, records, .. } =
            *self;
        Ok(MapReduce {
            map_output,
            barrier,
            commit,
            launch,
            deterministic,
            backups,
            records,
            budget: self.budget.with(workers)?,
            ..MapReduce::new(maps, reduces, workers)
        })
    }
}

impl BudgetParameters {
    fn with(&self, workers: u8) -> Result<Budget, Unfit> {
        let newcomers = (MAXIMUM_WORKERS - workers).min(MOST);
        let rejoins = self.rejoins.unwrap_or(u32::from(newcomers));
        let within = |name, count| schema::within(name, count, 0..=MOST);
        Ok(Budget {
            crashes: within("budget.crashes", self.crashes)?,
            false_suspicions: within("budget.false_suspicions", self.false_suspicions)?,
            losses: within("budget.losses", self.losses)?,
            duplicates: within("budget.duplicates", self.duplicates)?,
            rejoins: schema::within("budget.rejoins", rejoins, 0..=newcomers)?,
            restarts: within("budget.restarts", self.restarts)?,
            failures: within("budget.failures", self.failures)?,
        })
    }
}

/// The parameters of a job.
pub(super) fn parameters(job: &MapReduce) -> Value {
    let budget = job.budget;
    to_json(&Parameters {
        maps: job.maps.into(),
        reduces: job.reduces.into(),
        workers: job.workers.into(),
        map_output: job.map_output,
        barrier: job.barrier,
        commit: job.commit,
        launch: job.launch,
        deterministic: job.deterministic,
        backups: job.backups,
        records: job.records,
        budget: BudgetParameters {
            crashes: budget.crashes.into(),
            false_suspicions: budget.false_suspicions.into(),
            losses: budget.losses.into(),
            duplicates: budget.duplicates.into(),
            rejoins: Some(budget.rejoins.into()),
            restarts: budget.restarts.into(),
            failures: budget.failures.into(),
        },
    })
}

fn with(parameters: &Value) -> Result<Box<dyn Walk>, Unfit> {
    let model = schema::read::<Parameters>(parameters)?.job()?;
    let MapReduce { maps, reduces, workers, .. } = model;
    Ok(Box::new(Walker {
        system: "mapreduce",
        instance: format!("maps_{maps}_reduces_{reduces}_workers_{workers}"),
        claims: property::claims(&model),
        model,
    }))
}

/// A job that can take every step there is.
fn largest() -> MapReduce {
    let budget = Budget {
        crashes: MOST,
        false_suspicions: MOST,
        losses: MOST,
        duplicates: MOST,
        rejoins: 1,
        restarts: MOST,
        failures: MOST,
    };
    MapReduce {
        commit: Commit::Coordinator,
        launch: Launch::Message,
        budget,
        ..MapReduce::new(MAXIMUM_MAPS, MAXIMUM_REDUCES, MAXIMUM_WORKERS - 1)
    }
}
