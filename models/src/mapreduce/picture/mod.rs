//! The SVG that the explorer and the report show for a path: above, the cluster at its end as a
//! table of tasks by workers, with what the last step changed marked; below, who ran what when.

mod cell;
mod course;

use svg::Document;
use svg::node::element::{Group, Rectangle, Text};

use super::state::State;
use super::{Action, MapReduce, Task};

use cell::Scene;

const INK: &str = "#1c2733";
const FAINT: &str = "#8b97a5";
const LINE: &str = "#d5dce4";
const MAP: &str = "#1769aa";
const REDUCE: &str = "#8e44ad";
const GONE: &str = "#c0392b";
const GOOD: &str = "#1e8449";
const MESSAGE: &str = "#c77700";
const CHANGED: &str = "#fff3c4";

/// How wide the picture is.
const WIDTH: f64 = 900.0;
/// Where the first column of tasks begins.
const LEFT: f64 = 150.0;
/// Where the row of the master begins.
const TOP: f64 = 84.0;
/// How high a row of the table is.
const ROW: f64 = 54.0;

/// Draws the last state of a path, and the path itself.
#[must_use]
pub fn picture(job: &MapReduce, path: &[(Option<Action>, State)]) -> String {
    let Some((action, state)) = path.last() else { return String::new() };
    let before = path.len().checked_sub(2).and_then(|index| path.get(index));
    let scene = Scene { job, state, before: before.map(|(_, state)| state) };
    let started = job.workers().filter(|&worker| state.standing(worker).is_some()).count();
    let below = TOP + ROW * (started + 2) as f64 + 30.0;
    let height = below + course::height(started) + 20.0;
    let title = match action {
        Some(action) => format!("{}. {action}", path.len() - 1),
        None => "start".to_owned(),
    };
    let done = if state.is_done() { "the job is done" } else { "" };
    Document::new()
        .set("viewBox", (0, 0, WIDTH, height))
        .set("width", WIDTH)
        .set("height", height)
        .set("font-family", "sans-serif")
        .add(Rectangle::new().set("width", WIDTH).set("height", height).set("fill", "white"))
        .add(label(24.0, 36.0, &title, INK).set("font-size", 20).set("font-weight", "bold"))
        .add(label(WIDTH - 160.0, 36.0, done, GOOD).set("font-weight", "bold"))
        .add(table(&scene))
        .add(course::course(job, path, below))
        .to_string()
}

/// The tasks of the job, in the order of their columns.
fn tasks(job: &MapReduce) -> Vec<Task> {
    job.maps().map(Task::Map).chain(job.reduces().map(Task::Reduce)).collect()
}

/// One column a task; one row for the master, for each worker, and for the final files.
fn table(scene: &Scene<'_>) -> Group {
    let tasks = tasks(scene.job);
    let width = (WIDTH - LEFT - 24.0) / tasks.len() as f64;
    let mut group = Group::new();
    let mut rows = vec![Who::Master];
    let workers = scene.job.workers().filter(|&worker| scene.state.standing(worker).is_some());
    rows.extend(workers.map(Who::Worker));
    rows.push(Who::Files);
    for (column, task) in tasks.iter().enumerate() {
        let x = LEFT + width * column as f64;
        let name = match task {
            Task::Map(map) => format!("map m{map}"),
            Task::Reduce(reduce) => format!("reduce r{reduce}"),
        };
        let colour = colour_of(*task);
        group = group.add(label(x + 10.0, TOP - 12.0, &name, colour).set("font-weight", "bold"));
    }
    for (index, who) in rows.iter().enumerate() {
        let y = TOP + ROW * index as f64;
        group = group.add(scene.head(*who, y));
        for (column, task) in tasks.iter().enumerate() {
            let x = LEFT + width * column as f64;
            group = group.add(scene.cell(*who, *task, (x, y), width));
        }
    }
    group
}

/// Whose row it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Master,
    Worker(u8),
    Files,
}

const fn colour_of(task: Task) -> &'static str {
    match task {
        Task::Map(_) => MAP,
        Task::Reduce(_) => REDUCE,
    }
}

fn label(x: f64, y: f64, text: &str, colour: &str) -> Text {
    Text::new(text).set("x", x).set("y", y).set("fill", colour).set("font-size", 14)
}

fn block(x: f64, y: f64, width: f64, height: f64) -> Rectangle {
    Rectangle::new().set("x", x).set("y", y).set("width", width).set("height", height)
}

#[cfg(test)]
mod tests {
    use stateright::Model;

    use super::*;

    /// The path of the given steps from the start.
    fn path(job: &MapReduce, steps: &[Action]) -> Vec<(Option<Action>, State)> {
        let mut path = vec![(None, job.initial_state())];
        for &action in steps {
            let next = path.last().and_then(|(_, state)| job.next_state(state, action));
            path.extend(next.map(|state| (Some(action), state)));
        }
        assert_eq!(path.len(), steps.len() + 1, "every step is enabled");
        path
    }

    fn count(svg: &str, what: &str) -> usize {
        svg.matches(what).count()
    }

    const M0: Task = Task::Map(0);
    const R0: Task = Task::Reduce(0);

    #[test]
    fn the_start_has_a_row_a_worker_and_no_mark() {
        let job = MapReduce::new(2, 2, 3);
        let svg = picture(&job, &path(&job, &[]));
        assert_eq!(count(&svg, ">\nidle\n<"), 4);
        assert_eq!(count(&svg, ">\nup\n<"), 3);
        assert_eq!(count(&svg, CHANGED), 0);
        assert!(svg.contains("\nstart\n"));
    }

    #[test]
    fn a_step_marks_what_it_changed_and_a_message_is_drawn() {
        let job = MapReduce::new(1, 1, 2);
        let svg = picture(&job, &path(&job, &[Action::Assign(M0, 0), Action::FinishMap(0, 0)]));
        assert_eq!(count(&svg, CHANGED), 1, "the cell of the attempt");
        assert_eq!(count(&svg, "class=\"message\""), 1);
        assert_eq!(count(&svg, "class=\"region\""), 1);
        assert!(svg.contains("2. finish_map(m0, w0)"));
    }

    #[test]
    fn the_end_shows_files_and_the_course_shows_who_ran_what() {
        let job = MapReduce::new(1, 1, 2).with_faults(1, 0);
        let steps = [
            Action::Assign(M0, 0),
            Action::Backup(M0, 1),
            Action::FinishMap(0, 0),
            Action::Hear(M0, 0),
            Action::Crash(1),
            Action::Suspect(1),
            Action::Assign(R0, 0),
            Action::Fetch { reduce: 0, worker: 0, map: 0, from: 0 },
            Action::Commit(0, 0),
            Action::Hear(R0, 0),
            Action::Finish,
        ];
        let svg = picture(&job, &path(&job, &steps));
        assert!(svg.contains("the job is done") && svg.contains("crashed, suspected"));
        assert_eq!(count(&svg, "class=\"bar\""), 2, "m0 and r0 at w0");
        assert_eq!(count(&svg, "class=\"backup bar\""), 1);
        for mark in ["crash", "suspicion", "commit"] {
            assert_eq!(count(&svg, &format!("class=\"{mark}\"")), 1, "{mark}");
        }
        assert!(!svg.contains("NaN"));
    }
}
