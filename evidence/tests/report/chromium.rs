//! Chromium without a screen, driven through two pipes: it needs no port, no network, no driver.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{env, thread};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long an answer may take; a first start on a busy machine takes a while.
const PATIENCE: Duration = Duration::from_mins(1);
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser with one page. It ends with its owner.
pub(crate) struct Chromium {
    process: Child,
    requests: ChildStdin,
    answers: Receiver<Value>,
    session: Option<String>,
    number: u64,
    /// Errors that the page has complained of.
    pub(crate) complaints: Vec<String>,
    _profile: TempDir,
}

/// The browser of this machine. Without one a test says so loudly, unless one is required.
pub(crate) fn find() -> Option<OsString> {
    let wanted = env::var_os("STRAIGHTEDGE_CHROMIUM");
    let is_required = wanted.as_ref().is_some_and(|wanted| wanted == "required");
    let named = wanted.filter(|wanted| !is_required && !wanted.is_empty());
    let folders = env::var_os("PATH").unwrap_or_default();
    let found = named.or_else(|| {
        let folders: Vec<_> = env::split_paths(&folders).collect();
        let places = NAMES.iter().flat_map(|name| folders.iter().map(move |at| at.join(name)));
        places.into_iter().find(|path| path.is_file()).map(Into::into)
    });
    assert!(found.is_some() || !is_required, "STRAIGHTEDGE_CHROMIUM=required, and there is none");
    if found.is_none() {
        // What a test prints is kept from sight while it passes; this is not.
        let told = writeln!(io::stderr(), "SKIPPED: no chromium here; the page was NOT looked at");
        assert!(told.is_ok());
    }
    found
}

impl Chromium {
    /// Starts it and waits for its first page.
    pub(crate) fn start(program: &OsString, width: u32, is_dark: bool) -> Self {
        let profile = tempfile::tempdir().unwrap();
        // It reads from its third and writes to its fourth descriptor.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 >/dev/null"])
            .arg(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--remote-debugging-pipe", "--disable-dev-shm-usage", "--mute-audio"])
            .args(["--disable-background-networking", "--disable-extensions"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let requests = process.stdin.take().unwrap();
        let answers = listen(process.stdout.take().unwrap());
        let mut browser = Self {
            process,
            requests,
            answers,
            session: None,
            number: 0,
            complaints: Vec::new(),
            _profile: profile,
        };
        let target = browser.ask("Target.createTarget", &json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.ask("Target.attachToTarget", &target);
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable", "Network.enable"] {
            browser.ask(domain, &json!({}));
        }
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        browser.ask("Emulation.setDeviceMetricsOverride", &size);
        let scheme = if is_dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        browser.ask("Emulation.setEmulatedMedia", &features);
        browser
    }

    /// Opens a page from disk, with a fragment or without.
    pub(crate) fn open(&mut self, path: &Path, fragment: &str) {
        self.ask("Page.navigate", &json!({"url": "about:blank"}));
        let url = format!("file://{}{fragment}", path.display());
        let opened = self.ask("Page.navigate", &json!({"url": url}));
        assert_eq!(opened["errorText"], Value::Null, "{url}");
        self.wait_for("location.protocol == 'file:' && document.readyState == 'complete'");
    }

    /// Waits until something is true of the page.
    pub(crate) fn wait_for(&mut self, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.eval(expression) != Value::Bool(true) {
            assert!(Instant::now() < deadline, "it does not come about: {expression}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses a key as a person does.
    pub(crate) fn press(&mut self, key: &str) {
        let mut event = json!({"type": "keyDown", "key": key, "code": key});
        match key {
            "Enter" => event["text"] = "\r".into(),
            _ if key.chars().count() == 1 => event["text"] = key.into(),
            _ => event["type"] = "rawKeyDown".into(),
        }
        if let Some(code) = [("Tab", 9), ("Escape", 27), ("Enter", 13)]
            .iter()
            .find_map(|(name, code)| (*name == key).then_some(*code))
        {
            event["windowsVirtualKeyCode"] = json!(code);
        }
        self.ask("Input.dispatchKeyEvent", &event);
        event["type"] = "keyUp".into();
        self.ask("Input.dispatchKeyEvent", &event);
    }

    /// What an expression comes to on the page.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true});
        let answer = self.ask("Runtime.evaluate", &asked);
        assert_eq!(answer["exceptionDetails"], Value::Null, "{expression}");
        answer["result"]["value"].clone()
    }

    /// The page as a picture, in base 64.
    pub(crate) fn screenshot(&mut self) -> String {
        let asked = json!({"format": "png", "captureBeyondViewport": false});
        let answer = self.ask("Page.captureScreenshot", &asked);
        answer["data"].as_str().unwrap().to_owned()
    }

    fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        self.number += 1;
        let mut request = json!({"id": self.number, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            request["sessionId"] = session.as_str().into();
        }
        self.requests.write_all(format!("{request}\0").as_bytes()).unwrap();
        loop {
            let answer = self.answers.recv_timeout(PATIENCE).expect("the browser answers");
            self.note(&answer);
            if answer["id"] == self.number {
                assert_eq!(answer["error"], Value::Null, "{method}");
                return answer["result"].clone();
            }
        }
    }

    /// Keeps what the page complains of, and what it reaches for beside itself.
    fn note(&mut self, event: &Value) {
        let parameters = &event["params"];
        let is_complaint = match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => parameters["type"] == "error",
            Some("Log.entryAdded") => parameters["entry"]["level"] == "error",
            Some("Network.requestWillBeSent") => {
                let url = parameters["request"]["url"].as_str().unwrap_or_default();
                !url.starts_with("file:") && !url.starts_with("about:")
            }
            _ => false,
        };
        if is_complaint {
            self.complaints.push(parameters.to_string());
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let closing = json!({"id": self.number + 1, "method": "Browser.close"});
        let asked = self.requests.write_all(format!("{closing}\0").as_bytes());
        let deadline = Instant::now() + Duration::from_secs(10);
        while asked.is_ok() && Instant::now() < deadline {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The browser's messages, each of which ends in a zero.
fn listen(output: ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for message in BufReader::new(output).split(0).map_while(Result::ok) {
            let Ok(message) = serde_json::from_slice(&message) else { continue };
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}
