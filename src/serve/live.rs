//! What pages hear while they are open: which build is served, and what is wrong.
//!
//! One state, told to every event stream when it connects and when it changes; a page compares its own entity tag with what is
//! served now, so that no list of changed pages is needed and nothing is missed by a page that was away.

use std::io::{self, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::http::Ticket;
use crate::build::Problem;
use crate::diag::Diagnostic;

/// How often a stream says that it is there, which also finds out that its page is gone.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How often it looks whether its place was given to another one.
const LOOK: Duration = Duration::from_millis(250);
/// Most problems that pages are told of.
const MOST_PROBLEMS: usize = 50;

/// The state that pages are told.
#[derive(Debug, Default)]
pub(super) struct Live {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    build: u64,
    problems: Vec<Shown>,
    event: Arc<str>,
    is_over: bool,
}

/// What is sent, as `assets/live.js` reads it.
#[derive(Serialize)]
struct Event<'a> {
    build: u64,
    problems: &'a [Shown],
}

/// A problem, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Shown {
    /// The folder of the pack's pages, with slashes at both ends; all pages without.
    pub(super) folder: Option<String>,
    /// `error`, as a rule.
    pub(super) severity: &'static str,
    /// The stable name of the fault.
    pub(super) code: String,
    /// What is wrong.
    pub(super) message: String,
    /// What to do about it.
    pub(super) help: Option<String>,
    /// The file.
    pub(super) file: Option<String>,
    /// The line, from 1.
    pub(super) line: Option<u32>,
    /// The column, from 1.
    pub(super) column: Option<u32>,
    /// The lines concerned.
    pub(super) excerpt: Option<String>,
}

impl Shown {
    /// Returns a mistake in a pack.
    pub(super) fn of(problem: &Problem) -> Self {
        let Diagnostic { code, severity, place, message, help, .. } = &problem.finding;
        Self {
            folder: problem.pack.as_ref().map(|id| format!("/packs/{id}/")),
            severity: severity.as_str(),
            code: code.name().to_owned(),
            message: message.clone(),
            help: help.clone(),
            file: Some(place.path.clone()).filter(|path| !path.is_empty()),
            line: place.span.map(|span| span.line),
            column: place.span.map(|span| span.column),
            excerpt: place.excerpt.clone(),
        }
    }

    /// Returns what stopped a whole build, such as a faulty template; `code` says which part of it.
    pub(super) fn failure(code: &str, message: String) -> Self {
        // The first line is the sentence, the rest mostly an excerpt that an engine drew.
        let (message, excerpt) = match message.split_once('\n') {
            Some((message, rest)) => (message.to_owned(), Some(rest.trim_end().to_owned())),
            None => (message, None),
        };
        let (folder, help, file, line, column) = (None, None, None, None, None);
        Self { folder, severity: "error", code: code.to_owned(), message, help, file, line, column, excerpt }
    }
}

impl Live {
    /// Tells every page that something was built, or could not be.
    pub(super) fn tell(&self, problems: Vec<Shown>) {
        self.say(|state| state.problems = problems);
    }

    /// Tells every page what else is wrong with what was built.
    pub(super) fn add(&self, problems: Vec<Shown>) {
        self.say(|state| {
            for problem in problems {
                if !state.problems.contains(&problem) {
                    state.problems.push(problem);
                }
            }
        });
    }

    fn say(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        state.build += 1;
        let problems = &state.problems[..state.problems.len().min(MOST_PROBLEMS)];
        let json = serde_json::to_string(&Event { build: state.build, problems }).expect("text and numbers");
        state.event = format!("event: state\nid: {}\ndata: {json}\n\n", state.build).into();
        drop(state);
        self.changed.notify_all();
    }

    /// Ends every stream.
    pub(super) fn end(&self) {
        self.state().is_over = true;
        self.changed.notify_all();
    }

    /// Sends the state now and whenever it changes, until the page is gone or its place is taken.
    pub(super) fn stream(&self, stream: &mut TcpStream, ticket: &Ticket) -> io::Result<()> {
        stream.write_all(b"retry: 1000\n\n")?;
        let (mut told, mut spoken) = (0, Instant::now());
        while ticket.is_open() {
            let event = {
                let state = self.state();
                let waits = |state: &mut State| state.build == told && !state.is_over;
                let (state, _) =
                    self.changed.wait_timeout_while(state, LOOK, waits).unwrap_or_else(PoisonError::into_inner);
                if state.is_over {
                    return Ok(());
                }
                let event = (state.build != told).then(|| Arc::clone(&state.event));
                told = state.build;
                event
            };
            let heartbeat = || (spoken.elapsed() >= HEARTBEAT).then(|| Arc::from(": still here\n\n"));
            if let Some(text) = event.or_else(heartbeat) {
                stream.write_all(text.as_bytes())?;
                spoken = Instant::now();
            }
        }
        Ok(())
    }

    /// A thread that panicked while it held the state left it whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_of_json_whatever_a_pack_says() {
        let live = Live::default();
        live.tell(vec![Shown::failure("template", "a\nb\r\n</script>\u{2028}".to_owned())]);
        let event = live.state().event.clone();
        let data: Vec<&str> = event.lines().filter(|line| line.starts_with("data: ")).collect();
        assert_eq!((data.len(), event.matches('\n').count()), (1, 4), "{event}");
        let value: serde_json::Value = serde_json::from_str(data[0].trim_start_matches("data: ")).expect("JSON");
        assert_eq!(value["problems"][0]["message"], "a");
        assert_eq!(value["build"], 1);
    }
}
