//! A run: faults first, then healing, in which convergence is demanded.

use std::time::Duration;

use straightedge_impl::machine::Time;

use super::plan::Plan;
use super::system::{Difference, Observer, System};
use super::world::World;

/// When a run has to have converged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Healing {
    /// How long healing may take, in the run's time, from the end of the last fault.
    pub within: Duration,
    /// How often convergence is looked for.
    pub every: Duration,
    /// How often in a row it has to be found: what has converged must stay so.
    pub looks: u32,
    /// More events than this are a run that goes round in circles.
    pub events_max: u64,
}

impl Default for Healing {
    fn default() -> Self {
        Self {
            within: Duration::from_mins(5),
            every: Duration::from_secs(1),
            looks: 3,
            events_max: 1_000_000_000,
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It converged that long after the end of the last fault, and stayed so.
    Converged {
        /// When it was found to have, at the first look.
        after: Duration,
    },
    /// It did not converge in time.
    NotConverged {
        /// Which nodes are not as they must be.
        differences: Vec<Difference>,
    },
    /// It took more events than it may.
    Runaway {
        /// When that was.
        at: Time,
    },
    /// Whoever watched put an end to it.
    Interrupted,
}

impl Ending {
    /// Whether the run shows something wrong.
    #[must_use]
    pub const fn is_failure(&self) -> bool {
        matches!(self, Self::NotConverged { .. } | Self::Runaway { .. })
    }
}

/// How many events happen between two glances at the outside.
const GLANCE: u64 = 1 << 16;

/// Called now and then with the events and the time so far; the run ends if it says no.
pub type Watch<'a> = dyn FnMut(u64, Time) -> bool + 'a;

/// When faults stop: at the plan's end, or with the last of its faults if that is later.
#[must_use]
pub fn healing_begins(plan: &Plan) -> Time {
    Time::ORIGIN.after(Duration::from_millis(plan.until_ms.max(plan.last_end_ms())))
}

/// What was seen at one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// When it was.
    pub at: Time,
    /// How many nodes were not as they must be at last.
    pub differing: usize,
}

/// The course of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// What was seen from time to time.
    pub looks: Vec<Look>,
    /// When faults stopped.
    pub healing_begins: Time,
    /// How it ended.
    pub ending: Ending,
}

/// Carries out the plan, then waits for convergence.
pub fn run<S: System, O: Observer<S::Machine>>(
    world: &mut World<S, O>,
    healing: &Healing,
    watch: &mut Watch<'_>,
) -> Course {
    let healing_begins = healing_begins(&world.plan);
    let mut course = Course { looks: Vec::new(), healing_begins, ending: Ending::Interrupted };
    course.ending = until_the_end(world, healing, &mut course, watch);
    course
}

fn until_the_end<S: System, O: Observer<S::Machine>>(
    world: &mut World<S, O>,
    healing: &Healing,
    course: &mut Course,
    watch: &mut Watch<'_>,
) -> Ending {
    let begins = course.healing_begins;
    let deadline = begins.after(healing.within);
    let (mut first, mut in_a_row) = (None, 0);
    loop {
        let every = healing.every.max(Duration::from_nanos(1));
        let mut next = world.now().after(every);
        if world.now() < begins {
            next = next.min(begins);
        }
        if let Some(ending) = reach(world, next, healing, watch) {
            return ending;
        }
        let now = world.now();
        let differences = world.system().differences(&world.nodes());
        course.looks.push(Look { at: now, differing: differences.len() });
        if now < begins {
            continue;
        }
        if differences.is_empty() {
            let found = *first.get_or_insert(now);
            in_a_row += 1;
            if in_a_row >= healing.looks.max(1) {
                return Ending::Converged { after: between(begins, found) };
            }
        } else if now >= deadline {
            return Ending::NotConverged { differences };
        } else {
            (first, in_a_row) = (None, 0);
        }
    }
}

/// Goes on to that moment; the ending, if the run ends before.
fn reach<S: System, O: Observer<S::Machine>>(
    world: &mut World<S, O>,
    moment: Time,
    healing: &Healing,
    watch: &mut Watch<'_>,
) -> Option<Ending> {
    while !world.run_until(moment, GLANCE) {
        if world.events() > healing.events_max {
            return Some(Ending::Runaway { at: world.now() });
        }
        if !watch(world.events(), world.now()) {
            return Some(Ending::Interrupted);
        }
    }
    let goes_on = watch(world.events(), world.now());
    (!goes_on).then_some(Ending::Interrupted)
}

const fn between(earlier: Time, later: Time) -> Duration {
    Duration::from_nanos(later.nanoseconds().saturating_sub(earlier.nanoseconds()))
}
