//! The balancer, and what is around it: servers, clients, and what is under way between them.
//!
//! The balancer is run as it is, through [`Machine::handle`] alone. Everything that it says is done
//! at once (LOAD_MANAGER-50).

use std::collections::BTreeSet;

use straightedge_impl::load_manager::{
    Admin, Attempt, Balancer, Command as Order, Delivery, Message, Request, RequestId, Server,
    Timer,
};
use straightedge_impl::machine::{Input, InputOf, Machine, Nonce, Output, OutputOf, Time};
use straightedge_models::load_manager::{Budget, Machine as Condition, Phase};

use super::command::{Command, Here, Nothing};
use super::place::{Habits, Kept, Line, Place, Tally};

/// The whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// The machine that is held against the model.
    pub balancer: Balancer,
    /// What it waits for.
    pub timers: BTreeSet<Timer>,
    /// The servers.
    pub places: Vec<Place>,
    /// The clients, where they are given addresses.
    pub clients: Vec<Kept>,
    /// What became of requests.
    pub tally: Tally,
    /// What may still happen.
    pub left: Budget,
    /// Whether what may happen may happen for ever.
    pub is_endless: bool,
    /// How clients and servers are.
    pub habits: Habits,
}

impl Machine for Site {
    type Address = Here;
    type Message = Nothing;
    type Timer = Nothing;
    type Command = Command;
    type Delivery = ();
    type Reason = ();

    fn handle(&mut self, _: Time, input: InputOf<Self>, _: &mut Vec<OutputOf<Self>>) {
        let Input::Command { command, .. } = input;
        self.spend(command);
        self.happen(command);
    }
}

impl Site {
    /// The balancer waits for what it waits for from the beginning.
    #[must_use]
    pub fn new(balancer: Balancer, habits: Habits, left: Budget) -> Self {
        let mut outputs = Vec::new();
        balancer.start(&mut outputs);
        let mut site = Self {
            places: vec![Place::default(); balancer.config().servers as usize],
            clients: vec![Kept::default(); usize::from(habits.clients)],
            timers: BTreeSet::new(),
            tally: Tally::default(),
            is_endless: false,
            balancer,
            left,
            habits,
        };
        site.carry_out(outputs, None);
        site
    }

    /// The server at that place, as it is.
    #[must_use]
    pub fn place(&self, server: u32) -> Option<&Place> {
        self.places.get(server as usize)
    }

    fn place_mut(&mut self, server: u32) -> Option<&mut Place> {
        self.places.get_mut(server as usize)
    }

    fn spend(&mut self, command: Command) {
        let left = &mut self.left;
        let spent = match command {
            _ if self.is_endless => return,
            Command::Arrive { is_write: false, .. } => &mut left.reads,
            Command::Arrive { is_write: true, .. } => &mut left.writes,
            Command::Fail(..) => &mut left.outliers,
            Command::Abort(..) | Command::Abandon(_) => &mut left.aborts,
            Command::Check { is_lie: true, .. } => &mut left.lies,
            Command::Probe(_) => &mut left.late_results,
            Command::Drain(_) => &mut left.drains,
            Command::Maintain(_) => &mut left.maintenances,
            Command::Crash(_) => &mut left.crashes,
            Command::Kill(_) => &mut left.kills,
            Command::Recover(_) => &mut left.recoveries,
            _ => return,
        };
        *spent = spent.saturating_sub(1);
    }

    fn happen(&mut self, command: Command) {
        match command {
            Command::Arrive { client, is_write, chance, .. } => {
                self.arrive(client, is_write, chance);
            }
            Command::Establish(server, request) => self.establish(server, RequestId(request)),
            Command::Complete(server, request) => {
                self.end(server, request, |attempt| Message::Done { attempt });
            }
            Command::Fail(server, request) => {
                self.end(server, request, |attempt| Message::Failed { attempt });
            }
            Command::Break { server, request, is_refused: false } => {
                self.end(server, request, |attempt| Message::Reset { attempt });
            }
            Command::Break { server, request, is_refused: true } => {
                self.end(server, request, |attempt| Message::Refused { attempt });
            }
            Command::Abort(server, request) => self.give_up(server, request),
            Command::Abandon(request) => self.command(Order::Abort(RequestId(request))),
            Command::Check { server, passed, is_answered, .. } => {
                self.run_out(Timer::Check(Server(server)));
                self.result(server, passed, is_answered);
            }
            Command::Probe(server) => {
                let found = self.place(server).map(Place::is_up);
                self.run_out(Timer::Check(Server(server)));
                if let Some(place) = self.place_mut(server) {
                    place.late = found;
                }
            }
            Command::HearProbe(server) => {
                let found = self.place_mut(server).and_then(|place| place.late.take());
                let passed = found.unwrap_or(false);
                self.result(server, passed, passed);
            }
            Command::Warm(server) => self.run_out(Timer::Ramp(Server(server))),
            Command::Reinstate(server) => self.run_out(Timer::Ejection(Server(server))),
            Command::Drain(server) => self.order(server, Admin::Draining),
            Command::Retire(server) | Command::Maintain(server) => {
                self.order(server, Admin::Maintenance);
            }
            Command::MakeReady(server) => self.order(server, Admin::Ready),
            Command::Crash(server) => self.go_down(server, Condition::Down),
            Command::Kill(server) => self.go_down(server, Condition::Killed),
            Command::Recover(server) => {
                if let Some(place) = self.place_mut(server) {
                    place.condition = Condition::Up;
                }
            }
            Command::Stray(server) => self.stray(server),
        }
    }

    /// The first name that no request has.
    fn new_name(&self) -> RequestId {
        let is_taken = |id: RequestId| {
            self.balancer.connections().contains_key(&id)
                || self.balancer.queue().iter().any(|pending| pending.request.id == id)
                || self.places.iter().any(|place| place.lines.contains_key(&id))
        };
        let mut names = (0..).map(RequestId);
        names.find(|id| !is_taken(*id)).unwrap_or_default()
    }

    fn arrive(&mut self, client: u32, is_write: bool, chance: u64) {
        let id = self.new_name();
        let request = Request {
            id,
            client: client.into(),
            content: client.into(),
            is_idempotent: !is_write,
            priority: 0,
            cost: 1,
        };
        let kept = self.clients.get(client as usize).copied().unwrap_or_default();
        let is_by_name = self.habits.uses > 0;
        if is_by_name && let Some(address) = kept.address {
            self.visit(address, (client, is_write), id, kept.uses);
            return;
        }
        let (command, fresh) = (Order::Serve(request), Nonce(chance));
        let outputs = self.react(Input::Command { command, fresh });
        self.carry_out(outputs, Some((client, is_write)));
    }

    /// A client goes to an address by itself. A server that is full refuses.
    fn visit(&mut self, server: u32, (client, is_write): (u32, bool), id: RequestId, uses: u8) {
        let uses = uses.saturating_sub(1);
        if let Some(kept) = self.clients.get_mut(client as usize) {
            *kept = Kept { address: (uses > 0).then_some(server), uses };
        }
        let capacity = self.balancer.config().limits.capacity as usize;
        let Some(place) = self.place_mut(server) else { return };
        if place.lines.len() >= capacity {
            self.tally.refused += 1;
            return;
        }
        let phase = if place.is_up() { Phase::Open } else { Phase::Cut };
        place.lines.insert(id, Line { phase, client, is_write, number: 0 });
    }

    fn establish(&mut self, server: u32, id: RequestId) {
        let Some(line) = self.place_mut(server).and_then(|place| place.lines.get_mut(&id)) else {
            return;
        };
        line.phase = Phase::Open;
        let attempt = Attempt { request: id, number: line.number };
        self.say(server, Message::Opened { attempt });
    }

    /// A connection ends, and the balancer hears how; or the client, if it came by itself.
    fn end(&mut self, server: u32, request: u64, how: impl FnOnce(Attempt) -> Message) {
        let id = RequestId(request);
        let Some(line) = self.place_mut(server).and_then(|place| place.lines.remove(&id)) else {
            return;
        };
        let message = how(Attempt { request: id, number: line.number });
        if self.habits.uses == 0 {
            self.say(server, message);
        } else if matches!(message, Message::Done { .. }) {
            self.tally.done += 1;
        } else {
            self.tally.failed += 1;
        }
    }

    fn give_up(&mut self, server: u32, request: u64) {
        if self.habits.uses > 0 {
            let place = self.place_mut(server);
            let line = place.and_then(|place| place.lines.remove(&RequestId(request)));
            self.tally.aborted += u32::from(line.is_some());
        } else {
            self.command(Order::Abort(RequestId(request)));
        }
    }

    fn result(&mut self, server: u32, passed: bool, is_answered: bool) {
        let Some(nonce) = self.place_mut(server).and_then(|place| place.asked.take()) else {
            return;
        };
        if is_answered {
            self.say(server, Message::Probed { nonce, passed });
        } else {
            self.run_out(Timer::Probe(Server(server)));
        }
    }

    fn order(&mut self, server: u32, admin: Admin) {
        self.command(Order::Order { server: Server(server), admin });
    }

    fn go_down(&mut self, server: u32, condition: Condition) {
        let cuts_all = self.habits.cuts_all;
        let Some(place) = self.place_mut(server) else { return };
        place.condition = condition;
        let lines = place.lines.values_mut();
        lines.filter(|line| cuts_all || line.phase == Phase::Open).for_each(|line| {
            line.phase = Phase::Cut;
        });
    }

    /// What names no connection that the server has, and no check that is under way.
    fn stray(&mut self, server: u32) {
        let Some(place) = self.place(server) else { return };
        let others = self.balancer.connections().iter();
        let others = others.filter(|(id, _)| !place.lines.contains_key(id));
        let elsewhere = others.map(|(&request, line)| (request, line.pending.number));
        let here = place.lines.iter().map(|(&request, line)| (request, line.number + 1));
        let never = (RequestId(u64::MAX), 0);
        let wrong: Vec<_> = elsewhere.chain(here).chain([never]).collect();
        for (request, number) in wrong {
            let attempt = Attempt { request, number };
            for message in
                [Message::Done { attempt }, Message::Reset { attempt }, Message::Opened { attempt }]
            {
                self.say(server, message);
            }
        }
        self.say(server, Message::Probed { nonce: STALE, passed: true });
        self.say(server, Message::Probed { nonce: STALE, passed: false });
    }
}

/// The number of a check that is over.
const STALE: Nonce = Nonce(7);

/// What goes to the balancer, and what comes of it.
impl Site {
    fn say(&mut self, server: u32, message: Message) {
        self.give(Input::Message { from: Server(server), message });
    }

    fn command(&mut self, command: Order) {
        self.give(Input::Command { command, fresh: Nonce(0) });
    }

    /// A timer runs out, if the balancer has set it.
    fn run_out(&mut self, timer: Timer) {
        if self.timers.remove(&timer) {
            self.give(Input::Timer { timer, fresh: Nonce(0) });
        }
    }

    fn give(&mut self, input: InputOf<Balancer>) {
        let outputs = self.react(input);
        self.carry_out(outputs, None);
    }

    fn react(&mut self, input: InputOf<Balancer>) -> Vec<OutputOf<Balancer>> {
        let mut outputs = Vec::new();
        self.balancer.handle(Time::ORIGIN, input, &mut outputs);
        outputs
    }

    /// Does what the balancer says, in its order; `asking` is whose request it was about.
    fn carry_out(&mut self, outputs: Vec<OutputOf<Balancer>>, asking: Option<(u32, bool)>) {
        let mut opened = Vec::new();
        for output in outputs {
            match output {
                Output::Send { to, message: Message::Forward { attempt, .. } } => {
                    opened.extend(self.connect(to, attempt));
                }
                Output::Send { to, message: Message::Cut { attempt } } => {
                    if let Some(place) = self.place_mut(to.0) {
                        place.lines.remove(&attempt.request);
                    }
                }
                Output::Send { to, message: Message::Probe { nonce } } => {
                    if let Some(place) = self.place_mut(to.0) {
                        place.asked = Some(nonce);
                    }
                }
                Output::SetTimer { timer, .. } => {
                    self.timers.insert(timer);
                }
                Output::CancelTimer { timer } => {
                    self.timers.remove(&timer);
                }
                Output::Deliver(Delivery::Answered { answer, .. }) => self.tally.count(answer),
                Output::Deliver(Delivery::Referred { request, server, .. }) => {
                    if let Some(asking) = asking {
                        self.visit(server.0, asking, request, self.habits.uses);
                    }
                }
                Output::Send { .. } | Output::Deliver(_) | Output::Ignored(_) => {}
            }
        }
        for (server, attempt) in opened {
            self.say(server, Message::Opened { attempt });
        }
    }

    /// A connection to a server that is down is cut from the start. Returns one that is open.
    fn connect(&mut self, to: Server, attempt: Attempt) -> Option<(u32, Attempt)> {
        let request = self.balancer.connections().get(&attempt.request)?.pending.request;
        let opens_slowly = self.habits.opens_slowly;
        let place = self.place_mut(to.0)?;
        let phase = match place.is_up() {
            true if opens_slowly => Phase::Opening,
            true => Phase::Open,
            false => Phase::Cut,
        };
        let client = request.content as u32;
        let (is_write, number) = (!request.is_idempotent, attempt.number);
        place.lines.insert(attempt.request, Line { phase, client, is_write, number });
        (phase == Phase::Open).then_some((to.0, attempt))
    }
}
