//! Evidence as a story that a person follows without the source.

use serde_json::{Map, Value};
use straightedge_models::engine::trace::Evidence;

/// A counterexample or a witness, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// The state it starts in, one line a part.
    pub initially: Vec<String>,
    /// The steps in order.
    pub steps: Vec<StoryStep>,
    /// The first step of the loop, and the step after which the state before it is back.
    pub repeats: Option<(usize, usize)>,
    /// Why the loop is fair: one line a constraint.
    pub fair_because: Vec<String>,
    /// Why the evidence decides the claim.
    pub because: String,
}

/// One step of a [`Story`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryStep {
    /// Counted from 1.
    pub number: usize,
    /// The action's textual name.
    pub action: String,
    /// What it changed, one sentence a field.
    pub changes: Vec<String>,
}

impl Story {
    /// Tells what happens in a trace.
    #[must_use]
    pub fn of(evidence: &Evidence) -> Self {
        let mut before = &evidence.initial;
        let mut steps = Vec::with_capacity(evidence.steps.len());
        for (index, step) in evidence.steps.iter().enumerate() {
            let changes = changes(before, &step.state);
            steps.push(StoryStep { number: index + 1, action: step.action.clone(), changes });
            before = &step.state;
        }
        Self {
            initially: describe(&evidence.initial),
            repeats: evidence.loop_start.map(|start| (start + 1, steps.len())),
            steps,
            fair_because: evidence.fair_because.clone(),
            because: evidence.because.clone(),
        }
    }

    /// The story as text, each line behind the indent.
    #[must_use]
    pub fn text(&self, indent: usize) -> String {
        let margin = " ".repeat(indent);
        let mut lines = vec!["Initially".to_owned()];
        lines.extend(self.initially.iter().map(|part| format!("    {part}")));
        for step in &self.steps {
            if self.repeats.is_some_and(|(first, _)| first == step.number) {
                lines.push(self.loop_opens());
            }
            lines.push(format!("{:>2}. {}", step.number, step.action));
            lines.extend(step.changes.iter().map(|change| format!("    {change}")));
        }
        lines.extend(self.loop_closes());
        if self.repeats.is_some() {
            lines.push("The loop is fair:".into());
            lines.extend(self.fair_because.iter().map(|reason| format!("  - {reason}")));
        }
        lines.push(format!("Why: {}.", self.because.trim_end_matches('.')));
        lines.iter().map(|line| format!("{margin}{line}\n")).collect()
    }

    /// The line above the loop's first step.
    #[must_use]
    pub fn loop_opens(&self) -> String {
        let Some((first, last)) = self.repeats else { return String::new() };
        if first == last {
            return format!("--- step {first} repeats for ever ---");
        }
        format!("--- steps {first} to {last} repeat for ever ---")
    }

    /// The line below the loop's last step.
    #[must_use]
    pub fn loop_closes(&self) -> Option<String> {
        let (first, _) = self.repeats?;
        Some(match first {
            1 => "--- the initial state is back ---".to_owned(),
            _ => format!("--- the state after step {} is back ---", first - 1),
        })
    }
}

/// A state, one line a part: maps one line an entry, other fields one line each.
#[must_use]
pub fn describe(state: &Value) -> Vec<String> {
    let Value::Object(fields) = state else { return vec![plain(state)] };
    let mut lines = Vec::new();
    for (field, value) in fields {
        match value {
            Value::Object(entries) if !entries.is_empty() => {
                let entries = entries.iter();
                lines.extend(entries.map(|(key, value)| {
                    format!("{}: {}", owner(&[field.as_str(), key.as_str()]), bare(value))
                }));
            }
            _ => lines.push(format!("{field}: {}", plain(value))),
        }
    }
    lines
}

/// What differs between two states, one sentence a field.
#[must_use]
pub fn changes(before: &Value, after: &Value) -> Vec<String> {
    let mut sentences = Vec::new();
    collect_changes(&mut Vec::new(), before, after, &mut sentences);
    if sentences.is_empty() {
        sentences.push("nothing changes".into());
    }
    sentences
}

fn collect_changes<'a>(
    path: &mut Vec<&'a str>,
    before: &'a Value,
    after: &'a Value,
    sentences: &mut Vec<String>,
) {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        if before != after {
            sentences.push(format!("{} {} → {}", subject(path), plain(before), plain(after)));
        }
        return;
    };
    for (key, value) in old {
        path.push(key);
        match new.get(key) {
            Some(other) => collect_changes(path, value, other, sentences),
            None => sentences.push(went(path, value)),
        }
        path.pop();
    }
    for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        path.push(key);
        sentences.push(came(path, value));
        path.pop();
    }
}

/// A thing with fields of its own comes; a field comes about.
fn came(path: &[&str], value: &Value) -> String {
    if value.is_object() {
        return format!("{} is new: {}", owner(path), bare(value));
    }
    format!("{} none → {}", subject(path), plain(value))
}

fn went(path: &[&str], value: &Value) -> String {
    if value.is_object() {
        return format!("{} is gone; it was: {}", owner(path), bare(value));
    }
    format!("{} {} → none", subject(path), plain(value))
}

/// `member 3: predecessor`, from the names that lead to a field.
fn subject(path: &[&str]) -> String {
    match path.split_last() {
        None => "the state".into(),
        Some((field, [])) => (*field).to_owned(),
        Some((field, owners)) => format!("{}: {field}", owner(owners)),
    }
}

/// `member 3`, from the name of a map and a key in it: a map is named after all that it holds.
fn owner(path: &[&str]) -> String {
    match path {
        [many, key, rest @ ..] => {
            let one = many.strip_suffix('s').unwrap_or(many);
            let within = if rest.is_empty() { String::new() } else { format!(" {}", owner(rest)) };
            format!("{one} {key}{within}")
        }
        [single] => (*single).to_owned(),
        [] => String::new(),
    }
}

/// A value as people write it: no quotes, `none` for null.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", join(items.iter().map(plain))),
        Value::Object(fields) => format!("{{{}}}", join_fields(fields)),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A value whose outermost braces would only be in the way.
fn bare(value: &Value) -> String {
    match value {
        Value::Object(fields) if !fields.is_empty() => join_fields(fields),
        _ => plain(value),
    }
}

fn join_fields(fields: &Map<String, Value>) -> String {
    join(fields.iter().map(|(field, value)| format!("{field} {}", plain(value))))
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use straightedge_models::engine::trace::EvidenceStep;

    use super::*;

    #[test]
    fn a_changed_field_is_named_with_its_owner() {
        let before = json!({ "members": { "3": { "predecessor": 1, "notified_by": null } } });
        let after = json!({ "members": { "3": { "predecessor": 2, "notified_by": "a" } } });
        assert_eq!(
            changes(&before, &after),
            ["member 3: notified_by none → a", "member 3: predecessor 1 → 2"]
        );
    }

    #[test]
    fn what_comes_and_goes_is_told() {
        let before = json!({ "members": { "3": { "successors": [1, 2] } } });
        let after = json!({ "members": { "4": { "successors": [] } } });
        assert_eq!(
            changes(&before, &after),
            ["member 3 is gone; it was: successors [1, 2]", "member 4 is new: successors []"]
        );
    }

    #[test]
    fn a_field_that_comes_about_is_told_with_its_owner() {
        let without = json!({ "members": { "3": { "predecessor": 1 } } });
        let with = json!({ "members": { "3": { "predecessor": 1, "notifiers": [2] } } });
        assert_eq!(changes(&without, &with), ["member 3: notifiers none → [2]"]);
        assert_eq!(changes(&with, &without), ["member 3: notifiers [2] → none"]);
    }

    #[test]
    fn a_step_that_changes_nothing_says_so() {
        assert_eq!(changes(&json!(3), &json!(3)), ["nothing changes"]);
        assert_eq!(changes(&json!(3), &json!(4)), ["the state 3 → 4"]);
    }

    fn lasso(loop_start: Option<usize>) -> Evidence {
        let step = |action: &str, state: u8| EvidenceStep {
            action: action.into(),
            changes: Vec::new(),
            state: json!(state),
        };
        Evidence {
            initial: json!(0),
            steps: vec![step("go(1)", 1), step("stay", 1)],
            loop_start,
            fair_because: vec!["go: disabled after step 1".into()],
            because: "it never comes back".into(),
            explorer_path: None,
        }
    }

    #[test]
    fn the_loop_is_marked_where_it_begins_and_ends() {
        let text = Story::of(&lasso(Some(1))).text(2);
        assert_eq!(
            text,
            "  Initially
      0
   1. go(1)
      the state 0 → 1
  --- step 2 repeats for ever ---
   2. stay
      nothing changes
  --- the state after step 1 is back ---
  The loop is fair:
    - go: disabled after step 1
  Why: it never comes back.
"
        );
        let whole = Story::of(&lasso(Some(0)));
        assert_eq!(whole.loop_opens(), "--- steps 1 to 2 repeat for ever ---");
        assert_eq!(whole.loop_closes().as_deref(), Some("--- the initial state is back ---"));
    }

    #[test]
    fn a_path_without_a_loop_has_no_marks() {
        assert!(!Story::of(&lasso(None)).text(0).contains("---"));
    }
}
