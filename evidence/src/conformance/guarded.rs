//! An implementation whose panics are answers.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use crate::subject::{Applied, Breach, Broken, Label, SystemUnderTest};

/// An implementation whose panics are taken for its end.
pub(super) struct Guarded<'a, S>(pub(super) &'a mut S);

fn guarded<T>(run: impl FnOnce() -> Result<T, Broken>) -> Result<T, Broken> {
    let ended = |panic: Box<dyn Any + Send>| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        let why = format!("it panicked: {}", said.unwrap_or("without a word"));
        Err(Broken::new(Breach::Stopped, why))
    };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(ended)
}

impl<S: SystemUnderTest> SystemUnderTest for Guarded<'_, S> {
    fn actions(&self) -> Option<Vec<String>> {
        self.0.actions()
    }

    fn reset(&mut self, seed: u64) -> Result<Value, Broken> {
        guarded(|| self.0.reset(seed))
    }

    fn apply(&mut self, action: &Label) -> Result<Applied, Broken> {
        guarded(|| self.0.apply(action))
    }

    fn observe(&mut self) -> Result<Value, Broken> {
        guarded(|| self.0.observe())
    }

    fn last_words(&self) -> Vec<String> {
        self.0.last_words()
    }
}
