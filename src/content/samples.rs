//! Snapshots for tests, made from values.

use std::collections::HashMap;
use std::sync::Arc;

use super::Listing;
use crate::ident::{Digest, RelPath};
use crate::pack::Memo;
use crate::source::{BlobId, Blobs, FileEntry, ReadError, Snapshot};

struct Memory(HashMap<BlobId, Arc<[u8]>>);

impl Blobs for Memory {
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        Ok(Arc::clone(&self.0[&entry.blob]))
    }
}

/// Returns a snapshot of files, each with its path, content and whether it is executable.
pub(super) fn snapshot(files: &[(&str, &[u8], bool)]) -> Snapshot {
    let blob = |bytes: &[u8]| BlobId::sha256(Digest::of(bytes));
    let entries = files.iter().map(|(path, bytes, executable)| FileEntry {
        path: RelPath::composed(path),
        blob: blob(bytes),
        size: bytes.len() as u64,
        executable: *executable,
    });
    let contents = files.iter().map(|(_, bytes, _)| (blob(bytes), (*bytes).into())).collect();
    Snapshot::new(entries.collect(), Arc::new(Memory(contents)), Vec::new())
}

/// Returns the listing of a snapshot.
pub(super) fn listed(snapshot: &Snapshot) -> Listing {
    Listing::of(snapshot, &Memo::new()).expect("memory can be read")
}
