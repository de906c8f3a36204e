//! What lies in `public/` before it is written.

use std::collections::{HashMap, HashSet};

use camino::Utf8Path;

use super::MARKER;
use crate::fs::PathError;
use crate::fs::listing::{self, Directory, Kind, below};
use crate::fs::stamp::Stamp;

/// The entries of a folder, by their paths relative to it; no symbolic link is followed.
#[derive(Debug, Default)]
pub(super) struct Existing {
    /// Everything that is no directory, by path.
    pub(super) files: HashMap<String, File>,
    /// The directories.
    pub(super) directories: HashSet<String>,
}

/// Something that is no directory.
#[derive(Debug, Clone, Copy)]
pub(super) struct File {
    /// Whether it is a regular file.
    pub(super) is_regular: bool,
    /// What the system says about it, if every later change will change that.
    pub(super) stamp: Option<Stamp>,
}

impl Existing {
    /// Lists a folder, without our marker and without git's own `.git` at its top.
    pub(super) fn scan(root: &Utf8Path) -> Result<Self, PathError> {
        Ok(Self::of(&list(root)?))
    }

    /// Returns the entries of a folder that was listed.
    pub(super) fn of(listed: &[Directory]) -> Self {
        let mut found = Self::default();
        for directory in listed {
            for entry in &directory.entries {
                let path = below(&directory.path, &entry.name);
                if entry.kind == Kind::Directory {
                    found.directories.insert(path);
                } else {
                    found.files.insert(path, File { is_regular: entry.kind == Kind::File, stamp: entry.stamp });
                }
            }
        }
        found
    }
}

/// Lists a folder, without our marker and without git's own `.git` at its top.
pub(super) fn list(root: &Utf8Path) -> Result<Vec<Directory>, PathError> {
    listing::list(root, &|path, _| is_no_output(path))
}

/// Tells whether something in the folder is not ours to write or delete.
pub(super) fn is_no_output(path: &str) -> bool {
    path == MARKER || path == ".git"
}
