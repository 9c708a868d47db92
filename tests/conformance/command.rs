//! The command line, from outside.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use straightedge::cli::{self, Console};
use straightedge_models::engine::System;

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The exit code, the standard output and the standard error.
fn run(line: &str, stop: Arc<AtomicBool>) -> (u8, String, String) {
    let systems: &'static [System] = Box::leak(straightedge::system::systems().into_boxed_slice());
    let (out, err) = (Buffer::default(), Buffer::default());
    let mut console = Console {
        out: Box::new(out.clone()),
        err: Box::new(err.clone()),
        is_terminal: false,
        stop,
        listens: false,
    };
    let words = std::iter::once("straightedge").chain(line.split_whitespace());
    let code = cli::main(systems, words, &mut console);
    let text = |buffer: &Buffer| String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap();
    (code, text(&out), text(&err))
}

fn run_to_the_end(line: &str) -> (u8, String, String) {
    run(line, Arc::new(AtomicBool::new(false)))
}

#[test]
fn what_is_cut_short_establishes_nothing() {
    let (code, out, _) = run_to_the_end("conform chord --time 0.05 --cases 1 --format json");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["outcome"]), (2, &Value::from("inconclusive")));
    let parts = report["parts"].as_array().unwrap();
    let search = &parts[0]["search"];
    assert_eq!(search["instance"], "three_nodes_one_successor");
    assert!(search["difference"].is_null());
    assert!(parts.iter().any(|part| part["cover"]["taken"].as_u64() > Some(0)));
}

#[test]
fn an_interrupt_ends_it_at_once() {
    let stop = Arc::new(AtomicBool::new(false));
    let setter = Arc::clone(&stop);
    let waiting = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        setter.store(true, Ordering::Relaxed);
        Instant::now()
    });
    let (code, out, _) = run("conform chord --tier nightly --quiet", stop);
    let stopped = waiting.join().unwrap();
    assert!(stopped.elapsed() < Duration::from_secs(5), "{:?}", stopped.elapsed());
    assert_eq!(code, 2);
    assert!(out.contains("not begun: random runs of sixty_four_identifiers"), "{out}");
    assert!(out.contains("Not established."), "{out}");
}

#[test]
fn what_cannot_be_carried_out_is_said_in_one_line() {
    for (line, expected) in [
        ("conform cord", "did you mean `chord`"),
        ("conform chord/corrected_four_nodes_two_successors", "no implementation of"),
        ("conform chord --cases 0", "0 is not in"),
        ("conform chord --seed x", "invalid"),
    ] {
        let (code, out, err) = run_to_the_end(line);
        assert_eq!((code, out.as_str()), (3, ""), "{line}: {err}");
        assert!(err.contains(expected), "{line}: {err}");
    }
}
