//! Runs as JSON lines: a cover that any language can be tested with, and a run that failed.
//!
//! Source: HARNESS-11.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use straightedge_models::engine::{Label, Place, Walk};

use crate::drive::atlas::Atlas;
use crate::drive::cover::{Case, Covered, cases};
use crate::outcome::Position;

/// The version of the form.
pub const VERSION: u32 = 1;

/// The longest line that is read.
const LONGEST_LINE: usize = 1 << 20;

/// The actions of one run, from a beginning on.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The actions.
    pub labels: Vec<Label>,
}

/// What a file of runs is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of the form.
    pub suite: u32,
    /// The system's name.
    pub system: String,
    /// The name of the instance.
    pub instance: String,
    /// The parameters of the instance.
    pub parameters: Value,
    /// What chance hangs on.
    pub seed: u64,
    /// How many runs follow.
    pub cases: u64,
    /// How many actions follow, and actions that must be refused.
    pub actions: u64,
    /// How many steps of the model they take.
    pub covered: u64,
    /// How many steps the model has, as far as it was explored.
    pub transitions: u64,
    /// Whether it was explored to its end.
    pub is_whole: bool,
    /// The steps that are taken, in per cent, rounded down to a tenth.
    pub percent: f64,
}

/// How large a suite is, and what chance hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// How many actions at most, those that must be refused included.
    pub actions: u64,
    /// How many actions that must be refused, at each place when it is first come to.
    pub refusals: usize,
    /// How many places of the model are explored.
    pub places: usize,
}

/// A suite: the header, and the lines.
pub struct Suite {
    /// What it is about.
    pub header: Header,
    lines: Vec<Value>,
}

/// One JSON object a line.
impl std::fmt::Display for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", serde_json::to_string(&self.header).map_err(|_| std::fmt::Error)?)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Runs that take every step of a model, as many as fit.
#[must_use]
pub fn suite(walk: &dyn Walk, size: Size) -> Suite {
    let atlas = Atlas::explore(walk, size.places);
    let mut covered = Covered::nothing(&atlas);
    let mut writer = Writer { walk, atlas: &atlas, size, lines: Vec::new(), actions: 0 };
    let mut is_probed = vec![false; atlas.places.len()];
    let mut count = 0;
    for case in cases(&atlas, &|_| true, &Covered::nothing(&atlas)) {
        if writer.actions >= size.actions {
            break;
        }
        count += 1;
        let written = writer.case(count, &case, &mut is_probed);
        case.steps[..written].iter().for_each(|&(place, at)| covered.take(place, at));
    }
    let (taken, all) = (covered.count as u64, atlas.transitions() as u64);
    let mut header = header(walk, 0);
    header.cases = count;
    header.actions = writer.actions;
    header.covered = taken;
    header.transitions = all;
    header.is_whole = atlas.is_whole;
    header.percent = (taken * 1000).checked_div(all).unwrap_or(0) as f64 / 10.0;
    Suite { header, lines: writer.lines }
}

fn header(walk: &dyn Walk, seed: u64) -> Header {
    Header {
        suite: VERSION,
        system: walk.system().to_owned(),
        instance: walk.instance().to_owned(),
        parameters: walk.parameters(),
        seed,
        cases: 1,
        actions: 0,
        covered: 0,
        transitions: 0,
        is_whole: false,
        percent: 0.0,
    }
}

struct Writer<'a> {
    walk: &'a dyn Walk,
    atlas: &'a Atlas,
    size: Size,
    lines: Vec<Value>,
    actions: u64,
}

impl Writer<'_> {
    /// Writes as much of a case as fits; how many of its steps.
    fn case(&mut self, number: u64, case: &Case, is_probed: &mut [bool]) -> usize {
        let place = &self.atlas.places[case.beginning as usize];
        self.lines.push(json!({"case": number, "state": self.walk.observe(place)}));
        self.refusals(case.beginning, is_probed);
        for (written, &(place, position)) in case.steps.iter().enumerate() {
            if self.actions >= self.size.actions {
                return written;
            }
            let edge = self.atlas.edges[place as usize][position as usize];
            let target = &self.atlas.places[edge.target as usize];
            self.lines.push(step(self.atlas.label(edge), &self.walk.observe(target)));
            self.actions += 1;
            self.refusals(edge.target, is_probed);
        }
        case.steps.len()
    }

    /// Some actions that must be refused there, other ones at other places.
    fn refusals(&mut self, place: u32, is_probed: &mut [bool]) {
        if std::mem::replace(&mut is_probed[place as usize], true) {
            return;
        }
        let environment = self.walk.environment();
        let at = &self.atlas.places[place as usize];
        let is_asked = |label: &Label| !environment.contains(&label.name);
        let refused = self.walk.refusals(at, &is_asked);
        let first = place as usize * self.size.refusals;
        let count = self.size.refusals.min(refused.len());
        for number in first..first + count {
            if self.actions >= self.size.actions {
                return;
            }
            let (label, refusal) = &refused[number % refused.len()];
            let because = format!("{}; there is {}", refusal.guard, refusal.read);
            self.lines.push(json!({
                "refused": label.to_json(), "text": label.text, "because": because,
            }));
            self.actions += 1;
        }
    }
}

fn step(label: &Label, state: &Value) -> Value {
    json!({"step": label.to_json(), "text": label.text, "state": state})
}

/// A run as a file that can be read again. The states after its actions are the model's, as far as
/// it takes them.
#[must_use]
pub fn run_as_text(walk: &dyn Walk, labels: &[Label], seed: u64) -> String {
    let mut header = header(walk, seed);
    header.actions = labels.len() as u64;
    let mut place: Option<Place> = walk.beginnings().into_iter().next();
    let mut case = Map::from_iter([("case".to_owned(), json!(1))]);
    if let Some(place) = &place {
        case.insert("state".into(), walk.observe(place));
    }
    let mut lines = vec![Value::Object(case)];
    for label in labels {
        let is_it = |other: &Label| other.text == label.text;
        let next = place.as_ref().and_then(|place| walk.steps(place, &is_it).into_iter().next());
        match next {
            Some((_, next)) => {
                lines.push(step(label, &walk.observe(&next)));
                place = Some(next);
            }
            None => lines.push(json!({"refused": label.to_json(), "text": label.text})),
        }
    }
    Suite { header, lines }.to_string()
}

/// A line of a file of runs, after the header.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    case: Option<u64>,
    step: Option<Value>,
    refused: Option<Value>,
    text: Option<String>,
    #[serde(rename = "state")]
    _state: Option<Value>,
    #[serde(rename = "because")]
    _because: Option<String>,
}

/// What is wrong with a file of runs, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {why}")]
pub struct Malformed {
    /// Where.
    pub at: Position,
    /// What is there, and what was expected.
    pub why: String,
}

/// The header of a file of runs.
///
/// # Errors
///
/// If there is none, or of another version.
pub fn read_header(file: &str, text: &str) -> Result<Header, Malformed> {
    let fail = |why: String| Malformed { at: at(file, 1), why };
    let line = text.lines().next().unwrap_or_default();
    let header: Header = serde_json::from_str(line)
        .map_err(|error| fail(format!("no header of a suite: {error}")))?;
    if header.suite != VERSION {
        return Err(fail(format!("version {} of the form; {VERSION} is read", header.suite)));
    }
    Ok(header)
}

/// The runs of a file, for a model.
///
/// # Errors
///
/// If a line cannot be read, or names an action that the model does not know.
pub fn read(walk: &dyn Walk, file: &str, text: &str) -> Result<Vec<Run>, Malformed> {
    read_header(file, text)?;
    let known = known(walk);
    let mut runs = Vec::new();
    for (number, line) in text.lines().enumerate().skip(1) {
        let fail = |why: String| Malformed { at: at(file, number as u64 + 1), why };
        if line.len() > LONGEST_LINE {
            return Err(fail(format!("{} bytes; at most {LONGEST_LINE} are read", line.len())));
        }
        let line: Line = serde_json::from_str(line).map_err(|error| fail(error.to_string()))?;
        let action = match (line.case, line.step, line.refused) {
            (Some(_), None, None) => {
                runs.push(Run { labels: Vec::new() });
                continue;
            }
            (None, Some(action), None) | (None, None, Some(action)) => action,
            _ => return Err(fail("one of `case`, `step` and `refused` was expected".into())),
        };
        let name = line.text.clone().unwrap_or_else(|| action.to_string());
        let label = line.text.and_then(|text| known.get(&text)).filter(|l| l.to_json() == action);
        let label = label.or_else(|| known.values().find(|label| label.to_json() == action));
        let label = label.ok_or_else(|| fail(format!("{name} is no action of this instance")))?;
        let run = runs.last_mut().ok_or_else(|| fail("`case` was expected first".into()))?;
        run.labels.push(label.clone());
    }
    Ok(runs)
}

fn at(file: &str, line: u64) -> Position {
    Position { file: file.to_owned(), line, column: None }
}

/// Every action of a model by its text: of its alphabet, or else of what can be explored.
fn known(walk: &dyn Walk) -> BTreeMap<String, Label> {
    const PLACES: usize = 50_000;
    let mut labels = walk.alphabet();
    if labels.is_empty() {
        labels = Atlas::explore(walk, PLACES).labels;
    }
    labels.into_iter().map(|label| (label.text.clone(), label)).collect()
}
