//! Signatures; the body follows.

use super::Listing;
use crate::diag::Diagnostic;
use crate::ident::{Digest, RelPath};
use crate::source::{ReadError, Snapshot};

/// A release's archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// The `.tar.gz`.
    pub bytes: Vec<u8>,
    /// The SHA-256 of the bytes.
    pub sha256: Digest,
    /// The number of bytes.
    pub size: u64,
}

/// Says why a release cannot be archived.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// A file could not be read, or is not what was listed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A path that ustar cannot hold.
    #[error("`{0}` is too long for the archive")]
    PathTooLong(RelPath),
    /// A path that belongs to the archive.
    #[error("`{0}` is reserved in archives")]
    Reserved(RelPath),
}

/// Returns the findings about paths that cannot be archived below the directory `top`: to be asked when a pack is read.
pub fn check<'a>(top: &str, paths: impl IntoIterator<Item = &'a RelPath>) -> Vec<Diagnostic> {
    unimplemented!()
}

/// Returns the archive of a release, with all files and their `SHA256SUMS` below the directory `top`.
pub fn write(top: &str, snapshot: &Snapshot, listing: &Listing) -> Result<Archive, ArchiveError> {
    unimplemented!()
}
