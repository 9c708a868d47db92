//! What must fail, as an instance of its own: a check that cannot fail shows nothing.
//!
//! The same faults are mutants; here they are on show at every run, each with the claim that must
//! be false and the state or step in which it is.
//!
//! Source: CHORD-25, "What must fail".

use std::net::SocketAddr;
use std::ops::RangeInclusive;

use super::enumeration::{Enumeration, Kind, report_claim};
use super::fault::Fault;
use super::lists::{LENGTH, ORDER, claim_of};
use super::rules::Operation;
use super::steps::INVARIANT;
use crate::chord::Id;
use crate::engine::instance::{ClaimInfo, UnknownMutant};
use crate::engine::{Checkable, Expected, Report, Run, Tier};

const NAME: &str = "inductive_check_controls";
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

impl Checkable for Controls {
    fn system(&self) -> &'static str {
        "chord"
    }

    fn name(&self) -> &'static str {
        NAME
    }

    fn tier(&self) -> Tier {
        Tier::Ci
    }

    fn reason(&self) -> &'static str {
        "the smallest circles on which every fault shows"
    }

    fn claims(&self) -> Vec<ClaimInfo> {
        CONTROLS.iter().map(|control| control.info).collect()
    }

    fn check(&self, mutant: Option<&str>, run: &Run<'_>) -> Result<Report, UnknownMutant> {
        no_mutant(mutant)?;
        let mut report = Report {
            system: self.system(),
            instance: NAME,
            mutant: None,
            scope: format!("one fault at a time, on circles of up to {} identifiers", SIZES.end()),
            states: 0,
            transitions: 0,
            depth: 1,
            bound: None,
            symmetry: false,
            seconds: 0.0,
            memory_bytes: 0,
            claims: Vec::with_capacity(CONTROLS.len()),
            coverage: Vec::new(),
            complaints: Vec::new(),
        };
        for control in CONTROLS {
            let enumeration = Enumeration { kind: control.kind, r: R, sizes: SIZES };
            let found = enumeration.enumerate(Some(control.fault), run);
            let answer = found.findings.answers.get(control.claim);
            report.claims.push(report_claim(&control.info, answer, found.bound.as_ref()));
            report.states += found.findings.states;
            report.transitions += found.findings.transitions();
            report.memory_bytes = report.memory_bytes.max(found.memory_bytes);
            report.bound = report.bound.or(found.bound);
        }
        report.seconds = run.started.elapsed().as_secs_f64();
        Ok(report)
    }

    fn explore(
        &self,
        mutant: Option<&str>,
        _address: SocketAddr,
    ) -> Result<Option<()>, UnknownMutant> {
        no_mutant(mutant).map(|()| None)
    }
}

fn no_mutant(mutant: Option<&str>) -> Result<(), UnknownMutant> {
    let unknown =
        |mutant: &str| UnknownMutant { system: "chord", instance: NAME, mutant: mutant.to_owned() };
    mutant.map_or(Ok(()), |mutant| Err(unknown(mutant)))
}
