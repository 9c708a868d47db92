//! MapReduce's machines and jobs from outside.

mod common;
mod faults;
mod host;
mod host_common;
mod lab;
mod laws;
mod machines;
mod protocol;
