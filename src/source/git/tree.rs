//! Trees: listed once, turned into snapshots that share what they have in common.
//!
//! Two hundred tags of a repository have most of their subtrees in common. A directory is listed once per tree id, a file
//! is asked for its size once per blob id, and the files of an unchanged subdirectory are the same entries in every
//! snapshot. Trees are a crafted graph as far as we know: everything that walks them has a budget.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::{ObjectId, Repository};
use crate::diag::{Code, Diagnostic, Place, Sink};
use crate::ident::RelPath;
use crate::source::paths::{self, Siblings, join, only, printable};
use crate::source::pointer;
use crate::source::{
    Blobs, FILE_UNREADABLE, FileEntry, LFS_POINTER, Limits, PACK_TOO_LARGE, ReadError, SUBMODULE, SYMLINK, Snapshot,
    SourceError,
};

/// Largest tree object that is read, in bytes: hundreds of thousands of names.
const TREE_BYTES: usize = 32 << 20;

/// What the entry of a tree is, by its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File {
        /// Whether it is executable.
        executable: bool,
    },
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A submodule.
    Submodule,
}

/// An entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeEntry {
    /// The name, as any bytes.
    pub name: Box<[u8]>,
    /// What it is.
    pub kind: EntryKind,
    /// The object.
    pub id: ObjectId,
}

/// What is known about objects.
#[derive(Default)]
pub(super) struct Known {
    listings: Mutex<HashMap<ObjectId, Arc<[TreeEntry]>>>,
    blobs: Mutex<HashMap<ObjectId, BlobFacts>>,
    subtrees: Mutex<HashMap<(ObjectId, String, Limits), Arc<Subtree>>>,
    /// What was found at each path last: the next revision has most of the same files there.
    latest: Mutex<HashMap<(String, Limits), Arc<Subtree>>>,
}

#[derive(Debug, Clone, Copy)]
struct BlobFacts {
    size: u64,
    is_lfs_pointer: bool,
}

/// The files below a directory of a pack, with paths relative to the pack.
#[derive(Default)]
struct Subtree {
    files: Vec<FileEntry>,
    findings: Vec<Diagnostic>,
    directories: usize,
    bytes: u64,
    /// Which limit stopped the walk.
    excess: Option<String>,
}

impl Repository {
    /// Forgets what is known about trees and blobs; what is asked for again is read again.
    pub fn forget_trees(&self) {
        let Known { listings, blobs, subtrees, latest } = &self.0.known;
        *listings.lock().expect("no panic while locked") = HashMap::new();
        *blobs.lock().expect("no panic while locked") = HashMap::new();
        *subtrees.lock().expect("no panic while locked") = HashMap::new();
        *latest.lock().expect("no panic while locked") = HashMap::new();
    }

    /// Returns the entries of a tree.
    pub fn list(&self, tree: ObjectId) -> Result<Arc<[TreeEntry]>, SourceError> {
        let listings = &self.0.known.listings;
        if let Some(found) = listings.lock().expect("no panic while locked").get(&tree) {
            return Ok(Arc::clone(found));
        }
        let entries: Arc<[TreeEntry]> = self.with(|handle| {
            let (size, _) = handle.odb()?.read_header(tree.git2())?;
            if size > TREE_BYTES {
                return Err(git2::Error::from_str(&format!("the tree {tree} has {size} bytes")));
            }
            let tree = handle.find_tree(tree.git2())?;
            Ok(tree.iter().map(|entry| entry_of(&entry)).collect())
        })?;
        listings.lock().expect("no panic while locked").insert(tree, Arc::clone(&entries));
        Ok(entries)
    }

    /// Returns the tree at a path below another tree, which is the one at the empty path; `None` when there is none.
    pub fn tree_at(&self, tree: ObjectId, path: &str) -> Result<Option<ObjectId>, SourceError> {
        let mut tree = tree;
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            let entries = self.list(tree)?;
            let found =
                entries.iter().find(|entry| entry.kind == EntryKind::Directory && &*entry.name == segment.as_bytes());
            match found {
                Some(entry) => tree = entry.id,
                None => return Ok(None),
            }
        }
        Ok(Some(tree))
    }

    /// Returns the content of a blob of at most `most` bytes; `None` when it is larger, or is not there.
    pub fn small_blob(&self, blob: ObjectId, most: usize) -> Option<Vec<u8>> {
        self.with(|handle| {
            let (size, _) = handle.odb()?.read_header(blob.git2())?;
            if size > most {
                return Ok(None);
            }
            Ok(Some(handle.find_blob(blob.git2())?.content().to_vec()))
        })
        .ok()
        .flatten()
    }

    /// Returns the regular files of a tree.
    ///
    /// What cannot be a file, and every limit that was reached, is a finding of the snapshot.
    pub fn snapshot(&self, tree: ObjectId, limits: &Limits) -> Result<Snapshot, SourceError> {
        let root = self.subtree(tree, String::new(), limits)?;
        let mut findings = root.findings.clone();
        if let Some(excess) = &root.excess {
            findings.push(finding(PACK_TOO_LARGE, "", excess.clone(), "split the pack, or raise `[limits]`"));
        }
        Ok(Snapshot::new(root.files.clone(), Arc::new(self.clone()), findings))
    }

    /// Returns the regular files of the tree with this id, when the repository still has it.
    pub fn snapshot_of_tree_id(&self, hex: &str, limits: &Limits) -> Option<Snapshot> {
        self.snapshot(hex.parse().ok()?, limits).ok()
    }

    fn subtree(&self, tree: ObjectId, prefix: String, limits: &Limits) -> Result<Arc<Subtree>, SourceError> {
        let subtrees = &self.0.known.subtrees;
        let key = (tree, prefix, *limits);
        if let Some(found) = subtrees.lock().expect("no panic while locked").get(&key) {
            return Ok(Arc::clone(found));
        }
        let latest = &self.0.known.latest;
        let place = (key.1.clone(), *limits);
        let before = latest.lock().expect("no panic while locked").get(&place).cloned();
        let found = Arc::new(self.walk(tree, &key.1, limits, before.as_deref())?);
        latest.lock().expect("no panic while locked").insert(place, Arc::clone(&found));
        // The root of a pack changes with every release, and what was cut short depends on what came before.
        if !key.1.is_empty() && found.excess.is_none() {
            subtrees.lock().expect("no panic while locked").insert(key, Arc::clone(&found));
        }
        Ok(found)
    }

    /// Walks through a tree; `before` is what was found at the same place in another revision.
    fn walk(
        &self,
        tree: ObjectId,
        prefix: &str,
        limits: &Limits,
        before: Option<&Subtree>,
    ) -> Result<Subtree, SourceError> {
        // Both are sorted by path. Where there was something to say about files, they are looked at again.
        let mut before =
            before.filter(|before| before.findings.is_empty()).map_or(&[][..], |before| &before.files).iter();
        let mut found = Subtree { directories: 1, ..Subtree::default() };
        if !prefix.is_empty() && prefix.split('/').count() >= limits.depth {
            found.excess = Some(format!("`{prefix}` is nested deeper than {} levels", limits.depth));
            return Ok(found);
        }
        let mut siblings = Siblings::default();
        for entry in &*self.list(tree)? {
            let name = match paths::check_name(&entry.name) {
                Ok(name) => name,
                Err(why) => {
                    found.findings.push(paths::unsafe_path(prefix, &entry.name, &why));
                    continue;
                }
            };
            if let Some(clash) = siblings.add(prefix, name) {
                found.findings.push(clash);
                continue;
            }
            let path = join(prefix, name);
            match entry.kind {
                EntryKind::File { executable } => {
                    while before.as_slice().first().is_some_and(|file| file.path.as_str() < &*path) {
                        before.next();
                    }
                    let is_same = |file: &&FileEntry| {
                        file.path.as_str() == path && file.blob == entry.id.blob() && file.executable == executable
                    };
                    match before.as_slice().first().filter(is_same) {
                        Some(same) => {
                            found.bytes = found.bytes.saturating_add(same.size);
                            found.files.push(same.clone());
                        }
                        None => self.add_file(&mut found, &path, entry.id, executable, limits),
                    }
                }
                EntryKind::Directory => {
                    let below = match self.subtree(entry.id, path.to_string(), limits) {
                        Ok(below) => below,
                        Err(error) => {
                            let message = format!("cannot read `{path}`: {error}");
                            let help = "fetch the repository in full";
                            found.findings.push(finding(FILE_UNREADABLE, &path, message, help));
                            continue;
                        }
                    };
                    found.files.extend_from_slice(&below.files);
                    found.findings.extend_from_slice(&below.findings);
                    found.directories += below.directories;
                    found.bytes = found.bytes.saturating_add(below.bytes);
                    found.excess.clone_from(&below.excess);
                }
                EntryKind::Symlink => found.findings.push(finding(
                    SYMLINK,
                    &path,
                    format!("`{path}` is a symbolic link"),
                    "replace it by the file that it points to",
                )),
                EntryKind::Submodule => found.findings.push(finding(
                    SUBMODULE,
                    &path,
                    format!("`{path}` is a submodule"),
                    "copy its files into the pack",
                )),
            }
            if found.excess.is_none() {
                found.excess = limits.excess(found.files.len(), found.directories, found.findings.len(), found.bytes);
            }
            if found.excess.is_some() {
                break;
            }
        }
        Ok(found)
    }

    fn add_file(&self, found: &mut Subtree, path: &str, id: ObjectId, executable: bool, limits: &Limits) {
        let facts = match self.blob_facts(id) {
            Ok(facts) => facts,
            Err(error) => {
                let message = format!("cannot read `{path}`: {error}");
                found.findings.push(finding(FILE_UNREADABLE, path, message, "fetch the repository in full"));
                return;
            }
        };
        if facts.size > limits.file_bytes {
            found.findings.push(limits.too_large(path, facts.size));
            return;
        }
        if facts.is_lfs_pointer {
            let message = format!("`{path}` is a Git LFS pointer");
            found.findings.push(finding(LFS_POINTER, path, message, "commit the file itself"));
        }
        found.bytes = found.bytes.saturating_add(facts.size);
        let Ok(path) = RelPath::new(path) else { return };
        found.files.push(FileEntry { path, blob: id.blob(), size: facts.size, executable });
    }

    /// Returns the size of a blob, read without its content, and whether it is a pointer to content elsewhere.
    fn blob_facts(&self, id: ObjectId) -> Result<BlobFacts, SourceError> {
        // The lock is held meanwhile: libgit2 takes a lock of its own for each step along a chain of deltas, and threads that
        // do that side by side spend more on waiting for each other.
        let mut blobs = self.0.known.blobs.lock().expect("no panic while locked");
        if let Some(facts) = blobs.get(&id) {
            return Ok(*facts);
        }
        let facts = self.with(|handle| {
            let database = handle.odb()?;
            let (size, kind) = database.read_header(id.git2())?;
            if kind != git2::ObjectType::Blob {
                return Err(not_a_file(id.git2()));
            }
            let size = size as u64;
            let is_lfs_pointer = pointer::may_be(size) && pointer::is_pointer(database.read(id.git2())?.data());
            Ok(BlobFacts { size, is_lfs_pointer })
        })?;
        blobs.insert(id, facts);
        Ok(facts)
    }
}

impl Blobs for Repository {
    fn read(&self, entry: &FileEntry) -> Result<Arc<[u8]>, ReadError> {
        let id = entry.blob.as_git().expect("a repository's snapshots name git blobs");
        let id = git2::Oid::from_bytes(&id).expect("20 bytes are a SHA-1");
        let read = self.with(|handle| {
            let database = handle.odb()?;
            let object = database.read(id)?;
            if object.kind() != git2::ObjectType::Blob {
                return Err(not_a_file(id));
            }
            Ok(Arc::from(object.data()))
        });
        read.map_err(|error| ReadError::Unreadable {
            path: entry.path.to_string(),
            reason: match error {
                SourceError::Git { reason, .. } => reason,
                error => error.to_string(),
            },
        })
    }
}

impl Limits {
    /// Says which limit a walk has passed; findings count too, since a crafted tree can hold nothing else.
    pub(in crate::source) fn excess(
        &self,
        files: usize,
        directories: usize,
        findings: usize,
        bytes: u64,
    ) -> Option<String> {
        if files > self.files || directories > self.files || findings > self.files {
            return Some(format!("the pack has more than {} files or directories", self.files));
        }
        (bytes > self.pack_bytes).then(|| format!("the pack has more than {} bytes", self.pack_bytes))
    }

    /// Returns the finding about a file above the limit.
    pub(in crate::source) fn too_large(&self, path: &str, size: u64) -> Diagnostic {
        let message = format!("`{path}` has {size} bytes; at most {} are taken", self.file_bytes);
        finding(PACK_TOO_LARGE, path, message, "keep large files out of the pack, or raise `[limits]`")
    }
}

/// Returns a finding about one path.
pub(in crate::source) fn finding(code: Code, path: &str, message: String, help: &str) -> Diagnostic {
    let mut sink = Sink::new();
    sink.report(code, Place::file(printable(path.as_bytes())), message).help(help);
    only(sink)
}

/// Says that the entry of a tree is called a file and names another kind of object.
fn not_a_file(id: git2::Oid) -> git2::Error {
    git2::Error::from_str(&format!("the object {id} is not a file"))
}

fn entry_of(entry: &git2::TreeEntry<'_>) -> TreeEntry {
    let kind = match entry.filemode() {
        0o040_000 => EntryKind::Directory,
        0o120_000 => EntryKind::Symlink,
        0o160_000 => EntryKind::Submodule,
        0o100_755 => EntryKind::File { executable: true },
        _ => EntryKind::File { executable: false },
    };
    TreeEntry { name: entry.name_bytes().into(), kind, id: ObjectId::of(entry.id()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::testing::RepoFixture;

    fn snapshot_of(repository: &RepoFixture, tree: &str, limits: &Limits) -> Snapshot {
        let opened = Repository::open(&repository.root()).expect("a repository");
        opened.snapshot_of_tree_id(tree, limits).expect("a tree")
    }

    fn codes(snapshot: &Snapshot) -> Vec<String> {
        snapshot.findings().iter().map(|finding| format!("{} {}", finding.code, finding.place.path)).collect()
    }

    #[test]
    fn what_is_no_regular_file_is_left_out_and_reported() {
        let repository = RepoFixture::new();
        let blob = repository.blob("x");
        let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n", "0".repeat(64));
        let pointer = repository.blob(&pointer);
        let commit = "1".repeat(40);
        let inner =
            repository.tree(&[("100644", b"b\xff", &blob), ("100644", b"c\\d", &blob), ("100755", b"run", &blob)]);
        let tree = repository.tree(&[
            ("100644", b"README", &blob),
            ("100644", b"aux.py", &blob),
            ("040000", b"d", &inner),
            ("100644", b"e\xcc\x81", &blob),
            ("120000", b"link", &blob),
            ("100644", b"logo.png", &pointer),
            ("100644", b"readme", &blob),
            ("160000", b"vendor", &commit),
            ("100644", b"\xc3\xa9", &blob),
        ]);
        let snapshot = snapshot_of(&repository, &tree, &Limits::default());
        let files: Vec<_> = snapshot.files().iter().map(|f| (f.path.as_str(), f.executable)).collect();
        assert_eq!(files, [("README", false), ("d/run", true), ("e\u{301}", false), ("logo.png", false)]);
        assert_eq!(
            codes(&snapshot),
            [
                "path-unsafe aux.py",
                "path-unsafe d/b\\xff",
                "path-unsafe d/c\\d",
                "symlink link",
                "lfs-pointer logo.png",
                "path-clash readme",
                "submodule vendor",
                "path-clash \u{e9}",
            ]
        );
    }

    #[test]
    fn every_limit_stops_the_walk_and_says_so() {
        let mut repository = RepoFixture::new();
        repository.write("a/b/c/d.txt", "0123456789").write("e.txt", "0123456789").write("f.txt", "").commit("1");
        let tree = repository.git(&["rev-parse", "HEAD^{tree}"]);
        let full = Limits { files: 10, file_bytes: 10, pack_bytes: 20, depth: 4 };
        assert_eq!(codes(&snapshot_of(&repository, &tree, &full)), [""; 0]);
        for (limits, expected) in [
            (Limits { files: 2, ..full }, "pack-too-large "),
            (Limits { pack_bytes: 19, ..full }, "pack-too-large "),
            (Limits { depth: 3, ..full }, "pack-too-large "),
        ] {
            assert_eq!(codes(&snapshot_of(&repository, &tree, &limits)), [expected], "{limits:?}");
        }
        let small_files = snapshot_of(&repository, &tree, &Limits { file_bytes: 9, ..full });
        assert_eq!(codes(&small_files), ["pack-too-large a/b/c/d.txt", "pack-too-large e.txt"]);
        assert_eq!(small_files.files().len(), 1);
    }

    /// Anybody can write a tree that calls a tree or a commit a file.
    #[test]
    fn what_is_called_a_file_and_is_none_is_a_finding() {
        let repository = RepoFixture::new();
        let blob = repository.blob("x");
        let inner = repository.tree(&[("100644", b"b", &blob)]);
        let mut raw = Vec::new();
        for (name, id) in [("a", &inner), ("b", &blob)] {
            raw.extend_from_slice(format!("100644 {name}\0").as_bytes());
            raw.extend_from_slice(&id.parse::<ObjectId>().expect("an id").bytes());
        }
        let tree = repository.git_with_input(&["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], &raw);
        let snapshot = snapshot_of(&repository, &tree, &Limits::default());
        assert_eq!(codes(&snapshot), ["file-unreadable a"]);
        assert!(snapshot.findings()[0].message.contains("is not a file"), "{}", snapshot.findings()[0].message);
        assert_eq!(snapshot.files().len(), 1);
    }

    /// What is as it was in the revision before is taken from it; nothing else is, whichever revision is asked for first.
    #[test]
    fn revisions_share_files_and_differ_where_they_differ() {
        let mut repository = RepoFixture::new();
        let mut trees = Vec::new();
        for (path, text) in [("a/1", "x"), ("a/2", "x"), ("a-b", "x"), ("a/1", "y"), ("b", "x"), ("a.b", "z")] {
            repository.write(path, text).commit(path);
            trees.push(repository.git(&["rev-parse", "HEAD^{tree}"]));
        }
        let blob = repository.blob("x");
        trees.extend(["100644", "100755"].map(|mode| repository.tree(&[(mode, b"b", &blob)])));
        let (limits, root) = (Limits::default(), repository.root());
        let opened = Repository::open(&root).expect("a repository");
        let order = (0..trees.len()).chain((0..trees.len()).rev()).chain([3, 0, 6, 2, 7, 5, 1, 4]);
        for tree in order.map(|at| &trees[at]) {
            let shared = opened.snapshot_of_tree_id(tree, &limits).expect("a tree");
            assert_eq!(shared.files(), snapshot_of(&repository, tree, &limits).files(), "{tree}");
        }
    }

    /// In a partial clone the trees are here and the files are not.
    #[test]
    fn a_file_that_is_not_here_is_a_finding() {
        let repository = RepoFixture::new();
        let (missing, blob) = ("2".repeat(40), repository.blob("x"));
        let tree = repository.tree(&[("100644", b"a", &missing), ("100644", b"b", &blob), ("040000", b"c", &missing)]);
        let snapshot = snapshot_of(&repository, &tree, &Limits::default());
        assert_eq!(codes(&snapshot), ["file-unreadable a", "file-unreadable c"]);
        assert_eq!(&*snapshot.read(&snapshot.files()[0]).expect("content"), b"x");
    }
}
