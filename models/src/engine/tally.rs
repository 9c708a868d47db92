//! What a component or a loop enables and takes.

use super::labels::Labelled;
use super::property::{Fairness, Specification};

/// For each class, in how many of the states visited it is enabled, and whether it is taken.
pub(super) struct Tally {
    visits: u32,
    enabled: Vec<u32>,
    /// The last visit that counted for the class, so that it counts once.
    last: Vec<u32>,
    taken: Vec<bool>,
    touched: Vec<u16>,
}

impl Tally {
    pub(super) fn new(classes: usize) -> Self {
        Self {
            visits: 0,
            enabled: vec![0; classes],
            last: vec![0; classes],
            taken: vec![false; classes],
            touched: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.visits = 0;
        for class in self.touched.drain(..) {
            let at = usize::from(class);
            self.enabled[at] = 0;
            self.last[at] = 0;
            self.taken[at] = false;
        }
    }

    /// One more state, and the constraints that are enabled in it.
    pub(super) fn visit(&mut self, enabled: impl Iterator<Item = u16>) {
        self.visits += 1;
        for class in enabled {
            let at = usize::from(class);
            if self.last[at] == self.visits {
                continue;
            }
            if self.enabled[at] == 0 {
                self.touched.push(class);
            }
            self.last[at] = self.visits;
            self.enabled[at] += 1;
        }
    }

    /// Whether a step of the class was counted.
    pub(super) fn is_taken(&self, class: u16) -> bool {
        self.taken[usize::from(class)]
    }

    /// One more step, out of a state that was visited.
    pub(super) fn take(&mut self, class: u16) {
        self.taken[usize::from(class)] = true;
    }

    /// The constraints that ask for more: not taken, though enabled in every state visited, or
    /// under strong fairness in any.
    pub(super) fn unmet<M: Specification>(&self, labelled: &Labelled<'_, M>) -> Vec<u16> {
        let is_unmet = |class: u16| {
            let at = usize::from(class);
            let is_asked_for = match labelled.constraint(class) {
                Some(Fairness::Weak(_)) => self.enabled[at] == self.visits,
                Some(Fairness::Strong(_)) => true,
                _ => false,
            };
            is_asked_for && !self.taken[at]
        };
        self.touched.iter().copied().filter(|&class| is_unmet(class)).collect()
    }

    /// The constraints enabled in some state visited, in the order of their numbers.
    pub(super) fn relevant(&self) -> Vec<u16> {
        let mut relevant = self.touched.clone();
        relevant.sort_unstable();
        relevant
    }
}
