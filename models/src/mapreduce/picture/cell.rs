//! The cells of the table: what one worker has done for one task, what the master holds of it, and
//! what is under its final name.

use svg::node::element::path::Data;
use svg::node::element::{Group, Path};

use crate::mapreduce::attempt::{MapAttempt, ReduceAttempt, Report};
use crate::mapreduce::content::{Content, Region};
use crate::mapreduce::state::{MapStatus, ReduceStatus, State};
use crate::mapreduce::{MapReduce, Task};

use super::{
    CHANGED, FAINT, GONE, GOOD, INK, LEFT, LINE, MAP, MESSAGE, ROW, Who, block, colour_of, label,
};

/// What is drawn: a state, and the one before it.
pub(super) struct Scene<'a> {
    pub(super) job: &'a MapReduce,
    pub(super) state: &'a State,
    pub(super) before: Option<&'a State>,
}

impl Scene<'_> {
    /// The head of a row.
    pub(super) fn head(&self, who: Who, y: f64) -> Group {
        let (name, note, colour) = match who {
            Who::Master => ("master".to_owned(), "", INK),
            Who::Files => ("final files".to_owned(), "", INK),
            Who::Worker(worker) => {
                let standing = self.state.standing(worker).unwrap_or_default();
                let is_well = self.state.is_up(worker) && self.state.is_trusted(worker);
                (format!("w{worker}"), standing, if is_well { GOOD } else { GONE })
            }
        };
        let mut group = Group::new();
        if self.has_changed(|state| match who {
            Who::Worker(worker) => state.standing(worker).unwrap_or_default().to_owned(),
            _ => String::new(),
        }) {
            group = group.add(block(16.0, y + 2.0, LEFT - 22.0, ROW - 4.0).set("fill", CHANGED));
        }
        group
            .add(label(24.0, y + 23.0, &name, INK).set("font-weight", "bold"))
            .add(label(24.0, y + 42.0, note, colour).set("font-size", 12))
    }

    fn has_changed(&self, what: impl Fn(&State) -> String) -> bool {
        self.before.is_some_and(|before| what(before) != what(self.state))
    }

    /// One cell of the table.
    pub(super) fn cell(&self, who: Who, task: Task, (x, y): (f64, f64), width: f64) -> Group {
        let frame =
            block(x + 3.0, y + 2.0, width - 6.0, ROW - 4.0).set("rx", 4).set("stroke", LINE);
        let is_changed = self.has_changed(|state| text(state, who, task));
        let group = Group::new().add(frame.set("fill", if is_changed { CHANGED } else { "white" }));
        let at = (x + 12.0, y);
        match (who, task) {
            (Who::Master, _) => group.add(self.status(task, at)),
            (Who::Files, Task::Reduce(reduce)) => match self.state.output(reduce) {
                Some(content) => group
                    .add(label(at.0, y + 22.0, "there", GOOD))
                    .add(self.content(content, (at.0, y + 30.0))),
                None => group.add(label(at.0, y + 22.0, "none", FAINT)),
            },
            (Who::Files, Task::Map(_)) => group,
            (Who::Worker(worker), Task::Map(map)) => group.add(self.map_attempt(map, worker, at)),
            (Who::Worker(worker), Task::Reduce(reduce)) => {
                group.add(self.reduce_attempt(reduce, worker, at))
            }
        }
    }

    fn status(&self, task: Task, (x, y): (f64, f64)) -> Group {
        let text = text(self.state, Who::Master, task);
        let (first, second) = text.split_once(", ").unwrap_or((&text, ""));
        let colour = match task {
            Task::Map(map) => match self.state.map(map) {
                MapStatus::Completed(_) => GOOD,
                MapStatus::Idle => FAINT,
                MapStatus::InProgress => INK,
            },
            Task::Reduce(reduce) => match self.state.reduce(reduce) {
                ReduceStatus::Completed => GOOD,
                ReduceStatus::Idle => FAINT,
                ReduceStatus::InProgress => INK,
            },
        };
        Group::new()
            .add(label(x, y + 23.0, first, colour))
            .add(label(x, y + 42.0, second, INK).set("font-size", 12))
    }

    fn map_attempt(&self, map: u8, worker: u8, (x, y): (f64, f64)) -> Group {
        let attempt = self.state.map_attempt(map, worker);
        let is_lost = self.state.is_crashed(worker);
        let group = Group::new();
        let MapAttempt::Finished { report, recorded, .. } = attempt else {
            return group.add(self.running(attempt.occupies(), &attempt.to_string(), worker, x, y));
        };
        let note = if recorded { "regions, recorded" } else { "regions" };
        let mut group = group.add(label(x, y + 22.0, note, if is_lost { GONE } else { INK }));
        for reduce in self.job.reduces() {
            let square = block(x + 20.0 * f64::from(reduce), y + 30.0, 14.0, 14.0);
            let fill = match (is_lost, recorded) {
                (true, _) => "white",
                (false, true) => colour_of(Task::Map(map)),
                (false, false) => LINE,
            };
            let stroke = if is_lost { GONE } else { colour_of(Task::Map(map)) };
            let square = square.set("class", "region").set("fill", fill).set("stroke", stroke);
            group = group.add(square);
        }
        group.add(messages(report, (x + 20.0 * f64::from(self.job.reduces) + 8.0, y + 30.0)))
    }

    fn reduce_attempt(&self, reduce: u8, worker: u8, (x, y): (f64, f64)) -> Group {
        let attempt = self.state.reduce_attempt(reduce, worker);
        let name = match attempt {
            ReduceAttempt::None => return Group::new(),
            ReduceAttempt::Running(_) => "running",
            ReduceAttempt::Granted(_) => "may rename",
            ReduceAttempt::Renamed(_) => "renamed",
            ReduceAttempt::Publishing(_) => "writes in place",
            ReduceAttempt::Promised(..) => "reported early",
            ReduceAttempt::Launching => "on its way",
            ReduceAttempt::Recalled => "recalled",
            ReduceAttempt::Orphaned => "runs on",
        };
        let mut group = self.running(attempt.occupies(), name, worker, x, y);
        if let Some(content) = attempt.content() {
            group = group.add(self.content(content, (x, y + 30.0)));
        }
        match attempt.report() {
            Some(report) => group.add(messages(report, (x + 92.0, y + 30.0))),
            None => group,
        }
    }

    fn running(&self, occupies: bool, name: &str, worker: u8, x: f64, y: f64) -> Group {
        if name == "nothing" {
            return Group::new();
        }
        let is_lost = occupies && self.state.is_crashed(worker);
        let colour = if is_lost { GONE } else { INK };
        let decoration = if is_lost { "line-through" } else { "none" };
        Group::new().add(label(x, y + 22.0, name, colour).set("text-decoration", decoration))
    }

    /// What is in a file: a square a map, with the version where it tells anything.
    fn content(&self, content: Content, (x, y): (f64, f64)) -> Group {
        let mut group = Group::new();
        for map in self.job.maps() {
            let x = x + 26.0 * f64::from(map);
            let region = content.region(map);
            let (fill, text) = match region {
                Region::Missing => ("white", String::new()),
                Region::Version(_) if self.job.deterministic => (MAP, String::new()),
                Region::Version(worker) => ("#cfe3f5", format!("v{worker}")),
                Region::Short => ("#cfe3f5", "−".to_owned()),
                Region::Twice => ("#f5c6c0", "×2".to_owned()),
                Region::Mixed => ("#f5c6c0", "?".to_owned()),
            };
            let square = block(x, y, 22.0, 14.0).set("fill", fill).set("stroke", MAP);
            group = group.add(square.set("class", "held"));
            let text = label(x + 11.0, y + 11.0, &text, INK).set("font-size", 11);
            group = group.add(text.set("text-anchor", "middle"));
        }
        group
    }
}

/// What a cell says, in words: two states differ in it exactly if these do.
fn text(state: &State, who: Who, task: Task) -> String {
    match who {
        Who::Master => {
            let found = state.tasks().find(|(other, _)| *other == task);
            found.map(|(_, text)| text).unwrap_or_default()
        }
        Who::Worker(worker) => {
            let found = state.attempts(worker).find(|(other, _)| *other == task);
            found.map(|(_, text)| text).unwrap_or_default()
        }
        Who::Files => {
            let found = state.outputs().find(|(other, _)| *other == task);
            found.map(|(_, text)| text).unwrap_or_default()
        }
    }
}

/// An envelope for each copy that is under way; a word for the rest.
fn messages(report: Report, (x, y): (f64, f64)) -> Group {
    let copies = match report {
        Report::Sent | Report::HeardOnce => 1,
        Report::SentTwice => 2,
        Report::Lost | Report::Heard => 0,
    };
    let mut group = Group::new();
    for copy in 0..copies {
        let x = x + 26.0 * f64::from(copy);
        let flap = Data::new().move_to((x, y)).line_by((10, 8)).line_by((10, -8));
        let flap = Path::new().set("d", flap).set("fill", "none").set("stroke", MESSAGE);
        let body = block(x, y, 20.0, 14.0).set("fill", "white").set("stroke", MESSAGE);
        group = group.add(Group::new().set("class", "message").add(body).add(flap));
    }
    let word = match report {
        Report::Lost => "lost",
        Report::Heard => "heard",
        Report::HeardOnce => "again",
        Report::Sent | Report::SentTwice => "",
    };
    let x = x + 26.0 * f64::from(copies);
    group.add(label(x, y + 12.0, word, FAINT).set("font-size", 12))
}
