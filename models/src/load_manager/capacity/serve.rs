//! One unit of time, query by query: who reads which shards, and what is given up when it is too
//! much.

use super::{Capacity, Layout, Lever};
use crate::load_manager::Fault;

/// A query of one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Query {
    /// How many shards a whole answer reads.
    pub(super) shards: u64,
    /// Whether it is of high priority.
    pub(super) is_high: bool,
}

/// What a unit of time came to.
///
/// Source: LOAD_MANAGER-21.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Report {
    /// Queries that came.
    pub offered: u64,
    /// Queries that were answered, whole or in part.
    pub answered: u64,
    /// Shards that whole answers to these would have read.
    pub complete: u64,
    /// Shards that were read for them.
    pub read: u64,
    /// Queries of high priority that were refused.
    pub high_refused: u64,
    /// Queries of low priority that were answered.
    pub low_answered: u64,
    /// Queries of one shard that were refused.
    pub cheap_refused: u64,
    /// Queries of all shards that were answered.
    pub expensive_answered: u64,
    /// How many queries the busiest server would get if all were spread over those that are up.
    pub busiest: u64,
}

/// What is left to read in this unit, by server; nothing at one that is down.
type Room = Vec<u64>;

impl Capacity {
    /// Serves one unit of time with these servers down.
    ///
    /// Source: LOAD_MANAGER-21.
    #[must_use]
    pub fn serve(&self, down: u8, is_peak: bool) -> Report {
        let offered = if is_peak { self.peak } else { self.load };
        let queries: Vec<Query> = (0..offered).map(|number| self.query(number)).collect();
        let busiest = self.busiest(down, offered);
        let mut report = self.served(down, &queries);
        report.busiest = busiest;
        report
    }

    fn served(&self, down: u8, queries: &[Query]) -> Report {
        match (self.lever, self.fault) {
            (Lever::Database, Some(Fault::ShedsAndCuts)) => self.read_up_to(down, queries, 1),
            (Lever::Database, _) => self.database(down, queries),
            (Lever::Cost, Some(Fault::CostBlind)) => self.read_up_to(down, queries, u64::MAX),
            (Lever::Cost, _) => {
                let mut cheap_first = queries.to_vec();
                cheap_first.sort_by_key(|query| query.shards);
                self.read_up_to(down, &cheap_first, u64::MAX)
            }
            (Lever::Priority, fault) => {
                let low_first = fault == Some(Fault::PriorityInverted);
                let mut by_priority = queries.to_vec();
                by_priority.sort_by_key(|query| query.is_high == low_first);
                self.read_up_to(down, &by_priority, u64::MAX)
            }
            _ => self.read_up_to(down, queries, u64::MAX),
        }
    }

    /// The most data a query for which every query is answered; one shard if there is none.
    ///
    /// Source: LOAD_MANAGER-23.
    fn database(&self, down: u8, queries: &[Query]) -> Report {
        let cuts = (1..=self.shards()).rev().map(|cut| self.read_up_to(down, queries, cut));
        let all_are_answered = |report: &Report| report.answered == report.offered;
        cuts.into_iter().find(all_are_answered).unwrap_or_else(|| self.read_up_to(down, queries, 1))
    }

    /// Answers queries in this order as long as there is room, each with so many shards at most.
    pub(super) fn read_up_to(&self, down: u8, queries: &[Query], cut: u64) -> Report {
        let mut room = self.room(down);
        let mut report = Report { offered: queries.len() as u64, ..Report::default() };
        for query in queries {
            let read = self.read(&mut room, down, query, query.shards.min(cut));
            let from_before = self.lever == Lever::Freshness && read.is_none();
            match read {
                Some(shards) => report.read += shards,
                None if from_before && self.fault == Some(Fault::StaleCountsAsFresh) => {
                    report.read += query.shards;
                }
                None if from_before => {}
                None => {
                    report.high_refused += u64::from(query.is_high);
                    report.cheap_refused += u64::from(query.shards == 1);
                    continue;
                }
            }
            report.answered += 1;
            report.complete += query.shards;
            report.low_answered += u64::from(!query.is_high);
            report.expensive_answered += u64::from(query.shards > 1);
        }
        report
    }

    fn room(&self, down: u8) -> Room {
        let of = |server: u8| if down >> server & 1 == 0 { self.shards_a_server() } else { 0 };
        (0..self.servers).map(of).collect()
    }

    /// Reads so many shards for a query, if there is room; how many were there to be read.
    ///
    /// Source: LOAD_MANAGER-22.
    fn read(&self, room: &mut Room, down: u8, query: &Query, shards: u64) -> Option<u64> {
        match self.layout {
            Layout::Replicated => {
                if self.fault == Some(Fault::NoRedirection) {
                    return self.read_without_redirection(room, shards);
                }
                let most = room.iter_mut().max()?;
                *most = most.checked_sub(shards)?;
                let is_hedged = self.fault == Some(Fault::HedgedReadsCountTwice);
                Some(if is_hedged { 2 * shards } else { shards })
            }
            Layout::Partitioned => self.read_parts(room, down, query, shards),
        }
    }

    /// The query goes to the server that it would go to if all were up.
    fn read_without_redirection(&self, room: &mut Room, shards: u64) -> Option<u64> {
        let all = self.shards_a_server() * u64::from(self.servers);
        let used = all - room.iter().sum::<u64>();
        let turn = used / self.shards() % u64::from(self.servers);
        let server = room.get_mut(turn as usize)?;
        *server = server.checked_sub(shards)?;
        Some(shards)
    }

    /// Each part is read at its server; those of servers that are down are missing.
    fn read_parts(&self, room: &mut Room, down: u8, query: &Query, shards: u64) -> Option<u64> {
        let needed = query.shards as usize;
        let mut holders: Vec<usize> =
            (0..needed).filter(|&server| down >> server & 1 == 0).collect();
        // Where the answer is cut, the parts with the most room are read.
        holders.sort_by_key(|&server| std::cmp::Reverse(room[server]));
        holders.truncate(shards as usize);
        let has_room = !holders.is_empty() && holders.iter().all(|&server| room[server] > 0);
        if !has_room {
            return None;
        }
        for &server in &holders {
            room[server] -= 1;
        }
        let counts_missing = self.fault == Some(Fault::HarvestCountsDownShard);
        Some(if counts_missing { shards } else { holders.len() as u64 })
    }

    /// Spreads all queries over the servers that are up, one after another, and looks at the
    /// busiest.
    ///
    /// Source: LOAD_MANAGER-22.
    fn busiest(&self, down: u8, offered: u64) -> u64 {
        let up: Vec<u8> = (0..self.servers).filter(|&server| down >> server & 1 == 0).collect();
        let mut load = vec![0_u64; up.len()];
        if load.is_empty() {
            return 0;
        }
        let turns = load.len() as u64;
        for query in 0..offered {
            load[(query % turns) as usize] += 1;
        }
        if self.fault == Some(Fault::NeighbourTakesAll) {
            return self.answers + self.answers * u64::from(down.count_ones());
        }
        load.into_iter().max().unwrap_or_default()
    }
}
