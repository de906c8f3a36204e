//! Folders as they were seen: enough to tell by stats alone whether anything in them has changed since.
//!
//! A directory whose own stamp is the same has the entries that it had, so none is listed again; and a file whose stamp is the
//! same has its content.

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::cache::Chunks;
use crate::fs::listing::{self, Directory, Kind};
use crate::fs::stamp::{Moment, Stamp};

/// A folder with everything below it, as it was seen.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Seen {
    root: String,
    /// Nothing when the folder was not there.
    directories: Option<Chunks>,
}

/// A directory: its path below the folder, its stamp, and its files with theirs.
#[derive(Serialize, Deserialize)]
struct Compact<'a> {
    path: &'a str,
    stamp: Stamp,
    #[serde(borrow)]
    files: Vec<(&'a str, Stamp)>,
}

impl Seen {
    /// Looks at a folder, without git's own folders, locks, and what lies in `without`; nothing when something in it may be
    /// changing right now.
    pub(super) fn now(root: &Utf8Path, without: &[Utf8PathBuf]) -> Option<Self> {
        let from = plain(root);
        let without: Vec<Utf8PathBuf> =
            without.iter().filter_map(|path| Some(plain(path).strip_prefix(&from).ok()?.to_owned())).collect();
        let left_out = |path: &str, _: bool| {
            let name = path.rsplit('/').next().unwrap_or(path);
            name == ".git" || path == ".lock" || without.iter().any(|without| without == path)
        };
        Self::of(root, &listing::list(root, &left_out).ok()?)
    }

    /// Returns a folder that was just listed; nothing when something in it may be changing right now.
    pub(super) fn of(root: &Utf8Path, found: &[Directory]) -> Option<Self> {
        let whole = std::path::absolute(root).ok()?.into_os_string().into_string().ok()?;
        if found.is_empty() {
            return Some(Self { root: whole, directories: None });
        }
        let compact = found.iter().map(compact).collect::<Option<Vec<_>>>()?;
        Some(Self { root: whole, directories: Some(Chunks::of(&compact)?) })
    }

    /// Tells whether everything is surely as it was.
    pub(super) fn is_still(&self) -> bool {
        let (root, moment) = (Utf8Path::new(&self.root), Moment::now());
        let is_still = |path: &Utf8Path, stamp: Stamp| {
            path.symlink_metadata().is_ok_and(|metadata| moment.stamp(&metadata) == Some(stamp))
        };
        let check = |directory: Compact<'_>| {
            let mut path = if directory.path.is_empty() { root.to_owned() } else { root.join(directory.path) };
            // The folder itself may be a link to where it is.
            let itself = if directory.path.is_empty() { path.metadata() } else { path.symlink_metadata() };
            if !itself.is_ok_and(|metadata| moment.stamp(&metadata) == Some(directory.stamp)) {
                return None;
            }
            directory
                .files
                .into_iter()
                .all(|(name, stamp)| {
                    path.push(name);
                    let is_still = is_still(&path, stamp);
                    path.pop();
                    is_still
                })
                .then_some(())
        };
        match &self.directories {
            Some(directories) => directories.decode(check).is_some(),
            None => !root.exists(),
        }
    }
}

/// Returns what is kept of a directory; nothing when it may be changing.
fn compact(directory: &Directory) -> Option<Compact<'_>> {
    let files = directory.entries.iter().filter(|entry| entry.kind != Kind::Directory);
    let files = files.map(|entry| Some((entry.name.as_str(), entry.stamp?))).collect::<Option<_>>()?;
    Some(Compact { path: &directory.path, stamp: directory.stamp?, files })
}

/// Returns a path without `.` segments.
fn plain(path: &Utf8Path) -> Utf8PathBuf {
    path.components().filter(|part| *part != camino::Utf8Component::CurDir).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A little more than the time after which a stamp is believed.
    fn rest() {
        std::thread::sleep(Duration::from_millis(70));
    }

    #[test]
    #[cfg(unix)]
    fn every_change_below_a_folder_is_noticed() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = Utf8Path::from_path(directory.path()).expect("UTF-8").join("folder");
        let absent = Seen::now(&root, &[]).expect("nothing there");
        assert!(absent.is_still());
        std::fs::create_dir_all(root.join("a/b/c")).expect("directories");
        std::fs::create_dir_all(root.join("skipped/.git")).expect("directories");
        assert!(!absent.is_still());
        for path in ["a/one", "a/b/two", "skipped/three"] {
            std::fs::write(root.join(path), "x").expect("written");
        }
        assert!(Seen::now(&root, &[]).is_none(), "all of it is fresh");
        rest();
        let change = |what: &dyn Fn()| {
            let seen = Seen::now(&root, &[root.join("./skipped")]).expect("at rest");
            assert!(seen.is_still());
            what();
            let is_still = seen.is_still();
            rest();
            is_still
        };
        let (one, two) = (root.join("a/one"), root.join("a/b/two"));
        assert!(change(&|| {}));
        assert!(!change(&|| std::fs::write(&one, "y").expect("written in place")));
        assert!(!change(&|| std::fs::rename(&one, root.join("a/other")).expect("renamed")));
        assert!(!change(&|| std::fs::remove_file(&two).expect("deleted")));
        assert!(!change(&|| std::fs::write(root.join("a/b/c/new"), "").expect("added")));
        assert!(!change(&|| std::fs::create_dir(root.join("a/b/c/d")).expect("added")));
        assert!(!change(&|| std::fs::remove_dir(root.join("a/b/c/d")).expect("deleted")));
        assert!(change(&|| std::fs::write(root.join("skipped/three"), "y").expect("written")));
        assert!(change(&|| std::fs::write(root.join("skipped/.git/HEAD"), "y").expect("written")));
        assert!(!change(&|| std::fs::rename(&root, root.with_file_name("away")).expect("renamed")));
    }
}
