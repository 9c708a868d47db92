//! What became of a fault that was planted in the machines.

use serde::Serialize;
use straightedge_models::engine::Run;

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

/// Where a fault is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// In the interleavings of this instance.
    Search(&'static str),
    /// By a step of the model that is not taken, in the graph of this subject.
    Cover(&'static str),
    /// Nowhere, for this reason.
    Beyond(&'static str),
}

impl Way {
    /// The way of that fault in a system's table.
    #[must_use]
    pub fn of(fault: &str, ways: &[(&str, Self)]) -> Self {
        let unplaced = Self::Beyond("It is not said where it is to be looked for.");
        ways.iter().find(|(name, _)| *name == fault).map_or(unplaced, |(_, way)| *way)
    }
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
    /// Looks for the fault in its place, in the interleavings of an instance or by the steps of a
    /// graph. One that cannot be found is looked for in small places all the same.
    #[must_use]
    pub fn find(
        self,
        way: Way,
        small: &[Way],
        search: impl Fn(&str) -> Option<(&'static str, Difference)>,
        cover: impl Fn(&str) -> Option<(&'static str, Missing)>,
        run: &Run<'_>,
    ) -> Found {
        let (places, beyond) = match &way {
            Way::Beyond(reason) => (small, Some(*reason)),
            place => (std::slice::from_ref(place), None),
        };
        let mut found = Self { beyond, ..self }.unfound();
        for place in places {
            match place {
                Way::Search(instance) => {
                    found.search = found.search.or_else(|| search(instance));
                }
                Way::Cover(subject) => found.cover = found.cover.or_else(|| cover(subject)),
                Way::Beyond(_) => {}
            }
        }
        found.is_interrupted = run.interruption().is_some();
        found
    }

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
