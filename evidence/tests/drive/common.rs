//! What the tests drive with.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use straightedge_evidence::drive::{Drive, Options, Subject, drive};
use straightedge_evidence::process::{self, Limits};
use straightedge_evidence::subject::{Applied, Broken, SystemUnderTest};
use straightedge_models::engine::{Label, Place, Walk};

/// The model of that instance, with a fault or without.
pub(crate) fn walk(system: &str, instance: &str, mutant: Option<&str>) -> Box<dyn Walk> {
    let systems = straightedge_models::systems();
    let system = systems.iter().find(|known| known.name == system).unwrap();
    system.instance(instance).unwrap().walk(mutant).unwrap().unwrap()
}

/// An implementation that is a model, which may be a faulty one.
pub(crate) struct Model {
    pub(crate) walk: Box<dyn Walk>,
    pub(crate) at: Place,
}

impl Model {
    pub(crate) fn new(walk: Box<dyn Walk>) -> Self {
        let at = walk.beginnings().remove(0);
        Self { walk, at }
    }
}

impl SystemUnderTest for Model {
    fn reset(&mut self, _seed: u64) -> Result<serde_json::Value, Broken> {
        self.at = self.walk.beginnings().remove(0);
        self.observe()
    }

    fn apply(&mut self, action: &Label) -> Result<Applied, Broken> {
        let is_it = |other: &Label| other.text == action.text;
        match self.walk.steps(&self.at, &is_it).pop() {
            Some((_, next)) => {
                self.at = next;
                Ok(Applied::Done(self.observe()?))
            }
            None => Ok(Applied::Refused("disabled".into())),
        }
    }

    fn observe(&mut self) -> Result<serde_json::Value, Broken> {
        let mut state = self.walk.observe(&self.at);
        // That there is no output is seen as well.
        if self.walk.system() == "mapreduce" && state.get("outputs").is_none() {
            state["outputs"] = serde_json::Value::Null;
        }
        Ok(state)
    }
}

/// Drives a type.
pub(crate) fn driven(
    model: &dyn Walk,
    system: &mut dyn SystemUnderTest,
    options: &Options,
) -> Drive {
    let subject = Subject { system, name: "a type".into(), file: "replay.jsonl".into() };
    drive(model, subject, options, None, &AtomicBool::new(false))
}

/// Drives a command.
pub(crate) fn run(model: &dyn Walk, command: &[&str], options: &Options, limits: Limits) -> Drive {
    let command: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
    let stop = Arc::new(AtomicBool::new(false));
    process::drive(model, &command, options, limits, None, "replay.jsonl", &stop)
}

/// Few steps, for tests that are not about the cover.
pub(crate) fn brief() -> Options {
    Options { time: Duration::from_mins(5), ..Options::default() }
}

/// How long something took.
pub(crate) fn timed<T>(done: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let done = done();
    (done, started.elapsed())
}
