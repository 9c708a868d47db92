//! The load manager's models from outside: their steps, counts, tables, and instances.

#[path = "../common/mod.rs"]
mod common;
mod counts;
mod instances;
mod steps;
mod tables;
mod traced;
