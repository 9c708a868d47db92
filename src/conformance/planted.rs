//! What became of a fault that was planted in the machines.

use serde::Serialize;

use super::cover::Missing;
use super::random::Tried;
use super::search::Difference;

/// A fault that can be planted.
#[derive(Clone, Copy, Debug)]
pub struct Planted {
    /// The fault's name.
    pub name: &'static str,
    /// The real mistake that it is an instance of.
    pub stands_for: &'static str,
    /// The same fault in the model, if it is there.
    pub twin: Option<&'static str>,
    /// Why it cannot be found here, if it cannot.
    pub beyond: Option<&'static str>,
}

/// How a fault is found.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// The fault's name.
    pub fault: &'static str,
    /// The real mistake that it is an instance of.
    pub stands_for: &'static str,
    /// The same fault in the model, if it is there.
    pub twin: Option<&'static str>,
    /// A step of the model that the machines do not take, and the graph that it is in.
    pub cover: Option<(&'static str, Missing)>,
    /// A graph of which every step was taken.
    pub whole: Option<&'static str>,
    /// A shortest run of the network that the model does not explain, and its instance.
    pub search: Option<(&'static str, Difference)>,
    /// A random run that is not explained, shortened, and its setting.
    pub random: Option<(&'static str, Difference)>,
    /// Why it cannot be found here, if it cannot.
    pub beyond: Option<&'static str>,
    /// Whether the search was cut short.
    pub is_interrupted: bool,
}

impl Planted {
    /// The fault before anything was looked for.
    #[must_use]
    pub const fn unfound(&self) -> Found {
        Found {
            fault: self.name,
            stands_for: self.stands_for,
            twin: self.twin,
            cover: None,
            whole: None,
            search: None,
            random: None,
            beyond: self.beyond,
            is_interrupted: false,
        }
    }
}

impl Found {
    /// Whether the fault is found at all.
    #[must_use]
    pub const fn is_found(&self) -> bool {
        self.cover.is_some() || self.search.is_some() || self.random.is_some()
    }

    /// Whether the fault is found, or cannot be, as was said.
    #[must_use]
    pub const fn is_as_declared(&self) -> bool {
        self.is_found() == self.beyond.is_none()
    }

    /// With what random runs have shown, if they have shown it.
    #[must_use]
    pub fn with_random(self, tried: Tried) -> Self {
        Self { random: tried.difference.map(|found| (tried.setting, found)), ..self }
    }
}
