//! The lines in which a text occurs. Source: OSDI 2004 §2.3, distributed grep.

use super::number;
use crate::mapreduce::data::{Application, Emit, Record, Values};

/// The lines in which a text occurs, and how often each line does.
#[derive(Clone, Debug, Default)]
pub struct Grep {
    /// The text; every line has the empty one.
    pub text: Vec<u8>,
}

impl Application for Grep {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        let length = self.text.len();
        let occurs = length == 0 || record.line.windows(length).any(|part| part == self.text);
        if occurs {
            out.emit(record.line, b"1");
            out.count("lines", 1);
        }
    }

    fn reduce(&self, key: &[u8], values: &mut dyn Values, out: &mut dyn Emit) {
        let mut times = 0;
        while let Some(value) = values.next() {
            times += number(value);
        }
        out.emit(key, times.to_string().as_bytes());
    }
}
