//! Exact comparison of directory trees.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::snapshot::{first_difference, overwrite};

/// The files of a directory, by `/`-joined path.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// Most differences that are described.
const MOST_SHOWN: usize = 10;

/// Reads the files below a directory; none when it is not there.
pub(crate) fn read(directory: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut waiting = vec![(directory.to_owned(), String::new())];
    while let Some((directory, prefix)) = waiting.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else { continue };
        for entry in entries {
            let entry = entry.expect("a directory can be listed");
            let path = format!("{prefix}{}", entry.file_name().to_str().expect("a name is UTF-8"));
            if entry.file_type().expect("an entry has a type").is_dir() {
                waiting.push((entry.path(), format!("{path}/")));
            } else {
                tree.insert(path, std::fs::read(entry.path()).expect("a file can be read"));
            }
        }
    }
    tree
}

/// Returns how two trees differ: files not there, files too many, the first differing line of the others.
pub(crate) fn difference(expected: &Tree, actual: &Tree) -> Option<String> {
    let mut all = Vec::new();
    for (path, bytes) in expected {
        match actual.get(path) {
            None => all.push(format!("{path}: not there")),
            Some(other) if other != bytes => all.push(match (std::str::from_utf8(bytes), std::str::from_utf8(other)) {
                (Ok(bytes), Ok(other)) => format!("{path}: {}", first_difference(bytes, other)),
                _ => format!("{path}: {} and {} bytes that differ", bytes.len(), other.len()),
            }),
            Some(_) => {}
        }
    }
    all.extend(actual.keys().filter(|path| !expected.contains_key(*path)).map(|path| format!("{path}: too many")));
    if all.is_empty() {
        return None;
    }
    let mut text = format!("{} files differ\n", all.len());
    for line in all.iter().take(MOST_SHOWN) {
        let _ = writeln!(text, "- {line}");
    }
    Some(text)
}

/// Compares a tree with a directory, or makes the directory equal to it when expectations are overwritten.
pub(crate) fn assert_tree(directory: &Path, actual: &Tree) {
    let expected = read(directory);
    let Some(difference) = difference(&expected, actual) else { return };
    if !overwrite() {
        panic!("{}: {difference}(`SNAPSHOTS=overwrite cargo test` accepts it)", directory.display());
    }
    for path in expected.keys().filter(|path| !actual.contains_key(*path)) {
        std::fs::remove_file(directory.join(path)).expect("a stale expectation can be deleted");
    }
    write(directory, actual);
}

/// Writes the files of a tree below a directory.
pub(crate) fn write(directory: &Path, tree: &Tree) {
    for (path, bytes) in tree {
        let path = directory.join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a directory")).expect("a directory can be made");
        std::fs::write(path, bytes).expect("a file can be written");
    }
}

/// Copies a directory with its permissions.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory can be made");
    for entry in std::fs::read_dir(from).expect("a directory can be listed") {
        let entry = entry.expect("a directory can be listed");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("an entry has a type").is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("a file can be copied");
        }
    }
}

#[test]
fn every_kind_of_difference_is_named() {
    let tree = |files: &[(&str, &str)]| -> Tree {
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    };
    let (a, b) = (tree(&[("a", "1\n2"), ("b", "")]), tree(&[("a", "1\n3"), ("c", "")]));
    let text = difference(&a, &b).expect("they differ");
    assert!(
        text.contains("a: line 2 differs") && text.contains("b: not there") && text.contains("c: too many"),
        "{text}"
    );
    assert_eq!(difference(&a, &a), None);
}
