//! Any bytes, read as what happens to a member.
#![no_main]

#[path = "../../impl/tests/common/mod.rs"]
mod common;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| common::fuzz::chord_handle(bytes));
