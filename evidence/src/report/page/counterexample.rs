//! What a model's check found, as a page.

use straightedge_models::engine::trace::Evidence;
use straightedge_models::engine::walk::Standing;
use straightedge_models::engine::{Place, Walk};

use super::{Case, Frame, Loop, Page, Tone};
use crate::prose::{changes, describe};

/// A counterexample or a witness, and what its page shows besides.
pub struct Counterexample<'a> {
    /// `system/instance@mutant`.
    pub title: &'a str,
    /// The claim.
    pub claim: &'a str,
    /// What there is to know beforehand: names and texts.
    pub facts: &'a [(&'a str, &'a str)],
    /// The answer in a word.
    pub answer: &'a str,
    /// How the answer is to be taken.
    pub tone: Tone,
    /// The answer in a sentence.
    pub sentence: &'a str,
    /// The steps.
    pub evidence: &'a Evidence,
    /// The model, where it can be walked: it knows which claims are true on the way.
    pub walk: Option<&'a dyn Walk>,
    /// The picture of the state after those actions.
    pub picture: &'a dyn Fn(&[String]) -> Option<String>,
}

impl Counterexample<'_> {
    /// The page.
    #[must_use]
    pub fn page(&self) -> Page {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        let evidence = self.evidence;
        Page {
            title: self.title.to_owned(),
            sentence: self.sentence.to_owned(),
            facts: self.facts.iter().map(owned).collect(),
            cases: vec![Case {
                name: self.claim.to_owned(),
                answer: self.answer.to_owned(),
                tone: self.tone,
                sentence: format!("Why: {}.", evidence.because.trim_end_matches('.')),
                facts: Vec::new(),
                frames: self.frames(),
                repeats: evidence.loop_start.map(|start| Loop {
                    first: start + 1,
                    last: evidence.steps.len(),
                    fair_because: evidence.fair_because.clone(),
                }),
                refusal: None,
            }],
        }
    }

    fn frames(&self) -> Vec<Frame> {
        let Evidence { initial, steps, .. } = self.evidence;
        let actions: Vec<String> = steps.iter().map(|step| step.action.clone()).collect();
        let places = self.walk.map(|walk| places(walk, self.evidence)).unwrap_or_default();
        let mut states = vec![initial];
        states.extend(steps.iter().map(|step| &step.state));
        let frame = |number: usize| {
            let state = states[number];
            let before = number.checked_sub(1);
            Frame {
                label: before.map_or_else(|| "Initially".into(), |step| actions[step].clone()),
                place: None,
                changes: before
                    .map_or_else(|| describe(state), |before| changes(states[before], state)),
                state: state.clone(),
                standings: self.standings(places.get(number)),
                picture: (self.picture)(&actions[..number]),
            }
        };
        (0..states.len()).map(frame).collect()
    }

    fn standings(&self, place: Option<&Place>) -> Vec<Standing> {
        self.walk.zip(place).map(|(walk, place)| walk.standings(place)).unwrap_or_default()
    }
}

/// The states of the evidence, found again by walking; as far as the model goes along.
fn places(walk: &dyn Walk, evidence: &Evidence) -> Vec<Place> {
    let begins = |place: &Place| walk.observe(place) == evidence.initial;
    let Some(mut last) = walk.beginnings().into_iter().find(begins) else { return Vec::new() };
    let mut places = vec![last.clone()];
    for step in &evidence.steps {
        let taken = walk.steps(&last, &|label| label.text == step.action);
        let next = taken.into_iter().map(|(_, place)| place);
        // A stutter is no action of the model: the state is the same.
        let mut next = next.chain((step.action == "stutter").then(|| last.clone()));
        let Some(place) = next.find(|place| walk.observe(place) == step.state) else { break };
        places.push(place.clone());
        last = place;
    }
    places
}
