//! The kill matrix: which mutant breaks which claim.

use serde::Serialize;
use straightedge_models::engine::verdict::ClaimReport;
use straightedge_models::engine::{Expected, Mutant, Outcome, Report, Verdict};

use super::figure::{plural, wrap};
use super::is_violated;
use super::text::{broken, light_table, lines};

/// How many claims, each two digits and a blank, fit beside the names.
const CLAIMS_A_TABLE: usize = 20;

/// How wide the column of names may be for the tables to fit.
const NAME_WIDTH: usize = 38;

/// A claim that some mutant should break.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Target {
    /// The system's name.
    pub system: &'static str,
    /// The claim's name.
    pub claim: &'static str,
}

/// What became of one mutant.
#[derive(Clone, Debug, Serialize)]
pub struct KillRow {
    /// The system's name.
    pub system: &'static str,
    /// The mutant, with the claim and the instance that it names.
    pub mutant: Mutant,
    /// The claims that are made of its instance.
    pub claimed: Vec<&'static str>,
    /// The claims that it breaks and the faithful model does not.
    pub kills: Vec<&'static str>,
    /// The answer to the claim that it names.
    pub verdict: Option<Verdict>,
}

impl KillRow {
    /// Compares a mutant with the faithful model on the same instance.
    #[must_use]
    pub fn new(mutant: Mutant, faithful: &Report, mutated: &Report) -> Self {
        let is_kill = |claim: &&ClaimReport| {
            let faithful_holds = faithful.claim(claim.claim).is_some_and(|own| !is_violated(own));
            is_violated(claim) && faithful_holds && claim.expected != Expected::Violated
        };
        Self {
            system: mutated.system,
            mutant,
            claimed: mutated.claims.iter().map(|claim| claim.claim).collect(),
            kills: mutated.claims.iter().filter(is_kill).map(|claim| claim.claim).collect(),
            verdict: mutated.claim(mutant.killed_by).map(|claim| claim.verdict.clone()),
        }
    }

    /// Whether the claim that the mutant names is broken by it.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        self.kills.contains(&self.mutant.killed_by)
    }

    /// Whether it was not found out if the mutant is killed.
    fn is_undecided(&self) -> bool {
        let kind = self.verdict.as_ref().map(Verdict::kind);
        matches!(kind, Some(Expected::Inconclusive | Expected::HoldsWithin))
    }

    fn complaint(&self) -> Option<String> {
        let Mutant { name, instance, killed_by, .. } = self.mutant;
        let place = format!("{}/{instance}@{name}", self.system);
        if self.is_killed() {
            return None;
        }
        Some(match &self.verdict {
            None => format!("{place} names claim `{killed_by}`, which is not made there"),
            Some(Verdict::Violated) => {
                format!("{place} survives: `{killed_by}` is violated without it, too")
            }
            Some(verdict) => format!("{place} survives: `{killed_by}` {verdict}"),
        })
    }

    fn cell(&self, claim: &str) -> &'static str {
        let named = self.mutant.killed_by == claim;
        match (self.kills.contains(&claim), named, self.claimed.contains(&claim)) {
            (true, true, _) => "✗",
            (true, false, _) => "x",
            (false, true, _) => "?",
            (false, false, true) => ".",
            (false, false, false) => "",
        }
    }
}

/// Every mutant against every claim.
#[derive(Clone, Debug, Default, Serialize)]
pub struct KillMatrix {
    /// The claims that are to be broken by some mutant, in order.
    pub claims: Vec<Target>,
    /// The mutants in order.
    pub rows: Vec<KillRow>,
    /// What is wrong with the mutants themselves, such as an instance that is not there.
    pub defects: Vec<String>,
    /// Whether each claim has to be broken by some mutant of the matrix.
    pub is_whole: bool,
}

impl KillMatrix {
    /// The claims that no mutant breaks.
    #[must_use]
    pub fn unkilled(&self) -> Vec<&Target> {
        let is_killed = |target: &Target| {
            let mut rows = self.rows.iter().filter(|row| row.system == target.system);
            rows.any(|row| row.kills.contains(&target.claim))
        };
        self.claims.iter().filter(|target| self.is_whole && !is_killed(target)).collect()
    }

    /// What is wrong, one line each.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        let unkilled = self
            .unkilled()
            .into_iter()
            .map(|target| format!("{}: no mutant breaks `{}`", target.system, target.claim));
        let survivors = self.rows.iter().filter_map(KillRow::complaint);
        self.defects.iter().cloned().chain(survivors).chain(unkilled).collect()
    }

    /// Whether each mutant is killed by the claim it names, and each claim kills.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let survives = |row: &&KillRow| !row.is_killed();
        let survivors: Vec<&KillRow> = self.rows.iter().filter(survives).collect();
        if self.complaints().is_empty() {
            return Outcome::AsDeclared;
        }
        // A claim without a kill may owe that to a mutant that was not decided.
        let all_undecided = survivors.iter().all(|row| row.is_undecided());
        if !survivors.is_empty() && all_undecided && self.defects.is_empty() {
            return Outcome::Inconclusive;
        }
        Outcome::Violated
    }

    /// The matrix in a few words.
    #[must_use]
    pub fn sentence(&self) -> String {
        let killed = self.rows.iter().filter(|row| row.is_killed()).count();
        let unkilled = match self.unkilled().len() {
            0 => String::new(),
            claims => format!(", {} without a kill", plural(claims, "claim")),
        };
        format!("; {killed} of {} killed{unkilled}", plural(self.rows.len(), "mutant"))
    }

    /// The matrix as a table and as a list, and what is wrong with it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut systems: Vec<&str> = self.claims.iter().map(|target| target.system).collect();
        systems.dedup();
        let mut text: String = systems.iter().map(|system| self.of_system(system)).collect();
        for complaint in self.complaints() {
            text += &wrap(&complaint, 0);
        }
        text.push('\n');
        text
    }

    fn of_system(&self, system: &str) -> String {
        let claims = self.claims.iter().filter(|target| target.system == system);
        let claims: Vec<&str> = claims.map(|target| target.claim).collect();
        let rows: Vec<&KillRow> = self.rows.iter().filter(|row| row.system == system).collect();
        let mut text = tables(system, &claims, &rows);
        for (index, claim) in claims.iter().enumerate() {
            text += &format!("{:>4}  {claim}\n", index + 1);
        }
        text += "✗ the claim that the mutant names is broken, x another one is, . not broken,\n\
                 ? named but not broken; blank: not claimed on the mutant's instance\n\n";
        for row in &rows {
            text += &listed(row);
        }
        text
    }
}

/// The matrix in as many tables as its claims need to fit.
fn tables(system: &str, claims: &[&str], rows: &[&KillRow]) -> String {
    let tables = claims.len().div_ceil(CLAIMS_A_TABLE).max(1);
    let claims_a_table = claims.len().div_ceil(tables).max(1);
    let mut text = String::new();
    for (index, part) in claims.chunks(claims_a_table).enumerate() {
        let mut table = light_table();
        let first = index * claims_a_table + 1;
        let numbers = (first..first + part.len()).map(|number| format!("{number:>2}"));
        table.set_header(std::iter::once(format!("{system}: mutant")).chain(numbers));
        for row in rows {
            let cells = part.iter().map(|claim| format!("{:>2}", row.cell(claim)));
            let name = broken(row.mutant.name, '_', "", "  ", NAME_WIDTH);
            table.add_row(std::iter::once(name).chain(cells));
        }
        text += &lines(table);
    }
    text
}

fn listed(row: &KillRow) -> String {
    let Mutant { name, stands_for, instance, killed_by, interleaving_only } = row.mutant;
    let also: Vec<&str> = row.kills.iter().copied().filter(|kill| *kill != killed_by).collect();
    let fate = if row.is_killed() { "killed by" } else { "NOT killed by" };
    let also = if also.is_empty() { String::new() } else { format!("; also {}", also.join(", ")) };
    let only = if interleaving_only { "; shown by interleaving alone" } else { "" };
    let headline = format!("{name} on {instance}: {fate} {killed_by}{also}{only}");
    wrap(&headline, 0) + &wrap(stands_for, 4)
}
