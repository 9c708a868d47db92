//! What an instance may choose.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which requests make a node loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// Those that were let through in this window.
    ///
    /// Source: CORAL-10.
    Leaky,
    /// All of this tick and the one before.
    ///
    /// Source: CORAL-11.
    Literal,
}

/// When an operation may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// At any time.
    Any,
    /// When no other is under way: nothing interleaves.
    Sequential,
}

/// What the environment may do, or may still do.
///
/// Source: CORAL-22.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    /// So many messages are lost.
    pub losses: u8,
    /// So many requests come twice.
    pub copies: u8,
    /// So many nodes crash.
    pub crashes: u8,
    /// So many time-outs come before the reply has had its time.
    pub early_time_outs: u8,
}

impl Budget {
    /// Nothing goes wrong.
    pub const NONE: Self = Self { losses: 0, copies: 0, crashes: 0, early_time_outs: 0 };

    /// Whether a request can stay unanswered.
    #[must_use]
    pub const fn has_silence(self) -> bool {
        self.losses > 0 || self.crashes > 0 || self.early_time_outs > 0
    }
}
