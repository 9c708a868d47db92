//! Picks and requests of our load manager beside tower's, in one run.
//!
//! `cargo run --release` in this folder. All rows of one size are run in turn, several rounds, and
//! the median of each is reported; only ratios carry over to another machine.

mod others;
mod ours;

use std::time::Instant;

use straightedge_impl::load_manager::Policy;

/// How many servers there are.
const SIZES: [u32; 3] = [10, 1_000, 100_000];

/// How often each row is measured.
const ROUNDS: usize = 7;

/// How many times a row does what it does in a round.
const TIMES: u64 = 200_000;

/// How many requests are open at a time, where they are.
pub(crate) const OPEN: u64 = 64;

/// Something that can be done again and again, told how often it was.
type Work = Box<dyn FnMut(u64)>;

/// One thing that is measured.
struct Row {
    what: &'static str,
    who: &'static str,
    work: Work,
    /// Nanoseconds for one, of each round.
    rounds: Vec<f64>,
}

impl Row {
    fn new(what: &'static str, who: &'static str, work: impl FnMut(u64) + 'static) -> Self {
        Self { what, who, work: Box::new(work), rounds: Vec::new() }
    }

    fn measure(&mut self, from: u64) {
        let start = Instant::now();
        for time in from..from + TIMES {
            (self.work)(time);
        }
        self.rounds.push(start.elapsed().as_nanos() as f64 / TIMES as f64);
    }

    fn median(&self) -> f64 {
        let mut rounds = self.rounds.clone();
        rounds.sort_by(f64::total_cmp);
        rounds.get(rounds.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

fn rows(servers: u32) -> Vec<Row> {
    // Many times as many entries as servers, and prime.
    let entries = if servers > 1_000 { 1_000_003 } else { 65_537 };
    let maglev = Policy::IpHashMaglev { entries };
    vec![
        Row::new("two choices, request", "ours", ours::requests(servers, Policy::TwoChoices)),
        Row::new("two choices, request", "tower", others::tower_two_choices(servers)),
        Row::new("round robin, request", "ours", ours::requests(servers, Policy::RoundRobin)),
        Row::new(
            "least connections, request",
            "ours",
            ours::requests(servers, Policy::LeastConnections),
        ),
        Row::new("two choices, pick", "ours", ours::picks(servers, Policy::TwoChoices)),
        Row::new("round robin, pick", "ours", ours::picks(servers, Policy::RoundRobin)),
        Row::new("least connections, pick", "ours", ours::picks(servers, Policy::LeastConnections)),
        Row::new("Maglev, pick", "ours", ours::picks(servers, maglev)),
    ]
}

fn main() {
    println!(
        "{:<10} {:<28} {:<8} {:>10} {:>16}",
        "servers", "what", "who", "ns", "of tower's time"
    );
    for servers in SIZES {
        let mut rows = rows(servers);
        for round in 0..ROUNDS as u64 {
            for row in &mut rows {
                row.measure(round * TIMES);
            }
        }
        let tower = rows.iter().find(|row| row.who == "tower").map_or(f64::NAN, Row::median);
        for row in &rows {
            let (what, who, median) = (row.what, row.who, row.median());
            let ratio = median / tower;
            println!("{servers:<10} {what:<28} {who:<8} {median:>10.1} {ratio:>16.2}");
        }
    }
}
