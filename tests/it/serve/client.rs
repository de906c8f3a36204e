//! A running preview, and the simplest client that can talk to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::SiteTest;

/// How long anything may take on a loaded machine; nothing waits that long when all is well.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, serving; killed when the test ends.
pub(crate) struct Serving {
    child: Child,
    stderr: Option<std::thread::JoinHandle<String>>,
    pub(crate) address: SocketAddr,
}

impl Serving {
    /// Starts it at a free port, and waits until it says where it is.
    pub(crate) fn start(site: &SiteTest, arguments: &[&str]) -> Self {
        let mut child = site
            .command()
            .args(["serve", "--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut stderr = child.stderr.take().expect("piped");
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            text
        });
        let stdout = child.stdout.take().expect("piped");
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let line = receiver.recv_timeout(PATIENCE).expect("the program says where it serves");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
        Self { child, stderr: Some(stderr), address: address.parse().expect("an address") }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        stream
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        self.send(
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n", self.address)
                .as_bytes(),
        )
    }

    pub(crate) fn ask_host(&self, host: &str, path: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes())
    }

    /// Sends bytes, and reads the answer until the connection ends.
    pub(crate) fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        stream.write_all(bytes).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("answered");
        Answer::parse(&answer)
    }

    /// Listens to what pages are told.
    pub(crate) fn events(&self) -> Events {
        let mut stream = self.connect();
        let head = format!("GET /_packyard/events HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        stream.write_all(head.as_bytes()).expect("sent");
        Events { lines: BufReader::new(stream), last: Value::Null }
    }

    /// Interrupts it as Ctrl-C does; returns its exit code and what it wrote to stderr.
    #[cfg(unix)]
    pub(crate) fn interrupt(&mut self, patience: Duration) -> (Option<i32>, String) {
        let killed = std::process::Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(killed.expect("kill runs").success());
        let start = Instant::now();
        let code = loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                break status.code();
            }
            assert!(start.elapsed() < patience, "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        };
        (code, self.stderr.take().and_then(|thread| thread.join().ok()).unwrap_or_default())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(text) = self.stderr.take().and_then(|thread| thread.join().ok())
            && std::thread::panicking()
        {
            eprintln!("the program said:\n{text}");
        }
    }
}

/// The event stream.
pub(crate) struct Events {
    lines: BufReader<TcpStream>,
    last: Value,
}

impl Events {
    /// Waits for a state of which something is true, asked again after each; returns that state.
    #[track_caller]
    pub(crate) fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        // What is waited for may have been told already.
        if !self.last.is_null() && is_it(&self.last) {
            return self.last.clone();
        }
        let mut line = String::new();
        loop {
            assert!(start.elapsed() < PATIENCE, "it never came; the last state was {}", self.last);
            line.clear();
            let len = self.lines.read_line(&mut line).expect("an event stream");
            assert_ne!(len, 0, "the stream ended; the last state was {}", self.last);
            let Some(data) = line.strip_prefix("data: ") else { continue };
            self.last = serde_json::from_str(data).expect("JSON");
            if is_it(&self.last) {
                return self.last.clone();
            }
        }
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no head in {:?}", String::from_utf8_lossy(bytes)));
        let head = std::str::from_utf8(&bytes[..end]).expect("ASCII");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self { status: status.expect("a status"), headers, body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Saves a file as careful editors do: written beside its place, then renamed over it.
pub(crate) fn rename_over(path: &Path, text: &str) {
    let beside = path.with_extension("tmp");
    std::fs::write(&beside, text).expect("written");
    std::fs::rename(&beside, path).expect("renamed");
}
