//! What each part came to, for people.

use super::control::Controlled;
use super::cover::{Covered, Missing};
use super::part::Piece;
use super::planted::Found;
use super::random::Tried;
use super::search::{Difference, Searched};
use crate::report::figure::{count, plural, wrap};

impl Piece {
    /// A few lines for people. Times and memory are left out where what is told is compared.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Search(searched) => search(searched),
            Self::Cover(covered) => cover(covered),
            Self::Control(controlled) => control(controlled),
            Self::Random(tried) => random(tried),
            Self::Fault(found) => fault(found),
        }
    }
}

/// A list of figures with their names: `join 1, fail 2`.
fn listed<'a>(figures: impl Iterator<Item = (&'a str, u64)>) -> String {
    figures.map(|(name, figure)| format!("{name} {}", count(figure))).collect::<Vec<_>>().join(", ")
}

fn search(searched: &Searched) -> String {
    let Searched { instance, verdict, states, transitions, depth, bound, .. } = searched;
    let extent = bound.as_ref().map_or("exhausted".to_owned(), |bound| format!("cut: {bound}"));
    let mut text = format!("every interleaving of {instance}: {verdict}\n");
    text += &wrap(
        &format!(
            "{}, {}, depth {depth}, {extent}; {}, {} explained, {}",
            plural(*states as usize, "state"),
            plural(*transitions as usize, "step"),
            plural(searched.abstract_states as usize, "model state"),
            count(searched.explained),
            plural(searched.stutters as usize, "stutter"),
        ),
        2,
    );
    let taken = searched.taken.iter().filter(|(_, times)| *times > 0);
    text += &wrap(&format!("taken: {}", listed(taken.copied())), 2);
    let covered = searched.coverage.iter().map(|covered| {
        let (steps, covered_steps) = (count(covered.steps), count(covered.covered));
        format!("{} {covered_steps} of {steps}", covered.action)
    });
    text += &wrap(&format!("model steps: {}", covered.collect::<Vec<_>>().join(", ")), 2);
    text + &searched.difference.as_ref().map_or_else(String::new, difference)
}

/// The steps of a run, one a line, and why the last one is not explained.
fn difference(difference: &Difference) -> String {
    let steps: String = difference.steps.iter().map(|step| format!("    {step}\n")).collect();
    steps + &wrap(&difference.because, 2)
}

fn percent(part: u64, whole: u64) -> String {
    let per_thousand = (part * 1000).checked_div(whole).unwrap_or(0);
    format!("{}.{} %", per_thousand / 10, per_thousand % 10)
}

fn cover(covered: &Covered) -> String {
    let Covered { subject, steps, taken, beyond, declined, refusals, refused, .. } = covered;
    let mut text = format!("every step of {subject}: {}\n", percent(*taken, *steps));
    text += &wrap(
        &format!(
            "{}, {} of {} taken, {} of {} refused{}",
            plural(covered.states as usize, "state"),
            count(*taken),
            plural(*steps as usize, "step"),
            count(*refused),
            plural(*refusals as usize, "refusal"),
            covered.bound.as_ref().map_or(String::new(), |bound| format!("; cut: {bound}")),
        ),
        2,
    );
    if *declined > 0 {
        let steps = plural(*declined as usize, "other step");
        text += &wrap(&format!("{steps}: left to members, tried, and never taken"), 2);
    }
    for (reason, steps) in beyond {
        text += &wrap(&format!("{}: {reason}", plural(*steps as usize, "other step")), 2);
    }
    text + &covered.missing.iter().map(|missing| wrap(&not_taken(missing), 2)).collect::<String>()
}

fn not_taken(missing: &Missing) -> String {
    let Missing { state, step, instead, after } = missing;
    format!("{step} in {state}: {instead}, after {}", plural(*after, "step"))
}

fn control(controlled: &Controlled) -> String {
    let Controlled { control, source, without, instance, .. } = controlled;
    let answer = match (&controlled.difference, controlled.is_settled) {
        (Some(difference), _) => {
            format!("differs after {}", plural(difference.steps.len(), "step"))
        }
        (None, true) => "no difference: the rule is not needed here".into(),
        (None, false) => "not settled".into(),
    };
    let mut text = format!("without {control} ({source}), on {instance}: {answer}\n");
    text += &wrap(&format!("if {without}:"), 2);
    text + &controlled.difference.as_ref().map_or_else(String::new, difference)
}

fn random(tried: &Tried) -> String {
    let Tried { setting, seed, cases, steps, nodes, .. } = tried;
    let answer = match (&tried.difference, tried.is_interrupted) {
        (Some(found), _) => {
            format!("differs, in {} once shortened", plural(found.steps.len(), "step"))
        }
        (None, true) => "no difference so far".into(),
        (None, false) => "no difference".into(),
    };
    let mut text = format!("random runs of {setting}, seed {seed}: {answer}\n");
    let tally = listed(tried.tally.iter().map(|(name, times)| (*name, *times)));
    text += &wrap(
        &format!(
            "{}, {}, up to {}; {tally}",
            plural(*cases as usize, "run"),
            plural(*steps as usize, "step"),
            plural(*nodes, "node"),
        ),
        2,
    );
    let below = tried.below_floor();
    if !below.is_empty() {
        text += &wrap(&format!("too rare to show anything: {}", below.join(", ")), 2);
    }
    text + &tried.difference.as_ref().map_or_else(String::new, difference)
}

fn fault(found: &Found) -> String {
    let is_found = match (found.is_found(), found.beyond) {
        (true, None) => "found",
        (true, Some(_)) => "FOUND, though it cannot be",
        (false, Some(_)) => "cannot be found here",
        (false, None) => "NOT FOUND",
    };
    let mut text = format!("fault {}: {is_found}\n", found.fault);
    text += &wrap(found.stands_for, 2);
    if let Some(twin) = found.twin {
        text += &wrap(&format!("in the model: {twin}"), 2);
    }
    if let Some(reason) = found.beyond {
        text += &wrap(reason, 2);
    }
    if let Some((subject, missing)) = &found.cover {
        let missing = not_taken(missing);
        text += &wrap(&format!("a step is not taken in {subject}: {missing}"), 2);
    } else if let Some(whole) = found.whole {
        text += &wrap(&format!("every step of {whole} is taken"), 2);
    }
    let runs = [("a run", &found.search), ("a random run", &found.random)];
    for (run, (place, shortest)) in
        runs.iter().filter_map(|(run, found)| Some((run, found.as_ref()?)))
    {
        let last = shortest.steps.last().map_or("", String::as_str);
        let length = plural(shortest.steps.len(), "step");
        text += &wrap(&format!("{run} of {place} differs after {length}, at {last}"), 2);
    }
    if found.search.is_none() && found.random.is_none() {
        text += &wrap("no short run shows it", 2);
    }
    text
}
