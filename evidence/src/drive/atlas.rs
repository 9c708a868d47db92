//! The places that a model comes to and the steps between them, as far as a bound.

use std::collections::{BTreeMap, VecDeque};
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use straightedge_models::engine::{Label, Place, Walk};

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The number of its label.
    pub label: u32,
    /// The number of the place it leads to.
    pub target: u32,
}

/// Places in the order of their distance from the beginnings, and the steps between them.
pub struct Atlas {
    /// The places.
    pub places: Vec<Place>,
    /// The steps that leave each place.
    pub edges: Vec<Vec<Edge>>,
    /// The labels of the steps.
    pub labels: Vec<Label>,
    /// How many places are beginnings; they come first.
    pub beginnings: usize,
    /// Whether these are all places.
    pub is_whole: bool,
    index: BTreeMap<u64, Vec<u32>>,
    hasher: FixedState,
}

impl Atlas {
    /// Explores a model breadth first, up to so many places.
    #[must_use]
    pub fn explore(walk: &dyn Walk, most: usize) -> Self {
        let mut atlas = Self {
            places: Vec::new(),
            edges: Vec::new(),
            labels: Vec::new(),
            beginnings: 0,
            is_whole: true,
            index: BTreeMap::new(),
            hasher: FixedState::default(),
        };
        for place in walk.beginnings() {
            atlas.number(place, usize::MAX);
        }
        atlas.beginnings = atlas.places.len();
        let mut labels = BTreeMap::new();
        while let Some(place) = atlas.places.get(atlas.edges.len()).cloned() {
            let mut edges = Vec::new();
            for (label, target) in walk.steps(&place, &|_| true) {
                match atlas.number(target, most) {
                    Some(target) => {
                        edges.push(Edge { label: atlas.name(label, &mut labels), target });
                    }
                    None => atlas.is_whole = false,
                }
            }
            atlas.edges.push(edges);
        }
        atlas
    }

    fn name(&mut self, label: Label, labels: &mut BTreeMap<String, u32>) -> u32 {
        if let Some(&number) = labels.get(&label.text) {
            return number;
        }
        let number = self.labels.len() as u32;
        labels.insert(label.text.clone(), number);
        self.labels.push(label);
        number
    }

    /// The number of a place that is there, or of one more if there is room.
    fn number(&mut self, place: Place, most: usize) -> Option<u32> {
        if let Some(number) = self.find(&place) {
            return Some(number);
        }
        let number = self.places.len();
        if number >= most {
            return None;
        }
        self.index.entry(self.hasher.hash_one(&place)).or_default().push(number as u32);
        self.places.push(place);
        Some(number as u32)
    }

    /// The number of a place, if it is there.
    #[must_use]
    pub fn find(&self, place: &Place) -> Option<u32> {
        let same = self.index.get(&self.hasher.hash_one(place))?;
        same.iter().copied().find(|&number| self.places[number as usize] == *place)
    }

    /// The label of a step.
    #[must_use]
    pub fn label(&self, edge: Edge) -> &Label {
        &self.labels[edge.label as usize]
    }

    /// How many steps there are.
    #[must_use]
    pub fn transitions(&self) -> usize {
        self.edges.iter().map(Vec::len).sum()
    }

    /// How each place is reached first along steps that are wanted: the place before, and the
    /// position of the step there. `None` for beginnings, and for places that are not reached.
    #[must_use]
    pub fn parents(&self, wanted: &dyn Fn(&Label) -> bool) -> Parents {
        let wanted: Vec<bool> = self.labels.iter().map(wanted).collect();
        let mut from = vec![None; self.places.len()];
        let mut order: Vec<u32> = (0..self.beginnings as u32).collect();
        let mut is_reached = vec![false; self.places.len()];
        is_reached[..self.beginnings].fill(true);
        let mut queue: VecDeque<u32> = order.iter().copied().collect();
        while let Some(place) = queue.pop_front() {
            for (position, edge) in self.edges[place as usize].iter().enumerate() {
                let target = edge.target as usize;
                if wanted[edge.label as usize] && !is_reached[target] {
                    is_reached[target] = true;
                    from[target] = Some((place, position as u32));
                    order.push(edge.target);
                    queue.push_back(edge.target);
                }
            }
        }
        Parents { from, order, wanted }
    }
}

/// How places are reached first.
pub struct Parents {
    from: Vec<Option<(u32, u32)>>,
    /// The places that are reached, the closest first.
    pub order: Vec<u32>,
    /// Which labels are wanted.
    pub wanted: Vec<bool>,
}

impl Parents {
    /// The steps that lead to a place, and the beginning where they begin.
    #[must_use]
    pub fn way(&self, place: u32) -> (u32, Vec<(u32, u32)>) {
        let mut steps = Vec::new();
        let mut at = place;
        while let Some((before, position)) = self.from[at as usize] {
            steps.push((before, position));
            at = before;
        }
        steps.reverse();
        (at, steps)
    }
}
