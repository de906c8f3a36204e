//! What was seen in a folder, and how two such views differ.
//!
//! Files are told apart by their stamps. A file that was written a moment ago has none yet, because it may be written again
//! without a trace (see [`crate::fs::stamp`]): such a *restless* file counts as changed when it is first seen so, whenever the
//! system says something else about it, and once more when it has come to rest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::io;
use std::time::SystemTime;

use camino::{Utf8Path, Utf8PathBuf};

use super::relevant::Relevant;
use crate::fs::listing::{Directory, Kind, below, list};
use crate::fs::stamp::Stamp;

/// How many folders that cannot be read a look finds out about; the next look finds more.
const MOST_UNREADABLE: usize = 16;

/// What was seen in a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    directories: Vec<Directory>,
    /// The restless files, and what the system says about them; nothing when they are gone already.
    restless: BTreeMap<String, Option<Facts>>,
}

/// What the system says about a file, whether it is at rest or not.
#[derive(Debug, PartialEq, Eq)]
struct Facts {
    size: u64,
    modified: Option<SystemTime>,
    /// Time of the last change of the file's facts, and inode.
    #[cfg(unix)]
    changed: (i64, i64, u64),
}

impl View {
    /// Looks at a folder, with or without what is below its folders; only what is relevant is seen.
    ///
    /// `unreadable` is what could not be read before: it is left out for as long as that is so, because one folder of
    /// somebody else's must not hide the others.
    pub(super) fn of(
        folder: &Utf8Path,
        is_deep: bool,
        relevant: &Relevant,
        unreadable: &mut BTreeSet<Utf8PathBuf>,
    ) -> io::Result<Self> {
        unreadable.retain(|path| cannot_be_read(path));
        let mut left = MOST_UNREADABLE;
        let directories = loop {
            let left_out = |path: &str, is_directory: bool| {
                let path = folder.join(path);
                let matters =
                    if is_directory { is_deep && relevant.may_hold_changes(&path) } else { relevant.is_change(&path) };
                !matters || unreadable.contains(&path)
            };
            match list(folder, &left_out) {
                Ok(directories) => break directories,
                Err(error) if left > 0 && error.path != folder => {
                    left -= 1;
                    unreadable.insert(error.path);
                }
                Err(error) => return Err(error.source),
            }
        };
        let restless = files(&directories).filter(|(_, _, stamp)| stamp.is_none());
        let restless = restless.map(|(directory, name, _)| below(directory, name));
        let restless = restless.map(|path| (path.clone(), Facts::of(&folder.join(path)))).collect();
        Ok(Self { directories, restless })
    }

    /// Returns the paths, relative to the folder, of what is other in a later view: appeared, vanished or changed.
    pub(super) fn differences(&self, later: &Self) -> BTreeSet<String> {
        if self == later {
            return BTreeSet::new();
        }
        let (before, now) = (self.entries(), later.entries());
        let is_other = |path: &String, seen: &(Kind, Option<Stamp>)| {
            now.get(path) != Some(seen) || self.restless.get(path) != later.restless.get(path)
        };
        let vanished_or_other = before.iter().filter(|(path, seen)| is_other(path, seen)).map(|(path, _)| path.clone());
        let appeared = now.keys().filter(|path| !before.contains_key(*path)).cloned();
        vanished_or_other.chain(appeared).collect()
    }

    /// Tells whether a file was written so short a time ago that it may be written again without a trace.
    pub(super) fn is_restless(&self, path: &str) -> bool {
        self.restless.contains_key(path)
    }

    fn entries(&self) -> BTreeMap<String, (Kind, Option<Stamp>)> {
        let of_directory = |directory: &Directory| -> Vec<_> {
            let entries = directory.entries.iter();
            entries.map(|entry| (below(&directory.path, &entry.name), (entry.kind, entry.stamp))).collect()
        };
        self.directories.iter().flat_map(of_directory).collect()
    }
}

impl Facts {
    fn of(path: &Utf8Path) -> Option<Self> {
        let metadata = path.symlink_metadata().ok()?;
        let modified = metadata.modified().ok();
        #[cfg(unix)]
        let changed = changed(&metadata);
        Some(Self {
            size: metadata.len(),
            modified,
            #[cfg(unix)]
            changed,
        })
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> (i64, i64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ctime(), metadata.ctime_nsec(), metadata.ino())
}

/// Returns directory, name and stamp of everything that is no directory.
fn files(directories: &[Directory]) -> impl Iterator<Item = (&str, &str, Option<Stamp>)> {
    directories.iter().flat_map(|directory| {
        let files = directory.entries.iter().filter(|entry| entry.kind != Kind::Directory);
        files.map(|entry| (&*directory.path, &*entry.name, entry.stamp))
    })
}

/// Tells whether something is there that cannot be looked at.
fn cannot_be_read(path: &Utf8Path) -> bool {
    let look = |metadata: Metadata| if metadata.is_dir() { std::fs::read_dir(path).map(drop) } else { Ok(()) };
    path.symlink_metadata().and_then(look).is_err_and(|error| error.kind() != io::ErrorKind::NotFound)
}
