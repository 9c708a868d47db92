//! What is going to happen, in the order in which it will.
//!
//! The order is total: by time, then by the order in which things were put in. What is moved about
//! in the heap is small; the events themselves stay where they are, in a store whose places are
//! used again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use straightedge_impl::machine::Time;

/// When an event happens, and where it is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    time: Time,
    /// How many were put in before it: no two entries are equal.
    order: u64,
    place: u32,
}

/// A queue of events.
pub(crate) struct Queue<E> {
    heap: BinaryHeap<Reverse<Entry>>,
    store: Vec<Option<E>>,
    free: Vec<u32>,
    order: u64,
}

impl<E> Queue<E> {
    pub(crate) fn new() -> Self {
        Self { heap: BinaryHeap::new(), store: Vec::new(), free: Vec::new(), order: 0 }
    }

    /// How many events are in it.
    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }

    /// Puts an event in, to happen then.
    pub(crate) fn push(&mut self, time: Time, event: E) {
        let place = if let Some(place) = self.free.pop() {
            self.store[place as usize] = Some(event);
            place
        } else {
            self.store.push(Some(event));
            self.store.len() as u32 - 1
        };
        self.heap.push(Reverse(Entry { time, order: self.order, place }));
        self.order += 1;
    }

    /// When the next event happens.
    pub(crate) fn next_time(&self) -> Option<Time> {
        self.heap.peek().map(|entry| entry.0.time)
    }

    /// Takes the next event out.
    pub(crate) fn pop(&mut self) -> Option<(Time, E)> {
        let Reverse(entry) = self.heap.pop()?;
        let event = self.store[entry.place as usize].take()?;
        self.free.push(entry.place);
        Some((entry.time, event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_time_and_then_in_the_order_of_their_coming() {
        let mut queue = Queue::new();
        for (time, event) in [(5, 'c'), (1, 'a'), (5, 'd'), (1, 'b'), (9, 'e')] {
            queue.push(Time::from_nanoseconds(time), event);
        }
        assert_eq!(queue.len(), 5);
        assert_eq!(queue.next_time(), Some(Time::from_nanoseconds(1)));
        let events: String = std::iter::from_fn(|| queue.pop()).map(|(_, event)| event).collect();
        assert_eq!(events, "abcde");
        assert_eq!((queue.len(), queue.next_time()), (0, None));
    }

    #[test]
    fn places_are_used_again() {
        let mut queue = Queue::new();
        for round in 0..1000 {
            queue.push(Time::from_nanoseconds(round), round);
            queue.push(Time::from_nanoseconds(round), round);
            assert_eq!(queue.pop().map(|(_, event)| event), Some(round));
            assert_eq!(queue.pop().map(|(_, event)| event), Some(round));
        }
        assert_eq!(queue.store.len(), 2);
    }
}
