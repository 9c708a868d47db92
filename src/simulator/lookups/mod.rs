//! Look-ups of other peer-to-peer systems, small, for Coral's stories: a central index, flooding,
//! and a swarm whose members trade pieces. Peers and files are words. Source: CORAL-33.

pub mod flood;
pub mod index;
pub mod swarm;
