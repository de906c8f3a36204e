//! Sources: where packs come from, read as snapshots.
//!
//! In: a directory ([`worktree`]) or a git repository ([`git`]). Out: a [`Snapshot`], the bounded list of regular files at
//! one state, with whatever could not be one (symlink, submodule, a path that is not safe everywhere) as a finding.
//! Nothing is executed, checked out or filtered; no symlink is followed.

pub mod git;
pub(crate) mod paths;
mod pointer;
mod snapshot;
#[cfg(test)]
pub(crate) mod testing;
pub mod worktree;

use camino::Utf8PathBuf;

pub use crate::fs::stamp::{Moment, Seen, Stamp};
pub use snapshot::{BlobId, Blobs, FileEntry, Limits, ReadError, Snapshot};

use crate::diag::codes;

/// Reports a source that could not be read at all: a failure of the machine, the network or the configuration.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file system failed.
    #[error(transparent)]
    Io(#[from] crate::fs::PathError),
    /// Git could not open or read the repository.
    #[error("cannot read the git repository `{repository}`: {reason}")]
    Git {
        /// The path or URL, as configured.
        repository: String,
        /// What git says, and what to do about it.
        reason: String,
    },
    /// The repository could not be fetched.
    #[error("cannot fetch `{url}`: {reason}")]
    Fetch {
        /// The URL, without credentials.
        url: String,
        /// What git says.
        reason: String,
    },
    /// The configured path does not exist.
    #[error("source `{0}` does not exist")]
    Missing(Utf8PathBuf),
}

codes! {
    /// A symbolic link is left out: an archive holds regular files only.
    ///
    /// Links are never followed, so that no pack can reach a file outside its tree. Replace the link by the file.
    SYMLINK = "symlink", Warning;
    /// A submodule is left out: its content is not in this repository.
    ///
    /// A clone by a runtime does not fetch submodules either. Copy the files into the pack.
    SUBMODULE = "submodule", Warning;
    /// A file is a Git LFS pointer: the release would hold the pointer, not the content.
    ///
    /// Packyard reads the objects of a repository and runs no filters. Commit the file itself. In a working directory it is a file
    /// that `git lfs pull` has not fetched yet.
    LFS_POINTER = "lfs-pointer", Warning;
    /// A path cannot be published: it is not UTF-8, has a control character or a backslash, or a name that some systems refuse.
    ///
    /// A release with such a file is not recorded, because what is unpacked elsewhere would not be what was hashed.
    PATH_UNSAFE = "path-unsafe", Error, blocking;
    /// Two paths differ only by letter case or Unicode normalisation: on some systems one overwrites the other.
    PATH_CLASH = "path-clash", Error, blocking;
    /// A pack has more files, more bytes or a larger file than the limits allow.
    ///
    /// The limits protect everyone who builds or installs: see `[limits]` in `packyard.toml`.
    PACK_TOO_LARGE = "pack-too-large", Error, blocking;
    /// A file could not be read, though the tree lists it.
    ///
    /// In a partial clone the content of files may be missing: fetch the repository in full.
    FILE_UNREADABLE = "file-unreadable", Error, blocking;
    /// The repository is a shallow clone: its older commits and tags are not here.
    ///
    /// Releases that are already recorded stay, and are read and checked from their archives, with the licence file that the
    /// source has at its root today; what the rest of the source said of them then is not known. New releases may be missing, and
    /// so may findings about tags. Fetch in full (`git fetch --unshallow --tags`).
    SHALLOW_CLONE = "shallow-clone", Warning;
    /// A source could not be read: its repository is gone, or the network or the configuration is wrong.
    ///
    /// Its recorded releases stay published from the archive store, and the other sources go on.
    SOURCE_UNAVAILABLE = "source-unavailable", Error;
}
