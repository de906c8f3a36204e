//! Histories for tests, made from values.

use jiff::Timestamp;

use super::event::{ArchiveFacts, Release, SourceFacts, What};
use super::history::History;
use crate::ident::{Digest, PackId, Version};

/// Returns the id of an Attune pack.
pub(super) fn id(name: &str) -> PackId {
    format!("attune/{name}").parse().expect("a pack id")
}

/// Returns a time, some minutes after another.
pub(super) fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_767_323_040 + 60 * minutes).expect("in range")
}

/// Returns an owner event.
pub(super) fn owner(source: &str) -> What {
    What::Owner { source: source.to_owned(), reason: None }
}

/// Returns what is recorded of an archive with these bytes.
pub(super) fn facts(archive: &[u8]) -> ArchiveFacts {
    ArchiveFacts { sha256: Digest::of(archive), size: archive.len() as u64 }
}

/// Returns a release event of a version, whose archive has these bytes.
pub(super) fn release(version: &str, archive: &[u8]) -> What {
    What::Release(Box::new(Release {
        version: Version::parse(version).expect("a version"),
        content_digest: Digest::of(archive),
        archive: facts(archive),
        source: SourceFacts { repository: "packs".to_owned(), path: "echo".to_owned(), ..SourceFacts::default() },
        requirements: Vec::new(),
        dependencies: Vec::new(),
        components: [("action".to_owned(), vec!["echo".to_owned()])].into(),
        checksums: Default::default(),
    }))
}

/// Returns a yank event of a version.
pub(super) fn yank(version: &str) -> What {
    What::Yank { version: Version::parse(version).expect("a version"), reason: "broken".to_owned(), advisory: None }
}

/// Returns a history with an owner and releases, not stored yet.
pub(super) fn history(name: &str, versions: &[&str]) -> History {
    let mut history = History::empty(id(name));
    history.append(at(0), owner(&format!("packs/{name}"))).expect("the first event");
    for (minutes, version) in (1..).zip(versions) {
        history.append(at(minutes), release(version, version.as_bytes())).expect("a new version");
    }
    history
}
