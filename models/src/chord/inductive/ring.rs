//! What the invariant gives: one ring, in order, that everybody leads to.
//!
//! Source: CHORD-25, parts A and D, which prove for every circle what is enumerated here.

use std::ops::ControlFlow;

use super::findings::{Counterexample, Findings};
use super::jobs::Meter;
use super::space::Space;
use crate::chord::Shape;

/// How many states are visited between two looks at the stop signal.
const STRIDE: u64 = 1 << 10;

/// A question to a state: why it breaks the claim, if it does.
pub(super) type Breach = fn(&Shape) -> Option<String>;

/// The questions, in the order of the claims.
pub(super) const BREACHES: [Breach; 7] = [
    duplicate,
    disordered_list,
    no_ring,
    two_rings,
    disordered_ring,
    disconnected_appendage,
    principal_outside_the_ring,
];

fn duplicate(shape: &Shape) -> Option<String> {
    let (id, entry) = shape.duplicate()?;
    Some(format!("the extended list of {id} has {entry} twice"))
}

fn disordered_list(shape: &Shape) -> Option<String> {
    let (id, [a, b, c]) = shape.disordered_list()?;
    Some(format!("the extended list of {id} has {a}, {b}, {c} in this order"))
}

fn no_ring(shape: &Shape) -> Option<String> {
    shape.ring().is_empty().then(|| "no member comes back to itself".into())
}

fn two_rings(shape: &Shape) -> Option<String> {
    let first = shape.ring().first()?;
    let all = (!shape.is_at_most_one_ring()).then(|| shape.ring())?;
    let mine = shape.reached_from(first);
    Some(format!("{mine} and {} are rings apart", all.minus(mine)))
}

fn disordered_ring(shape: &Shape) -> Option<String> {
    let (id, between, best) = shape.disorder()?;
    Some(format!("the ring goes from {id} to {best}, and passes over {between}, which is in it"))
}

fn disconnected_appendage(shape: &Shape) -> Option<String> {
    let lost = shape.disconnected();
    (!lost.is_empty()).then(|| format!("no ring is reached from {lost}"))
}

fn principal_outside_the_ring(shape: &Shape) -> Option<String> {
    let outside = shape.principals().minus(shape.ring());
    (!outside.is_empty()).then(|| format!("{outside} are principals outside the ring"))
}

/// Asks every question of every state of one part of a space.
pub(super) fn check(space: &Space, part: usize, meter: &Meter) -> Findings {
    let mut found = Findings::new(BREACHES.len(), 0);
    let _ = space.visit(part, &mut |shape| {
        found.states += 1;
        for (claim, breach) in BREACHES.into_iter().enumerate() {
            let because = breach(shape);
            found.ask(claim, because.is_none(), || Counterexample {
                before: *shape,
                step: None,
                because: because.unwrap_or_default(),
            });
        }
        if found.states.is_multiple_of(STRIDE) {
            meter.add(STRIDE, 0);
            if meter.is_stopped() {
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    meter.add(found.states % STRIDE, 0);
    found
}
