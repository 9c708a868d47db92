//! What is claimed of floods.

use crate::engine::{Claim, Form};

use super::step::ROOT;
use super::{Event, Flood, Load};

/// All that is claimed of this flood.
pub(super) fn claims(flood: &Flood) -> Vec<Claim<Flood>> {
    if flood.is_aging() {
        vec![THE_ROOT_STAYS_FRESH, A_WINDOW_LETS_SOME_THROUGH]
    } else {
        vec![THE_ROOT_GETS_WHAT_ITS_NEIGHBOURS_LEAK, THE_ROOT_GETS_THAT_MANY]
    }
}

const THE_ROOT_GETS_WHAT_ITS_NEIGHBOURS_LEAK: Claim<Flood> = Claim::new(
    "the_root_gets_what_its_neighbours_leak",
    "In a complete space of full nodes the closest gets at most the leakage times the bits of an \
     identifier, in a window.",
    "CORAL-23",
    Form::Always {
        when: Some(|_: &Flood, load: &Load| load.at_the_root > 0),
        holds: |flood: &Flood, load: &Load| load.at_the_root <= flood.leakage * flood.width,
    },
)
.because(|flood, load| {
    let bound = flood.leakage * flood.width;
    format!("{} forward requests came to the closest node, not {bound} at most", load.at_the_root)
});

const THE_ROOT_GETS_THAT_MANY: Claim<Flood> = Claim::new(
    "the_root_gets_that_many",
    "The closest node gets the leakage times the bits of an identifier.",
    "CORAL-23",
    Form::Sometimes(|flood: &Flood, load: &Load| load.at_the_root == flood.leakage * flood.width),
);

const THE_ROOT_STAYS_FRESH: Claim<Flood> = Claim::new(
    "the_root_stays_fresh",
    "The closest node is never again without a live value once it has had one.",
    "CORAL-29",
    Form::Always {
        when: Some(|_: &Flood, load: &Load| load.has_begun),
        holds: |_, load: &Load| load.lives[usize::from(ROOT)].iter().any(|&life| life > 0),
    },
);

/// Of the node on the way: what it refuses, it refuses since it has let the leakage through.
const A_WINDOW_LETS_SOME_THROUGH: Claim<Flood> = Claim::new(
    "a_window_lets_some_through",
    "A node on the way stops a put only once it has let the leakage through in this window.",
    "CORAL-10",
    Form::Step {
        when: |_, load, event, next| {
            *event == Event::Put(1) && next.at_the_root == load.at_the_root
        },
        // In a chain, what node 1 lets through is what comes to the root.
        holds: |flood, load, _, _| load.at_the_root >= flood.leakage,
    },
);
