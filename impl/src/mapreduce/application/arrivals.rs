//! What the paper asks users not to do: a map that writes something else each time it is run.
//!
//! Source: MAPREDUCE-11

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::mapreduce::data::{Application, Emit, Record, Values};

/// Gives each line a number in the order in which the threads come by, and puts the number out
/// under several keys. Two outputs that have different numbers for one line have seen different
/// executions of its map.
#[derive(Clone, Debug, Default)]
pub struct Arrivals {
    next: Arc<AtomicU64>,
}

/// Under how many keys each line is put out.
const COPIES: u8 = 16;

impl Application for Arrivals {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        let arrival = self.next.fetch_add(1, Ordering::Relaxed).to_string();
        for copy in 0..COPIES {
            let mut key = record.line.to_vec();
            key.extend([b' ', b'a' + copy]);
            out.emit(&key, arrival.as_bytes());
        }
    }

    fn reduce(&self, key: &[u8], values: &mut dyn Values, out: &mut dyn Emit) {
        while let Some(value) = values.next() {
            out.emit(key, value);
        }
    }
}
