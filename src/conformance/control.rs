//! A rule or an assumption that is left out: the machines then do what the model does not, and a
//! shortest run shows it.

use serde::Serialize;

use super::search::{Difference, Searched};

/// A rule or an assumption, and what is so without it.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Stable name in `snake_case`.
    pub name: &'static str,
    /// The passage that states the rule.
    pub source: &'static str,
    /// What is no longer so.
    pub without: &'static str,
}

/// What leaving out a rule came to.
#[derive(Clone, Debug, Serialize)]
pub struct Controlled {
    /// The rule's name.
    pub control: &'static str,
    /// The passage that states the rule.
    pub source: &'static str,
    /// What was no longer so.
    pub without: &'static str,
    /// The instance on which it was looked for.
    pub instance: &'static str,
    /// A shortest run that the model does not explain.
    pub difference: Option<Difference>,
    /// Whether the search came to an end of its own.
    pub is_settled: bool,
}

impl Rule {
    /// What it came to that this was searched without the rule.
    #[must_use]
    pub fn left_out(&self, searched: Searched) -> Controlled {
        let Searched { instance, difference, bound, .. } = searched;
        Controlled {
            control: self.name,
            source: self.source,
            without: self.without,
            instance,
            is_settled: difference.is_some() || bound.is_none(),
            difference,
        }
    }
}
