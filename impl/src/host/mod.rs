//! The real world: clocks, threads, files.
//!
//! | module | holds |
//! |---|---|
//! | [`driver`] | a machine with its timers |
//! | [`post`] | messages between machines in one process, lost and doubled if so wished |
//! | [`chance`] | numbers that a seed determines |
//! | [`mapreduce`] | jobs on threads, over a directory |
//! | [`load_manager`] | a proxy of connections and requests |

pub mod chance;
pub mod driver;
pub mod load_manager;
pub mod mapreduce;
pub mod post;
