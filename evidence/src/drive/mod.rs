//! An implementation is driven along a model: every step of the model's graph, then at random.
//!
//! | room | holds |
//! |---|---|
//! | `atlas` | the model's places and steps, as far as a bound |
//! | `cover` | short walks that take every step |
//! | `belief` | where the model may be, as far as was seen |
//! | `session` | one action after another, each held against the model |
//! | `course` | the order: the cover, what must be refused, random walks |
//! | `shrink` | the shortest run that fails |
//! | `explain` | why an implementation is rejected |
//!
//! Source: HARNESS-6 to HARNESS-10.

pub mod atlas;
pub mod belief;
mod course;
pub mod cover;
mod explain;
pub mod session;
mod shrink;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use straightedge_models::engine::{Label, Walk};

use crate::config::Deviation;
use crate::outcome::{Outcome, Position};
use crate::subject::{Breach, Broken, SystemUnderTest};
use crate::suite::Run;
use crate::trace;
use atlas::Atlas;

use course::{Course, End};
use session::{Counts, Departure, Session};
use shrink::{Failing, Shrunk};

/// The version of the form of [`Drive`].
const SCHEMA: u32 = 1;

/// How far an implementation is driven.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// What chance hangs on.
    pub seed: u64,
    /// How many actions are asked for at most, besides shrinking.
    pub steps: u64,
    /// Whether every step of the model is asked for first.
    pub cover: bool,
    /// How many random walks there are.
    pub walks: u32,
    /// How long a random walk is.
    pub length: u32,
    /// How many actions that must be refused are tried at each place of the cover.
    pub refusals: u32,
    /// The coverage in per cent below which nothing is accepted.
    pub floor: f64,
    /// How many places of the model are explored.
    pub places: usize,
    /// How many runs are tried to shrink one that fails.
    pub tries: u64,
    /// How long it may take.
    pub time: Duration,
    /// Whether it is counted in how many states the trigger of each claim is true.
    pub triggers: bool,
    /// The departures that are known.
    pub deviations: Vec<Deviation>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 0,
            steps: 300_000,
            cover: true,
            walks: 20,
            length: 60,
            refusals: 4,
            floor: 50.0,
            places: 50_000,
            tries: 500,
            time: Duration::from_mins(10),
            triggers: false,
            deviations: Vec::new(),
        }
    }
}

/// What driving an implementation came to.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Drive {
    /// The version of this form.
    pub schema: u32,
    /// The system's name.
    pub system: String,
    /// The name of the instance.
    pub instance: String,
    /// The parameters of the instance.
    pub parameters: Value,
    /// What was driven: a command line, or the name of a type.
    pub subject: String,
    /// What chance hung on.
    pub seed: u64,
    /// The answer.
    pub outcome: Outcome,
    /// How much of the model was exercised.
    pub coverage: Coverage,
    /// How often what was done, shrinking included.
    pub counts: Counts,
    /// The names of the actions that the implementation does not know.
    pub unsupported: BTreeSet<String>,
    /// The last lines that it wrote for people to read.
    pub last_words: Vec<String>,
    /// The run that fails, where one does.
    pub failing: Option<Failure>,
    /// The command that runs it again, where there is one.
    pub replay: Option<String>,
}

impl Drive {
    /// What driving an implementation came to that could not even be started.
    #[must_use]
    pub fn unable(
        walk: &dyn Walk,
        subject: String,
        broken: &Broken,
        last_words: Vec<String>,
        options: &Options,
    ) -> Self {
        let (why, at) = (broken.why.clone(), nowhere(&subject));
        Self {
            schema: SCHEMA,
            system: walk.system().to_owned(),
            instance: walk.instance().to_owned(),
            parameters: walk.parameters(),
            subject,
            seed: options.seed,
            outcome: match broken.breach {
                Breach::OutOfTime | Breach::Interrupted => Outcome::Inconclusive { why, at },
                Breach::Unsupported => Outcome::OutOfScope { why, at },
                Breach::Stopped | Breach::Unreadable => Outcome::Malformed { why, at },
            },
            coverage: Coverage::default(),
            counts: Counts::default(),
            unsupported: BTreeSet::new(),
            last_words,
            failing: None,
            replay: None,
        }
    }
}

/// How much of a model was exercised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Coverage {
    /// The places that were explored.
    pub states: u64,
    /// The steps between them.
    pub transitions: u64,
    /// Whether these are all that the model has.
    pub is_whole: bool,
    /// How many steps the implementation took.
    pub exercised: u64,
    /// The same in per cent, rounded down to a tenth.
    pub percent: f64,
}

/// A run that fails.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Failure {
    /// The actions; the last one fails.
    pub actions: Vec<Value>,
    /// The texts of the actions.
    pub texts: Vec<String>,
    /// How many actions it took when it was found.
    pub found_at: u64,
    /// How many runs were tried to shrink it.
    pub tries: u64,
    /// Whether it failed again when it was run again.
    pub reproduced: bool,
    /// The run as a file that can be run again.
    #[serde(skip)]
    pub file: String,
}

/// What is driven, and what it is called.
pub struct Subject<'a> {
    /// The implementation.
    pub system: &'a mut dyn SystemUnderTest,
    /// A command line, or the name of a type.
    pub name: String,
    /// The name of the file that a failing run goes to.
    pub file: String,
}

/// Drives an implementation along a model: along `runs`, or, without any, along the cover and at
/// random.
#[must_use]
pub fn drive(
    walk: &dyn Walk,
    subject: Subject<'_>,
    options: &Options,
    runs: Option<&[Run]>,
    stop: &AtomicBool,
) -> Drive {
    let known = subject.system.actions();
    let session = Session {
        walk,
        subject: subject.system,
        seed: options.seed,
        deadline: Instant::now() + options.time,
        stop,
        counts: Counts::default(),
        exercised: options.triggers.then(|| trace::Coverage::of(walk)),
        deviations: &options.deviations,
        known,
        unknown: BTreeSet::new(),
    };
    let atlas = Atlas::explore(walk, options.places);
    let mut course = Course::new(session, &atlas, options);
    let end = match runs {
        Some(runs) => course.along(runs),
        None => course.everywhere(),
    };
    let coverage = course.coverage();
    let is_floored = runs.is_none() && options.cover;
    let (outcome, failing) = conclude(&mut course, end, &subject.file, options, is_floored);
    let mut session = course.session;
    let unsupported = unsupported(&atlas, &session);
    let claims = session.exercised.take().map(|exercised| exercised.claims).unwrap_or_default();
    let triggers = claims.into_iter().map(|(claim, counts)| (claim, counts.occurred));
    session.counts.triggers = triggers.collect();
    Drive {
        schema: SCHEMA,
        system: walk.system().to_owned(),
        instance: walk.instance().to_owned(),
        parameters: walk.parameters(),
        subject: subject.name,
        seed: options.seed,
        outcome,
        coverage,
        counts: std::mem::take(&mut session.counts),
        unsupported,
        last_words: session.subject.last_words(),
        failing,
        replay: None,
    }
}

fn unsupported(atlas: &Atlas, session: &Session<'_>) -> BTreeSet<String> {
    let unknown = atlas.labels.iter().filter(|label| !session.knows(label));
    unknown.map(|label| label.name.to_owned()).collect()
}

/// The answer, and the shrunk run where it is no.
fn conclude<'a>(
    course: &mut Course<'a>,
    end: End<'a>,
    file: &str,
    options: &Options,
    is_floored: bool,
) -> (Outcome, Option<Failure>) {
    let at = |length: usize| explain::position(file, length.saturating_sub(1));
    let failing = match end {
        End::Departed(failing) => *failing,
        End::Over { budget } => return (course.accept(file, is_floored, budget), None),
    };
    if let Departure::Broken(broken) = &failing.departure {
        let (why, at) = (broken.why.clone(), at(failing.labels.len()));
        match broken.breach {
            Breach::Stopped => {}
            Breach::Unsupported => return (Outcome::OutOfScope { why, at }, None),
            Breach::Unreadable => return (Outcome::Malformed { why, at }, None),
            Breach::OutOfTime | Breach::Interrupted => {
                return (Outcome::Inconclusive { why, at }, None);
            }
        }
    }
    let found_at = failing.labels.len() as u64;
    let shrunk = shrink::shrink(&mut course.session, course.atlas, failing, options.tries);
    let (rejection, failure) = told(course.session.walk, shrunk, found_at, file, options.seed);
    (Outcome::Rejected(Box::new(rejection)), Some(failure))
}

/// The explanation, and the run as a file.
fn told(
    walk: &dyn Walk,
    shrunk: Shrunk<'_>,
    found_at: u64,
    file: &str,
    seed: u64,
) -> (crate::outcome::Rejection, Failure) {
    let Shrunk { failing: Failing { labels, belief, departure }, tries, reproduced } = shrunk;
    let rejection = explain::explain(walk, belief.as_ref(), &labels, &departure, file);
    let failure = Failure {
        actions: labels.iter().map(Label::to_json).collect(),
        texts: labels.iter().map(ToString::to_string).collect(),
        found_at,
        tries,
        reproduced,
        file: crate::suite::run_as_text(walk, &labels, seed),
    };
    (rejection, failure)
}

/// A place in a file of actions that nothing is to be said of but its name.
fn nowhere(file: &str) -> Position {
    Position { file: file.to_owned(), line: 1, column: None }
}
