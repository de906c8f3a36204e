//! Files: added, removed, changed and moved.
//!
//! 1. The same path: unchanged, or changed.
//! 2. What is left moved where that is certain, content before names: the same content below another folder (`a/x.py` →
//!    `src/pack/a/x.py`), then the same content under the same name, then the same content that nothing else has.
//! 3. Then other content below another folder. Where a file could have come from several folders, it came from the one that
//!    most files did: a change of layout moves all of them alike.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::content::{Listed, Listing};
use crate::ident::Digest;

/// The files that changed, each list sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileChanges {
    /// Files that are new.
    pub added: Vec<String>,
    /// Files that are gone.
    pub removed: Vec<String>,
    /// Files of which the content changed, or whether they can be executed.
    pub changed: Vec<String>,
    /// Files that lie elsewhere.
    pub moved: Vec<Moved>,
}

/// A file that lies elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// Where it was.
    pub from: String,
    /// Where it is.
    pub to: String,
    /// Whether its content changed as well.
    pub is_changed: bool,
}

/// Files by their path.
type Files<'a> = BTreeMap<&'a str, &'a Listed>;

impl FileChanges {
    /// Compares two listings.
    pub fn of(from: &Listing, to: &Listing) -> Self {
        let (mut removed, mut added, mut changed) = (Files::new(), Files::new(), Vec::new());
        // Both are sorted by path.
        let (mut before, mut after) = (from.files.iter().peekable(), to.files.iter().peekable());
        while let Some(order) = order(before.peek(), after.peek()) {
            let old = before.next_if(|_| order.is_le());
            let new = after.next_if(|_| order.is_ge());
            match (old, new) {
                (Some(old), Some(new)) if (old.sha256, old.executable) == (new.sha256, new.executable) => {}
                (Some(_), Some(new)) => changed.push(new.path.to_string()),
                (old, new) => {
                    removed.extend(old.map(|old| (old.path.as_str(), old)));
                    added.extend(new.map(|new| (new.path.as_str(), new)));
                }
            }
        }
        let mut moved = Vec::new();
        relaid(&mut removed, &mut added, true, &mut moved);
        same_content(&mut removed, &mut added, true, &mut moved);
        same_content(&mut removed, &mut added, false, &mut moved);
        relaid(&mut removed, &mut added, false, &mut moved);
        moved.sort();
        let paths = |files: &Files<'_>| files.keys().map(|path| (*path).to_owned()).collect();
        Self { added: paths(&added), removed: paths(&removed), changed, moved }
    }

    /// Returns where a file is that was at a path and moved; nothing when it did not.
    pub fn now(&self, before: &str) -> Option<&str> {
        let at = self.moved.binary_search_by(|moved| moved.from.as_str().cmp(before)).ok()?;
        Some(&self.moved[at].to)
    }

    /// Returns how many files changed.
    pub fn count(&self) -> usize {
        self.added.len() + self.removed.len() + self.changed.len() + self.moved.len()
    }
}

/// Tells which of the next two files has the lower path; nothing at the end of both.
fn order(before: Option<&&Listed>, after: Option<&&Listed>) -> Option<Ordering> {
    match (before, after) {
        (Some(before), Some(after)) => Some(before.path.cmp(&after.path)),
        (Some(_), None) => Some(Ordering::Less),
        (None, Some(_)) => Some(Ordering::Greater),
        (None, None) => None,
    }
}

/// Takes a file out of both lists: it moved.
fn take(from: &str, to: &str, removed: &mut Files<'_>, added: &mut Files<'_>, moved: &mut Vec<Moved>) {
    if let (Some(before), Some(after)) = (removed.remove(from), added.remove(to)) {
        let is_changed = before.sha256 != after.sha256 || before.executable != after.executable;
        moved.push(Moved { from: from.to_owned(), to: to.to_owned(), is_changed });
    }
}

/// Finds files with the same content: under the same name, or else without any likes on either side.
fn same_content(removed: &mut Files<'_>, added: &mut Files<'_>, with_name: bool, moved: &mut Vec<Moved>) {
    let key = |file: &Listed| -> (Digest, Option<String>) {
        (file.sha256, with_name.then(|| file.path.file_name().to_owned()))
    };
    let by_key = |files: &Files<'_>| -> HashMap<(Digest, Option<String>), Vec<String>> {
        let mut by_key: HashMap<_, Vec<String>> = HashMap::new();
        for (path, file) in files {
            by_key.entry(key(file)).or_default().push((*path).to_owned());
        }
        by_key
    };
    let (before, after) = (by_key(removed), by_key(added));
    for (key, from) in before {
        if let ([from], Some([to])) = (&from[..], after.get(&key).map(Vec::as_slice)) {
            take(from, to, removed, added, moved);
        }
    }
}

/// Finds files that lie below another folder and are the same from there on.
fn relaid(removed: &mut Files<'_>, added: &mut Files<'_>, same_content: bool, moved: &mut Vec<Moved>) {
    let fits = |before: &Listed, after: &Listed| !same_content || before.sha256 == after.sha256;
    let mut candidates: Vec<Candidate> = Vec::new();
    for (path, after) in added.iter() {
        for (folder, rest) in below(path) {
            if let Some(before) = removed.get(rest).filter(|before| fits(before, after)) {
                candidates.push(Candidate::new(before.path.as_str(), path, (folder, true)));
            }
        }
    }
    for (path, before) in removed.iter() {
        for (folder, rest) in below(path) {
            if let Some(after) = added.get(rest).filter(|after| fits(before, after)) {
                candidates.push(Candidate::new(path, after.path.as_str(), (folder, false)));
            }
        }
    }
    let mut counts: HashMap<(String, bool), usize> = HashMap::new();
    for candidate in &candidates {
        *counts.entry(candidate.folder.clone()).or_default() += 1;
    }
    candidates.sort_by(|a, b| {
        let rank = |one: &Candidate| std::cmp::Reverse(counts[&one.folder]);
        (rank(a), &a.folder, &a.from).cmp(&(rank(b), &b.folder, &b.from))
    });
    // Each file moves once, to where most do.
    let mut done = BTreeSet::new();
    for Candidate { from, to, .. } in candidates {
        if !done.contains(&(true, from.clone())) && !done.contains(&(false, to.clone())) {
            take(&from, &to, removed, added, moved);
            done.insert((true, from));
            done.insert((false, to));
        }
    }
}

/// A file that may have moved into or out of a folder.
struct Candidate {
    from: String,
    to: String,
    /// The folder, and whether the file came into it.
    folder: (String, bool),
}

impl Candidate {
    fn new(from: &str, to: &str, (folder, comes): (&str, bool)) -> Self {
        Self { from: from.to_owned(), to: to.to_owned(), folder: (folder.to_owned(), comes) }
    }
}

/// Deepest folder that a file is looked for below.
const MOST_FOLDERS: usize = 16;

/// Returns each folder that a path lies in, with the path below it.
fn below(path: &str) -> impl Iterator<Item = (&str, &str)> {
    path.match_indices('/').take(MOST_FOLDERS).map(|(at, _)| (&path[..at], &path[at + 1..]))
}
