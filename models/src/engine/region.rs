//! Where a loop that breaks a claim may run, and how it may be reached.

use super::bits::Bits;
use super::graph::Graph;
use super::property::{Form, Predicate, Specification};
use super::watch::Watch;

/// The number of no state.
const NONE: u32 = u32::MAX;

/// One step between numbered states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) source: u32,
    pub(super) target: u32,
    /// The action's position among the actions of the source.
    pub(super) position: u16,
    /// The class of the action's fairness; of no meaning before the loop.
    pub(super) class: u16,
}

/// How a state of the region is reached: by any shortest path to `root`, then by these steps.
pub(super) struct Approach {
    pub(super) root: u32,
    pub(super) hops: Vec<Hop>,
}

impl Approach {
    /// The state that is reached.
    pub(super) fn end(&self) -> u32 {
        self.hops.last().map_or(self.root, |hop| hop.target)
    }
}

/// The states in which a loop that breaks a claim may run.
pub(super) struct Region {
    pub(super) inside: Bits,
    /// States of which the loop must visit one.
    pub(super) visiting: Option<Bits>,
    /// If the way to the loop must run through the region too, where it may begin to.
    starts: Option<Bits>,
    /// Whether no unknown step could lead to, or out of, the region.
    pub(super) is_whole: bool,
    /// Whether what triggers the claim occurs at all.
    pub(super) is_triggered: bool,
}

/// The most bytes that a region and the way to it hold.
pub(super) fn bytes(len: usize) -> u64 {
    3 * Bits::bytes(len) + (len * (2 * size_of::<u32>() + size_of::<u16>())) as u64
}

impl Region {
    /// The region of a liveness claim.
    pub(super) fn new<M: Specification>(
        model: &M,
        graph: &Graph<M>,
        form: &Form<M>,
        watch: &mut Watch<'_>,
    ) -> Result<Self, String> {
        let is_whole = graph.bound().is_none();
        let mut where_not = |predicate: Predicate<M>| {
            gather(graph.len() as u32, watch, |number| !predicate(model, graph.state(number)))
        };
        let anywhere = |inside, visiting| Self {
            inside,
            visiting,
            starts: None,
            is_whole,
            is_triggered: !graph.is_empty(),
        };
        match *form {
            Form::InfinitelyOften(predicate) => Ok(anywhere(where_not(predicate)?, None)),
            Form::EventuallyAlways(predicate) => {
                let visiting = where_not(predicate)?;
                let everywhere = gather(graph.len() as u32, watch, |_| true)?;
                Ok(anywhere(everywhere, Some(visiting)))
            }
            Form::Eventually(predicate) => {
                let allowed = where_not(predicate)?;
                let initial = graph.initial_count() as u32;
                let starts = gather(graph.len() as u32, watch, |n| n < initial && allowed.get(n))?;
                let inside = reachable(graph, &starts, &allowed, watch)?;
                let starts_inside = || model.init_states().iter().all(|s| model.within_boundary(s));
                let is_complete = || inside.iter().all(|number| graph.is_complete(number));
                let is_whole = is_whole || starts_inside() && is_complete();
                let is_triggered = !graph.is_empty();
                Ok(Self { inside, visiting: None, starts: Some(starts), is_whole, is_triggered })
            }
            Form::LeadsTo(trigger, goal) => {
                let allowed = where_not(goal)?;
                let mut is_triggered = false;
                let starts = gather(graph.len() as u32, watch, |number| {
                    let is_trigger = trigger(model, graph.state(number));
                    is_triggered |= is_trigger;
                    is_trigger && allowed.get(number)
                })?;
                let inside = reachable(graph, &starts, &allowed, watch)?;
                Ok(Self { inside, visiting: None, starts: Some(starts), is_whole, is_triggered })
            }
            _ => Err("not a liveness claim".into()),
        }
    }

    /// The shortest way to a state of the region that is wanted.
    pub(super) fn nearest<M: Specification>(
        &self,
        graph: &Graph<M>,
        watch: &mut Watch<'_>,
        wanted: impl Fn(u32) -> bool,
    ) -> Result<Option<Approach>, String> {
        match &self.starts {
            // States are numbered in the order of their distance.
            None => {
                let root = self.inside.iter().find(|&number| wanted(number));
                Ok(root.map(|root| Approach { root, hops: Vec::new() }))
            }
            Some(starts) => Approaching::new(graph, starts, &self.inside).nearest(watch, wanted),
        }
    }
}

/// The set of states that pass a test.
fn gather(
    len: u32,
    watch: &mut Watch<'_>,
    mut test: impl FnMut(u32) -> bool,
) -> Result<Bits, String> {
    let mut set = Bits::new(len as usize);
    for number in 0..len {
        watch.tick()?;
        if test(number) {
            set.set(number);
        }
    }
    Ok(set)
}

/// The states that can be reached from the starts through allowed states only.
fn reachable<M: Specification>(
    graph: &Graph<M>,
    starts: &Bits,
    allowed: &Bits,
    watch: &mut Watch<'_>,
) -> Result<Bits, String> {
    let mut reached = Bits::new(graph.len());
    let mut frontier: Vec<u32> = starts.iter().collect();
    for &start in &frontier {
        reached.set(start);
    }
    // Level by level, states come in about the order of their numbers: near in memory.
    while !frontier.is_empty() {
        let mut next = Vec::new();
        for number in frontier {
            watch.tick()?;
            let edges = graph.edges(number).iter().map(|edge| edge.target);
            next.extend(edges.filter(|&target| allowed.get(target) && reached.set(target)));
        }
        frontier = next;
    }
    Ok(reached)
}

/// Breadth-first search from starts that lie at different distances from the initial states.
struct Approaching<'a, M: Specification> {
    graph: &'a Graph<M>,
    starts: &'a Bits,
    inside: &'a Bits,
    /// From where each state was reached; a start from itself.
    parents: Vec<u32>,
    /// Which edge of its parent reached it.
    via: Vec<u16>,
}

impl<'a, M: Specification> Approaching<'a, M> {
    fn new(graph: &'a Graph<M>, starts: &'a Bits, inside: &'a Bits) -> Self {
        let (parents, via) = (vec![NONE; graph.len()], vec![0; graph.len()]);
        Self { graph, starts, inside, parents, via }
    }

    fn nearest(
        mut self,
        watch: &mut Watch<'_>,
        wanted: impl Fn(u32) -> bool,
    ) -> Result<Option<Approach>, String> {
        let mut frontier: Vec<u32> = Vec::new();
        let mut starts = self.starts.iter().peekable();
        let mut level = 0..self.graph.initial_count() as u32;
        while !level.is_empty() || !frontier.is_empty() {
            while let Some(start) = starts.next_if(|&start| start < level.end) {
                if self.parents[start as usize] == NONE {
                    self.parents[start as usize] = start;
                    frontier.push(start);
                }
            }
            if let Some(&end) = frontier.iter().find(|&&number| wanted(number)) {
                return Ok(Some(self.path(end)));
            }
            level = self.next_level(level, watch)?;
            frontier = self.advance(&frontier, watch)?;
        }
        Ok(None)
    }

    /// The states one step further from the initial states than these: they are numbered on.
    fn next_level(
        &self,
        level: std::ops::Range<u32>,
        watch: &mut Watch<'_>,
    ) -> Result<std::ops::Range<u32>, String> {
        let begin = level.end;
        let mut end = begin;
        for number in level {
            watch.tick()?;
            let furthest = self.graph.edges(number).iter().map(|edge| edge.target + 1).max();
            end = end.max(furthest.unwrap_or(0));
        }
        Ok(begin..end)
    }

    fn advance(&mut self, frontier: &[u32], watch: &mut Watch<'_>) -> Result<Vec<u32>, String> {
        let mut next = Vec::new();
        for &number in frontier {
            watch.tick()?;
            for (index, edge) in self.graph.edges(number).iter().enumerate() {
                let is_new = self.parents[edge.target as usize] == NONE;
                if is_new && self.inside.get(edge.target) {
                    self.parents[edge.target as usize] = number;
                    self.via[edge.target as usize] = index as u16;
                    next.push(edge.target);
                }
            }
        }
        Ok(next)
    }

    fn path(&self, end: u32) -> Approach {
        let mut hops = Vec::new();
        let mut target = end;
        while self.parents[target as usize] != target {
            let source = self.parents[target as usize];
            let edge = self.graph.edges(source)[usize::from(self.via[target as usize])];
            hops.push(Hop { source, target, position: edge.position, class: 0 });
            target = source;
        }
        hops.reverse();
        Approach { root: target, hops }
    }
}
