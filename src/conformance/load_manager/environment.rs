//! What is assumed of the world around the balancer, each assumption by itself, and what can happen
//! in it.

use straightedge_impl::load_manager::{Admin, Balancer, Config, Server, Timer};
use straightedge_impl::machine::Nonce;
use straightedge_models::load_manager::{Machine as Condition, Phase, Policy, Switch};

use super::super::environment::{Cause, Environment, Started, StateOf};
use super::super::world::{ActionOf, Allowance, Budget, PacketOf};
use super::command::{Command, Here, Nothing};
use super::place::{Habits, Place};
use super::site::Site;

/// What is assumed. Each of them can be left out, to see what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one sentence, true or not")]
pub struct Assumptions {
    /// A server acts on a request, as far as anyone can tell, if it must not be done twice.
    /// Source: LOAD_MANAGER-52
    pub writes_are_sent: bool,
    /// A crash cuts connections that are being set up, too. Source: LOAD_MANAGER-53
    pub crashes_cut_all: bool,
    /// An answer is heard before its server crashes. Source: LOAD_MANAGER-54
    pub answers_arrive: bool,
    /// A server that is up answers a check in time, unless it lies. Source: LOAD_MANAGER-55
    pub checks_are_in_time: bool,
    /// What drains does not fail. Source: LOAD_MANAGER-57
    pub draining_is_sound: bool,
}

impl Assumptions {
    /// All of them.
    pub const ALL: Self = Self {
        writes_are_sent: true,
        crashes_cut_all: true,
        answers_arrive: true,
        checks_are_in_time: true,
        draining_is_sound: true,
    };
}

/// A balancer's servers, clients and administrator, and what may happen to them.
#[derive(Clone)]
pub struct Surroundings {
    pub(super) switch: Switch,
    pub(super) config: Config,
    /// The numbers that come with requests, where they draw something.
    pub(super) chances: u64,
    pub(super) assumptions: Assumptions,
    /// Whether what may happen may happen for ever.
    pub(super) is_endless: bool,
}

/// A network of one balancer, with all that is around it.
pub type State = StateOf<Surroundings>;

/// The balancer with all that is around it.
#[must_use]
pub fn site(state: &State) -> Option<&Site> {
    state.host(0).map(|host| &host.machine)
}

impl Surroundings {
    /// The whole before anything has happened.
    pub(super) fn begin(&self) -> Option<Site> {
        let habits = Habits {
            opens_slowly: self.switch.opens_slowly,
            uses: match self.switch.policy {
                Policy::RoundRobinDns { uses } => uses,
                _ => 0,
            },
            clients: self.switch.clients,
            cuts_all: self.assumptions.crashes_cut_all,
        };
        let balancer = Balancer::new(self.config.clone()).ok()?;
        let site = Site::new(balancer, habits, self.switch.budget);
        Some(Site { is_endless: self.is_endless, ..site })
    }

    /// All that can happen now.
    #[must_use]
    pub fn possible(&self, site: &Site) -> Vec<Command> {
        let mut commands = self.arrivals(site);
        if site.left.aborts > 0 {
            let waiting = site.balancer.queue().iter();
            commands.extend(waiting.map(|pending| Command::Abandon(pending.request.id.0)));
        }
        for server in 0..self.config.servers {
            let Some(place) = site.place(server) else { continue };
            self.to_lines(site, server, place, &mut commands);
            self.to_the_belief(site, server, place, &mut commands);
            orders(site, server, &mut commands);
            self.to_the_server(site, server, place, &mut commands);
            commands.push(Command::Stray(server));
        }
        commands
    }

    fn arrivals(&self, site: &Site) -> Vec<Command> {
        let mut arrivals = Vec::new();
        let chances = if self.switch.policy == Policy::TwoChoices { self.chances } else { 1 };
        for client in 0..u32::from(self.switch.clients) {
            for (is_write, left) in [(false, site.left.reads), (true, site.left.writes)] {
                let chances = if left > 0 { 0..chances } else { 0..0 };
                arrivals.extend(chances.map(|chance| {
                    let drawn = self.drawn(site, chance);
                    Command::Arrive { client, is_write, chance, drawn }
                }));
            }
        }
        arrivals
    }

    fn drawn(&self, site: &Site, chance: u64) -> Option<(u32, u32)> {
        let draws = self.switch.policy == Policy::TwoChoices;
        let (first, second) = site.balancer.pair(Nonce(chance)).filter(|_| draws)?;
        (first != second).then_some((first.0, second.0))
    }

    /// What becomes of a server's connections.
    fn to_lines(&self, site: &Site, server: u32, place: &Place, commands: &mut Vec<Command>) {
        for (id, line) in &place.lines {
            let request = id.0;
            match line.phase {
                Phase::Opening if place.is_up() => {
                    commands.push(Command::Establish(server, request));
                }
                Phase::Opening => {}
                Phase::Open => {
                    commands.push(Command::Complete(server, request));
                    if self.may_fail(site, server) {
                        commands.push(Command::Fail(server, request));
                    }
                }
                Phase::Cut => {
                    let may_be_refused = !line.is_write || !self.assumptions.writes_are_sent;
                    let is_refused = may_be_refused && !place.is_up();
                    commands.push(Command::Break { server, request, is_refused });
                    if !self.assumptions.answers_arrive {
                        commands.push(Command::Complete(server, request));
                    }
                }
            }
            if site.left.aborts > 0 {
                commands.push(Command::Abort(server, request));
            }
        }
    }

    /// Whether a server may answer by a failure, which sets it aside.
    fn may_fail(&self, site: &Site, server: u32) -> bool {
        let Some(backend) = site.balancer.backend(Server(server)) else { return false };
        let is_ready = backend.admin == Admin::Ready || !self.assumptions.draining_is_sound;
        let may_be_ejected = is_ready && !backend.is_ejected;
        site.left.outliers > 0 && may_be_ejected
    }

    /// Checks, and what passes with time.
    fn to_the_belief(&self, site: &Site, server: u32, place: &Place, commands: &mut Vec<Command>) {
        let is_set = |timer: Timer| site.timers.contains(&timer);
        let at = Server(server);
        let is_free = place.asked.is_none() && place.late.is_none();
        if self.switch.has_checks() && is_free && is_set(Timer::Check(at)) {
            let passed = place.is_up();
            let check = |passed, is_answered, is_lie| Command::Check {
                server,
                passed,
                is_answered,
                is_lie,
            };
            commands.push(check(passed, true, false));
            if !passed || !self.assumptions.checks_are_in_time {
                commands.push(check(false, false, false));
            }
            if site.left.lies > 0 {
                commands.push(check(!passed, true, true));
                commands.extend(passed.then(|| check(false, false, true)));
            }
            if site.left.late_results > 0 {
                commands.push(Command::Probe(server));
            }
        }
        if place.late.is_some() {
            commands.push(Command::HearProbe(server));
        }
        if is_set(Timer::Ramp(at)) {
            commands.push(Command::Warm(server));
        }
        if is_set(Timer::Ejection(at)) {
            commands.push(Command::Reinstate(server));
        }
    }

    fn to_the_server(&self, site: &Site, server: u32, place: &Place, commands: &mut Vec<Command>) {
        let left = site.left;
        let all = || site.places.iter();
        let live = all().filter(|place| place.is_up()).count();
        let killed = all().filter(|place| place.condition == Condition::Killed).count();
        let blast = self.switch.blast;
        let may_be_killed =
            live > usize::from(blast.least_live) && killed < usize::from(blast.radius);
        let offers = [
            (place.is_up() && left.crashes > 0, Command::Crash(server)),
            (place.is_up() && left.kills > 0 && may_be_killed, Command::Kill(server)),
            (!place.is_up() && left.recoveries > 0, Command::Recover(server)),
        ];
        commands.extend(offers.into_iter().filter(|(is_possible, _)| *is_possible).map(|o| o.1));
    }
}

/// What the administrator may order.
fn orders(site: &Site, server: u32, commands: &mut Vec<Command>) {
    let Some(backend) = site.balancer.backend(Server(server)) else { return };
    let (left, admin) = (site.left, backend.admin);
    let is_drained = admin == Admin::Draining && backend.count == 0;
    let offers = [
        (admin == Admin::Ready && left.drains > 0, Command::Drain(server)),
        (is_drained, Command::Retire(server)),
        (admin != Admin::Maintenance && left.maintenances > 0, Command::Maintain(server)),
        (admin != Admin::Ready, Command::MakeReady(server)),
    ];
    commands.extend(offers.into_iter().filter(|(is_possible, _)| *is_possible).map(|o| o.1));
}

impl Environment for Surroundings {
    type Machine = Site;
    type Ghost = ();

    const REPEATS: bool = false;
    const TELLS: bool = true;

    fn addresses(&self) -> &[Here] {
        &[Here]
    }

    fn start(&self) -> Vec<Option<Started<Self>>> {
        vec![self.begin().map(|site| (site, Vec::new()))]
    }

    fn budget(&self) -> Budget {
        let none = Allowance::NONE;
        Budget { crashes: none, duplicates: none, losses: none, entries: none }
    }

    fn newcomer(&self, _: Here) -> Site {
        unreachable!("nobody comes in")
    }

    fn commands(&self, _: &State, _: usize) -> Vec<Command> {
        Vec::new()
    }

    fn is_out(&self, _: &Site) -> bool {
        false
    }

    fn may_crash(&self, _: &State) -> Vec<usize> {
        Vec::new()
    }

    fn may_fire(&self, _: &State, _: usize, _: &Nothing) -> bool {
        false
    }

    fn may_repeat(&self, _: &PacketOf<Site>) -> bool {
        false
    }

    fn orders(&self, state: &State, _: usize) -> Vec<Command> {
        site(state).map_or_else(Vec::new, |site| self.possible(site))
    }

    fn is_connected(&self, _: &State, _: &PacketOf<Site>) -> bool {
        true
    }

    fn fresh(&self, _: &State, _: usize, _: &Cause<Site>) -> Nonce {
        Nonce(0)
    }

    fn ghost(&self, _: &State, _: &ActionOf<Site>, _: &State) {}
}
