//! Every step of the model's graph, taken by a balancer that has come to the state by itself.
//!
//! Of each state of the model some networks that stand for it are kept: those to which the walk has
//! come so far. All that can happen in them happens, until each of the model's steps was taken.

use std::collections::BTreeMap;

use straightedge_impl::load_manager::{Admin, Balancer, Command as Order, Message, Server, Timer};
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, Time};
use straightedge_models::engine::{Run, Tier};
use straightedge_models::load_manager::{Action as Move, Budget, Policy, State, Switch};

use super::super::cover::{self, Covered, Replay, StepOf, Taken, Until};
use super::command::Command;
use super::environment::Surroundings;
use super::instances::{Instance, Variation, instance};
use super::observed::Abstract;
use super::refinement::{Forgetful, Mapping, Step, may_be};
use super::site::Site;

/// A graph of the model whose steps are taken.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The name of the model's instance.
    pub name: &'static str,
    /// When its steps are taken.
    pub tier: Tier,
}

const fn subject(name: &'static str) -> Subject {
    Subject { name, tier: Tier::Ci }
}

const fn nightly(name: &'static str) -> Subject {
    Subject { name, tier: Tier::Nightly }
}

/// The instances whose graphs are walked.
pub const SUBJECTS: &[Subject] = &[
    subject("round_robin"),
    subject("least_connections"),
    nightly("two_choices_three_arrivals"),
    subject("two_choices_one_crash"),
    subject("slow_connections"),
    nightly("two_crashes"),
    subject("lying_checks"),
    subject("late_results_two_arrivals"),
    nightly("late_results"),
    subject("asymmetric_thresholds"),
    subject("slow_start"),
    subject("panic_one_crash"),
    nightly("panic"),
    subject("writes"),
    subject("aborts"),
    subject("maintenance_at_once"),
    nightly("chaos"),
    subject("outliers_half"),
    subject("outliers_two_thirds"),
    subject("outliers_at_least_one"),
    subject("round_robin_dns"),
    subject("modulo_one_crash"),
    nightly("modulo"),
    subject("rendezvous_one_crash"),
    nightly("rendezvous"),
    subject("maglev_one_crash"),
    nightly("maglev"),
    subject("content_aware"),
];

impl Subject {
    /// The subject of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        SUBJECTS.iter().find(|subject| subject.name == name).copied()
    }

    /// Takes every step of the graph.
    #[must_use]
    pub fn cover(&self, variation: Variation, until: Until, run: &Run<'_>) -> Covered {
        let unknown = instance(self.name, Switch::new(Policy::RoundRobin, 1, 1, 1), "");
        let instance = Instance::named(self.name).unwrap_or(unknown);
        let surroundings = Surroundings { chances: CHANCES, ..instance.surroundings(variation) };
        let mapping = instance.mapping();
        let mut walk = Walk {
            model: Forgetful(instance.switch),
            kept: BTreeMap::new(),
            wrong: Vec::new(),
            mapping,
            surroundings,
        };
        if let Some(site) = walk.surroundings.begin() {
            walk.keep(mapping.seen(&site), site);
        }
        cover::cover(self.name, walk, until, run)
    }
}

/// So many networks are kept of each state of the model; more, where they differ in what will be
/// drawn.
const KEPT: usize = 2;
const KEPT_WITH_DRAWS: usize = 48;

/// So many numbers come with requests here: enough for each pair to be drawn twice in a row, in
/// every way.
const CHANCES: u64 = 48;

/// Where many networks stand for a state, each gets some of the numbers that may come with a
/// request: all of them in all would be too many.
fn is_its_share(command: &Command, place: usize, among: usize) -> bool {
    let Command::Arrive { chance, .. } = *command else { return true };
    let share = (CHANCES / among as u64).max(6);
    let since = (chance + CHANCES - place as u64 * share % CHANCES) % CHANCES;
    among == 1 || since <= share
}

struct Walk {
    model: Forgetful,
    mapping: Mapping,
    surroundings: Surroundings,
    kept: BTreeMap<Abstract, Vec<Site>>,
    /// What the balancer did that the model refuses, in the state at hand.
    wrong: Vec<(String, bool)>,
}

impl Replay for Walk {
    type Model = Forgetful;

    fn model(&self) -> &Forgetful {
        &self.model
    }

    fn steps(&mut self, state: &Abstract, steps: &[StepOf<Forgetful>]) -> Vec<Taken> {
        self.wrong.clear();
        let starts = self.kept.get(state).cloned().unwrap_or_default();
        if starts.is_empty() {
            let unreached = "in a state to which the balancer does not come";
            return steps.iter().map(|_| Taken::Beyond(unreached)).collect();
        }
        let networks = starts.len();
        let mut are_taken: Vec<bool> = steps.iter().map(|(_, next)| next == state).collect();
        for place in 0..networks {
            self.explore(state, steps, (&starts, place), &mut are_taken);
        }
        let taken = |((step, _), is_taken): (&StepOf<Forgetful>, bool)| match (
            is_taken,
            beyond(&self.mapping.switch, &state.0, step),
        ) {
            (true, _) => Taken::Taken,
            (false, Some(reason)) => Taken::Beyond(reason),
            (false, None) => Taken::Missing {
                instead: "nothing that can happen here is that".into(),
                after: networks,
            },
        };
        steps.iter().zip(are_taken).map(taken).collect()
    }

    fn refusals(&mut self, state: &Abstract) -> Vec<(String, bool)> {
        let mut refusals = std::mem::take(&mut self.wrong);
        let start = self.kept.get(state).and_then(|kept| kept.first());
        if let Some(start) = start {
            for (name, input) in provocations(&self.mapping.switch, &state.0, start) {
                refusals.push((name, is_refused(start, input)));
            }
        }
        refusals
    }
}

impl Walk {
    fn explore(
        &mut self,
        state: &Abstract,
        steps: &[StepOf<Forgetful>],
        (starts, place): (&[Site], usize),
        are_taken: &mut [bool],
    ) {
        let start = &starts[place];
        for command in self.surroundings.possible(start) {
            if !is_its_share(&command, place, starts.len()) {
                continue;
            }
            let mut after = start.clone();
            let input = Input::Command { command, fresh: Nonce(0) };
            after.handle(Time::ORIGIN, input, &mut Vec::new());
            let seen = self.mapping.seen(&after);
            let mut is_explained = seen == *state;
            for ((step, next), is_taken) in steps.iter().zip(&mut *are_taken) {
                let is_it = *next == seen && may_be(&command, step);
                *is_taken |= is_it;
                is_explained |= is_it;
            }
            if is_explained {
                self.keep(seen, after);
            } else {
                self.wrong.push((format!("{command:?}"), false));
            }
        }
    }

    fn keep(&mut self, seen: Abstract, site: Site) {
        let draws = self.mapping.switch.policy == Policy::TwoChoices;
        let most = if draws { KEPT_WITH_DRAWS } else { KEPT };
        let kept = self.kept.entry(seen).or_default();
        if kept.len() < most && !kept.contains(&site) {
            kept.push(site);
        }
    }
}

/// Whether the balancer says that it does not act on this, and has not changed.
fn is_refused(site: &Site, input: Given) -> bool {
    let mut balancer = site.balancer.clone();
    let mut outputs = Vec::new();
    balancer.handle(Time::ORIGIN, input, &mut outputs);
    matches!(outputs.as_slice(), [Output::Ignored(_)]) && balancer == site.balancer
}

type Given = InputOf<Balancer>;

/// Inputs that would be steps which the model refuses, whatever is left of its budget.
fn provocations(switch: &Switch, state: &State, site: &Site) -> Vec<(String, Given)> {
    if !switch.policy.is_managed() {
        return Vec::new();
    }
    let left = Budget { drains: 1, maintenances: 1, late_results: 1, ..state.left };
    let able = State { left, ..*state };
    let refuses = |step: Move| switch.turn(&able, step).is_none();
    let mut inputs = Vec::new();
    for server in state.identifiers() {
        let at = Server(server.into());
        let fresh = Nonce(0);
        let timer = |timer| Input::Timer { timer, fresh };
        let order = |admin| Input::Command { command: Order::Order { server: at, admin }, fresh };
        let heard = Message::Probed { nonce: fresh, passed: true };
        let offers = [
            (Move::Warm(server), timer(Timer::Ramp(at))),
            (Move::Reinstate(server), timer(Timer::Ejection(at))),
            (Move::Check(server), timer(Timer::Check(at))),
            (Move::Drain(server), order(Admin::Draining)),
            (Move::MakeReady(server), order(Admin::Ready)),
            (Move::Maintain(server), order(Admin::Maintenance)),
            (Move::HearProbe(server), Input::Message { from: at, message: heard }),
        ];
        let refused = offers.into_iter().filter(|(step, _)| refuses(*step));
        inputs.extend(refused.map(|(step, input)| (step.to_string(), input)));
    }
    let taken = site.balancer.connections().values().next();
    if let Some(connection) = taken {
        let command = Order::Serve(connection.pending.request);
        inputs.push((
            "arrive, by a name that is taken".into(),
            Input::Command { command, fresh: Nonce(0) },
        ));
    }
    inputs
}

/// Why the balancer cannot take a step that the model has, if that is so.
fn beyond(switch: &Switch, state: &State, step: &Step) -> Option<&'static str> {
    let Step::One(step) = *step else { return None };
    let is_under_way = |server: u8| state.server(server).late_result.is_some();
    match step {
        Move::Check(_) if !switch.policy.is_managed() => {
            Some("who gives out addresses alone checks nobody")
        }
        Move::Check(server) | Move::Lie(server) if is_under_way(server) => {
            Some("a server is not checked while the result of a check is under way")
        }
        Move::Outlier(_) => Some("a server is set aside in the step in which it fails a request"),
        _ => None,
    }
}
