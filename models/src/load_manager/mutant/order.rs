//! Faults in what is ordered, and in what befalls the servers.

use super::super::Switch;
use super::super::list::List;
use super::super::state::{Server, State};
use super::super::step::administration::{draining, maintained, readied};
use super::super::step::environment::{crash as faithful_crash, killed};
use super::super::turn::Turn;
use super::{Changed, Fault};

pub(super) fn drain(switch: &Switch, fault: Fault, state: &State, server: u8) -> Changed {
    let Some(drained) = draining(state, server) else { return Changed::No };
    match fault {
        Fault::DrainKillsActive => {
            let empty = Server { connections: List::default(), count: 0, ..drained.server(server) };
            let turn = Turn::from(drained.with_server(server, empty));
            Changed::To(Some(switch.close(state, turn)))
        }
        Fault::NoFlushWhenLastServerLeaves => {
            Changed::To(Some(switch.remembering(state, drained.into())))
        }
        _ => Changed::No,
    }
}

pub(super) fn maintain(switch: &Switch, fault: Fault, state: &State, server: u8) -> Changed {
    match (fault, maintained(state, server)) {
        (Fault::MaintenanceKeepsQueue, Some(emptied)) => {
            Changed::To(Some(switch.remembering(state, emptied.into())))
        }
        _ => Changed::No,
    }
}

pub(super) fn make_ready(switch: &Switch, fault: Fault, state: &State, server: u8) -> Changed {
    match (fault, readied(state, server)) {
        (Fault::NoDequeueOnReady, Some(back)) => {
            Changed::To(Some(switch.remembering(state, back.into())))
        }
        _ => Changed::No,
    }
}

pub(super) fn crash(fault: Fault, state: &State, server: u8) -> Changed {
    let Some(Turn { state: crashed, sends }) = faithful_crash(state, server) else {
        return Changed::No;
    };
    let down = crashed.server(server);
    let changed = match fault {
        Fault::DropInFlightOnCrash => Server { connections: List::default(), count: 0, ..down },
        Fault::CrashIsSeenAtOnce => Server { health: 0, ..down },
        _ => return Changed::No,
    };
    Changed::To(Some(Turn { state: crashed.with_server(server, changed), sends }))
}

pub(super) fn kill(fault: Fault, state: &State, server: u8) -> Changed {
    match fault {
        Fault::MonkeyWithoutGuard => Changed::To(killed(state, server)),
        Fault::MonkeyNeverKills => Changed::To(None),
        _ => Changed::No,
    }
}
