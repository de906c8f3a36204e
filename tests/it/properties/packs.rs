//! Every ecosystem reads every fixture pack with faults put in: something is found, or nothing, but it never panics.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use packyard::diag::Sink;
use packyard::ecosystem::{self, Names};
use packyard::pack::{Memo, PackTree};
use packyard::yaml;
use proptest::prelude::*;

use super::memory::snapshot;
use super::{Edit, edits, mutated};

/// The files of a pack.
type Files = BTreeMap<String, Vec<u8>>;

/// Every pack among the fixtures, in the order of their paths.
static FIXTURES: LazyLock<Vec<Files>> = LazyLock::new(|| {
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/check"), &mut found);
    assert!(found.len() > 20, "{} fixture packs", found.len());
    found
});

/// Adds the packs below a directory: whatever has a `pack.yaml`.
fn collect(directory: &Path, found: &mut Vec<Files>) {
    if directory.join("pack.yaml").is_file() {
        let mut files = Files::new();
        read(directory, "", &mut files);
        found.push(files);
        return;
    }
    let Ok(entries) = fs::read_dir(directory) else { return };
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("readable").path()).filter(|path| path.is_dir()).collect();
    paths.sort();
    for path in paths {
        collect(&path, found);
    }
}

fn read(directory: &Path, prefix: &str, files: &mut Files) {
    for entry in fs::read_dir(directory).expect("readable") {
        let entry = entry.expect("readable");
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{path}/"), files);
        } else if let Ok(content) = fs::read(entry.path()) {
            files.insert(path, content);
        }
    }
}

/// Reads a pack with every ecosystem, whether it claims the pack or not, and resolves its references.
fn read_by_all(files: &Files) -> Result<(), TestCaseError> {
    let (snapshot, memo) = (snapshot(files), Memo::new());
    let tree = PackTree::new(&snapshot, &memo, "demo", yaml::Limits::default());
    ecosystem::claim(ecosystem::ALL, &tree);
    for ecosystem in ecosystem::ALL {
        let mut sink = Sink::new();
        ecosystem.evidence(&tree);
        let pack = ecosystem.read(&tree, &mut sink);
        if let Some(pack) = &pack {
            let mut names = Names::default();
            names.add(pack);
            ecosystem.check_references(pack, &tree, &names, &mut sink);
            ecosystem.install(pack, "https://packs.example.org");
        }
        let findings = sink.finish();
        prop_assert!(pack.is_some() || !findings.is_empty(), "no pack, and no word why");
        for finding in &findings {
            prop_assert!(!finding.message.is_empty(), "{}", finding.code);
            prop_assert!(finding.place.path.len() < 4096, "{}", finding.code);
        }
    }
    Ok(())
}

/// Gives a fixture by number, a file of it by number, and the faults to put in.
fn faults() -> impl Strategy<Value = (usize, usize, Vec<Edit>)> {
    (any::<usize>(), any::<usize>(), edits())
}

proptest! {
    /// Ensures that a fault anywhere in a file of any fixture is survived by every ecosystem.
    #[test]
    fn packs_with_faults_are_read((pack, file, edits) in faults()) {
        let mut files = FIXTURES[pack % FIXTURES.len()].clone();
        let at = file % files.len();
        if let Some(content) = files.values_mut().nth(at) {
            *content = mutated(content, &edits);
        }
        read_by_all(&files)?;
    }

    /// Ensures the same where a file holds what another one should.
    #[test]
    fn packs_with_exchanged_files_are_read(pack in any::<usize>(), from in any::<usize>(), to in any::<usize>()) {
        let mut files = FIXTURES[pack % FIXTURES.len()].clone();
        let donor = &FIXTURES[from % FIXTURES.len()];
        let content = donor.values().nth(from % donor.len()).cloned().unwrap_or_default();
        let at = to % files.len();
        if let Some(place) = files.values_mut().nth(at) {
            *place = content;
        }
        read_by_all(&files)?;
    }
}
