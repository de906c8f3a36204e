//! The archive store: published archives, kept for ever, named by version and checked against what the index records.
//!
//! ```text
//! registry-archives/<ecosystem>/<name>/<name>-<version>.tar.gz
//! ```
//!
//! The index is the truth, the store a cache of bytes: an archive that no event names yet was left by a process that was
//! stopped between the two, and is replaced by the next that records the version. See `docs/decisions/0002-archive-store.md`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};

use super::event::ArchiveFacts;
use crate::fs::{self, PathError};
use crate::ident::{Digest, PackId, Version};

/// The folder of published archives.
#[derive(Debug, Clone)]
pub struct ArchiveStore {
    root: Utf8PathBuf,
    /// What a preview stored instead of writing it, by path; nothing in a store that writes.
    memory: Option<Arc<Mutex<Kept>>>,
}

/// Archives in memory, by the path that they would have.
type Kept = HashMap<Utf8PathBuf, Arc<[u8]>>;

/// Reports an archive that could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveStoreError {
    /// The file system failed.
    #[error(transparent)]
    Io(#[from] PathError),
    /// The bytes are not those that the index records.
    #[error(
        "`{path}`: the index records {expected} and {expected_bytes} bytes, but these are {found} and {found_bytes} bytes",
        expected = expected.sha256, expected_bytes = expected.size, found = found.sha256, found_bytes = found.size
    )]
    Mismatch {
        /// The file.
        path: Utf8PathBuf,
        /// What the index records.
        expected: ArchiveFacts,
        /// What the bytes are.
        found: ArchiveFacts,
    },
}

impl ArchiveStore {
    /// Returns the store in a folder, which need not exist; touches nothing.
    pub fn at(root: impl Into<Utf8PathBuf>) -> Self {
        Self { root: root.into(), memory: None }
    }

    /// Returns a store that reads a folder, and keeps in memory what is put into it: nothing is ever written.
    pub fn preview_of(root: impl Into<Utf8PathBuf>) -> Self {
        Self { root: root.into(), memory: Some(Arc::default()) }
    }

    /// Returns the folder.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// Returns the bytes that [`ArchiveStore::preview_of`] keeps in place of a file.
    pub fn kept(&self, path: &Utf8Path) -> Option<Arc<[u8]>> {
        self.memory()?.get(path).cloned()
    }

    /// A thread that panicked while it held the lock left whole archives behind.
    fn memory(&self) -> Option<MutexGuard<'_, Kept>> {
        Some(self.memory.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns where a release's archive lies, whether it is there or not.
    pub fn path(&self, id: &PackId, version: &Version) -> Utf8PathBuf {
        let PackId { ecosystem, name } = id;
        self.root.join(format!("{ecosystem}/{name}/{name}-{version}.tar.gz"))
    }

    /// Tells whether there is a plain file of the recorded size; cheap, reads nothing.
    pub fn has(&self, id: &PackId, version: &Version, recorded: &ArchiveFacts) -> bool {
        let path = self.path(id, version);
        if let Some(kept) = self.kept(&path) {
            return kept.len() as u64 == recorded.size;
        }
        let metadata = path.symlink_metadata();
        metadata.is_ok_and(|metadata| metadata.is_file() && metadata.len() == recorded.size)
    }

    /// Returns the archive, if there is one; fails when it is not what was recorded.
    pub fn get(
        &self,
        id: &PackId,
        version: &Version,
        recorded: &ArchiveFacts,
    ) -> Result<Option<Vec<u8>>, ArchiveStoreError> {
        let path = self.path(id, version);
        let bytes = match self.kept(&path) {
            Some(kept) => kept.to_vec(),
            None => match fs::read_if_exists(&path)? {
                Some(bytes) => bytes,
                None => return Ok(None),
            },
        };
        verify(path, recorded, &bytes)?;
        Ok(Some(bytes))
    }

    /// Stores an archive that is what is (or will be) recorded, atomically and durably; does nothing when it is there.
    ///
    /// To be called before the index names the archive. Whatever else lies in its place is replaced: it is damaged, or was
    /// never published.
    pub fn put(
        &self,
        id: &PackId,
        version: &Version,
        recorded: &ArchiveFacts,
        bytes: &[u8],
    ) -> Result<(), ArchiveStoreError> {
        let path = self.path(id, version);
        verify(path.clone(), recorded, bytes)?;
        if let Some(mut kept) = self.memory() {
            kept.insert(path, bytes.into());
            return Ok(());
        }
        if self.has(id, version, recorded) && fs::read(&path)? == bytes {
            return Ok(());
        }
        fs::create_dir_all(path.parent().unwrap_or(&self.root))?;
        Ok(fs::write_atomic(&path, bytes, true)?)
    }
}

fn verify(path: Utf8PathBuf, recorded: &ArchiveFacts, bytes: &[u8]) -> Result<(), ArchiveStoreError> {
    let found = ArchiveFacts { sha256: Digest::of(bytes), size: bytes.len() as u64 };
    if found == *recorded {
        return Ok(());
    }
    Err(ArchiveStoreError::Mismatch { path, expected: recorded.clone(), found })
}

#[cfg(test)]
mod tests {
    use super::super::samples::{facts, id};
    use super::*;

    fn store() -> (tempfile::TempDir, ArchiveStore) {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(directory.path().join("archives")).unwrap();
        (directory, ArchiveStore::at(root))
    }

    fn version() -> Version {
        Version::parse("1.0.0").unwrap()
    }

    #[test]
    fn stored_archive_is_found_and_checked() {
        let (_directory, store) = store();
        let (id, version, recorded) = (id("echo"), version(), facts(b"bytes"));
        assert!(!store.has(&id, &version, &recorded));
        assert!(store.get(&id, &version, &recorded).unwrap().is_none());
        store.put(&id, &version, &recorded, b"bytes").unwrap();
        assert!(store.has(&id, &version, &recorded));
        assert!(store.path(&id, &version).ends_with("attune/echo/echo-1.0.0.tar.gz"));
        assert_eq!(store.get(&id, &version, &recorded).unwrap().as_deref(), Some(&b"bytes"[..]));
    }

    #[test]
    fn other_bytes_are_neither_taken_nor_given() {
        let (_directory, store) = store();
        let (id, version, recorded) = (id("echo"), version(), facts(b"bytes"));
        let refused = store.put(&id, &version, &recorded, b"other");
        assert!(matches!(refused, Err(ArchiveStoreError::Mismatch { .. })));
        store.put(&id, &version, &recorded, b"bytes").unwrap();
        std::fs::write(store.path(&id, &version), b"bytez").unwrap();
        assert!(matches!(store.get(&id, &version, &recorded), Err(ArchiveStoreError::Mismatch { .. })));
        store.put(&id, &version, &recorded, b"bytes").unwrap();
        assert!(store.get(&id, &version, &recorded).unwrap().is_some());
    }

    #[test]
    fn preview_keeps_in_memory_and_writes_nothing() {
        let (directory, store) = store();
        let (id, version) = (id("echo"), version());
        store.put(&id, &version, &facts(b"on disk"), b"on disk").unwrap();
        let preview = ArchiveStore::preview_of(store.root());
        assert!(preview.has(&id, &version, &facts(b"on disk")));
        preview.put(&id, &version, &facts(b"draft"), b"draft").unwrap();
        assert_eq!(preview.get(&id, &version, &facts(b"draft")).unwrap().as_deref(), Some(&b"draft"[..]));
        assert_eq!(preview.kept(&preview.path(&id, &version)).as_deref(), Some(&b"draft"[..]));
        assert_eq!(store.get(&id, &version, &facts(b"on disk")).unwrap().as_deref(), Some(&b"on disk"[..]));
        drop(directory);
    }

    /// Ensures that a process stopped between archive and index does not block the version for ever.
    #[test]
    fn archive_that_was_never_recorded_is_replaced() {
        let (_directory, store) = store();
        let (id, version) = (id("echo"), version());
        store.put(&id, &version, &facts(b"never recorded"), b"never recorded").unwrap();
        store.put(&id, &version, &facts(b"recorded"), b"recorded").unwrap();
        assert!(store.get(&id, &version, &facts(b"recorded")).unwrap().is_some());
    }
}
