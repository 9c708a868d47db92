//! What the manager sees: who is healthy, who is eligible, who can take one more.

use super::hash::Set;
use super::options::Policy;
use super::state::{Request, Server, State};
use super::{Fault, Switch};

impl Switch {
    /// The greatest value of the health counter.
    ///
    /// Source: LOAD_MANAGER-2.
    #[must_use]
    pub const fn top(&self) -> u8 {
        self.rise + self.fall - 1
    }

    /// Whether a check may find anything that is not known.
    #[must_use]
    pub const fn has_checks(&self) -> bool {
        self.budget.stops() > 0 || self.budget.lies > 0 || self.budget.late_results > 0
    }

    /// Whether checks make the server count as up.
    ///
    /// Source: LOAD_MANAGER-2.
    #[must_use]
    pub const fn is_believed_up(&self, server: &Server) -> bool {
        server.health >= self.rise
    }

    /// Whether the manager takes the server for sound.
    ///
    /// Source: LOAD_MANAGER-6.
    #[must_use]
    pub const fn is_healthy(&self, server: &Server) -> bool {
        self.is_believed_up(server) && !server.is_ejected
    }

    /// Whether so few servers are healthy that health is ignored.
    ///
    /// Source: LOAD_MANAGER-20.
    #[must_use]
    pub fn is_in_panic(&self, state: &State) -> bool {
        let ready = state.servers.iter().filter(|server| server.is_ready());
        let (mut all, mut healthy) = (0_u32, 0_u32);
        for server in ready {
            all += 1;
            healthy += u32::from(self.is_healthy(server));
        }
        let is_on = self.fault != Some(Fault::PanicOff);
        is_on && healthy * 100 < u32::from(self.panic) * all
    }

    /// The servers that may get new traffic.
    ///
    /// Source: LOAD_MANAGER-6.
    #[must_use]
    pub fn eligible(&self, state: &State) -> Set {
        let panic = self.is_in_panic(state);
        let is_eligible = |&server: &u8| {
            let server = state.server(server);
            server.is_ready() && (panic || self.is_healthy(&server))
        };
        state.identifiers().filter(is_eligible).fold(0, |set, server| set | 1 << server)
    }

    /// How many connections the server admits: fewer than its capacity for a while after it came
    /// back up.
    ///
    /// Source: LOAD_MANAGER-5.
    #[must_use]
    pub fn admits(&self, server: &Server) -> u8 {
        if server.warmth >= self.window {
            return self.capacity;
        }
        (self.capacity * server.warmth / self.window).max(1)
    }

    /// The eligible servers that can take one more connection.
    ///
    /// Source: LOAD_MANAGER-6.
    #[must_use]
    pub fn candidates(&self, state: &State) -> Set {
        let has_room = |&server: &u8| {
            let server = state.server(server);
            i16::from(server.count) < i16::from(self.admits(&server))
        };
        let free = state.identifiers().filter(has_room).fold(0, |set, server| set | 1 << server);
        self.eligible(state) & free
    }

    /// The eligible servers that can serve this request at all: all of them, or the one at which
    /// its client is at home.
    ///
    /// Source: LOAD_MANAGER-7, LOAD_MANAGER-18.
    #[must_use]
    pub fn eligible_for(&self, state: &State, request: Request) -> Set {
        let eligible = self.eligible(state);
        if self.policy == Policy::ContentAware {
            return eligible & 1 << (request.client % self.servers);
        }
        if self.policy.is_by_hash() {
            return self.home(request.client, eligible).map_or(0, |home| 1 << home);
        }
        eligible
    }

    /// The servers that can take this request now.
    ///
    /// Source: LOAD_MANAGER-7.
    #[must_use]
    pub fn candidates_for(&self, state: &State, request: Request) -> Set {
        self.eligible_for(state, request) & self.candidates(state)
    }
}
