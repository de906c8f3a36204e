//! Packs in memory, for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diag::{Diagnostic, Sink};
use crate::ecosystem::{Ecosystem, attune::Attune};
use crate::ident::{Digest, RelPath};
use crate::pack::{Memo, Pack, PackTree};
use crate::source::{BlobId, Blobs, FileEntry, ReadError, Snapshot};

struct InMemory(BTreeMap<RelPath, Arc<[u8]>>);

impl Blobs for InMemory {
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        Ok(Arc::clone(&self.0[&entry.path]))
    }
}

/// Returns the snapshot of files.
pub(super) fn snapshot(files: &[(&str, &str)]) -> Snapshot {
    with_findings(files, Vec::new())
}

/// Returns the snapshot of files, with what could not become one.
pub(super) fn with_findings(files: &[(&str, &str)], findings: Vec<Diagnostic>) -> Snapshot {
    let blobs: BTreeMap<RelPath, Arc<[u8]>> =
        files.iter().map(|(path, text)| (RelPath::composed(path), text.as_bytes().into())).collect();
    let entries = blobs
        .iter()
        .map(|(path, bytes)| FileEntry {
            path: path.clone(),
            blob: BlobId::sha256(Digest::of(bytes)),
            size: bytes.len() as u64,
            executable: false,
        })
        .collect();
    Snapshot::new(entries, Arc::new(InMemory(blobs)), findings)
}

/// Reads a snapshot as a pack.
pub(super) fn read(snapshot: &Snapshot) -> (Option<Pack>, Vec<Diagnostic>) {
    let memo = Memo::new();
    let mut sink = Sink::new();
    let pack = Attune.read(&tree(snapshot, &memo), &mut sink);
    (pack, sink.finish())
}

/// Returns the names of the codes that reading files reports, sorted, none twice.
pub(super) fn codes(files: &[(&str, &str)]) -> Vec<&'static str> {
    let mut codes: Vec<&str> = read(&snapshot(files)).1.iter().map(|finding| finding.code.name()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Returns a tree over a snapshot.
pub(super) fn tree<'a>(snapshot: &'a Snapshot, memo: &'a Memo) -> PackTree<'a> {
    PackTree::new(snapshot, memo, "", crate::yaml::Limits::default())
}

/// A manifest without a fault.
pub(super) const MANIFEST: &str = "ref: demo\nversion: 1.0.0\nlabel: Demo\ndescription: Says hello\n";

/// An action of that pack; its script is `actions/hello.sh`.
pub(super) const ACTION: &str = "ref: demo.hello\nlabel: Hello\nrunner_type: shell\nentry_point: hello.sh\n";
