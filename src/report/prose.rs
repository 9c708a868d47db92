//! Evidence as a story that a person follows without the source.

pub use straightedge_evidence::prose::{changes, describe, plain};
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

#[cfg(test)]
mod tests {
    use serde_json::json;
    use straightedge_models::engine::trace::EvidenceStep;

    use super::*;

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
