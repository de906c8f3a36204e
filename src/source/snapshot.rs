//! Snapshots: the regular files of a source at one state.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::diag::Diagnostic;
use crate::ident::{Digest, RelPath};

/// Bounds what one pack may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Most files.
    pub files: usize,
    /// Largest file, in bytes.
    pub file_bytes: u64,
    /// Most bytes in all files together.
    pub pack_bytes: u64,
    /// Most path segments.
    pub depth: usize,
}

impl Default for Limits {
    /// 10 000 files of at most 50 MiB, 100 MiB in all, 32 levels: what Attune's installer accepts, the narrowest known.
    fn default() -> Self {
        Self { files: 10_000, file_bytes: 50 << 20, pack_bytes: 100 << 20, depth: 32 }
    }
}

/// Identifies the content of a file, so that what was learnt about it can be shared between snapshots.
///
/// A git blob id, or the SHA-256 of a file that no repository holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(Id);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Id {
    Git([u8; 20]),
    Sha256(Digest),
}

impl BlobId {
    /// Returns the id of a git blob.
    pub fn git(oid: [u8; 20]) -> Self {
        Self(Id::Git(oid))
    }

    /// Returns the id of content with this digest.
    pub fn sha256(digest: Digest) -> Self {
        Self(Id::Sha256(digest))
    }

    /// Returns the git blob id, if it is one.
    pub fn as_git(&self) -> Option<[u8; 20]> {
        match self.0 {
            Id::Git(oid) => Some(oid),
            Id::Sha256(_) => None,
        }
    }

    /// Returns the SHA-256 of the content, if that is the id.
    pub fn as_sha256(&self) -> Option<Digest> {
        match self.0 {
            Id::Sha256(digest) => Some(digest),
            Id::Git(_) => None,
        }
    }
}

/// A regular file of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Where it lies, relative to the snapshot's root.
    pub path: RelPath,
    /// Its content.
    pub blob: BlobId,
    /// Its size, in bytes.
    pub size: u64,
    /// Whether it is executable.
    pub executable: bool,
}

/// Says why a file of a snapshot could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The content is not there, or could not be read.
    #[error("cannot read `{path}`: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system or git says.
        reason: String,
    },
    /// The content is not what was listed: somebody is writing to it.
    #[error("`{0}` changed while it was read")]
    Changed(String),
}

/// Gives the content of files; one per source, shared by its snapshots.
pub trait Blobs: Send + Sync {
    /// Returns the content of a file, exactly what its blob id names.
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError>;
}

/// The regular files of a source, or of a pack in it, at one state.
#[derive(Clone)]
pub struct Snapshot {
    files: Arc<[FileEntry]>,
    blobs: Arc<dyn Blobs>,
    findings: Arc<[Diagnostic]>,
    failed: Arc<AtomicBool>,
}

impl Snapshot {
    /// Returns a snapshot of `files`, which it sorts bytewise by path; `findings` have paths relative to its root.
    pub fn new(mut files: Vec<FileEntry>, blobs: Arc<dyn Blobs>, findings: Vec<Diagnostic>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { files: files.into(), blobs, findings: findings.into(), failed: Arc::default() }
    }

    /// Returns a snapshot of files that are in memory already: path, whether it is executable, content.
    pub fn in_memory(files: Vec<(RelPath, bool, Arc<[u8]>)>) -> Self {
        let (mut entries, mut blobs) = (Vec::with_capacity(files.len()), BTreeMap::new());
        for (path, executable, content) in files {
            let (blob, size) = (BlobId::sha256(Digest::of(&content)), content.len() as u64);
            blobs.insert(blob, content);
            entries.push(FileEntry { path, blob, size, executable });
        }
        Self::new(entries, Arc::new(InMemory(blobs)), Vec::new())
    }

    /// Returns the files, sorted bytewise by path.
    pub fn files(&self) -> &[FileEntry] {
        &self.files
    }

    /// Returns what could not become a file, and what was read in part only.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// Returns the file at a path.
    pub fn get(&self, path: &str) -> Option<&FileEntry> {
        self.files.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok().map(|at| &self.files[at])
    }

    /// Returns the files below a directory, sorted; all of them for the empty path.
    pub fn below(&self, directory: &str) -> &[FileEntry] {
        if directory.is_empty() {
            return &self.files;
        }
        let prefix = format!("{directory}/");
        let start = self.files.partition_point(|entry| entry.path.as_str() < prefix.as_str());
        let len = self.files[start..].partition_point(|entry| entry.path.as_str().starts_with(&prefix));
        &self.files[start..start + len]
    }

    /// Returns what all handles of the same snapshot have in common, and no other snapshot has at the same time.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.failed) as usize
    }

    /// Tells whether this is another handle of the same snapshot.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.failed, &other.failed)
    }

    /// Returns the content of a file.
    pub fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        let read = self.blobs.read(entry);
        if read.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        read
    }

    /// Tells whether some file could not be read when it was asked for: what was made of the snapshot may lack it.
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

/// The content of files that are in memory.
struct InMemory(BTreeMap<BlobId, Arc<[u8]>>);

impl Blobs for InMemory {
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        self.0.get(&entry.blob).cloned().ok_or_else(|| ReadError::Changed(entry.path.to_string()))
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("files", &self.files.len()).field("findings", &self.findings.len()).finish()
    }
}
