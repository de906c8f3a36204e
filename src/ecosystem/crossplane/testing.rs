//! Packs in memory, for tests.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::Crossplane;
use crate::diag::{Diagnostic, Sink};
use crate::ecosystem::{Ecosystem as _, Names};
use crate::ident::{Digest, RelPath};
use crate::pack::{Memo, Pack, PackTree};
use crate::source::{BlobId, Blobs, FileEntry, ReadError, Snapshot};
use crate::yaml::Limits;

/// File contents by path.
struct Contents(BTreeMap<RelPath, Arc<[u8]>>);

impl Blobs for Contents {
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        Ok(Arc::clone(&self.0[&entry.path]))
    }
}

/// Returns a snapshot of files.
pub(super) fn snapshot(files: BTreeMap<RelPath, Vec<u8>>) -> Snapshot {
    let entries = files
        .iter()
        .map(|(path, bytes)| FileEntry {
            path: path.clone(),
            blob: BlobId::sha256(Digest::of(bytes)),
            size: bytes.len() as u64,
            executable: false,
        })
        .collect();
    let contents = files.into_iter().map(|(path, bytes)| (path, bytes.into())).collect();
    Snapshot::new(entries, Arc::new(Contents(contents)), Vec::new())
}

/// Returns a snapshot of texts.
pub(super) fn texts(files: &[(&str, &str)]) -> Snapshot {
    snapshot(files.iter().map(|(path, text)| (RelPath::composed(path), text.as_bytes().to_vec())).collect())
}

/// Returns a snapshot of a directory of this repository.
pub(super) fn directory(path: &str) -> Snapshot {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut files = BTreeMap::new();
    for entry in
        walkdir::WalkDir::new(&root).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file())
    {
        let below = entry.path().strip_prefix(&root).expect("below").to_str().expect("UTF-8").to_owned();
        files.insert(RelPath::composed(below), std::fs::read(entry.path()).expect("readable"));
    }
    snapshot(files)
}

/// A pack that was read and checked against itself alone.
pub(super) struct Checked {
    /// The pack.
    pub pack: Option<Pack>,
    /// The findings.
    pub findings: Vec<Diagnostic>,
}

impl Checked {
    /// Returns what was found: code, place and message.
    pub(super) fn said(&self) -> Vec<String> {
        let line = |finding: &Diagnostic| finding.place.span.map_or(0, |span| span.line);
        let one = |finding: &Diagnostic| {
            format!("{} {}:{} {}", finding.code, finding.place.path, line(finding), finding.message)
        };
        self.findings.iter().map(one).collect()
    }
}

/// Reads and checks the pack in a snapshot, with only itself in the catalog.
pub(super) fn check(snapshot: &Snapshot, path: &str) -> Checked {
    let memo = Memo::new();
    let tree = PackTree::new(snapshot, &memo, path, Limits::default());
    let mut sink = Sink::new();
    let pack = Crossplane.read(&tree, &mut sink);
    let mut names = Names::default();
    match &pack {
        Some(pack) => {
            names.add(pack);
            Crossplane.check_references(pack, &tree, &names, &mut sink);
        }
        None => Crossplane.check_outside(&tree, &names, &mut sink),
    }
    Checked { pack, findings: sink.finish() }
}
