//! States as text, for a person to read.

use std::collections::BTreeMap;
use std::fmt;

use super::identifier::Id;
use super::operation::{Outcome, Phase, Progress};
use super::options::Budget;
use super::peers::Peers;
use super::state::{Machine, Peer, State};

/// `stored at 104`, `missed`.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => write!(f, "nothing yet"),
            Self::Stored(node) => write!(f, "stored at {node}"),
            Self::NotStored => write!(f, "not stored"),
            Self::Unsure(node) => write!(f, "unsure whether stored at {node}"),
            Self::Hit(node) => write!(f, "found at {node}"),
            Self::Miss => write!(f, "missed"),
        }
    }
}

impl State {
    /// The nodes of a set, as text: `30 104`.
    fn named(&self, set: Peers) -> String {
        let ids = set.iter().map(|position| self.peers[position].identifier.to_string());
        ids.collect::<Vec<_>>().join(" ")
    }

    /// What an operation does, in words; nothing if there is no such operation.
    pub(super) fn doing(&self, operation: u8) -> Option<String> {
        let progress = self.operation(operation);
        Some(match progress.phase {
            Phase::Absent => return None,
            Phase::Idle => "has not begun".to_owned(),
            Phase::Forward(node) => format!("asks {node} of itself"),
            Phase::Reverse(node) => format!("asks {node} to store"),
            Phase::Look(node) => format!("asks {node} for values"),
            Phase::Ended => ended(progress),
        })
    }

    /// What else there is to an operation, without what is nothing.
    fn details(&self, operation: u8) -> BTreeMap<&'static str, String> {
        let progress = self.operation(operation);
        let mut details = BTreeMap::new();
        if !progress.is_under_way() {
            return details;
        }
        details.insert("has_reached", progress.at.to_string());
        details.insert("target", progress.target.to_string());
        for (name, set) in [
            ("path", progress.reached),
            ("stack", progress.stack),
            ("silent", progress.unreached),
            ("found_full", progress.found_full),
            ("refused", progress.refused),
        ] {
            if !set.is_empty() {
                details.insert(name, self.named(set));
            }
        }
        if let Some(node) = progress.stopped_at {
            details.insert("stopped_at", node.to_string());
        }
        if progress.repeats > 0 {
            details.insert("asked_again", progress.repeats.to_string());
        }
        if progress.level > 0 {
            details.insert("level", progress.level.to_string());
        }
        details
    }
}

fn ended(progress: &Progress) -> String {
    let is_there = |outcome: &Outcome| *outcome != Outcome::None;
    let outcomes: Vec<_> = progress.outcomes.into_iter().filter(is_there).collect();
    match outcomes[..] {
        [outcome] => outcome.to_string(),
        [slow, fast] => format!("{fast} at level 1, {slow} at level 0"),
        _ => "over".to_owned(),
    }
}

/// What is there of a node, in words.
fn standing(peer: &Peer) -> String {
    if peer.machine == Machine::Crashed {
        return "crashed".to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    for (number, list) in peer.lists.iter().enumerate() {
        let of_list = if number > 0 { format!(" in list {number}") } else { String::new() };
        words.extend(list.entries().map(|entry| match entry.left {
            0 => format!("v{} expired{of_list}", entry.value),
            left => format!("v{} with {left} left{of_list}", entry.value),
        }));
        if peer.passed[number] > 0 {
            words.push(format!("let {} through{of_list}", peer.passed[number]));
        }
    }
    if peer.seen != [0; 2] {
        words.push(format!("was asked {} times now, {} before", peer.seen[0], peer.seen[1]));
    }
    if words.is_empty() { "empty".to_owned() } else { words.join(", ") }
}

/// One line a node, an operation, a message, and what there is besides.
impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![format!("tick {}", self.now)];
        lines.extend(self.nodes().map(|(_, peer)| node_line(peer.identifier, peer)));
        for number in 0..self.operations.len() as u8 {
            if let Some(doing) = self.doing(number) {
                let details = self.details(number).into_iter();
                let details: String = details.map(|(name, is)| format!("; {name} {is}")).collect();
                lines.push(format!("op {number}: {doing}{details}"));
            }
        }
        lines.extend(self.messages.iter().map(|message| format!("{message:?}")));
        lines.extend(
            left_over(self.left).iter().map(|(what, count)| format!("left {what}: {count}")),
        );
        write!(f, "{}", lines.join("\n"))
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", node_line(self.identifier, self))
    }
}

fn node_line(node: Id, peer: &Peer) -> String {
    format!("{node}: {}", standing(peer))
}

/// What the environment may still do, what is left out where it is nothing.
fn left_over(left: Budget) -> BTreeMap<&'static str, u8> {
    let Budget { losses, copies, crashes, early_time_outs } = left;
    let left = [
        ("losses", losses),
        ("copies", copies),
        ("crashes", crashes),
        ("early_time_outs", early_time_outs),
    ];
    left.into_iter().filter(|(_, count)| *count > 0).collect()
}
