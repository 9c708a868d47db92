//! A process with pipes, of which nothing is waited for without end and nothing is kept without
//! bound.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child as Process, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Limits;
use crate::subject::{Breach, Broken};

/// How often it is looked whether to go on waiting.
const TICK: Duration = Duration::from_millis(20);

/// Lines that may wait to be read. A process that writes more waits itself.
const WAITING: usize = 16;

/// How long a process whose output has ended may take to end.
const LAST_BREATH: Duration = Duration::from_millis(300);

/// What is read of the standard output.
enum Heard {
    Line(Vec<u8>),
    TooLong,
    End,
}

/// What is kept of the standard error.
#[derive(Default)]
struct Words {
    last: VecDeque<u8>,
    is_flooded: bool,
}

/// A running process.
pub(super) struct Child {
    process: Process,
    lines: Receiver<Heard>,
    /// Lines to write. Closed to close the standard input.
    input: Option<Sender<Vec<u8>>>,
    words: Arc<Mutex<Words>>,
    status: Option<ExitStatus>,
}

impl Child {
    /// Starts a command in a group of its own.
    pub(super) fn start(command: &[String], limits: &Limits) -> io::Result<Self> {
        let [program, arguments @ ..] = command else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "no command"));
        };
        let mut command = Command::new(program);
        command.args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        in_a_group(&mut command);
        let mut process = command.spawn()?;
        let (sender, lines) = mpsc::sync_channel(WAITING);
        let longest = limits.line;
        if let Some(output) = process.stdout.take() {
            thread::spawn(move || read_lines(output, longest, &sender));
        }
        let words = Arc::new(Mutex::new(Words::default()));
        if let Some(errors) = process.stderr.take() {
            let (words, kept, most) = (Arc::clone(&words), limits.stderr_kept, limits.stderr);
            thread::spawn(move || read_words(errors, kept, most, &words));
        }
        let input = process.stdin.take().map(|stdin| {
            let (input, to_write) = mpsc::channel();
            thread::spawn(move || write_lines(stdin, &to_write));
            input
        });
        Ok(Self { process, lines, input, words, status: None })
    }

    /// Writes a line, without waiting until it is read.
    pub(super) fn say(&mut self, line: String) {
        if let Some(input) = &self.input {
            // If nobody reads any more, the missing answer tells.
            let _ = input.send(line.into_bytes());
        }
    }

    /// Waits for the next line.
    pub(super) fn hear(
        &mut self,
        patience: Duration,
        deadline: Instant,
        stop: &AtomicBool,
    ) -> Result<Vec<u8>, Broken> {
        let started = Instant::now();
        loop {
            if self.words().is_flooded {
                return Err(flooded());
            }
            match self.lines.recv_timeout(TICK) {
                Ok(Heard::Line(line)) => return Ok(line),
                Ok(Heard::TooLong) => {
                    return Err(unreadable("the process writes a line that is too long"));
                }
                Ok(Heard::End) | Err(RecvTimeoutError::Disconnected) => return Err(self.ended()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if stop.load(Ordering::Relaxed) {
                return Err(Broken::new(Breach::Interrupted, "it was interrupted"));
            }
            if Instant::now() >= deadline {
                return Err(Broken::new(Breach::OutOfTime, "the time for the whole run is over"));
            }
            if started.elapsed() >= patience {
                let why = format!("the process does not answer within {patience:?}");
                return Err(Broken::new(Breach::Stopped, why));
            }
        }
    }

    /// The process has closed its standard output: how did it end?
    fn ended(&mut self) -> Broken {
        let status = self.wait(LAST_BREATH);
        if self.words().is_flooded {
            return flooded();
        }
        let why = match status {
            Some(status) => format!("the process ended: {status}"),
            None => "the process closed its standard output".to_owned(),
        };
        Broken::new(Breach::Stopped, why)
    }

    /// Waits for its end, for so long.
    fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let started = Instant::now();
        while self.status.is_none() {
            self.status = self.process.try_wait().ok().flatten();
            if self.status.is_some() || started.elapsed() >= patience {
                break;
            }
            thread::sleep(Duration::from_millis(2));
        }
        self.status
    }

    /// Lets it end by itself for so long; after that it is killed.
    pub(super) fn end(&mut self, patience: Duration) {
        self.input = None;
        self.wait(patience);
        self.kill();
    }

    /// Ends it, and all that it has started.
    fn kill(&mut self) {
        kill_group(&self.process);
        // It may have ended by itself.
        let _ = self.process.kill();
        if self.status.is_none() {
            self.status = self.process.wait().ok();
        }
    }

    /// The last lines of its standard error.
    pub(super) fn last_words(&self) -> Vec<String> {
        let words = self.words();
        let bytes: Vec<u8> = words.last.iter().copied().collect();
        String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
    }

    fn words(&self) -> std::sync::MutexGuard<'_, Words> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}

fn flooded() -> Broken {
    unreadable("the process floods its standard error")
}

fn unreadable(why: &str) -> Broken {
    Broken::new(Breach::Unreadable, why)
}

#[cfg(unix)]
fn in_a_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn in_a_group(_command: &mut Command) {}

/// The group has the number of its first process, and that number is not given again before the
/// group is empty.
#[cfg(unix)]
fn kill_group(process: &Process) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(group) = i32::try_from(process.id()).ok().and_then(Pid::from_raw) {
        // There may be nobody left.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill_group(_process: &Process) {}

fn read_lines(output: impl Read, longest: usize, heard: &SyncSender<Heard>) {
    let mut output = BufReader::new(output);
    loop {
        let mut line = Vec::new();
        let most = longest as u64 + 1;
        let read = (&mut output).take(most).read_until(b'\n', &mut line);
        let is_whole = line.ends_with(b"\n");
        let said = match read {
            Ok(_) if is_whole => Heard::Line(line),
            Ok(count) if count as u64 >= most => Heard::TooLong,
            // A line that breaks off is no answer.
            Ok(_) | Err(_) => Heard::End,
        };
        let is_last = !matches!(said, Heard::Line(_));
        if heard.send(said).is_err() || is_last {
            return;
        }
    }
}

fn read_words(mut errors: impl Read, kept: usize, most: u64, words: &Mutex<Words>) {
    let mut buffer = [0; 4096];
    let mut total = 0;
    while let Ok(count) = errors.read(&mut buffer)
        && count > 0
    {
        total += count as u64;
        let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
        words.last.extend(&buffer[..count]);
        let surplus = words.last.len().saturating_sub(kept);
        words.last.drain(..surplus);
        if total > most {
            words.is_flooded = true;
            return;
        }
    }
}

fn write_lines(mut stdin: ChildStdin, lines: &Receiver<Vec<u8>>) {
    for line in lines {
        if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}
