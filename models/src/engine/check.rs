//! Checks an instance: builds its graph, decides its claims, replays the evidence.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use stateright::{Checker, Model};

use super::graph::{Build, Graph};
use super::instance::{Checkable, ClaimInfo, Instance, Tier, UnknownMutant};
use super::property::{Claim, Form, Specification};
use super::run::{Limits, Run};
use super::trace::{Evidence, Trace};
use super::verdict::{Bound, ClaimReport, Expected, Report, Verdict};
use super::walk::{Walk, Walker};
use super::{audit, liveness, recoverable, safety, stateright_twin, symmetry, validate};

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
        Decided { report: self.report(model, claim, decision.verdict, evidence), complaint }
    }

    fn undecided(&self, model: &M, claim: &Claim<M>, why: &str) -> Decided {
        let verdict = Verdict::Inconclusive(why.to_owned());
        Decided { report: self.report(model, claim, verdict, None), complaint: None }
    }

    fn report(
        &self,
        model: &M,
        claim: &Claim<M>,
        verdict: Verdict,
        evidence: Option<Evidence>,
    ) -> ClaimReport {
        ClaimReport {
            claim: claim.name,
            sentence: claim.sentence,
            source: claim.source,
            form: claim.form.name(),
            verdict,
            expected: self.expected(claim.name),
            evidence,
            fairness: claim.form.is_liveness().then(|| model.assumptions()),
        }
    }

    /// Decides every claim, in the order in which the instance names them. Claims about states
    /// share out the threads; those about paths come one after another, each with all the memory.
    fn decide_all(&self, model: &M, graph: &Graph<M>, run: &Run<'_>) -> Vec<Decided> {
        let (about_paths, about_states): (Vec<_>, Vec<_>) =
            self.claims.iter().enumerate().partition(|(_, claim)| claim.form.needs_edges());
        let next = AtomicUsize::new(0);
        let (stop, started) = (run.stop, run.started);
        let work = |limits: Limits| {
            let run = Run { limits, stop, listener: &|_| {}, audit: false, started };
            let mut decided = Vec::new();
            while let Some(&(index, claim)) = about_states.get(next.fetch_add(1, Ordering::Relaxed))
            {
                decided.push((index, self.decide(model, graph, claim, &run)));
            }
            decided
        };
        (run.listener)(&graph.progress("deciding", run));
        let limits = run.limits;
        let mut decided = std::thread::scope(|scope| {
            let others: Vec<_> =
                (1..limits.threads).map(|_| scope.spawn(|| work(limits))).collect();
            let mut decided = work(limits);
            for other in others {
                match other.join() {
                    Ok(theirs) => decided.extend(theirs),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            decided
        });
        for (index, claim) in about_paths {
            (run.listener)(&graph.progress(claim.form.name(), run));
            decided.push((index, self.decide(model, graph, claim, run)));
        }
        decided.sort_unstable_by_key(|(index, _)| *index);
        decided.into_iter().map(|(_, decided)| decided).collect()
    }

    /// The most bytes held: the graph, and what the hungriest claim needs beside it.
    fn memory_bytes(&self, graph: &Graph<M>) -> u64 {
        let beside = self.claims.iter().map(|claim| match claim.form {
            Form::Recoverable { .. } => recoverable::bytes(graph),
            form if form.is_liveness() => liveness::bytes(graph),
            _ => 0,
        });
        graph.bytes() + beside.max().unwrap_or(0)
    }

    /// Why the quotient is not one, if the instance uses symmetry and the audit says so.
    fn broken_symmetry(&self, model: &M, graph: &Graph<M>) -> Option<String> {
        let audit = || symmetry::audit(model, graph.states(), &self.claims).err();
        let complaint = self.symmetry.then(audit).flatten()?;
        Some(format!("the symmetry is broken: {complaint}"))
    }

    /// What is wrong with what the instance says of its claims, seen how far the run came.
    fn misdeclared(&self, graph: &Graph<M>) -> Vec<String> {
        let mut complaints = Vec::new();
        if self.claims.is_empty() {
            complaints.push("nothing is claimed, so nothing was established".into());
        }
        let names: Vec<_> = self.claims.iter().map(|claim| claim.name).collect();
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                complaints.push(format!("more than one claim is named {name}"));
            }
        }
        for (name, _) in self.declared.iter().filter(|(name, _)| !names.contains(name)) {
            complaints.push(format!("nothing is claimed under the declared name {name}"));
        }
        let declares_scope = self.declared.iter().any(|(_, e)| *e == Expected::HoldsWithin);
        if let Some(bound) = graph.bound()
            && declares_scope
            && !matches!(bound, Bound::Boundary(_))
            && self.depth.map(Bound::Depth).as_ref() != Some(bound)
        {
            complaints.push(format!("the {bound} came before the scope that is declared"));
        }
        complaints
    }
}

struct Decided {
    report: ClaimReport,
    complaint: Option<String>,
}

/// What the answers are about.
fn scope<M: Specification>(graph: &Graph<M>) -> String {
    match graph.bound() {
        None => "every reachable state".into(),
        Some(bound) => format!("the states reached before the {bound}"),
    }
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
        let broken_symmetry = self.broken_symmetry(&model, &graph);
        let mut complaints = self.misdeclared(&graph);
        complaints.extend(broken_symmetry.clone());
        if run.audit {
            complaints.extend(audit::identity(&model, &graph));
        }
        let decided = match &broken_symmetry {
            Some(why) => {
                self.claims.iter().map(|claim| self.undecided(&model, claim, why)).collect()
            }
            None => self.decide_all(&model, &graph, run),
        };
        let mut claims = Vec::with_capacity(decided.len());
        for Decided { report, complaint } in decided {
            complaints
                .extend(complaint.map(|why| format!("evidence for {} fails: {why}", report.claim)));
            claims.push(report);
        }
        Ok(Report {
            system: self.system,
            instance: self.name,
            mutant: M::mutants().iter().map(|m| m.name).find(|name| Some(*name) == mutant),
            scope: scope(&graph),
            states: graph.len() as u64,
            transitions: graph.transitions(),
            depth: graph.depth(),
            bound: graph.bound().cloned(),
            symmetry: self.symmetry,
            seconds: run.started.elapsed().as_secs_f64(),
            memory_bytes: self.memory_bytes(&graph),
            claims,
            coverage: graph.coverage(&model),
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

    fn walk(&self, mutant: Option<&str>) -> Result<Option<Box<dyn Walk>>, UnknownMutant> {
        Ok(Some(Box::new(Walker {
            system: self.system,
            instance: self.name.to_owned(),
            model: self.subject(mutant)?,
            claims: self.claims.clone(),
        })))
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
        let counted = stateright_twin::Counted(self.model.clone());
        let checker = counted.checker().spawn_bfs().join();
        Some(checker.unique_state_count() as u64)
    }
}
