//! Packs in memory, for tests.

use std::path::Path;

use super::Nasiko;
use crate::diag::{Diagnostic, Sink};
use crate::ecosystem::{Ecosystem as _, Names};
use crate::ident::RelPath;
use crate::pack::{Configured, Memo, Pack, PackTree};
use crate::source::Snapshot;
use crate::yaml::Limits;

/// Returns a snapshot of texts.
pub(super) fn texts(files: &[(&str, &str)]) -> Snapshot {
    let file = |(path, text): &(&str, &str)| (RelPath::composed(path), false, text.as_bytes().into());
    Snapshot::in_memory(files.iter().map(file).collect())
}

/// Returns a snapshot of a directory.
pub(super) fn directory(root: &Path) -> Snapshot {
    let mut files = Vec::new();
    let mut open = vec![(root.to_owned(), String::new())];
    while let Some((directory, prefix)) = open.pop() {
        for entry in std::fs::read_dir(directory).expect("a directory") {
            let entry = entry.expect("an entry");
            let path = format!("{prefix}{}", entry.file_name().into_string().expect("UTF-8"));
            match entry.file_type().expect("a type").is_dir() {
                true => open.push((entry.path(), format!("{path}/"))),
                false => {
                    let bytes = std::fs::read(entry.path()).expect("readable");
                    files.push((RelPath::composed(path), false, bytes.into()));
                }
            }
        }
    }
    Snapshot::in_memory(files)
}

/// A directory that was read and checked against itself alone.
#[derive(Debug)]
pub(super) struct Checked {
    /// Whether it is one of another program's.
    pub foreign: bool,
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

/// Reads and checks the directory `agents/<name>` of a source.
pub(super) fn check(snapshot: &Snapshot, name: &str, configured: Configured<'_>) -> Checked {
    let (memo, path) = (Memo::new(), format!("agents/{name}"));
    let tree = PackTree { configured, ..PackTree::new(snapshot, &memo, &path, Limits::default()) };
    let mut sink = Sink::new();
    if Nasiko.is_foreign(&tree, &mut sink) {
        return Checked { foreign: true, pack: None, findings: sink.finish() };
    }
    let pack = Nasiko.read(&tree, &mut sink);
    if let Some(pack) = &pack {
        let mut names = Names::default();
        names.add(pack);
        Nasiko.check_references(pack, &tree, &names, &mut sink);
    }
    Checked { foreign: false, pack, findings: sink.finish() }
}

/// What the configuration says of a source of agents of one generation.
pub(super) fn profile(profile: &str) -> Configured<'_> {
    Configured { ecosystem: None, profile: Some(profile), ..Configured::default() }
}
