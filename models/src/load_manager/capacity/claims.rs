//! What is claimed of a unit of time.

use crate::engine::{Claim, Form};

use super::ratio::Ratio;
use super::serve::Report;
use super::{Capacity, Layout, Lever, Standing};

/// What is claimed of these servers.
#[must_use]
pub fn claims(capacity: &Capacity) -> Vec<Claim<Capacity>> {
    let mut claims = vec![CAPACITY_IS_NEVER_EXCEEDED, HARVEST_AND_YIELD_ARE_SHARES, IS_SATURATED];
    let is_plain = capacity.lever == Lever::Admission && !capacity.has_cheap_queries;
    if is_plain {
        claims.push(match capacity.layout {
            Layout::Replicated => REPLICATION_KEEPS_HARVEST,
            Layout::Partitioned => PARTITIONING_KEEPS_YIELD,
        });
        if capacity.is_full() {
            claims.push(THE_SAME_DQ_IS_LOST);
        }
        if capacity.layout == Layout::Replicated {
            claims.push(SPARE_CAPACITY_HIDES_FAILURES);
        }
    }
    if is_plain && capacity.is_full() {
        claims.push(SURVIVORS_CARRY_THE_LOAD);
    }
    claims.extend(match capacity.lever {
        Lever::Admission => None,
        Lever::Database => Some(CUT_DATA_KEEP_YIELD),
        Lever::Cost => Some(CHEAP_QUERIES_FIRST),
        Lever::Priority => Some(HIGH_PRIORITY_FIRST),
        Lever::Freshness => Some(STALE_ANSWERS_KEEP_YIELD),
    });
    claims
}

impl Capacity {
    /// Whether the load takes all that the servers have.
    const fn is_full(&self) -> bool {
        self.load == self.answers * self.servers as u64
    }

    fn live(&self, state: &Standing) -> u64 {
        u64::from(self.servers) - u64::from(state.down.count_ones())
    }
}

type Holds = fn(&Capacity, &Standing, &Report) -> bool;

/// A claim about every unit of time that is over.
macro_rules! of_a_unit {
    ($name:ident, $label:literal, $sentence:literal, $source:literal, $when:expr, $holds:expr) => {
        const $name: Claim<Capacity> = Claim::new(
            $label,
            $sentence,
            $source,
            Form::Always {
                when: Some(|capacity: &Capacity, state: &Standing| {
                    let when: Holds = $when;
                    state.report.is_some_and(|report| when(capacity, state, &report))
                }),
                holds: |capacity: &Capacity, state: &Standing| {
                    let holds: Holds = $holds;
                    state.report.is_none_or(|report| holds(capacity, state, &report))
                },
            },
        )
        .because(told);
    };
}

/// What the unit came to, in words.
fn told(_: &Capacity, state: &Standing) -> String {
    let Some(report) = state.report else { return "no unit of time is over".to_owned() };
    format!(
        "{} of the servers are down: {} of {} queries answered, {} of {} shards read; harvest {}, \
         yield {}",
        state.down.count_ones(),
        report.answered,
        report.offered,
        report.read,
        report.complete,
        report.harvest(),
        report.r#yield(),
    )
}

of_a_unit!(
    CAPACITY_IS_NEVER_EXCEEDED,
    "capacity_is_never_exceeded",
    "Harvest times yield is at most what the live servers can read, by what was asked for.",
    "LOAD_MANAGER-21",
    |_, _, _| true,
    |capacity, state, report| {
        let room = capacity.live(state) * capacity.shards_a_server();
        // With queries of two costs the shares are of different wholes; the shards are counted.
        let is_mixed = capacity.has_cheap_queries;
        let asked = report.offered * capacity.shards();
        let product = report.harvest().times(report.r#yield());
        report.read <= room && (is_mixed || product <= Ratio::share(room, asked))
    }
);

of_a_unit!(
    HARVEST_AND_YIELD_ARE_SHARES,
    "harvest_and_yield_are_shares",
    "Neither harvest nor yield is more than one.",
    "LOAD_MANAGER-21",
    |_, _, _| true,
    |_, _, report| report.harvest() <= Ratio::ONE && report.r#yield() <= Ratio::ONE
);

of_a_unit!(
    REPLICATION_KEEPS_HARVEST,
    "replication_keeps_harvest",
    "Whatever fails, each answer is whole, and as many are given as the live replicas can read.",
    "LOAD_MANAGER-22",
    |_, _, _| true,
    |capacity, state, report| {
        let possible = Ratio::share(capacity.live(state) * capacity.answers, report.offered);
        report.harvest() == Ratio::ONE && report.r#yield() == possible.min(Ratio::ONE)
    }
);

of_a_unit!(
    PARTITIONING_KEEPS_YIELD,
    "partitioning_keeps_yield",
    "Whatever fails, each query of the usual load is answered, with the live partitions' data.",
    "LOAD_MANAGER-22",
    |_, state, _| !state.is_peak,
    |capacity, state, report| {
        let there = Ratio::share(capacity.live(state), u64::from(capacity.servers));
        report.r#yield() == Ratio::ONE && report.harvest() == there
    }
);

of_a_unit!(
    THE_SAME_DQ_IS_LOST,
    "the_same_dq_is_lost",
    "With k of n servers down under full load, exactly k servers' work is lost, however the data \
     lie.",
    "LOAD_MANAGER-22",
    |_, state, _| !state.is_peak && state.down != 0,
    |capacity, state, report| {
        let lost = (report.offered * capacity.shards()).checked_sub(report.read);
        let of_servers = u64::from(state.down.count_ones()) * capacity.shards_a_server();
        lost == Some(of_servers)
    }
);

of_a_unit!(
    SURVIVORS_CARRY_THE_LOAD,
    "survivors_carry_the_load",
    "With k of n servers down each other one is asked n/(n-k) times as much.",
    "LOAD_MANAGER-22",
    |_, state, _| !state.is_peak && state.down != 0,
    |capacity, state, report| {
        let overload = Ratio::share(report.busiest, capacity.answers);
        overload == Ratio::share(u64::from(capacity.servers), capacity.live(state))
    }
);

of_a_unit!(
    SPARE_CAPACITY_HIDES_FAILURES,
    "spare_capacity_hides_failures",
    "If the live replicas can carry the load, no failure is seen.",
    "LOAD_MANAGER-22",
    |capacity, state, report| report.offered <= capacity.live(state) * capacity.answers,
    |_, _, report| report.harvest() == Ratio::ONE && report.r#yield() == Ratio::ONE
);

of_a_unit!(
    CUT_DATA_KEEP_YIELD,
    "cut_data_keep_yield",
    "Every query is answered as long as one shard for each can be read.",
    "LOAD_MANAGER-23",
    |capacity, state, report| {
        report.offered <= capacity.live(state) * capacity.shards_a_server()
    },
    |capacity, state, report| {
        let room = capacity.live(state) * capacity.shards_a_server();
        // Less than one more shard for each query is left unread.
        let is_full = report.read + report.offered > room;
        report.r#yield() == Ratio::ONE && (is_full || report.harvest() == Ratio::ONE)
    }
);

of_a_unit!(
    CHEAP_QUERIES_FIRST,
    "cheap_queries_first",
    "No expensive query is answered while a cheap one is refused, so that no order answers more.",
    "LOAD_MANAGER-23",
    |_, _, report| report.answered < report.offered,
    |_, _, report| report.cheap_refused == 0 || report.expensive_answered == 0
);

of_a_unit!(
    HIGH_PRIORITY_FIRST,
    "high_priority_first",
    "No query of low priority is answered while one of high priority is refused.",
    "LOAD_MANAGER-23",
    |_, _, report| report.answered < report.offered,
    |_, _, report| report.high_refused == 0 || report.low_answered == 0
);

of_a_unit!(
    STALE_ANSWERS_KEEP_YIELD,
    "stale_answers_keep_yield",
    "Every query is answered; what was not read anew counts against the harvest.",
    "LOAD_MANAGER-23",
    |capacity, state, report| report.offered > capacity.live(state) * capacity.answers,
    |_, _, report| report.r#yield() == Ratio::ONE && report.harvest() < Ratio::ONE
);

const IS_SATURATED: Claim<Capacity> = Claim::new(
    "something_is_given_up",
    "More is asked than can be read, and something is given up.",
    "LOAD_MANAGER-23",
    Form::Sometimes(|_, state: &Standing| {
        let is_less =
            |report: Report| report.harvest() < Ratio::ONE || report.r#yield() < Ratio::ONE;
        state.report.is_some_and(is_less)
    }),
);
