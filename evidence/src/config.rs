//! What evidence must come to: departures that are known, and floors. Source: TRACE-13.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use straightedge_models::engine::System;
use toml::value::Datetime;

use crate::pattern::Difference;

/// A configuration.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What must have happened how often, or the evidence shows too little.
    #[serde(default)]
    pub floors: Floors,
    /// The departures that are known.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

/// What must have happened how often in all traces together. Source: TRACE-14.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floors {
    /// Events.
    #[serde(default)]
    pub events: u64,
    /// Events of a procedure.
    #[serde(default)]
    pub actions: BTreeMap<String, u64>,
    /// States in which a claim's trigger was true; or its goal, if it has no trigger.
    #[serde(default)]
    pub claims: BTreeMap<String, u64>,
}

/// A departure that is known, and accepted for a while.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// Its name, unique in the file.
    pub id: String,
    /// The system that it is of; any, if it does not say.
    pub system: Option<String>,
    /// The procedure that it is of; any, if it does not say.
    pub action: Option<String>,
    /// The fields of the state that are not looked at; `*` stands for one name. Without any, the
    /// event is as if it had not been seen.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is.
    #[serde(deserialize_with = "day")]
    pub expires: Day,
}

impl Deviation {
    /// Whether it may be one of that system.
    #[must_use]
    pub fn is_of(&self, system: &str) -> bool {
        self.system.as_deref().is_none_or(|own| own == system)
    }

    /// Whether it may be one of that procedure.
    #[must_use]
    pub fn is_about(&self, action: &str) -> bool {
        self.action.as_deref().is_none_or(|own| own == action)
    }

    /// Whether such an event is as if it had not been seen.
    #[must_use]
    pub fn hides(&self, action: &str) -> bool {
        self.fields.is_empty() && self.action.as_deref() == Some(action)
    }

    /// Whether it is in fields, and these are all among them.
    #[must_use]
    pub fn excuses(&self, found: &[Difference]) -> bool {
        let is_known = |at: &Difference| self.fields.iter().any(|of| covers(of, &at.path));
        !self.fields.is_empty() && found.iter().all(is_known)
    }
}

/// Whether a path is of that pattern or below it; `*` stands for one name.
fn covers(pattern: &str, path: &str) -> bool {
    let mut names = path.split('.');
    pattern
        .split('.')
        .all(|wanted| names.next().is_some_and(|name| wanted == "*" || wanted == name))
}

/// A day: how many days after the first of January 1970, and its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Day {
    #[serde(skip)]
    number: i64,
    text: String,
}

impl Day {
    /// Today, in UTC.
    #[must_use]
    pub fn today() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { number: (since.as_secs() / 86_400).cast_signed(), text: String::new() }
    }

    /// `2027-01-31`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let date = text.parse::<Datetime>().ok()?;
        Self::of(date)
    }

    fn of(Datetime { date, time, .. }: Datetime) -> Option<Self> {
        let date = date.filter(|_| time.is_none())?;
        // Years begin in March, so that the day that may be missing comes last.
        let (year, month) = (i64::from(date.year), i64::from(date.month));
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let of_year = (153 * month + 2) / 5 + i64::from(date.day) - 1;
        let number = 365 * year + year / 4 - year / 100 + year / 400 + of_year - 719_468;
        Some(Self { number, text: date.to_string() })
    }
}

/// `2027-01-31`.
impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
    let date = Datetime::deserialize(deserializer)?;
    Day::of(date).ok_or_else(|| serde::de::Error::custom("a date such as 2027-01-31 was expected"))
}

impl Config {
    /// Reads a configuration for evidence of that system.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in one line: where, and what was expected.
    pub fn read(text: &str, file: &str, system: &System) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or(""));
            let line = before.matches('\n').count() + 1;
            let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
            let why = error.message().replace('\n', ", ");
            format!("{file}:{line}:{column}: {why}")
        })?;
        config.verify(system).map_err(|why| format!("{file}: {why}"))?;
        Ok(config)
    }

    fn verify(&self, system: &System) -> Result<(), String> {
        let walks = || system.instances.iter().filter_map(|instance| instance.walk(None).ok()?);
        let names = walks().next().map_or(&[][..], |walk| walk.names());
        let is_name = |name: &String| names.contains(&name.as_str());
        let mut ids = BTreeSet::new();
        for Deviation { id, system: of, action, fields, reason, .. } in &self.deviations {
            let is_ours = of.as_deref().is_none_or(|of| of == system.name);
            let unknown = action.as_ref().filter(|action| is_ours && !is_name(action));
            if !ids.insert(id) {
                return Err(format!("deviation `{id}` comes twice"));
            } else if reason.trim().is_empty() {
                return Err(format!("deviation `{id}` gives no reason"));
            } else if action.is_none() && fields.is_empty() {
                return Err(format!(
                    "deviation `{id}` names no action and no fields: it is anything"
                ));
            } else if let Some(action) = unknown {
                let there_are = names.join(", ");
                return Err(format!(
                    "deviation `{id}`: no action `{action}`; there are {there_are}"
                ));
            }
        }
        if let Some(action) = self.floors.actions.keys().find(|action| !is_name(action)) {
            return Err(format!("floors: no action `{action}`; there are {}", names.join(", ")));
        }
        let claims: BTreeSet<&str> = system
            .instances
            .iter()
            .flat_map(|instance| instance.claims())
            .map(|claim| claim.name)
            .collect();
        let unknown = self.floors.claims.keys().find(|claim| !claims.contains(claim.as_str()));
        unknown.map_or(Ok(()), |claim| {
            Err(format!(
                "floors: no claim `{claim}`; `straightedge list {}` names them",
                system.name
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_pattern_covers_what_it_names_and_what_is_below() {
        assert!(covers("members.*.notifiers", "members.3.notifiers.0"));
        assert!(covers("members", "members.3.notifiers.0"));
        assert!(!covers("members.*.notifiers", "members.3.successors"));
        assert!(!covers("members.*.notifiers", "members.3"));
    }
}
