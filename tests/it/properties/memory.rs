//! Snapshots whose files are in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use packyard::ident::{Digest, RelPath};
use packyard::source::{BlobId, Blobs, FileEntry, ReadError, Snapshot};

/// The contents of files by path.
struct Memory(BTreeMap<String, Arc<[u8]>>);

impl Blobs for Memory {
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        let missing = || ReadError::Unreadable { path: entry.path.to_string(), reason: "it is not there".to_owned() };
        self.0.get(entry.path.as_str()).cloned().ok_or_else(missing)
    }
}

/// Returns a snapshot of files; those whose path cannot be one are left out.
pub(super) fn snapshot(files: &BTreeMap<String, Vec<u8>>) -> Snapshot {
    let mut entries = Vec::new();
    let mut contents = BTreeMap::new();
    for (path, content) in files {
        let Ok(rel) = RelPath::new(path) else { continue };
        let blob = BlobId::sha256(Digest::of(content));
        let executable = content.starts_with(b"#!");
        entries.push(FileEntry { path: rel, blob, size: content.len() as u64, executable });
        contents.insert(path.clone(), content.as_slice().into());
    }
    Snapshot::new(entries, Arc::new(Memory(contents)), Vec::new())
}
