//! `run load-manager`, as a shell sees it.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command as Process, Stdio};
use std::thread;
use std::time::Duration;

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use predicates::prelude::{PredicateBooleanExt, predicate};

/// A server that answers everything with its name, for as long as the test runs.
fn server(name: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut head = [0; 4096];
                if matches!(stream.read(&mut head), Ok(1..)) {
                    let length = name.len();
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{name}");
                    let _ = stream.write_all(head.as_bytes());
                }
            });
        }
    });
    address
}

/// An address at which nobody listens.
fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn ask(proxy: &str) -> String {
    let mut stream = TcpStream::connect(proxy).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A proxy that ends with the test, however that ends.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    fn start(arguments: &str) -> Self {
        let mut child = Process::new(cargo_bin("straightedge"))
            .args(["run", "load-manager", "--listen", "127.0.0.1:0"])
            .args(arguments.split_whitespace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn order(&mut self, line: &str) {
        let orders = self.child.stdin.as_mut().unwrap();
        writeln!(orders, "{line}").unwrap();
    }

    fn interrupt(&self) {
        let pid = self.child.id().to_string();
        assert!(Process::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn requests_are_served_around_a_dead_server_until_an_interrupt() {
    let (alive, dead) = (server("alive"), nobody());
    let mut proxy = Running::start(&format!(
        "--backend {dead} {alive} --policy round_robin --interval 50 --panic 0 --orders"
    ));
    let first = proxy.line();
    let address = first.strip_prefix("listening on ").unwrap();
    let (address, rest) = address.split_once(": ").unwrap();
    assert_eq!(rest, "2 servers, round_robin");
    for _ in 0..4 {
        let answer = ask(address);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("alive"), "{answer}");
    }
    assert_eq!(proxy.line(), format!("server 0 at {dead} is down"));
    proxy.order("nonsense 1");
    proxy.order("drain 1");
    assert_eq!(proxy.line(), format!("server 1 at {alive} is drained"));
    assert!(ask(address).starts_with("HTTP/1.1 503"));
    proxy.interrupt();
    let last = proxy.line();
    let told = [": 4 answered, ", ", 1 without a server, 0 lost, "];
    assert!(told.iter().all(|told| last.contains(told)), "{last}");
    assert_eq!(proxy.child.wait().unwrap().code(), Some(0));
    let mut errors = String::new();
    proxy.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!(errors, "straightedge: `nonsense 1` is no order; see --help\n");
}

#[test]
fn a_flag_that_makes_no_sense_is_one_line_and_exits_with_3() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("--backend 127.0.0.1:1 --listen {}", taken.local_addr().unwrap());
    for (arguments, said) in [
        ("", "required arguments were not provided"),
        ("--backend nowhere", "invalid value 'nowhere' for '--backend"),
        ("--backend 127.0.0.1:1 --policy best", "invalid value 'best' for '--policy"),
        ("--backend 127.0.0.1:1 --capacity 0", "invalid value '0' for '--capacity"),
        ("--backend 127.0.0.1:1 --rise 0", "invalid value '0' for '--rise"),
        ("--backend 127.0.0.1:1 --panic 101", "invalid value '101' for '--panic"),
        ("--backend 127.0.0.1:1 --interval 0", "invalid value '0' for '--interval"),
        ("--backend 127.0.0.1:1 --check health", "`health` is no path"),
        ("--backend 127.0.0.1:1 --protocol tcp --check /", "--check asks by HTTP"),
        (
            "--backend 127.0.0.1:1 --policy ip_hash_maglev --entries 100",
            "Maglev's table has a prime number of entries",
        ),
        (
            "--backend 127.0.0.1:1 --policy content_aware --partitions 2",
            "between 1 and 1 partitions",
        ),
        (&listen, "cannot listen on 127.0.0.1:"),
    ] {
        Command::cargo_bin("straightedge")
            .unwrap()
            .args(["run", "load-manager"])
            .args(arguments.split_whitespace())
            .timeout(Duration::from_secs(20))
            .assert()
            .code(3)
            .stdout("")
            .stderr(
                predicate::str::contains(said)
                    .and(predicate::str::is_match("^straightedge: .*\n$").unwrap()),
            );
    }
}
