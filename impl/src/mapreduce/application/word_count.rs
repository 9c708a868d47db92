//! How often each word occurs. Source: OSDI 2004 §2.1.

use super::{number, words};
use crate::mapreduce::data::{Application, Emit, Record, Values};

/// How often each word occurs.
#[derive(Clone, Copy, Debug, Default)]
pub struct WordCount;

fn sum(values: &mut dyn Values) -> String {
    let mut sum = 0_u64;
    while let Some(value) = values.next() {
        sum = sum.saturating_add(number(value));
    }
    sum.to_string()
}

impl Application for WordCount {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        let mut count = 0;
        for word in words(record.line) {
            out.emit(word, b"1");
            count += 1;
        }
        out.count("words", count);
    }

    fn reduce(&self, key: &[u8], values: &mut dyn Values, out: &mut dyn Emit) {
        out.emit(key, sum(values).as_bytes());
        out.count("different words", 1);
    }

    fn combines(&self) -> bool {
        true
    }

    fn combine(&self, _key: &[u8], values: &mut dyn Values, out: &mut dyn FnMut(&[u8])) {
        out(sum(values).as_bytes());
    }
}
