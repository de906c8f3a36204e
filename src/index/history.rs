//! The history of one pack: verified lines, folded into releases and status.
//!
//! In: the text of a file of the index, or new events. Out: the events, and the text with new lines at its end; what was read
//! is kept byte for byte, with events of kinds that this version does not know. Touches no disk, knows no clock.
//!
//! Every line is held against these rules, read or new; specified in `docs/format/registry-index.md`:
//!
//! 1. It is one canonical JSON object (RFC 8785), ended by a line feed.
//! 2. `seq` counts up from 0; `prev` is the digest of the line before; `at` is RFC 3339 in UTC, whole seconds.
//! 3. The first event is `owner`; a version is released once; status is said of released versions only.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Deserialize as _;
use serde_json::Value;

use super::event::{Event, Release, What};
use crate::ident::{Digest, PackId, Version};

/// The history of one pack.
#[derive(Debug, Clone)]
pub struct History {
    id: PackId,
    text: String,
    /// How much of the text is on disk, in bytes.
    stored: usize,
    lines: u64,
    head: Option<Digest>,
    events: Vec<Event>,
    releases: HashMap<Version, usize>,
    owner: Option<usize>,
}

/// Says where a history is broken, and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct HistoryFault {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub fault: LineFault,
}

/// Says what is wrong with a line of a history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// The file ends within the line.
    #[error("it does not end with a line feed")]
    Unfinished,
    /// The line is not JSON, or not an event.
    #[error("it is not an event: {0}")]
    Malformed(String),
    /// The line is JSON, but not in the form of RFC 8785.
    #[error("it is not canonical JSON (RFC 8785)")]
    NotCanonical,
    /// A number is left out or repeated.
    #[error("`seq` is {found}, not {expected}")]
    Sequence {
        /// The number of the line.
        expected: u64,
        /// What it says.
        found: u64,
    },
    /// The line does not continue the line before: one of the two was changed.
    #[error("`prev` is not the digest of the line before")]
    Chain,
    /// The time is not in UTC, or not in whole seconds.
    #[error("`at` is not in UTC and whole seconds")]
    Time,
    /// The first event is not `owner`.
    #[error("the first event is not `owner`")]
    NoOwner,
    /// A version is released again.
    #[error("version {0} was released before")]
    ReleasedTwice(Version),
    /// A status of a version that was not released.
    #[error("version {0} was not released")]
    NotReleased(Version),
}

/// What puts a line into its place, whatever the kind of its event.
#[derive(serde::Deserialize)]
struct Envelope {
    seq: u64,
    prev: Option<Digest>,
}

/// What may change after a release; everything absent is the normal state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Status {
    /// Why it was yanked.
    pub yanked: Option<String>,
    /// Why it is deprecated, and what to use instead.
    pub deprecated: Option<(String, Option<String>)>,
    /// Why it is held back.
    pub quarantined: Option<String>,
    /// Whether it is not released at all, but present in a working directory; in a preview only, never in an index.
    pub draft: bool,
}

impl History {
    /// Returns a history without events.
    pub fn empty(id: PackId) -> Self {
        let (text, events, releases) = (String::new(), Vec::new(), HashMap::new());
        Self { id, text, stored: 0, lines: 0, head: None, events, releases, owner: None }
    }

    /// Returns the history that the text of a file holds, or its first fault.
    ///
    /// Fields and kinds of events that are not known are kept and ignored, so that an index may grow.
    pub fn parse(id: PackId, text: String) -> Result<Self, HistoryFault> {
        let mut history = Self::empty(id);
        for line in text.split_inclusive('\n') {
            let read = line.strip_suffix('\n').ok_or(LineFault::Unfinished).and_then(|line| history.read(line));
            read.map_err(|fault| HistoryFault { line: history.lines + 1, fault })?;
        }
        history.stored = text.len();
        history.text = text;
        Ok(history)
    }

    /// Returns the pack.
    pub fn id(&self) -> &PackId {
        &self.id
    }

    /// Returns the events of kinds that are known, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Returns the source that owns the name, by the last owner event; nothing in an empty history only.
    pub fn owner(&self) -> Option<&str> {
        match &self.events[self.owner?].what {
            What::Owner { source } => Some(source),
            _ => None,
        }
    }

    /// Returns the releases and when they were published, in the order of publication.
    pub fn releases(&self) -> impl Iterator<Item = (&Release, Timestamp)> {
        self.events.iter().filter_map(as_release)
    }

    /// Returns the release of a version and when it was published.
    pub fn release(&self, version: &Version) -> Option<(&Release, Timestamp)> {
        as_release(&self.events[*self.releases.get(version)?])
    }

    /// Returns what changed since a version was released; a status of the whole pack is not part of it.
    pub fn status(&self, version: &Version) -> Status {
        self.fold(Some(version))
    }

    /// Returns the status of the pack as a whole.
    pub fn pack_status(&self) -> Status {
        self.fold(None)
    }

    /// Returns when the newest known event happened.
    pub fn updated(&self) -> Option<Timestamp> {
        self.events.iter().map(|event| event.at).max()
    }

    /// Returns the digest of the last line; nothing in an empty history.
    pub fn head(&self) -> Option<Digest> {
        self.head
    }

    /// Appends an event; refuses what [`History::parse`] would refuse. Fractions of a second are dropped.
    pub fn append(&mut self, at: Timestamp, what: What) -> Result<(), HistoryFault> {
        let at = Timestamp::from_second(at.as_second()).expect("seconds of a timestamp are in range");
        let event = Event { seq: self.lines, prev: self.head, at, what };
        let line = serde_json_canonicalizer::to_string(&event).expect("events have string keys and no floats");
        self.admit(event).map_err(|fault| HistoryFault { line: self.lines + 1, fault })?;
        self.count(&line);
        self.text.push_str(&line);
        self.text.push('\n');
        Ok(())
    }

    /// Returns the whole text of the file.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the part of the text that is on disk.
    pub fn stored_text(&self) -> &str {
        &self.text[..self.stored]
    }

    /// Returns the lines that are not on disk yet.
    pub fn new_lines(&self) -> &str {
        &self.text[self.stored..]
    }

    /// Notes that the whole text is on disk.
    pub(super) fn mark_stored(&mut self) {
        self.stored = self.text.len();
    }

    fn read(&mut self, line: &str) -> Result<(), LineFault> {
        let (envelope, event) = parse_line(line)?;
        if envelope.seq != self.lines {
            return Err(LineFault::Sequence { expected: self.lines, found: envelope.seq });
        }
        if envelope.prev != self.head {
            return Err(LineFault::Chain);
        }
        match event {
            Some(event) => self.admit(event)?,
            None if self.lines == 0 => return Err(LineFault::NoOwner),
            None => {}
        }
        self.count(line);
        Ok(())
    }

    /// Adds an event if it may follow the events before.
    fn admit(&mut self, event: Event) -> Result<(), LineFault> {
        let place = self.events.len();
        match &event.what {
            What::Owner { .. } => self.owner = Some(place),
            _ if self.lines == 0 => return Err(LineFault::NoOwner),
            What::Release(release) if self.releases.contains_key(&release.version) => {
                return Err(LineFault::ReleasedTwice(release.version.clone()));
            }
            What::Release(release) => {
                self.releases.insert(release.version.clone(), place);
            }
            what => {
                if let Some(version) = what.version().filter(|version| !self.releases.contains_key(version)) {
                    return Err(LineFault::NotReleased(version.clone()));
                }
            }
        }
        self.events.push(event);
        Ok(())
    }

    fn count(&mut self, line: &str) {
        self.head = Some(Digest::of(line.as_bytes()));
        self.lines += 1;
    }

    /// Returns what the events about a version, or about the whole pack, add up to.
    fn fold(&self, version: Option<&Version>) -> Status {
        let mut status = Status::default();
        for event in &self.events {
            if event.what.version() != version {
                continue;
            }
            match &event.what {
                What::Yank { reason, .. } => status.yanked = Some(reason.clone()),
                What::Unyank { .. } => status.yanked = None,
                What::Deprecate { reason, successor, .. } => {
                    status.deprecated = Some((reason.clone(), successor.clone()));
                }
                What::Quarantine { reason, .. } => status.quarantined = Some(reason.clone()),
                What::Owner { .. } | What::Release(_) => {}
            }
        }
        status
    }
}

/// Returns what a canonical line says; no event when its kind is not known.
fn parse_line(line: &str) -> Result<(Envelope, Option<Event>), LineFault> {
    // Nearly every line is exactly what this program would write: then nothing else needs to be looked at.
    if let Ok(event) = serde_json::from_str::<Event>(line)
        && event.at.subsec_nanosecond() == 0
        && serde_json_canonicalizer::to_string(&event).is_ok_and(|canonical| canonical == line)
    {
        return Ok((Envelope { seq: event.seq, prev: event.prev }, Some(event)));
    }
    let malformed = |error: serde_json::Error| LineFault::Malformed(error.to_string());
    let value: Value = serde_json::from_str(line).map_err(malformed)?;
    if serde_json_canonicalizer::to_string(&value).map_err(malformed)? != line {
        return Err(LineFault::NotCanonical);
    }
    let envelope = Envelope::deserialize(&value).map_err(malformed)?;
    let at = value["at"].as_str().unwrap_or_default();
    let is_time = |time: Timestamp| time.subsec_nanosecond() == 0 && time.to_string() == at;
    if !at.parse().is_ok_and(is_time) {
        return Err(LineFault::Time);
    }
    let Some(kind) = value["event"].as_str() else {
        return Err(LineFault::Malformed("`event` is not text".to_owned()));
    };
    let event = What::KINDS.contains(&kind).then(|| Event::deserialize(&value)).transpose().map_err(malformed)?;
    Ok((envelope, event))
}

fn as_release(event: &Event) -> Option<(&Release, Timestamp)> {
    match &event.what {
        What::Release(release) => Some((&**release, event.at)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
