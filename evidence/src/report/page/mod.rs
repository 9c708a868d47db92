//! One page for every kind of failure: a refused event, a failed drive, a counterexample. It needs
//! no server and no network, and shows all of its steps where there is no script.

mod counterexample;
mod evidence;
mod refusal;
mod step;

pub use counterexample::Counterexample;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use straightedge_models::engine::walk::Standing;

use super::sentence;
use crate::outcome::Rejection;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Whatever a log says, the page loads nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// What a page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// What it is about, such as `system/instance@mutant`.
    pub title: String,
    /// The whole in one sentence.
    pub sentence: String,
    /// What there is to know beforehand: names and texts.
    pub facts: Vec<(String, String)>,
    /// What happened, one after another.
    pub cases: Vec<Case>,
}

/// How an answer is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// Not established.
    Open,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Open => "open",
        }
    }
}

/// Steps that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What it is called.
    pub name: String,
    /// The answer in a word.
    pub answer: String,
    /// How the answer is to be taken.
    pub tone: Tone,
    /// The answer in a sentence.
    pub sentence: String,
    /// What else there is to know: names and texts.
    pub facts: Vec<(String, String)>,
    /// The steps; the first is the beginning.
    pub frames: Vec<Frame>,
    /// The loop, if the steps are a lasso.
    pub repeats: Option<Loop>,
    /// The event that was refused after all the steps.
    pub refusal: Option<Rejection>,
}

/// The part of a lasso that repeats for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// Its first step.
    pub first: usize,
    /// Its last step, after which the state before the first is back.
    pub last: usize,
    /// Why it is fair: one line a constraint.
    pub fair_because: Vec<String>,
}

/// One step and the state after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The action's textual name, or what stands for it.
    pub label: String,
    /// Where it stands in the evidence, such as `log.jsonl:12`.
    pub place: Option<String>,
    /// What it changed, or the whole state in words.
    pub changes: Vec<String>,
    /// The state after it.
    pub state: Value,
    /// Which claims are true in that state.
    pub standings: Vec<Standing>,
    /// A picture of that state as SVG.
    pub picture: Option<String>,
}

impl Page {
    /// The page as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    (self.header())
                    div.columns {
                        nav aria-label="Steps" { (self.contents()) }
                        main id="steps" { (self.steps()) }
                    }
                    footer { (sentence::LIMITS) }
                    (help())
                    p.unseen role="status" aria-live="polite" {}
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        page.into_string()
    }

    fn header(&self) -> Markup {
        html! {
            header {
                h1 { (self.title) }
                p { (self.sentence) }
                (facts(&self.facts))
                p.tools {
                    button type="button" data-go="first" { "First" }
                    button type="button" data-go="back" { "Back" }
                    button type="button" data-go="on" { "On" }
                    button type="button" data-go="last" { "Last" }
                    button type="button" data-go="help" aria-haspopup="dialog" { "Keys" }
                }
            }
        }
    }

    /// The list of all steps, each a link.
    fn contents(&self) -> Markup {
        html! {
            @for (number, case) in self.cases.iter().enumerate() {
                section.case {
                    h2 { (case.name) " " span.answer.(case.tone.class()) { (case.answer) } }
                    ol start="0" {
                        @for (step, frame) in case.frames.iter().enumerate() {
                            (case.opening(step))
                            li.repeats[case.is_in_loop(step)] {
                                a href={ "#" (fragment(number, step, &frame.label)) } {
                                    span.label { (frame.label) }
                                    @if let Some(place) = &frame.place { " " small { (place) } }
                                }
                            }
                        }
                        @if let Some(refusal) = &case.refusal {
                            li.refused {
                                a href={ "#" (refused(number)) } {
                                    span.label { "refused" } " " small { (refusal.at) }
                                }
                            }
                        }
                    }
                    @if let Some(closing) = case.closing() { p.mark { (closing) } }
                }
            }
        }
    }

    fn steps(&self) -> Markup {
        html! {
            @for (number, case) in self.cases.iter().enumerate() {
                section.case.stepwise[case.is_stepwise()] aria-label=(case.name) {
                    div.summary {
                        h2 { (case.name) " " span.answer.(case.tone.class()) { (case.answer) } }
                        p { (case.sentence) }
                        @if !case.facts.is_empty() {
                            details.facts { summary { "What was held" } (facts(&case.facts)) }
                        }
                    }
                    @for step in 0..case.frames.len() { (step::article(case, number, step)) }
                    @if let Some(refusal) = &case.refusal { (refusal::article(refusal, number)) }
                }
            }
        }
    }
}

impl Case {
    fn is_stepwise(&self) -> bool {
        !self.frames.is_empty() || self.refusal.is_some()
    }

    fn is_in_loop(&self, step: usize) -> bool {
        self.repeats.as_ref().is_some_and(|repeats| (repeats.first..=repeats.last).contains(&step))
    }

    /// What stands above the loop's first step.
    fn opening(&self, step: usize) -> Markup {
        let opens = self.repeats.as_ref().filter(|repeats| repeats.first == step);
        html! {
            @if let Some(Loop { first, last, .. }) = opens {
                li.mark role="presentation" {
                    @if first == last { "Step " (first) " repeats for ever:" }
                    @else { "Steps " (first) " to " (last) " repeat for ever:" }
                }
            }
        }
    }

    /// What stands below the loop's last step.
    fn closing(&self) -> Option<String> {
        let Loop { first, .. } = self.repeats.as_ref()?;
        Some(match first {
            0 | 1 => "The initial state is back.".to_owned(),
            _ => format!("The state after step {} is back.", first - 1),
        })
    }
}

fn facts(facts: &[(String, String)]) -> Markup {
    html! {
        @if !facts.is_empty() {
            dl { @for (name, text) in facts { dt { (name) } dd { (text) } } }
        }
    }
}

fn help() -> Markup {
    let keys = [
        ("j, ↓, →", "the next step"),
        ("k, ↑, ←", "the step before"),
        ("Home, End", "the first step, the last one"),
        ("Enter", "open or close the whole state of the step; on a link, go there"),
        ("Tab", "from link to link"),
        ("?", "these keys; Escape closes them"),
    ];
    html! {
        dialog id="help" aria-labelledby="help-title" {
            h2 id="help-title" { "Keys" }
            dl { @for (key, meaning) in keys { dt { kbd { (key) } } dd { (meaning) } } }
            p { "The address of a step names its number and its action, and can be passed on." }
            form method="dialog" { button { "Close" } }
        }
    }
}

/// The address of a step within the page: its number and its action.
fn fragment(case: usize, step: usize, label: &str) -> String {
    let mut slug = String::new();
    for character in label.chars() {
        if character.is_alphanumeric() || character == '_' {
            slug.extend(character.to_lowercase());
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    format!("{}{step}-{}", prefix(case), slug.trim_matches('-'))
}

/// The address of a refused event within the page.
fn refused(case: usize) -> String {
    format!("{}refused", prefix(case))
}

/// What tells the steps of one case from those of another.
fn prefix(case: usize) -> String {
    if case == 0 { String::new() } else { format!("{}.", case + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_step_and_its_action() {
        assert_eq!(fragment(0, 3, "rectify(2, from 1)"), "3-rectify-2-from-1");
        assert_eq!(fragment(1, 0, "Initially"), "2.0-initially");
        assert_eq!(refused(0), "refused");
    }
}
