//! Reports of evidence, in every form.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod action;
mod browser;
mod chromium;
mod forms;
mod samples;
mod schemas;
