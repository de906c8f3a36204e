//! Attune's directory checksum, `attune-pack-file-v1`: what a git install is verified by.
//!
//! SHA-256 over every regular file, in order: the text `attune-pack-file-v1`, the path's length in bytes (64 bits, big
//! endian), the path, the content's length, the content. Paths are ordered part by part, not as whole strings: for
//! `lib/x.py` and `lib.py` the first comes first, because `lib` is less than `lib.py`.

use crate::ident::{Digest, Hasher};
use crate::source::{FileEntry, ReadError, Snapshot};

/// The checksum's name, which also starts the hash of every file.
pub(super) const NAME: &str = "attune-pack-file-v1";

/// Returns the checksum of a pack's files.
///
/// Reads every file; keeps none.
pub(super) fn of(snapshot: &Snapshot) -> Result<Digest, ReadError> {
    let mut hasher = Hasher::default();
    for entry in ordered(snapshot) {
        let content = snapshot.read(entry)?;
        let path = entry.path.as_str().as_bytes();
        hasher.update(NAME.as_bytes());
        hasher.update(&(path.len() as u64).to_be_bytes());
        hasher.update(path);
        hasher.update(&(content.len() as u64).to_be_bytes());
        hasher.update(&content);
    }
    Ok(hasher.finish())
}

/// Returns the files in the checksum's order, without any `.git`.
fn ordered(snapshot: &Snapshot) -> Vec<&FileEntry> {
    let is_git = |entry: &&FileEntry| !entry.path.as_str().split('/').any(|part| part == ".git");
    let mut files: Vec<&FileEntry> = snapshot.files().iter().filter(is_git).collect();
    files.sort_by(|a, b| a.path.as_str().split('/').cmp(b.path.as_str().split('/')));
    files
}

/// Returns the first file that part-wise order puts elsewhere than whole strings do, and the one it changes places with.
pub(super) fn order_trap(snapshot: &Snapshot) -> Option<(&FileEntry, &FileEntry)> {
    // `a/…` sorts behind its sibling `a.…` as a string only if the byte behind `a` is below `/`, so no sort is needed
    // to find out that nothing of the kind is there.
    let files = snapshot.files();
    let is_risky = |pair: &[FileEntry]| {
        let (a, b) = (pair[0].path.as_str(), pair[1].path.as_str());
        a.split('/').cmp(b.split('/')).is_gt()
    };
    files.windows(2).find(|pair| is_risky(pair)).map(|pair| (&pair[0], &pair[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::attune::testing::snapshot;

    const MANIFEST: (&str, &str) = ("pack.yaml", "ref: demo\nversion: 1.0.0\n");

    #[test]
    fn one_file_gives_the_published_vector() {
        let digest = of(&snapshot(&[MANIFEST])).expect("readable");
        assert_eq!(digest.hex(), "e01080a8a149a44a75b4439786e67364fe118689a78c8f0ea1506829e45d31ff");
    }

    /// Sorted as whole strings the same files would give `32acd99b…`, which the client refuses.
    #[test]
    fn paths_are_ordered_part_by_part() {
        let trap = snapshot(&[MANIFEST, ("lib/x.py", "x = 1\n"), ("lib.py", "y = 2\n")]);
        let digest = of(&trap).expect("readable");
        assert_eq!(digest.hex(), "300d581dcc957c86284bb7c108d49c3837047d01ac2ef7f0aa4a7a9657d692ec");
        let (first, second) = order_trap(&trap).expect("a trap");
        assert_eq!((first.path.as_str(), second.path.as_str()), ("lib.py", "lib/x.py"));
        assert!(order_trap(&snapshot(&[MANIFEST, ("lib/x.py", ""), ("library.py", "")])).is_none());
    }

    #[test]
    fn git_directories_do_not_count() {
        let with_git = snapshot(&[MANIFEST, ("lib/.git", "gitdir: elsewhere\n")]);
        assert_eq!(of(&with_git).expect("readable"), of(&snapshot(&[MANIFEST])).expect("readable"));
    }
}
