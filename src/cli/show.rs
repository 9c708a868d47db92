//! `show`: a counterexample as prose, or as a page with pictures.

use std::path::PathBuf;

use clap::Args;
use straightedge_evidence::report::page::{Counterexample, Tone};
use straightedge_models::engine::trace::Evidence;
use straightedge_models::engine::verdict::ClaimReport;
use straightedge_models::engine::{Checkable, Expected, Mutant, Outcome, Report, System};

use super::Console;
use super::budget::Budget;
use super::output::Destination;
use super::session::{self, Job, Work};
use crate::error::Error;
use crate::report::figure::{self, wrap};
use crate::report::is_violated;
use crate::report::prose::Story;
use crate::system::{self, Variation};

/// What `show` is asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What is checked; @NAME is a mutant, or a claim that is declared violated
    #[arg(value_name = "SYSTEM/INSTANCE[@NAME]")]
    target: String,
    /// The claim whose evidence is shown [default: the one that is violated]
    #[arg(long)]
    claim: Option<String>,
    /// Write one self-contained page with a picture for each step
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    budget: Budget,
}

/// What is shown of what.
struct Subject {
    instance: &'static dyn Checkable,
    mutant: Option<Mutant>,
    claim: Option<&'static str>,
}

impl Subject {
    fn job(&self) -> Job {
        Job { instance: self.instance, mutant: self.mutant.map(|mutant| mutant.name) }
    }

    /// The claim that was asked for; else the one that the mutant names; else the first that is
    /// violated.
    fn choose<'r>(&self, report: &'r Report) -> Option<&'r ClaimReport> {
        let named = self.claim.and_then(|name| report.claim(name));
        let killed = self.mutant.and_then(|mutant| report.claim(mutant.killed_by));
        let first = || report.claims.iter().find(|claim| is_violated(claim));
        named.or_else(|| killed.filter(|claim| is_violated(claim))).or_else(first)
    }
}

pub(super) fn run(
    systems: &'static [System],
    arguments: &Arguments,
    console: &mut Console,
) -> Result<Outcome, Error> {
    let subject = subject(systems, arguments)?;
    let page = arguments.html.as_deref().map(Destination::prepare).transpose()?;
    let mut nothing = |_: &Report, _: &mut Console| Ok(());
    let ran = session::run(&[subject.job()], &arguments.budget, false, console, &mut nothing)?;
    let Some(report) = ran.reports.first() else {
        console.print("Interrupted: nothing was established.\n")?;
        return Ok(Outcome::Inconclusive);
    };
    let chosen = subject.choose(report);
    let Some((claim, evidence)) = chosen.and_then(|c| Some((c, c.evidence.as_ref()?))) else {
        console.print(&nothing_to_show(&subject, report, chosen))?;
        return Ok(established(report, chosen));
    };
    let story = Story::of(evidence);
    let header = header(&subject, report, claim);
    let paragraphs: String = header.iter().map(|fact| wrap(&fact.text(), 0)).collect();
    console.print(&format!("{}\n\n{paragraphs}\n{}", subject.job().label(), story.text(0)))?;
    if let Some(page) = page {
        let html = draw(&subject, &header, claim, evidence)?;
        page.write(&html)?;
    }
    Ok(established(report, Some(claim)))
}

fn subject(systems: &'static [System], arguments: &Arguments) -> Result<Subject, Error> {
    let place = system::find(systems, &arguments.target)?;
    let Some(instance) = place.instance else {
        let target = &arguments.target;
        let hint = format!("`{target}` names no instance; `straightedge list {target}` does");
        return Err(Error::Usage(hint));
    };
    let claim = arguments.claim.as_deref();
    let claim = claim.map(|name| system::find_claim(instance, name)).transpose()?;
    let claim = claim.map(|info| info.name);
    Ok(match place.variation {
        None => Subject { instance, mutant: None, claim },
        Some(Variation::Mutant(mutant)) => Subject { instance, mutant: Some(mutant), claim },
        Some(Variation::Claim(name)) => {
            Subject { instance, mutant: None, claim: claim.or(Some(name)) }
        }
    })
}

/// Whether what is said was found out, whatever it is.
fn established(report: &Report, claim: Option<&ClaimReport>) -> Outcome {
    let is_open = |claim: &ClaimReport| claim.verdict.kind() == Expected::Inconclusive;
    let open = claim.map_or_else(|| report.claims.iter().any(is_open), is_open);
    if open { Outcome::Inconclusive } else { Outcome::AsDeclared }
}

fn nothing_to_show(subject: &Subject, report: &Report, claim: Option<&ClaimReport>) -> String {
    let place = subject.job().label();
    let figures = figure::figure_lines(report, 2);
    let text = match claim {
        Some(claim) if is_violated(claim) => {
            let why = figure::no_witness(report);
            format!("{place}: `{}` is violated. {} {why}", claim.claim, claim.sentence)
        }
        Some(claim) => {
            format!("{place}: `{}` {}; there is no trace to show", claim.claim, claim.verdict)
        }
        None => format!("{place}: nothing is violated"),
    };
    wrap(&text, 0) + &figures
}

/// What there is to know of a claim, or its answer, which needs no name.
struct Fact(Option<&'static str>, String);

impl Fact {
    fn text(&self) -> String {
        self.0.map_or_else(|| self.1.clone(), |name| format!("{name}: {}", self.1))
    }
}

fn header(subject: &Subject, report: &Report, claim: &ClaimReport) -> Vec<Fact> {
    let model = match subject.mutant {
        None => "the faithful one.".to_owned(),
        Some(mutant) => format!("with the fault `{}`: {}", mutant.name, mutant.stands_for),
    };
    let answer = match (subject.mutant, is_violated(claim)) {
        (None, true) => format!("The claim is {}.", figure::verdict(claim)),
        (Some(_), true) => "The claim is violated.".into(),
        (_, false) => format!("The claim {}, and this is its witness.", claim.verdict),
    };
    let ClaimReport { sentence, form, source, .. } = claim;
    let claimed = format!("{sentence} (`{}`, {form}, {source})", claim.claim);
    let mut header = vec![
        Fact(Some("Claim"), claimed),
        Fact(Some("Model"), model),
        Fact(Some("Bounds"), subject.instance.reason().into()),
        Fact(None, answer),
        Fact(Some("Checked"), figure::figures(report)),
    ];
    let assumed = claim.fairness.as_ref();
    header.extend(assumed.map(|fairness| Fact(Some("Assumed"), fairness.clone())));
    header
}

/// The page, with a picture of every state on the way and what is true there.
fn draw(
    subject: &Subject,
    header: &[Fact],
    claim: &ClaimReport,
    evidence: &Evidence,
) -> Result<String, Error> {
    let Job { instance, mutant } = subject.job();
    let walk = instance.walk(mutant)?;
    let picture = |actions: &[String]| instance.picture(mutant, actions);
    let named = header.iter().filter_map(|Fact(name, text)| Some(((*name)?, text.as_str())));
    let answer = header.iter().find(|fact| fact.0.is_none()).map(Fact::text);
    let page = Counterexample {
        title: &subject.job().label(),
        claim: claim.claim,
        facts: &named.collect::<Vec<_>>(),
        answer: &claim.verdict.to_string(),
        tone: if is_violated(claim) { Tone::Bad } else { Tone::Good },
        sentence: &answer.unwrap_or_default(),
        evidence,
        walk: walk.as_deref(),
        picture: &picture,
    };
    Ok(page.page().render())
}
