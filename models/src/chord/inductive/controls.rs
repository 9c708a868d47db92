//! What must fail, as an instance of its own: a check that cannot fail shows nothing.
//!
//! The same faults are mutants; here they are on show at every run, each with the claim that must
//! be false and the state or step in which it is.
//!
//! Source: CHORD-25, "What must fail".

use std::convert::Infallible;
use std::ops::RangeInclusive;

use super::enumeration::{Enumeration, Kind};
use super::fault::Fault;
use super::findings::Answer;
use super::lists::{LENGTH, ORDER, claim_of};
use super::rules::Operation;
use super::steps::INVARIANT;
use crate::chord::Id;
use crate::chord::enumerable::{Enumerable, Figures};
use crate::engine::instance::ClaimInfo;
use crate::engine::{Expected, Mutant, Run};

const SIZES: RangeInclusive<Id> = 2..=6;
const R: usize = 2;

/// A fault, and the claim that it makes false.
struct Control {
    fault: Fault,
    kind: Kind,
    /// The claim's number among those of its kind.
    claim: usize,
    info: ClaimInfo,
}

const fn control(
    fault: Fault,
    kind: Kind,
    claim: usize,
    name: &'static str,
    sentence: &'static str,
) -> Control {
    let form = if claim == ORDER && matches!(kind, Kind::Lists) { "always" } else { "step" };
    let expected = Expected::Violated;
    Control {
        fault,
        kind,
        claim,
        info: ClaimInfo { name, sentence, source: "CHORD-25", form, expected },
    }
}

const CONTROLS: &[Control] = &[
    control(
        Fault::PrincipalsOneTooFew,
        Kind::Lists,
        ORDER,
        "control_lists_over_r_principals_are_in_order",
        "A list that passes over none of only r principals is distinct and in order.",
    ),
    control(
        Fault::FailureOfANeededPrincipal,
        Kind::Steps,
        INVARIANT,
        "control_any_principal_may_fail",
        "The invariant is kept although a principal fails where no more than r + 1 are left.",
    ),
    control(
        Fault::FailureOfALastLiveSuccessor,
        Kind::Lists,
        claim_of(Operation::Fail),
        "control_any_successor_may_fail",
        "Every list keeps a live entry although its only live entry may fail.",
    ),
    control(
        Fault::PaddingRemoved,
        Kind::Lists,
        LENGTH,
        "control_lists_keep_their_length_without_padding",
        "A list that loses its dead head and is not padded has r entries.",
    ),
    control(
        Fault::CandidateAdoptedUnasked,
        Kind::Lists,
        claim_of(Operation::StabilizeFromPredecessor),
        "control_candidate_need_not_be_asked",
        "A member that puts its candidate in front without asking it has a live entry.",
    ),
];

/// The controls.
pub(super) struct Controls;

impl Controls {
    /// What each fault makes false.
    pub(super) fn claims() -> Vec<ClaimInfo> {
        CONTROLS.iter().map(|control| control.info).collect()
    }
}

impl Enumerable for Controls {
    type Fault = Infallible;

    fn mutants() -> &'static [Mutant] {
        &[]
    }

    fn fault(&self, _: &str) -> Option<Infallible> {
        None
    }

    fn enumerate(&self, _: Option<Infallible>, run: &Run<'_>) -> Figures {
        let largest = SIZES.end();
        let mut figures = Figures {
            scope: format!("one fault at a time, on circles of up to {largest} identifiers"),
            depth: 1,
            ..Figures::default()
        };
        for control in CONTROLS {
            let enumeration = Enumeration { kind: control.kind, r: R, sizes: SIZES };
            let found = enumeration.enumerate(Some(control.fault), run);
            let answer = found.findings.answers.get(control.claim);
            figures.answers.push(answer.map(Answer::answered).unwrap_or_default());
            figures.states += found.findings.states;
            figures.transitions += found.findings.transitions();
            figures.memory_bytes = figures.memory_bytes.max(found.memory_bytes);
            figures.bound = figures.bound.or(found.bound);
        }
        figures
    }
}
