//! Long random runs with more servers and requests, each step held against the rules.

use straightedge_impl::load_manager::{RequestId, Server};
use straightedge_models::engine::{self, Run};
use straightedge_models::load_manager::{Action as Move, Draw, Policy, Switch};

use super::super::environment::{Environment, StateOf};
use super::super::network::Network;
use super::super::random::{self, Plan, StepOf, Tally, Tried, World};
use super::super::search::Difference;
use super::super::world::Action;
use super::command::{Command, Here};
use super::environment::{Surroundings, site};
use super::instances::{Instance, Variation, instance};
use super::observed::{Observed, observe};
use super::refinement::{Step, command, may_be};
use super::rules;

pub use super::settings::SETTINGS;

/// A balancer with which random runs are made.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Stable name in `snake_case`.
    pub name: &'static str,
    /// The model's sizes, as if it were large enough.
    pub switch: Switch,
    /// Steps of a run at most.
    pub steps: usize,
    /// What must have happened how often in every thousand steps.
    pub floors: &'static [(&'static str, u64)],
}

impl Setting {
    fn instance(&self) -> Instance {
        instance(self.name, self.switch, "")
    }

    /// The surroundings of one run.
    #[must_use]
    pub fn course(&self, variation: Variation) -> Course {
        let surroundings =
            Surroundings { is_endless: true, ..self.instance().surroundings(variation) };
        Course { network: Network::new(surroundings), switch: self.switch }
    }

    /// Runs so many cases that are drawn from this seed.
    #[must_use]
    pub fn try_out(&self, variation: Variation, seed: u64, cases: u32, run: &Run<'_>) -> Tried {
        let setting = *self;
        let Self { name, steps, floors, .. } = setting;
        let plan = Plan { setting: name, steps, floors, seed, cases };
        random::try_out(plan, || setting.course(variation), run)
    }

    /// Takes the steps of these names that are possible, one after the other; the run up to the
    /// first one that is not explained, if there is one.
    #[must_use]
    pub fn replay(&self, variation: Variation, names: &[String]) -> Option<Difference> {
        random::replay(self.course(variation), names)
    }
}

/// The surroundings of one run.
pub struct Course {
    network: Network<Surroundings>,
    switch: Switch,
}

/// How likely each kind is, in parts of 128; what is left goes to arrivals.
const WEIGHTS: &[(&[&str], u32)] = &[
    (&["complete"], 18),
    (&["establish"], 20),
    (&["reset", "refuse"], 8),
    (&["abort"], 3),
    (&["abandon"], 2),
    (&["check", "time_out"], 18),
    (&["lie"], 3),
    (&["probe", "hear_probe"], 4),
    (&["warm", "reinstate"], 4),
    (&["fail"], 4),
    (&["drain"], 2),
    (&["retire"], 2),
    (&["maintain"], 1),
    (&["make_ready"], 4),
    (&["crash"], 2),
    (&["recover"], 3),
    (&["stray"], 2),
];

impl Course {
    /// The steps that may be this one, each with those that it consists of.
    fn candidates(&self, before: &Observed, command: &Command) -> Vec<Step> {
        let mut moves: Vec<Move> = (0..before.queue.len() as u8).map(Move::Abandon).collect();
        match *command {
            Command::Arrive { client, is_write, drawn, .. } => {
                let draw = drawn.map_or(Draw::None, |(a, b)| Draw::Two(a as u8, b as u8));
                moves.push(Move::Arrive { client: client as u8, is_write, draw });
            }
            Command::Establish(server, _)
            | Command::Complete(server, _)
            | Command::Fail(server, _)
            | Command::Break { server, .. }
            | Command::Abort(server, _) => self.at_a_server(before, server as u8, &mut moves),
            Command::Check { server, .. }
            | Command::Probe(server)
            | Command::HearProbe(server)
            | Command::Warm(server)
            | Command::Reinstate(server)
            | Command::Drain(server)
            | Command::Retire(server)
            | Command::Maintain(server)
            | Command::MakeReady(server)
            | Command::Crash(server)
            | Command::Kill(server)
            | Command::Recover(server) => moves.extend(of_a_server(server as u8)),
            Command::Abandon(_) | Command::Stray(_) => {}
        }
        let both = moves.iter().filter_map(|step| match *step {
            Move::Complete(server, _) => Some(Step::Both(Move::Outlier(server), *step)),
            _ => None,
        });
        let all = both.chain(moves.iter().copied().map(Step::One));
        all.filter(|step| may_be(command, step)).collect()
    }

    fn at_a_server(&self, before: &Observed, server: u8, moves: &mut Vec<Move>) {
        let mut draws = vec![Draw::None];
        if self.switch.policy == Policy::TwoChoices {
            let all = 0..self.switch.servers;
            draws.extend(all.clone().flat_map(|a| all.clone().map(move |b| Draw::Two(a, b))));
        }
        let connections = before.servers.get(usize::from(server));
        let connections = connections.map_or(0, |seen| seen.connections.len() as u8);
        for connection in 0..connections {
            moves.push(Move::Establish(server, connection));
            moves.push(Move::Complete(server, connection));
            moves.push(Move::Abort(server, connection));
            let reset = |&draw: &Draw| Move::Reset { server, connection, draw };
            moves.extend(draws.iter().map(reset));
        }
    }

    fn after(&self, before: &Observed, step: Step) -> Option<Observed> {
        match step {
            Step::One(step) => rules::next(&self.switch, before, step),
            Step::Both(first, second) => {
                let between = rules::next(&self.switch, before, first)?;
                rules::next(&self.switch, &between, second)
            }
        }
    }
}

/// What is about a server alone.
fn of_a_server(server: u8) -> [Move; 13] {
    [
        Move::Check(server),
        Move::Lie(server),
        Move::Probe(server),
        Move::HearProbe(server),
        Move::Warm(server),
        Move::Reinstate(server),
        Move::Drain(server),
        Move::Retire(server),
        Move::Maintain(server),
        Move::MakeReady(server),
        Move::Crash(server),
        Move::Kill(server),
        Move::Recover(server),
    ]
}

impl World for Course {
    type Environment = Surroundings;
    type Observed = Observed;

    fn network(&self) -> &Network<Surroundings> {
        &self.network
    }

    fn observe(&self, state: &StateOf<Surroundings>) -> Observed {
        let Some(site) = site(state) else { unreachable!("the balancer is always there") };
        observe(&self.switch, site)
    }

    /// A kind by its weight, and then any of that kind that is possible.
    fn pick(&self, state: &StateOf<Surroundings>, drawn: u32) -> Option<StepOf<Surroundings>> {
        let (mut part, choice) = (drawn % 128, (drawn / 128) as usize);
        let mut kinds: &[&str] = &["arrive"];
        for (of_weight, weight) in WEIGHTS {
            if part < *weight {
                kinds = of_weight;
                break;
            }
            part -= weight;
        }
        let mut commands = self.network.environment.orders(state, 0);
        commands.retain(|command| kinds.contains(&command.kind()));
        let among = commands.len();
        let command = (among > 0).then(|| commands.swap_remove(choice % among))?;
        Some(Action::Tell { node: Here, command })
    }

    fn explanation(
        &self,
        before: &Observed,
        step: &StepOf<Surroundings>,
        after: &Observed,
    ) -> Option<&'static str> {
        let command = command(step)?;
        let steps = self.candidates(before, &command).into_iter();
        let mut right = steps.filter(|step| self.after(before, *step).as_ref() == Some(after));
        right.next().map(|step| engine::Action::name(&step))
    }

    fn change(&self, before: &Observed, after: &Observed) -> String {
        let (before, after) = (before.told(), after.told());
        let only = |of: &[String], other: &[String]| {
            let changed = of.iter().filter(|line| !other.contains(line)).cloned();
            changed.collect::<Vec<_>>().join("; ")
        };
        format!("[{}] → [{}]", only(&before, &after), only(&after, &before))
    }

    fn note(&self, before: &StateOf<Surroundings>, step: &StepOf<Surroundings>, tally: &mut Tally) {
        let mut count = |name| *tally.entry(name).or_default() += 1;
        let (Some(now), Some(command)) = (site(before), command(step)) else { return };
        let is_full = now.balancer.queue().len() >= usize::from(self.switch.queue);
        let servers = || (0..now.places.len() as u32).map(Server);
        let has_candidate = servers().any(|server| now.balancer.is_candidate(server));
        let has_server = servers().any(|server| now.balancer.is_eligible(server));
        match command {
            Command::Stray(_) => count("stray"),
            Command::Arrive { .. } if has_candidate || !has_server => {}
            Command::Arrive { .. } => count(if is_full { "shed" } else { "queued" }),
            Command::Break { server, request, .. } => {
                let place = now.place(server);
                let line = place.and_then(|place| place.lines.get(&RequestId(request)));
                let is_again = line.is_some_and(|l| !l.is_write && l.number < self.switch.retries);
                if is_again {
                    count("tried_again");
                }
            }
            _ => {}
        }
        if now.balancer.is_panicking() {
            count("panic");
        }
    }
}
