//! Short walks from a beginning that take every step of a model's graph.

use std::collections::{BTreeMap, VecDeque};

use straightedge_models::engine::Label;

use super::atlas::{Atlas, Edge};

/// A walk: steps one after another, each a place and the position of the step there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The place where it begins.
    pub beginning: u32,
    /// The steps.
    pub steps: Vec<(u32, u32)>,
}

/// A walk is no longer than this, but for the way to its first step.
const LONGEST: usize = 80;

/// So many places are looked at on the way to the next step that was not taken yet.
const LOOKED_AT: usize = 200;

/// Which steps of a graph were taken.
#[derive(Clone, Debug)]
pub struct Covered {
    /// Where the steps of each place begin; one entry more than places.
    offsets: Vec<usize>,
    is_taken: Vec<bool>,
    /// How many were taken.
    pub count: usize,
}

impl Covered {
    /// No step was taken yet.
    #[must_use]
    pub fn nothing(atlas: &Atlas) -> Self {
        let mut offsets = vec![0];
        for edges in &atlas.edges {
            offsets.push(offsets.last().copied().unwrap_or_default() + edges.len());
        }
        let is_taken = vec![false; atlas.transitions()];
        Self { offsets, is_taken, count: 0 }
    }

    /// That step was taken.
    pub fn take(&mut self, place: u32, position: u32) {
        let step = &mut self.is_taken[self.offsets[place as usize] + position as usize];
        self.count += usize::from(!*step);
        *step = true;
    }

    /// Whether that step was taken.
    #[must_use]
    pub fn has(&self, place: u32, position: u32) -> bool {
        self.is_taken[self.offsets[place as usize] + position as usize]
    }
}

/// Walks that take every step whose label is wanted and that was not taken yet, the closest to a
/// beginning first. Each goes the shortest way to such a step, and on to the next as long as one is
/// near.
///
/// Source: HARNESS-7.
#[must_use]
pub fn cases(atlas: &Atlas, wanted: &dyn Fn(&Label) -> bool, taken: &Covered) -> Vec<Case> {
    let parents = atlas.parents(wanted);
    let mut planner = Planner { atlas, wanted: &parents.wanted, planned: taken.clone() };
    let mut cases = Vec::new();
    for &place in &parents.order {
        while planner.open(place).is_some() {
            let (beginning, steps) = parents.way(place);
            cases.push(Case { beginning, steps: planner.go_on(place, steps) });
        }
    }
    cases
}

struct Planner<'a> {
    atlas: &'a Atlas,
    wanted: &'a [bool],
    planned: Covered,
}

impl Planner<'_> {
    /// A step of that place which no walk takes yet.
    fn open(&self, place: u32) -> Option<u32> {
        let edges = self.atlas.edges[place as usize].iter().enumerate();
        let is_open = |&(position, edge): &(usize, &Edge)| {
            self.wanted[edge.label as usize] && !self.planned.has(place, position as u32)
        };
        edges.into_iter().find(is_open).map(|(position, _)| position as u32)
    }

    /// The steps, and those that follow them.
    fn go_on(&mut self, mut at: u32, mut steps: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
        for &(place, position) in &steps {
            self.planned.take(place, position);
        }
        let longest = steps.len() + LONGEST;
        while steps.len() < longest
            && let Some(way) = self.way_to_open(at)
        {
            for (place, position) in way {
                self.planned.take(place, position);
                steps.push((place, position));
                at = self.atlas.edges[place as usize][position as usize].target;
            }
        }
        steps
    }

    /// The shortest way to a step which no walk takes yet, and that step, if there is one near.
    fn way_to_open(&self, from: u32) -> Option<Vec<(u32, u32)>> {
        let mut came: BTreeMap<u32, Option<(u32, u32)>> = BTreeMap::from([(from, None)]);
        let mut queue = VecDeque::from([from]);
        while let Some(place) = queue.pop_front() {
            if let Some(position) = self.open(place) {
                let mut way = vec![(place, position)];
                let mut at = place;
                while let Some(Some((before, position))) = came.get(&at) {
                    way.push((*before, *position));
                    at = *before;
                }
                way.reverse();
                return Some(way);
            }
            for (position, edge) in self.atlas.edges[place as usize].iter().enumerate() {
                let is_new = !came.contains_key(&edge.target) && came.len() < LOOKED_AT;
                if is_new && self.wanted[edge.label as usize] {
                    came.insert(edge.target, Some((place, position as u32)));
                    queue.push_back(edge.target);
                }
            }
        }
        None
    }
}
