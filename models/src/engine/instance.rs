//! A named, bounded instance of a model, and all that is checked on it.

use std::net::SocketAddr;

use stateright::{Checker, Model};

use super::graph::{Build, Graph};
use super::property::{Claim, Form, Mutant, Specification};
use super::run::Run;
use super::trace::{Evidence, Trace};
use super::verdict::{ClaimReport, Coverage, Expected, Report};
use super::{liveness, recoverable, safety, symmetry, validate};

/// When an instance is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// At every change: all of them together take a minute.
    Ci,
    /// Once a day.
    Nightly,
}

/// One system: its instances and its mutants.
pub struct System {
    /// The system's name, such as `chord`.
    pub name: &'static str,
    /// One sentence on what it is.
    pub summary: &'static str,
    /// Its instances, in the order in which they are reported.
    pub instances: Vec<Box<dyn Checkable>>,
    /// Its mutants.
    pub mutants: &'static [Mutant],
}

impl System {
    /// The instance of that name.
    #[must_use]
    pub fn instance(&self, name: &str) -> Option<&dyn Checkable> {
        self.instances.iter().find(|instance| instance.name() == name).map(AsRef::as_ref)
    }
}

/// What is known of a claim before it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ClaimInfo {
    /// The claim's name.
    pub name: &'static str,
    /// What is true, in one plain sentence.
    pub sentence: &'static str,
    /// The passage it comes from.
    pub source: &'static str,
    /// The claim's form.
    pub form: &'static str,
    /// The answer that the instance declares.
    pub expected: Expected,
}

/// An instance whose model's type is out of sight.
pub trait Checkable: Send + Sync {
    /// The system's name.
    fn system(&self) -> &'static str;
    /// Stable name in `snake_case`, unique within the system.
    fn name(&self) -> &'static str;
    /// When it is checked.
    fn tier(&self) -> Tier;
    /// Why it has the bounds it has.
    fn reason(&self) -> &'static str;
    /// What is claimed of it.
    fn claims(&self) -> Vec<ClaimInfo>;
    /// Decides every claim, on the faithful model or on one with the named fault.
    ///
    /// # Errors
    ///
    /// If the instance has no mutant of that name.
    fn check(&self, mutant: Option<&str>, run: &Run<'_>) -> Result<Report, UnknownMutant>;
    /// The picture of the last state of a counterexample, as SVG.
    fn picture(&self, mutant: Option<&str>, actions: &[String]) -> Option<String>;
    /// Serves stateright's explorer until the process ends. `None` when there is no state space
    /// to explore.
    ///
    /// # Errors
    ///
    /// If the instance has no mutant of that name.
    fn explore(
        &self,
        mutant: Option<&str>,
        address: SocketAddr,
    ) -> Result<Option<()>, UnknownMutant>;
    /// How many states stateright's own breadth-first search counts on the faithful model.
    fn stateright_count(&self) -> Option<u64>;
}

/// The instance has no mutant of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no mutant `{mutant}` of {system}/{instance}")]
pub struct UnknownMutant {
    /// The system's name.
    pub system: &'static str,
    /// The instance's name.
    pub instance: &'static str,
    /// The name that was asked for.
    pub mutant: String,
}

/// A named, bounded instance of a model.
pub struct Instance<M: Specification> {
    /// The system's name.
    pub system: &'static str,
    /// Stable name in `snake_case`, unique within the system.
    pub name: &'static str,
    /// When it is checked.
    pub tier: Tier,
    /// Why it has the bounds it has.
    pub reason: &'static str,
    /// The model, with its bounds.
    pub model: M,
    /// What is checked.
    pub claims: Vec<Claim<M>>,
    /// The claims whose answer is declared to be another than `Holds`.
    pub declared: Vec<(&'static str, Expected)>,
    /// A depth beyond which this instance is declared not to look.
    pub depth: Option<usize>,
    /// Whether one state stands for its orbit under the model's symmetry.
    pub symmetry: bool,
}

impl<M: Specification> Instance<M> {
    fn subject(&self, mutant: Option<&str>) -> Result<M, UnknownMutant> {
        match mutant {
            None => Ok(self.model.clone()),
            Some(name) => self.model.mutate(name).ok_or_else(|| UnknownMutant {
                system: self.system,
                instance: self.name,
                mutant: name.to_owned(),
            }),
        }
    }

    fn expected(&self, claim: &str) -> Expected {
        let declared = self.declared.iter().find(|(name, _)| *name == claim);
        declared.map_or(Expected::Holds, |(_, expected)| *expected)
    }

    fn decide(&self, model: &M, graph: &Graph<M>, claim: &Claim<M>, run: &Run<'_>) -> Decided {
        let decision = match claim.form {
            form if form.is_liveness() => liveness::decide(model, graph, &form, run),
            Form::Recoverable { goal, using } => {
                recoverable::decide(model, graph, goal, using, run)
            }
            form => safety::decide(model, graph, &form, run),
        };
        let mut complaint = None;
        let mut evidence = None;
        if let Some(trace) = &decision.trace {
            complaint = validate::validate(model, claim, &decision.verdict, trace).err();
            let because = explain(model, claim, trace);
            evidence = Some(Evidence::new(model, trace, because, decision.fair_because));
        }
        let report = ClaimReport {
            claim: claim.name,
            sentence: claim.sentence,
            source: claim.source,
            form: claim.form.name(),
            verdict: decision.verdict,
            expected: self.expected(claim.name),
            evidence,
            fairness: claim.form.is_liveness().then(|| model.assumptions()),
        };
        Decided { report, complaint }
    }

    fn coverage(&self, model: &M, graph: &Graph<M>) -> Vec<Coverage> {
        let _ = self;
        graph.coverage(model)
    }

    /// What is wrong with the identity of states, or with the symmetry, as far as was looked.
    fn audit(&self, model: &M, graph: &Graph<M>, run: &Run<'_>) -> Vec<String> {
        let mut complaints = Vec::new();
        if self.symmetry
            && let Err(complaint) = symmetry::audit(model, graph.states(), &self.claims)
        {
            complaints.push(format!("the symmetry is broken: {complaint}"));
        }
        if run.audit {
            complaints.extend(super::audit::identity(model, graph));
        }
        complaints
    }
}

struct Decided {
    report: ClaimReport,
    complaint: Option<String>,
}

/// Why the last state, or the loop, of a trace decides the claim.
fn explain<M: Specification>(
    model: &M,
    claim: &Claim<M>,
    trace: &Trace<M::State, M::Action>,
) -> String {
    if let Some(reason) = claim.because {
        return reason(model, trace.last());
    }
    match claim.form {
        Form::Always { .. } => format!("the last state breaks `{}`", claim.name),
        Form::Sometimes(_) => format!("the last state is one where `{}`", claim.name),
        Form::Step { .. } => format!("the last step breaks `{}`", claim.name),
        Form::NoDeadlock { .. } => "no step leaves the last state, and not all is done".into(),
        Form::Recoverable { .. } => "no path leads from the last state to the goal".into(),
        _ => format!("the loop goes on for ever, and `{}` does not come about", claim.name),
    }
}

impl<M: Specification> Checkable for Instance<M>
where
    M: Model<State: std::fmt::Debug>,
{
    fn system(&self) -> &'static str {
        self.system
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
        self.claims
            .iter()
            .map(|claim| ClaimInfo {
                name: claim.name,
                sentence: claim.sentence,
                source: claim.source,
                form: claim.form.name(),
                expected: self.expected(claim.name),
            })
            .collect()
    }

    fn check(&self, mutant: Option<&str>, run: &Run<'_>) -> Result<Report, UnknownMutant> {
        let model = self.subject(mutant)?;
        let build = Build {
            edges: self.claims.iter().any(|claim| claim.form.needs_edges()),
            symmetry: self.symmetry,
            depth: self.depth,
        };
        let graph = Graph::build(&model, build, run);
        let mut memory_bytes = graph.bytes();
        let mut complaints = self.audit(&model, &graph, run);
        let mut claims = Vec::with_capacity(self.claims.len());
        for claim in &self.claims {
            let decided = self.decide(&model, &graph, claim, run);
            complaints.extend(
                decided.complaint.map(|why| format!("evidence for {} fails: {why}", claim.name)),
            );
            claims.push(decided.report);
        }
        if self.claims.is_empty() {
            complaints.push("nothing is claimed, so nothing was established".into());
        }
        memory_bytes = memory_bytes.max(graph.bytes());
        Ok(Report {
            system: self.system,
            instance: self.name,
            mutant: M::mutants().iter().map(|m| m.name).find(|name| Some(*name) == mutant),
            scope: "every reachable state".into(),
            states: graph.len() as u64,
            transitions: graph.transitions(),
            depth: graph.depth(),
            bound: graph.bound().cloned(),
            symmetry: self.symmetry,
            seconds: run.started.elapsed().as_secs_f64(),
            memory_bytes,
            claims,
            coverage: self.coverage(&model, &graph),
            complaints,
        })
    }

    fn picture(&self, mutant: Option<&str>, actions: &[String]) -> Option<String> {
        let model = self.subject(mutant).ok()?;
        let mut state = model.init_states().into_iter().next()?;
        let mut path = vec![(None, state.clone())];
        for wanted in actions.iter().filter(|action| *action != "stutter") {
            let mut enabled = Vec::new();
            model.actions(&state, &mut enabled);
            let action = enabled.into_iter().find(|action| action.to_string() == *wanted)?;
            state = model.next_state(&state, action.clone())?;
            path.push((Some(action), state.clone()));
        }
        model.picture(&path)
    }

    fn explore(
        &self,
        mutant: Option<&str>,
        address: SocketAddr,
    ) -> Result<Option<()>, UnknownMutant> {
        let model = self.subject(mutant)?;
        model.checker().serve(address);
        Ok(Some(()))
    }

    fn stateright_count(&self) -> Option<u64> {
        let counted = super::stateright_twin::Counted(self.model.clone());
        let checker = counted.checker().spawn_bfs().join();
        Some(checker.unique_state_count() as u64)
    }
}
