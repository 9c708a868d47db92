//! The Promela twins, where Debian's `spin` and a C compiler are installed.

use std::path::Path;
use std::process::Command;

use super::{Measurement, chord_promela, two_phase_commit};

/// Compiles the twin of a model with spin, runs it, and reads its figures.
pub(crate) fn measure(model: &str) -> Option<Measurement> {
    let twin = match (model, model.strip_prefix("two_phase_commit_")) {
        (_, Some(managers)) => two_phase_commit::promela(managers.parse().ok()?),
        ("chord_five_nodes", _) => chord_promela::promela(5),
        _ => return None,
    };
    let directory = std::env::temp_dir().join(format!("straightedge-bench-{model}"));
    std::fs::create_dir_all(&directory).ok()?;
    let verifier = directory.join("pan");
    let is_current = std::fs::read_to_string(directory.join("twin.pml")).is_ok_and(|t| t == twin);
    if !is_current || !verifier.exists() {
        compile(&directory, &twin)?;
    }
    // A hash table of 2^24 slots, so that spin does not spend its time on long chains.
    let output =
        Command::new("./pan").args(["-m1000000", "-w24"]).current_dir(&directory).output().ok()?;
    read(&String::from_utf8(output.stdout).ok()?)
}

fn compile(directory: &Path, text: &str) -> Option<()> {
    std::fs::write(directory.join("twin.pml"), text).ok()?;
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(directory).output().ok()?;
        output.status.success().then_some(())
    };
    run("spin", &["-a", "twin.pml"])?;
    run("cc", &["-O2", "-DSAFETY", "-DNOREDUCE", "-w", "-o", "pan", "pan.c"])
}

// Spin prints its counts as floating-point numbers that are never negative.
#[allow(clippy::cast_sign_loss)]
fn read(text: &str) -> Option<Measurement> {
    let number_before = |label: &str| {
        let line = text.lines().find(|line| line.contains(label))?;
        line.split_whitespace().next()?.parse::<f64>().ok()
    };
    let seconds = text.lines().find_map(|line| line.strip_prefix("pan: elapsed time "))?;
    Some(Measurement {
        states: number_before("states, stored")? as u64,
        transitions: number_before("transitions (=")? as u64,
        seconds: seconds.split_whitespace().next()?.parse().ok()?,
        peak_bytes: (number_before("total actual memory usage")? * f64::from(1 << 20)) as u64,
        state_bytes: 0,
    })
}
