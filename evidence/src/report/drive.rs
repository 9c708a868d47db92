//! What driving an implementation came to, as an account.

use serde_json::Value;

use super::{Account, Door, Held, Summary};
use crate::drive::{Drive, Failure};
use crate::prose::plain;
use crate::words::{count, plural};

impl From<&Drive> for Account {
    fn from(drive: &Drive) -> Self {
        let held = Held { summary: summary(drive), outcome: drive.outcome.clone() };
        Self { held: vec![held], failures: Vec::new() }
    }
}

fn summary(drive: &Drive) -> Summary {
    let instance = match &drive.parameters {
        Value::Null => drive.instance.clone(),
        parameters => format!("{}: {}", drive.instance, plain(parameters)),
    };
    Summary {
        instance: Some(instance),
        events: drive.counts.steps,
        actions: drive.counts.actions.clone(),
        triggers: drive.counts.triggers.clone(),
        deviations: drive.counts.deviations.clone(),
        notes: notes(drive),
        seed: Some(drive.seed),
        replay: drive.replay.clone(),
        last_words: drive.last_words.clone(),
        ..Summary::new(Door::Drive, drive.system.clone(), vec![drive.subject.clone()])
    }
}

fn notes(drive: &Drive) -> Vec<String> {
    let coverage = &drive.coverage;
    let more = if coverage.is_whole { "" } else { "; the model has more than was explored" };
    let mut notes = vec![format!(
        "{} of the model's {} steps between {} states were taken, {} %{more}.",
        count(coverage.exercised),
        count(coverage.transitions),
        count(coverage.states),
        coverage.percent,
    )];
    if drive.counts.refusals > 0 {
        let refusals = count(drive.counts.refusals);
        notes.push(format!("Refused as the model refuses: {refusals} times."));
    }
    if !drive.unsupported.is_empty() {
        let names: Vec<&str> = drive.unsupported.iter().map(String::as_str).collect();
        notes.push(format!("Unsupported, and therefore not looked at: {}.", names.join(", ")));
    }
    notes.extend(drive.failing.as_ref().map(shrunk));
    notes
}

fn shrunk(failure: &Failure) -> String {
    let steps = |number: u64| plural(usize::try_from(number).unwrap_or(usize::MAX), "step");
    let again = if failure.reproduced { "failed again" } else { "did not fail again" };
    format!(
        "The run that fails has {}; it was found after {}, and {again} when it was repeated.",
        steps(failure.actions.len() as u64),
        steps(failure.found_at),
    )
}
