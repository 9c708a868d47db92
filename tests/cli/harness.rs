//! Runs a command line in this process, on systems of the tests' own.

use std::io::{self, Write};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::thread;

use straightedge::cli::{self, Console};
use straightedge_models::engine::System;

/// What a command line came to.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

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

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// An output on which nothing can be written.
pub(crate) struct Refuses(pub(crate) io::ErrorKind);

impl Write for Refuses {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::from(self.0))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn words(line: &str) -> Vec<String> {
    std::iter::once("straightedge").chain(line.split_whitespace()).map(str::to_owned).collect()
}

/// Runs `straightedge` with these words.
pub(crate) fn run(systems: &'static [System], line: &str) -> Done {
    run_until(systems, line, Arc::new(AtomicBool::new(false)))
}

/// Runs `straightedge` with these words and this stop signal.
pub(crate) fn run_until(systems: &'static [System], line: &str, stop: Arc<AtomicBool>) -> Done {
    let (out, err) = (Buffer::default(), Buffer::default());
    let mut console = Console {
        out: Box::new(out.clone()),
        err: Box::new(err.clone()),
        is_terminal: false,
        stop,
        listens: false,
    };
    let code = cli::main(systems, words(line), &mut console);
    Done { code, out: out.text(), err: err.text() }
}

/// A command line that goes on for as long as the tests do.
pub(crate) struct Running(Buffer);

impl Running {
    /// Starts `straightedge` with these words on a thread of its own.
    pub(crate) fn start(systems: &'static [System], line: &str) -> Self {
        let (out, words) = (Buffer::default(), words(line));
        let heard = out.clone();
        thread::spawn(move || {
            let mut console = Console {
                out: Box::new(out),
                err: Box::new(io::sink()),
                is_terminal: false,
                stop: Arc::new(AtomicBool::new(false)),
                listens: false,
            };
            cli::main(systems, words, &mut console)
        });
        Self(heard)
    }

    /// What it has written so far.
    pub(crate) fn out(&self) -> String {
        self.0.text()
    }
}

/// Runs `straightedge` where the standard output refuses; the code and the standard error.
pub(crate) fn run_refused(
    systems: &'static [System],
    line: &str,
    kind: io::ErrorKind,
) -> (u8, String) {
    let err = Buffer::default();
    let mut console = Console {
        out: Box::new(Refuses(kind)),
        err: Box::new(err.clone()),
        is_terminal: false,
        stop: Arc::new(AtomicBool::new(false)),
        listens: false,
    };
    (cli::main(systems, words(line), &mut console), err.text())
}
