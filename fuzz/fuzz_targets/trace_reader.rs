//! Any bytes, read as a trace.
#![no_main]

#[path = "../../evidence/tests/common/fuzz.rs"]
mod fuzz;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::trace_reader(bytes));
