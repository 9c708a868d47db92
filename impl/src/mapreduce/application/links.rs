//! The pages that link to each page. Source: OSDI 2004 §2.3, the reverse web-link graph.

use std::collections::BTreeSet;

use super::words;
use crate::mapreduce::data::{Application, Emit, Record, Values};

/// The pages that link to each page. A line is a page, and the pages that it links to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Links;

fn sources(values: &mut dyn Values) -> BTreeSet<Vec<u8>> {
    let mut sources = BTreeSet::new();
    while let Some(source) = values.next() {
        sources.insert(source.to_vec());
    }
    sources
}

impl Application for Links {
    fn map(&self, record: Record<'_>, out: &mut dyn Emit) {
        let mut pages = words(record.line);
        let Some(source) = pages.next() else { return };
        for target in pages {
            out.emit(target, source);
            out.count("links", 1);
        }
    }

    fn reduce(&self, key: &[u8], values: &mut dyn Values, out: &mut dyn Emit) {
        let sources: Vec<Vec<u8>> = sources(values).into_iter().collect();
        out.emit(key, &sources.join(&b' '));
    }

    fn combines(&self) -> bool {
        true
    }

    fn combine(&self, _key: &[u8], values: &mut dyn Values, out: &mut dyn FnMut(&[u8])) {
        for source in sources(values) {
            out(&source);
        }
    }
}
