//! Sorted runs as one: the pairs of the least key first, and of equal keys those of the first run.

use std::io;

use super::application::Values;

/// Pairs in order of their keys.
pub trait Source {
    /// Goes on to the next pair, or says that there is none.
    ///
    /// # Errors
    ///
    /// The reader's, and that it is no pair that was read.
    fn advance(&mut self) -> io::Result<bool>;

    /// The key of the pair.
    fn key(&self) -> &[u8];

    /// Its value.
    fn value(&self) -> &[u8];
}

/// Several sources as one.
#[derive(Debug)]
pub struct Merge<S> {
    sources: Vec<S>,
    /// A heap of the places of those sources that have a pair, the least pair first.
    heap: Vec<usize>,
    /// Whether the pair on top was taken.
    is_taken: bool,
}

impl<S: Source> Merge<S> {
    /// Begins to read all of them.
    ///
    /// # Errors
    ///
    /// Those of the sources.
    pub fn new(mut sources: Vec<S>) -> io::Result<Self> {
        let mut heap = Vec::with_capacity(sources.len());
        for (place, source) in sources.iter_mut().enumerate() {
            if source.advance()? {
                heap.push(place);
            }
        }
        let mut merge = Self { sources, heap, is_taken: true };
        for at in (0..merge.heap.len() / 2).rev() {
            merge.sift(at);
        }
        merge.is_taken = false;
        Ok(merge)
    }

    fn is_less(&self, a: usize, b: usize) -> bool {
        (self.sources[a].key(), a) < (self.sources[b].key(), b)
    }

    fn sift(&mut self, mut at: usize) {
        loop {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            let mut least = at;
            for child in [left, right] {
                if child < self.heap.len() && self.is_less(self.heap[child], self.heap[least]) {
                    least = child;
                }
            }
            if least == at {
                return;
            }
            self.heap.swap(at, least);
            at = least;
        }
    }

    fn top(&self) -> Option<&S> {
        self.sources.get(*self.heap.first()?)
    }
}

impl<S: Source> Source for Merge<S> {
    fn advance(&mut self) -> io::Result<bool> {
        let Some(&top) = self.heap.first() else { return Ok(false) };
        if std::mem::replace(&mut self.is_taken, true) {
            if !self.sources[top].advance()? {
                self.heap.swap_remove(0);
            }
            self.sift(0);
        }
        Ok(!self.heap.is_empty())
    }

    fn key(&self) -> &[u8] {
        self.top().map_or(&[], Source::key)
    }

    fn value(&self) -> &[u8] {
        self.top().map_or(&[], Source::value)
    }
}

/// The pairs of a source by groups of equal keys.
#[derive(Debug)]
pub struct Groups<S> {
    cursor: Cursor<S>,
    key: Vec<u8>,
}

#[derive(Debug)]
struct Cursor<S> {
    source: S,
    place: Place,
    error: Option<io::Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nothing was read yet.
    Start,
    /// At a pair of the group that was not given out.
    Fresh,
    /// At a pair of the group that was given out.
    Given,
    /// At the first pair of the next group.
    Beyond,
    /// There are no more pairs, or no more can be read.
    End,
}

impl<S: Source> Groups<S> {
    /// The groups of a source that was not read yet.
    #[must_use]
    pub const fn new(source: S) -> Self {
        Self { cursor: Cursor { source, place: Place::Start, error: None }, key: Vec::new() }
    }

    /// Goes on to the next group, past whatever is left of this one.
    ///
    /// # Errors
    ///
    /// Those of the source, also those that came up while values were read.
    pub fn advance(&mut self) -> io::Result<bool> {
        let cursor = &mut self.cursor;
        while matches!(cursor.place, Place::Fresh | Place::Given | Place::Start) {
            cursor.step(&self.key);
        }
        if let Some(error) = cursor.error.take() {
            return Err(error);
        }
        if cursor.place == Place::End {
            return Ok(false);
        }
        self.key.clear();
        self.key.extend_from_slice(cursor.source.key());
        cursor.place = Place::Fresh;
        Ok(true)
    }

    /// The key of the group, and those of its values that were not given out yet.
    pub fn group(&mut self) -> (&[u8], impl Values) {
        (&self.key, GroupValues { cursor: &mut self.cursor, key: &self.key })
    }
}

impl<S: Source> Cursor<S> {
    /// Goes on to the next pair, of this group or of another.
    fn step(&mut self, key: &[u8]) {
        let is_start = self.place == Place::Start;
        self.place = match self.source.advance() {
            Ok(true) if !is_start && self.source.key() == key => Place::Fresh,
            Ok(true) => Place::Beyond,
            Ok(false) => Place::End,
            Err(error) => {
                self.error = Some(error);
                Place::End
            }
        };
    }
}

struct GroupValues<'a, S> {
    cursor: &'a mut Cursor<S>,
    key: &'a [u8],
}

impl<S: Source> Values for GroupValues<'_, S> {
    fn next(&mut self) -> Option<&[u8]> {
        if self.cursor.place == Place::Given {
            self.cursor.step(self.key);
        }
        if self.cursor.place != Place::Fresh {
            return None;
        }
        self.cursor.place = Place::Given;
        Some(self.cursor.source.value())
    }
}
