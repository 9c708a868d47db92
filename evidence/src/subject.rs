//! What is driven step by step: another process, or a type of somebody's tests.

use serde_json::Value;
pub use straightedge_models::engine::Label;

/// An implementation that takes one action at a time and shows its state.
///
/// Time, delivery and faults are in the hands of whoever drives it, so that the same seed and the
/// same actions give the same run.
///
/// Source: HARNESS-1.
pub trait SystemUnderTest {
    /// The names of the actions that it knows; `None` if it knows all of them.
    fn actions(&self) -> Option<Vec<String>> {
        None
    }

    /// Goes back to a beginning, and shows its state. Whatever is left to chance hangs on the seed.
    ///
    /// # Errors
    ///
    /// If it cannot go on.
    fn reset(&mut self, seed: u64) -> Result<Value, Broken>;

    /// Takes an action, whole.
    ///
    /// # Errors
    ///
    /// If it cannot go on.
    fn apply(&mut self, action: &Label) -> Result<Applied, Broken>;

    /// Shows its state.
    ///
    /// # Errors
    ///
    /// If it cannot go on.
    fn observe(&mut self) -> Result<Value, Broken>;

    /// The last lines that it wrote for people to read.
    fn last_words(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What became of an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Applied {
    /// It was taken, and this is seen of the state after it.
    Done(Value),
    /// It was not taken, for this reason, and nothing has changed.
    Refused(String),
    /// The implementation has no such action.
    Unsupported,
}

/// Why an implementation cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Broken {
    /// In which way.
    pub breach: Breach,
    /// What happened, in one sentence.
    pub why: String,
}

impl Broken {
    /// An implementation that cannot go on in that way, for that reason.
    #[must_use]
    pub fn new(breach: Breach, why: impl Into<String>) -> Self {
        Self { breach, why: why.into() }
    }
}

/// In which way an implementation cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// It has ended, or does not answer.
    Stopped,
    /// What it says cannot be read, or is no answer.
    Unreadable,
    /// It says that it cannot do this instance.
    Unsupported,
    /// The time for the whole run is over.
    OutOfTime,
    /// Whoever drives it was told to end.
    Interrupted,
}

/// As it is.
impl<S: SystemUnderTest + ?Sized> SystemUnderTest for Box<S> {
    fn actions(&self) -> Option<Vec<String>> {
        (**self).actions()
    }

    fn reset(&mut self, seed: u64) -> Result<Value, Broken> {
        (**self).reset(seed)
    }

    fn apply(&mut self, action: &Label) -> Result<Applied, Broken> {
        (**self).apply(action)
    }

    fn observe(&mut self) -> Result<Value, Broken> {
        (**self).observe()
    }

    fn last_words(&self) -> Vec<String> {
        (**self).last_words()
    }
}
