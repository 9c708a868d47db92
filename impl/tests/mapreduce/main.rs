//! MapReduce's machines and jobs from outside.

mod faults;
mod host;
mod lab;
mod laws;
mod machines;
#[path = "../mapreduce_common/mod.rs"]
mod mapreduce_common;
#[path = "../mapreduce_host_common/mod.rs"]
mod mapreduce_host_common;
mod protocol;
