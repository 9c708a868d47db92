//! A short fair loop through a state of a fair component.

use std::collections::VecDeque;

use super::bits::Bits;
use super::labels::Labelled;
use super::property::Specification;
use super::region::Hop;
use super::streett::Fair;
use super::tally::Tally;
use super::watch::Watch;

/// Steps that may be looked at in order to shorten a loop that is right already.
const SHORTENING: u64 = 4_000_000;

/// The number of no state.
const NONE: u32 = u32::MAX;

/// A fair loop, and the way from the state where the component was entered to where it begins.
pub(super) struct Cycle {
    pub(super) lead: Vec<Hop>,
    /// Empty for a state that stutters for ever.
    pub(super) hops: Vec<Hop>,
}

/// The most bytes that the search for a loop holds.
pub(super) fn bytes(len: usize) -> u64 {
    (len * (2 * size_of::<u32>() + size_of::<u16>())) as u64
}

/// What a path through a component has yet to do before it can be closed to a fair loop.
struct Wants {
    classes: Vec<u16>,
    visit: bool,
}

/// The search for loops inside one fair component.
pub(super) struct Looper<'a, 'w, M: Specification> {
    labelled: &'a Labelled<'a, M>,
    fair: &'a Fair,
    visiting: Option<&'a Bits>,
    watch: &'a mut Watch<'w>,
    component: u32,
    tally: Tally,
    /// From where each state was reached, for the states in `reached` only.
    parents: Vec<u32>,
    via: Vec<u16>,
    reached: Vec<u32>,
    /// Steps that may still be looked at.
    budget: u64,
}

impl<'a, 'w, M: Specification> Looper<'a, 'w, M> {
    pub(super) fn new(
        labelled: &'a Labelled<'a, M>,
        fair: &'a Fair,
        visiting: Option<&'a Bits>,
        watch: &'a mut Watch<'w>,
        component: u32,
    ) -> Self {
        let len = labelled.graph.len();
        Self {
            labelled,
            fair,
            visiting,
            watch,
            component,
            tally: Tally::new(labelled.class_count()),
            parents: vec![NONE; len],
            via: vec![0; len],
            reached: Vec::new(),
            budget: u64::MAX,
        }
    }

    /// A fair loop of the component, entered at this state of it.
    pub(super) fn cycle(&mut self, entry: u32) -> Result<Cycle, String> {
        let hops = self.any_cycle(entry)?;
        self.budget = SHORTENING;
        self.shortened(entry, hops)
    }

    /// Goes to the nearest witness of what is still wanted, until nothing is, and returns.
    fn any_cycle(&mut self, entry: u32) -> Result<Vec<Hop>, String> {
        let mut path: Vec<Hop> = Vec::new();
        loop {
            let end = path.last().map_or(entry, |hop| hop.target);
            let wants = self.wants(entry, &path);
            if let Some(wants) = wants {
                let way = self.way(end, usize::MAX, |this, hop| this.serves(&wants, hop))?;
                path.extend(way.ok_or("a fair component lacks a witness of its fairness")?);
            } else if end == entry {
                return Ok(path);
            } else {
                let way = self.way(end, usize::MAX, |_, hop| hop.target == entry)?;
                path.extend(way.ok_or("a component is not strongly connected")?);
            }
        }
    }

    /// What is still wanted of a path from the entry; `None` if nothing is.
    fn wants(&mut self, entry: u32, path: &[Hop]) -> Option<Wants> {
        self.budget = self.budget.saturating_sub(path.len() as u64);
        self.tally.clear();
        self.tally.visit(self.labelled.enabled(entry));
        let mut visited = self.visiting.is_none_or(|visiting| visiting.get(entry));
        for hop in path {
            self.tally.take(hop.class);
            self.tally.visit(self.labelled.enabled(hop.target));
            visited |= self.visiting.is_some_and(|visiting| visiting.get(hop.target));
        }
        let classes = self.tally.unmet(self.labelled);
        (!visited || !classes.is_empty()).then_some(Wants { classes, visit: !visited })
    }

    fn serves(&self, wants: &Wants, hop: Hop) -> bool {
        let is_disabled = |class| !self.labelled.enabled(hop.target).any(|other| other == class);
        let is_visit = || self.visiting.is_some_and(|visiting| visiting.get(hop.target));
        wants.classes.contains(&hop.class)
            || wants.classes.iter().any(|&c| self.labelled.is_weak(c) && is_disabled(c))
            || wants.visit && is_visit()
    }

    /// The shortest path inside the component that ends in a step that is wanted.
    fn way(
        &mut self,
        from: u32,
        at_most: usize,
        wanted: impl Fn(&Self, Hop) -> bool,
    ) -> Result<Option<Vec<Hop>>, String> {
        for number in self.reached.drain(..) {
            self.parents[number as usize] = NONE;
        }
        let (labelled, fair, component) = (self.labelled, self.fair, self.component);
        self.parents[from as usize] = from;
        self.reached.push(from);
        let mut unexplored = VecDeque::from([(from, 0)]);
        while let Some((source, distance)) = unexplored.pop_front() {
            self.watch.tick()?;
            if distance == at_most || self.budget == 0 {
                return Ok(None);
            }
            for (index, edge, class) in labelled.steps(source, 0) {
                self.budget = self.budget.saturating_sub(1);
                let target = edge.target;
                if fair.component(target) != Some(component) {
                    continue;
                }
                let hop = Hop { source, target, position: edge.position, class };
                if wanted(self, hop) {
                    return Ok(Some(self.path_ending_in(from, hop)));
                }
                if self.parents[target as usize] == NONE {
                    self.parents[target as usize] = source;
                    self.via[target as usize] = index as u16;
                    self.reached.push(target);
                    unexplored.push_back((target, distance + 1));
                }
            }
        }
        Ok(None)
    }

    fn path_ending_in(&self, from: u32, last: Hop) -> Vec<Hop> {
        let mut hops = vec![last];
        let mut target = last.source;
        while target != from {
            let source = self.parents[target as usize];
            let index = usize::from(self.via[target as usize]);
            hops.extend(self.labelled.steps(source, index).next().map(|(_, edge, class)| Hop {
                source,
                target,
                position: edge.position,
                class,
            }));
            target = source;
        }
        hops.reverse();
        hops
    }

    fn shortened(&mut self, entry: u32, hops: Vec<Hop>) -> Result<Cycle, String> {
        let mut cycle = Cycle { lead: Vec::new(), hops };
        let mut entry = entry;
        while self.drop_part(entry, &mut cycle) || self.take_shortcut(entry, &mut cycle)? {
            entry = cycle.lead.last().map_or(entry, |hop| hop.target);
        }
        Ok(cycle)
    }

    /// Where the loop passes a state twice, one of the two parts may be fair by itself.
    fn drop_part(&mut self, entry: u32, cycle: &mut Cycle) -> bool {
        let hops = &cycle.hops;
        for begin in 0..hops.len() {
            for end in begin + 1..=hops.len() {
                let is_proper = end - begin < hops.len();
                if !is_proper || hops[begin].source != hops[end - 1].target || self.budget == 0 {
                    continue;
                }
                let outer = [&hops[..begin], &hops[end..]].concat();
                if self.wants(entry, &outer).is_none() {
                    cycle.hops = outer;
                    return true;
                }
                let inner = hops[begin..end].to_vec();
                if self.wants(hops[begin].source, &inner).is_none() {
                    cycle.lead.extend_from_slice(&hops[..begin]);
                    cycle.hops = inner;
                    return true;
                }
            }
        }
        false
    }

    /// A shorter way between two states of the loop may leave it fair.
    fn take_shortcut(&mut self, entry: u32, cycle: &mut Cycle) -> Result<bool, String> {
        let hops = cycle.hops.clone();
        for begin in 0..hops.len() {
            for end in (begin + 2..=hops.len()).rev() {
                let (from, to) = (hops[begin].source, hops[end - 1].target);
                let is_whole_loop = from == to;
                if is_whole_loop || self.budget == 0 {
                    continue;
                }
                let at_most = end - begin - 1;
                let way = self.way(from, at_most, |_, hop| hop.target == to)?;
                let Some(way) = way else { continue };
                let shorter = [&hops[..begin], &way, &hops[end..]].concat();
                if self.wants(entry, &shorter).is_none() {
                    cycle.hops = shorter;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
