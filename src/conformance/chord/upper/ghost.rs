//! What the comparison remembers of what is above the ring: which look-up is under way and where it
//! is, what was promised of keys, and what was done that no rule allows.

use std::collections::BTreeSet;

use serde::Serialize;
use straightedge_impl::machine::Nonce;

use super::super::circle::CircleId;

/// How often the members were told to do something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Orders {
    /// To put a value.
    pub puts: u8,
    /// To get one.
    pub gets: u8,
    /// To look an identifier up.
    pub lookups: u8,
    /// To leave.
    pub leaves: u8,
    /// To see to their records: how often the time for that comes.
    pub repairs: u8,
}

impl Orders {
    /// As often as one likes.
    pub const UNLIMITED: u8 = u8::MAX;

    /// Nothing.
    pub const NONE: Self = Self { puts: 0, gets: 0, lookups: 0, leaves: 0, repairs: 0 };

    /// Everything as often as one likes.
    pub const ANY: Self = Self {
        puts: Self::UNLIMITED,
        gets: Self::UNLIMITED,
        lookups: Self::UNLIMITED,
        leaves: Self::UNLIMITED,
        repairs: Self::UNLIMITED,
    };

    /// Whether that may happen once more, if it may happen so often.
    #[must_use]
    pub const fn may(most: u8, told: u8) -> bool {
        most == Self::UNLIMITED || told < most
    }
}

/// The look-up that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Lookup {
    /// Who looks up.
    pub asker: CircleId,
    /// The nonce of the look-up.
    pub nonce: Nonce,
    /// What is looked up.
    pub key: CircleId,
    /// The live member that is asked, or that the last answer named; nobody once a node is named
    /// that is gone.
    pub at: Option<CircleId>,
}

/// A read that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Read {
    /// Who reads.
    pub reader: CircleId,
    /// The nonce of the read.
    pub nonce: Nonce,
    /// What is read.
    pub key: CircleId,
}

/// What no rule allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrong {
    /// Source: CHORD-65.
    LedAstray,
    /// Source: CHORD-66.
    Misnamed,
    /// Source: CHORD-62, CHORD-64.
    Misdirected,
    /// Source: CHORD-83.
    Missed,
}

impl Wrong {
    /// What was done.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::LedAstray => "a look-up is led where it must not go",
            Self::Misnamed => "a node is named that cannot be the owner",
            Self::Misdirected => "records are sent to one that is not to have them",
            Self::Missed => "a read does not find what was kept when it began",
        }
    }
}

/// What is remembered above the ring.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Above {
    /// How often the members were told what.
    pub told: Orders,
    /// The look-up that is followed.
    pub lookup: Option<Lookup>,
    /// Keys of which a put was acknowledged, and no holder has failed since.
    pub kept: BTreeSet<CircleId>,
    /// Keys of which a holder has failed, and no put was acknowledged since.
    pub broken: BTreeSet<CircleId>,
    /// The read that is followed.
    pub read: Option<Read>,
    /// The first thing that no rule allows.
    pub wrong: Option<Wrong>,
}
