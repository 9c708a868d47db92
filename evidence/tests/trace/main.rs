//! Logs, held against the models.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod causes;
mod common;
mod corpus;
mod deviations;
mod hostile;
mod reading;
mod rejections;
mod schemas;
mod silence;
