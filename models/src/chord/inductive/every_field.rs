//! The model's own steps from every state of the invariant, with every value of every field.
//!
//! The other checks quantify over the candidate and leave predecessors and notifications out. Here
//! they are all there: each step is the model's `next_state`, it must keep the invariant, and what
//! it does to members and lists must be a step that the other checks know. So the cone of
//! influence, on which they rest, is itself checked, on a small circle.
//!
//! Source: CHORD-25.

use std::ops::ControlFlow;

use stateright::Model;

use super::findings::{Counterexample, Findings};
use super::jobs::{self, Meter};
use super::rules::Rules;
use super::space::Space;
use super::steps::{self, INVARIANT, PRINCIPALS};
use crate::chord::enumerable::{Enumerable, Figures};
use crate::chord::{Action, Chord, Id, Member, Pending, Protocol, Set, Shape, State};
use crate::engine::property::{Action as _, Specification};
use crate::engine::verdict::Coverage;
use crate::engine::{Mutant, Run};

/// How many states are visited between two looks at the stop signal.
const STRIDE: u64 = 1 << 12;

/// Whose pending work takes every value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Busy {
    /// One member's at a time; the others have nothing pending.
    One,
    /// All members' at once.
    All,
}

/// Every state of the invariant on a small circle.
pub(super) struct EveryField {
    pub(super) chord: Chord,
    pub(super) busy: Busy,
}

/// What became of one shape's states.
struct Part {
    findings: Findings,
    /// A step that changes members or lists in a way that the other checks do not know.
    unknown: Option<String>,
}

/// A step of the shape, judged once for all states that take it.
struct Judged {
    after: Shape,
    keeps_invariant: bool,
    lost: Set,
}

impl EveryField {
    fn rules(&self) -> Rules {
        Rules { n: self.chord.nodes, r: self.chord.successors, fault: None }
    }

    fn shapes(&self) -> Vec<Shape> {
        let mut shapes = Vec::new();
        for space in Space::all(self.rules()) {
            for part in 0..space.parts() {
                let _ = space.visit(part, &mut |shape| {
                    shapes.push(*shape);
                    ControlFlow::Continue(())
                });
            }
        }
        shapes
    }

    /// What may wait at a member under the model's rule for pending work.
    fn pending(&self) -> Vec<(Option<Id>, Set)> {
        let ids = 0..self.chord.nodes;
        let candidates: Vec<Option<Id>> =
            std::iter::once(None).chain(ids.clone().map(Some)).collect();
        let one: Vec<Set> = std::iter::once(Set::EMPTY).chain(ids.map(Set::of)).collect();
        let notifiers = match self.chord.protocol {
            Protocol::Corrected(Pending::NotifierSet) => {
                (0..1_u16 << self.chord.nodes).map(Set::from_bits).collect()
            }
            _ => one,
        };
        let both = candidates
            .iter()
            .flat_map(|&candidate| notifiers.iter().map(move |&notifiers| (candidate, notifiers)));
        let shared = self.chord.protocol == Protocol::Corrected(Pending::SharedSlot);
        both.filter(|(candidate, set)| !shared || candidate.is_none() || set.is_empty()).collect()
    }

    /// Checks every state of one shape.
    fn check_shape(&self, shape: &Shape, meter: &Meter) -> Part {
        let findings = Findings::new(steps::CLAIMS, Action::NAMES.len());
        let mut part = Part { findings, unknown: None };
        let known = self.known(shape);
        let mut reported = (0, 0);
        let _ = self.visit(shape, &mut |state| {
            part.findings.states += 1;
            self.check_state(shape, &known, state, &mut part);
            if part.findings.states.is_multiple_of(STRIDE) {
                let done = (part.findings.states, part.findings.transitions());
                meter.add(done.0 - reported.0, done.1 - reported.1);
                reported = done;
                if meter.is_stopped() {
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        });
        part
    }

    /// Checks every step of the model from one state.
    fn check_state(&self, shape: &Shape, known: &[Judged], state: &State, part: &mut Part) {
        let mut actions = Vec::new();
        self.chord.actions(state, &mut actions);
        for action in actions {
            let Some(next) = self.chord.next_state(state, action) else { continue };
            part.findings.count(action.name_index(), next != *state);
            let after = self.chord.shape(&next);
            if let Some(judged) = known.iter().find(|judged| judged.after == after) {
                ask(shape, action, judged, &mut part.findings);
                continue;
            }
            ask(shape, action, &self.judge(shape, after), &mut part.findings);
            let step = || format!("{state:?} {action} leads to {next:?}");
            part.unknown.get_or_insert_with(step);
        }
    }

    /// The shape itself, and every shape that the other checks say a step may lead to.
    fn known(&self, shape: &Shape) -> Vec<Judged> {
        let successors = steps::successors(self.rules(), shape).into_iter().map(|(_, after)| after);
        std::iter::once(*shape).chain(successors).map(|after| self.judge(shape, after)).collect()
    }

    fn judge(&self, before: &Shape, after: Shape) -> Judged {
        let keeps_invariant = self.rules().invariant(&after);
        Judged { after, keeps_invariant, lost: before.principals().minus(after.principals()) }
    }

    /// Visits every state of one shape.
    fn visit(
        &self,
        shape: &Shape,
        visitor: &mut impl FnMut(&State) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let pending = self.pending();
        let members: Vec<Id> = shape.members().iter().collect();
        match self.busy {
            Busy::All => {
                let everybody = vec![pending; members.len()];
                self.descend(shape, &members, &everybody, State::EMPTY, visitor)
            }
            Busy::One => {
                let idle = vec![(None, Set::EMPTY)];
                let nobody = vec![idle; members.len()];
                self.descend(shape, &members, &nobody, State::EMPTY, visitor)?;
                for busy in 0..members.len() {
                    let mut choices = nobody.clone();
                    choices[busy] = pending.iter().skip(1).copied().collect();
                    self.descend(shape, &members, &choices, State::EMPTY, visitor)?;
                }
                ControlFlow::Continue(())
            }
        }
    }

    fn descend(
        &self,
        shape: &Shape,
        members: &[Id],
        choices: &[Vec<(Option<Id>, Set)>],
        state: State,
        visitor: &mut impl FnMut(&State) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let (Some((&id, members)), Some((mine, choices))) =
            (members.split_first(), choices.split_first())
        else {
            return visitor(&state);
        };
        for predecessor in 0..self.chord.nodes {
            for &(candidate, notifiers) in mine {
                let pointers = Member::new(shape.list(id), Some(predecessor));
                let member = Member { candidate, notifiers, ..pointers };
                self.descend(shape, members, choices, state.with(id, member), visitor)?;
            }
        }
        ControlFlow::Continue(())
    }

    fn coverage(&self, findings: &Findings) -> Vec<Coverage> {
        let repertoire = self.chord.repertoire();
        let tallies = Action::NAMES.iter().zip(&findings.steps);
        let cover = |(&action, tally): (&&'static str, &super::findings::Tally)| Coverage {
            action,
            taken: tally.taken,
            changed: tally.changed,
            in_repertoire: repertoire.contains(&action),
        };
        tallies.map(cover).collect()
    }
}

fn ask(before: &Shape, action: Action, judged: &Judged, findings: &mut Findings) {
    let &Judged { after, keeps_invariant, lost } = judged;
    let counterexample = |because| Counterexample {
        before: *before,
        step: Some((action.to_string(), after)),
        because,
    };
    findings.ask(INVARIANT, keeps_invariant, || {
        counterexample("the state after the step does not meet the invariant".into())
    });
    let failed = before.members().minus(after.members());
    findings.ask(PRINCIPALS, lost.is_subset(failed), || {
        counterexample(format!("{lost} are no longer principals"))
    });
}

impl Enumerable for EveryField {
    /// The model with the fault.
    type Fault = Chord;

    fn mutants() -> &'static [Mutant] {
        Chord::mutants()
    }

    fn fault(&self, name: &str) -> Option<Chord> {
        self.chord.mutate(name)
    }

    fn enumerate(&self, faulty: Option<Chord>, run: &Run<'_>) -> Figures {
        let subject = Self { chord: faulty.unwrap_or(self.chord), ..*self };
        let shapes = subject.shapes();
        let phase = "checking steps of the model";
        let (parts, bound) =
            jobs::run_all(run, phase, &shapes, |shape, meter| subject.check_shape(shape, meter));
        let mut findings = Findings::new(steps::CLAIMS, Action::NAMES.len());
        let mut complaints = Vec::new();
        for part in parts {
            findings.merge(part.findings);
            complaints.extend(part.unknown.map(|step| format!("not a step of the check: {step}")));
        }
        complaints.truncate(1);
        let nodes = self.chord.nodes;
        Figures {
            scope: format!("every state of the invariant on a circle of {nodes} identifiers"),
            states: findings.states,
            transitions: findings.transitions(),
            depth: 1,
            answers: findings.answered(),
            coverage: subject.coverage(&findings),
            bound,
            symmetry: false,
            memory_bytes: (shapes.len() * size_of::<Shape>()) as u64,
            complaints,
        }
    }
}
