//! Signatures; the body follows.

use jiff::Timestamp;

use super::event::{Event, Release, What};
use crate::catalog::Status;
use crate::ident::{PackId, Version};

/// The history of one pack.
#[derive(Debug, Clone)]
pub struct History {
    id: PackId,
}

/// Says where a history is broken, and how (will be a struct: line, what).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("broken")]
pub struct HistoryFault;

impl History {
    /// Returns a history without events.
    pub fn empty(id: PackId) -> Self {
        Self { id }
    }
    /// Reads and verifies the lines of a pack.
    pub fn parse(id: PackId, text: String) -> Result<Self, HistoryFault> {
        unimplemented!()
    }
    /// Returns the pack.
    pub fn id(&self) -> &PackId {
        &self.id
    }
    /// Returns the events of kinds that are known, in order.
    pub fn events(&self) -> &[Event] {
        unimplemented!()
    }
    /// Returns the source that owns the name: that of the last owner event.
    pub fn owner(&self) -> Option<&str> {
        unimplemented!()
    }
    /// Returns the releases with the times they were published, in order of publication.
    pub fn releases(&self) -> impl Iterator<Item = (&Release, Timestamp)> {
        std::iter::empty()
    }
    /// Returns the release of a version.
    pub fn release(&self, version: &Version) -> Option<(&Release, Timestamp)> {
        unimplemented!()
    }
    /// Returns the status of a release.
    pub fn status(&self, version: &Version) -> Status {
        unimplemented!()
    }
    /// Returns the status of the pack as a whole.
    pub fn pack_status(&self) -> Status {
        unimplemented!()
    }
    /// Appends an event; refuses what `parse` would refuse (a second release of a version, a first event that is no owner).
    pub fn append(&mut self, at: Timestamp, what: What) -> Result<(), HistoryFault> {
        unimplemented!()
    }
    /// Returns the whole text of the file.
    pub fn text(&self) -> &str {
        unimplemented!()
    }
    /// Returns the lines that are not stored yet.
    pub fn new_lines(&self) -> &str {
        unimplemented!()
    }
}
