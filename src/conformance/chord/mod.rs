//! The nodes of Chord held against the model of the corrected protocol (CHORD-46).
//!
//! The model is the one with [`Pending::NotifierSet`](straightedge_models::chord::Pending): it is
//! what messages under way refine. A question takes effect when it is answered (CHORD-2), so a
//! node is seen as it will be once the answers that are on their way to it have come:
//!
//! | of the model | of the network |
//! |---|---|
//! | a member | a node that is one, or to which `admitted` is on its way |
//! | its list, predecessor, candidate | those of the node |
//! | its notifiers | those that wait at the node or whose `notify` is on its way, and the ghost |
//!
//! | step of the network | step of the model, taken by who asks |
//! |---|---|
//! | `ask_neighbours` arrives at the head | `stabilize_from_successor` |
//! | the head is found dead | `stabilize_from_successor` |
//! | `ask_neighbours` arrives at the candidate | `stabilize_from_predecessor` |
//! | the candidate is found dead | `stabilize_from_predecessor` |
//! | `ask_to_join` arrives where the node belongs | `join` |
//! | `rectify` runs out, and the notifier is closer, or is the predecessor | `rectify` |
//! | `ping` arrives, or the predecessor is found dead | `rectify` |
//! | a member crashes | `fail` |
//! | everything else | none |
//!
//! **Ghost.** A node that crashes with the answer to a query on its way to it has, for the model,
//! already notified. Nobody will send that notification any more, and the network does not show
//! it; the model lets it wait for ever. So it is remembered as [`Unsent`] until its addressee is
//! gone, or looks at another notification of the same node (CHORD-45).

pub mod circle;
pub mod controls;
pub mod cover;
pub mod environment;
pub mod ghost;
pub mod instances;
pub mod observed;
pub mod part;
pub mod planted;
pub mod random;
pub mod record;
pub mod refinement;
mod replay;
pub mod rules;
pub mod search;
pub mod subject;
mod told;
pub mod upper;

use super::part::System;

/// Chord, and what it is held against.
pub const SYSTEM: System =
    System { name: "chord", parts: part::parts, faults: part::faults, recorded: record::RECORDED };

pub use circle::CircleId;
pub use environment::{Assumptions, Ring};
pub use ghost::{Ghost, Unsent};
pub use observed::{Observed, ObservedMember};
