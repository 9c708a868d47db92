//! Makes a failing plan small: a plan that still fails, from which nothing more can be left out.

use super::plan::{Fault, Plan};

/// What shrinking came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// The smallest plan found that still fails.
    pub plan: Plan,
    /// How many plans were tried.
    pub runs: u32,
    /// Whether the limit on runs ended it: something more might be left out.
    pub is_cut: bool,
}

/// Leaves out of the plan whatever it fails without: nodes, faults, then time, and round again
/// until nothing changes.
///
/// `fails` carries out a plan and says whether it fails. The fewest nodes a run makes sense with
/// are given, and no more than `runs_max` plans are tried.
pub fn shrink(
    plan: &Plan,
    nodes_min: u32,
    runs_max: u32,
    fails: &mut dyn FnMut(&Plan) -> bool,
) -> Shrunk {
    let mut search = Search { best: plan.clone(), runs: 0, runs_max, fails };
    loop {
        let before = search.best.clone();
        // Nodes first: whatever comes after is quicker to try on fewer.
        search.fewer_nodes(nodes_min);
        search.fewer_faults();
        search.fewer_nodes(nodes_min);
        search.fewer_faults();
        search.milder_faults();
        search.less_time();
        if search.best == before || search.is_spent() {
            break;
        }
    }
    Shrunk { is_cut: search.is_spent(), plan: search.best, runs: search.runs }
}

struct Search<'a> {
    best: Plan,
    runs: u32,
    runs_max: u32,
    fails: &'a mut dyn FnMut(&Plan) -> bool,
}

impl Search<'_> {
    const fn is_spent(&self) -> bool {
        self.runs >= self.runs_max
    }

    /// Takes the plan instead of the best one if it differs and still fails.
    fn take(&mut self, plan: Plan) -> bool {
        if plan == self.best || self.is_spent() {
            return false;
        }
        self.runs += 1;
        let still_fails = (self.fails)(&plan);
        if still_fails {
            self.best = plan;
        }
        still_fails
    }

    /// Leaves out runs of faults: half of them at first, at last one at a time.
    fn fewer_faults(&mut self) {
        let mut length = self.best.faults.len().div_ceil(2);
        while length > 0 {
            let mut at = 0;
            while at < self.best.faults.len() {
                let mut plan = self.best.clone();
                let end = (at + length).min(plan.faults.len());
                plan.faults.drain(at..end);
                if !self.take(plan) {
                    at += length;
                }
                if self.is_spent() {
                    return;
                }
            }
            length = if length == 1 { 0 } else { length.div_ceil(2) };
        }
    }

    /// Leaves out nodes: as many as possible at once.
    fn fewer_nodes(&mut self, nodes_min: u32) {
        let mut fewer = self.best.nodes.saturating_sub(nodes_min);
        while fewer > 0 && !self.is_spent() {
            let nodes = self.best.nodes.saturating_sub(fewer).max(nodes_min);
            if !self.take(self.best.on(nodes)) {
                fewer /= 2;
            } else if self.best.nodes <= nodes_min {
                return;
            }
        }
    }

    /// Takes nodes out of partitions, and makes what lasts last half as long.
    fn milder_faults(&mut self) {
        for number in 0..self.best.faults.len() {
            loop {
                let milder = milder(&self.best.faults[number]);
                let taken = milder.into_iter().any(|fault| {
                    let mut plan = self.best.clone();
                    plan.faults[number] = fault;
                    self.take(plan)
                });
                if !taken {
                    break;
                }
            }
        }
    }

    /// Ends the plan with its last fault, and brings its faults to its beginning.
    fn less_time(&mut self) {
        let plan = Plan { until_ms: self.best.last_end_ms(), ..self.best.clone() };
        self.take(plan);
        for divisor in [8, 4, 2] {
            while self.take(sooner(&self.best, divisor)) {}
        }
    }
}

/// The plan with everything that is at a moment at a fraction of it.
fn sooner(plan: &Plan, divisor: u64) -> Plan {
    let mut plan = plan.clone();
    plan.until_ms /= divisor;
    for fault in &mut plan.faults {
        match fault {
            Fault::Crash { at_ms, .. }
            | Fault::Arrive { at_ms, .. }
            | Fault::Leave { at_ms, .. } => {
                *at_ms /= divisor;
            }
            Fault::Partition { during, .. }
            | Fault::Slow { during, .. }
            | Fault::Loss { during, .. }
            | Fault::Duplication { during, .. }
            | Fault::Reordering { during, .. } => during.at_ms /= divisor,
        }
    }
    plan
}

/// Faults that are a little less than this one.
fn milder(fault: &Fault) -> Vec<Fault> {
    let mut milder = Vec::new();
    match fault {
        Fault::Crash { node, at_ms, back: Some(_) } => {
            milder.push(Fault::Crash { node: *node, at_ms: *at_ms, back: None });
        }
        Fault::Partition { from, to, during } => {
            let without = |side: &[u32], at: usize| {
                let others = side.iter().enumerate().filter(|(place, _)| *place != at);
                others.map(|(_, &node)| node).collect::<Vec<_>>()
            };
            if from.len() > 1 {
                milder.extend((0..from.len()).map(|at| {
                    let from = without(from, at);
                    Fault::Partition { from, to: to.clone(), during: *during }
                }));
            }
            if to.len() > 1 {
                milder.extend((0..to.len()).map(|at| {
                    let to = without(to, at);
                    Fault::Partition { from: from.clone(), to, during: *during }
                }));
            }
        }
        _ => {}
    }
    let mut shorter = fault.clone();
    if let Fault::Partition { during, .. }
    | Fault::Slow { during, .. }
    | Fault::Loss { during, .. }
    | Fault::Duplication { during, .. }
    | Fault::Reordering { during, .. } = &mut shorter
        && during.for_ms > 1
    {
        during.for_ms /= 2;
        milder.push(shorter);
    }
    milder
}
