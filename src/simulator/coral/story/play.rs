//! Plays a story, line by line.

use std::time::Duration;

use straightedge_impl::consistent_hashing::measure::moved;
use straightedge_impl::consistent_hashing::ring::{Ring, Rule};
use straightedge_impl::consistent_hashing::scored::Modulo;
use straightedge_impl::coral::{Command, Delivery, Outcome};
use straightedge_impl::identifier::Xor;

use super::StoryError;
use super::crowd::Crowd;
use super::parse::{Arrival, Id, Line, Operation, Query, lines};
use super::picture::Panel;
use super::stage::{Cast, Stage};
use crate::simulator::experiment::root_rate;
use crate::simulator::experiment::slashdot::{Arrival as Coming, usual};

/// What a story came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// How many expectations were met.
    pub met: usize,
    /// What happened, a line for each put and get.
    pub lines: Vec<String>,
    /// What it looked like after each of them.
    pub panels: Vec<Panel>,
}

/// Plays a story; what it came to.
///
/// Source: CORAL-51.
///
/// # Errors
///
/// The first line that is no line of a story, that cannot be done, or that expects something else
/// than what is.
pub fn play(file: &str, text: &str) -> Result<Told, StoryError> {
    let mut player = Player::default();
    for (line, said) in lines(file, text)? {
        player.take(said).map_err(|why| StoryError { file: file.to_owned(), line, why })?;
    }
    Ok(player.told)
}

/// A story that is being played.
#[derive(Default)]
struct Player {
    cast: Cast,
    stage: Option<Stage>,
    told: Told,
    /// How many operations were begun.
    begun: usize,
    /// How many had ended when the last group of them began.
    group: usize,
    last: Option<(Id, Id)>,
    ring: Option<(Ring, Rule)>,
    crowd: Crowd,
    result: String,
}

impl Player {
    fn take(&mut self, line: Line) -> Result<(), String> {
        match line {
            Line::Policy(_)
            | Line::Capacity(_)
            | Line::Rate(_)
            | Line::Nodes(_)
            | Line::Table(..)
            | Line::Name(..)
            | Line::Hold { .. } => self.set_up(line),
            Line::Do(operation) => self.perform(&operation),
            Line::Repeat(times, operation) => {
                (1..=times).try_for_each(|time| self.perform(&operation.again(time)))
            }
            Line::Begin(operation) => self.begin(&operation),
            Line::Finish => self.finish(),
            Line::Wait(time) => self.stage()?.wait(time),
            Line::Crash(node) => self.stage()?.crash(node),
            Line::CountAnew => {
                let seen = self.stage()?.world.observer_mut();
                (seen.refused, seen.handled) = (0, std::collections::BTreeMap::new());
                Ok(())
            }
            Line::Crowd(scene) => {
                self.result = self.crowd.play(&scene)?.unwrap_or_default();
                Ok(())
            }
            Line::Expect(query, expected) => self.expect(&query, &expected),
            measured => self.measure(measured),
        }
    }

    fn set_up(&mut self, line: Line) -> Result<(), String> {
        if self.stage.is_some() {
            return Err("the story has begun, and its network stays as it is".into());
        }
        match line {
            Line::Policy(policy) => self.cast.policy = policy,
            Line::Capacity(values) => self.cast.capacity = values,
            Line::Rate(rate) => self.cast.rate = rate,
            Line::Nodes(nodes) => self.cast.nodes = nodes,
            Line::Table(node, known) => {
                self.cast.tables.insert(node, known);
            }
            Line::Name(node, name) => {
                self.cast.names.insert(node, name);
            }
            Line::Hold { node, key, value, life } => {
                self.cast.held.push((node, key, value, life));
            }
            _ => {}
        }
        Ok(())
    }

    fn stage(&mut self) -> Result<&mut Stage, String> {
        if self.stage.is_none() {
            self.stage = Some(Stage::set(&self.cast)?);
        }
        self.stage.as_mut().ok_or_else(|| "there is no network".into())
    }

    fn begin(&mut self, operation: &Operation) -> Result<(), String> {
        let (node, key, command) = operation.command();
        let stage = self.stage()?;
        stage.world.observer_mut().asked.clear();
        stage.command(node, command)?;
        self.begun += 1;
        self.last = Some((node, key));
        Ok(())
    }

    fn finish(&mut self) -> Result<(), String> {
        let begun = self.begun;
        self.group = self.stage()?.world.system().told.len();
        self.stage()?.until_told(begun)
    }

    fn perform(&mut self, operation: &Operation) -> Result<(), String> {
        self.begin(operation)?;
        self.finish()?;
        let path = self.path()?;
        let outcome = self.outcomes()?.join(", ");
        let line = format!("{}: {outcome}; path {path}", operation.text());
        if let (Some(stage), Some((_, key))) = (&self.stage, self.last) {
            self.told.panels.push(Panel::of(line.clone(), stage, &self.cast, key, &path));
        }
        self.told.lines.push(line);
        Ok(())
    }

    fn path(&mut self) -> Result<String, String> {
        let (first, _) = self.last.ok_or("nothing was put or got")?;
        let asked = &self.stage()?.world.observer().asked;
        let path: Vec<String> = [first].iter().chain(asked).map(Id::to_string).collect();
        Ok(path.join(" "))
    }

    fn outcomes(&mut self) -> Result<Vec<String>, String> {
        let group = self.group;
        let told = &self.stage()?.world.system().told;
        let mut outcomes: Vec<String> =
            told.iter().skip(group).map(|(_, delivery)| outcome(delivery)).collect();
        outcomes.sort();
        Ok(outcomes)
    }

    fn measure(&mut self, line: Line) -> Result<(), String> {
        self.result = match line {
            Line::Distance(one, other) => one.xor(other).to_string(),
            Line::Ring { size, rule, points } => {
                let ring = points
                    .iter()
                    .fold(Ring::new(size), |ring, &point| ring.with(point, point as u32));
                self.ring = Some((ring, rule));
                return Ok(());
            }
            Line::Place(item) => {
                let (ring, rule) = self.ring.as_ref().ok_or("there is no ring")?;
                ring.owner(item, *rule).map_or("nowhere".into(), |owner| owner.to_string())
            }
            Line::Modulo(from, to) => {
                let items: Vec<u64> = (0..u64::from(from) * u64::from(to)).collect();
                let [from, to] = [from, to].map(|buckets| (0..buckets).collect::<Vec<_>>());
                format!("{:.0}", 100.0 * moved(&Modulo, &from, &to, &items))
            }
            Line::RateAtTheClosest(nodes) => {
                let exponent = nodes.checked_ilog2().filter(|it| 1 << it == nodes);
                let exponent = exponent.ok_or("not a power of two")?;
                format!("{:.0}", root_rate::usual(exponent))
            }
            Line::Fetches(proxies, arrival) => {
                let seen = match arrival {
                    Arrival::Alone => usual(proxies, false, Coming::InARush),
                    Arrival::OneByOne => usual(proxies, true, Coming::OneByOne),
                    Arrival::AtOnce => usual(proxies, true, Coming::AtOnce),
                };
                seen.fetches.to_string()
            }
            _ => return Err("no such line".into()),
        };
        Ok(())
    }

    fn expect(&mut self, query: &Query, expected: &str) -> Result<(), String> {
        let is = self.answer(query)?;
        if is != expected {
            return Err(format!("expected `{expected}`, and it is `{is}`"));
        }
        self.told.met += 1;
        Ok(())
    }

    fn answer(&mut self, query: &Query) -> Result<String, String> {
        let yes_or_no = |holds: bool| if holds { "yes" } else { "no" }.to_owned();
        match *query {
            Query::Outcome | Query::Outcomes => Ok(self.outcomes()?.join(", ")),
            Query::Path => self.path(),
            Query::Result => Ok(self.result.clone()),
            Query::Refused => Ok(self.stage()?.world.observer().refused.to_string()),
            Query::Handled(node) => {
                let handled = self.stage()?.world.observer().handled.get(&node).copied();
                Ok(handled.unwrap_or_default().to_string())
            }
            Query::Holds(node, key) => {
                let stage = self.stage()?;
                let now = stage.world.now();
                let machine = stage.machine(node)?;
                let live = machine.store().live((0, key), now);
                Ok(words(live.map(|(value, _)| value.as_slice())))
            }
            Query::Loaded(node, key) => {
                let stage = self.stage()?;
                let now = stage.world.now();
                Ok(yes_or_no(stage.machine(node)?.is_loaded((0, key), now)))
            }
            Query::Full(node, key, life) => {
                let stage = self.stage()?;
                let now = stage.world.now();
                let machine = stage.machine(node)?;
                let holding = machine.store().holding((0, key), now);
                Ok(yes_or_no(holding.is_full_for(life, machine.config())))
            }
        }
    }
}

impl Operation {
    fn command(&self) -> (Id, Id, Command<Id>) {
        match self {
            Self::Put { node, key, value, life } => {
                let value = value.clone().into_bytes();
                (*node, *key, Command::Put { key: *key, value, ttl: *life })
            }
            Self::Get { node, key } => (*node, *key, Command::Get { key: *key }),
        }
    }

    /// The same for the so-manieth time: with another value.
    fn again(&self, time: u32) -> Self {
        match self.clone() {
            Self::Put { node, key, value, life } => {
                Self::Put { node, key, value: format!("{value}{time}"), life }
            }
            get @ Self::Get { .. } => get,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Put { node, key, value, life } => {
                format!("{node} puts {value} under {key} for {} s", duration(*life))
            }
            Self::Get { node, key } => format!("{node} gets {key}"),
        }
    }
}

fn duration(life: Duration) -> String {
    life.as_secs_f64().to_string()
}

/// Values as words, or that there are none.
pub(super) fn words<'a>(values: impl Iterator<Item = &'a [u8]>) -> String {
    let words: Vec<_> = values.map(|value| String::from_utf8_lossy(value).into_owned()).collect();
    if words.is_empty() { "nothing".into() } else { words.join(" ") }
}

fn outcome(delivery: &Delivery<Id>) -> String {
    match delivery {
        Delivery::PutEnded { outcomes, .. } => match outcomes.last() {
            Some((_, Outcome::Stored(at))) => format!("stored {at}"),
            Some((_, Outcome::Unsure(at))) => format!("unsure {at}"),
            Some((_, Outcome::NotStored)) | None => "not stored".into(),
        },
        Delivery::Found { at, values, .. } => {
            let values = values.iter().map(|(value, _)| value.as_slice());
            format!("found at {at}: {}", words(values))
        }
        Delivery::Missed { at, .. } => format!("missed at {at}"),
    }
}
