//! What neither nodes nor messages show any more, but the abstraction has to know.

use std::fmt;

use serde::Serialize;

use super::circle::CircleId;
use super::upper::ghost::Above;

/// A notification that its sender was about to send, when it failed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Unsent<I> {
    /// Whose name was to be left.
    pub from: I,
    /// With whom.
    pub to: I,
}

impl<I: fmt::Display> fmt::Debug for Unsent<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unsent notification from {} to {}", self.from, self.to)
    }
}

/// What neither nodes nor messages show any more, but the abstraction has to know.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Ghost {
    /// Notifications that nobody will send any more.
    pub unsent: Vec<Unsent<CircleId>>,
    /// What there is to know of what is above the ring.
    pub above: Option<Box<Above>>,
}

impl fmt::Debug for Ghost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.unsent, f)?;
        self.above.as_ref().map_or(Ok(()), |above| write!(f, ", {above:?}"))
    }
}
