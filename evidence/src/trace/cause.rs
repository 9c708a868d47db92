//! Which events of several files come before which, by cause and never by clock. Source: TRACE-9.

use std::collections::BTreeMap;

use super::line::Event;
use super::reader::Malformed;
use crate::outcome::Position;

/// The events of one file, in order.
pub(super) struct Log {
    pub(super) file: String,
    pub(super) events: Vec<Event>,
}

/// A file, and an event of it.
pub(super) type Spot = (usize, usize);

/// For each event, the events of other files that come before it.
pub(super) struct Causes {
    before: Vec<Vec<Vec<Spot>>>,
}

impl Causes {
    /// The order that the events' numbers and messages imply.
    pub(super) fn of(logs: &[Log]) -> Result<Self, Malformed> {
        let mut before: Vec<Vec<Vec<Spot>>> =
            logs.iter().map(|log| vec![Vec::new(); log.events.len()]).collect();
        for (later, earlier) in by_number(logs)?.into_iter().chain(by_message(logs)?) {
            before[later.0][later.1].push(earlier);
        }
        let causes = Self { before };
        causes.is_an_order(logs)?;
        Ok(causes)
    }

    /// Whether all that comes before the next event of that file has happened, when so many events
    /// of each file have.
    pub(super) fn may_happen(&self, happened: &[u32], file: usize) -> bool {
        let next = self.before[file].get(happened[file] as usize);
        next.is_some_and(|before| {
            before.iter().all(|&(file, event)| happened[file] as usize > event)
        })
    }

    /// Some order of all events keeps all of them.
    fn is_an_order(&self, logs: &[Log]) -> Result<(), Malformed> {
        let mut happened = vec![0; logs.len()];
        while let Some(file) = (0..logs.len()).find(|&file| self.may_happen(&happened, file)) {
            happened[file] += 1;
        }
        let is_left = |&file: &usize| (happened[file] as usize) < logs[file].events.len();
        let Some(file) = (0..logs.len()).find(is_left) else { return Ok(()) };
        let spot = (file, happened[file] as usize);
        let waits_for = self.before[file][spot.1].iter();
        let needed = waits_for.copied().find(|&(file, event)| happened[file] as usize <= event);
        let needed = needed.map_or_else(String::new, |needed| at(logs, needed).to_string());
        let why = format!(
            "the causes contradict each other: {needed} is to come before this event, and after it"
        );
        Err(Malformed { why, at: at(logs, spot) })
    }
}

/// Where an event is.
pub(super) fn at(logs: &[Log], (file, event): Spot) -> Position {
    let log = &logs[file];
    let line = log.events.get(event).map_or(0, |event| event.line);
    Position { file: log.file.clone(), line, column: None }
}

fn spots(logs: &[Log]) -> impl Iterator<Item = (Spot, &Event)> {
    let of_log = |(file, log)| {
        let Log { events, .. }: &Log = log;
        events.iter().enumerate().map(move |(event, read)| ((file, event), read))
    };
    logs.iter().enumerate().flat_map(of_log)
}

/// Each event of a node comes after the one with the number before.
fn by_number(logs: &[Log]) -> Result<Vec<(Spot, Spot)>, Malformed> {
    let mut numbered: BTreeMap<(&str, u64), Spot> = BTreeMap::new();
    for (spot, event) in spots(logs) {
        let (Some(node), Some(seq)) = (&event.node, event.seq) else { continue };
        if let Some(&other) = numbered.get(&(node.as_str(), seq)) {
            let why = format!("event {seq} of node {node} is at {} already", at(logs, other));
            return Err(Malformed { why, at: at(logs, spot) });
        }
        numbered.insert((node, seq), spot);
    }
    let pairs = numbered.iter().zip(numbered.iter().skip(1));
    let of_one_node = pairs.filter(|(earlier, later)| earlier.0.0 == later.0.0);
    Ok(of_one_node.map(|((_, &earlier), (_, &later))| (later, earlier)).collect())
}

/// A message is received after it was sent. One that no event sent came from elsewhere.
fn by_message(logs: &[Log]) -> Result<Vec<(Spot, Spot)>, Malformed> {
    let mut sent: BTreeMap<&str, Spot> = BTreeMap::new();
    for (spot, event) in spots(logs) {
        for message in &event.sent {
            if let Some(other) = sent.insert(message, spot) {
                let why = format!("message {message} was sent at {} already", at(logs, other));
                return Err(Malformed { why, at: at(logs, spot) });
            }
        }
    }
    let received = spots(logs).flat_map(|(spot, event)| {
        event.received.iter().map(move |message| (spot, message.as_str()))
    });
    let sent_here = received.filter_map(|(spot, message)| Some((spot, *sent.get(message)?)));
    Ok(sent_here.collect())
}
