//! 100,000 recorded events of each system, checked on one core: seconds, and the most memory.
//!
//! `cargo bench --bench trace [SYSTEM]`. It fails where a trace takes more than 5 seconds
//! or 200 MiB.

use std::fs;
use std::process::ExitCode;
use std::time::Instant;

use straightedge::conformance::SYSTEMS;
use straightedge_evidence::outcome::Outcome;
use straightedge_evidence::trace::{Options, Source, check};

const EVENTS: u64 = 100_000;
const SECONDS: f64 = 5.0;
const MEBIBYTES: u64 = 200;

fn main() -> ExitCode {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let is_wanted = |name: &str| wanted.as_ref().is_none_or(|wanted| wanted == name);
    let mut is_within = true;
    for recorded in SYSTEMS.iter().filter(|system| is_wanted(system.name)) {
        match measure(recorded.name) {
            Ok(fits) => is_within &= fits,
            Err(error) => {
                eprintln!("{}: {error}", recorded.name);
                is_within = false;
            }
        }
    }
    ExitCode::from(u8::from(!is_within))
}

/// Each system is recorded and checked by a process of its own: memory is that of the check.
fn measure(name: &str) -> Result<bool, String> {
    let file = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    if let Some(path) = std::env::var_os("STRAIGHTEDGE_TRACE") {
        return check_file(name, std::path::Path::new(&path));
    }
    let recorded = SYSTEMS.iter().find(|system| system.name == name).ok_or("no such system")?;
    let instances = (recorded.recorded.instances)();
    let first = instances.first().ok_or("nothing to record")?;
    let traces = (recorded.recorded.record)(first, None, EVENTS, 1).ok_or("nothing recorded")?;
    fs::write(file.path(), traces).map_err(|error| error.to_string())?;
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let status = std::process::Command::new(program)
        .arg(name)
        .env("STRAIGHTEDGE_TRACE", file.path())
        .status()
        .map_err(|error| error.to_string())?;
    Ok(status.success())
}

fn check_file(name: &str, path: &std::path::Path) -> Result<bool, String> {
    let systems = straightedge::system::systems();
    let system = systems.iter().find(|system| system.name == name).ok_or("no such system")?;
    let source = Source::open(path).map_err(|error| error.to_string())?;
    let began = Instant::now();
    let report = check(system, vec![source], &Options::default());
    let seconds = began.elapsed().as_secs_f64();
    let mebibytes = most_memory().ok_or("the most memory cannot be read")? >> 10;
    let (traces, events) = (report.traces.len(), report.coverage.events);
    println!("{name}: {events} events in {traces} traces: {seconds:.2} s, {mebibytes} MiB");
    let rejected = report.traces.iter().find(|trace| trace.outcome != Outcome::Accepted);
    if let Some(trace) = rejected {
        return Err(format!("not accepted: {:?}", trace.outcome));
    }
    Ok(events == EVENTS && seconds <= SECONDS && mebibytes <= MEBIBYTES)
}

/// The most that was resident, in KiB.
fn most_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
