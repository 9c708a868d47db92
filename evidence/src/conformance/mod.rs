//! Tests of a Rust type against a model, by one macro.
//!
//! The type has all of a small system in it, and does nothing by itself: it goes to the beginning,
//! takes one action at a time, and shows its state
//! ([`SystemUnderTest`], HARNESS-1). The names of actions, their
//! fields and the form of states are those of the traces (`specs/harness.md`, HARNESS-12); what
//! `straightedge suite SYSTEM/INSTANCE` writes shows each of them.
//!
//! A load balancer for one server with room for one request and two that wait, and the same with a
//! bug that must be found:
//!
//! ```
//! use serde_json::{Value, json};
//! use straightedge_evidence::conformance::{Conformance, Expected};
//! use straightedge_evidence::subject::{Applied, Broken, Label, SystemUnderTest};
//!
//! #[derive(Default)]
//! struct Balancer {
//!     serving: u32,
//!     waiting: u32,
//!     done: u32,
//!     refused: u32,
//!     forgets_who_waits: bool,
//! }
//!
//! impl SystemUnderTest for Balancer {
//!     fn reset(&mut self, _seed: u64) -> Result<Value, Broken> {
//!         *self = Self { forgets_who_waits: self.forgets_who_waits, ..Self::default() };
//!         self.observe()
//!     }
//!
//!     fn apply(&mut self, action: &Label) -> Result<Applied, Broken> {
//!         match action.name {
//!             "arrive" if self.serving == 0 => self.serving = 1,
//!             "arrive" if self.waiting < 2 => self.waiting += 1,
//!             "arrive" => self.refused += 1,
//!             "complete" if self.serving == 0 => {
//!                 return Ok(Applied::Refused("nothing is served".into()));
//!             }
//!             "complete" => {
//!                 self.done += 1;
//!                 let is_next = self.waiting > 0 && !self.forgets_who_waits;
//!                 self.waiting -= u32::from(is_next);
//!                 self.serving = u32::from(is_next);
//!             }
//!             _ => return Ok(Applied::Unsupported),
//!         }
//!         Ok(Applied::Done(self.observe()?))
//!     }
//!
//!     fn observe(&mut self) -> Result<Value, Broken> {
//!         // Of the server only a part is shown: what is left out is not said.
//!         let queue: Vec<Value> = (0..self.waiting).map(|_| json!("c0")).collect();
//!         let servers = json!([{ "count": self.serving }]);
//!         let (done, refused) = (self.done, self.refused);
//!         Ok(json!({ "servers": servers, "queue": queue, "done": done, "refused": refused }))
//!     }
//! }
//!
//! /// The parameters of the model's instance; the name of one will do as well.
//! fn one_server() -> Value {
//!     json!({
//!         "servers": 1, "capacity": 1, "queue": 2, "policy": "round_robin", "clients": 1,
//!         "budget": {
//!             "reads": 5, "writes": 0, "crashes": 0, "recoveries": 0, "kills": 0, "lies": 0,
//!             "late_results": 0, "drains": 0, "maintenances": 0, "outliers": 0, "aborts": 0,
//!         },
//!     })
//! }
//!
//! straightedge_evidence::conformance! {
//!     balancer {
//!         system: "load_manager",
//!         instance: one_server(),
//!         subject: Balancer::default(),
//!         config: "[floors.actions]\narrive = 10\ncomplete = 10",
//!     }
//!
//!     balancer_that_forgets_who_waits {
//!         system: "load_manager",
//!         instance: one_server(),
//!         subject: Balancer { forgets_who_waits: true, ..Balancer::default() },
//!         expect: Expected::Rejected { within: 3 },
//!     }
//! }
//!
//! // What the tests do can be done without the macro, too.
//! fn main() {
//!     let conformance = Conformance::of("load_manager", one_server());
//!     let report = conformance.every_step("example", &mut Balancer::default()).unwrap();
//!     assert!(report.contains("accepted"));
//!
//!     let mut faulty = Balancer { forgets_who_waits: true, ..Balancer::default() };
//!     let report = conformance.every_step("example", &mut faulty).unwrap_err();
//!     assert!(report.contains("after complete(s0, 0), `"));
//! }
//! ```
//!
//! Each name becomes a module with two tests, `every_step` (along the cover, HARNESS-7 and
//! HARNESS-8) and `at_random`. `subject` is evaluated in each of them. What follows it, in any
//! order, are methods of [`Conformance`]: `options`, `config`, `expect`, `called`.
//!
//! | what comes out | the test passes |
//! |---|---|
//! | accepted, with the whole model and within the budget | unless something else is expected |
//! | accepted or open, in part | if [`Expected::InPart`] says why |
//! | rejected | if [`Expected::Rejected`] says so, and a run as short as that fails again |
//! | nothing was taken, or nothing shown | never |
//! | a floor is not reached; a known deviation is never met, or has expired | never |
//! | malformed: no such instance, a state that cannot be read | never |
//!
//! A test that fails does so with the report of `straightedge drive` as its message, after the run
//! was shrunk (HARNESS-9): what was seen and what must be there, the steps that led to it, the
//! seed, and the command that runs it again, which is the same test with [`REPLAY`] set to the file
//! that the run was written to. [`SEED`] set to a number has chance hang on that.
//!
//! **Limits.** A panic of the type is taken for its end, and is a rejection with what it said. But
//! nothing ends a type that does not come back: the time of the
//! [`Options`] is looked at between two actions. *Accepted* says no more than HARNESS-10 says.

mod guarded;
mod setting;
mod verdict;

use std::fmt;
use std::sync::atomic::AtomicBool;

use serde_json::Value;

use crate::drive::{Options, Subject, drive};
use crate::outcome::Outcome;
use crate::report::{Account, text};
use crate::subject::SystemUnderTest;
use guarded::Guarded;
use setting::{Setting, replay_of, save};
use verdict::{again, failures};

/// What chance hangs on, instead of the seed of the options.
pub const SEED: &str = "STRAIGHTEDGE_SEED";

/// A file of actions that are run again, and nothing else.
pub const REPLAY: &str = "STRAIGHTEDGE_REPLAY";

/// What a test must come to. Everything else fails it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Accepted: nothing departed, the whole model was explored, and the budget did not run out.
    Accepted,
    /// Nothing departed in the part that was driven, for this reason: the model has more than was
    /// explored, the budget runs out, or actions are not supported. That some action was taken and
    /// some state shown is asked for all the same; and so is that it is a part indeed.
    InPart(&'static str),
    /// Rejected by a run that fails again and has at most so many steps: a fault was planted. Walks
    /// at random may miss it.
    Rejected {
        /// The steps.
        within: usize,
    },
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => write!(f, "accepted, with the whole of the model"),
            Self::InPart(why) => write!(f, "accepted in part ({why})"),
            Self::Rejected { within } => write!(f, "rejected by at most {within} steps"),
        }
    }
}

/// What a type is held against, and what must come of it.
#[derive(Clone, Debug)]
pub struct Conformance {
    system: String,
    instance: Value,
    options: Options,
    config: String,
    expected: Expected,
    name: Option<String>,
}

/// How a type is driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walks {
    /// Along every step of the model.
    Cover,
    /// At random.
    Random,
}

impl Conformance {
    /// An instance of a system: its name, or its parameters as an object.
    #[must_use]
    pub fn of(system: impl Into<String>, instance: impl Into<Value>) -> Self {
        Self {
            system: system.into(),
            instance: instance.into(),
            options: Options::default(),
            config: String::new(),
            expected: Expected::Accepted,
            name: None,
        }
    }

    /// How far it is driven; the deviations are those of the configuration.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Floors and known deviations, as `specs/trace.md` has them (TRACE-13, TRACE-14). Floors, and
    /// that every deviation is met, are asked of the walk along every step.
    #[must_use]
    pub fn config(mut self, toml: impl Into<String>) -> Self {
        self.config = toml.into();
        self
    }

    /// What must come of it.
    #[must_use]
    pub fn expect(mut self, expected: Expected) -> Self {
        self.expected = expected;
        self
    }

    /// What it is called in reports: the name of its type, if nothing else is said.
    #[must_use]
    pub fn called(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Drives it along every step of the model, and asks at each state for what must be refused
    /// (HARNESS-7, HARNESS-8); the report.
    ///
    /// # Errors
    ///
    /// If it does not come to what is expected: the report, and how to run it again as that test.
    pub fn every_step<S: SystemUnderTest>(
        &self,
        test: &str,
        subject: &mut S,
    ) -> Result<String, String> {
        self.hold(test, subject, Walks::Cover)
    }

    /// Drives it at random, from the seed; the report.
    ///
    /// # Errors
    ///
    /// If it does not come to what is expected: the report, and how to run it again as that test.
    pub fn at_random<S: SystemUnderTest>(
        &self,
        test: &str,
        subject: &mut S,
    ) -> Result<String, String> {
        self.hold(test, subject, Walks::Random)
    }

    fn hold<S: SystemUnderTest>(
        &self,
        test: &str,
        subject: &mut S,
        walks: Walks,
    ) -> Result<String, String> {
        let Setting { system, walk, config, options, runs } = self.setting(walks)?;
        let path = replay_of(test);
        let mut guarded = Guarded(subject);
        let driven = Subject {
            system: &mut guarded,
            name: self.name.clone().unwrap_or_else(|| std::any::type_name::<S>().to_owned()),
            file: path.display().to_string(),
        };
        let stop = AtomicBool::new(false);
        let mut drive = drive(walk.as_ref(), driven, &options, runs.as_deref(), &stop);
        let is_rejected = matches!(drive.outcome, Outcome::Rejected(_));
        let is_floored = walks == Walks::Cover && runs.is_none() && !is_rejected;
        let failures = failures(system.name, &config, &drive, is_floored);
        let verdict = if runs.is_some() {
            again(&drive.outcome)
        } else {
            self.verdict(&drive, &failures, &options, walks)
        };
        if verdict.is_err() {
            drive.replay = save(&drive, test, &path);
        }
        let report = text::render(&Account { failures, ..Account::from(&drive) });
        match verdict {
            Ok(()) => Ok(report),
            Err(why) => Err(format!("{report}\nExpected: {}. But {why}.\n", self.expected)),
        }
    }
}

/// Ends a test as its report says: that is printed, or the test fails with it.
///
/// # Panics
///
/// If it is an error.
pub fn conclude(held: Result<String, String>) {
    match held {
        Ok(report) => println!("{report}"),
        Err(report) => panic!("{report}"),
    }
}

/// Makes tests that hold a type against a model: for each name a module with the tests
/// `every_step` and `at_random`. The module [`conformance`](mod@crate::conformance) says more.
#[macro_export]
macro_rules! conformance {
    ($(
        $(#[$about:meta])*
        $name:ident {
            system: $system:expr,
            instance: $instance:expr,
            subject: $subject:expr
            $(, $key:ident: $value:expr)*
            $(,)?
        }
    )+) => {$(
        $(#[$about])*
        #[cfg(test)]
        mod $name {
            #[allow(unused_imports, reason = "names mean what they mean outside")]
            use super::*;

            fn conformance() -> $crate::conformance::Conformance {
                $crate::conformance::Conformance::of($system, $instance)$(.$key($value))*
            }

            #[test]
            fn every_step() {
                let test = concat!(module_path!(), "::every_step");
                $crate::conformance::conclude(conformance().every_step(test, &mut $subject));
            }

            #[test]
            fn at_random() {
                let test = concat!(module_path!(), "::at_random");
                $crate::conformance::conclude(conformance().at_random(test, &mut $subject));
            }
        }
    )+};
}
