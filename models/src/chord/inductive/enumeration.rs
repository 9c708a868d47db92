//! What is enumerated of lists, steps and states, and on which circles.

use std::ops::RangeInclusive;

use super::fault::{Fault, MUTANTS};
use super::findings::Findings;
use super::lists::{self, Catalogue, Lists};
use super::rules::{Operation, Rules};
use super::space::Space;
use super::{jobs, ring, steps};
use crate::chord::enumerable::{Enumerable, Figures};
use crate::chord::{Id, Set};
use crate::engine::verdict::{Bound, Coverage};
use crate::engine::{Mutant, Run};

/// What is enumerated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Lists over sets of principals, and the steps that write one.
    Lists,
    /// States of the invariant, and the steps from each.
    Steps,
    /// States of the invariant, and what they give.
    Ring,
}

/// All of one kind on circles of several sizes.
#[derive(Clone, Debug)]
pub struct Enumeration {
    /// What is enumerated.
    pub kind: Kind,
    /// How long successor lists are.
    pub r: usize,
    /// How many identifiers the circles have.
    pub sizes: RangeInclusive<Id>,
}

/// What an enumeration came to.
#[derive(Clone, Debug)]
pub struct Enumerated {
    /// Counts and counterexamples.
    pub findings: Findings,
    /// What stopped it before its end, if anything did.
    pub bound: Option<Bound>,
    /// A count that is not what the counting formula says.
    pub complaints: Vec<String>,
    /// Bytes that the tables held.
    pub memory_bytes: u64,
}

impl Enumeration {
    /// How many claims it decides.
    #[must_use]
    pub const fn claims(&self) -> usize {
        match self.kind {
            Kind::Lists => lists::CLAIMS,
            Kind::Steps => steps::CLAIMS,
            Kind::Ring => ring::BREACHES.len(),
        }
    }

    /// Whether the fault changes anything that is looked at here.
    #[must_use]
    pub const fn notices(&self, fault: Fault) -> bool {
        match (self.kind, fault) {
            (Kind::Ring, _) => fault.is_of_invariant(),
            (Kind::Steps, _) => !fault.is_of_invariant(),
            (Kind::Lists, _) => !matches!(
                fault,
                Fault::PrincipalsNotRequired
                    | Fault::LiveSuccessorNotRequired
                    | Fault::FailureOfANeededPrincipal
            ),
        }
    }

    /// Enumerates, with the fault or without.
    #[must_use]
    pub fn enumerate(&self, fault: Option<Fault>, run: &Run<'_>) -> Enumerated {
        let rules: Vec<Rules> =
            self.sizes_with(fault).map(|n| Rules { n, r: self.r, fault }).collect();
        match self.kind {
            Kind::Lists => self.enumerate_lists(&rules, run),
            Kind::Steps | Kind::Ring => self.enumerate_states(&rules, run),
        }
    }

    /// The sizes, but no more of them than a person would wait for when the invariant that
    /// prunes the search is weakened.
    fn sizes_with(&self, fault: Option<Fault>) -> RangeInclusive<Id> {
        let largest = match fault {
            Some(Fault::PrincipalsNotRequired) => 3,
            Some(Fault::PrincipalsOneTooFew) => 6,
            _ => Id::MAX,
        };
        *self.sizes.start()..=(*self.sizes.end()).min(largest)
    }

    fn enumerate_lists(&self, rules: &[Rules], run: &Run<'_>) -> Enumerated {
        let catalogues: Vec<Catalogue> = rules.iter().copied().map(Catalogue::new).collect();
        let jobs: Vec<(&Catalogue, Set)> = catalogues
            .iter()
            .flat_map(|catalogue| {
                let sets = lists::principal_sets(catalogue.rules);
                sets.into_iter().map(move |principals| (catalogue, principals))
            })
            .collect();
        let (parts, bound) = jobs::run_all(run, "checking lists", &jobs, |job, meter| {
            Lists::new(job.0, job.1).check(meter)
        });
        let memory_bytes = catalogues.iter().map(Catalogue::bytes).sum();
        let findings = self.merge(parts);
        Enumerated { findings, bound, complaints: Vec::new(), memory_bytes }
    }

    fn enumerate_states(&self, rules: &[Rules], run: &Run<'_>) -> Enumerated {
        let spaces: Vec<(Rules, Space)> = rules
            .iter()
            .flat_map(|&rules| Space::all(rules).into_iter().map(move |space| (rules, space)))
            .collect();
        let jobs: Vec<(Rules, &Space, usize)> = spaces
            .iter()
            .flat_map(|(rules, space)| (0..space.parts()).map(move |part| (*rules, space, part)))
            .collect();
        let phase = "checking states of the invariant";
        let (parts, bound) =
            jobs::run_all(run, phase, &jobs, |&(rules, space, part), meter| match self.kind {
                Kind::Ring => ring::check(space, part, meter),
                _ => steps::check(rules, space, part, meter),
            });
        let memory_bytes = spaces.iter().map(|(_, space)| space.bytes()).sum();
        let findings = self.merge(parts);
        let formula: Option<u64> = spaces.iter().map(|(_, space)| space.count()).sum();
        let complaints = formula
            .filter(|&formula| bound.is_none() && formula != findings.states)
            .map(|formula| format!("{} states, but the formula says {formula}", findings.states));
        Enumerated { findings, bound, complaints: complaints.into_iter().collect(), memory_bytes }
    }

    fn merge(&self, parts: Vec<Findings>) -> Findings {
        let operations = if self.kind == Kind::Ring { 0 } else { Operation::ALL.len() };
        parts.into_iter().fold(Findings::new(self.claims(), operations), |mut all, part| {
            all.merge(part);
            all
        })
    }

    /// What the answers are about. They are about every size only if there is no fault, nothing
    /// was cut short, and nothing is broken.
    fn scope(&self, fault: Option<Fault>, found: &Enumerated) -> String {
        let largest = self.sizes_with(fault).end().to_owned();
        let enumerated = format!("circles of up to {largest} identifiers");
        let is_broken = found.findings.answers.iter().any(|answer| answer.broken_by.is_some());
        if fault.is_some() || found.bound.is_some() || is_broken {
            return enumerated;
        }
        match self.kind {
            Kind::Lists => format!(
                "every ring size, by the small-model argument of CHORD-25; enumerated: every list \
                 over every {} principals on {enumerated}",
                self.r + 1
            ),
            Kind::Steps => format!(
                "every choice of members and successor lists, any predecessors and pending work, \
                 on {enumerated}"
            ),
            Kind::Ring => format!(
                "every ring size, by the argument of CHORD-25; enumerated: every choice of \
                 members and successor lists on {enumerated}"
            ),
        }
    }

    fn coverage(findings: &Findings) -> Vec<Coverage> {
        let tallies = Operation::ALL.iter().zip(&findings.steps);
        let cover = |(operation, tally): (&Operation, &super::findings::Tally)| Coverage {
            action: operation.name(),
            taken: tally.taken,
            changed: tally.changed,
            in_repertoire: true,
        };
        tallies.map(cover).collect()
    }
}

impl Enumerable for Enumeration {
    type Fault = Fault;

    fn mutants() -> &'static [Mutant] {
        MUTANTS
    }

    fn fault(&self, name: &str) -> Option<Fault> {
        Fault::named(name).filter(|&fault| self.notices(fault))
    }

    fn enumerate(&self, fault: Option<Fault>, run: &Run<'_>) -> Figures {
        let found = Self::enumerate(self, fault, run);
        let scope = self.scope(fault, &found);
        let Enumerated { findings, bound, complaints, memory_bytes } = found;
        Figures {
            scope,
            states: findings.states,
            transitions: findings.transitions(),
            depth: usize::from(findings.transitions() > 0),
            coverage: Self::coverage(&findings),
            answers: findings.answered(),
            bound,
            symmetry: self.kind == Kind::Lists,
            memory_bytes,
            complaints,
        }
    }
}

const _: () = assert!(MUTANTS.len() == super::fault::ALL.len());
