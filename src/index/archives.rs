//! Signatures; the body follows.

use camino::Utf8PathBuf;

use super::event::ArchiveFacts;
use crate::fs::PathError;
use crate::ident::{Digest, PackId, Version};

/// The folder of published archives.
#[derive(Debug, Clone)]
pub struct ArchiveStore {
    root: Utf8PathBuf,
}

/// Reports an archive that could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveStoreError {
    /// The file system failed.
    #[error(transparent)]
    Io(#[from] PathError),
    /// The bytes are not those that the index records.
    #[error("`{path}` has the SHA-256 {found}, but the index records {expected}")]
    Mismatch {
        /// The file.
        path: Utf8PathBuf,
        /// What the index records.
        expected: Digest,
        /// What the bytes have.
        found: Digest,
    },
}

impl ArchiveStore {
    /// Returns the store in a folder, which need not exist; touches nothing.
    pub fn at(root: impl Into<Utf8PathBuf>) -> Self {
        Self { root: root.into() }
    }
    /// Returns where a release's archive lies.
    pub fn path(&self, id: &PackId, version: &Version) -> Utf8PathBuf {
        self.root.join(format!("{}/{}/{}-{version}.tar.gz", id.ecosystem, id.name, id.name))
    }
    /// Tells whether there is a file of the recorded size; cheap, reads nothing.
    pub fn has(&self, id: &PackId, version: &Version, facts: &ArchiveFacts) -> bool {
        unimplemented!()
    }
    /// Returns the archive, verified; `None` when there is none.
    pub fn get(
        &self,
        id: &PackId,
        version: &Version,
        facts: &ArchiveFacts,
    ) -> Result<Option<Vec<u8>>, ArchiveStoreError> {
        unimplemented!()
    }
    /// Stores an archive that has the recorded size and digest, atomically and durably; before the index names it.
    pub fn put(
        &self,
        id: &PackId,
        version: &Version,
        facts: &ArchiveFacts,
        bytes: &[u8],
    ) -> Result<(), ArchiveStoreError> {
        unimplemented!()
    }
}
