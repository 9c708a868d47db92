//! Which of the layers above the ring are there, and how the failure detector errs.

use super::mutant::Fault;
use super::state::{MAXIMUM_KEYS, MAXIMUM_UPPER_NODES};
use crate::chord::{Chord, Id, Set};

/// As many errors of the failure detector as it likes.
pub const UNLIMITED: u8 = 7;

/// What there is above the ring. Nothing of it by default, and then the state holds nothing of it.
///
/// Source: CHORD-60.
// Each is an option by itself: no combination is without meaning.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layers {
    /// The keys that are kept; at most two.
    pub keys: Set,
    /// The identifiers that are looked up, one at a time.
    pub looked_up: Set,
    /// Whether members go only by leaving.
    pub without_failures: bool,
    /// Whether nobody goes while an acknowledgement is under way.
    pub prompt_acknowledgements: bool,
    /// Whether a member that leaves hands its copies to its successor first.
    pub handover: bool,
    /// Whether a new member answers for keys only once its successor counts it as predecessor.
    pub answering_when_ready: bool,
    /// How often a member may take a live one that it asks for dead.
    pub suspicions: u8,
    /// How often a member may be told of a live one that it is dead.
    pub stale_notices: u8,
    /// Whether the live one that is taken for dead says that it is alive.
    pub refutation: bool,
    /// Whether members do nothing in vain.
    pub restraint: bool,
    /// What is done wrong above the ring, if anything is.
    pub fault: Option<Fault>,
}

impl Layers {
    /// The bare ring.
    pub const NONE: Self = Self {
        keys: Set::EMPTY,
        looked_up: Set::EMPTY,
        without_failures: false,
        prompt_acknowledgements: false,
        handover: false,
        answering_when_ready: false,
        suspicions: 0,
        stale_notices: 0,
        refutation: false,
        restraint: false,
        fault: None,
    };

    /// Whether there is anything above the ring.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.keys.is_empty() && self.looked_up.is_empty() && !self.may_err()
    }

    /// The names of the steps that there are.
    pub(in crate::chord) fn repertoire(&self) -> impl Iterator<Item = &'static str> + use<> {
        let keys: &[_] = if self.keys.is_empty() { &[] } else { &["put", "copy", "delete"] };
        let lookups: &[_] =
            if self.looked_up.is_empty() { &[] } else { &["lookup", "hop", "answer"] };
        let others = [
            (self.handover, "hand_over"),
            (self.suspicions > 0, "suspect"),
            (self.stale_notices > 0, "stale_notice"),
            (self.refutation, "refute"),
        ];
        let others = others.into_iter().filter(|&(is_there, _)| is_there).map(|(_, name)| name);
        keys.iter().chain(lookups).copied().chain(others)
    }

    /// Whether the failure detector may err.
    #[must_use]
    pub const fn may_err(&self) -> bool {
        self.suspicions > 0 || self.stale_notices > 0
    }
}

impl Chord {
    /// The same, but those keys, at most two, are kept by their owners and copied to successors.
    /// On a circle of at most five.
    ///
    /// Source: CHORD-61.
    ///
    /// # Panics
    ///
    /// If there are more than so many, or the circle is larger.
    #[must_use]
    pub const fn with_keys(mut self, keys: Set) -> Self {
        assert!(keys.len() <= MAXIMUM_KEYS && self.nodes <= MAXIMUM_UPPER_NODES);
        self.layers.keys = keys;
        self
    }

    /// The same, but those identifiers are looked up. On a circle of at most five.
    ///
    /// Source: CHORD-65.
    ///
    /// # Panics
    ///
    /// If there are more than so many, or the circle is larger.
    #[must_use]
    pub const fn with_lookup(mut self, looked_up: Set) -> Self {
        assert!(self.nodes <= MAXIMUM_UPPER_NODES);
        self.layers.looked_up = looked_up;
        self
    }

    /// The same, but members also leave of their own will, after they have handed their copies to
    /// their successor.
    ///
    /// Source: CHORD-64.
    #[must_use]
    pub const fn leave_with_handover(mut self) -> Self {
        self.layers.handover = true;
        self.with_leave()
    }

    /// The same, but nobody fails or leaves while an acknowledgement is under way: messages are
    /// faster than churn.
    ///
    /// Source: CHORD-62.
    #[must_use]
    pub const fn prompt_acknowledgements(mut self) -> Self {
        self.layers.prompt_acknowledgements = true;
        self
    }

    /// The same, but nobody fails: members go only by leaving, if they do that.
    #[must_use]
    pub const fn without_failures(mut self) -> Self {
        self.layers.without_failures = true;
        self
    }

    /// The same, but a new member answers for keys only when its successor counts it as its
    /// predecessor.
    ///
    /// Source: CHORD-63.
    #[must_use]
    pub const fn answering_when_ready(mut self) -> Self {
        self.layers.answering_when_ready = true;
        self
    }

    /// The same, but members do nothing in vain: of what they may do above the ring they do what
    /// their own knowledge leads to.
    ///
    /// Source: CHORD-74.
    #[must_use]
    pub const fn with_restraint(mut self) -> Self {
        self.layers.restraint = true;
        self
    }

    /// The same, but so often a member takes a live one that it asks for dead: at most six times,
    /// or as often as it likes ([`UNLIMITED`]). On a circle of at most five.
    ///
    /// Source: CHORD-70.
    ///
    /// # Panics
    ///
    /// If there are more than so many, or the circle is larger.
    #[must_use]
    pub const fn suspicions(mut self, most: u8) -> Self {
        assert!(most <= UNLIMITED && self.nodes <= MAXIMUM_UPPER_NODES);
        self.layers.suspicions = most;
        self
    }

    /// The same, but so often a member is told of a live one that it is dead: at most six times,
    /// or as often as it likes ([`UNLIMITED`]). On a circle of at most five.
    ///
    /// Source: CHORD-70.
    ///
    /// # Panics
    ///
    /// If there are more than so many, or the circle is larger.
    #[must_use]
    pub const fn stale_notices(mut self, most: u8) -> Self {
        assert!(most <= UNLIMITED && self.nodes <= MAXIMUM_UPPER_NODES);
        self.layers.stale_notices = most;
        self
    }

    /// The same, but who is taken for dead says that it is alive.
    ///
    /// Source: CHORD-72.
    #[must_use]
    pub const fn with_refutation(mut self) -> Self {
        self.layers.refutation = true;
        self
    }

    /// The keys with their places in the state, in the order of the circle.
    pub(in crate::chord) fn keys(&self) -> impl Iterator<Item = (usize, Id)> + use<> {
        self.layers.keys.iter().enumerate()
    }
}
