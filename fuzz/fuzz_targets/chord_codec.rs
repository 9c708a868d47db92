//! Any bytes, read as a message.
#![no_main]

#[path = "../../impl/tests/common/mod.rs"]
mod common;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| common::fuzz::chord_codec(bytes));
