//! The behaviours that fit the events of several files, in some order that keeps their causes: one
//! after the other, the deepest first, with a memo of places and positions. Source: TRACE-10.

use std::rc::Rc;

use straightedge_models::engine::{Label, Place};

use super::cause::{self, Causes, Log, Spot};
use super::check::Options;
use super::course::Told;
use super::coverage::Coverage;
use super::deviation::Excuses;
use super::explain::Question;
use super::scope;
use super::step::{Arrival, Behaviour, Memo};
use crate::outcome::{Outcome, Position, Rejection, Step};

/// Steps of a behaviour that are told.
const TOLD: usize = 10;

/// A point of a behaviour: a place, and how many events of each file have happened.
struct Point {
    place: Place,
    happened: Rc<[u32]>,
    /// The point before, and what led here from it.
    from: Option<usize>,
    label: Option<Label>,
    /// The event that it is after; `None` for a silent step and at the beginning.
    event: Option<Spot>,
    /// The known departure that the event is.
    deviation: Option<usize>,
}

/// What became of a search.
enum Ended {
    /// A behaviour fits everything, and ends at that point.
    Fits(usize),
    /// None does.
    NothingFits,
    /// The budget ran out.
    RanOut,
}

/// A search for one behaviour.
pub(super) struct Merged<'a> {
    behaviour: Behaviour<'a>,
    logs: &'a [Log],
    causes: Causes,
    options: &'a Options,
    points: Vec<Point>,
    memo: Memo,
    /// Points that were come to and not gone on from; the last is next.
    open: Vec<usize>,
    /// The points after the most events.
    furthest: Vec<usize>,
}

impl<'a> Merged<'a> {
    pub(super) fn new(
        behaviour: Behaviour<'a>,
        logs: &'a [Log],
        causes: Causes,
        options: &'a Options,
    ) -> Self {
        let mut search = Self {
            behaviour,
            logs,
            causes,
            options,
            points: Vec::new(),
            memo: Memo::default(),
            open: Vec::new(),
            furthest: Vec::new(),
        };
        let happened: Rc<[u32]> = vec![0; logs.len()].into();
        for place in behaviour.walk.beginnings() {
            let happened = Rc::clone(&happened);
            let (from, label, event, deviation) = (None, None, None, None);
            search.come_to(Point { place, happened, from, label, event, deviation });
        }
        search
    }

    /// Looks for a behaviour, and says what became of the trace that begins there.
    pub(super) fn told(mut self, at: Position) -> Told {
        let is_empty = self.logs.iter().all(|log| log.events.is_empty());
        if is_empty {
            return Told::only(scope::nothing(&at));
        }
        let ended = self.run();
        let mut told = Told::only(Outcome::Accepted);
        told.coverage = Coverage::of(self.behaviour.walk);
        let to = match ended {
            Ended::Fits(number) => Some(number),
            Ended::NothingFits | Ended::RanOut => self.furthest.first().copied(),
        };
        for (label, place, known) in to.map(|number| self.events_to(number)).unwrap_or_default() {
            told.coverage.note(self.behaviour.walk, std::iter::once((label, place)));
            if let Some(known) = known.and_then(|known| self.options.config.deviations.get(known)) {
                *told.deviations.entry(known.id.clone()).or_default() += 1;
            }
        }
        told.outcome = match ended {
            Ended::Fits(_) => Outcome::Accepted,
            Ended::NothingFits => self.rejected(&at),
            Ended::RanOut => scope::ran_out(self.options.budget, self.last().unwrap_or(at)),
        };
        told
    }

    /// Looks until a behaviour fits, or none does.
    fn run(&mut self) -> Ended {
        let all: u64 = self.logs.iter().map(|log| log.events.len() as u64).sum();
        let mut looked_at = self.points.len();
        let mut depth = 0;
        loop {
            let Some(number) = self.open.pop() else {
                if self.excuse() {
                    continue;
                }
                return Ended::NothingFits;
            };
            if self.depth(number) == all {
                return Ended::Fits(number);
            }
            self.go_on(number);
            if self.reached() > depth {
                (depth, looked_at) = (self.reached(), self.points.len());
            }
            if (self.points.len() - looked_at) as u64 > self.options.budget {
                return Ended::RanOut;
            }
        }
    }

    /// How many events have happened at most.
    fn reached(&self) -> u64 {
        self.furthest.first().map_or(0, |&number| self.depth(number))
    }

    fn depth(&self, number: usize) -> u64 {
        self.points[number].happened.iter().map(|&events| u64::from(events)).sum()
    }

    /// Notes a point after an event, unless it was come to before.
    fn come_to(&mut self, point: Point) {
        let is_same = |number: usize| {
            let other = &self.points[number];
            other.event.is_some() == point.event.is_some()
                && other.happened == point.happened
                && other.place == point.place
        };
        let number = self.points.len();
        if !self.memo.is_new((&point.place, &point.happened), number, is_same) {
            return;
        }
        self.points.push(point);
        let further = self.depth(number);
        let furthest = self.reached();
        if further > furthest {
            self.furthest.clear();
        }
        if further >= furthest {
            self.furthest.push(number);
        }
        self.open.push(number);
    }

    /// Takes every event that may be next, also after steps that no event tells of.
    fn go_on(&mut self, number: usize) {
        for from in self.waiting(number) {
            for file in (0..self.logs.len()).rev() {
                let behaviour = self.behaviour;
                self.take(from, file, None, |event, place| behaviour.after(place, event));
            }
        }
    }

    /// The next event of a file, if it may happen.
    fn take(
        &mut self,
        from: usize,
        file: usize,
        deviation: Option<usize>,
        after: impl Fn(&super::line::Event, &Place) -> Vec<Arrival>,
    ) {
        let happened = Rc::clone(&self.points[from].happened);
        if !self.causes.may_happen(&happened, file) {
            return;
        }
        let next = happened[file] as usize;
        let arrivals = after(&self.logs[file].events[next], &self.points[from].place);
        if arrivals.is_empty() {
            return;
        }
        let mut happened = happened.to_vec();
        happened[file] += 1;
        let happened: Rc<[u32]> = happened.into();
        for (label, place) in arrivals {
            let (happened, from, event) = (Rc::clone(&happened), Some(from), Some((file, next)));
            self.come_to(Point { place, happened, from, label, event, deviation });
        }
    }

    /// A point, and those that are reached from it without an event.
    fn waiting(&mut self, number: usize) -> Vec<usize> {
        let mut all = vec![number];
        if !self.behaviour.has_silence() {
            return all;
        }
        let mut ring = 0..1;
        let most = self.options.budget as usize;
        for _ in 0..self.behaviour.header.silent_steps {
            if ring.is_empty() || all.len() > most {
                break;
            }
            for index in ring.clone() {
                let from = all[index];
                for (label, place) in self.behaviour.unseen(&self.points[from].place) {
                    if all.iter().any(|&known| self.points[known].place == place) {
                        continue;
                    }
                    let happened = Rc::clone(&self.points[from].happened);
                    let (from, label) = (Some(from), Some(label));
                    let (event, deviation) = (None, None);
                    all.push(self.points.len());
                    self.points.push(Point { place, happened, from, label, event, deviation });
                }
            }
            ring = ring.end..all.len();
        }
        all
    }

    /// Takes an event for a known departure, where the search is stuck; whether that leads on.
    fn excuse(&mut self) -> bool {
        let behaviour = self.behaviour;
        let excuses = Excuses { known: &self.options.config.deviations };
        for number in self.furthest.clone() {
            for from in self.waiting(number) {
                for file in 0..self.logs.len() {
                    let next = self.points[from].happened[file] as usize;
                    let Some(event) = self.logs[file].events.get(next) else { continue };
                    let first = excuses.first(behaviour, event, &[&self.points[from].place]);
                    let Some(known) = first else { continue };
                    self.take(from, file, Some(known), |event, place| {
                        excuses.after(known, behaviour, event, place)
                    });
                }
            }
        }
        !self.open.is_empty()
    }

    /// Why no behaviour goes on from where most events have happened. Of the events that could be
    /// next, the one that is nearest to something possible.
    fn rejected(&mut self, begin: &Position) -> Outcome {
        let first = self.furthest.first().map(|&number| Rc::clone(&self.points[number].happened));
        let Some(happened) = first else { return scope::nothing(begin) };
        let same = self.furthest.clone().into_iter();
        let same: Vec<usize> =
            same.filter(|&number| self.points[number].happened == happened).collect();
        let points: Vec<usize> = same.into_iter().flat_map(|number| self.waiting(number)).collect();
        let next = (0..self.logs.len()).filter(|&file| self.causes.may_happen(&happened, file));
        let spots: Vec<Spot> = next.map(|file| (file, happened[file] as usize)).collect();
        let beyond = spots.iter().find_map(|&spot| {
            let event = &self.logs[spot.0].events[spot.1];
            scope::beyond(self.behaviour.walk, event, &cause::at(self.logs, spot))
        });
        let rejections = spots.iter().map(|&spot| self.explain(spot, &points));
        let distance = |rejection: &Rejection| {
            rejection.nearest.as_ref().map_or(u64::MAX, |nearest| nearest.distance)
        };
        let nearest = rejections.min_by_key(distance).map(|one| Outcome::Rejected(Box::new(one)));
        beyond.or(nearest).unwrap_or_else(|| scope::nothing(begin))
    }

    fn explain(&self, spot: Spot, points: &[usize]) -> Rejection {
        let question = Question {
            walk: self.behaviour.walk,
            event: &self.logs[spot.0].events[spot.1],
            at: cause::at(self.logs, spot),
            accepted: self.reached(),
            places: points.iter().map(|&number| &self.points[number].place).collect(),
            path: &|index| points.get(index).map_or_else(Vec::new, |&number| self.path(number)),
        };
        question.rejection()
    }

    /// The last steps of the behaviour that ends at that point.
    fn path(&self, number: usize) -> Vec<Step> {
        let points = self.behaviour_to(number);
        let whole: Vec<(Option<Label>, Place)> =
            points.iter().map(|point| (point.label.clone(), point.place.clone())).collect();
        let told = points.iter().enumerate().skip(points.len().saturating_sub(TOLD));
        let at = |point: &Point| point.event.map(|spot| cause::at(self.logs, spot));
        told.map(|(index, point)| Step::of(self.behaviour.walk, at(point), &whole[..=index]))
            .collect()
    }

    /// Every point of the behaviour that ends there, from the beginning.
    fn behaviour_to(&self, number: usize) -> Vec<&Point> {
        let mut points = Vec::new();
        let mut at = Some(number);
        while let Some(point) = at.take().map(|number| &self.points[number]) {
            points.push(point);
            at = point.from;
        }
        points.reverse();
        points
    }

    /// What each event of the behaviour that ends there led to, and the departure that it is.
    fn events_to(&self, number: usize) -> Vec<(Option<&Label>, &Place, Option<usize>)> {
        let points = self.behaviour_to(number).into_iter();
        let events = points.filter(|point| point.event.is_some());
        events.map(|point| (point.label.as_ref(), &point.place, point.deviation)).collect()
    }

    /// The event that was come to last.
    fn last(&self) -> Option<Position> {
        let event = self.points[*self.furthest.first()?].event?;
        Some(cause::at(self.logs, event))
    }
}
