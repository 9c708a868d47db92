//! Dumb versions of what a balancer decides when it sends a request to a server.

use straightedge_impl::load_manager::{
    Admin, Attempt, Balancer, Maglev, Policy, Request, Server, Stage, attraction,
};

use super::watch::{Asked, Watch};

impl Watch {
    fn healthy(&self, after: &Balancer) -> Vec<Server> {
        let mut healthy = self.ready(after);
        healthy.retain(|server| {
            let seen = &self.servers[server.0 as usize];
            seen.is_up && !seen.is_ejected
        });
        healthy
    }

    fn ready(&self, after: &Balancer) -> Vec<Server> {
        let is_listed = |server: Server| after.backend(server).unwrap().stage == Stage::Listed;
        let servers = (0..self.config.servers).map(Server);
        let ready = servers.filter(|s| self.servers[s.0 as usize].admin == Admin::Ready);
        ready.filter(|server| is_listed(*server)).collect()
    }

    pub(super) fn eligible(&self, after: &Balancer, request: &Request) -> Vec<Server> {
        let (healthy, ready) = (self.healthy(after), self.ready(after));
        let threshold = usize::from(self.config.panic_percent);
        let panics = healthy.len() * 100 < ready.len() * threshold;
        let eligible = if panics { ready } else { healthy };
        let Policy::ContentAware { partitions } = self.config.policy else { return eligible };
        let wanted = request.content % u64::from(partitions);
        let holds = |server: &Server| u64::from(server.0 % partitions) == wanted;
        eligible.into_iter().filter(holds).collect()
    }

    fn admits(&self, server: Server) -> u32 {
        let limits = self.config.limits;
        match self.servers[server.0 as usize].warmth {
            None => limits.capacity,
            Some(stage) => (limits.capacity * stage / limits.stages).max(1),
        }
    }

    pub(super) fn forwarded(&mut self, to: Server, attempt: Attempt, after: &Balancer) {
        let asked = self.requests.get(&attempt.request).unwrap().clone();
        assert!(asked.answer.is_none() && asked.at.is_none(), "{attempt:?} is sent twice");
        assert!(asked.may_go_again, "a server may have acted on {attempt:?}");
        assert!(attempt.number <= self.config.limits.retries, "too often: {attempt:?}");
        let eligible = self.eligible(after, &asked.request);
        assert!(eligible.contains(&to), "{to:?} is not eligible, but {eligible:?}");
        let is_elsewhere = |server: &&Server| !asked.tried.contains(server);
        let others: Vec<Server> = eligible.iter().filter(is_elsewhere).copied().collect();
        let may_go_to =
            if self.config.avoids_tried && !others.is_empty() { others } else { eligible };
        let is_free = |s: &&Server| self.servers[s.0 as usize].count < self.admits(**s);
        let free: Vec<Server> = may_go_to.iter().filter(is_free).copied().collect();
        assert!(free.contains(&to), "{to:?} is no candidate, but {free:?}");
        self.is_right_pick(to, &free, &may_go_to, &asked, after);
        let most = self.config.limits.capacity;
        if self.admits(to) < most {
            self.count("slow start");
        }
        self.count(if attempt.number > 0 { "again" } else { "forwarded" });
        self.last = Some(to);
        let seen = self.server(to);
        seen.count += 1;
        seen.opening += 1;
        let asked = self.requests.get_mut(&attempt.request).unwrap();
        (asked.at, asked.is_open, asked.number) = (Some(to), false, attempt.number);
    }

    fn is_right_pick(
        &self,
        to: Server,
        free: &[Server],
        may_go_to: &[Server],
        asked: &Asked,
        after: &Balancer,
    ) {
        let load = |server: &Server| self.servers[server.0 as usize].count;
        let in_turn = |server: &&Server| {
            let from = self.last.map_or(0, |last| last.0 + 1);
            (server.0 < from, server.0)
        };
        let expected = match self.config.policy {
            Policy::RoundRobinDns { .. } => panic!("names are given out, and nothing is sent"),
            Policy::RoundRobin => free.iter().min_by_key(in_turn),
            Policy::LeastConnections | Policy::ContentAware { .. } => {
                free.iter().min_by_key(|server| (load(server), in_turn(server)))
            }
            Policy::TwoChoices => {
                // Whoever has the most, and more than any other, is never the better one.
                let most = free.iter().map(load).max().unwrap();
                let are_worst = free.iter().filter(|server| load(server) == most).count();
                let is_worst = load(&to) == most && are_worst == 1 && free.len() > 1;
                assert!(!is_worst, "{to:?} has more than any other");
                return;
            }
            Policy::IpHashModulo if asked.tried.is_empty() => {
                may_go_to.get(asked.request.client as usize % may_go_to.len())
            }
            Policy::IpHashModulo => return,
            Policy::IpHashRendezvous => {
                let draw = |server: &&Server| attraction(asked.request.client, **server);
                may_go_to.iter().max_by_key(draw)
            }
            Policy::IpHashMaglev { entries } => {
                let eligible = self.eligible(after, &asked.request);
                let table = Maglev::new(entries, eligible);
                if asked.tried.is_empty() {
                    assert_eq!(table.pick(asked.request.client), Some(to), "Maglev");
                }
                return;
            }
        };
        assert_eq!(expected, Some(&to), "{:?} of {free:?}", self.config.policy);
    }
}
