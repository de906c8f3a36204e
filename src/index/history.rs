//! The history of one pack: verified lines, folded into releases and status.
//!
//! In: the text of a file of the index, or new events. Out: the events, and the text of new lines. The text that was read is
//! not kept, but the digest of its last line is, which stands for all of it: events of kinds that this version does not know
//! stay in the file. Touches no disk, knows no clock.
//!
//! Every line is held against these rules, read or new; specified in `docs/format/registry-index.md`:
//!
//! 1. It is one canonical JSON object (RFC 8785), ended by a line feed.
//! 2. `seq` counts up from 0; `prev` is the digest of the line before; `at` is RFC 3339 in UTC, whole seconds.
//! 3. The first event is `owner`; a version is released once; status is said of released versions only, and a pack is
//!    renamed within its ecosystem.

use std::collections::HashMap;

use jiff::Timestamp;

use super::event::{Event, Release, What};
use super::line;
use super::status::Status;
use crate::ident::{Digest, PackId, Version};

/// The history of one pack.
#[derive(Debug, Clone)]
pub struct History {
    id: PackId,
    /// The text of the lines that are not on disk yet.
    new_lines: String,
    /// What is on disk.
    stored: Extent,
    /// What is on disk, and the new lines.
    whole: Extent,
    events: Vec<Event>,
    releases: HashMap<Version, usize>,
    owner: Option<usize>,
}

/// How far a text goes. The last line's digest stands for the whole text: it covers the digest of the line before, and so on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Extent {
    lines: u64,
    /// The digest of the last line.
    head: Option<Digest>,
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
    /// A pack is renamed to one of another ecosystem.
    #[error("`{0}` is in another ecosystem")]
    RenamedAcross(PackId),
}

impl History {
    /// Returns a history without events.
    pub fn empty(id: PackId) -> Self {
        let (stored, whole) = (Extent::default(), Extent::default());
        Self { id, new_lines: String::new(), stored, whole, events: Vec::new(), releases: HashMap::new(), owner: None }
    }

    /// Returns the history that the text of a file holds, or its first fault.
    ///
    /// Fields and kinds of events that are not known are ignored, so that an index may grow.
    pub fn parse(id: PackId, text: &str) -> Result<Self, HistoryFault> {
        let mut history = Self::empty(id);
        for line in text.split_inclusive('\n') {
            let read = line.strip_suffix('\n').ok_or(LineFault::Unfinished).and_then(|line| history.read(line));
            read.map_err(|fault| HistoryFault { line: history.whole.lines + 1, fault })?;
        }
        history.stored = history.whole;
        history.events.shrink_to_fit();
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
            What::Owner { source, .. } => Some(source),
            _ => None,
        }
    }

    /// Returns the name under which the pack goes on, by the last rename.
    pub fn renamed_to(&self) -> Option<&PackId> {
        let to = self.events.iter().rev().find_map(|event| match &event.what {
            What::Rename { to, .. } => Some(to),
            _ => None,
        });
        to.filter(|to| **to != self.id)
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
        Status::of(&self.id, &self.events, Some(version))
    }

    /// Returns the status of the pack as a whole.
    pub fn pack_status(&self) -> Status {
        Status::of(&self.id, &self.events, None)
    }

    /// Returns what was said of the pack and its releases after they were published, in order; a transfer is among it, the first owner is not.
    pub fn said(&self) -> impl Iterator<Item = &Event> {
        let is_said = |event: &&Event| match &event.what {
            What::Release(_) => false,
            What::Owner { reason, .. } => reason.is_some(),
            _ => true,
        };
        self.events.iter().filter(is_said)
    }

    /// Returns when the newest known event happened.
    pub fn updated(&self) -> Option<Timestamp> {
        self.events.iter().map(|event| event.at).max()
    }

    /// Returns the digest of the last line, which stands for the whole text; nothing in an empty history.
    pub fn head(&self) -> Option<Digest> {
        self.whole.head
    }

    /// Returns how many lines there are, those of unknown kinds included.
    pub fn lines(&self) -> u64 {
        self.whole.lines
    }

    /// Appends an event; refuses what [`History::parse`] would refuse. Fractions of a second are dropped.
    pub fn append(&mut self, at: Timestamp, what: What) -> Result<(), HistoryFault> {
        let at = Timestamp::from_second(at.as_second()).expect("seconds of a timestamp are in range");
        let event = Event { seq: self.whole.lines, prev: self.whole.head, at, what };
        let line = serde_json_canonicalizer::to_string(&event).expect("events have string keys and no floats");
        self.admit(event).map_err(|fault| HistoryFault { line: self.whole.lines + 1, fault })?;
        self.count(&line);
        self.new_lines.push_str(&line);
        self.new_lines.push('\n');
        Ok(())
    }

    /// Returns the text of the lines that are not on disk yet.
    pub fn new_lines(&self) -> &str {
        &self.new_lines
    }

    /// Tells whether the new lines belong behind a text: whether it is, byte for byte, what this history was read from.
    pub(super) fn continues(&self, text: &[u8]) -> bool {
        let Ok(text) = str::from_utf8(text) else { return false };
        Self::parse(self.id.clone(), text).is_ok_and(|found| found.whole == self.stored)
    }

    /// Notes that the new lines are on disk.
    pub(super) fn mark_stored(&mut self) {
        self.stored = self.whole;
        self.new_lines = String::new();
    }

    fn read(&mut self, line: &str) -> Result<(), LineFault> {
        let (envelope, event) = line::parse(line)?;
        if envelope.seq != self.whole.lines {
            return Err(LineFault::Sequence { expected: self.whole.lines, found: envelope.seq });
        }
        if envelope.prev != self.whole.head {
            return Err(LineFault::Chain);
        }
        match event {
            Some(event) => self.admit(event)?,
            None if self.whole.lines == 0 => return Err(LineFault::NoOwner),
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
            _ if self.whole.lines == 0 => return Err(LineFault::NoOwner),
            What::Release(release) if self.releases.contains_key(&release.version) => {
                return Err(LineFault::ReleasedTwice(release.version.clone()));
            }
            What::Rename { to, .. } if to.ecosystem != self.id.ecosystem => {
                return Err(LineFault::RenamedAcross(to.clone()));
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
        self.whole = Extent { lines: self.whole.lines + 1, head: Some(Digest::of(line.as_bytes())) };
    }
}

fn as_release(event: &Event) -> Option<(&Release, Timestamp)> {
    match &event.what {
        What::Release(release) => Some((&**release, event.at)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
