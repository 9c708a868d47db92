//! The engine beside its peers, on the same models and the same state types, in one run.
//!
//! `cargo bench --bench search` measures everything; `-- quick` one size of each model.
//! Each row is a process of its own, so that its peak memory is its own. Rows of one model are
//! run in turn, several rounds, and the median of each is reported.

mod chord_promela;
mod spin;
mod two_phase_commit;

use std::process::Command;
use std::time::Instant;

use stateright::{Checker, Model};
use straightedge_models::chord::{Chord, Pending};
use straightedge_models::engine::graph::{Build, Graph};
use straightedge_models::engine::run::unattended;
use straightedge_models::engine::stateright_twin::Counted;
use straightedge_models::engine::{Limits, Specification};

use two_phase_commit::TwoPhaseCommit;

/// Rounds over the rows of one model.
const ROUNDS: usize = 5;

/// What a process may take, in GiB.
const MEMORY_GIB: u64 = 12;

/// One thing that is measured.
struct Row {
    tool: &'static str,
    /// States a second are compared with those of this row's peers.
    is_peer: bool,
}

const ROWS: &[Row] = &[
    Row { tool: "engine", is_peer: false },
    Row { tool: "engine, edges kept", is_peer: false },
    Row { tool: "engine, 2 threads", is_peer: false },
    Row { tool: "engine, edges kept, 2 threads", is_peer: false },
    Row { tool: "stateright bfs", is_peer: true },
    Row { tool: "stateright dfs", is_peer: true },
    Row { tool: "spin", is_peer: true },
];

/// What one process measured.
#[derive(Clone, Debug)]
struct Measurement {
    states: u64,
    transitions: u64,
    seconds: f64,
    peak_bytes: u64,
    state_bytes: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["measure", model, tool] => measure_here(model, tool),
        ["quick"] => compare(&["two_phase_commit_8", "chord_five_nodes"]),
        [] => compare(&[
            "two_phase_commit_7",
            "two_phase_commit_8",
            "two_phase_commit_9",
            "chord_five_nodes",
        ]),
        ref models => compare(models),
    }
}

/// The models that can be measured, by name.
fn measure_here(model: &str, tool: &str) {
    let measurement = match model {
        "two_phase_commit_7" => measure(TwoPhaseCommit(7), tool),
        "two_phase_commit_8" => measure(TwoPhaseCommit(8), tool),
        "two_phase_commit_9" => measure(TwoPhaseCommit(9), tool),
        "chord_five_nodes" => measure(Chord::corrected(5, 2), tool),
        "chord_six_nodes_once" => measure(Chord::corrected(6, 2).without_rejoin(), tool),
        "chord_six_nodes" => measure(Chord::corrected(6, 3).pending(Pending::SharedSlot), tool),
        _ => None,
    };
    if let Some(m) = measurement {
        let Measurement { states, transitions, seconds, peak_bytes, state_bytes } = m;
        println!("{states} {transitions} {seconds} {peak_bytes} {state_bytes}");
    }
}

fn measure<M: Specification>(model: M, tool: &str) -> Option<Measurement> {
    let started = Instant::now();
    let (states, transitions) = if let Some(options) = tool.strip_prefix("engine") {
        let threads = if options.ends_with("2 threads") { 2 } else { 1 };
        let build = Build { edges: options.contains("edges kept"), ..Build::default() };
        let limits = Limits { threads, memory_bytes: u64::MAX, ..Limits::default() };
        let graph = unattended(limits, |run| Graph::build(&model, build, run));
        (graph.len() as u64, graph.transitions())
    } else {
        let checker = Counted(model).checker().threads(1);
        match tool {
            "stateright bfs" => counts(&checker.spawn_bfs().join()),
            "stateright dfs" => counts(&checker.spawn_dfs().join()),
            _ => return None,
        }
    };
    Some(Measurement {
        states,
        transitions,
        seconds: started.elapsed().as_secs_f64(),
        peak_bytes: peak_bytes(),
        state_bytes: size_of::<M::State>(),
    })
}

fn counts<M: Model>(checker: &impl Checker<M>) -> (u64, u64)
where
    M::State: std::hash::Hash,
{
    (checker.unique_state_count() as u64, checker.state_count() as u64)
}

/// The most memory this process has held, where the system tells.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}

/// Measures every row of each model in a process of its own, and prints the medians.
fn compare(models: &[&str]) {
    for model in models {
        let mut measured: Vec<Vec<Measurement>> = ROWS.iter().map(|_| Vec::new()).collect();
        for _ in 0..ROUNDS {
            for (row, measured) in ROWS.iter().zip(&mut measured) {
                measured.extend(in_process(model, row.tool));
            }
        }
        print_table(model, &measured);
    }
}

fn in_process(model: &str, tool: &str) -> Option<Measurement> {
    if tool == "spin" {
        return spin::measure(model);
    }
    let program = std::env::current_exe().ok()?;
    // A peer may need more than there is: each of its pending jobs carries a whole path.
    let limited = format!("ulimit -v {}; exec \"$@\"", MEMORY_GIB << 20);
    let mut command = Command::new("sh");
    command.args(["-c", &limited, "sh"]).arg(program).args(["measure", model, tool]);
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut fields = text.split_whitespace();
    Some(Measurement {
        states: fields.next()?.parse().ok()?,
        transitions: fields.next()?.parse().ok()?,
        seconds: fields.next()?.parse().ok()?,
        peak_bytes: fields.next()?.parse().ok()?,
        state_bytes: fields.next()?.parse().ok()?,
    })
}

fn median(of: &[Measurement]) -> Option<Measurement> {
    let mut sorted = of.to_vec();
    sorted.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    sorted.get(sorted.len() / 2).cloned()
}

fn print_table(model: &str, measured: &[Vec<Measurement>]) {
    let medians: Vec<_> = measured.iter().map(|of| median(of)).collect();
    println!("\n{model}: medians of {ROUNDS} rounds");
    println!(
        "{:32}{:>12}{:>13}{:>9}{:>12}{:>10}{:>14}",
        "tool", "states", "steps", "seconds", "states/s", "peak MiB", "bytes/state"
    );
    for (row, median) in ROWS.iter().zip(&medians) {
        let Some(m) = median else {
            println!("{:32}not installed, no twin, or more than {MEMORY_GIB} GiB", row.tool);
            continue;
        };
        println!(
            "{:32}{:>12}{:>13}{:>9.3}{:>12.0}{:>10}{:>14.1}",
            row.tool,
            m.states,
            m.transitions,
            m.seconds,
            m.states as f64 / m.seconds,
            m.peak_bytes >> 20,
            m.peak_bytes as f64 / m.states as f64,
        );
    }
    let ours = ROWS.iter().zip(&medians).filter(|(row, _)| !row.is_peer);
    for (row, mine) in ours.filter_map(|(row, m)| Some((row, m.as_ref()?))) {
        let peers = ROWS.iter().zip(&medians).filter(|(row, _)| row.is_peer);
        let ratios: Vec<String> = peers
            .filter_map(|(peer, m)| {
                Some(format!("{:.1} × {}", m.as_ref()?.seconds / mine.seconds, peer.tool))
            })
            .collect();
        println!("{}: {}", row.tool, ratios.join(", "));
    }
    let states = medians.iter().flatten().map(|m| m.states).collect::<Vec<_>>();
    let agree = states.windows(2).all(|pair| pair[0] == pair[1]);
    println!("unique states {}", if agree { "agree" } else { "DIFFER" });
}
