//! The lines in order. Source: OSDI 2004 §5.3.

use crate::mapreduce::data::{Application, Emit, Ranges, Record, Values};

/// The lines in order, equal ones as often as they occur.
#[derive(Clone, Debug, Default)]
pub struct Sort {
    /// Which lines go to which output.
    pub ranges: Ranges,
}

impl Application for Sort {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        out.emit(record.line, b"");
    }

    fn reduce(&self, key: &[u8], values: &mut dyn Values, out: &mut dyn Emit) {
        while values.next().is_some() {
            out.emit(key, b"");
        }
    }

    fn partition(&self, key: &[u8], reduces: u32) -> u32 {
        self.ranges.of(key).min(reduces.saturating_sub(1))
    }
}
