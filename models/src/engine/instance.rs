//! A named, bounded instance of a model, and all that is checked on it.

use std::net::SocketAddr;

use serde_json::Value;

use super::property::{Claim, Mutant, Specification};
use super::run::Run;
use super::verdict::{Expected, Report};
use super::walk::Walk;

/// When an instance is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// At every change: all of them together take a minute.
    Ci,
    /// Once a day.
    Nightly,
}

/// One system: its instances and its mutants.
pub struct System {
    /// The system's name, such as `chord`.
    pub name: &'static str,
    /// One sentence on what it is.
    pub summary: &'static str,
    /// Its instances, in the order in which they are reported.
    pub instances: Vec<Box<dyn Checkable>>,
    /// Its mutants.
    pub mutants: Vec<Mutant>,
    /// How other people's evidence is held against it; `None` if it is not.
    pub traced: Option<Traced>,
}

/// How traces name a system's parameters, actions and states, and the model that fits parameters.
#[derive(Clone, Copy)]
pub struct Traced {
    /// The JSON Schema of the parameters of an instance.
    pub parameters: fn() -> Value,
    /// The JSON Schema of an action: an object with the action's name and its fields, or its text.
    pub action: fn() -> Value,
    /// The JSON Schema of what may be observed of a state.
    pub state: fn() -> Value,
    /// The model with those parameters, or, in one line, what is wrong with them, and whether they
    /// are beyond the limits of the model.
    pub with: fn(&Value) -> Result<Box<dyn Walk>, Unfit>,
}

/// Why there is no model with some parameters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// They are no parameters: a name that nothing has, or a value of the wrong kind.
    #[error("{0}")]
    Malformed(String),
    /// They are parameters, but the model does not reach that far.
    #[error("{0}")]
    OutOfScope(String),
}

impl System {
    /// The instance of that name.
    #[must_use]
    pub fn instance(&self, name: &str) -> Option<&dyn Checkable> {
        self.instances.iter().find(|instance| instance.name() == name).map(AsRef::as_ref)
    }
}

/// What is known of a claim before it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ClaimInfo {
    /// The claim's name.
    pub name: &'static str,
    /// What is true, in one plain sentence.
    pub sentence: &'static str,
    /// The passage it comes from.
    pub source: &'static str,
    /// The claim's form.
    pub form: &'static str,
    /// The answer that the instance declares.
    pub expected: Expected,
}

/// An instance whose model's type is out of sight.
pub trait Checkable: Send + Sync {
    /// The system's name.
    fn system(&self) -> &'static str;
    /// Stable name in `snake_case`, unique within the system.
    fn name(&self) -> &'static str;
    /// When it is checked.
    fn tier(&self) -> Tier;
    /// Why it has the bounds it has.
    fn reason(&self) -> &'static str;
    /// What is claimed of it.
    fn claims(&self) -> Vec<ClaimInfo>;
    /// Decides every claim, on the faithful model or on one with the named fault.
    ///
    /// # Errors
    ///
    /// If the instance has no mutant of that name.
    fn check(&self, mutant: Option<&str>, run: &Run<'_>) -> Result<Report, UnknownMutant>;
    /// The picture of the last state of a counterexample, as SVG; `None` where there is none.
    fn picture(&self, _mutant: Option<&str>, _actions: &[String]) -> Option<String> {
        None
    }
    /// The model as steps that other people's evidence is held against. `None` when there is no
    /// state space to walk.
    ///
    /// # Errors
    ///
    /// If the instance has no mutant of that name.
    fn walk(&self, _mutant: Option<&str>) -> Result<Option<Box<dyn Walk>>, UnknownMutant> {
        Ok(None)
    }
    /// Serves stateright's explorer until the process ends. `None` when there is no state space
    /// to explore.
    ///
    /// # Errors
    ///
    /// If the instance has no mutant of that name.
    fn explore(
        &self,
        mutant: Option<&str>,
        address: SocketAddr,
    ) -> Result<Option<()>, UnknownMutant>;
    /// How many states stateright's own breadth-first search counts on the faithful model;
    /// `None` where there is no state space to explore.
    fn stateright_count(&self) -> Option<u64> {
        None
    }
}

/// The instance has no mutant of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no mutant `{mutant}` of {system}/{instance}")]
pub struct UnknownMutant {
    /// The system's name.
    pub system: &'static str,
    /// The instance's name.
    pub instance: &'static str,
    /// The name that was asked for.
    pub mutant: String,
}

/// A named, bounded instance of a model.
pub struct Instance<M: Specification> {
    /// The system's name.
    pub system: &'static str,
    /// Stable name in `snake_case`, unique within the system.
    pub name: &'static str,
    /// When it is checked.
    pub tier: Tier,
    /// Why it has the bounds it has.
    pub reason: &'static str,
    /// The model, with its bounds.
    pub model: M,
    /// What is checked.
    pub claims: Vec<Claim<M>>,
    /// The claims whose answer is declared to be another than `Holds`.
    pub declared: Vec<(&'static str, Expected)>,
    /// A depth beyond which this instance is declared not to look.
    pub depth: Option<usize>,
    /// Whether one state stands for its orbit under the model's symmetry.
    pub symmetry: bool,
}
