//! Sentences that more than one form of the report says.

use std::collections::BTreeMap;

use super::{Account, Door, Held};
use crate::outcome::{Misfit, Outcome, Position, Refused, Rejection, Step};
use crate::pattern::Difference;
use crate::prose::plain;
use crate::words::{count, plural};

/// How much of a value is shown where there is little room, in characters.
pub const ROOM: usize = 400;

/// The outcome in one word or two, as reports name it.
#[must_use]
pub const fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Rejected(_) => "rejected",
        Outcome::Inconclusive { .. } => "inconclusive",
        Outcome::OutOfScope { .. } => "out of scope",
        Outcome::Malformed { .. } => "malformed",
    }
}

/// What came out, in a sentence.
#[must_use]
pub fn of_outcome(held: &Held) -> String {
    match &held.outcome {
        Outcome::Accepted => {
            format!("A behaviour of the model fits all that was seen: {}.", seen(held))
        }
        Outcome::Rejected(rejection) => rejection.sentence.clone(),
        Outcome::Inconclusive { why, .. }
        | Outcome::OutOfScope { why, .. }
        | Outcome::Malformed { why, .. } => sentence(why),
    }
}

/// How much was seen: events of a log, or steps of what was driven.
#[must_use]
pub fn seen(held: &Held) -> String {
    let noun = if held.summary.door == Door::Trace { "event" } else { "step" };
    plural(clamped(held.summary.events), noun)
}

/// How far the evidence was accepted.
#[must_use]
pub fn prefix(rejection: &Rejection) -> String {
    let before = match rejection.accepted {
        0 => "nothing is before it".to_owned(),
        1 => "the one before it fits".to_owned(),
        many => format!("the {} before it fit", count(many)),
    };
    format!("{} is the first event that no behaviour of the model fits; {before}.", rejection.at)
}

/// What an outcome is about, if it is about one place.
#[must_use]
pub fn place(outcome: &Outcome) -> Option<&Position> {
    match outcome {
        Outcome::Accepted => None,
        Outcome::Rejected(rejection) => Some(&rejection.at),
        Outcome::Inconclusive { at, .. }
        | Outcome::OutOfScope { at, .. }
        | Outcome::Malformed { at, .. } => Some(at),
    }
}

/// Everything in one sentence.
#[must_use]
pub fn whole(account: &Account) -> String {
    if account.held.is_empty() {
        return "Nothing was held against the model; nothing is concluded.".into();
    }
    let words = ["accepted", "rejected", "inconclusive", "out of scope", "malformed"];
    let counted = words.iter().filter_map(|wanted| {
        let many = account.held.iter().filter(|held| word(&held.outcome) == *wanted).count();
        (many > 0).then(|| format!("{} {wanted}", count(many as u64)))
    });
    let mut parts: Vec<String> = counted.collect();
    if !account.failures.is_empty() {
        let failures = plural(account.failures.len(), "complaint");
        parts.push(format!("{failures} about the evidence as a whole"));
    }
    format!("{}.", parts.join(", "))
}

/// What the evidence does not establish, which every report says.
pub const LIMITS: &str = "Accepted means that some behaviour of this instance of the model fits \
                          all that was seen. What was not seen, or goes beyond the instance, is \
                          not established.";

/// `expected 1, observed 3`.
#[must_use]
pub fn difference(difference: &Difference) -> String {
    let text = |value: &Option<_>| value.as_ref().map_or_else(|| "nothing".to_owned(), plain);
    let (expected, observed) = (text(&difference.expected), text(&difference.observed));
    format!("expected {}, observed {}", clip(&expected, ROOM), clip(&observed, ROOM))
}

/// An action whose state is not what was seen, in one line.
#[must_use]
pub fn misfit(misfit: &Misfit) -> String {
    let parts: Vec<String> = misfit
        .differences
        .iter()
        .map(|found| format!("{}: {}", path(found), difference(found)))
        .collect();
    format!("{} is possible, but: {}", misfit.action, parts.join("; "))
}

/// An action that the model does not take, in one line.
#[must_use]
pub fn refused(refused: &Refused) -> String {
    let Refused { action, guard, read } = refused;
    format!("{action} is not possible: {}; read: {read}", guard.trim_end_matches('.'))
}

/// Where a difference is.
#[must_use]
pub fn path(difference: &Difference) -> &str {
    if difference.path.is_empty() { "the state" } else { &difference.path }
}

/// The step's name: its action, or what stands for it.
#[must_use]
pub fn step(step: &Step) -> String {
    match (&step.action, &step.at) {
        (Some(action), _) => action.clone(),
        (None, Some(_)) => "nothing happened".into(),
        (None, None) => "before".into(),
    }
}

/// `fail 2`, `join 7`, and `never: leave`: what happened how often, in pieces for one line.
#[must_use]
pub fn counts(counts: &BTreeMap<String, u64>) -> Vec<String> {
    let happened = counts.iter().filter(|(_, times)| **times > 0);
    let happened: Vec<String> =
        happened.map(|(name, times)| format!("{name} {}", count(*times))).collect();
    let never: Vec<&str> =
        counts.iter().filter(|(_, times)| **times == 0).map(|(name, _)| name.as_str()).collect();
    let (several, some) = (happened.len(), !never.is_empty());
    let happened = happened.into_iter().enumerate().map(|(index, piece)| {
        let end = if index + 1 < several {
            ","
        } else if some {
            ";"
        } else {
            ""
        };
        format!("{piece}{end}")
    });
    let begin = some.then(|| "never:".to_owned());
    let all = never.len();
    let never = never
        .into_iter()
        .enumerate()
        .map(|(index, name)| format!("{name}{}", if index + 1 < all { "," } else { "" }));
    happened.chain(begin).chain(never).collect()
}

/// A text, or its beginning and how long it is.
#[must_use]
pub fn clip(text: &str, room: usize) -> String {
    let whole = text.chars().count();
    if whole <= room {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(room).collect();
    format!("{beginning}… ({} characters in all)", count(whole as u64))
}

/// `1 way`, `2 ways`.
#[must_use]
pub fn ways(distance: u64) -> String {
    plural(clamped(distance), "way")
}

/// A number of things as the machine counts them.
#[must_use]
pub fn clamped(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A text that ends as sentences do.
fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_says_how_long_it_is() {
        assert_eq!(clip("äbc", 3), "äbc");
        assert_eq!(clip("äbcd", 3), "äbc… (4 characters in all)");
    }

    #[test]
    fn nothing_at_all_is_no_success() {
        let account = Account::default();
        assert_eq!(account.exit_code(), 2);
        assert!(whole(&account).contains("nothing is concluded"));
    }
}
