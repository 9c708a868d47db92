//! What somebody knows who sees what goes into a balancer and what comes out: dumb versions of all
//! that it decides.

use std::collections::BTreeMap;

use straightedge_impl::load_manager::{
    Admin, Answer, Balancer, Command, Config, Degradation, Delivery, Event, Message, Request,
    RequestId, Server, Stage, Timer,
};
use straightedge_impl::machine::{Input, InputOf, Nonce, Output, OutputOf};

use super::Tally;

/// What was seen of a server.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Whether it counts as up, and how many results in a row speak against that.
    pub(super) is_up: bool,
    pub(super) against: u8,
    pub(super) admin: Admin,
    pub(super) is_ejected: bool,
    pub(super) failures: u32,
    pub(super) count: u32,
    pub(super) opening: u32,
    /// How many stages of its slow start have passed.
    pub(super) warmth: Option<u32>,
    pub(super) probe: Option<Nonce>,
}

/// What was seen of a request.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) request: Request,
    pub(super) at: Option<Server>,
    pub(super) is_open: bool,
    pub(super) number: u8,
    pub(super) tried: Vec<Server>,
    pub(super) may_go_again: bool,
    pub(super) answer: Option<Answer>,
}

#[derive(Clone, Debug)]
pub(crate) struct Watch {
    pub(super) config: Config,
    pub(super) servers: Vec<Seen>,
    pub(super) requests: BTreeMap<RequestId, Asked>,
    pub(super) last: Option<Server>,
    pub(crate) tally: Tally,
}

impl Watch {
    pub(crate) fn new(config: &Config) -> Self {
        let seen = Seen {
            is_up: true,
            against: 0,
            admin: Admin::Ready,
            is_ejected: false,
            failures: 0,
            count: 0,
            opening: 0,
            warmth: None,
            probe: None,
        };
        Self {
            servers: vec![seen; config.servers as usize],
            requests: BTreeMap::new(),
            last: None,
            tally: Tally::new(),
            config: config.clone(),
        }
    }

    pub(super) fn server(&mut self, server: Server) -> &mut Seen {
        &mut self.servers[server.0 as usize]
    }

    pub(super) fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    /// What went in and what came out.
    pub(crate) fn see(
        &mut self,
        before: &Balancer,
        input: &InputOf<Balancer>,
        outputs: &[OutputOf<Balancer>],
        after: &Balancer,
    ) {
        if matches!(outputs, [Output::Ignored(_)]) {
            self.count("ignored");
            return;
        }
        self.take(input);
        let mut queued = before.queue().len();
        for output in outputs {
            match output {
                Output::Send { to, message: Message::Forward { attempt, .. } } => {
                    self.forwarded(*to, *attempt, after);
                }
                Output::Send { to, message: Message::Cut { attempt } } => {
                    let may_cut = match input {
                        Input::Command { command, .. } => match command {
                            Command::Abort(request) => *request == attempt.request,
                            Command::Order { server, admin } => {
                                server == to && *admin == Admin::Maintenance
                            }
                            _ => false,
                        },
                        Input::Timer { timer, .. } => *timer == Timer::Drain(*to),
                        Input::Message { .. } => false,
                    };
                    assert!(may_cut, "{input:?} cuts a connection of {to:?}");
                    self.end(attempt.request);
                }
                Output::Send { to, message: Message::Probe { nonce } } => {
                    self.server(*to).probe = Some(*nonce);
                }
                Output::Deliver(delivery) => self.told(*delivery, &mut queued, after),
                _ => {}
            }
        }
        for (server, seen) in (0..).map(Server).zip(&self.servers) {
            let backend = after.backend(server).unwrap();
            assert_eq!(backend.count, seen.count, "the count of {server:?}");
            let is_up = self.config.hysteresis.is_up(backend.health);
            let proves = backend.stage == Stage::Proving;
            assert!(is_up == seen.is_up || proves, "what is believed of {server:?}");
        }
        if after.is_panicking() {
            self.count("panic");
        }
    }

    /// What follows from the input alone.
    fn take(&mut self, input: &InputOf<Balancer>) {
        match *input {
            Input::Command { command: Command::Serve(request), .. } => {
                let asked = Asked {
                    request,
                    at: None,
                    is_open: false,
                    number: 0,
                    tried: Vec::new(),
                    may_go_again: true,
                    answer: None,
                };
                self.requests.insert(request.id, asked);
            }
            Input::Command { command: Command::Order { server, admin }, .. } => {
                self.server(server).admin = admin;
            }
            Input::Command { command: Command::Replaced(server), .. } => {
                if !self.config.trusts_replaced {
                    let seen = self.server(server);
                    (seen.is_up, seen.against, seen.warmth) = (false, 0, None);
                    (seen.failures, seen.probe) = (0, None);
                }
            }
            Input::Timer { timer: Timer::Probe(server), .. } => self.checked(server, false),
            Input::Timer { timer: Timer::Ramp(server), .. } => {
                let stages = self.config.limits.stages;
                let seen = self.server(server);
                seen.warmth = seen.warmth.map(|stage| stage + 1).filter(|at| *at < stages);
            }
            Input::Command { .. } | Input::Timer { .. } => {}
            Input::Message { from, message } => self.heard(from, message),
        }
    }

    fn heard(&mut self, from: Server, message: Message) {
        match message {
            Message::Opened { attempt } => {
                self.server(from).opening -= 1;
                self.requests.get_mut(&attempt.request).unwrap().is_open = true;
            }
            Message::Done { attempt } => {
                self.server(from).failures = 0;
                self.end(attempt.request);
            }
            Message::Failed { attempt } => {
                self.server(from).failures += 1;
                self.end(attempt.request);
            }
            Message::Refused { attempt } | Message::Reset { attempt } => {
                self.server(from).failures += 1;
                self.end(attempt.request);
                let was_sent = matches!(message, Message::Reset { .. });
                let asked = self.requests.get_mut(&attempt.request).unwrap();
                asked.may_go_again = asked.request.is_idempotent || !was_sent;
                asked.tried.push(from);
            }
            Message::Probed { nonce, passed } => {
                assert_eq!(self.server(from).probe, Some(nonce), "an answer nobody asked for");
                self.checked(from, passed);
            }
            other => panic!("{other:?} was acted on"),
        }
    }

    /// Results in a row change the belief.
    fn checked(&mut self, server: Server, passed: bool) {
        let hysteresis = self.config.hysteresis;
        let stages = self.config.limits.stages;
        let seen = self.server(server);
        seen.probe = None;
        seen.against = if passed == seen.is_up { 0 } else { seen.against + 1 };
        let needed = if seen.is_up { hysteresis.fall } else { hysteresis.rise };
        if seen.against >= needed {
            seen.is_up = passed;
            seen.against = 0;
            seen.warmth = (passed && stages > 0).then_some(0);
            self.count(if passed { "up" } else { "down" });
        }
    }

    /// A request has no connection any more.
    fn end(&mut self, request: RequestId) {
        let asked = self.requests.get_mut(&request).unwrap();
        let at = asked.at.take().unwrap();
        let is_open = asked.is_open;
        let seen = self.server(at);
        seen.count -= 1;
        seen.opening -= u32::from(!is_open);
    }

    fn told(&mut self, delivery: Delivery, queued: &mut usize, after: &Balancer) {
        match delivery {
            Delivery::Answered { request, answer } => self.answered(request, answer, queued, after),
            Delivery::Referred { request, server, .. } => {
                let next = self.last.map_or(0, |last| (last.0 + 1) % self.config.servers);
                assert_eq!(server.0, next, "names are given out in turn");
                self.last = Some(server);
                self.requests.get_mut(&request).unwrap().answer = Some(Answer::Done(server));
                self.count("referred");
            }
            Delivery::Turned { server, event } => self.turned(server, event),
            Delivery::Replace { server, .. } => {
                assert_eq!(self.servers[server.0 as usize].count, 0, "{server:?} has work");
                self.count("replaced");
            }
            Delivery::Upgraded { version } => {
                let have_it = after.backends().iter().all(|b| b.version == version);
                assert!(have_it, "not all have version {version}");
                self.count("upgraded");
            }
        }
    }

    fn turned(&mut self, server: Server, event: Event) {
        match event {
            Event::Ejected => {
                let least = self.config.ejection.failures;
                assert!(self.servers[server.0 as usize].failures >= least, "no outlier");
                let seen = self.server(server);
                (seen.is_ejected, seen.failures) = (true, 0);
                let ejected = self.servers.iter().filter(|seen| seen.is_ejected).count();
                let share = self.servers.len() * usize::from(self.config.ejection.most_percent);
                let is_the_one = self.config.ejection.always_one && ejected == 1;
                assert!(ejected * 100 <= share || is_the_one, "{ejected} are ejected");
                self.count("ejected");
            }
            Event::Reinstated => self.server(server).is_ejected = false,
            Event::Drained => {
                assert_eq!(self.servers[server.0 as usize].count, 0, "{server:?} has work");
                self.count("drained");
            }
            Event::Up => assert!(self.servers[server.0 as usize].is_up, "{server:?} is down"),
            Event::Down => assert!(!self.servers[server.0 as usize].is_up, "{server:?} is up"),
        }
    }

    fn answered(
        &mut self,
        request: RequestId,
        answer: Answer,
        queued: &mut usize,
        after: &Balancer,
    ) {
        let asked = self.requests.get_mut(&request).unwrap();
        assert_eq!(asked.answer, None, "{request:?} is answered twice");
        asked.answer = Some(answer);
        let asked = asked.clone();
        let is_at_none = asked.at.is_none();
        match answer {
            Answer::Shed => {
                let is_dear = matches!(
                    self.config.degradation,
                    Degradation::ByCost { most } if asked.request.cost > most
                );
                let is_full = *queued >= self.config.limits.queue as usize;
                assert!(is_dear || is_full, "{request:?} is refused although there is room");
            }
            Answer::NoServer => {
                let eligible = self.eligible(after, &asked.request);
                assert_eq!(eligible, [], "{request:?} is refused although somebody is there");
            }
            Answer::Lost(_) => {
                let is_last_try = asked.number >= self.config.limits.retries;
                let no_room = *queued >= self.config.limits.queue as usize;
                let nobody = self.eligible(after, &asked.request).is_empty();
                let is_to_be = !asked.may_go_again || is_last_try || no_room || nobody;
                assert!(is_to_be, "{request:?} is given up although it may be tried again");
            }
            Answer::Done(_) | Answer::Failed(_) | Answer::CutOff(_) | Answer::Abandoned => {}
        }
        assert!(is_at_none, "{request:?} is answered while a server has it");
        self.count(name(answer));
    }

    /// Every request was answered.
    pub(crate) fn assert_all_answered(&self) {
        let unanswered: Vec<&RequestId> = self
            .requests
            .iter()
            .filter(|(_, asked)| asked.answer.is_none())
            .map(|(request, _)| request)
            .collect();
        assert!(unanswered.is_empty(), "never answered: {unanswered:?}");
    }
}

fn name(answer: Answer) -> &'static str {
    match answer {
        Answer::Done(_) => "done",
        Answer::Failed(_) => "failed",
        Answer::Shed => "shed",
        Answer::NoServer => "no server",
        Answer::Lost(_) => "lost",
        Answer::CutOff(_) => "cut off",
        Answer::Abandoned => "abandoned",
    }
}
