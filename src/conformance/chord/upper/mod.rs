//! Keys, look-ups and leaving, held against the model (CHORD-80).
//!
//! What is above the ring are options of the same network, as they are of the model: nodes that
//! hold records and have fingers, and are told to put, to get, to look up and to leave. What they
//! stand for is in [`abstraction`], which step explains which in [`refinement`], what is assumed in
//! [`environment`], and what no node remembers in [`ghost`].
//!
//! A copy takes effect when it arrives, a look-up is where the last answer has led it. Whether a
//! node decides rightly where to send is held against [`rules`] when it does (`watch`): by the time
//! at which that takes effect it may know better.

pub mod abstraction;
mod assembly;
pub mod controls;
pub mod cover;
pub mod environment;
pub mod ghost;
pub mod instances;
pub mod model;
pub mod options;
pub mod planted;
pub mod random;
pub mod refinement;
pub mod rules;
mod walk;
mod watch;
