//! Messages between machines in one process.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::chance::Chance;

/// How often messages come to grief, in a thousand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// Lost.
    pub lost: u32,
    /// Delivered twice.
    pub doubled: u32,
    /// Held back until the next message is sent.
    pub held: u32,
}

/// Takes a message, with its sender.
type Mailbox<A, M> = Box<dyn Fn(A, M) + Send>;

/// Knows where everybody is.
pub struct Post<A, M> {
    office: Mutex<Office<A, M>>,
    weather: Weather,
}

struct Office<A, M> {
    boxes: BTreeMap<A, Mailbox<A, M>>,
    held: Option<(A, A, M)>,
    chance: Chance,
}

impl<A, M> fmt::Debug for Post<A, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Post {{ weather: {:?}, .. }}", self.weather)
    }
}

impl<A: Copy + Ord, M: Clone> Post<A, M> {
    /// A post that nobody has a box at yet. The seed decides which messages come to grief.
    #[must_use]
    pub fn new(weather: Weather, seed: u64) -> Self {
        let office = Office { boxes: BTreeMap::new(), held: None, chance: Chance::new(seed) };
        Self { office: Mutex::new(office), weather }
    }

    /// From now on what is sent to this address goes there.
    pub fn register(&self, address: A, mailbox: impl Fn(A, M) + Send + 'static) {
        self.with(|office| drop(office.boxes.insert(address, Box::new(mailbox))));
    }

    /// From now on what is sent to this address is lost.
    pub fn unregister(&self, address: A) {
        self.with(|office| drop(office.boxes.remove(&address)));
    }

    /// Sends a message. Whether it arrives nobody is told.
    pub fn send(&self, from: A, to: A, message: M) {
        let weather = self.weather;
        self.with(|office| {
            let late = office.held.take();
            if office.chance.happens(weather.held) {
                office.held = Some((from, to, message));
            } else {
                let is_doubled = office.chance.happens(weather.doubled);
                if is_doubled {
                    office.deliver(from, &to, message.clone());
                }
                if !office.chance.happens(weather.lost) {
                    office.deliver(from, &to, message);
                }
            }
            if let Some((from, to, message)) = late {
                office.deliver(from, &to, message);
            }
        });
    }

    fn with(&self, work: impl FnOnce(&mut Office<A, M>)) {
        work(&mut self.office.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl<A: Ord, M> Office<A, M> {
    fn deliver(&self, from: A, to: &A, message: M) {
        if let Some(mailbox) = self.boxes.get(to) {
            mailbox(from, message);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::mpsc;

    fn arrived(weather: Weather, count: u32) -> Vec<u32> {
        let post = Post::new(weather, 7);
        let (sender, receiver) = mpsc::channel();
        post.register(1, move |_, message| sender.send(message).unwrap());
        (0..count).for_each(|message| post.send(0, 1, message));
        post.unregister(1);
        post.send(0, 1, count);
        receiver.iter().collect()
    }

    #[test]
    fn what_is_sent_arrives_unless_the_weather_is_bad() {
        assert_eq!(arrived(Weather::default(), 3), [0, 1, 2]);
        assert!(arrived(Weather { lost: 1000, ..Weather::default() }, 3).is_empty());
        let doubled = Weather { doubled: 1000, ..Weather::default() };
        assert_eq!(arrived(doubled, 2), [0, 0, 1, 1]);
        let mut held = arrived(Weather { held: 500, ..Weather::default() }, 1000);
        let is_in_order = held.is_sorted();
        held.sort_unstable();
        assert!(!is_in_order && held.len() >= 999 && held.iter().zip(0..).all(|(a, b)| *a == b));
    }
}
