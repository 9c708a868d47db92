//! An account for the terminal.

use std::collections::BTreeMap;

use super::{Account, Held, sentence};
use crate::outcome::{Nearest, Outcome, Rejection};
use crate::prose::{changes, describe};
use crate::words::{fill, plural, wrap};

/// How many states, misfits and guards are told; the JSON has them all.
const MANY: usize = 8;

/// The account as text, 100 columns wide.
#[must_use]
pub fn render(account: &Account) -> String {
    let mut text: String = account.held.iter().map(|held| of(held) + "\n").collect();
    for failure in &account.failures {
        text += &wrap(&format!("✗ evidence: {failure}"), 0);
    }
    text + &wrap(&sentence::whole(account), 0)
}

/// One piece of evidence as text.
#[must_use]
pub fn of(held: &Held) -> String {
    let sign = if held.outcome == Outcome::Accepted { "✓" } else { "✗" };
    let summary = &held.summary;
    let (name, word) = (summary.name(), sentence::word(&held.outcome));
    let mut text = wrap(&format!("{sign} {}: {name}: {word}", summary.system), 0);
    if let Outcome::Rejected(rejection) = &held.outcome {
        text += &rejected(rejection);
    } else {
        let place = sentence::place(&held.outcome).map_or_else(String::new, |at| format!("{at}: "));
        text += &wrap(&format!("{place}{}", sentence::of_outcome(held)), 2);
    }
    text + &particulars(held)
}

fn particulars(held: &Held) -> String {
    let summary = &held.summary;
    let mut text = String::new();
    if let Some(instance) = &summary.instance {
        text += &wrap(&format!("Instance: {}", sentence::clip(instance, sentence::ROOM)), 2);
    }
    text += &wrap(&format!("Seen: {}", sentence::seen(held)), 2);
    text += &counted("Actions", &summary.actions);
    text += &counted("Claims whose trigger was seen", &summary.triggers);
    text += &counted("Known deviations", &summary.deviations);
    text += &indented(summary.notes.iter(), 2);
    if let Some(seed) = summary.seed {
        text += &wrap(&format!("Seed: {seed}"), 2);
    }
    if !summary.last_words.is_empty() {
        text += "  Its last words:\n";
        text += &indented(summary.last_words.iter(), 4);
    }
    if let Some(replay) = &summary.replay {
        // A command is copied: it stays on one line.
        text += &format!("  Again: {replay}\n");
    }
    text
}

/// What happened, and what never did; nothing if there is nothing to count.
fn counted(title: &str, counts: &BTreeMap<String, u64>) -> String {
    if counts.is_empty() {
        return String::new();
    }
    let pieces: Vec<String> = sentence::counts(counts);
    fill([&format!("{title}:")].into_iter().chain(&pieces).map(String::as_str), 2)
}

fn rejected(rejection: &Rejection) -> String {
    let mut text = wrap(&sentence::prefix(rejection), 2);
    text += &format!("\n  {}\n", sentence::clip(&rejection.event.to_string(), sentence::ROOM));
    text += &format!("\n{}\n", wrap(&rejection.sentence, 2));
    text += &misfits(rejection);
    text += &guards(rejection);
    text += &rejection.nearest.as_ref().map_or_else(String::new, nearest);
    text += &possible(rejection);
    text += &path(rejection);
    text
}

fn misfits(rejection: &Rejection) -> String {
    if rejection.misfits.is_empty() {
        return String::new();
    }
    let mut text = "  Possible here, but the state after it is not what was seen:\n".to_owned();
    for misfit in rejection.misfits.iter().take(MANY) {
        text += &format!("    {}\n", misfit.action);
        for found in misfit.differences.iter().take(MANY) {
            let line = format!("{}: {}", sentence::path(found), sentence::difference(found));
            text += &wrap(&line, 6);
        }
        text += &more(misfit.differences.len(), "difference", 6);
    }
    text + &more(rejection.misfits.len(), "action", 4) + "\n"
}

fn guards(rejection: &Rejection) -> String {
    if rejection.refused.is_empty() {
        return String::new();
    }
    let mut text = "  Not possible here, because of what the protocol asks for first:\n".to_owned();
    for refused in rejection.refused.iter().take(MANY) {
        text += &format!("    {}\n", refused.action);
        text += &wrap(&format!("needs: {}", refused.guard), 6);
        text += &wrap(&format!("read:  {}", refused.read), 6);
    }
    text + &more(rejection.refused.len(), "action", 4) + "\n"
}

fn nearest(nearest: &Nearest) -> String {
    let ways = sentence::ways(nearest.distance);
    let mut text = format!("  The nearest event that would be accepted, different in {ways}:\n");
    text += &format!("    {}\n", nearest.action);
    text += &format!("    {}\n", sentence::clip(&nearest.json.to_string(), sentence::ROOM));
    text + "\n"
}

fn possible(rejection: &Rejection) -> String {
    if rejection.possible.is_empty() {
        return String::new();
    }
    let mut text = "  What was possible just before:\n".to_owned();
    for (index, state) in rejection.possible.iter().take(MANY).enumerate() {
        text += &format!("    state {}\n", index + 1);
        text += &indented(describe(state).iter(), 6);
    }
    text + &more(rejection.possible.len(), "state", 4) + "\n"
}

fn path(rejection: &Rejection) -> String {
    let Some((first, others)) = rejection.path.split_first() else { return String::new() };
    let mut text = "  The last steps of a behaviour that fits all that is before:\n".to_owned();
    text += &format!("    {}\n", sentence::step(first));
    text += &indented(describe(&first.state).iter(), 6);
    let mut before = first;
    for step in others {
        let place = step.at.as_ref().map_or_else(|| "no event".to_owned(), ToString::to_string);
        text += &format!("    {} ({place})\n", sentence::step(step));
        text += &indented(changes(&before.state, &step.state).iter(), 6);
        before = step;
    }
    text + &format!("    refused ({})\n\n", rejection.at)
}

/// How many more there are than were told.
fn more(all: usize, noun: &str, indent: usize) -> String {
    let left = all.saturating_sub(MANY);
    if left == 0 {
        return String::new();
    }
    format!("{}and {} more\n", " ".repeat(indent), plural(left, noun))
}

fn indented<'a>(lines: impl Iterator<Item = &'a String>, indent: usize) -> String {
    lines.map(|line| wrap(&sentence::clip(line, sentence::ROOM), indent)).collect()
}
