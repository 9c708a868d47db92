//! The course of a path: a bar for each attempt while it keeps its worker, by worker and step.

use svg::node::element::{Group, Line};

use crate::mapreduce::state::State;
use crate::mapreduce::{Action, MapReduce, Task};

use super::{FAINT, GONE, GOOD, INK, LEFT, LINE, MESSAGE, WIDTH, block, colour_of, label, tasks};

/// How high a worker's lane is.
const LANE: f64 = 34.0;

/// How high the course of so many workers is.
pub(super) fn height(workers: usize) -> f64 {
    LANE * workers as f64 + 62.0
}

/// An attempt while it keeps its worker: from which state to which.
struct Bar {
    task: Task,
    worker: u8,
    from: usize,
    to: usize,
    is_backup: bool,
}

/// Draws who ran what when, with what befell them marked.
pub(super) fn course(job: &MapReduce, path: &[(Option<Action>, State)], top: f64) -> Group {
    let step = (WIDTH - LEFT - 40.0) / path.len().max(12) as f64;
    let at = |index: usize| LEFT + step * index as f64;
    let lane = |worker: u8| top + 26.0 + LANE * f64::from(worker);
    let last = path.last().map(|(_, state)| state);
    let started = job.workers().filter(|&w| last.is_some_and(|s| s.standing(w).is_some()));
    let mut group = Group::new();
    let mut lanes = 0;
    for worker in started {
        let y = lane(worker);
        let line = Line::new().set("x1", LEFT).set("x2", WIDTH - 24.0).set("stroke", LINE);
        group = group
            .add(label(24.0, y + 18.0, &format!("w{worker}"), INK).set("font-weight", "bold"))
            .add(line.set("y1", y + LANE - 4.0).set("y2", y + LANE - 4.0));
        lanes += 1;
    }
    for bar in bars(job, path) {
        group = group.add(drawn(&bar, at(bar.from), at(bar.to), lane(bar.worker)));
    }
    for (index, (action, _)) in path.iter().enumerate() {
        let Some((worker, text, class, colour)) = action.as_ref().and_then(mark) else { continue };
        let mark = label(at(index), lane(worker) + 18.0, text, colour).set("class", class);
        group = group.add(mark.set("font-weight", "bold").set("text-anchor", "middle"));
    }
    let legend = "time in steps · dashed: backup · ✕ crash · ? suspected · ● renamed · ⟲ back anew";
    let y = top + 26.0 + LANE * f64::from(lanes) + 22.0;
    group.add(label(LEFT, y, legend, FAINT).set("font-size", 12))
}

fn drawn(bar: &Bar, from: f64, to: f64, y: f64) -> Group {
    let width = (to - from).max(4.0);
    let mut body = block(from, y + 4.0, width, LANE - 14.0).set("rx", 3).set("fill-opacity", 0.22);
    body = body.set("fill", colour_of(bar.task)).set("stroke", colour_of(bar.task));
    let class = if bar.is_backup { "backup bar" } else { "bar" };
    if bar.is_backup {
        body = body.set("stroke-dasharray", "5 3");
    }
    let name = label(from + 5.0, y + 19.0, &bar.task.to_string(), INK).set("font-size", 12);
    Group::new().add(body.set("class", class)).add(name)
}

/// What a step leaves as a mark: whose lane, the mark, its class, its colour.
const fn mark(action: &Action) -> Option<(u8, &'static str, &'static str, &'static str)> {
    match *action {
        Action::Crash(worker) => Some((worker, "✕", "crash", GONE)),
        Action::Suspect(worker) | Action::SuspectFalsely(worker) => {
            Some((worker, "?", "suspicion", MESSAGE))
        }
        Action::Commit(_, worker) => Some((worker, "●", "commit", GOOD)),
        Action::Rejoin(worker) => Some((worker, "⟲", "return", GONE)),
        _ => None,
    }
}

/// The attempts of a path, in the order of tasks and workers.
fn bars(job: &MapReduce, path: &[(Option<Action>, State)]) -> Vec<Bar> {
    let mut bars = Vec::new();
    for worker in job.workers() {
        for task in tasks(job) {
            let mut from = None;
            for (index, (_, state)) in path.iter().enumerate() {
                let runs = state.is_up(worker) && occupies(state, task, worker);
                match (runs, from) {
                    (true, None) => from = Some(index),
                    (false, Some(start)) => {
                        bars.push(bar(path, task, worker, start, index));
                        from = None;
                    }
                    _ => {}
                }
            }
            bars.extend(from.map(|start| bar(path, task, worker, start, path.len())));
        }
    }
    bars
}

fn occupies(state: &State, task: Task, worker: u8) -> bool {
    match task {
        Task::Map(map) => state.map_attempt(map, worker).occupies(),
        Task::Reduce(reduce) => state.reduce_attempt(reduce, worker).occupies(),
    }
}

fn bar(path: &[(Option<Action>, State)], task: Task, worker: u8, from: usize, to: usize) -> Bar {
    let begun_by = path.get(from).and_then(|(action, _)| *action);
    let is_backup = matches!(begun_by, Some(Action::Backup(..)));
    Bar { task, worker, from, to, is_backup }
}
