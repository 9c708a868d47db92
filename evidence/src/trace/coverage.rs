//! What evidence exercised. Source: TRACE-12.

use std::collections::BTreeMap;

use serde::Serialize;
use straightedge_models::engine::walk::Standing;
use straightedge_models::engine::{Label, Place, Walk};

/// Places that an event may lead to for its claims to be counted.
const FEW: usize = 16;

/// How often what happened. Where several behaviours fit, only what happened in all of them counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Events that were accepted.
    pub events: u64,
    /// How often each procedure was taken.
    pub actions: BTreeMap<String, u64>,
    /// In how many states each claim said anything.
    pub claims: BTreeMap<String, Occurrences>,
}

/// In how many states a claim said anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Occurrences {
    /// Its trigger was true; or its goal, if it has a goal and no trigger.
    pub occurred: u64,
    /// Its predicate or goal was true besides.
    pub met: u64,
}

impl Coverage {
    /// Everything that the model could do, and has not done yet.
    pub(crate) fn of(walk: &dyn Walk) -> Self {
        let actions = walk.repertoire().into_iter().map(|name| (name.to_owned(), 0));
        let at_first = walk.beginnings().into_iter().next();
        let standings = at_first.map(|place| walk.standings(&place)).unwrap_or_default();
        let claims = standings.into_iter().map(|s| (s.claim.to_owned(), Occurrences::default()));
        Self { events: 0, actions: actions.collect(), claims: claims.collect() }
    }

    /// Counts an event that may have led to these places.
    pub(crate) fn note<'a>(
        &mut self,
        walk: &dyn Walk,
        mut arrivals: impl Iterator<Item = (Option<&'a Label>, &'a Place)>,
    ) {
        self.events += 1;
        let Some((label, place)) = arrivals.next() else { return };
        let mut name = label.map(|label| label.name);
        let mut common = walk.standings(place);
        for (number, (label, place)) in arrivals.enumerate() {
            name = name.filter(|name| label.is_some_and(|label| label.name == *name));
            if number < FEW {
                let other = walk.standings(place);
                common.retain(|standing| agree(standing, &other));
            } else {
                common.clear();
            }
        }
        if let Some(name) = name {
            *self.count(name) += 1;
        }
        for standing in common {
            self.stand(&standing);
        }
    }

    fn count(&mut self, name: &str) -> &mut u64 {
        if !self.actions.contains_key(name) {
            self.actions.insert(name.to_owned(), 0);
        }
        self.actions.entry(name.to_owned()).or_default()
    }

    fn stand(&mut self, standing: &Standing) {
        let Some(is_true) = standing.is_true else { return };
        let of_claim = match self.claims.get_mut(standing.claim) {
            Some(of_claim) => of_claim,
            None => self.claims.entry(standing.claim.to_owned()).or_default(),
        };
        let is_goal_alone = !matches!(standing.form, "always" | "leads_to");
        of_claim.occurred += u64::from(is_true || !is_goal_alone);
        of_claim.met += u64::from(is_true);
    }

    /// Adds what other evidence exercised.
    pub(super) fn add(&mut self, other: &Self) {
        self.events += other.events;
        for (name, times) in &other.actions {
            *self.actions.entry(name.clone()).or_default() += times;
        }
        for (claim, occurrences) in &other.claims {
            let own = self.claims.entry(claim.clone()).or_default();
            own.occurred += occurrences.occurred;
            own.met += occurrences.met;
        }
    }
}

fn agree(standing: &Standing, others: &[Standing]) -> bool {
    let other = others.iter().find(|other| other.claim == standing.claim);
    other.is_some_and(|other| other.is_true == standing.is_true)
}
