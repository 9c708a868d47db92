//! What is true of the master, and of a worker, after every input, whatever the input.

use super::config::MapOutput;
use super::master::{Lock, Master, Record, Status};
use super::message::Message;
use super::task::{Task, WorkerId};
use super::worker::{Activity, Life, Region, Stage, Worker};

/// The first of the master's assertions that does not hold, by its name.
///
/// # Errors
///
/// The name of the assertion.
pub fn holds_of_master(master: &Master) -> Result<(), &'static str> {
    let is_shared = master.config().map_output == MapOutput::SharedFileSystem;
    for (map, record) in (0..).zip(&master.table.maps) {
        holds_of_record(master, Task::Map(map), record)?;
        if let Status::Completed(at) = record.status {
            let is_there = is_shared || master.is_trusted(at.worker);
            check(is_there, "the regions of a completed map are with a trusted worker")?;
        }
    }
    for (reduce, record) in (0..).zip(&master.table.reduces) {
        holds_of_record(master, Task::Reduce(reduce), record)?;
        holds_of_lock(master, reduce, record)?;
    }
    for (&worker, standing) in master.workers() {
        check(standing.ended <= standing.issued, "no attempt ends that was not handed out")?;
        let is_new = standing.issued == 0;
        check(is_new == standing.last.is_none(), "who was given an attempt was given a task")?;
        let running = tasks_in_hand(master, worker);
        check(running <= 1, "no worker is given a task while it has another")?;
    }
    let is_unexpected = master.workers().len() > master.config().limits.workers as usize;
    check(!is_unexpected, "no more workers than may be")
}

/// The live attempts of which the worker has not said that they have ended.
fn tasks_in_hand(master: &Master, worker: WorkerId) -> usize {
    let table = &master.table;
    let ended = master.workers().get(&worker).map_or(0, |standing| standing.ended);
    let attempts = table.maps.iter().chain(&table.reduces).flat_map(Record::live);
    attempts.filter(|attempt| attempt.worker == worker && attempt.number > ended).count()
}

fn holds_of_record(master: &Master, task: Task, record: &Record) -> Result<(), &'static str> {
    let live = record.live().count();
    let limits = master.config().limits;
    let (lowest, highest) = match record.status {
        Status::Idle => (0, 0),
        Status::InProgress => (1, 2),
        Status::Completed(_) => (0, 2),
    };
    check(live >= lowest, "somebody works on a task in progress")?;
    check(live <= highest, "nobody works on an idle task, and no more than two on any")?;
    let are_trusted = record.attempts.keys().all(|&worker| master.is_trusted(worker));
    check(are_trusted, "only trusted workers have attempts")?;
    for (worker, attempt) in &record.attempts {
        let issued = master.workers().get(worker).map_or(0, |standing| standing.issued);
        check((1..=issued).contains(&attempt.number), "every attempt was handed out")?;
        let are_maps = attempt.lacks.iter().all(|&map| master.config().has_task(Task::Map(map)));
        check(are_maps, "only maps' regions are lacking")?;
    }
    check(record.contributions <= 1, "the counters of a task are counted once")?;
    let is_counted = !record.status.is_completed() || record.contributions == 1;
    check(is_counted, "the counters of a completed task are counted")?;
    let few = record.counters.0.len() <= limits.counters as usize;
    check(few, "no more counters than may be")?;
    let is_over = master.end().is_some();
    let few_failures = record.failures <= limits.failures;
    check(is_over || few_failures, "a task that fails too often ends the job")?;
    let skips_few = master.skipped(task).len() <= limits.skips as usize;
    check(is_over || record.status.is_completed() || skips_few, "few records are left out")
}

fn holds_of_lock(master: &Master, reduce: u32, record: &Record) -> Result<(), &'static str> {
    let is_free = !master.table.locks.contains_key(&reduce);
    let has_no_pledge = !master.table.pledged.contains_key(&reduce);
    check(is_free == has_no_pledge, "whoever may rename has said what it counted")?;
    match master.lock(reduce) {
        None => Ok(()),
        Some(Lock::Held(holder)) => {
            check(record.is_live(holder), "only a live attempt may rename")?;
            check(!record.status.is_completed(), "nobody may rename what is completed")
        }
        Some(Lock::Revoked(_)) => {
            check(!record.status.is_completed(), "nothing is settled of what is completed")
        }
    }
}

/// The first of a worker's assertions that does not hold, by its name.
///
/// # Errors
///
/// The name of the assertion.
pub fn holds_of_worker(worker: &Worker) -> Result<(), &'static str> {
    let number = worker.activity().number();
    check(number <= worker.seen(), "the attempt that goes on has come")?;
    let unheard = worker.unheard();
    let have_ended = unheard.keys().all(|&other| other <= worker.seen() && other != number);
    check(have_ended, "what is reported has ended")?;
    let are_reports = unheard
        .values()
        .all(|message| matches!(message, Message::Complete { .. } | Message::Failed { .. }));
    check(are_reports, "only ends of attempts are reported")?;
    if worker.life() != Life::Running {
        let is_quiet = *worker.activity() == Activity::Idle && unheard.is_empty();
        check(is_quiet, "a process that does not run does nothing")?;
    }
    let Activity::Reduce(reduce) = worker.activity() else { return Ok(()) };
    check(reduce.regions.len() <= reduce.maps as usize, "there are no more regions than maps")?;
    let is_past = reduce.stage != Stage::Fetching;
    check(is_past == reduce.is_complete(), "user code runs once every region is here")?;
    let is_left_out = |region: &Region| *region == Region::LeftOut;
    check(!reduce.regions.values().any(is_left_out), "no region is left out")
}

fn check(holds: bool, assertion: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(assertion) }
}
