//! An enumeration as an instance that is checked like any other.

use std::net::SocketAddr;

use crate::engine::decision::as_far_as_looked;
use crate::engine::instance::{ClaimInfo, UnknownMutant};
use crate::engine::trace::Evidence;
use crate::engine::verdict::{Bound, ClaimReport, Coverage};
use crate::engine::{Checkable, Mutant, Report, Run, Tier, Verdict};

/// What can be enumerated, with a fault or without.
pub(super) trait Enumerable: Send + Sync {
    /// What is done wrong.
    type Fault;

    /// The mutants that there may be.
    fn mutants() -> &'static [Mutant];

    /// The fault of that name, if it changes anything here.
    fn fault(&self, name: &str) -> Option<Self::Fault>;

    /// Enumerates all of it.
    fn enumerate(&self, fault: Option<Self::Fault>, run: &Run<'_>) -> Figures;
}

/// What an enumeration came to.
#[derive(Default)]
pub(super) struct Figures {
    /// What the answers are about.
    pub(super) scope: String,
    /// How much was enumerated.
    pub(super) states: u64,
    /// How many steps were looked at.
    pub(super) transitions: u64,
    /// How many steps lead to the farthest of it.
    pub(super) depth: usize,
    /// One answer for each claim, in the order of the claims.
    pub(super) answers: Vec<Answered>,
    /// How often each operation was looked at.
    pub(super) coverage: Vec<Coverage>,
    /// What stopped it before its end, if anything did.
    pub(super) bound: Option<Bound>,
    /// Whether one of it stands for several.
    pub(super) symmetry: bool,
    /// Bytes that the tables held.
    pub(super) memory_bytes: u64,
    /// What is wrong with the figures themselves.
    pub(super) complaints: Vec<String>,
}

/// What is known of one claim.
#[derive(Default)]
pub(super) struct Answered {
    /// How often it was asked.
    pub(super) asked: u64,
    /// The first case that breaks it.
    pub(super) broken_by: Option<Evidence>,
}

/// A named enumeration, with its claims.
pub(super) struct Named<E> {
    pub(super) name: &'static str,
    pub(super) tier: Tier,
    pub(super) reason: &'static str,
    pub(super) claims: Vec<ClaimInfo>,
    pub(super) subject: E,
}

/// Evidence that is one sentence.
pub(super) const fn sentence(because: String) -> Evidence {
    Evidence {
        initial: serde_json::Value::Null,
        steps: Vec::new(),
        loop_start: None,
        fair_because: Vec::new(),
        because,
        explorer_path: None,
    }
}

/// What one answer comes to. A claim that was asked of nothing is vacuous.
fn report_claim(info: &ClaimInfo, answer: Answered, bound: Option<&Bound>) -> ClaimReport {
    let verdict = match (&answer.broken_by, as_far_as_looked(bound)) {
        (Some(_), _) => Verdict::Violated,
        (None, Verdict::Holds) if answer.asked == 0 => Verdict::Vacuous,
        (None, verdict) => verdict,
    };
    ClaimReport {
        claim: info.name,
        sentence: info.sentence,
        source: info.source,
        form: info.form,
        verdict,
        expected: info.expected,
        evidence: answer.broken_by,
        fairness: None,
    }
}

impl<E: Enumerable> Named<E> {
    /// The fault of that name, with its name.
    fn fault(
        &self,
        mutant: Option<&str>,
    ) -> Result<Option<(&'static str, E::Fault)>, UnknownMutant> {
        let Some(mutant) = mutant else { return Ok(None) };
        let name = E::mutants().iter().map(|known| known.name).find(|&name| name == mutant);
        let named = name.zip(self.subject.fault(mutant));
        named.map(Some).ok_or_else(|| UnknownMutant {
            system: self.system(),
            instance: self.name,
            mutant: mutant.to_owned(),
        })
    }
}

impl<E: Enumerable> Checkable for Named<E> {
    fn system(&self) -> &'static str {
        "chord"
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn tier(&self) -> Tier {
        self.tier
    }

    fn reason(&self) -> &'static str {
        self.reason
    }

    fn claims(&self) -> Vec<ClaimInfo> {
        self.claims.clone()
    }

    fn check(&self, mutant: Option<&str>, run: &Run<'_>) -> Result<Report, UnknownMutant> {
        let (mutant, fault) = self.fault(mutant)?.unzip();
        let figures = self.subject.enumerate(fault, run);
        let bound = figures.bound.as_ref();
        let mut answers = figures.answers.into_iter();
        let claims = self.claims.iter();
        let claims =
            claims.map(|info| report_claim(info, answers.next().unwrap_or_default(), bound));
        Ok(Report {
            system: self.system(),
            instance: self.name,
            mutant,
            scope: figures.scope,
            states: figures.states,
            transitions: figures.transitions,
            depth: figures.depth,
            claims: claims.collect(),
            coverage: figures.coverage,
            bound: figures.bound,
            symmetry: figures.symmetry,
            seconds: run.started.elapsed().as_secs_f64(),
            memory_bytes: figures.memory_bytes,
            complaints: figures.complaints,
        })
    }

    fn explore(
        &self,
        mutant: Option<&str>,
        _address: SocketAddr,
    ) -> Result<Option<()>, UnknownMutant> {
        self.fault(mutant).map(|_| None)
    }
}
