//! What is wrong with files of a source that lie in no pack.
//!
//! Only of its present state: a release is its pack's files, and what lies around them at its tag concerns nobody any more.

use std::cell::RefCell;
use std::collections::BTreeSet;

use camino::Utf8Path;

use super::discover::Rules;
use super::open::Below;
use super::packs::parent;
use super::scan::{Hint, MAX_CLUE_BYTES, has_files};
use crate::diag::{Diagnostic, Sink};
use crate::ecosystem::{Around, Ecosystem};
use crate::ident::RelPath;
use crate::pack::Configured;
use crate::source::git::{EntryKind, ObjectId};

/// A place to look for files in.
pub(super) trait Files {
    /// Returns the content of a file.
    fn read(&self, path: &str) -> Option<Vec<u8>>;
    /// Tells whether there is a file or directory at a path.
    fn exists(&self, path: &str) -> bool;
}

/// What is wrong outside of packs, and what was looked for to say so.
#[derive(Debug, Default)]
pub(super) struct Outside {
    /// The findings.
    pub(super) findings: Vec<Diagnostic>,
    /// The paths of which it was asked whether there is anything.
    pub(super) looked_for: BTreeSet<String>,
}

/// Holds the statements of a source against what else is there; `packs` are the claimed directories.
pub(super) fn check(
    rules: &Rules,
    statements: &[Hint],
    packs: &[(&str, &'static dyn Ecosystem)],
    files: &dyn Files,
) -> Outside {
    if statements.is_empty() || packs.is_empty() {
        return Outside::default();
    }
    let directories = packs.iter().map(|(path, _)| *path).collect();
    let around = Whole { files, packs: directories, configured: rules.configured(), looked_for: RefCell::default() };
    let mut sink = Sink::new();
    rules.check_outside(statements, packs, &around, &mut sink);
    Outside { findings: sink.finish(), looked_for: around.looked_for.into_inner() }
}

/// All of a source.
struct Whole<'a> {
    files: &'a dyn Files,
    packs: BTreeSet<&'a str>,
    configured: Configured<'a>,
    looked_for: RefCell<BTreeSet<String>>,
}

impl Around for Whole<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.files.read(path)
    }

    fn exists(&self, path: &str) -> bool {
        if path.is_empty() {
            return true;
        }
        // Nothing outside of the source is looked at, whatever a pack's author writes.
        if RelPath::new(path).is_err() {
            return false;
        }
        self.looked_for.borrow_mut().insert(path.to_owned());
        self.files.exists(path)
    }

    fn pack_of(&self, path: &str) -> Option<&str> {
        Utf8Path::new(path).ancestors().find_map(|above| self.packs.get(above.as_str()).copied())
    }

    fn configured(&self) -> Configured<'_> {
        self.configured
    }
}

/// A directory on disk.
pub(super) struct OnDisk<'a> {
    pub(super) root: &'a Utf8Path,
    pub(super) left_out: &'a dyn Fn(&str, bool) -> bool,
}

impl OnDisk<'_> {
    /// Tells whether a path leads through a link, which may lead anywhere.
    fn follows_link(&self, path: &str) -> bool {
        let is_link = |above: &Utf8Path| {
            self.root.join(above).symlink_metadata().is_ok_and(|metadata| metadata.file_type().is_symlink())
        };
        Utf8Path::new(path).ancestors().filter(|above| !above.as_str().is_empty()).any(is_link)
    }
}

impl Files for OnDisk<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let file = self.root.join(path);
        let metadata = file.symlink_metadata().ok().filter(std::fs::Metadata::is_file)?;
        (metadata.len() <= MAX_CLUE_BYTES as u64).then(|| std::fs::read(file).ok())?
    }

    fn exists(&self, path: &str) -> bool {
        if self.follows_link(path) {
            return false;
        }
        let is_file = self.root.join(path).symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        is_file && !(self.left_out)(path, false) || has_files(self.root, path, self.left_out)
    }
}

/// A tree of a repository.
pub(super) struct InTree<'a> {
    pub(super) below: &'a Below,
    pub(super) tree: ObjectId,
}

impl InTree<'_> {
    /// Returns what a path names, and whether it is a file.
    fn find(&self, path: &str) -> Option<(ObjectId, bool)> {
        let repository = &self.below.repository;
        let directory = repository.tree_at(self.tree, parent(path)).ok()??;
        let name = path.rsplit('/').next()?;
        let entries = repository.list(directory).ok()?;
        let entry = entries.iter().find(|entry| *entry.name == *name.as_bytes())?;
        match entry.kind {
            EntryKind::File { .. } => Some((entry.id, true)),
            EntryKind::Directory => Some((entry.id, false)),
            _ => None,
        }
    }
}

impl Files for InTree<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let (id, _) = self.find(path).filter(|(_, is_file)| *is_file)?;
        self.below.repository.small_blob(id, MAX_CLUE_BYTES)
    }

    fn exists(&self, path: &str) -> bool {
        self.find(path).is_some()
    }
}

/// Tells whether a file that came or went may be what was looked for, or the first or last below it.
pub(super) fn concerns(looked_for: &BTreeSet<String>, file: &Utf8Path) -> bool {
    !looked_for.is_empty() && file.ancestors().any(|above| looked_for.contains(above.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::candidates::SourceReading;
    use super::super::testing::{PUZZLES, at_git, at_path, findings, read_as, toy};
    use super::*;
    use crate::source::testing::RepoFixture;

    fn described(reading: &SourceReading) -> Vec<String> {
        let packs = reading.candidates.iter().filter_map(|one| Some((one.stage, one.pack.as_deref()?)));
        let text = |(stage, pack): (super::super::Stage, &crate::pack::Pack)| {
            format!("{stage:?} {} {}", pack.id.name, pack.description).trim_end().to_owned()
        };
        let mut described: Vec<String> = packs.map(text).collect();
        described.sort();
        described
    }

    #[test]
    fn a_pack_knows_what_a_file_elsewhere_said_of_it_at_its_time() {
        let mut repository = RepoFixture::new();
        repository.write("castle/a.piece", "castle\n").write("ship/a.piece", "ship\n");
        repository.write("notes/a.note", "castle: old\n").commit("1");
        repository.write("notes/a.note", "castle: new\n").commit("2");
        repository.write("castle/b.txt", "").write("bear/toy.txt", &toy("bear", "1.0.0")).commit("3");
        repository.write("notes/b.note", "gone: text\n").commit("4");
        let mut expected = [
            "Draft castle new",
            "Draft ship",
            "Draft bear",
            "Released castle old",
            "Released castle new",
            "Released ship",
            "Released bear",
        ];
        expected.sort_unstable();
        for config in [at_git("work"), at_path("work")] {
            let reading = read_as(&config, &repository.outside(), PUZZLES);
            assert_eq!(described(&reading), expected);
            assert_eq!(findings(&reading), ["lfs-pointer"], "only what is there now is said to be wrong");
        }
    }

    /// Where names alone tell what is a pack, files that state something are nobody's.
    #[test]
    fn a_source_without_packs_of_an_ecosystem_is_not_asked_about_its_files() {
        let mut repository = RepoFixture::new();
        repository.write("bear/toy.txt", &toy("bear", "1.0.0")).write("notes/b.note", "gone: text\n").commit("1");
        repository.tag("v1.0.0");
        let reading = read_as(&at_git("work"), &repository.outside(), PUZZLES);
        assert_eq!((described(&reading).len(), findings(&reading)), (2, Vec::new()));
    }

    /// Twenty levels of ten times the same subtree: 10^20 files that say something, beside packs and alone.
    #[test]
    fn statements_that_are_there_many_times_cost_little() {
        let mut repository = RepoFixture::new();
        repository.write("castle/a.piece", "castle\n").write("bear/toy.txt", &toy("bear", "1.0.0")).commit("1");
        let mut tree = repository.tree(&[("100644", b"a.note", &repository.blob("castle: text"))]);
        for _ in 0..20 {
            let names: Vec<String> = (0..10).map(|n| format!("d{n}")).collect();
            let entries: Vec<_> = names.iter().map(|name| ("040000", name.as_bytes(), tree.as_str())).collect();
            tree = repository.tree(&entries);
        }
        let [bear, castle] = ["HEAD:bear", "HEAD:castle"].map(|path| repository.git(&["rev-parse", path]));
        let started = std::time::Instant::now();
        for (version, packs) in [("v1.0.0", &[("bear", &bear)][..]), ("v2.0.0", &[("castle", &castle)])] {
            let packs = packs.iter().map(|(name, id)| ("040000", name.as_bytes(), id.trim()));
            let entries: Vec<_> = packs.chain([("040000", b"x".as_slice(), tree.as_str())]).collect();
            let commit = repository.git(&["commit-tree", "-m", version, &repository.tree(&entries)]);
            repository.git(&["tag", version, commit.trim()]);
        }
        let reading = read_as(&at_git("work"), &repository.outside(), PUZZLES);
        let castle = described(&reading).into_iter().find(|one| one.starts_with("Released castle"));
        assert_eq!(castle.map(|text| text.matches("text").count()), Some(20), "{:?}", described(&reading));
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    }

    #[test]
    fn only_what_lies_at_or_below_a_path_concerns_it() {
        let looked_for = BTreeSet::from(["a/b".to_owned()]);
        let concerns = |path: &str| concerns(&looked_for, Utf8Path::new(path));
        assert!(concerns("a/b") && concerns("a/b/c/d"));
        assert!(!concerns("a") && !concerns("a/bc") && !concerns("b"));
    }
}
