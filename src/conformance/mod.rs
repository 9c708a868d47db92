//! Implementations held against models: the only place that knows both.
//!
//! What is not a system's own is here; a system adds what is assumed of its world
//! ([`environment::Environment`]), what a network of its machines stands for and which step of the
//! model may explain which step of the network
//! ([`Refinement`](straightedge_models::engine::refinement::Refinement)), how its machines take a
//! step of the model ([`cover::Replay`]), rules for networks of any size ([`random::World`]), and
//! its instances, controls and faults, as [`part::Part`]s.
//!
//! | file | holds |
//! |---|---|
//! | `environment` | what is assumed of the world |
//! | `world`, `network`, `steps` | messages, timers, machines, and every step that is possible |
//! | `intern` | one copy of each value that states share |
//! | `search` | every interleaving of a network refines a model |
//! | `cover` | every step of a model is taken, and what it refuses is refused |
//! | `random`, `shorten` | long runs of large networks, with floors, from a seed |
//! | `control` | what is assumed, left out |
//! | `planted` | faults that are planted, and how they are found |
//! | `record` | what a network does, as a trace |
//! | `subject` | a network as something that is driven step by step |
//! | `part`, `text` | all of that as a list, and what each came to |

pub mod chord;
pub mod control;
pub mod coral;
pub mod cover;
pub mod environment;
pub mod intern;
pub mod load_manager;
pub mod mapreduce;
pub mod network;
pub mod part;
pub mod planted;
pub mod random;
pub mod record;
pub mod search;
mod shorten;
mod steps;
pub mod subject;
mod text;
mod visited;
pub mod world;

use part::System;

/// Every system whose implementation is held against its model.
pub const SYSTEMS: &[System] =
    &[load_manager::SYSTEM, mapreduce::SYSTEM, chord::SYSTEM, coral::SYSTEM];
