//! An account of evidence as a page.

use std::collections::BTreeMap;

use super::{Case, Frame, Page, Tone};
use crate::outcome::{Outcome, Step};
use crate::prose::{changes, describe};
use crate::report::{Account, Held, sentence};
use crate::words::count;

/// How many pieces of evidence are shown step by step; a page of more is slow to open.
const MANY: usize = 50;

impl Page {
    /// The page of an account: what is not accepted comes first.
    #[must_use]
    pub fn of(account: &Account) -> Self {
        let (good, bad): (Vec<&Held>, Vec<&Held>) =
            account.held.iter().partition(|held| held.outcome == Outcome::Accepted);
        let mut facts: Vec<(String, String)> = account
            .failures
            .iter()
            .map(|failure| ("Evidence as a whole".to_owned(), failure.clone()))
            .collect();
        let left = account.held.len().saturating_sub(MANY);
        if left > 0 {
            let text = format!("{} more are in the other reports.", count(left as u64));
            facts.push(("Not on this page".into(), text));
        }
        let systems = account.held.iter().map(|held| held.summary.system.as_str());
        let title = systems.chain(["evidence"]).next().unwrap_or_default();
        Self {
            title: format!("{title}: evidence held against the model"),
            sentence: sentence::whole(account),
            facts,
            cases: bad.into_iter().chain(good).take(MANY).map(case).collect(),
        }
    }
}

fn case(held: &Held) -> Case {
    let (frames, refusal) = match &held.outcome {
        Outcome::Rejected(rejection) => (frames(&rejection.path), Some((**rejection).clone())),
        _ => (Vec::new(), None),
    };
    let tone = match held.outcome {
        Outcome::Accepted => Tone::Good,
        Outcome::Rejected(_) | Outcome::Malformed { .. } => Tone::Bad,
        Outcome::Inconclusive { .. } | Outcome::OutOfScope { .. } => Tone::Open,
    };
    Case {
        name: held.summary.name(),
        answer: sentence::word(&held.outcome).into(),
        tone,
        sentence: sentence::of_outcome(held),
        facts: facts(held),
        frames,
        repeats: None,
        refusal,
    }
}

fn told(counts: &BTreeMap<String, u64>) -> String {
    sentence::counts(counts).join(" ")
}

fn facts(held: &Held) -> Vec<(String, String)> {
    let summary = &held.summary;
    let mut facts = Vec::new();
    let mut fact = |name: &str, text: String| {
        if !text.is_empty() {
            facts.push((name.to_owned(), text));
        }
    };
    fact("Where", sentence::place(&held.outcome).map(ToString::to_string).unwrap_or_default());
    fact("Instance", summary.instance.clone().unwrap_or_default());
    fact("Seen", sentence::seen(held));
    fact("Actions", told(&summary.actions));
    fact("Claims whose trigger was seen", told(&summary.triggers));
    fact("Known deviations", told(&summary.deviations));
    fact("Notes", summary.notes.join("\n"));
    fact("Seed", summary.seed.map(|seed| seed.to_string()).unwrap_or_default());
    fact("Last words", summary.last_words.join("\n"));
    fact("Again", summary.replay.clone().unwrap_or_default());
    facts
}

/// The steps, each with what it changed.
fn frames(path: &[Step]) -> Vec<Frame> {
    let mut frames = Vec::with_capacity(path.len());
    let mut before: Option<&Step> = None;
    for step in path {
        let told = before
            .map_or_else(|| describe(&step.state), |before| changes(&before.state, &step.state));
        let place = match (&step.at, before) {
            (Some(at), _) => Some(at.to_string()),
            (None, Some(_)) => Some("no event".to_owned()),
            (None, None) => None,
        };
        frames.push(Frame {
            label: sentence::step(step),
            place,
            changes: told,
            state: step.state.clone(),
            standings: step.standings.clone(),
            picture: step.picture.clone(),
        });
        before = Some(step);
    }
    frames
}
