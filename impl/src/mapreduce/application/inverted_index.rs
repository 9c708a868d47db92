//! The files in which each word occurs. Source: OSDI 2004 §2.3.

use std::collections::BTreeSet;

use super::words;
use crate::mapreduce::data::{Application, Emit, Record, Values};

/// The files in which each word occurs: how many, and which.
#[derive(Clone, Copy, Debug, Default)]
pub struct InvertedIndex;

fn files(values: &mut dyn Values) -> BTreeSet<Vec<u8>> {
    let mut files = BTreeSet::new();
    while let Some(file) = values.next() {
        if !files.contains(file) {
            files.insert(file.to_vec());
        }
    }
    files
}

impl Application for InvertedIndex {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        let of_the_line: BTreeSet<&[u8]> = words(record.line).collect();
        for word in of_the_line {
            out.emit(word, record.file.as_bytes());
        }
    }

    fn reduce(&self, key: &[u8], values: &mut dyn Values, out: &mut dyn Emit) {
        let files: Vec<Vec<u8>> = files(values).into_iter().collect();
        let mut line = format!("{} ", files.len()).into_bytes();
        line.extend(files.join(&b','));
        out.emit(key, &line);
    }

    fn combines(&self) -> bool {
        true
    }

    fn combine(&self, _key: &[u8], values: &mut dyn Values, out: &mut dyn FnMut(&[u8])) {
        for file in files(values) {
            out(&file);
        }
    }
}
