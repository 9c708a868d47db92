//! `explore`: the web explorer answers, and opens at a counterexample.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::harness::Running;
use super::lamp::lamp;

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Asks until there is an answer: the explorer takes a moment to listen.
fn get(port: u16, path: &str) -> String {
    let began = Instant::now();
    loop {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
            write!(stream, "GET {path} HTTP/1.0\r\nConnection: close\r\n\r\n").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            return answer;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "no answer from port {port}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn the_explorer_answers_and_its_address_leads_to_the_counterexample() {
    let port = free_port();
    let running = Running::start(lamp(), &format!("explore lamp@skips_dim --port {port}"));
    let states = get(port, "/.states");
    assert!(states.contains(" 200 OK"), "{states}");
    assert!(states.contains("brightness"), "{states}");
    let out = running.out();
    assert!(out.contains(&format!("http://127.0.0.1:{port}/  (Ctrl-C ends)")), "{out}");
    let link = format!("`presses_go_one_up` is violated: http://127.0.0.1:{port}/#/steps/0/0\n");
    assert!(out.contains(&link), "{out}");
}

#[test]
fn a_system_alone_is_its_first_instance() {
    let port = free_port();
    let running = Running::start(lamp(), &format!("explore lamp --port {port}"));
    get(port, "/");
    assert!(running.out().starts_with("lamp/bulb: looking for a counterexample\n"));
}
