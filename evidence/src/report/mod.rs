//! What evidence came to: as text, JSON, JUnit, SARIF, and as one page.

mod drive;
pub mod json;
pub mod junit;
pub mod page;
pub mod sarif;
pub mod sentence;
pub mod text;
mod trace;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::outcome::{Outcome, worst};

/// In which form a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For other programs; versioned.
    Json,
    /// For the test tab of a continuous integration service.
    Junit,
    /// For code scanning: each rejection on its line of the log, its steps as a code flow.
    Sarif,
    /// For people who want to look at every step: one page that needs no server and no network.
    Html,
}

/// How evidence came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// As a log.
    Trace,
    /// By driving a process, or a type.
    Drive,
}

/// What was held against which model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// How it came in.
    pub door: Door,
    /// The system.
    pub system: String,
    /// The instance: its name, or its parameters; none where it could not be read.
    pub instance: Option<String>,
    /// The files that were merged, or the command that was driven.
    pub what: Vec<String>,
    /// How many events fit, or how many steps were driven.
    pub events: u64,
    /// The model's actions that were taken, and how often.
    pub actions: BTreeMap<String, u64>,
    /// The claims whose trigger occurred, and how often.
    pub triggers: BTreeMap<String, u64>,
    /// The known deviations that were matched, and how often.
    pub deviations: BTreeMap<String, u64>,
    /// What else there is to know, in sentences.
    pub notes: Vec<String>,
    /// The seed, where chance had a part.
    pub seed: Option<u64>,
    /// The command that repeats it.
    pub replay: Option<String>,
    /// What a process wrote on its standard error, its last lines.
    pub last_words: Vec<String>,
}

impl Summary {
    /// What was held against what, and nothing else yet.
    #[must_use]
    pub fn new(door: Door, system: impl Into<String>, what: Vec<String>) -> Self {
        Self {
            door,
            system: system.into(),
            instance: None,
            what,
            events: 0,
            actions: BTreeMap::new(),
            triggers: BTreeMap::new(),
            deviations: BTreeMap::new(),
            notes: Vec::new(),
            seed: None,
            replay: None,
            last_words: Vec::new(),
        }
    }

    /// The files or the command in one line.
    #[must_use]
    pub fn name(&self) -> String {
        self.what.join(if self.door == Door::Trace { ", " } else { " " })
    }
}

/// One piece of evidence and what it came to.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Held {
    /// What was held against what.
    pub summary: Summary,
    /// What came out.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What one run of a command came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Account {
    /// Each piece of evidence in order.
    pub held: Vec<Held>,
    /// What is wrong with the evidence as a whole: floors that are not reached, deviations that are
    /// unused or expired.
    pub failures: Vec<String>,
}

impl Account {
    /// The exit code. Something malformed comes before something rejected, that before what is
    /// wrong with the evidence as a whole, and that before something inconclusive or out of scope.
    /// Nothing at all establishes nothing.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let of_nothing = self.held.is_empty().then_some(2);
        let of_failures = (!self.failures.is_empty()).then_some(1);
        let codes = self.held.iter().map(|held| held.outcome.exit_code());
        worst(codes.chain(of_nothing).chain(of_failures))
    }
}

/// A report that cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot render the report as {format}: {why}")]
pub struct Unwritable {
    /// The format's name.
    pub format: &'static str,
    /// Why not.
    pub why: String,
}

/// Renders an account.
///
/// # Errors
///
/// If the format's library refuses it.
pub fn render(account: &Account, format: Format) -> Result<String, Unwritable> {
    match format {
        Format::Text => Ok(text::render(account)),
        Format::Json => json::render(account),
        Format::Junit => junit::render(account),
        Format::Sarif => sarif::render(account),
        Format::Html => Ok(page::Page::of(account).render()),
    }
}
