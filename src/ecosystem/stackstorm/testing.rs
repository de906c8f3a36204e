//! Packs in memory, for tests.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::diag::{Diagnostic, Sink};
use crate::ecosystem::{Ecosystem as _, Names};
use crate::ident::{Digest, RelPath};
use crate::pack::{Memo, Pack, PackTree};
use crate::source::{BlobId, Blobs, FileEntry, ReadError, Snapshot};

use super::StackStorm;

/// File contents by path.
#[derive(Debug)]
struct Contents(BTreeMap<RelPath, Arc<[u8]>>);

impl Blobs for Contents {
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        Ok(Arc::clone(&self.0[&entry.path]))
    }
}

/// Returns a snapshot of files; those with a first line `#!` are executable.
pub(super) fn snapshot(files: BTreeMap<RelPath, Vec<u8>>) -> Snapshot {
    snapshot_with(files, Vec::new())
}

/// Returns a snapshot with findings.
pub(super) fn snapshot_with(files: BTreeMap<RelPath, Vec<u8>>, findings: Vec<Diagnostic>) -> Snapshot {
    let entries = files
        .iter()
        .map(|(path, bytes)| FileEntry {
            path: path.clone(),
            blob: BlobId::sha256(Digest::of(bytes)),
            size: bytes.len() as u64,
            executable: bytes.starts_with(b"#!"),
        })
        .collect();
    let contents = files.into_iter().map(|(path, bytes)| (path, bytes.into())).collect();
    Snapshot::new(entries, Arc::new(Contents(contents)), findings)
}

/// Returns a snapshot of texts.
pub(super) fn texts(files: &[(&str, &str)]) -> Snapshot {
    snapshot(files.iter().map(|(path, text)| (RelPath::composed(path), text.as_bytes().to_vec())).collect())
}

/// Returns a snapshot of a directory.
pub(super) fn directory(root: &Path) -> Snapshot {
    fn walk(root: &Path, prefix: &str, files: &mut BTreeMap<RelPath, Vec<u8>>) {
        for entry in std::fs::read_dir(root).expect("a directory") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().into_string().expect("UTF-8");
            let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            let kind = entry.file_type().expect("a type");
            if kind.is_dir() {
                walk(&entry.path(), &path, files);
            } else if kind.is_file() {
                files.insert(RelPath::composed(path), std::fs::read(entry.path()).expect("readable"));
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(root, "", &mut files);
    snapshot(files)
}

/// A pack that was read and checked against itself alone.
pub(super) struct Checked {
    /// Whether anything spoke for StackStorm.
    pub claimed: bool,
    /// The pack.
    pub pack: Option<Pack>,
    /// The findings.
    pub findings: Vec<Diagnostic>,
}

impl Checked {
    /// Returns the codes that were found, sorted, each once.
    pub(super) fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&str> = self.findings.iter().map(|finding| finding.code.name()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// Reads and checks the pack in a snapshot, with only itself in the catalog.
pub(super) fn check(snapshot: &Snapshot, directory: Option<&str>) -> Checked {
    check_with(&Memo::new(), snapshot, directory)
}

/// Reads and checks the pack in a snapshot with a memo of its own.
pub(super) fn check_with(memo: &Memo, snapshot: &Snapshot, directory: Option<&str>) -> Checked {
    let tree = PackTree::new(snapshot, memo, directory.unwrap_or_default(), crate::yaml::Limits::default());
    let mut sink = Sink::new();
    let claimed = StackStorm.evidence(&tree).is_some_and(|evidence| evidence.0.contains(&true));
    let pack = StackStorm.read(&tree, &mut sink);
    if let Some(pack) = &pack {
        let mut names = Names::default();
        names.add(pack);
        StackStorm.check_references(pack, &tree, &names, &mut sink);
    }
    Checked { claimed, pack, findings: sink.finish() }
}
