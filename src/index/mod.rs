//! The registry index: the append-only history of releases and status events, in `registry-index/`.
//!
//! 1. [`event`] is the wire format: one canonical-JSON line (RFC 8785) per event.
//! 2. [`history`] reads the lines of one pack (`line`, `canonical`), verifies the chain and folds them into releases and [`status`].
//! 3. [`store`] locks the folder, reads it (`reading`), and appends.
//! 4. [`known`] remembers what was read, by the stamps of the files, so that it need not be read again;
//!    [`histories`] are those of all packs, read when they are asked for.
//! 5. [`extension`] proves that an index only grew.
//! 6. [`changes`] appends what people say after a release, of what [`lookup`] finds; [`naming`] says who may have a new name.
//! 7. [`verify`] looks at all of it.
//! 8. [`archives`] keeps published archives, named by what the index records of them.

pub mod archives;
mod canonical;
pub mod changes;
pub mod event;
pub mod extension;
pub mod histories;
pub mod history;
pub mod known;
mod line;
pub mod lookup;
pub mod naming;
mod reading;
#[cfg(test)]
mod samples;
pub mod status;
pub mod store;
pub mod verify;

pub use canonical::canonical_json;

use crate::diag::{Code, codes};

codes! {
    /// A recorded version now has other content; the recorded release stays.
    ///
    /// A release never changes: whoever installed it yesterday must get the same bytes tomorrow. Raise the version.
    RELEASE_CONTENT_CHANGED = "release-content-changed", Error;
    /// A released tag now points to other content; the recorded release stays.
    ///
    /// Tags are moved by force pushes, by mistake or by somebody who should not. Release the new content under a new version.
    TAG_MOVED = "tag-moved", Error;
    /// A released tag now points to another commit, whose content is the same.
    ///
    /// Nothing changes for anybody who installs. It is worth a look all the same: tags should not move.
    TAG_MOVED_SAME_CONTENT = "tag-moved-same-content", Note;
    /// The tag of a recorded release is gone from its source.
    ///
    /// The release stays published. If it should no longer be used, yank it: that says why, and does not break those who pinned it.
    TAG_DELETED = "tag-deleted", Warning;
    /// A pack's manifest goes back to a version below one that was released.
    ///
    /// Clients that take the highest version do not get it. Tags are not meant: a fix of an older line has a lower version on purpose.
    VERSION_WENT_BACKWARDS = "version-went-backwards", Warning;
    /// The licence of a pack is another one than that of the release before.
    ///
    /// Whoever may use the old release may not be allowed to use the new one.
    LICENSE_CHANGED = "license-changed", Warning;
    /// A source has none of the commits that were released from it: it was deleted and made again, or its history was rewritten.
    ///
    /// Whoever takes over an abandoned address could publish in the name of its old owner. So nothing new is recorded from the
    /// source until a person decides: `packyard transfer` to the same source accepts it as it is now.
    REPOSITORY_RECREATED = "repository-recreated", Error;
    /// A pack's name is already bound to another source; its releases are not recorded.
    ///
    /// The first release binds a name to its source. Another source gets it only by an explicit transfer:
    /// `packyard transfer PACK --to SOURCE --reason WHY`.
    DUPLICATE_REF = "duplicate-ref", Error, blocking;
    /// A pack's name differs from a known one only by letter case, `-`, `_` or `.`.
    NAME_CONFUSABLE = "name-confusable", Error, blocking;
    /// A new pack has a name that the registry keeps back.
    ///
    /// `reserved_names` in `registry.json` of the registry index lists patterns of names that no source gets. Choose another
    /// name, or ask those who run the registry for a namespace.
    NAME_RESERVED = "name-reserved", Error, blocking;
    /// A new pack has a name in a namespace that belongs to another source.
    ///
    /// `namespaces` in `registry.json` of the registry index says which source may bring new packs with names like a pattern.
    /// Packs that were recorded before keep their names.
    NAMESPACE_FOREIGN = "namespace-foreign", Error, blocking;
    /// A public pack depends on a private one, or names it.
    ///
    /// Private packs are in no public build: whoever finds the public pack learns that there is something else, and cannot have
    /// it. Make both public, or neither; or let the public pack ask for what it needs in a way that a public one provides.
    PRIVATE_LEAK = "private-leak", Error;
    /// The archive of a recorded release is in no store, and its content can no longer be read from the source.
    ARCHIVE_MISSING = "archive-missing", Error;
    /// A file of the registry index does not verify; its pack is left out.
    ///
    /// Every line is canonical JSON, counts up from 0 and names the digest of the line before. Restore the file from git.
    INDEX_BROKEN = "index-broken", Error;
    /// The registry index is not an extension of the one it is compared with: something recorded was changed or removed.
    ///
    /// Published releases stay for ever. Take the recorded lines back, and append events instead.
    INDEX_NOT_APPEND_ONLY = "index-not-append-only", Error;
    /// A new release of the index cannot be made again: its source has no such release, or cannot be read.
    ///
    /// Whoever reviews a change of the registry could not tell what was published. Tags must be pushed before releases are recorded.
    RELEASE_NOT_IN_SOURCE = "release-not-in-source", Error;
    /// A new release of the index is not what its source says: a digest, the archive or a fact is another.
    ///
    /// Everything that is recorded of a release follows from its source. A line that says otherwise was written by hand, or
    /// recorded from other content.
    RELEASE_NOT_OF_SOURCE = "release-not-of-source", Error;
}

/// What is wrong when the index and the sources disagree about something published, or what was published cannot be served.
pub const SPOILS_THE_RECORD: &[Code] =
    &[TAG_MOVED, RELEASE_CONTENT_CHANGED, REPOSITORY_RECREATED, ARCHIVE_MISSING, INDEX_BROKEN];
